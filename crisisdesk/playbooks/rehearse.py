"""Walk a playbook: its first hour on an empty clock, with nobody answering, so that every ladder is walked to its end.

It finds what no rule on a single line finds: who is called when, which text is due when, and where the plan does not
hold: nobody to reach at that hour, an approval slower than its deadline, a task whose owner no ladder calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crisisdesk.model.contact import Contact
from crisisdesk.model.playbook import Ladder, LadderStep, Level, Playbook, Task, Template
from crisisdesk.playbooks.book import DEPUTY
from crisisdesk.playbooks.save import line_of

HOUR = timedelta(hours=1)
FIRST_MESSAGE = "primer_mensaje"
FIRST_WITHIN = timedelta(minutes=15)
ANY_HOUR_FROM = 3
"""From this level on a contact's own hours are not asked."""
TOO_MANY_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that would be made.

    Attributes:
        at: after T0.
        role: whose ladder.
        to: the role or ``role.suplente`` of the step.
        who: the contact's slug; ``""`` when it comes to none.
        by: channels.
        wait: how long for an answer.
        lap: 1 for the first walk of the ladder, 2 for its first repeat.
        reachable: whether the contact can be reached then; ``None`` where contacts are not known.
    """

    at: timedelta
    role: str
    to: str
    who: str
    by: tuple[str, ...]
    wait: timedelta
    lap: int
    reachable: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text that is due.

    Attributes:
        due: after T0.
        template: its id; ``""`` for the next text of the cadence.
        task: the task's id; ``""`` for the cadence.
        owner: the role that writes it.
        approves: roles that agree first; empty when nobody has to be asked.
        agreed: when they can have agreed at the latest, if the first one called does not answer.
    """

    due: timedelta
    template: str
    task: str
    owner: str
    approves: tuple[str, ...] = ()
    agreed: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Where the plan does not hold: a sentence of ``rehearse.gap``, with its place in the file."""

    key: str
    where: str
    line: int
    level: int
    at: timedelta = timedelta(0)
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The first hour: at which level, from which instant on, and all that happens and all that is missing in it."""

    level: int
    start: datetime
    calls: tuple[Call, ...]
    messages: tuple[Message, ...]
    gaps: tuple[Gap, ...]
    knows_contacts: bool


def rehearse(
    playbook: Playbook,
    *,
    day: date,
    at: time = time(3, 0),
    level: int | None = None,
    contacts: Mapping[str, Contact] | None = None,
    span: timedelta = HOUR,
) -> Rehearsal:
    """The first hour of a crisis at ``level`` (the most serious one when ``None``) beginning at ``at`` in the
    playbook's own zone. Reads nothing, asks nothing."""
    start = datetime.combine(day, at, ZoneInfo(playbook.zone))
    numbers = [one.number for one in playbook.levels]
    chosen = playbook.level(level if level is not None else max(numbers, default=0))
    walk = _Walk(playbook, start, contacts, span)
    calls = tuple(sorted(walk.calls(chosen), key=lambda c: (c.at, c.role))) if chosen else ()
    messages = tuple(sorted(walk.messages(chosen), key=lambda m: (m.due, m.task))) if chosen else ()
    gaps = [gap for one in playbook.levels for gap in walk.level_gaps(one)]
    if chosen:
        gaps += [*walk.call_gaps(chosen, calls), *walk.message_gaps(chosen, messages)]
    unique = {(gap.key, gap.where, tuple(sorted(map(str, gap.fields.values())))): gap for gap in reversed(gaps)}
    found = sorted(unique.values(), key=lambda gap: (gap.at, gap.line, gap.key))
    return Rehearsal(
        level=chosen.number if chosen else 0,
        start=start,
        calls=calls,
        messages=messages,
        gaps=tuple(found),
        knows_contacts=contacts is not None,
    )


