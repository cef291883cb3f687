"""The members of the evidence pack: report, timeline, mentions as stored, what was found, and how to check it all.

The public cut holds the public report and timeline and the head of the chain: neither rows, nor mentions, nor the
hashes of short texts, which could be guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Final

from crisisdesk import words
from crisisdesk.model.chain import FIELDS, GENESIS, Answer, Link, Value
from crisisdesk.model.errors import InputError
from crisisdesk.model.evidence import PackData, PackedFile
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import evidence_answers, incident, setting, tables
from crisisdesk.reports.base import Cell, Cut, Document, Section, Table, Words, cut_named, shown
from crisisdesk.reports.pack import ANSWERS, ANSWERS_FOLDER, CHAIN, FILES, FOLDER, ROWS, SUMS
from crisisdesk.reports.redaction import HIDDEN_NAME, phones_of
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import Sentences

FORMAT: Final = "crisisdesk.evidence"
VERSION: Final = 1
MENTIONS: Final = "mentions.jsonl"
_HEAD: Final = "row\tcontent\tdigest\tseal\tkey_id\tmigrated"
_MENTION: Final = (
    "source", "account", "native_id", "url", "channel", "lang", "author", "author_id", "parent_id", "published_at",
    "fetched_at", "date_doubtful", "is_repost", "version", "likes", "reposts", "followers", "private", "text",
)  # fmt: skip
_WRITTEN: Final = (
    "incident", "entries", "originals", "published", "commitments", "facts", "tasks", "attempts", "examples",
)  # fmt: skip


def members(data: PackData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> Iterator[tuple[str, bytes]]:
    """Every member by name, in the order in which the page that explains them names them; its own page first."""
    cut = cut_named(cut)
    phones = phones_of(data.phones)
    review = _without_phones(data.review, phones)
    yield "check.html", setting.web(check_page(data, texts, cut=cut), texts).encode("utf-8")
    yield "report.html", incident.html(review, texts, cut=cut).encode("utf-8")
    yield "report.md", incident.markdown(review, texts, cut=cut).encode("utf-8")
    yield "timeline.csv", tables.timeline_csv(review, texts, cut=cut)
    yield "found.json", _found(data, cut)
    if cut is Cut.INTERNAL:
        yield ROWS, _lines(_rows(data, phones))
        yield CHAIN, ("\n".join([_HEAD, *(_link(one) for one in data.links)]) + "\n").encode("utf-8")
        came = evidence_answers.of_mentions(data)
        yield MENTIONS, _lines(_mention(one, data, phones) | {"answers": came.get(one.id, [])} for one in data.mentions)
        if data.files:
            yield FILES, _lines(_file(one, phones) for one in data.files)
            yield from {FOLDER + one.sha256: one.content for one in data.files if one.content is not None}.items()
        if data.answers:
            bodies = evidence_answers.going(data)
            yield ANSWERS, _lines(evidence_answers.lines(data, bodies))
            yield from bodies.items()


def names(cut: Cut, *, files: bool = False, answers: bool = False) -> tuple[str, ...]:
    """The members of a cut; attached files, and the networks' answers, by the folder they are in."""
    public = ("report.html", "report.md", "timeline.csv", "found.json")
    more = ((FILES, FOLDER) if files else ()) + ((ANSWERS, ANSWERS_FOLDER) if answers else ())
    return (*public, ROWS, CHAIN, MENTIONS, *more) if cut is Cut.INTERNAL else public


# ── what machines read ───────────────────────────────────────────────────────────────────────────────────────────


def _lines(values: Iterator[object]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=True) + "\n" for value in values).encode("ascii")


def _rows(data: PackData, phones: re.Pattern[str] | None) -> Iterator[list[Value]]:
    """The incident's rows as they were hashed; one that holds a contact's phone stays at home, its link does not."""
    for row in data.rows:
        if not any(isinstance(value, str) and phones and phones.search(value) for value in row):
            yield list(row)


def _file(one: PackedFile, phones: re.Pattern[str] | None) -> dict[str, object]:
    return {
        "row": one.row, "entry": one.entry, "name": _struck(one.name, phones), "size": one.size, "sha256": one.sha256,
        "in_pack": one.content is not None,
    }  # fmt: skip


def files_left_out(content: bytes) -> frozenset[str]:
    """Hashes of the files that the pack says it does not hold; a line of another form says nothing."""
    found = set()
    for line in content.split(b"\n"):
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            told = json.loads(line)
            if told["in_pack"] is False:
                found.add(str(told["sha256"]))
    return frozenset(found)


def _link(one: Link) -> str:
    return f"{one.row}\t{one.content}\t{one.digest}\t{one.seal}\t{one.key_id}\t{int(one.migrated)}"


def links(content: bytes) -> list[Link]:
    """The chain out of a pack; InputError (``pack.unreadable``) when it is not written as we write it."""
    lines = content.decode("utf-8", "replace").split("\n")
    if lines[0] != _HEAD:
        raise InputError("pack.unreadable", member=CHAIN)
    found: list[Link] = []
    prev = GENESIS
    for line in filter(None, lines[1:]):
        try:
            number, body, digest, seal, key_id, migrated = line.split("\t")
            row = int(number)
        except ValueError:
            raise InputError("pack.unreadable", member=CHAIN) from None
        found.append(
            Link(
                row=row, prev=prev, content=body, digest=digest, seal=seal, key_id=key_id,
                migrated=migrated == "1",
            )
        )  # fmt: skip
        prev = digest
    return found


