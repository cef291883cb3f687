"""The situation report: where the incident stands at the moment it is made, on a page or two.

What we know, what we do not, what we do, what is owed and for when, what was said last, and who is on duty. The public
cut holds what the public was told and is owed, and the chart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crisisdesk import words
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import IncidentTask, TaskState
from crisisdesk.model.playbook import Audience
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Section, Table, Words, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.sections import chart, marked, message

LATELY: Final = timedelta(minutes=15)
SOON: Final = timedelta(days=1)


def lead(reader: Reader) -> tuple[str, ...]:
    """Level and how long it lasts, the next news, what is owed, and how loud it is now."""
    data, incident, now = reader.data, reader.data.incident, reader.data.made_at
    level = data.playbook.level(incident.level)
    span = {
        "time": reader.time(now),
        "level": incident.level,
        "level_name": reader.own(level.name) if level else words.MISSING,
    }
    if incident.resolved_at is None:
        said = [reader.say("situation.going_on", elapsed=reader.duration(now - incident.started_at), **span)]
    else:
        took = reader.duration(incident.resolved_at - incident.started_at)
        said = [reader.say("situation.over", end=reader.time(incident.resolved_at), took=took, **span)]
    said.append(_next_news(reader))
    said.append(reader.say("situation.owed", open=len(_open(reader)), broken=len(_unmended(reader))))
    if incident.resolved_at is None or now - incident.resolved_at < LATELY:
        lately, before = (_heard(reader, now - n * LATELY, now - (n - 1) * LATELY) for n in (1, 2))
        said.append(
            reader.say("situation.heard", minutes=words.duration(LATELY, reader.texts), n=lately,
                       shown=reader.number(lately), before=reader.number(before))
        )  # fmt: skip
    return tuple(said)


def _next_news(reader: Reader) -> str:
    """When the public hears from us next, and how long until then."""
    due = next((c for c in _open(reader) if c.kind is CommitmentKind.NEXT_UPDATE), None)
    if due is None:
        return reader.say("situation.no_news" if reader.data.incident.resolved_at is None else "situation.no_more_news")
    return reader.say("situation.news", time=reader.time(due.due_at), left=_left(reader, due))


def _left(reader: Reader, one: Commitment) -> str:
    return words.countdown(one.due_at, reader.data.made_at, reader.texts)


def _open(reader: Reader) -> list[Commitment]:
    found = (c for c in reader.data.commitments if c.state is CommitmentState.OPEN)
    return sorted(found, key=lambda c: (c.due_at, c.id))


def _unmended(reader: Reader) -> list[Commitment]:
    """Broken ones whose apology is not out, next news that came late after all aside."""
    return [
        c
        for c in reader.data.commitments
        if c.state is CommitmentState.BROKEN
        and c.remedied_at is None
        and (c.kind is not CommitmentKind.NEXT_UPDATE or c.fulfilled_at is None)
    ]


def _heard(reader: Reader, since: datetime, until: datetime) -> int:
    """Mentions of the whole minutes in between."""
    return sum(c.total for c in reader.data.chart.counts if since <= c.minute < until)


def facts(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What stands in the head of the first page."""
    data, incident = reader.data, reader.data.incident
    level = data.playbook.level(incident.level)
    name = reader.own(level.name) if level else words.MISSING
    told = _texts_for(reader, Audience.PUBLIC)
    made = words.when(data.made_at, reader.zone, reader.texts, ref=incident.started_at)
    values = {
        "code": shown(incident.name),
        "level": reader.say("head.level_value", level=incident.level, name=name),
        "start": f"{words.day(incident.started_at, reader.zone, reader.texts)}, {reader.time(incident.started_at)}",
        "duration": reader.duration((incident.resolved_at or data.made_at) - incident.started_at),
        "last_text": reader.time(told[-1].published_at) if told else words.MISSING,
        "mentions": reader.number(data.mentions),
        "zone": words.zone_name(incident.zone, reader.texts),
        "made": reader.say("head.made_by", time=made, who=shown(data.actor)) if data.actor else made,
    }
    return tuple((reader.say(f"head.{key}"), value) for key, value in values.items())


def parts(reader: Reader) -> tuple[Section, ...]:
    """The sections in their order."""
    made: list[Callable[[Reader], Section]] = [_owed]
    if reader.internal:
        made += [_sheet_part(section) for section in FactSection]
    made += [_said, chart, _channels]
    if reader.internal:
        made += [_line, _duty, _tasks]
    return tuple(make(reader) for make in made)


def _sheet_part(part: FactSection) -> Callable[[Reader], Section]:
    """One part of the truth sheet: each fact with who says so and since when."""

    def make(reader: Reader) -> Section:
        title = reader.texts(f"timeline.value.section.{part.value}")
        rows = tuple(
            (Cell(shown(f.key.replace("_", " ")), "muted"),
             Cell(shown(f.value.get(reader.texts.lang) or f.value.es or f.value.en, TEXT_LIMIT), "strong"),
             Cell(reader.say("sheet.who", who=shown(f.said_by), time=reader.time(f.said_at))),
             Cell(shown(f.evidence) or words.MISSING, "muted"))
            for f in reader.data.facts if f.section is part and f.replaced_by is None
        )  # fmt: skip
        head = tuple(reader.say(f"sheet.{name}") for name in ("key", "value", "said_by", "evidence"))
        block = Table(head, rows, (16, 42, 22, 20)) if rows else Words((reader.say("situation.nothing"),))
        return Section(part.value, title, (block,))

    return make


