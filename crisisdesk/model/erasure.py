"""Erasing one person by law: how their traces are found in other people's words, and what was done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

STRUCK: Final = "…"
"""What stands where a trace was."""
_NAME: Final = 5  # letters of a name that is looked for by itself; a shorter one only behind an @
_ID: Final = 8
_QUOTE: Final = 30  # letters in a row that two texts share only when one quotes the other
_WHOLE: Final = 12
CODES: Final = frozenset({
    "account", "channels", "contact_slug", "digest", "error_key", "giver", "gone", "how", "kind", "lang", "language",
    "masked", "outcome", "owner", "phase", "playbook_digest", "playbook_id", "remedy_kind", "role", "role_id", "salt",
    "seat", "section", "sha256", "source", "state", "task_id", "template", "template_id", "unit", "verdict",
    "visibility", "wall", "zone",
})  # fmt: skip
"""Columns and fields that hold words of the program's own, of the playbook or of the house: somebody who is called
«Active» or «Mastodon» is not meant by them."""
_TOKEN: Final = re.compile(r"[^\s\"'<>()\[\]{},;]+")


class Traces:
    """The names, addresses and words of one person, to be struck wherever they stand.

    Args:
        names: as sources showed them, with or without their @.
        ids: lasting ids and addresses of the person and of what they said; short ones are left aside.
        texts: everything they said.
    """

    def __init__(self, names: Iterable[str], ids: Iterable[str], texts: Iterable[str]) -> None:
        bare = {name.strip().removeprefix("@").strip() for name in names} - {""}
        self.names = tuple(sorted(bare, key=lambda name: (-len(name), name)))
        self.ids = frozenset(one.strip() for one in ids if len(one.strip()) >= _ID)
        said = {_small(text.strip()) for text in texts}
        self._short = tuple(sorted((t for t in said if _WHOLE <= len(t) < _QUOTE), key=len, reverse=True))
        self._quotes = {t[n : n + _QUOTE] for t in said for n in range(len(t) - _QUOTE + 1)}
        alternatives = [("@?" if len(name) >= _NAME else "@") + re.escape(name) for name in self.names]
        self._named = re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE) if bare else None

    def strike(self, text: str, *, quotes: bool = True) -> str:
        """The text without any trace, or (``quotes`` false) without names and ids; the same where there is none."""
        kept = self._without_quotes(text) if quotes else text
        if self._named is not None:
            kept = self._named.sub(STRUCK, kept)
        return _TOKEN.sub(self._without_id, kept) if self.ids else kept

    def strike_in(self, value: Any) -> Any:
        """A value of JSON with every text in it struck; keys stay, and so does what :data:`CODES` names."""
        if isinstance(value, str):
            return self.strike(value)
        if isinstance(value, list):
            return [self.strike_in(one) for one in value]
        if isinstance(value, dict):
            return {key: one if _is_code(key, one) else self.strike_in(one) for key, one in value.items()}
        return value

    def within(self, content: bytes) -> bool:
        """Whether bytes hold a trace in plain; what is packed or drawn cannot be seen."""
        told = content.decode("utf-8", "ignore")
        return self.strike(told) != told

    def _without_id(self, found: re.Match[str]) -> str:
        bare = found[0].rstrip(".:!?")
        return STRUCK + found[0][len(bare) :] if bare in self.ids or found[0] in self.ids else found[0]

    def _without_quotes(self, text: str) -> str:
        low = _small(text)
        cuts = [(at, at + len(one)) for one in self._short for at in _places(low, one)]
        end = -1
        for n in range(len(low) - _QUOTE + 1) if self._quotes else ():
            if low[n : n + _QUOTE] in self._quotes:
                if n <= end:
                    cuts[-1] = (cuts[-1][0], n + _QUOTE)
                else:
                    cuts.append((n, n + _QUOTE))
                end = n + _QUOTE
        for start, stop in sorted(cuts, reverse=True):
            text = text[:start] + STRUCK + text[stop:]
        return text


def _is_code(key: str, value: Any) -> bool:
    return key in CODES and isinstance(value, str)


def _small(text: str) -> str:
    """In small letters, each in its place: one that would become two stays."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _places(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + len(wanted))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure takes, or took.

    Attributes:
        mentions: of the person, whose words, author and address go; their counts stay.
        quotes: places elsewhere where they are named or quoted: other mentions, drafts, facts, lists, answers.
        entries: rows of the timeline whose words go; their hashes stay.
        files: attachments that name them in plain, or belong to such entries.
        left: rows of the timeline that name them and have to stay, because times rest on them.
        packs: files that were exported and hold the person's words; nothing can reach them from here.
    """

    mentions: int
    quotes: int
    entries: int
    files: int
    left: tuple[int, ...]
    packs: tuple[str, ...]
