"""Durations, shares and thresholds as a person writes them, and how we say back what we understood.

Everything here is a small grammar over short strings; whatever does not fit is a :class:`PhraseError`, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Final

from crisisdesk.model.playbook import Measure, Playbook, Threshold
from crisisdesk.texts import Texts

MAX_PHRASE: Final = 200
LONGEST: Final = timedelta(days=3650)

_UNITS: Final = {
    "s": 1, "seg": 1, "segundo": 1, "segundos": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minuto": 60, "minutos": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hora": 3600, "horas": 3600, "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600,
    "d": 86400, "dia": 86400, "dias": 86400, "day": 86400, "days": 86400,
    "semana": 604800, "semanas": 604800, "week": 604800, "weeks": 604800,
}  # fmt: skip
_NUMBER: Final = r"[0-9]{1,9}(?:[.,][0-9]{1,4})?"
_PART: Final = re.compile(rf"({_NUMBER}) ?([a-z]+)(?: y | and |, | )?")
_OPERATOR: Final = re.compile(
    r"(>=|=>|≥|<=|=<|≤|>|<|=|al menos|at least|mas de|more than|como mucho|at most|menos de|less than|fewer than)\s*"
)
_OPERATORS: Final = {
    "=>": ">=", "≥": ">=", "al menos": ">=", "at least": ">=", "mas de": ">", "more than": ">",
    "=<": "<=", "≤": "<=", "como mucho": "<=", "at most": "<=", "menos de": "<", "less than": "<", "fewer than": "<",
}  # fmt: skip
_TIMES_NORMAL: Final = re.compile(
    r"(?:veces|vez|times|x|×) ?(?:lo normal|lo esperado|lo habitual|normal|the normal|expected|usual)?"
)
_WINDOW: Final = re.compile(r"(?:durante|for|en|in) (.+)")
_MINIMUM: Final = re.compile(r"(?:de|of) (?:al menos|at least) ([0-9]{1,6})(?: (?:menciones|mentions))?")
_YES: Final = frozenset({"si", "sí", "yes"})
_NO: Final = frozenset({"no"})

MEASURES: Final = {
    "menciones": Measure.MENTIONS_RATIO,
    "negativas": Measure.NEGATIVE_SHARE,
    "atraso": Measure.BACKLOG,
    "tipo": Measure.TYPE_COUNT,
    "clientes_afectados": Measure.AFFECTED_CUSTOMERS,
    "duracion": Measure.DURATION,
    "emergencias_sin_servicio": Measure.NO_EMERGENCY_CALLS,
    "promesas_incumplidas": Measure.OPEN_PROMISES_BROKEN,
    "otro": Measure.OTHER,
}
MEASURES_EN: Final = {
    "mentions": "menciones",
    "negative": "negativas",
    "backlog": "atraso",
    "type": "tipo",
    "affected_customers": "clientes_afectados",
    "duration": "duracion",
    "no_emergency_calls": "emergencias_sin_servicio",
    "broken_promises": "promesas_incumplidas",
    "other": "otro",
}
_SHARES: Final = frozenset({Measure.NEGATIVE_SHARE, Measure.AFFECTED_CUSTOMERS})
_DURATIONS: Final = frozenset({Measure.DURATION, Measure.BACKLOG})
_YES_NO: Final = frozenset({Measure.NO_EMERGENCY_CALLS, Measure.OTHER})


class PhraseError(ValueError):
    """A phrase that the grammar does not know; ``expected`` names the sentence with examples."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def fold(text: str) -> str:
    """Lower case, without accents or odd spaces, for comparing words."""
    plain = unicodedata.normalize("NFKD", text.replace("×", " x ").replace("≥", ">=").replace("≤", "<="))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


def number(text: str) -> float:
    """``"1,5"`` or ``"1.5"`` as a number."""
    return float(text.replace(",", "."))


def duration(text: str) -> timedelta:
    """``"20 min"``, ``"1 h 30 min"``, ``"90 días"`` as a duration greater than zero."""
    folded = fold(text[:MAX_PHRASE])
    seconds, position, smallest = 0.0, 0, float("inf")
    while position < len(folded):
        part = _PART.match(folded, position)
        # Each unit smaller than the last: «30 min 1 h» or «5 min 5 min» is a slip, not a sum.
        if part is None or _UNITS.get(part[2], smallest) >= smallest:
            raise PhraseError("duration")
        smallest = _UNITS[part[2]]
        seconds += number(part[1]) * smallest
        position = part.end()
    if not 0 < seconds <= LONGEST.total_seconds():
        raise PhraseError("duration")
    return timedelta(seconds=round(seconds))


def after_start(text: str) -> timedelta:
    """``"T+15 min"`` as the time after T0; zero for ``"T+0"``."""
    folded = fold(text[:MAX_PHRASE])
    if not folded.startswith("t"):
        raise PhraseError("after_start")
    rest = folded[1:].lstrip()
    if not rest.startswith("+"):
        raise PhraseError("after_start")
    rest = rest[1:].strip()
    if rest in ("0", "0 min"):
        return timedelta(0)
    try:
        return duration(rest)
    except PhraseError:
        raise PhraseError("after_start") from None


def share(text: str) -> float:
    """``"20 %"`` as 0.20, between 0 and 1."""
    match = re.fullmatch(rf"({_NUMBER}) ?%", fold(text[:MAX_PHRASE]))
    if match is None or number(match[1]) > 100:
        raise PhraseError("share")
    return number(match[1]) / 100