def rows(content: bytes) -> list[tuple[Value, ...]]:
    """The rows out of a pack; InputError (``pack.unreadable``) when they are not written as we write them."""
    found: list[tuple[Value, ...]] = []
    for line in content.split(b"\n"):
        if not line:
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError("pack.unreadable", member=ROWS) from None
        plain_values = isinstance(values, list) and len(values) in (len(FIELDS), len(FIELDS) + 1)
        if not plain_values or not all(v is None or type(v) in (int, str) for v in values):
            raise InputError("pack.unreadable", member=ROWS)
        found.append(tuple(values))
    return found


def _mention(one: StoredMention, data: PackData, phones: re.Pattern[str] | None) -> dict[str, object]:
    told: dict[str, object] = {"id": one.id}
    struck = False
    for name in _MENTION:
        value = getattr(one.mention, name)
        if isinstance(value, str):
            kept = _struck(value, phones)
            struck |= kept != value
            value = kept
        told[name] = tables.utc(value) if isinstance(value, datetime) else value
    earlier = [
        {"text": _struck(text, phones), "replaced_at": tables.utc(at)} for text, at in data.versions.get(one.id, ())
    ]
    return told | {"struck": struck, "earlier": earlier}


def _struck(text: str, phones: re.Pattern[str] | None) -> str:
    return phones.sub(HIDDEN_NAME, text) if phones else text


def _without_phones(review: ReviewData, phones: re.Pattern[str] | None) -> ReviewData:
    """The report's data with no contact's phone in anything that somebody wrote; contacts themselves are not told."""

    def clean(value: Any) -> Any:
        if type(value) is str:
            return _struck(value, phones)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: clean(getattr(value, field.name)) for field in fields(value)})
        if isinstance(value, tuple) and type(value) is tuple:
            return tuple(map(clean, value))
        if isinstance(value, Mapping):
            return {key: clean(inner) for key, inner in value.items()}
        return value

    return replace(review, **{name: clean(getattr(review, name)) for name in _WRITTEN}) if phones else review


def _found(data: PackData, cut: Cut) -> bytes:
    """What the check of the timeline found when the pack was made, and what the pack is."""
    verdict, review = data.verdict, data.review
    both = {lang: Texts(lang) for lang in LANGUAGES}

    def told(one: Answer) -> dict[str, object]:
        return asdict(one) | {"said": {lang: words.answer_sentence(one, texts) for lang, texts in both.items()}}

    value = {
        "format": FORMAT,
        "version": VERSION,
        "cut": cut.value,
        "incident": review.incident.name,
        "made_at": tables.utc(review.made_at),
        "integrity": told(verdict.integrity),
        "completeness": told(verdict.completeness),
        "rows": verdict.rows,
        "head": None if verdict.head is None else str(verdict.head),
        "not_kept": {lang: [texts(f"evidence.lacks.{name}") for name in _LACKS] for lang, texts in both.items()},
    }
    return (json.dumps(value, ensure_ascii=True, indent=2) + "\n").encode("ascii")


def _word(name: str) -> str:
    if name.endswith("/"):
        return name.removesuffix("/")
    return f"{name.partition('.')[0]}_{name.rpartition('.')[2]}"


# ── what people read ─────────────────────────────────────────────────────────────────────────────────────────────

_LACKS: Final = ("true", "raw", "secrets", "phones", "deleted")


def check_page(data: PackData, texts: Sentences, *, cut: Cut) -> Document:
    """How to check the pack without CrisisDesk, with tools that every computer has."""
    review, verdict = data.review, data.verdict

    def say(key: str, **fields: object) -> str:
        return texts(f"evidence.{key}", **fields)

    head = "" if verdict.head is None else str(verdict.head)
    inside = tuple((Cell(name, "strong"), Cell(say(f"member.{_word(name)}")))
                   for name in (*names(cut, files=bool(data.files), answers=bool(data.answers)), SUMS))  # fmt: skip
    steps = ["sums", "digest"] + (["row", "link", "seal"] if cut is Cut.INTERNAL else [])
    steps += ["answer"] if cut is Cut.INTERNAL and data.answers else []
    found = [
        f"{texts(f'chain.{name}')}: {words.answer_sentence(one, texts)}."
        for name, one in (("integrity", verdict.integrity), ("completeness", verdict.completeness))
    ]
    if head:
        found.append(texts("chain.head", row=head.partition(":")[0], digest=head.partition(":")[2]) + ".")
    lacks = [name for name in _LACKS if cut is Cut.INTERNAL or name != "deleted"]
    lacks += [] if cut is Cut.INTERNAL else ["public"]
    lacks += ["files"] if cut is Cut.INTERNAL and any(one.content is None for one in data.files) else []
    made = words.when(review.made_at, review.incident.zone, texts, ref=review.incident.started_at)
    facts = (
        (say("fact.incident"), shown(review.incident.name)),
        (say("fact.cut"), say(f"cut.{cut.value}")),
        (say("fact.made"), f"{made} · {words.zone_name(review.incident.zone, texts)}"),
        (say("fact.utc"), tables.utc(review.made_at)),
    )
    return Document(
        lang=texts.lang,
        cut=cut,
        banner=texts("report.banner.drill") if review.incident.drill else "",
        kicker=say("kicker"),
        title=say("title"),
        facts=facts,
        lead=(say("lead.what"), say("lead.evident")),
        sections=(
            Section(
                "inside", say("inside"), (Table((say("column.member"), say("column.what")), inside, (26, 74)),)
            ),
            Section("steps", say("steps"), (Words(tuple(say(f"step.{name}") for name in steps), bulleted=True),)),
            Section("found", say("found"), (Words(tuple(found), bulleted=True),)),
            Section("lacks", say("lacks_title"), (Words(tuple(say(f"lacks.{n}") for n in lacks), bulleted=True),)),
        ),
        footer=say("footer", incident=shown(review.incident.name)),
    )
