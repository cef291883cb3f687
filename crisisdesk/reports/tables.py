"""The incident as data: CSV for people with spreadsheets, JSON for machines.

CSV cells are made harmless for spreadsheets and every cell is quoted; JSON keeps texts exactly as they are. Column
names and keys are stable and English; instants are ISO 8601 in UTC. Neither carries a phone number or an address
of a contact.
"""

from __future__ import annotations

import csv as csv_writer
import io
import json as json_writer
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any, Final

from crisisdesk import plain, words
from crisisdesk.model.review import ReviewData
from crisisdesk.model.timeline import Entry
from crisisdesk.reports import tables_after
from crisisdesk.reports.base import Cut, cut_named
from crisisdesk.reports.redaction import cut_of
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import Sentences

FORMAT: Final = "crisisdesk.incident"
VERSION: Final = 1
TIMELINE_COLUMNS: Final = (
    "id", "utc", "local", "recorded_utc", "late", "kind", "actor", "sentence", "text", "starred", "corrected",
    "first_text",
)  # fmt: skip
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)

Row = Sequence[object]


def utc(instant: datetime | None) -> str:
    """An instant as ISO 8601 UTC, ``2026-03-17T13:02:00Z``; empty for ``None``."""
    return "" if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def timeline_csv(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> bytes:
    """The timeline as one CSV file (UTF-8 with BOM), ascending, corrections applied."""
    return csv(data, texts, cut=cut)["timeline.csv"]


def csv(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> dict[str, bytes]:
    """Every table of the incident as CSV files by name."""
    data = cut_of(data, cut)
    tables: dict[str, tuple[Row, Iterable[Row]]] = {
        "timeline": (TIMELINE_COLUMNS, _timeline(data, texts)),
        "milestones": (
            ("key", "target_seconds", "took_seconds"),
            ((m.key, _seconds(m.target), _seconds(m.took)) for m in data.milestones),
        ),
        "promises": (
            ("id", "kind", "state", "what_es", "what_en", "to_whom", "due_utc", "made_utc", "ended_utc",
             "fulfilled_utc", "lateness_seconds", "giver", "reason", "remedy_kind", "remedy", "url"),
            ((c.id, c.kind, c.state, c.what.es, c.what.en, c.to_whom, utc(c.due_at), utc(c.made_at), utc(c.ended_at),
              utc(c.fulfilled_at), _seconds(c.lateness()), c.giver, c.reason, c.remedy_kind or "", c.remedy, c.url)
             for c in data.commitments),
        ),
        "published": (
            ("id", "published_utc", "template", "channel", "url", "text_es", "text_en"),
            ((d.id, utc(d.published_at), d.template_id, d.channel, d.url, d.body.es, d.body.en)
             for d in data.published),
        ),
        "counts": (
            ("minute_utc", "total", "reposts", "complaints", "negative"),
            ((utc(c.minute), c.total, c.reposts, c.complaints, c.negative) for c in data.chart.counts),
        ),
        "channels": (("channel", "mentions"), data.by_source),
        "duties": (("duty", "mentions"), ((d.key, d.n) for d in data.duties)),
    }  # fmt: skip
    if cut_named(cut) is Cut.INTERNAL:
        tables |= _internal(data) | tables_after.tables(data, utc)
    return {f"{name}.csv": _file(head, rows) for name, (head, rows) in tables.items()}


def csv_zip(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> bytes:
    """All CSV tables in one zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv(data, texts, cut=cut).items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def json(data: ReviewData, *, cut: str = Cut.INTERNAL) -> str:
    """The whole incident as JSON, two spaces a level; timeline sentences in both languages."""
    data = cut_of(data, cut)
    texts = {lang: Texts(lang) for lang in LANGUAGES}
    zone = data.incident.zone
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "cut": cut_named(cut),
        "made_at": data.made_at,
        "actor": data.actor,
        "incident": data.incident,
        "playbook": {"id": data.playbook.id, "version": data.playbook.version, "title": data.playbook.title},
        "alert": data.alert,
        "milestones": data.milestones,
        "scores": {"promises": data.promises, "updates": data.updates},
        "answering": data.answering,
        "duties": data.duties,
        "areas": data.areas,
        "call_centre": data.call_centre.days if data.call_centre else None,
        "followup": tables_after.followup(data),
        "timeline": [entry_of(entry, texts, zone) for entry in data.entries],
        "timeline_as_written": [entry_of(entry, texts, zone) for entry in data.originals],
        "commitments": [_flat(c) | {"lateness_seconds": _seconds(c.lateness())} for c in data.commitments],
        "published": data.published,
        "facts": data.facts,
        "tasks": data.tasks,
        "assignments": data.assignments,
        "contacts": [{"slug": c.slug, "name": c.name, "title": c.title} for c in data.contacts],
        "escalations": data.escalations,
        "calls": data.attempts,
        "mentions": {
            "total": data.mentions,
            "complaints": data.complaints,
            "by_channel": [{"channel": channel, "mentions": n} for channel, n in data.by_source],
            "peak": None if data.peak is None else {"minute": data.peak[0], "mentions": data.peak[1]},
            "examples": data.examples,
        },
        "counts": data.chart.counts,
        "gaps": data.chart.gaps,
    }
    return json_text(whole)


def json_text(whole: object) -> str:
    """Anything of the model as JSON, two spaces a level: durations in seconds, instants in UTC."""
    plain_values = _plain(whole)
    said = json_writer.dumps(plain_values, ensure_ascii=False, indent=2)
    # A lone surrogate cannot be written as UTF-8: then every other letter is escaped too.
    return said if _encodes(said) else json_writer.dumps(plain_values, indent=2)


def _timeline(data: ReviewData, texts: Sentences) -> Iterator[Row]:
    first = {entry.id: entry.text for entry in data.originals}
    for entry in data.entries:
        local = entry.occurred_at.astimezone(words.zone_info(data.incident.zone)).isoformat()
        sentence = words.entry_sentence(entry, texts, data.incident.zone)
        corrected = entry.revised_by is not None
        yield (
            entry.id, utc(entry.occurred_at), local, utc(entry.recorded_at), _flag(entry.late), entry.kind, entry.actor,
            sentence, entry.text, _flag(entry.starred), _flag(corrected), first.get(entry.id, "") if corrected else "",
        )  # fmt: skip


def _internal(data: ReviewData) -> dict[str, tuple[Row, Iterable[Row]]]:
    roles = {e.id: e.role for e in data.escalations}
    names = {c.slug: c.name for c in data.contacts}
    return {
        "calls": (
            ("id", "started_utc", "ended_utc", "role", "slug", "name", "step", "round", "channels", "outcome", "note"),
            ((a.id, utc(a.started_at), utc(a.ended_at), roles.get(a.escalation_id, ""), a.contact_slug,
              names.get(a.contact_slug, ""), a.step + 1, a.round, " ".join(a.channels), a.outcome or "", a.note)
             for a in data.attempts),
        ),
        "facts": (
            ("id", "section", "key", "value_es", "value_en", "said_by", "said_utc", "evidence", "replaced_by"),
            ((f.id, f.section, f.key, f.value.es, f.value.en, f.said_by, utc(f.said_at), f.evidence, f.replaced_by)
             for f in data.facts),
        ),
        "tasks": (
            ("id", "task", "phase", "do_es", "do_en", "owner", "due_utc", "state", "done_utc", "evidence"),
            ((t.id, t.task_id, t.phase, t.do.es, t.do.en, t.owner, utc(t.due_at), t.state, utc(t.done_at), t.evidence)
             for t in data.tasks),
        ),
    }  # fmt: skip


def _file(head: Row, rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv_writer.writer(out, quoting=csv_writer.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([plain.csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _flag(on: bool) -> str:
    return "true" if on else "false"


def _seconds(delta: timedelta | None) -> int | None:
    return None if delta is None else round(delta.total_seconds())


def entry_of(entry: Entry, texts: dict[str, Texts], zone: str) -> dict[str, object]:
    """An entry by its fields, with its sentence in each language."""
    sentences = {lang: words.entry_sentence(entry, said, zone) for lang, said in texts.items()}
    return _flat(entry) | {"late": entry.late, "sentence": sentences}


def _flat(thing: Any) -> dict[str, object]:
    """The fields of a dataclass by name, not their insides."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


def _plain(value: object) -> object:
    """Anything of the model as what JSON knows: durations in seconds, instants in UTC, lists by name."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _seconds(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(inner) for name, inner in _flat(value).items()}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