def _owed(reader: Reader) -> Section:
    """What is owed by when with what is left, then what is broken and not made good."""
    names = ["what", "due", "left", *(["owner"] if reader.internal else [])]
    rows = [_promise(reader, c, marked(_left(reader, c), "danger" if c.due_at < reader.data.made_at else "promise"))
            for c in _open(reader)]  # fmt: skip
    rows += [_promise(reader, c, marked(reader.say("situation.unmended"), "danger")) for c in _unmended(reader)]
    widths = (42, 14, 20, 24) if reader.internal else (56, 18, 26)
    head = tuple(reader.say(f"situation.{name}") for name in names)
    block = Table(head, tuple(rows), widths) if rows else Words((reader.say("situation.nothing_owed"),))
    return Section("owed", reader.say("situation.owed_title"), (block,), note=reader.say("ledger.note"))


def _promise(reader: Reader, one: Commitment, left: Cell) -> tuple[Cell, ...]:
    what = " · ".join(part for part in (reader.own(one.what), shown(one.to_whom)) if part)
    owner = reader.person(one.giver) if one.giver else reader.role(one.owner) if one.owner else words.MISSING
    cells = (Cell(what), Cell(reader.time(one.due_at), "strong"), left)
    return (*cells, Cell(owner, "muted")) if reader.internal else cells


def _texts_for(reader: Reader, audience: Audience) -> list[Draft]:
    """The newest published text of each template for such readers, newest last; an answer is read by one person."""
    book = reader.data.playbook
    found = (d for d in reader.data.published if d.mention_id is None and book.audience_of(d.template_id) is audience)
    newest = {d.template_id: d for d in sorted(found, key=_when)}
    return sorted(newest.values(), key=_when)


def _when(draft: Draft) -> tuple[datetime, int]:
    return draft.published_at or draft.updated_at, draft.id


def _said(reader: Reader) -> Section:
    said = _texts_for(reader, Audience.PUBLIC)
    block = message(reader, said[-1]) if said else Words((reader.say("said.none"),))
    return Section("said", reader.say("situation.said_title"), (block,))


def _line(reader: Reader) -> Section:
    """What staff were told last, so that everybody inside says the same."""
    told = tuple(message(reader, d) for d in _texts_for(reader, Audience.INTERNAL))
    return Section("line", reader.say("situation.line_title"), told or (Words((reader.say("situation.no_line"),)),))


def _duty(reader: Reader) -> Section:
    """Who holds which role, and the roles that nobody holds."""
    held = {a.role: a for a in reader.data.assignments if a.contact_slug}
    order = [r.id for r in reader.data.playbook.roles]
    order += [role for role in held if role not in order]
    rows = tuple(
        (Cell(reader.role(role)), Cell(reader.person(held[role].contact_slug), "strong"),
         Cell(reader.time(held[role].since), "muted"))
        if role in held
        else (Cell(reader.role(role)), marked(reader.say("calls.nobody"), "danger"), Cell(words.MISSING, "muted"))
        for role in order
    )  # fmt: skip
    head = tuple(reader.say(f"situation.{name}") for name in ("role", "who", "since"))
    block = Table(head, rows, (42, 38, 20)) if rows else Words((reader.say("calls.nobody"),))
    return Section("duty", reader.say("situation.duty_title"), (block,))


def _tasks(reader: Reader) -> Section:
    """The open tasks of the next day, late ones first; how many more there are is said."""
    waiting = sorted((t for t in reader.data.tasks if t.state is TaskState.OPEN), key=lambda t: (t.due_at, t.id))
    soon = [t for t in waiting if t.due_at < reader.data.made_at + SOON]
    rows = tuple(_task(reader, t) for t in soon)
    head = tuple(reader.say(f"situation.{name}") for name in ("what", "due", "left", "owner"))
    block = Table(head, rows, (42, 14, 20, 24)) if rows else Words((reader.say("situation.no_tasks"),))
    rest = len(waiting) - len(rows)
    more = (Words((reader.say("situation.more", n=rest),)),) if rest else ()
    return Section("tasks", reader.say("situation.tasks_title"), (block, *more))


def _task(reader: Reader, task: IncidentTask) -> tuple[Cell, ...]:
    left = words.countdown(task.due_at, reader.data.made_at, reader.texts)
    late = task.due_at < reader.data.made_at
    return (
        Cell(reader.own(task.do)),
        Cell(reader.time(task.due_at), "strong"),
        marked(left, "danger") if late else Cell(left),
        Cell(reader.role(task.owner), "muted"),
    )


def _channels(reader: Reader) -> Section:
    """Where people speak, and how much of it is a complaint."""
    data = reader.data
    rows = tuple(
        (Cell(shown(name) or reader.say("mentions.no_channel")), Cell(reader.number(n)),
         Cell(reader.share(n, data.mentions)))
        for name, n in data.by_source
    )  # fmt: skip
    head = tuple(reader.say(f"mentions.{column}") for column in ("channel", "count", "share"))
    told = reader.say(
        "mentions.complaints", complaints=reader.number(data.complaints), mentions=reader.number(data.mentions),
        share=reader.share(data.complaints, data.mentions),
    )  # fmt: skip
    tables = (Table(head, rows, (60, 20, 20), right=frozenset({1, 2})),) if rows else ()
    return Section("mentions", reader.say("situation.channels_title"), (Words((told,)), *tables))
