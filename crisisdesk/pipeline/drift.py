"""Where the two languages of a text part: numbers and hours, links and accounts, names of people and places. Pure.

A difference is a question to the writer, never a verdict: a translation may leave a name out with good reason.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from resources import files

from crisisdesk.model.playbook import Bilingual

LONGEST: Final = 20_000
"""Characters of a text that are compared; a draft is a hundred times shorter."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What stands in one language only: ``kind`` is ``numbers``, ``links`` or ``names``."""

    kind: str
    only_es: tuple[str, ...]
    only_en: tuple[str, ...]


def drifts(text: Bilingual, *, told: Bilingual | None = None, pairs: Iterable[Bilingual] = ()) -> tuple[Drift, ...]:
    """What one language says and the other does not.

    Args:
        text: both texts as the public would read them: their numbers and links are compared.
        told: what people wrote in them, without the template's own words: its names are compared; all by default.
        pairs: what means the same in both languages, such as the facts of the truth sheet.
    """
    given = told if told is not None else text
    body = Bilingual(text.es[:LONGEST], text.en[:LONGEST])
    given = Bilingual(given.es[:LONGEST], given.en[:LONGEST])
    found = (_numbers(body), _links(body), _names(given, tuple(pair for pair in pairs if _is_name(pair))))
    return tuple(one for one in found if one.only_es or one.only_en)


def numbers(text: str) -> tuple[str, ...]:
    """Numbers and times of a text, sorted."""
    return tuple(sorted(re.findall(r"\d+(?:[:.,]\d+)*", text)))


def _numbers(text: Bilingual) -> Drift:
    left, right = Counter(numbers(text.es)), Counter(numbers(text.en))
    return Drift("numbers", tuple((left - right).elements()), tuple((right - left).elements()))


# -- links, accounts, hashtags -----------------------------------------------------------------------------------

_END: Final = r"(?<![.,;:!?)\]»”…'\"])"
_LINK: Final = re.compile(
    rf"https?://[^\s<>«»“”]+{_END}|www\.[^\s<>«»“”]+{_END}"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|mx|es|org|net|io|app|gob|info|ar|cl|co|pe)\b(?:/[^\s<>«»“”]*" + _END + ")?",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"(?<![\w@#/])[@#][\w.]*\w")
_OF_LANGUAGE: Final = re.compile(r"(?<=[/.=])(?:es|en|esp|eng)(?:[-_][a-z]{2})?(?=[/?.&#]|$)|^(?:es|en)(?=\.)")


def links(text: str) -> tuple[str, ...]:
    """Addresses, accounts and hashtags of a text, as they are compared: no scheme, no final slash, one language."""
    rest = _LINK.sub(" ", text)
    return tuple(dict.fromkeys([*map(_address, _LINK.findall(text)), *(t.casefold() for t in _TAG.findall(rest))]))


def _address(link: str) -> str:
    text = link if "://" in link or "@" in link.split("/", maxsplit=1)[0] else f"https://{link}"
    try:
        parts = urlsplit(text)
        host = (parts.netloc or parts.path).lower().removeprefix("www.")
        tail = parts.path if parts.netloc else ""
    except ValueError:
        return link.casefold()
    query = f"?{parts.query}" if parts.query else ""
    # A page in the reader's own language is the same page.
    return _OF_LANGUAGE.sub("*", f"{host}{tail.rstrip('/')}{query}")


def _links(text: Bilingual) -> Drift:
    left, right = links(text.es), links(text.en)
    return Drift("links", tuple(t for t in left if t not in right), tuple(t for t in right if t not in left))


# -- names -------------------------------------------------------------------------------------------------------

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_START: Final = re.compile(r"(?:^|[.!?…:;\n¡¿«“\"(\[—–-])\s*$")
_FEWEST: Final = 3
_MOST: Final = 4


@cache
def _exonyms() -> tuple[tuple[Bilingual, ...], frozenset[str]]:
    table = tomllib.loads(files("lexicons", "exonyms.toml").read_text("utf-8"))
    return tuple(Bilingual(es, en) for es, en in table["pairs"]), frozenset(_folded(table["english_only"]).split())


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _folded(text: str) -> str:
    return _unaccented(text.casefold())


def names(text: str, lang: str) -> tuple[str, ...]:
    """Words with a capital that no sentence's beginning explains, as written; acronyms are left to people."""
    plain = _LINK.sub(" ", _TAG.sub(" ", text))
    skipped = _exonyms()[1] if lang == "en" else frozenset()
    found = []
    for word in _WORD.finditer(plain):
        name = word[0].removesuffix("'s").removesuffix("’s")
        capital = name[0].isupper() and not name.isupper() and len(name) >= _FEWEST
        if capital and _folded(name) not in skipped and not _START.search(plain[: word.start()]):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _names(text: Bilingual, facts: tuple[Bilingual, ...]) -> Drift:
    known = tuple(dict.fromkeys((*facts, *_exonyms()[0])))
    in_es, in_en = _Said(text.es), _Said(text.en)
    told_es, told_en = {p for p in known if in_es.says(p.es)}, {p for p in known if in_en.says(p.en)}
    only_es, only_en, settled_es, settled_en = [], [], set[str](), set[str]()
    for pair in known:
        if pair in told_es:
            settled_es |= _Said(pair.es).words
            if not any(other.es == pair.es for other in told_en) and not in_en.says(pair.es):
                only_es.append(pair.es.strip())
        if pair in told_en:
            settled_en |= _Said(pair.en).words
            if not any(other.en == pair.en for other in told_es) and not in_es.says(pair.en):
                only_en.append(pair.en.strip())
    only_es += [n for n in names(text.es, "es") if _folded(n) not in in_en.words | settled_es]
    only_en += [n for n in names(text.en, "en") if _folded(n) not in in_es.words | settled_en]
    return Drift("names", tuple(dict.fromkeys(only_es)), tuple(dict.fromkeys(only_en)))


class _Said:
    """A text to look names up in: accents do not count, capitals do for whole names."""

    def __init__(self, text: str) -> None:
        self._plain = _unaccented(text)
        self.words = frozenset(_WORD.findall(_folded(text)))

    def says(self, name: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(_unaccented(name.strip()))}(?!\w)", self._plain) is not None


def _is_name(pair: Bilingual) -> bool:
    """A fact that is a name or a place in both languages: a few words, the first with a capital."""
    sides = (pair.es.strip(), pair.en.strip())
    return all(s[:1].isupper() and len(s) >= _FEWEST and len(s.split()) <= _MOST for s in sides)
