"""The timeline's tamper-evident chain: hashes over canonical rows, seals with a key, and what a check found.

Each row has a *link*: ``content`` = SHA-256 of the row's values, each with its type and length in front (joined
bare, "ack" + "ed by ana" would equal "acked" + " by ana"); ``digest`` = SHA-256(0x00 ‖ digest before ‖ content);
``seal`` = HMAC-SHA-256(key, digest), empty while no key was at hand. A seal covers every row before it.
Whoever knows the key, or holds a file without seals, can make a whole new chain: that is what anchors are for.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

GENESIS: Final = hashlib.sha256(b"CrisisDesk timeline 1").hexdigest()
"""What stands before the first row."""

FIELDS: Final = (
    "id", "incident_id", "alert_id", "kind", "occurred_at", "recorded_at", "offset_minutes", "actor", "data", "text",
    "revises",
)  # fmt: skip
"""The values that are hashed, in this order, as the file holds them: whole numbers, texts or nothing.

A row's salt comes after them where it has one: once its words are gone, its hash cannot be guessed."""

REDACTED: Final = "entry.redacted"
"""Kind of the row that says who took an entry's words out and why; ``data`` holds its id as ``entry``."""

Value = int | float | str | bytes | None


class Status(StrEnum):
    """The answer to one of the two questions."""

    INTACT = "intact"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row's place in the chain; hashes and seals as lower-case hex, ``key_id`` names the key of the seal."""

    row: int
    prev: str
    content: str
    digest: str
    seal: str = ""
    key_id: str = ""
    migrated: bool = False

    def __str__(self) -> str:
        """As people write it down: ``ROW:DIGEST``."""
        return f"{self.row}:{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A head that was written down outside of the file: the row, its digest, and where it was kept."""

    row: int
    digest: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of one question.

    Attributes:
        why: key of the sentence, ``chain.why.<why>``.
        row: the first row that it concerns, or ``None``.
        anchor: the anchor that shows it, or on which the answer rests.
        member: the file of an evidence pack that it concerns, or empty.
    """

    status: Status
    why: str
    row: int | None = None
    anchor: Anchor | None = None
    member: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Both answers, and what they rest on.

    Attributes:
        rows: rows of the timeline; ``migrated`` of them were chained later than they were written.
        sealed_to: newest row under a seal that holds, or ``None``.
        head: the newest link, or ``None``.
        redacted: rows whose words were taken out, with a row that says so; their hash stays.
        files: whether each of the ``attached`` files is there as it was attached; ``None`` where nobody looked.
    """

    integrity: Answer
    completeness: Answer
    rows: int
    migrated: int
    sealed_to: int | None
    head: Link | None
    redacted: int = 0
    files: Answer | None = None
    attached: int = 0


def content(row: Mapping[str, Value] | Sequence[Value]) -> str:
    """SHA-256 of a row's values (by name, or in the order of :data:`FIELDS`)."""
    values = [*(row[name] for name in FIELDS), row.get("salt")] if isinstance(row, Mapping) else list(row)
    if len(values) > len(FIELDS) and values[-1] is None:
        values.pop()
    made = hashlib.sha256()
    for value in values:
        raw = (
            value if isinstance(value, bytes) else str("" if value is None else value).encode("utf-8", "surrogatepass")
        )
        made.update(type(value).__name__[:1].encode() + len(raw).to_bytes(8, "big") + raw)
    return made.hexdigest()


