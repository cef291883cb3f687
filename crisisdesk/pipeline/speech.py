"""How long a text takes when it is read aloud: numbers, hours, percentages and addresses as a voice says them. Pure."""

from __future__ import annotations

import math
import re
from typing import Final

PACE: Final = 16.0
"""Letters and spaces a second; with the pauses 135 to 155 words a minute, the pace of a recorded announcement."""
_PAUSES: Final = ((re.compile(r"[.!?…](?=\s)"), 0.4), (re.compile(r"[,;:](?=\s)"), 0.2))

_ES: Final = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
_ES_TENS: Final = "_ _ _ treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS: Final = (
    "_ ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_EN: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS: Final = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()

_ADDRESS: Final = re.compile(r"(?:https?://)?((?:[a-z0-9\-]+\.)+[a-z]{2,}(?:/[^\s,;]*)?)", re.IGNORECASE)
_HOUR: Final = re.compile(r"\b([01]?\d|2[0-3])[:.h]([0-5]\d)\b")
_PHONE: Final = re.compile(r"\+?\d[\d\-]*(?: \d[\d\-]+)+|\+\d+|\b0\d+|\b\d{7,}")
_DECIMAL: Final = re.compile(r"\b(\d+)([.,])(\d+)\b")
_WHOLE: Final = re.compile(r"\d+")
_SIGNS: Final = {
    "es": {"%": " por ciento", "€": " euros", "$": " pesos", "&": " y ", "@": " arroba ", "#": " almohadilla "},
    "en": {"%": " percent", "€": " euros", "$": " dollars", "&": " and ", "@": " at ", "#": " hash "},
}
_MARKS: Final = {
    "es": {".": " punto ", "/": " barra ", "-": " guion "},
    "en": {".": " dot ", "/": " slash ", "-": " dash "},
}


def number(n: int, lang: str) -> str:
    """A whole number below a thousand million in words; longer ones digit by digit."""
    if n >= 1_000_000_000:
        return " ".join(number(int(d), lang) for d in str(n))
    return _english(n) if lang == "en" else _spanish(n)


def _spanish(n: int) -> str:
    if n < 30:
        return _ES[n]
    if n < 100:
        return _ES_TENS[n // 10] + (f" y {_ES[n % 10]}" if n % 10 else "")
    if n < 1_000:
        return "cien" if n == 100 else _ES_HUNDREDS[n // 100] + (f" {_spanish(n % 100)}" if n % 100 else "")
    size, one, many = (1_000, "mil", "mil") if n < 1_000_000 else (1_000_000, "un millón", "millones")
    head = one if n // size == 1 else f"{_spanish(n // size)} {many}"
    return head + (f" {_spanish(n % size)}" if n % size else "")


def _english(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        return _EN_TENS[n // 10] + (f"-{_EN[n % 10]}" if n % 10 else "")
    if n < 1_000:
        return f"{_EN[n // 100]} hundred" + (f" and {_english(n % 100)}" if n % 100 else "")
    size, name = (1_000, "thousand") if n < 1_000_000 else (1_000_000, "million")
    return f"{_english(n // size)} {name}" + (f" {_english(n % size)}" if n % size else "")


def spoken(text: str, lang: str) -> str:
    """``text`` in the words that a voice would say."""

    def address(found: re.Match[str]) -> str:
        said = found[1].removesuffix(".")
        for mark, word in _MARKS[lang].items():
            said = said.replace(mark, word)
        return said + ("." if found[1].endswith(".") else "")

    def hour(found: re.Match[str]) -> str:
        hours, minutes = int(found[1]), int(found[2])
        if lang == "en":
            rest = "o'clock" if not minutes else number(minutes, lang) if minutes > 9 else f"oh {number(minutes, lang)}"
            return f"{number(hours, lang)} {rest}"
        return f"{number(hours, lang)} " + ("en punto" if not minutes else f"y {number(minutes, lang)}")

    def digits(found: re.Match[str]) -> str:
        return ", ".join(" ".join(number(int(d), lang) for d in part if d.isdigit()) for part in found[0].split())

    def decimal(found: re.Match[str]) -> str:
        whole, mark, rest = found.groups()
        thousands = "." if lang == "es" else ","
        if mark == thousands and len(rest) == 3 and whole != "0":
            return number(int(whole + rest), lang)
        point = {"es": "coma", "en": "point"}[lang]
        return f"{number(int(whole), lang)} {point} " + " ".join(number(int(d), lang) for d in rest)

    for pattern, say in ((_HOUR, hour), (_ADDRESS, address), (_PHONE, digits), (_DECIMAL, decimal)):
        text = pattern.sub(say, text)
    text = _WHOLE.sub(lambda found: number(int(found[0]), lang), text)
    for sign, word in _SIGNS[lang].items():
        text = text.replace(sign, word)
    return re.sub(r"\s+", " ", text).strip()


def seconds(text: str, lang: str) -> int:
    """About how many whole seconds the text takes when it is read aloud, pauses included; never rounded down."""
    said = spoken(text, "en" if lang == "en" else "es")
    pauses = sum(len(mark.findall(said)) * pause for mark, pause in _PAUSES)
    return math.ceil(len(said) / PACE + pauses)
