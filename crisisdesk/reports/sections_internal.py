"""The sections that only the team reads: calls, truth sheet, tasks, corrections."""

from __future__ import annotations

from crisisdesk import words
from crisisdesk.model.escalation import CallAttempt, CallOutcome
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.incident import IncidentTask, TaskState
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Section, Table, Words, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.sections import marked


def _table(reader: Reader, key: str, names: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], *widths: int) -> Table:
    return Table(tuple(reader.say(f"{key}.{name}") for name in names), rows, widths)


def calls(reader: Reader) -> Section:
    """Every call with its outcome, and who held which role."""
    roles = {e.id: e.role for e in reader.data.escalations}
    rows = tuple(_call(reader, roles.get(a.escalation_id, ""), a) for a in reader.data.attempts)
    table = _table(reader, "calls", ("time", "who", "role", "step", "outcome", "note"), rows, 11, 21, 21, 13, 16, 18)
    held = tuple(
        reader.say(
            "calls.held", role=reader.role(a.role), time=reader.time(a.since),
            who=reader.person(a.contact_slug) if a.contact_slug else reader.say("calls.nobody"),
        )
        for a in reader.data.assignments
    )  # fmt: skip
    blocks = (Words(held, bulleted=True), table) if rows else (Words((*held, reader.say("calls.none")), bulleted=True),)
    return Section("calls", reader.say("calls.title"), blocks)


def _call(reader: Reader, role: str, attempt: CallAttempt) -> tuple[Cell, ...]:
    if attempt.outcome is None:
        outcome = Cell(reader.say("calls.open"), "promise")
    else:
        answered = attempt.outcome is CallOutcome.ANSWERED
        said = reader.texts(f"timeline.value.outcome.{attempt.outcome.value}")
        outcome = marked(said, "good") if answered else Cell(said, "muted")
    step = reader.say("calls.step_round", step=attempt.step + 1, round=attempt.round)
    return (
        Cell(reader.time(attempt.started_at), "strong"),
        Cell(reader.person(attempt.contact_slug)),
        Cell(reader.role(role), "muted"),
        Cell(step, "muted"),
        outcome,
        Cell(shown(attempt.note) or words.MISSING),
    )


def sheet(reader: Reader) -> Section:
    """The truth sheet as it stood at the end: know, don't know, doing, and who says so."""
    order = list(FactSection)
    current = sorted((f for f in reader.data.facts if f.replaced_by is None), key=lambda f: order.index(f.section))
    rows = tuple(_fact(reader, fact) for fact in current)
    table = _table(reader, "sheet", ("section", "key", "value", "said_by", "evidence"), rows, 14, 15, 34, 20, 17)
    blocks = (table,) if rows else (Words((reader.say("sheet.none"),)),)
    return Section("sheet", reader.say("sheet.title"), blocks)


def _fact(reader: Reader, fact: Fact) -> tuple[Cell, ...]:
    who = reader.say("sheet.who", who=shown(fact.said_by), time=reader.time(fact.said_at))
    return (
        Cell(reader.texts(f"timeline.value.section.{fact.section.value}"), "muted"),
        Cell(shown(fact.key.replace("_", " "))),
        Cell(shown(fact.value.get(reader.texts.lang), TEXT_LIMIT), "strong"),
        Cell(who),
        Cell(shown(fact.evidence) or words.MISSING, "muted"),
    )


def tasks(reader: Reader) -> Section:
    """The playbook's tasks with what became of them."""
    rows = tuple(_task(reader, task) for task in reader.data.tasks)
    table = _table(reader, "tasks", ("what", "owner", "due", "done", "evidence"), rows, 32, 18, 14, 18, 18)
    blocks = (table,) if rows else (Words((reader.say("tasks.none"),)),)
    return Section("tasks", reader.say("tasks.title"), blocks)


def _task(reader: Reader, task: IncidentTask) -> tuple[Cell, ...]:
    if task.state is TaskState.DONE and task.done_at is not None:
        late = task.done_at > task.due_at
        done = marked(reader.since_start(task.done_at), "danger" if late else "good")
    elif task.state is TaskState.SKIPPED:
        done = Cell(reader.say("tasks.skipped"), "muted")
    else:
        done = Cell(reader.say("tasks.open"), "promise")
    return (
        Cell(reader.own(task.do)),
        Cell(reader.role(task.owner), "muted"),
        Cell(reader.since_start(task.due_at), "muted"),
        done,
        Cell(shown(task.evidence) or words.MISSING, "muted"),
    )


def revisions(reader: Reader) -> Section:
    """What was corrected: the words as first written beside each correction."""
    first = {e.id: e for e in reader.data.originals if e.revises is None}
    rows = tuple(
        (
            Cell(reader.time(entry.recorded_at), "strong"),
            Cell(reader.entry(first[entry.revises]) if entry.revises in first else words.MISSING, "muted"),
            Cell(reader.entry(entry)),
            Cell(reader.actor(entry), "muted"),
        )
        for entry in reader.data.originals
        if entry.revises is not None
    )
    table = _table(reader, "revisions", ("time", "before", "after", "who"), rows, 12, 36, 36, 16)
    blocks = (table,) if rows else (Words((reader.say("revisions.none"),)),)
    return Section("revisions", reader.say("revisions.title"), blocks, note=reader.say("revisions.note"))


def calibration(reader: Reader) -> Section:
    """Whether the risks that stood beside promises were right: here, and in all incidents."""
    data, texts = reader.data, reader.texts
    lines = [
        f"{texts(f'review.history.{name}')} {line}"
        for name, bands in (("mine", data.calibration), ("all", data.calibration_all))
        for line in words.calibration_lines(bands, texts)
    ]
    blocks = (Words(tuple(lines), bulleted=True),) if lines else (Words((texts("review.history.unscored"),)),)
    return Section("calibration", reader.say("calibration.title"), blocks, note=reader.say("calibration.note"))
