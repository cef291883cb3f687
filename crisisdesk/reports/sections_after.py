"""The sections of what came of an incident: the five duties for both cuts; areas, call centre and follow-up inside."""

from __future__ import annotations

from crisisdesk import words
from crisisdesk.model.area import RouteState, Signature
from crisisdesk.model.followup import ActionState, Feedback, PlaybookProposal, ProposalState, ReviewAction
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Section, Table, Words, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.sections import marked

_STEPS = (RouteState.RECEIVED, RouteState.ANSWERED, RouteState.CORRECTED)
_TONES = {ActionState.OPEN: "promise", ActionState.DONE: "good", ActionState.DROPPED: "muted"}


def _head(reader: Reader, key: str, *names: str) -> tuple[str, ...]:
    return tuple(reader.say(f"{key}.{name}") for name in names)


def duties(reader: Reader) -> Section:
    """How many mentions came through each duty."""
    heard = next((duty.n for duty in reader.data.duties if duty.key == "listen"), 0)
    rows = tuple(
        (Cell(reader.say(f"duties.{duty.key}"), "strong"), Cell(reader.number(duty.n)),
         Cell(reader.share(duty.n, heard), "muted"), Cell(reader.say(f"duties.{duty.key}_means"), "muted"))
        for duty in reader.data.duties
    )  # fmt: skip
    head = _head(reader, "duties", "duty", "n", "share", "means")
    table = Table(head, rows, (20, 12, 12, 56), right=frozenset({1, 2}))
    return Section("duties", reader.say("duties.title"), (table,))


def areas(reader: Reader) -> Section:
    """What each area was asked and signed, with the times."""
    rows = tuple(
        (Cell(shown(one.area), "strong"), Cell(shown(one.what)), Cell(reader.time(one.sent_at), "muted"),
         *(_signature(reader, one.signed(step)) for step in _STEPS))
        for one in reader.data.areas
    )  # fmt: skip
    head = _head(reader, "areas", "area", "what", "sent", *(step.value for step in _STEPS))
    return Section("areas", reader.say("areas.title"), (Table(head, rows, (14, 32, 12, 14, 14, 14)),))


def _signature(reader: Reader, one: Signature | None) -> Cell:
    return Cell(words.MISSING, "muted") if one is None else marked(f"{reader.time(one.at)} · {shown(one.by)}", "good")


def service(reader: Reader) -> Section:
    """The call centre's four curves, each by itself, day by day; nothing where there are none."""
    found, texts = reader.data.call_centre, reader.texts
    title = reader.say("service.title")
    if found is None:
        return Section("service", title, ())
    keys = ("service.cost", "service.length", "service.satisfaction", "service.detraction")
    rows = []
    for day, figures in zip(found.days, found.figures, strict=True):
        known = {one.key: one for one in figures}
        cells = [Cell(words.figure_value(known[key], texts) if key in known else words.MISSING) for key in keys]
        of = reader.say("service.day_line", day=day.day.isoformat(), line=texts(f"measure.of.{day.line}"))
        rows.append((Cell(of, "strong"), Cell(reader.number(day.contacts)), *cells))
    head = (*_head(reader, "service", "day", "contacts"), *(texts(f"measure.{key}") for key in keys))
    table = Table(head, tuple(rows), (22, 13, 17, 16, 16, 16), right=frozenset(range(1, 6)))
    return Section("service", title, (table,), note=reader.say("service.note"))


def followup(reader: Reader) -> Section:
    """By when the review is held, who does what by when, what everybody said, and which changes were proposed."""
    found = reader.data.followup
    title = reader.say("followup.title")
    if found is None:
        return Section("followup", title, (Words((reader.say("followup.none"),)),))
    said = []
    if found.held_at is not None:
        said.append(reader.say("followup.held", time=reader.time(found.held_at), who=shown(found.held_by)))
    elif found.due_at is not None:
        said.append(reader.say("followup.due", time=reader.time(found.due_at)))
    wanting = [shown(one.name) for one in found.participants if not one.heard]
    if wanting:
        said.append(reader.say("followup.wanting", names=", ".join(wanting)))
    said += [_proposal(reader, one) for one in found.proposals]
    actions = [_action(reader, one, "") for one in found.actions]
    actions += [_action(reader, one.action, one.incident) for one in found.carried]
    head = _head(reader, "followup", "what", "owner", "by", "state_head", "words")
    table = Table(head, tuple(actions), (34, 18, 14, 14, 20))
    voices = Table(_head(reader, "followup", "who", "well", "badly", "change"),
                   tuple(_voice(reader, one) for one in found.feedback), (19, 27, 27, 27))  # fmt: skip
    blocks = [Words(tuple(said), bulleted=True) if said else Words((reader.say("followup.no_day"),))]
    tables = [t for t in (table, voices) if t.rows]
    return Section("followup", title, (*blocks, *tables))


def _action(reader: Reader, one: ReviewAction, before: str) -> tuple[Cell, ...]:
    found = reader.data.followup
    owner = found.name(one.owner, reader.texts.lang) if found else one.owner
    what = shown(one.what) + (f" ({reader.say('followup.from', incident=shown(before))})" if before else "")
    late = one.overdue(reader.data.made_at)
    name, tone = ("late", "danger") if late else (one.state.value, _TONES[one.state])
    state = marked(reader.say(f"followup.state.{name}"), tone)
    day = words.day(one.due_at, reader.zone, reader.texts)
    return Cell(what, "strong"), Cell(shown(owner)), Cell(day), state, Cell(shown(one.words) or words.MISSING, "muted")


def _voice(reader: Reader, one: Feedback) -> tuple[Cell, ...]:
    found = reader.data.followup
    who = found.name(one.who, reader.texts.lang) if found else one.who
    said = (Cell(shown(text, TEXT_LIMIT) or words.MISSING) for text in (one.well, one.badly, one.change))
    return (Cell(shown(who), "strong"), *said)


def _proposal(reader: Reader, one: PlaybookProposal) -> str:
    by = one.by if one.state is ProposalState.PROPOSED else one.decided_by
    return reader.say(f"followup.proposal.{one.state.value}", why=shown(one.why), who=shown(by), version=one.version)
