"""Forms of verbs by rule: which words of a text tell what happens, and which ask the reader for something.

A list of infinitives (``resources/lexicons/verbs.<lang>.toml``) becomes some thousand forms, without accents, each
with what it may be. What it is in a sentence depends on its neighbours: ``pipeline/verb_signs.py`` looks at those.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from resources import files

ONE: Final = "one"
"""Third person singular of the present: «llega», "lands"; in Spanish also what one friend is asked to do."""
MANY: Final = "many"
"""Third person plural of the present, «llegan»; in English the base form."""
WE: Final = "we"
"""First person plural of the present, which may be past as well: «reparamos»."""
FORMAL: Final = "formal"
"""Spanish subjunctive, by which a stranger is asked: «recoja», «presenten»; "no llames"."""
REQUEST: Final = "request"
"""A form by which the reader is asked and nothing else is told: «haz», «revisa», "boil"."""
PAST: Final = "past"
"""Spanish forms that are past and nothing else: «resolvimos», beside «resolvemos»."""
INVERTED: Final = "inverted"
"""A form that may begin a sentence with its subject behind it: «llega el camión»."""
NOUN: Final = "noun"
"""An English base form that is a noun as well: "refund"."""
DOING: Final = "doing"
"""Present participle: "shipping"."""
DONE: Final = "done"
"""Past participle: "shipped"."""

_UNLIKE: Final = {
    "dar": ("da", "dan", "damos", "den", "den", "da"),
    "hacer": ("hace", "hacen", "hacemos", "haga", "hagan", "haz"),
    "poner": ("pone", "ponen", "ponemos", "ponga", "pongan", "pon"),
    "reponer": ("repone", "reponen", "reponemos", "reponga", "repongan", "repon"),
    "salir": ("sale", "salen", "salimos", "salga", "salgan", "sal"),
    "venir": ("viene", "vienen", "venimos", "venga", "vengan", "ven"),
    "tener": ("tiene", "tienen", "tenemos", "tenga", "tengan", "ten"),
    "mantener": ("mantiene", "mantienen", "mantenemos", "mantenga", "mantengan", "manten"),
    "traer": ("trae", "traen", "traemos", "traiga", "traigan", "trae"),
    "sustraer": ("sustrae", "sustraen", "sustraemos", "sustraiga", "sustraigan", "sustrae"),
    "ver": ("ve", "ven", "vemos", "vea", "vean", "ve"),
}
"""Verbs that no rule makes: he, they, we; a stranger, strangers and a friend asked."""
_STEMS: Final = {"ie": ("e", "ie"), "ue": ("o", "ue"), "i": ("e", "i")}


@cache
def forms(lang: str) -> Mapping[str, frozenset[str]]:
    """Every form of the verbs of ``es`` or ``en`` with what it may be."""
    table = tomllib.loads(files("lexicons", f"verbs.{lang}.toml").read_text("utf-8"))
    found: dict[str, set[str]] = defaultdict(set)
    for form, kind in (_spanish if lang == "es" else _english)(table):
        found[form].add(kind)
    return {form: frozenset(kinds) for form, kinds in found.items()}


def _spanish(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    inverted = set(table["inverted"].split())
    for entry in table["events"].split():
        one, many, we, asked, all_asked, friend = _conjugated(entry)
        yield from ((one, ONE), (many, MANY), (we, WE), (asked, FORMAL), (all_asked, FORMAL), (asked + "s", FORMAL))
        if entry.partition("/")[0].endswith("er") and we.endswith("emos"):
            yield we[:-4] + "imos", PAST
        if friend != one:
            yield friend, REQUEST
        if entry in inverted:
            yield from ((one, INVERTED), (many, INVERTED))
    for entry in table["requests"].split():
        *_, asked, all_asked, friend = _conjugated(entry)
        yield from ((asked, FORMAL), (all_asked, FORMAL), (asked + "s", FORMAL), (friend, REQUEST))


def _conjugated(entry: str) -> tuple[str, str, str, str, str, str]:
    verb, _, change = entry.partition("/")
    if verb in _UNLIKE:
        return _UNLIKE[verb]
    stem, ending = verb[:-2], verb[-2:]
    strong = stem
    if change:
        old, new = _STEMS[change]
        at = stem.rfind(old)
        strong = stem[:at] + new + stem[at + 1 :]
    theme = "a" if ending == "ar" else "e"
    other = "e" if ending == "ar" else "a"
    we = stem + {"ar": "amos", "er": "emos", "ir": "imos"}[ending]
    told = strong
    if verb.endswith("uir") and not verb.endswith("guir"):
        told = strong + "y"
    asked = _spelt(told, ending) + other
    return told + theme, told + theme + "n", we, asked, asked + "n", told + theme


def _spelt(stem: str, ending: str) -> str:
    """A stem before the other vowel: «saca» becomes «saque», «recoge» becomes «recoja»."""
    if ending == "ar":
        for old, new in (("c", "qu"), ("g", "gu"), ("z", "c")):
            if stem.endswith(old):
                return stem[:-1] + new
        return stem
    if stem.endswith("gu"):
        return stem[:-1]
    if stem.endswith("g"):
        return stem[:-1] + "j"
    if stem.endswith("c"):
        return stem[:-1] + ("zc" if stem[-2:-1] in "aeiou" else "z")
    return stem


def _english(table: Mapping[str, str | Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    nouns = set(str(table["nouns"]).split())
    unlike = table["past"]
    assert isinstance(unlike, Mapping)
    for base in str(table["events"]).split():
        yield from ((_third(base), ONE), (base, MANY), (_joined(base, "ing"), DOING))
        if base in nouns:
            yield base, NOUN
        done = unlike[base].split()[-1] if base in unlike else _joined(base, "ed")
        yield done, DONE
    for base in str(table["requests"]).split():
        yield base, REQUEST
        if base in nouns:
            yield base, NOUN


_STRESSED: Final = frozenset("begin transfer reset refit".split())


def _third(base: str) -> str:
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    return base[:-1] + "ies" if re.search(r"[^aeiou]y$", base) else base + "s"


def _joined(base: str, ending: str) -> str:
    if base.endswith("e") and not base.endswith("ee"):
        return base[:-1] + ending
    if ending == "ed" and re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    if base in _STRESSED or re.fullmatch(r"[^aeiou]+[aeiou][bdgmnprt]", base):
        return base + base[-1] + ending
    return base + ending