def whole(text: str, least: int = 0, most: int = 1_000_000) -> int:
    """A whole number in digits between ``least`` and ``most``."""
    stripped = text.strip()
    if not re.fullmatch(r"\d{1,7}", stripped, re.ASCII) or not least <= int(stripped) <= most:
        raise PhraseError("whole")
    return int(stripped)


def yes_no(text: str) -> bool:
    """``si``, ``sí`` or ``yes`` as true, ``no`` as false; nothing else."""
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise PhraseError("yes_no")
    return word in _YES


def threshold(key: str, text: str, *, subject: str = "", line: int = 1) -> Threshold:
    """The sentence ``text`` of a threshold about ``key`` (a Spanish measure name) understood."""
    measure = MEASURES[key]
    made = Threshold(measure=measure, op="=", value=0.0, subject=subject, sentence=text.strip(), line=line)
    if measure in _YES_NO:
        return replace(made, value=1.0 if yes_no(text) else 0.0)
    folded = fold(text[:MAX_PHRASE])
    operator = _OPERATOR.match(folded)
    if operator is None:
        raise PhraseError(f"threshold_{measure}")
    made = replace(made, op=_OPERATORS.get(operator[1], operator[1]))
    try:
        return _value(made, folded[operator.end() :].strip())
    except PhraseError:
        raise PhraseError(f"threshold_{measure}") from None


def condition(text: str, *, line: int = 1) -> Threshold:
    """A whole sentence that begins with what it is about: ``"duracion >= 2 h"``."""
    words = text.strip().split(None, 1)
    key = fold(words[0]) if words else ""
    key = MEASURES_EN.get(key, key)
    if len(words) < 2 or key not in MEASURES or key in ("tipo", "otro"):
        raise PhraseError("condition")
    return replace(threshold(key, words[1], line=line), sentence=text.strip())


def _value(made: Threshold, rest: str) -> Threshold:
    if made.measure in _DURATIONS:
        return replace(made, value=duration(rest).total_seconds())
    match = re.match(rf"({_NUMBER})\s*", rest)
    if match is None:
        raise PhraseError("threshold")
    value, rest = number(match[1]), rest[match.end() :]
    if made.measure in _SHARES:
        if not rest.startswith("%") or value > 100:
            raise PhraseError("threshold")
        value, rest = value / 100, rest[1:].strip()
    elif made.measure is Measure.MENTIONS_RATIO:
        unit = _TIMES_NORMAL.match(rest)
        if unit is None or not 0 < value <= 1000:
            raise PhraseError("threshold")
        rest = rest[unit.end() :].strip()
    return _tail(replace(made, value=value), rest)


def _tail(made: Threshold, rest: str) -> Threshold:
    """What may follow the number: «de al menos 20» and «durante 10 min», in either order, once each."""
    while rest:
        minimum = _MINIMUM.match(rest)
        if minimum and not made.minimum:
            made, rest = replace(made, minimum=int(minimum[1])), rest[minimum.end() :].strip(" ,y")
            continue
        window = _WINDOW.match(rest)
        if window is None or made.window:
            raise PhraseError("threshold")
        span, tail = window[1], ""
        cut = re.search(r",? (?:y )?(?=(?:de|of) (?:al menos|at least) )", span)
        if cut:
            span, tail = span[: cut.start()], span[cut.end() :]
        made, rest = replace(made, window=duration(span)), tail
    return made


def understood(playbook: Playbook, lang: str) -> tuple[tuple[int, str, str], ...]:
    """Every threshold and condition of a playbook: its line, as written, and what we understood."""
    made = [one for level in playbook.levels for one in level.activates]
    made += [playbook.falls_if] if playbook.falls_if else []
    made += [rule.when for rule in playbook.compensation if rule.when.sentence]
    return tuple((one.line, one.sentence, echo(one, lang)) for one in sorted(made, key=lambda one: one.line))


def plain_duration(span: timedelta, lang: str) -> str:
    """A duration in words with its unit: ``90 min``, ``4 h``, ``7 días``."""
    seconds = int(span.total_seconds())
    texts = Texts(lang)
    if seconds % 86400 == 0 and seconds:
        return texts("playbook.unit.days", n=seconds // 86400)
    if seconds % 3600 == 0 and seconds:
        return f"{seconds // 3600} h"
    if seconds % 60 == 0:
        return f"{seconds // 60} min"
    return f"{seconds} s"


def plain_number(value: float, lang: str) -> str:
    """A number with at most two decimals and the language's decimal mark."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return written if lang == "en" else written.replace(".", ",")


def echo(made: Threshold, lang: str) -> str:
    """What we understood of a threshold: «5 × lo esperado durante 10 min»."""
    texts = Texts(lang)
    if made.measure in _YES_NO:
        answer = texts("playbook.echo.yes" if made.value else "playbook.echo.no")
        return texts(f"playbook.echo.{made.measure}", subject=made.subject.replace("_", " "), value=answer)
    if made.measure in _DURATIONS:
        value = plain_duration(timedelta(seconds=made.value), lang)
    elif made.measure in _SHARES:
        value = plain_number(made.value * 100, lang) + (" %" if lang == "es" else "%")
    else:
        value = plain_number(made.value, lang)
    how = {">": "playbook.echo.over", "<": "playbook.echo.under", "<=": "playbook.echo.at_most"}.get(made.op)
    if how:
        value = texts(how, value=value)
    parts = [texts(f"playbook.echo.{made.measure}", value=value, subject=made.subject.replace("_", " "))]
    if made.minimum:
        parts.append(texts("playbook.echo.minimum", minimum=made.minimum))
    if made.window:
        parts.append(texts("playbook.echo.window", window=plain_duration(made.window, lang)))
    return " ".join(parts)
