"""The seer: how people go on after two beginnings («por qué iusacell…», «por qué telcel…»), from our own mentions.

After Web Seer (Viégas and Wattenberg, 2009), whose arrows stood for a search engine's suggestions: what only the left
beginning has, what both have, what only the right one has. A count is a number of mentions, never of occurrences.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from crisisdesk.query import folded

LONGEST: Final = 4
"""Words of a continuation."""
MOST: Final = 7
"""Continuations of each of the three groups."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[.!?…\n]", re.UNICODE)
_ENDS: Final = frozenset(".!?…\n")
_ALL: Final = 20_000  # characters of a text that are read
# A continuation does not end in one of these: «no hay señal», not «no hay señal en».
_WEAK: Final = frozenset(
    "a al con de del el en la las lo los me mi o para por que se sin su te tu un una y e the of to in on at for and or "
    "is are be it its my our your with from that this".split()
)
# Two letters that many sites use for their sound, not for their country.
_NO_COUNTRY: Final = frozenset({"ai", "cc", "co", "eu", "fm", "gg", "io", "ly", "me", "to", "tv", "ws"})


class Spoken(NamedTuple):
    """What the seer needs of a mention; ``country`` is an upper-case ISO 3166 code, or empty where unknown."""

    text: str
    lang: str
    country: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """One continuation, as most people wrote it, and in how many mentions each beginning goes on so."""

    words: str
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the seer saw.

    Attributes:
        left_total: mentions that have the left beginning, and ``right_total`` the right one.
        left: continuations of the left beginning alone, most first; ``shared`` of both, ``right`` of the right alone.
    """

    left_total: int
    right_total: int
    left: tuple[Arrow, ...]
    shared: tuple[Arrow, ...]
    right: tuple[Arrow, ...]


def country_of(url: str) -> str:
    """The country in an address's last label (``https://x.com.mx`` → ``MX``), or nothing where it names none.

    The site's country, a proxy for the author's; ``.co`` counts only below ``com``, ``gov``, ``edu``, ``org``, ``net``.
    """
    try:
        labels = (urlsplit(url).hostname or "").rsplit(".", 2)
    except ValueError:
        return ""
    last = labels[-1] if len(labels) > 1 else ""
    if len(last) != 2 or not (last.isascii() and last.isalpha()):
        return ""
    if last in _NO_COUNTRY and not (last == "co" and labels[-2] in ("com", "gov", "edu", "org", "net")):
        return ""
    return "GB" if last == "uk" else last.upper()


def words_of(stem: str) -> tuple[str, ...]:
    """A beginning as it is compared: words without accents and case."""
    return tuple(word for word in _WORD.findall(folded(stem)) if word not in _ENDS)


class Words(NamedTuple):
    """A text's words and sentence ends, as compared and as written; the one list is as long as the other."""

    plain: tuple[str, ...]
    written: tuple[str, ...]


def read(text: str) -> Words:
    """A text as words."""
    composed = unicodedata.normalize("NFC", text[:_ALL])
    written, plain = _WORD.findall(composed), _WORD.findall(folded(composed))
    if len(written) != len(plain):  # a letter that folds into a mark: word by word they stay together
        plain = [folded(word) for word in written]
    return Words(tuple(plain), tuple(written))


def continuations(
    texts: Iterable[Words], stem: str
) -> tuple[int, Counter[tuple[str, ...]], dict[tuple[str, ...], str]]:
    """(mentions that have ``stem``, continuation → mentions, continuation → as most wrote it).

    A continuation has up to :data:`LONGEST` words, within one sentence, and does not end in a word like «de».
    """
    wanted = words_of(stem)
    total, counts = 0, Counter[tuple[str, ...]]()
    spellings: dict[tuple[str, ...], Counter[str]] = {}
    for text in texts:
        found = _after(text, wanted) if wanted else None
        if found is None:
            continue
        total += 1
        counts.update(found.keys())
        for key, written in found.items():
            spellings.setdefault(key, Counter())[written] += 1
    shown = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in spellings.items()}
    return total, counts, shown


def _after(text: Words, wanted: tuple[str, ...]) -> dict[tuple[str, ...], str] | None:
    """What follows ``wanted`` in one text, folded → as written; ``None`` where it does not occur."""
    plain, size = text.plain, len(wanted)
    if wanted[-1] not in plain:
        return None
    found: dict[tuple[str, ...], str] | None = None
    for at in range(len(plain) - size + 1):
        if plain[at] != wanted[0] or plain[at : at + size] != wanted:
            continue
        found = {} if found is None else found
        for n in range(1, LONGEST + 1):
            key = plain[at + size : at + size + n]
            if len(key) < n or key[-1] in _ENDS:
                break
            if key[-1] not in _WEAK:
                found[key] = " ".join(text.written[at + size : at + size + n]).lower()
    return found


def compare(spoken: Sequence[Spoken], left: str, right: str, *, lang: str = "", country: str = "") -> Seen:
    """Both beginnings side by side, of mentions in ``lang`` and from ``country`` where these are given."""
    wanted = (one.text for one in spoken if (not lang or one.lang == lang) and (not country or one.country == country))
    texts = [read(text) for text in wanted]
    left_total, lefts, left_forms = continuations(texts, left)
    right_total, rights, right_forms = continuations(texts, right)
    forms = right_forms | left_forms

    def arrows(keys: Iterable[tuple[str, ...]]) -> tuple[Arrow, ...]:
        """Most first; one that always goes on in the same way is told whole only."""
        known = {key: (lefts[key], rights[key]) for key in keys}
        longer = {(key[:-n], counts) for key, counts in known.items() for n in range(1, len(key))}
        kept = [key for key, counts in known.items() if (key, counts) not in longer]
        kept.sort(key=lambda key: (-sum(known[key]), key))
        return tuple(Arrow(forms[key], *known[key]) for key in kept[:MOST])

    return Seen(
        left_total=left_total,
        right_total=right_total,
        left=arrows(lefts.keys() - rights.keys()),
        shared=arrows(lefts.keys() & rights.keys()),
        right=arrows(rights.keys() - lefts.keys()),
    )
