"""Whether a text is one that we listen for, decided here: for sources that cannot search, and for stored history.

Words are compared without accents and case, whole words only. No pattern of a person's is ever compiled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from crisisdesk.model.source import Query

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)


def folded(text: str) -> str:
    """Lower case, without accents (``ñ`` is a letter of its own and stays)."""
    kept = text.casefold().replace("ñ", "\0")
    bare = "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c))
    return bare.replace("\0", "ñ")


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
    line = _line(text)
    return any(f" {needle} " in line for needle in _wanted(Query(exclude=exclude))[1])


def matches(query: Query, text: str, lang: str = "") -> tuple[str, ...]:
    """The wanted words that ``text`` has, as the person wrote them; empty when it is none of ours.

    A handle or hashtag counts only with its mark before it. A language that the source does not tell rules nothing out.
    """
    wanted, unwanted = _wanted(query)
    line = _line(text)
    if any(f" {needle} " in line for needle in unwanted):
        return ()
    if query.langs and lang and lang not in query.langs:
        return ()
    marked = {m + _line(w).strip() for m, w in re.findall(r"([@#])([\w.-]{1,200})", folded(text[:20_000]))}
    return tuple(
        shown
        for needle, shown in wanted
        if (needle in marked if needle[0] in "@#" else f" {needle} " in line)
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
