"""Which level the playbook's own thresholds propose on the measured numbers, and why. A person confirms."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from crisisdesk.model.alert import LevelProposal, Reason, Signal
from crisisdesk.model.playbook import Bilingual, Level, Measure, Playbook, Threshold
from crisisdesk.texts import both

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_RATIO_WINDOW: Final = timedelta(minutes=15)
_SHARE_MINIMUM: Final = 20
"""A share of fewer mentions than this says nothing, where the playbook does not give a number of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is known at this moment; ``None`` and absent keys mean that nobody knows, and match no threshold.

    Attributes:
        ratio: for a window that ends now, times the expected and number of mentions.
        negative_share: share of negative mentions, 0–1, of ``negative_of``.
        type_counts: mentions of each type since the rise began.
        types_within: the same for a window that ends now, for sentences such as «>= 3 en 10 min».
        backlog: work not answered yet, at the present pace.
        affected_customers: share of customers without service, as somebody told us, 0–1.
        duration: since it began.
        no_emergency_calls: whether emergency numbers cannot be reached, as somebody told us.
        told: the person's own yes or no by the subject of an ``otro`` line.
        signal: the detector's signal, which is itself a reason for the lowest level.
    """

    ratio: Callable[[timedelta], tuple[float, int]]
    negative_share: float = 0.0
    negative_of: int = 0
    type_counts: Mapping[str, int] = field(default_factory=dict)
    types_within: Callable[[timedelta], Mapping[str, int]] | None = None
    backlog: timedelta | None = None
    affected_customers: float | None = None
    duration: timedelta | None = None
    no_emergency_calls: bool | None = None
    broken_promises: int = 0
    told: Mapping[str, bool] = field(default_factory=dict)
    signal: Signal | None = None


def propose(playbook: Playbook, measures: Measures) -> LevelProposal:
    """The highest level of which at least one line matches, with every line of it that does."""
    for level in sorted(playbook.levels, key=lambda level: -level.number):
        why = _matching(level, measures)
        if why:
            return LevelProposal(level=level.number, why=why)
    if measures.signal is None or not playbook.levels:
        return LevelProposal(level=0)
    lowest = min(level.number for level in playbook.levels)
    signal = measures.signal
    measured = both(
        "alert.measured.ratio",
        ratio=_number(signal.ratio),
        count=signal.count,
        minutes=signal.window_minutes,
    )
    return LevelProposal(level=lowest, why=(Reason(both("alert.reason.signal"), measured, signal.ratio),))


def matches(threshold: Threshold, measures: Measures) -> float | None:
    """The measured number if ``threshold`` matches it, else ``None``: too few mentions never match."""
    value, count = _measure(threshold, measures)
    if value is None or count < threshold.minimum:
        return None
    return value if _COMPARE[threshold.op](value, threshold.value) else None


def _matching(level: Level, measures: Measures) -> tuple[Reason, ...]:
    found = []
    for threshold in level.activates:
        value = matches(threshold, measures)
        if value is not None:
            found.append(_reason(threshold, value, measures))
    return tuple(found)


def _measure(threshold: Threshold, measures: Measures) -> tuple[float | None, int]:
    """What was measured for a threshold, and of how many mentions."""
    enough = max(threshold.minimum, measures.negative_of)
    match threshold.measure:
        case Measure.MENTIONS_RATIO:
            return measures.ratio(threshold.window or _RATIO_WINDOW)
        case Measure.NEGATIVE_SHARE:
            known = measures.negative_of >= (threshold.minimum or _SHARE_MINIMUM)
            return measures.negative_share if known else None, measures.negative_of
        case Measure.TYPE_COUNT:
            count = _type_count(threshold, measures)
            return float(count), enough
        case Measure.BACKLOG:
            return _seconds(measures.backlog), enough
        case Measure.DURATION:
            return _seconds(measures.duration), enough
        case Measure.AFFECTED_CUSTOMERS:
            return measures.affected_customers, enough
        case Measure.NO_EMERGENCY_CALLS:
            return _yes(measures.no_emergency_calls), enough
        case Measure.OPEN_PROMISES_BROKEN:
            return float(measures.broken_promises), enough
        case Measure.OTHER:
            return _yes(measures.told.get(threshold.subject)), enough


def _type_count(threshold: Threshold, measures: Measures) -> int:
    if threshold.window and measures.types_within is not None:
        return measures.types_within(threshold.window).get(threshold.subject, 0)
    return measures.type_counts.get(threshold.subject, 0)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _yes(told: bool | None) -> float | None:
    return None if told is None else float(told)


def _reason(threshold: Threshold, value: float, measures: Measures) -> Reason:
    subject = threshold.subject.replace("_", " ")
    rule = both(f"alert.reason.{threshold.measure}", rule=_rule(threshold), subject=subject)
    fields: dict[str, object] = {"value": _number(value)}
    match threshold.measure:
        case Measure.MENTIONS_RATIO:
            window = threshold.window or _RATIO_WINDOW
            count = measures.ratio(window)[1]
            fields = {"ratio": _number(value), "count": count, "minutes": _minutes(window.total_seconds())}
        case Measure.NEGATIVE_SHARE:
            fields = {"value": round(100 * value), "count": measures.negative_of}
        case Measure.AFFECTED_CUSTOMERS:
            fields = {"value": _number(100 * value)}
        case Measure.BACKLOG | Measure.DURATION:
            fields = {"value": _minutes(value)}
        case Measure.NO_EMERGENCY_CALLS | Measure.OTHER:
            fields = {"value": _yes_or_no(value)}
        case _:
            fields = {"value": round(value)}
    kind = "ratio" if threshold.measure is Measure.MENTIONS_RATIO else threshold.measure
    return Reason(rule, both(f"alert.measured.{kind}", **fields), value)


def _rule(threshold: Threshold) -> Bilingual:
    """The threshold's numbers in words, in both languages: the file itself is written in one of them."""
    value, kind = threshold.value, "count"
    fields: dict[str, object] = {"op": threshold.op, "value": _number(value)}
    match threshold.measure:
        case Measure.MENTIONS_RATIO:
            kind = "ratio"
            fields["minutes"] = _minutes((threshold.window or _RATIO_WINDOW).total_seconds())
        case Measure.NEGATIVE_SHARE | Measure.AFFECTED_CUSTOMERS:
            kind, fields["value"] = "share", _number(100 * value)
        case Measure.BACKLOG | Measure.DURATION:
            kind, fields["value"] = "minutes", _minutes(value)
        case Measure.NO_EMERGENCY_CALLS | Measure.OTHER:
            return _yes_or_no(value)
        case Measure.TYPE_COUNT if threshold.window:
            kind, fields["minutes"] = "count_within", _minutes(threshold.window.total_seconds())
        case _:
            pass
    if threshold.minimum:
        fields["rule"] = both(f"alert.rule.{kind}", **fields)
        return both("alert.rule.least", minimum=threshold.minimum, **fields)
    return both(f"alert.rule.{kind}", **fields)


def _yes_or_no(value: float) -> Bilingual:
    return both("alert.measured.yes" if value else "alert.measured.no")


def _minutes(seconds: float) -> int:
    return round(seconds / 60)


def _number(value: float) -> Bilingual:
    """At most one decimal, with each language's own mark."""
    shown = f"{value:.1f}".removesuffix(".0")
    return Bilingual(shown.replace(".", ","), shown)
