"""Drills: a scenario played on the desk's clock, by a person or by the autopilot, through the desk's own verbs.

A drill runs on a profile of its own (docs/adr/0005): nothing of it can reach the real one, and this desk has no
notifier and no network at all while it plays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from resources import files

from crisisdesk.desk.core import DESK
from crisisdesk.desk.replay import Cue, Reel
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import NotFoundError, ScenarioError
from crisisdesk.model.escalation import CallOutcome, EscalationState
from crisisdesk.model.incident import TaskState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks.scenario import Act, Inject, Scenario, read_scenario

if TYPE_CHECKING:
    from crisisdesk.app import Desk

DEFAULT: Final = "iusacell-0700-1100"
_INJECTS: Final = {
    "llamada": "inject.call",
    "prensa": "inject.press",
    "regulador": "inject.regulator",
    "portavoz": "inject.director",
    "rumor": "inject.press",
}


def names() -> tuple[str, ...]:
    """The scenarios that come with CrisisDesk."""
    found = (entry.name for entry in files("scenarios").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


def scenario(name: str) -> Scenario:
    """A shipped scenario; ScenarioError when there is none of that name."""
    if name not in names():
        raise ScenarioError("scenario.unknown", name=name, known=", ".join(names()))
    return read_scenario(files("scenarios", f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


class Drills:
    """Plays scenarios on a drill desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list(self) -> tuple[tuple[str, Bilingual], ...]:
        """(id, title) of each shipped scenario."""
        return tuple((name, scenario(name).title) for name in names())

    def play(self, name: str, *, autopilot: bool, speed: float = 1.0, paused: bool = False) -> Scenario:
        """Put a scenario in; its contacts and its quiet history come first, once."""
        desk = self._desk
        if not desk.drill:
            raise ScenarioError("scenario.not_a_drill")
        story = scenario(name)
        cues = [Cue(i.at, self._inject(i)) for i in story.injects]
        if autopilot:
            pilot = Autopilot(desk)
            cues += [Cue(act.at, pilot.doing(act)) for act in story.acts]
        mentions = story.mentions()
        reel = Reel(
            kind="scenario",
            name=f"{story.id}{'+auto' if autopilot else ''}",
            title=story.title.es,
            start=story.quiet_start,
            end=story.end,
            mentions=mentions,
            cues=sorted(cues, key=lambda cue: cue.at),
        )
        if desk.replay.stored() is None:
            for contact in story.contacts:
                desk.contacts.save(contact)
            desk.replay.load(reel, speed=speed, paused=True)
            desk.ingest.history(story.history())
        else:
            desk.replay.load(reel, speed=speed, paused=True)
        if not paused:
            desk.replay.resume()
        return story

    def to_beginning(self, story: Scenario) -> None:
        """Play the quiet hours before the story at once, so that a person begins where something happens."""
        desk = self._desk
        while desk.clock.now() < story.start and desk.replay.leap():
            pass

    def _inject(self, inject: Inject) -> Callable[[], None]:
        core = self._desk.core

        def happen() -> None:
            with core.write() as tx:
                incident = self._desk.room.current_id(tx.connection)
                data = {"who": inject.who, "title": inject.text}
                core.log(tx, _INJECTS[inject.kind], incident, actor=DESK, data=data)

        return happen


class Autopilot:
    """Does what the script says through the same verbs that a person's keys call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doing(self, act: Act) -> Callable[[], None]:
        """The act as something to do when its time comes."""
        noun, verb = act.do.split(".")
        special: Callable[..., None] | None = getattr(self, f"_{noun}_{verb}", None)

        def do() -> None:
            if special is not None:
                special(**act.fields)
            else:
                getattr(getattr(self._desk, noun), verb)(self._incident(), **act.fields)

        return do

    def _incident(self) -> int:
        incidents = self._desk.incidents.list()
        if not incidents:
            raise NotFoundError("store.no_incident", id="latest")
        return incidents[0].id

    def _incidents_open(self, **fields: Any) -> None:
        waiting = self._desk.alerts.list()
        if waiting:
            fields.setdefault("started_at", waiting[0].signal.since)
        self._desk.incidents.open(alert_id=waiting[0].id if waiting else None, **fields)

    def _task(self, task: str) -> int | None:
        found = next(t for t in self._desk.incidents.tasks(self._incident()) if t.task_id == task)
        return found.id if found.state is TaskState.OPEN else None

    def _incidents_finish_task(self, task: str, evidence: str = "") -> None:
        if (number := self._task(task)) is not None:  # publishing a task's text has finished it already
            self._desk.incidents.finish_task(number, evidence)

    def _incidents_skip_task(self, task: str, reason: str) -> None:
        if (number := self._task(task)) is not None:
            self._desk.incidents.skip_task(number, reason)

    def _escalation_outcome(self, role: str, outcome: CallOutcome, note: str = "") -> None:
        for card in self._desk.escalation.cards(self._incident()):
            if card.escalation.role == role:
                self._desk.escalation.outcome(card.attempt.id, outcome, note)
                return

    def _escalation_stop(self, role: str, reason: str = "") -> None:
        over = (EscalationState.STOPPED,)
        for ladder in self._desk.escalation.list(self._incident()):
            if ladder.role == role and ladder.state not in over:
                self._desk.escalation.stop(ladder.id, reason)

    def _drafts_publish(
        self,
        template: str,
        values: dict[str, Any],
        channel: str,
        url: str = "",
        approvals: dict[str, str] | None = None,
    ) -> None:
        desk, incident = self._desk, self._incident()
        waiting = [
            d
            for d in desk.drafts.list(incident)
            if d.template_id == template and d.state is DraftState.WRITING
        ]
        draft = waiting[0] if waiting else desk.drafts.start(incident, template)
        desk.drafts.fill(draft.id, values)
        for role, slug in (approvals or {}).items():
            desk.drafts.approve(draft.id, role, desk.contacts.name_of(slug))
        desk.drafts.copy(draft.id, "es", channel)
        desk.drafts.publish(draft.id, channel=channel, url=url)

    def _which(self, which: CommitmentKind, state: CommitmentState) -> Commitment:
        found = [c for c in self._desk.commitments.list(self._incident()) if (c.kind, c.state) == (which, state)]
        if not found:
            raise NotFoundError("store.no_commitment", id=which.value)
        return found[0] if state is CommitmentState.OPEN else found[-1]

    def _commitments_keep(self, which: CommitmentKind, note: str = "") -> None:
        self._desk.commitments.keep(self._which(which, CommitmentState.OPEN).id, note=note)

    def _commitments_move(self, which: CommitmentKind, **fields: Any) -> None:
        self._desk.commitments.move(self._which(which, CommitmentState.OPEN).id, **fields)

    def _commitments_set_remedy(self, which: CommitmentKind, **fields: Any) -> None:
        self._desk.commitments.set_remedy(self._which(which, CommitmentState.BROKEN).id, **fields)

    def _commitments_fulfil(self, which: CommitmentKind) -> None:
        self._desk.commitments.fulfil(self._which(which, CommitmentState.BROKEN).id)

    def _facts_say(self, **fields: Any) -> None:
        fields["said_by"] = self._desk.contacts.name_of(fields["said_by"])
        self._desk.facts.say(self._incident(), **fields)

