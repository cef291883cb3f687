"""The return on investment, in three chapters: protect, save, improve. Counts of a period times assumptions of people.

What a line needs and nobody has said leaves it unknown: it is never taken for zero, and then its chapter and the whole
are unknown too. Money is Decimal, each line is rounded once to the cent, half to even.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from crisisdesk.model.measure import Figure, Return, Rows, Worth

YEAR: Final = 365
MONTH: Final = Fraction(YEAR, 12)
Terms = dict[str, Decimal | None]


def returned(rows: Rows, figures: Sequence[Figure], assumed: Mapping[str, Decimal], currency: str) -> Return:
    """The return of a period.

    Args:
        assumed: name (``model.preparation.ASSUMPTIONS``) → value, those that somebody has said.
        currency: of the assumptions. A measured cost of a call in that currency stands in for an unsaid one.
    """
    found = {(one.key, one.of): one.value for one in figures}
    days = Decimal((rows.period.last - rows.period.first).days + 1)
    answers = Decimal(len(rows.replies))
    call_cost = assumed.get("call_cost", found.get(("service.cost", f"phone {currency}")))
    turned = found.get(("conversion.converted", ""))
    get = assumed.get
    each = _each(get("contact_cost"), get("minutes_per_reply"), get("hour_cost"))
    stayed = {"converted": turned, "leaving": get("leaving"), "customer_year": get("customer_year")}
    lines = (
        _line("kept", "protect", stayed, 1, "leaving"),
        _line("deflection", "save", {"answers": answers, "deflected": get("deflected"), "call_cost": call_cost},
              1, "deflected"),
        _line("answering", "save", {"answers": answers, **each[0]}, -each[1]),
        _line("research", "save", {"focus_groups_year": get("focus_groups_year"), "focus_group": get("focus_group"),
                                   "days": days}, Fraction(1, YEAR)),
        _line("listening", "save", {"listening_month": get("listening_month"), "days": days}, -1 / MONTH),
        _line("ideas", "improve", {"ideas_year": get("ideas_year"), "idea_worth": get("idea_worth"), "days": days},
              Fraction(1, YEAR)),
    )  # fmt: skip
    return Return(lines=lines, ideas=sum(row.idea and not row.own for row in rows.mentions))


def _each(cost: Decimal | None, minutes: Decimal | None, hour: Decimal | None) -> tuple[Terms, Fraction]:
    """What an answer costs: as said, or minutes of somebody's hour."""
    if cost is not None or (minutes is None and hour is None):
        return {"contact_cost": cost}, Fraction(1)
    return {"minutes_per_reply": minutes, "hour_cost": hour}, Fraction(1, 60)


def _line(key: str, chapter: str, terms: Terms, factor: Fraction | int, *hundredths: str) -> Worth:
    """The product of the terms and ``factor``; those in ``hundredths`` are per hundred."""
    value: Decimal | None = None
    if None not in terms.values():
        exact = Fraction(factor)
        for name, term in terms.items():
            exact *= Fraction(term or 0) / (100 if name in hundredths else 1)
        value = Decimal(round(exact * 100)).scaleb(-2)
    return Worth(key=key, chapter=chapter, value=value, terms=terms)
