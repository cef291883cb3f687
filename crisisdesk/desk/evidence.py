"""The evidence pack of an incident: made in one go and noted in its timeline, and checked with nothing but itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from crisisdesk.desk.chain import Chain
from crisisdesk.desk.core import Core
from crisisdesk.desk.kept_numbers import shareable, shareable_words
from crisisdesk.desk.review import Review
from crisisdesk.model import chain as rules
from crisisdesk.model.chain import Anchor, Answer, Status, Value, Verdict
from crisisdesk.model.errors import InputError
from crisisdesk.model.evidence import PackData, PackedFile, PackVerdict
from crisisdesk.model.received import KeptAnswer
from crisisdesk.reports import pack
from crisisdesk.store import answers, attachments, chain, mentions, rows, timeline, versions
from crisisdesk.store.attachments import ATTACHED
from crisisdesk.store.database import Connection
from crisisdesk.texts import Texts

_MOST_OF_FILES: Final = 256 * 1024 * 1024  # bytes; a pack is made in memory
_MOST_FILES: Final = 900
_MOST_OF_ANSWERS: Final = 128 * 1024 * 1024
_MOST_ANSWERS: Final = 4_000


class Evidence:
    """Makes packs."""

    def __init__(self, core: Core, review: Review, kept: Chain) -> None:
        self._core = core
        self._review = review
        self._chain = kept

    def data(self, incident: int | str) -> PackData:
        """Everything of one incident that can be checked."""
        review = self._review.data(incident)
        one = review.incident
        with self._core.read() as connection:
            verdict = self._chain.verify()
            end = one.resolved_at or self._core.clock.now()
            said = mentions.between(connection, mentions.floor_minute(one.started_at), end, limit=None, gone=True)
            edited = [m.id for m in said if m.mention.version]
            return PackData(
                review=replace(review, head=verdict.head),
                rows=chain.rows_of(connection, one.id),
                links=chain.links(connection),
                mentions=shareable(connection, said),
                versions={n: earlier for n in edited if (earlier := _earlier(connection, n))},
                verdict=verdict,
                phones=_phones(connection),
                files=_files(connection, one.id),
                answers=_answers(connection, sorted(m.id for m in said)),
            )

    def pack(self, incident: int | str, path: Path, texts: Texts, *, cut: str = "internal") -> str:
        """Write the pack and note it in the timeline; the digest that names it (SHA-256 of its list of members).

        Raises:
            InputError: ``report.cut`` for an unknown cut, ``report.write`` when it cannot be written.
        """
        from crisisdesk.reports import evidence  # its figures take the better part of a second

        found = self.data(incident)
        members = list(evidence.members(found, texts, cut=cut))
        listed = pack.sums(members)
        digest = hashlib.sha256(listed).hexdigest()
        key = self._core.key
        seal = "" if key is None else f"{key.id} {rules.seal(key.secret, digest)}\n"
        pack.write(path, (*members, (pack.SUMS, listed)), seal)
        with self._core.write() as tx:
            data = {"file": path.name, "cut": cut, "digest": digest}
            self._core.log(tx, "evidence.packed", found.review.incident.id, data=data)
        return digest


def check(
    path: Path, *, digest: str = "", anchors: tuple[Anchor, ...] = (), keys: Mapping[str, bytes] | None = None
) -> PackVerdict:
    """Check a pack; no data file is needed.

    Args:
        digest: the one that was written down when the pack was made, or empty.
        anchors: heads of the chain that were kept elsewhere.
        keys: those at hand, by their id.

    Raises:
        InputError: ``pack.*`` when it is no pack or not safe to read.
    """
    from crisisdesk.reports import evidence

    found = pack.read(path)
    broken = ""
    try:
        links = evidence.links(found.kept[pack.CHAIN]) if pack.CHAIN in found.kept else []
        told = evidence.rows(found.kept.get(pack.ROWS, b""))
    except InputError as error:
        broken, links, told = str(error.fields["member"]), [], []
    verdict = rules.verify(told, links, anchors, keys, withheld=True)
    integrity = _integrity(found, broken, verdict, digest, keys or {})
    return PackVerdict(
        integrity=integrity,
        completeness=_completeness(found, verdict, integrity, _attached(told, found), links_kept=bool(links)),
        digest=found.digest,
        members=len(found.digests),
        rows=len(told),
        head="" if verdict.head is None else str(verdict.head),
    )


def _altered(why: str, member: str = "") -> Answer:
    return Answer(status=Status.ALTERED, why=why, member=member)


def _integrity(
    found: pack.Pack, broken: str, verdict: Verdict, digest: str, keys: Mapping[str, bytes]
) -> Answer:
    """Whether each member is as it was put in."""
    for member, made in found.digests.items():
        if member not in found.listed:
            return _altered("pack_extra", member)
        folder, slash, name = member.partition("/")
        hashed = folder + slash in (pack.FOLDER, pack.ANSWERS_FOLDER)  # there a member is named by its hash
        if made != found.listed[member] or (hashed and name != made):
            return _altered("pack_changed", member)
    if broken:
        return _altered("pack_changed", broken)
    if digest and digest != found.digest:
        return _altered("pack_other")
    name, _, seal = found.kept.get(pack.SEAL, b"").decode("ascii", "replace").strip().partition(" ")
    key = keys.get(name)
    if key is not None and rules.seal(key, found.digest) != seal:
        return _altered("pack_bad_seal", pack.SUMS)
    if verdict.integrity.status is Status.ALTERED:
        return verdict.integrity
    if digest:
        return Answer(status=Status.INTACT, why="pack_known")
    if key is not None:
        return Answer(status=Status.INTACT, why="pack_sealed")
    return Answer(status=Status.UNKNOWN, why="pack_no_key" if name else "pack_unsealed")


def _attached(told: Iterable[Sequence[Value]], found: pack.Pack) -> list[str]:
    """The files that the rows tell of, as members, but for those of which the pack says that they stay at home."""
    from crisisdesk.reports import evidence

    left_out = evidence.files_left_out(found.kept.get(pack.FILES, b""))
    wanted = []
    for row in told:
        one = dict(zip(rules.FIELDS, row, strict=False))
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            if one["kind"] == ATTACHED and (sha256 := str(json.loads(str(one["data"]))["sha256"])) not in left_out:
                wanted.append(pack.FOLDER + sha256)
    return wanted


def _completeness(
    found: pack.Pack, verdict: Verdict, integrity: Answer, attached: Sequence[str], *, links_kept: bool
) -> Answer:
    """Whether each member is there, each attached file, and each link of the chain."""
    lacking = [member for member in (*found.listed, *attached) if member not in found.digests]
    if not found.listed:
        lacking = [pack.SUMS]
    if lacking:
        return _altered("pack_missing", lacking[0])
    if links_kept and verdict.completeness.status is Status.ALTERED:
        return verdict.completeness
    if integrity.status is Status.INTACT:
        return Answer(status=Status.INTACT, why="pack_whole")
    return Answer(status=Status.UNKNOWN, why="pack_unknown")


def _files(connection: Connection, incident_id: int) -> tuple[PackedFile, ...]:
    """The incident's files with their bytes, as many as go into one pack; one that is not as it was stays at home."""
    left, members, found = _MOST_OF_FILES, _MOST_FILES, []
    for entry in timeline.raw(connection, incident_id):
        if entry.kind != ATTACHED or "sha256" not in entry.data:
            continue
        told = entry.data
        sha256, size = str(told["sha256"]), int(str(told["size"]))
        content = attachments.content(connection, sha256) if size <= left and members else None
        if content is not None and hashlib.sha256(content).hexdigest() != sha256:
            content = None
        if content is not None:
            left, members = left - size, members - 1
        name, whose = str(told.get("file", "")), int(str(told["entry"]))
        found.append(
            PackedFile(row=entry.id, entry=whose, name=name, size=size, sha256=sha256, content=content)
        )
    return tuple(found)


