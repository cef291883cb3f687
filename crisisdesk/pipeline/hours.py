"""Hours of the day as people write them: «las 11», «11 h», «11 de la mañana», "11 am", «las once y media», noon.

A bare «las 5» may be five in the morning or in the afternoon: both are given. Pure; the words are folded (lower case,
no accents).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

DAY: Final = 24 * 60
"""Minutes of a day."""

_WORDS: Final = {
    word: hour
    for words in (
        "una dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "one two three four five six seven eight nine ten eleven twelve",
    )
    for hour, word in enumerate(words.split(), start=1)
}
_ADDED: Final = {"media": 30, "cuarto": 15, "cinco": 5, "diez": 10, "veinte": 20, "veinticinco": 25}
_HOUR = rf"(?P<hour>\d{{1,2}}|{'|'.join(_WORDS)})"
_HALF = (
    r"(?P<half> ?(?:a\.? ?m\b\.?|p\.? ?m\b\.?)"
    r"| (?:de|por) la (?:manana|tarde|noche|madrugada)\b| del? mediodia\b| in the (?:morning|afternoon|evening)\b"
    r"| at night\b)?"
)
_SIGN = r"(?P<sign> ?(?:horas?|hours|hrs?|hs|h))?(?!\w)"
# A bare number is an hour only behind a word that says so: «en 11 minutos», «el 11 de mayo» and «2 h» are none.
_LEAD = (
    r"(?:\b(?P<lead>las?|at|by|before|than|around|about|until|till|(?<!half )(?<!quarter )past) "
    r"|(?P<first>^(?=\d\d ?h)))?"
)
_CLOCK: Final = (
    re.compile(
        rf"{_LEAD}(?<![\w:.,/]){_HOUR}(?: ?[:.h] ?(?P<minute>[0-5]\d)(?![\d%]))?(?![\d:,/%]|\.\d)"
        rf"(?: (?P<more>y|menos) (?P<added>{'|'.join(_ADDED)}|\d{{1,2}})\b)?{_SIGN}{_HALF}"
        r"(?! ?(?:minut|seg|sec|min\b|dia|day|week|semana|hour|busin|work))"
    ),
    re.compile(rf"\b(?P<past>half past|(?:a )?quarter past|(?:a )?quarter to) {_HOUR}\b{_HALF}"),
)
_NAMED: Final = {
    re.compile(r"\b(?:medio ?dia|noon|midday)\b(?<!del mediodia)(?<!de mediodia)"): 12 * 60,
    re.compile(r"\b(?:media ?noche|midnight)\b"): 0,
}


def hours(folded: str) -> tuple[frozenset[int], ...]:
    """Every hour that ``folded`` names, each as the minutes of the day that it may mean."""
    found = list(_named(folded))
    for pattern in _CLOCK:
        found += [minutes for m in pattern.finditer(folded) if (minutes := _minutes(m.groupdict()))]
    return tuple(found)


def _named(folded: str) -> Iterator[frozenset[int]]:
    for pattern, minute in _NAMED.items():
        if pattern.search(folded):
            yield frozenset({minute})


def _minutes(parts: dict[str, str | None]) -> frozenset[int]:
    if not any(parts.get(key) is not None for key in ("lead", "first", "minute", "past")) and not parts["half"]:
        return frozenset()
    written = parts["hour"] or ""
    hour = _WORDS.get(written) or int(written)
    if hour > 24:
        return frozenset()
    minute = int(parts.get("minute") or 0) + _added(parts.get("more"), parts.get("added"))
    minute += {"half past": 30, "quarter past": 15, "quarter to": -15}.get(
        (parts.get("past") or "").removeprefix("a "), 0
    )
    half, exact = (parts.get("half") or "").strip(), bool(parts.get("minute") or parts.get("sign"))
    return frozenset((h * 60 + minute) % DAY for h in _of_the_day(hour, half, exact=exact))


def _added(more: str | None, added: str | None) -> int:
    if not added:
        return 0
    minutes = _ADDED[added] if added in _ADDED else int(added)
    return -minutes if more == "menos" else minutes


def _of_the_day(hour: int, half: str, *, exact: bool) -> tuple[int, ...]:
    noon = 12
    if hour > noon or hour == 0:
        return (hour % 24,)
    if re.match(r"a\.? ?m|de la (?:manana|madrugada)|por la manana|in the morning", half):
        return (hour % noon,)
    if re.match(r"d.* mediodia", half):
        return (hour if hour == noon else hour + noon,)
    if half:
        night = re.search(r"noche|night", half)
        return (0,) if hour == noon and night else (hour % noon + noon,)
    return (hour % 24,) if exact else (hour % noon, hour % noon + noon)