class _Walk:
    def __init__(
        self, playbook: Playbook, start: datetime, contacts: Mapping[str, Contact] | None, span: timedelta
    ) -> None:
        self.playbook, self.start, self.contacts, self.span = playbook, start, contacts, span

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────

    def calls(self, level: Level) -> Iterator[Call]:
        for role in dict.fromkeys(level.wakes):
            ladder = self.playbook.ladder(role)
            at = timedelta(0)
            for lap in range(1, (ladder.repeat if ladder else 0) + 1):
                for step in ladder.steps if ladder else ():
                    if at >= self.span or not ladder:
                        break
                    who = self.called(step, at)
                    yield Call(
                        at=at, role=role, to=step.to, who=who, by=step.by, wait=step.wait, lap=lap,
                        reachable=self.reaches(who, step, at, level.number),
                    )  # fmt: skip
                    at += step.wait

    def messages(self, level: Level) -> Iterator[Message]:
        first: timedelta | None = None
        for task in self.tasks(level):
            template = self.playbook.template(task.template)
            if not task.template:
                continue
            if task.template == FIRST_MESSAGE:
                first = task.before if first is None else min(first, task.before)
            approves = template.approves if template and not template.pre_cleared else ()
            agreed = max((self.agreed(role) for role in approves), default=timedelta(0))
            yield Message(
                due=task.before, template=task.template, task=task.id, owner=task.owner, approves=approves,
                agreed=agreed,
            )  # fmt: skip
        due = (first or FIRST_WITHIN) + (level.public_cadence or self.span)
        while level.public_cadence and due <= self.span:
            yield Message(due=due, template="", task="", owner=self.playbook.owner)
            due += level.public_cadence

    def tasks(self, level: Level) -> Iterator[Task]:
        """The tasks of the level that are due within the hour."""
        for phase in self.playbook.phases:
            for task in phase.tasks:
                if task.before <= self.span and task.min_level <= level.number:
                    yield task

    def agreed(self, role: str) -> timedelta:
        """How long an agreement can take when the first one called does not answer."""
        ladder = self.playbook.ladder(role)
        return sum((step.wait for step in ladder.steps[:2]), timedelta(0)) if ladder else timedelta(0)

    # ── whom it reaches ──────────────────────────────────────────────────────────────────────────────────────────

    def who(self, to: str) -> str:
        """The slug of the person behind a role, its deputy, or a deputy that is a role again; ``""`` for nobody."""
        name, deputy = to.removesuffix(DEPUTY), to.endswith(DEPUTY)
        for _ in self.playbook.roles:
            role = self.playbook.role(name)
            if role is None:
                return name
            name, deputy = (role.deputy if deputy else role.holder), False
        return name if self.playbook.role(name) is None else ""

    def called(self, step: LadderStep, at: timedelta) -> str:
        """Whom a step calls then: with «awake first», the deputy while the person sleeps and the deputy does not."""
        who, deputy = self.who(step.to), self.who(f"{step.to}{DEPUTY}") if self.playbook.role(step.to) else ""
        contacts = self.contacts or {}
        first, second = contacts.get(who), contacts.get(deputy)
        asleep = step.awake_first and first is not None and not first.awake(self.start + at)
        return deputy if asleep and second is not None and second.awake(self.start + at) else who

    def reaches(self, slug: str, step: LadderStep, at: timedelta, level: int) -> bool | None:
        """Whether a step reaches its person; ``None`` where contacts are not known."""
        if self.contacts is None:
            return None
        contact = self.contacts.get(slug)
        if contact is None or not any(_has(contact, channel) for channel in step.by):
            return False
        return level >= ANY_HOUR_FROM or contact.awake(self.start + at)

    # ── where it does not hold ───────────────────────────────────────────────────────────────────────────────────

    def gap(
        self, key: str, path: tuple[str | int, ...], level: int, at: timedelta = timedelta(0), **fields: object
    ) -> Gap:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        return Gap(
            key=key,
            where=where,
            line=line_of(self.playbook.source, path),
            level=level,
            at=at,
            fields={"level": level} | fields,
        )

    def level_gaps(self, level: Level) -> Iterator[Gap]:
        """What is missing at a level whatever the hour brings."""
        number, path = level.number, ("niveles", self.playbook.levels.index(level))
        if not level.wakes:
            yield self.gap("wakes_nobody", path, number)
        if level.public_cadence is None and number >= ANY_HOUR_FROM:
            yield self.gap("no_cadence", path, number)
        givers = self.playbook.commitments.may_give_time
        if number > 1 and level.wakes and givers and not set(givers) & set(level.wakes):
            yield self.gap("time_giver_asleep", path, number, roles=", ".join(givers))
        for role in dict.fromkeys(level.wakes):
            ladder = self.playbook.ladder(role)
            if ladder is None or not ladder.steps:
                yield self.gap("no_ladder", (*path, "escala"), number, role=role)
            elif self.contacts is not None and not any(
                self.reaches(self.who(step.to), step, timedelta(0), number) for step in ladder.steps
            ):
                yield self.gap("nobody_reachable", ("escaladas", role), number, role=role,
                               hour=f"{self.start:%H:%M}")  # fmt: skip

    def call_gaps(self, level: Level, calls: tuple[Call, ...]) -> Iterator[Gap]:
        """What the calls of the hour show."""
        for ladder in self.playbook.ladders:
            if ladder.role not in level.wakes or not ladder.steps:
                continue
            length = _length(ladder)
            if length < self.span and not (ladder.if_nobody.es or ladder.if_nobody.en):
                yield self.gap("runs_out", ("escaladas", ladder.role), level.number, length, role=ladder.role)
        at_once: dict[str, list[str]] = {}
        for call in calls:
            if call.at == timedelta(0) and call.who:
                at_once.setdefault(call.who, []).append(call.role)
        for who, roles in at_once.items():
            if len(roles) >= TOO_MANY_AT_ONCE:
                yield self.gap("called_at_once", ("personas", roles[0]), level.number, who=who,
                               roles=", ".join(roles))  # fmt: skip

    def message_gaps(self, level: Level, messages: tuple[Message, ...]) -> Iterator[Gap]:
        """What the tasks and texts of the hour show."""
        number = level.number
        first = min((m.due for m in messages if m.template == FIRST_MESSAGE), default=None)
        if first is None or first > FIRST_WITHIN:
            yield self.gap("first_message_late", ("fases",), number, FIRST_WITHIN)
        for i, phase in enumerate(self.playbook.phases):
            for j, task in enumerate(phase.tasks):
                if task.before > self.span or task.min_level > number:
                    continue
                yield from self._owner_gaps(level, task, ("fases", i, "tareas", j))
        for message in messages:
            template = self.playbook.template(message.template)
            if template is not None:
                yield from self._template_gaps(level, message, template)

    def _owner_gaps(self, level: Level, task: Task, path: tuple[str | int, ...]) -> Iterator[Gap]:
        if not task.owner or task.owner not in level.wakes:
            yield self.gap("owner_not_called", (*path, "quien"), level.number, task.before, task=task.id,
                           role=task.owner or "–")  # fmt: skip
            return
        if task.owner == self.playbook.owner:
            return  # whoever answers for the playbook opens the incident, and is there already
        ladder = self.playbook.ladder(task.owner)
        if ladder and ladder.steps and ladder.steps[0].wait > task.before:
            yield self.gap("owner_slow", (*path, "antes_de"), level.number, task.before, task=task.id, role=task.owner,
                           wait=_minutes(ladder.steps[0].wait), minutes=_minutes(task.before))  # fmt: skip

    def _template_gaps(self, level: Level, message: Message, template: Template) -> Iterator[Gap]:
        path = ("plantillas", template.id)
        for lang in self.playbook.languages:
            if not getattr(template.text, lang):
                yield self.gap(f"template_lacks_{lang}", path, level.number, message.due, template=template.id)
        for role in message.approves:
            if role not in level.wakes:
                yield self.gap("approver_not_called", (*path, "aprueba"), level.number, message.due, role=role,
                               template=template.id)  # fmt: skip
            elif self.agreed(role) > message.due:
                yield self.gap("approver_slow", (*path, "aprueba"), level.number, message.due, role=role,
                               template=template.id, minutes=_minutes(message.due),
                               takes=_minutes(self.agreed(role)))  # fmt: skip


def _has(contact: Contact, channel: str) -> bool:
    if channel in ("llamada", "sms"):
        return bool(contact.phone.strip())
    if channel == "correo":
        return bool(contact.email.strip())
    return contact.reachable


def _length(ladder: Ladder) -> timedelta:
    return sum((step.wait for step in ladder.steps), timedelta(0)) * ladder.repeat


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
