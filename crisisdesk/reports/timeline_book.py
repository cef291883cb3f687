"""The timeline as a document of its own: what mattered first, then every entry, with its number in the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from crisisdesk import words
from crisisdesk.model.timeline import Entry
from crisisdesk.reports.base import Cell, Section, Table, Words, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.sections import chart
from crisisdesk.reports.sections_internal import revisions

TURNS: Final = frozenset({
    "alert.raised", "incident.opened", "incident.level_set", "incident.resolved", "incident.reopened",
    "incident.closed", "draft.published", "commitment.moved", "commitment.withdrawn", "commitment.broken",
    "commitment.remedied", "commitment.fulfilled", "note.decision", "apology.published",
})  # fmt: skip
"""Kinds of entries that turn an incident; what a person starred stands beside them."""


def lead(reader: Reader) -> tuple[str, ...]:
    """How many entries, from when to when, and how many were written late or corrected."""
    entries = reader.data.entries
    if not entries:
        return (reader.say("book.none"),)
    said = [
        reader.say("book.span", n=len(entries), shown=reader.number(len(entries)),
                   first=reader.time(entries[0].occurred_at), last=reader.time(entries[-1].occurred_at))
    ]  # fmt: skip
    if reader.internal:
        late, fixed = sum(e.late for e in entries), sum(e.revised_by is not None for e in entries)
        said.append(reader.say("book.marks", late=reader.number(late), corrected=reader.number(fixed)))
    return (*said, reader.say("book.zone", zone=words.zone_name(reader.zone, reader.texts)))


def facts(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What stands in the head of the first page."""
    data, incident = reader.data, reader.data.incident
    level = data.playbook.level(incident.level)
    name = reader.own(level.name) if level else words.MISSING
    started, ended = incident.started_at, incident.resolved_at
    made = words.when(data.made_at, reader.zone, reader.texts, ref=started)
    values = {
        "code": shown(incident.name),
        "level": reader.say("head.level_value", level=incident.level, name=name),
        "start": f"{words.day(started, reader.zone, reader.texts)}, {reader.time(started)}",
        "end": reader.time(ended) if ended else reader.say("head.still"),
        "duration": reader.duration((ended or data.made_at) - started),
        "entries": reader.number(len(data.entries)),
        "zone": words.zone_name(incident.zone, reader.texts),
        "made": reader.say("head.made_by", time=made, who=shown(data.actor)) if data.actor else made,
    }
    return tuple((reader.say(f"head.{key}"), value) for key, value in values.items())


def parts(reader: Reader) -> tuple[Section, ...]:
    """The chart, what mattered, every entry, and for the team what was corrected."""
    entries = reader.data.entries
    turns = [e for e in entries if e.starred or e.kind in TURNS]
    made = [
        chart(reader),
        Section("turns", reader.say("book.turns"), (_table(reader, turns, numbered=False),),
                note=reader.say("book.turns_note")),
        Section("timeline", reader.say("book.all"), (_table(reader, entries, numbered=reader.internal),),
                note=reader.say("book.all_note") if reader.internal else "", new_page=True, annex=True),
    ]  # fmt: skip
    return (*made, replace(revisions(reader), annex=True)) if reader.internal else tuple(made)


def _table(reader: Reader, entries: Sequence[Entry], *, numbered: bool) -> Table | Words:
    if not entries:
        return Words((reader.say("book.none"),))
    names = [*(["number"] if numbered else []), "time", "since", "what", *(["who"] if reader.internal else [])]
    head = tuple(reader.say(f"book.{name}" if name == "number" else f"timeline.{name}") for name in names)
    widths = {(True, True): (7, 11, 12, 53, 17), (False, True): (11, 12, 60, 17), (False, False): (12, 14, 74)}
    rows = tuple(_row(reader, entry, numbered=numbered) for entry in entries)
    return Table(head, rows, widths[numbered, reader.internal])


def _row(reader: Reader, entry: Entry, *, numbered: bool) -> tuple[Cell, ...]:
    told = ("★ " if entry.starred else "") + reader.entry(entry)
    if entry.late and reader.internal:
        told = reader.say("timeline.late", said=told, time=reader.time(entry.recorded_at))
    cells = [Cell(str(entry.id), "muted")] if numbered else []
    cells += [Cell(reader.time(entry.occurred_at), "strong"), Cell(reader.since_start(entry.occurred_at), "muted")]
    cells += [Cell(told)]
    return (*cells, Cell(reader.actor(entry), "muted")) if reader.internal else tuple(cells)
