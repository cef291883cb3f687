"""Whether a text is one that we listen for, decided here: for sources that cannot search, and for stored history.

Words are compared without accents and case, whole words only. No pattern of a person's is ever compiled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from crisisdesk.model.source import Query

_ABOVE = re.compile(r"[^\x00-\u02ff]")  # no character below is a combining one
_MARKED = re.compile(r"([@#])([\w.-]{1,200})")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)


def folded(text: str) -> str:
    """Lower case, without accents (``ñ`` is a letter of its own and stays)."""
    low = text.casefold()
    if low.isascii():
        return low
    parts = unicodedata.normalize("NFC", low).split("ñ")
    return "ñ".join(_ABOVE.sub(_bare, unicodedata.normalize("NFD", part)) for part in parts)


def _bare(char: re.Match[str]) -> str:
    return "" if unicodedata.combining(char[0]) else char[0]


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[str, frozenset[str]]:
    """A text as a line of words between blanks, and its handles and hashtags with their marks; read once for all."""
    plain = folded(text)
    line = " " + " ".join(_WORD.findall(plain)) + " "
    if "@" not in plain and "#" not in plain:
        return line, frozenset()
    found = _MARKED.findall(plain[:20_000])
    return line, frozenset(mark + _line(word).strip() for mark, word in found)


@lru_cache(maxsize=64)
def _wanted(query: Query) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """((needle, as the person wrote it), …) and the needles that rule out; a needle is words between single blanks."""
    kinds = (("", query.terms), ("", query.phrases), ("@", query.handles), ("#", query.hashtags))
    wanted = tuple(
        (mark + needle, mark + word.lstrip("@#"))
        for mark, group in kinds
        for word in group
        if (needle := _line(word).strip())
    )
    return wanted, tuple(needle for word in query.exclude if (needle := _line(word).strip()))


def _line(text: str) -> str:
    return " " + " ".join(_WORD.findall(folded(text))) + " "


def words(text: str) -> list[str]:
    """The words of ``text`` as the query compares them."""
    return _WORD.findall(folded(text[:20_000]))


def excluded(exclude: tuple[str, ...], text: str) -> bool:
    """Whether one of the words or phrases of ``exclude`` rules ``text`` out."""
    line, _marked = _read(text)
    return any(f" {needle} " in line for needle in _wanted(Query(exclude=exclude))[1])


def matches(query: Query, text: str, lang: str = "") -> tuple[str, ...]:
    """The wanted words that ``text`` has, as the person wrote them; empty when it is none of ours.

    A handle or hashtag counts only with its mark before it. A language that the source does not tell rules nothing out.
    """
    wanted, unwanted = _wanted(query)
    line, marked = _read(text)
    if any(f" {needle} " in line for needle in unwanted):
        return ()
    if query.langs and lang and lang not in query.langs:
        return ()
    return tuple(
        shown for needle, shown in wanted if (needle in marked if needle[0] in "@#" else f" {needle} " in line)
    )


def of_words(words: Iterable[str]) -> Query:
    """A query of words as a person writes them: ``@account``, ``#tag``, several words a phrase, one a term."""
    wanted = tuple(dict.fromkeys(stripped for word in words if (stripped := word.strip())))
    return Query(
        terms=tuple(t for t in wanted if " " not in t and t[0] not in "@#"),
        phrases=tuple(t for t in wanted if " " in t),
        handles=tuple(t[1:] for t in wanted if t[0] == "@" and " " not in t),
        hashtags=tuple(t[1:] for t in wanted if t[0] == "#" and " " not in t),
    )
