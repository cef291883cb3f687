"""Phone numbers inside a text: which runs of digits are one, and how each is struck out. Pure.

A number that the desk keeps is struck however it is written. Other numbers are recognised by the numbering plan of the
brand's country (phonenumbers, docs/adr/0026), so that order numbers, amounts and dates stay; where the country is not
known, every run of seven to nineteen digits is struck instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

T = TypeVar("T")
Span = tuple[int, int]

HIDDEN: Final = "…"
LAST: Final = 7
"""So many last digits tell a kept number: people leave the codes of country and city out."""
_NUMBER: Final = re.compile(
    r"(?<![\w#])\+?(?:\(\d{1,5}\)|\d)(?:[\s().\-/\u00b7\u2010-\u2015\u2212\u200b\ufe0f\u20e3]{0,3}\d){6,18}(?!\w)"
)
_BETWEEN: Final = r"[\W_]{0,3}"
"""Between the digits of a number that is known: any dash, dots, commas, invisible characters, the keys around emoji."""
_BEFORE: Final = rf"(?:\+?\(?\d(?:{_BETWEEN}\d){{0,7}}{_BETWEEN})?"
_LONGEST_TEXT: Final = 20_000  # a longer one is struck by the plain rule: the matcher reads slowly
_LINKED: Final = re.compile(r"(?:wa\.me/|api\.whatsapp\.com/send\?phone=|t\.me/)\+?(\d{7,15})(?!\d)", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"(?:pedidos?|[óo]rden(?:es)?|orders?|facturas?|invoices?|folios?|tickets?|ref(?:erencia|erence)?s?|localizador"
    r"|reservas?|booking|expedientes?|casos?|cases?|gu[ií]as?|seguimiento|tracking|env[ií]os?|contratos?|cuentas?"
    r"|account|serie|serial|imei|id)\b[\s:#.\-]{0,3}(?:(?:n[úu]m(?:ero|\.)?|number|no\.?|n\.?\s?[º°o]\.?)[\s:#.\-]{0,3})?$",
    re.IGNORECASE,
)
"""What stands just before a run of digits that is something else."""


def without_numbers(text: str, *, region: str = "", kept: Iterable[str] = ()) -> str:
    """A text with its phone numbers struck out.

    Args:
        region: ISO 3166 code of the country whose numbers are written without its code; ``""`` strikes every run of
            digits that can be a number at all.
        kept: numbers that are struck in any case, as digits with or without ``+``.
    """
    plain = _ascii_digits(text)
    spans = list(_spans_of(plain, _kept(kept)))
    if region and len(text) <= _LONGEST_TEXT:
        spans += _recognised(plain, region)
    else:
        spans += (found.span() for found in _NUMBER.finditer(plain))
    return _cut(text, spans)


def without_kept(text: str, kept: Iterable[str]) -> str:
    """A text with the kept numbers struck out, however they are written, and nothing else."""
    return _cut(text, list(_spans_of(_ascii_digits(text), _kept(kept))))


def everywhere(value: T, strike: Callable[[str], str]) -> T:
    """``value`` with ``strike`` done to every text inside: dataclasses, tuples, lists and mappings, however nested."""
    return _everywhere(value, strike)  # type: ignore[no-any-return]


def _everywhere(value: Any, strike: Callable[[str], str]) -> Any:
    if type(value) is str:
        return strike(value)
    if is_dataclass(value) and not isinstance(value, type):
        before = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        after = {name: _everywhere(one, strike) for name, one in before.items()}
        changed = {name: one for name, one in after.items() if one is not before[name]}
        return replace(value, **changed) if changed else value
    if type(value) in (tuple, list):
        after_all = [_everywhere(one, strike) for one in value]
        same = all(one is other for one, other in zip(value, after_all, strict=True))
        return value if same else type(value)(after_all)
    if isinstance(value, Mapping):
        found = {key: _everywhere(one, strike) for key, one in value.items()}
        return value if all(found[key] is one for key, one in value.items()) else found
    return value


def _ascii_digits(text: str) -> str:
    """Every digit of any script as 0 to 9, and every other character as it was: places stay."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text)


def _kept(numbers: Iterable[str]) -> re.Pattern[str] | None:
    lasts = {digits[-LAST:] for number in numbers if len(digits := re.sub(r"\D", "", number)) >= LAST}
    if not lasts:
        return None
    known = "|".join(_BETWEEN.join(one) for one in sorted(lasts))
    return re.compile(rf"{_BEFORE}(?:{known})(?!\d)")


def _spans_of(text: str, pattern: re.Pattern[str] | None) -> Iterator[Span]:
    if pattern is not None:
        yield from (found.span() for found in pattern.finditer(text))


def _recognised(text: str, region: str) -> Iterator[Span]:
    from phonenumbers import Leniency, PhoneNumberMatcher  # reads its tables: 0.1 s, only when a text leaves

    for linked in _LINKED.finditer(text):
        yield linked.span(1)
    if sum(c.isdigit() for c in text) < LAST:
        return
    for found in PhoneNumberMatcher(text, region.upper(), leniency=Leniency.VALID):
        if text[found.start] == "+" or not _OTHER.search(text[max(0, found.start - 40) : found.start]):
            yield found.start, found.end


def _cut(text: str, spans: list[Span]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            parts += [text[at : max(start, at)], HIDDEN if start >= at else ""]
            at = end
    return "".join(parts) + text[at:] if parts else text