def _answers(connection: Connection, mention_ids: Sequence[int]) -> tuple[KeptAnswer, ...]:
    """The answers that mentions were read from, with as many of their bytes as go into one pack, the oldest first.

    Bytes that are not what they were stay at home, and so does every answer with somebody who gave us a number.
    """
    gave = {row.mention_id for row in rows.call_backs.where(connection)}
    left, members, found = _MOST_OF_ANSWERS, _MOST_ANSWERS, []
    for one in answers.of(connection, mention_ids):
        may = not one.gone and one.size <= left and members and not any(map(one.brought, gave))
        body = answers.body(connection, one.sha256) if may else None
        if body is not None and hashlib.sha256(body).hexdigest() != one.sha256:
            body = None
        if body is not None:
            left, members = left - one.size, members - 1
        found.append(replace(one, body=body))
    return tuple(found)


def _earlier(connection: Connection, mention_id: int) -> tuple[tuple[str, datetime], ...]:
    """The words that a mention had before, as they may leave the house."""
    found = versions.versions(connection, mention_id)
    return tuple((shareable_words(connection, mention_id, words), at) for words, at in found)


def _phones(connection: Connection) -> tuple[str, ...]:
    """Every number that the desk keeps: of contacts, and of people who are called back."""
    kept = (*(c.phone for c in rows.contacts.where(connection)), *(c.phone for c in rows.call_backs.where(connection)))
    return tuple(filter(None, kept))
