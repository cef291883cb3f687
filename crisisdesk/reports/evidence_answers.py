"""The networks' answers in the evidence pack: which go along, and what is told of each."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Final

from crisisdesk.model.evidence import PackData
from crisisdesk.model.received import KeptAnswer
from crisisdesk.reports import tables
from crisisdesk.reports.pack import ANSWERS_FOLDER
from crisisdesk.reports.redaction import written_phones

BETWEEN: Final = r"(?:\\u[0-9a-fA-F]{4}|[\W_]){0,9}"  # JSON may write them out; in UTF-8 each is some bytes


def going(data: PackData) -> dict[str, bytes]:
    """The bytes that go into the pack, by member; none holds a phone that the desk keeps."""
    told = written_phones(data.phones, BETWEEN)
    phones = re.compile(told.encode()) if told else None
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
