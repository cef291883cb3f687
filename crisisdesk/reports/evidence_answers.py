"""The networks' answers in the evidence pack: which go along, and what is told of each."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Final

from crisisdesk.model.evidence import PackData
from crisisdesk.model.received import KeptAnswer
from crisisdesk.reports import tables
from crisisdesk.reports.pack import ANSWERS_FOLDER

_SHORTEST: Final = 7  # digits of what can be a phone
_BETWEEN: Final = rb"[\s().\-/]{0,3}"


def going(data: PackData) -> dict[str, bytes]:
    """The bytes that go into the pack, by member; none holds a phone that the desk keeps."""
    phones = _phones(data.phones)
    return {
        ANSWERS_FOLDER + one.sha256: one.body
        for one in data.answers
        if one.body is not None and not (phones and phones.search(one.body))
    }


def lines(data: PackData, bodies: Mapping[str, bytes]) -> Iterator[dict[str, object]]:
    """One object for each answer, its mentions by their native ids."""
    brought = _brought(data)
    for one in data.answers:
        yield {
            "sha256": one.sha256, "in_pack": ANSWERS_FOLDER + one.sha256 in bodies, "gone": one.gone, "size": one.size,
            "url": one.url, "status": one.status, "headers": dict(one.headers), "at": tables.utc(one.at),
            "source": one.source, "account": one.account, "mentions": brought.get(one.id, []),
        }  # fmt: skip


def of_mentions(data: PackData) -> dict[int, list[str]]:
    """The hashes of the answers that each mention was read from, by its id."""
    found: dict[int, list[str]] = {}
    ids = {one.id for one in data.mentions}
    for answer in data.answers:
        for n in _within(answer, ids):
            found.setdefault(n, []).append(answer.sha256)
    return found


def _brought(data: PackData) -> dict[int, list[str]]:
    """Native ids of the pack's mentions by the answer that they came with."""
    native = {one.id: one.mention.native_id for one in data.mentions}
    return {answer.id: [native[n] for n in _within(answer, native)] for answer in data.answers}


def _within(answer: KeptAnswer, ids: Container[int]) -> Iterator[int]:
    yield from (n for n in range(answer.first, answer.last + 1) if n in ids)
    yield from (n for n in answer.also if n in ids and not answer.first <= n <= answer.last)


def _phones(phones: tuple[str, ...]) -> re.Pattern[bytes] | None:
    """A pattern of the last ten digits of every phone, however they are spaced."""
    digits = {re.sub(r"\D", "", phone)[-10:] for phone in phones}
    found = [_BETWEEN.join(c.encode() for c in one) for one in sorted(digits) if len(one) >= _SHORTEST]
    return re.compile(b"|".join(found)) if found else None
