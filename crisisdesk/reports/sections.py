"""The sections that both cuts have: summary, milestones, what was said, promises, mentions, timeline, method."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk import words
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft
from crisisdesk.model.review import Milestone, PromiseScore
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Message, Picture, Quote, Section, Table, Words, link, shown
from crisisdesk.reports.reader import Reader

_TONES = {
    CommitmentState.OPEN: "promise",
    CommitmentState.KEPT: "good",
    CommitmentState.MOVED: "promise",
    CommitmentState.WITHDRAWN: "muted",
    CommitmentState.BROKEN: "danger",
}
_MARKS = {"good": "✓ ", "danger": "▲ ", "promise": "◆ "}


def marked(text: str, tone: str) -> Cell:
    """A cell whose state is a mark and a colour, never colour alone."""
    return Cell(_MARKS.get(tone, "") + text, tone)


def lead(reader: Reader) -> tuple[str, ...]:
    """The summary: sentences made of numbers that the report shows elsewhere."""
    data, incident = reader.data, reader.data.incident
    level = data.playbook.level(incident.level)
    span = {
        "level": incident.level,
        "level_name": reader.own(level.name) if level else words.MISSING,
        "date": words.day(incident.started_at, reader.zone, reader.texts),
        "start": reader.time(incident.started_at),
    }
    if incident.resolved_at is None:
        said = [reader.say("lead.still", **span)]
    else:
        took = reader.duration(incident.resolved_at - incident.started_at)
        said = [reader.say("lead.over", end=reader.time(incident.resolved_at), duration=took, **span)]
    if data.alert is not None:
        signal = data.alert.first.signal if data.alert.first else data.alert.signal  # as it was when it called
        said.append(
            reader.say(
                "lead.alert", took=reader.since_start(data.alert.opened_at), count=reader.number(signal.count),
                window=reader.duration(timedelta(minutes=signal.window_minutes)),
                expected=reader.number(signal.expected),
            )
        )  # fmt: skip
    first = next((m for m in data.milestones if m.key == "first_message"), None)
    if first is not None and first.took is not None:
        key = "lead.first" if first.target is None else "lead.first_target"
        said.append(reader.say(key, took=reader.t_plus(first.took), target=reader.t_plus(first.target)))
    said.append(reader.say("lead.said", texts=len(data.own_texts), updates=_score(reader, data.updates)))
    said.append(reader.say("lead.promises", made=data.promises.made, outcome=_outcome(reader, data.promises)))
    if data.peak is not None:
        said.append(
            reader.say(
                "lead.mentions", mentions=reader.number(data.mentions), peak=reader.number(data.peak[1]),
                share=reader.share(data.complaints, data.mentions), time=reader.time(data.peak[0]),
            )
        )  # fmt: skip
    return tuple(said)


def _score(reader: Reader, score: PromiseScore) -> str:
    return reader.say("score", kept=score.kept, made=score.made)


def _outcome(reader: Reader, score: PromiseScore) -> str:
    """How promises ended, only the ways that occurred: «1 cumplida · 1 incumplida»."""
    counts = {name: getattr(score, name) for name in ("kept", "broken", "moved", "withdrawn", "open")}
    said = [reader.say(f"outcome.{name}", n=n) for name, n in counts.items() if n]
    return " · ".join(said) or reader.say("outcome.none")


def chart(reader: Reader) -> Section:
    """The chart with a sentence that says what it shows."""
    caption = reader.say("chart.caption", zone=words.zone_name(reader.zone, reader.texts))
    return Section("chart", reader.say("chart.title"), (Picture(caption),))


def milestones(reader: Reader) -> Section:
    """Targets and what happened, counted from T0."""
    rows = tuple(_milestone(reader, one) for one in reader.data.milestones)
    head = tuple(reader.say(f"milestones.{name}") for name in ("what", "target", "took", "result"))
    table = Table(head, rows, (40, 18, 18, 24), right=frozenset({1, 2}))
    return Section("milestones", reader.say("milestones.title"), (table,), note=reader.say("milestones.note"))


def _milestone(reader: Reader, one: Milestone) -> tuple[Cell, ...]:
    if one.took is None:
        result = Cell(reader.say("milestones.not_yet"), "muted")
    elif one.target is None:
        result = Cell(reader.say("milestones.no_target"), "muted")
    elif one.took <= one.target:
        result = marked(reader.say("milestones.met"), "good")
    else:
        result = marked(reader.say("milestones.missed", late=reader.duration(one.took - one.target)), "danger")
    key = f"milestone.{one.key}"
    name = reader.say(key) if reader.texts.has(f"report.{key}") else shown(one.key)
    return Cell(name), Cell(reader.t_plus(one.target), "muted"), Cell(reader.t_plus(one.took), "strong"), result


def said(reader: Reader) -> Section:
    """Every published text that answers nobody, in both languages, with when and where."""
    data = reader.data
    messages = tuple(message(reader, draft) for draft in data.own_texts)
    blocks: tuple[Message | Words, ...] = messages or (Words((reader.say("said.none"),)),)
    if answers := len(data.published) - len(data.own_texts):
        blocks += (Words((reader.say("said.answers", n=answers),)),)
    return Section("said", reader.say("said.title"), blocks)


def message(reader: Reader, draft: Draft) -> Message:
    """A published text with its time, place and approvals."""
    approvals = ", ".join(
        reader.say("said.approval", role=reader.role(role), who=shown(who), time=reader.time(at))
        for role, (who, at) in sorted(draft.approvals.items())
    )
    return Message(
        time=f"{reader.time(draft.published_at)} · {reader.since_start(draft.published_at)}",
        title=reader.template(draft.template_id),
        where=" · ".join(part for part in (shown(draft.channel), shown(draft.url, 160)) if part),
        link=link(draft.url),
        es=shown(draft.body.es, TEXT_LIMIT),
        en=shown(draft.body.en, TEXT_LIMIT),
        approvals=reader.say("said.approved", who=approvals) if approvals else "",
    )


def ledger(reader: Reader) -> Section:
    """What was promised, for when, and what became of it."""
    data = reader.data
    score = data.updates.median_lateness
    median = words.lateness(score, reader.texts) if score is not None else words.MISSING
    summary = (
        reader.say("ledger.updates", score=_score(reader, data.updates), median=median),
        reader.say("ledger.promises", made=data.promises.made, outcome=_outcome(reader, data.promises)),
    )
    names = ["what", "due", *(["giver"] if reader.internal else []), "state", "lateness", "remedy"]
    rows = tuple(_commitment(reader, one) for one in data.commitments)
    widths = (28, 9, 13, 15, 18, 17) if reader.internal else (33, 12, 17, 19, 19)
    table = Table(tuple(reader.say(f"ledger.{name}") for name in names), rows, widths)
    blocks = (Words(summary), table) if rows else (Words((reader.say("ledger.none"),)),)
    return Section("ledger", reader.say("ledger.title"), blocks, note=reader.say("ledger.note"))


def _commitment(reader: Reader, one: Commitment) -> tuple[Cell, ...]:
    what = " · ".join(part for part in (reader.own(one.what), shown(one.to_whom)) if part)
    if one.kind is CommitmentKind.INDIVIDUAL:
        what = reader.say("ledger.individual", what=what)
    late = one.lateness()
    kind = reader.say(f"remedy.{one.remedy_kind.value}") if one.remedy_kind else ""
    remedy = ": ".join(part for part in (kind, shown(one.remedy)) if part)
    tone = _TONES[one.state]
    state = marked(reader.say(f"state.{one.state.value}"), tone)
    cells = [Cell(what), Cell(reader.time(one.due_at), "strong")]
    if reader.internal:
        cells.append(Cell(reader.person(one.giver) if one.giver else words.MISSING))
    fate = [words.lateness(late, reader.texts)] if late is not None else []
    if one.reason and reader.internal:
        fate.append(shown(one.reason))
    return (*cells, state, Cell(" · ".join(fate) or words.MISSING), Cell(remedy or words.MISSING))


def mentions(reader: Reader) -> Section:
    """Counts by channel, the share of complaints, and a few originals."""
    data = reader.data
    total = data.mentions
    rows = tuple(
        (Cell(shown(name) or reader.say("mentions.no_channel")), Cell(reader.number(n)), Cell(reader.share(n, total)))
        for name, n in data.by_source
    )
    head = tuple(reader.say(f"mentions.{column}") for column in ("channel", "count", "share"))
    facts = [
        reader.say(
            "mentions.complaints", complaints=reader.number(data.complaints), mentions=reader.number(total),
            share=reader.share(data.complaints, total),
        )
    ]  # fmt: skip
    if data.peak is not None:
        facts.append(reader.say("mentions.peak", time=reader.time(data.peak[0]), count=reader.number(data.peak[1])))
    originals = (stored.mention for stored in data.examples)
    examples = tuple(
        Quote(shown(m.text, TEXT_LIMIT), _source(reader, m.author, m.channel, m.published_at)) for m in originals
    )
    table = Table(head, rows, (60, 20, 20), right=frozenset({1, 2}))
    return Section("mentions", reader.say("mentions.title"), (Words(tuple(facts)), table, *examples))


def _source(reader: Reader, author: str, channel: str, at: datetime) -> str:
    return " · ".join(part for part in (shown(author, 80), shown(channel, 80), reader.time(at)) if part)


def answers(reader: Reader) -> Section:
    """How people were answered one by one, and their mood before, during and after, each with its n."""
    found = reader.data.answering
    if found is None:
        return Section("answers", reader.say("answers.title"), (Words((reader.say("answers.none"),)),))
    said = []
    if found.median is not None and found.p90 is not None:
        said.append(
            reader.say("answers.waited", n=found.answered, shown=reader.number(found.answered),
                       median=reader.duration(found.median), p90=reader.duration(found.p90))
        )  # fmt: skip
    else:
        said.append(reader.say("answers.none"))
    if found.backlog is not None:
        at, most = found.backlog
        said.append(reader.say("answers.backlog", time=reader.time(at), n=most, shown=reader.number(most)))
    moods = (("before", found.before), ("during", found.during), ("after", found.after))
    rows = tuple(
        (Cell(reader.say(f"answers.{name}")), Cell(reader.share(mood.negative, mood.labelled), "strong"),
         Cell(reader.share(mood.positive, mood.labelled)), Cell(reader.number(mood.labelled)),
         Cell(reader.share(mood.n - mood.labelled, mood.n), "muted"))
        for name, mood in moods if mood is not None
    )  # fmt: skip
    head = tuple(reader.say(f"answers.{column}") for column in ("when", "negative", "positive", "labelled", "bare"))
    table = Table(head, rows, (36, 16, 16, 16, 16), right=frozenset({1, 2, 3, 4}))
    return Section("answers", reader.say("answers.title"), (Words(tuple(said)), table), note=reader.say("answers.note"))


def timeline(reader: Reader) -> Section:
    """Every entry, late ones with when they were written down."""
    names = ["time", "since", "what", *(["who"] if reader.internal else [])]
    rows = []
    for entry in reader.data.entries:
        told = ("★ " if entry.starred else "") + reader.entry(entry)
        if entry.late and reader.internal:
            told = reader.say("timeline.late", said=told, time=reader.time(entry.recorded_at))
        cells = [Cell(reader.time(entry.occurred_at), "strong"), Cell(reader.since_start(entry.occurred_at), "muted")]
        rows.append((*cells, Cell(told), *([Cell(reader.actor(entry), "muted")] if reader.internal else [])))
    widths = (11, 13, 58, 18) if reader.internal else (12, 14, 74)
    table = Table(tuple(reader.say(f"timeline.{name}") for name in names), tuple(rows), widths)
    return Section("timeline", reader.say("timeline.title"), (table,))


def method(reader: Reader) -> Section:
    """How every number was counted."""
    names = ["times", "mentions", "expected", "milestones", "promises", "updates", "silence"]
    names.append("revisions" if reader.internal else "cut")
    zone = words.zone_name(reader.zone, reader.texts)
    notes = tuple(reader.say(f"method.{name}", zone=zone) for name in names)
    return Section("method", reader.say("method.title"), (Words(notes, bulleted=True),))