def digest(prev: str, body: str) -> str:
    """The link's hash over the one before and the row's."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(prev) + bytes.fromhex(body)).hexdigest()


def seal(key: bytes, link_digest: str) -> str:
    """HMAC-SHA-256 of a link's digest, as its hex text."""
    return hmac.new(key, link_digest.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def key_id(key: bytes) -> str:
    """A short public name of a key."""
    return hashlib.sha256(b"key" + key).hexdigest()[:16]


def verify(
    rows: Iterable[Sequence[Value]],
    links: Sequence[Link],
    anchors: Sequence[Anchor] = (),
    keys: Mapping[str, bytes] | None = None,
    withheld: bool = False,
) -> Verdict:
    """Check a timeline against its links, seals and anchors.

    Args:
        rows: values in the order of :data:`FIELDS`.
        links: ascending by row.
        keys: those at hand, by their id.
        withheld: a link without its row is a row that is kept elsewhere, not a lost one.
    """
    bodies: dict[Value, str] = {link.row: link.content for link in links} if withheld else {}
    said: dict[int, int] = {}  # entry → the row that says that its words are gone
    blank: list[tuple[Value, Value]] = []
    for row in rows:
        bodies[row[0]] = content(row)
        _note_redaction(row, said, blank)
    redacted = _redacted(bodies, links, said, blank)
    sealed_to, foreign, broken = _seals(links, keys or {})
    integrity = _integrity(bodies, links, anchors, broken)
    if integrity is None:
        if foreign is not None:
            integrity = Answer(status=Status.UNKNOWN, why="no_key", row=foreign)
        elif links and sealed_to is None:
            integrity = Answer(status=Status.UNKNOWN, why="unsealed", row=links[0].row)
        elif links and sealed_to != links[-1].row:
            after = next(link.row for link in links if sealed_to is None or link.row > sealed_to)
            integrity = Answer(status=Status.UNKNOWN, why="unsealed_tail", row=after)
        else:
            integrity = Answer(status=Status.INTACT, why="sealed" if links else "empty")
    return Verdict(
        integrity=integrity,
        completeness=_completeness(bodies, links, anchors),
        rows=len(bodies),
        migrated=sum(link.migrated for link in links),
        sealed_to=sealed_to,
        head=links[-1] if links else None,
        redacted=redacted,
    )


def _note_redaction(row: Sequence[Value], said: dict[int, int], blank: list[tuple[Value, Value]]) -> None:
    """Remember a row that tells of a redaction, and one that is as bare as a redaction leaves it."""
    one = dict(zip(FIELDS, row, strict=False))
    number, told = one["id"], one["data"]
    if one["kind"] == REDACTED and isinstance(number, int) and isinstance(told, str):
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            said[int(json.loads(told)["entry"])] = number
    elif one["text"] == "" and told == "{}" and (len(row) == len(FIELDS) or row[-1] is None):
        blank.append((number, one["revises"] or number))


def _redacted(
    bodies: dict[Value, str], links: Sequence[Link], said: Mapping[int, int], blank: Sequence[tuple[Value, Value]]
) -> int:
    """Take the kept hash for rows whose words went by a row that says so; how many there are."""
    contents = {link.row: link.content for link in links}
    n = 0
    for number, root in blank:
        if not isinstance(number, int) or not isinstance(root, int) or said.get(root, 0) <= number:
            continue
        kept = contents.get(number)
        if kept is not None and bodies[number] != kept:
            bodies[number] = kept
            n += 1
    return n


def _seals(links: Sequence[Link], keys: Mapping[str, bytes]) -> tuple[int | None, int | None, int | None]:
    """Newest row under a good seal, the first whose key is not at hand, and the first whose seal is wrong."""
    good = foreign = broken = None
    for link in links:
        if not link.seal and not link.key_id:
            continue
        key = keys.get(link.key_id)
        if key is None:
            foreign = link.row if foreign is None else foreign
        elif hmac.compare_digest(seal(key, link.digest).encode(), link.seal.encode("utf-8", "surrogatepass")):
            good = link.row
        elif broken is None:
            broken = link.row
    return good, foreign, broken


def _integrity(
    bodies: Mapping[Value, str], links: Sequence[Link], anchors: Sequence[Anchor], broken: int | None
) -> Answer | None:
    """The first contradiction in what is there, or ``None``."""
    found: list[tuple[int, str, Anchor | None]] = []
    before = GENESIS
    for link in links:
        body = bodies.get(link.row)
        if body is not None and body != link.content:
            found.append((link.row, "edited", None))
            break
        if link.prev != before or link.digest != _digest_of(link):
            found.append((link.row, "relinked", None))
            break
        before = link.digest
    chained = {link.row: link.digest for link in links}
    unchained = [row for row in bodies if row not in chained]
    if unchained:
        found.append((min(row if isinstance(row, int) else 0 for row in unchained), "inserted", None))
    if broken is not None:
        found.append((broken, "bad_seal", None))
    found += [(a.row, "rewritten", a) for a in anchors if chained.get(a.row, a.digest) != a.digest]
    if not found:
        return None
    row, why, anchor = min(found, key=lambda one: one[0])
    return Answer(status=Status.ALTERED, why=why, row=row, anchor=anchor)


def _digest_of(link: Link) -> str:
    try:
        return digest(link.prev, link.content)
    except ValueError:
        return ""  # not even hex


def _completeness(bodies: Mapping[Value, str], links: Sequence[Link], anchors: Sequence[Anchor]) -> Answer:
    """Whether a row is lacking: in the middle by the chain itself, at the end only against an anchor."""
    before, last = GENESIS, 0
    for link in links:
        if link.row not in bodies:
            return Answer(status=Status.ALTERED, why="deleted", row=link.row)
        if link.row != last + 1 and link.prev != before:
            return Answer(status=Status.ALTERED, why="gap", row=last + 1)
        before, last = link.digest, link.row
    chained = {link.row: link.digest for link in links}
    lacking = [a for a in anchors if a.row not in chained]
    if lacking:
        first = min(lacking, key=lambda a: a.row)
        cut = first.row > last
        return Answer(
            status=Status.ALTERED, why="cut" if cut else "gap", row=last + 1 if cut else first.row, anchor=first
        )
    if not anchors:
        return Answer(status=Status.UNKNOWN, why="no_anchor", row=links[0].row if links else None)
    differing = [a for a in anchors if chained[a.row] != a.digest]
    if differing:
        first = min(differing, key=lambda a: a.row)
        return Answer(status=Status.UNKNOWN, why="anchor_differs", row=first.row, anchor=first)
    newest = max(anchors, key=lambda a: a.row)
    if newest.row < last:
        return Answer(status=Status.UNKNOWN, why="after_anchor", row=newest.row + 1, anchor=newest)
    return Answer(status=Status.INTACT, why="anchored", anchor=newest)
