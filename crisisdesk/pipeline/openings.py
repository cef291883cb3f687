"""Beginnings of answers to single people, varied so that no two of them read the same words. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import cache
from math import gcd
from typing import Any, Final

from resources import files

from crisisdesk.model.playbook import Bilingual

_STEP: Final = 29  # neighbours in the order look unlike each other


class Manner(StrEnum):
    """What an answer begins with besides the thanks: regret, what is known, or appreciation."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    THANKS = "thanks"


@cache
def openings(manner: Manner) -> tuple[Bilingual, ...]:
    """Every beginning of a manner, in both languages."""
    told = _lists()
    pairs = zip(told["first"]["es"], told["first"]["en"], strict=True)
    then = tuple(zip(told[manner]["then"]["es"], told[manner]["then"]["en"], strict=True))
    return tuple(Bilingual(f"{es} {more}", f"{en} {also}") for es, en in pairs for more, also in then)


def varied(manner: Manner, seed: int) -> Iterator[Bilingual]:
    """All beginnings of a manner, each once, in an order of the mention's own."""
    every = openings(manner)
    step = next(s for s in range(_STEP, _STEP + len(every) + 1) if gcd(s, len(every)) == 1)
    for n in range(len(every)):
        yield every[(seed * 7 + n * step) % len(every)]


def unused(manner: Manner, seed: int, used: Collection[str]) -> Bilingual:
    """The first beginning whose Spanish nobody has been told yet; empty when all have been used."""
    return next((opening for opening in varied(manner, seed) if opening.es not in used), Bilingual())


_WORD: Final = re.compile(r"\w+")


def alike(text: str, name: str) -> str:
    """A text as a reader compares it: its words without the name, whatever their case, accents and stops."""
    folded, called = _folded(text), _folded(name)
    return " ".join(word for word in _WORD.findall(folded) if word not in set(_WORD.findall(called)))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(files("lexicons", "openings.toml").read_text("utf-8"))
