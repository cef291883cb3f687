"""Drills: a scenario played on the desk's clock, by a person or by the autopilot, through the desk's own verbs.

A drill runs on a profile of its own (docs/adr/0005): nothing of it can reach the real one, and this desk has no
notifier and no network at all while it plays.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from resources import files

from crisisdesk.desk import scoring
from crisisdesk.desk.core import DESK
from crisisdesk.desk.replay import Cue, Reel
from crisisdesk.desk.retelling import retell
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import DraftState
from crisisdesk.model.drill import Run
from crisisdesk.model.errors import NotFoundError, ScenarioError
from crisisdesk.model.escalation import CallOutcome, EscalationState
from crisisdesk.model.incident import TaskState
from crisisdesk.model.mention import Mention
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import Paths
from crisisdesk.plain import one_line
from crisisdesk.playbooks.scenario import Act, Inject, Scenario, read_scenario
from crisisdesk.playbooks.story import Silence

if TYPE_CHECKING:
    from crisisdesk.app import Desk

log = logging.getLogger(__name__)

DEFAULT: Final = "iusacell-0700-1100"
_INJECTS: Final = {
    "llamada": "inject.call",
    "prensa": "inject.press",
    "regulador": "inject.regulator",
    "portavoz": "inject.director",
    "rumor": "inject.press",
}
RUN_FILE: Final = "run.json"
RUNS: Final = "drills"
OWN: Final = "scenarios"


def names(home: Path | None = None) -> tuple[str, ...]:
    """The scenarios that come with CrisisDesk, then the person's own in the data folder ``home``."""
    found = (entry.name for entry in files("scenarios").iterdir())
    shipped = sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))
    own = sorted(path.stem for path in (home / OWN).glob("*.yaml") if path.suffixes == [".yaml"]) if home else []
    return (*shipped, *(name for name in own if name not in shipped))


def scenario(name: str, home: Path | None = None) -> Scenario:
    """A shipped scenario or one of the person's own in ``home``; ScenarioError when there is none of that name."""
    known = names(home)
    if name not in known:
        raise ScenarioError("scenario.unknown", name=one_line(name, 80), known=", ".join(known))
    shipped = files("scenarios", f"{name}.yaml")
    if home is not None and not shipped.is_file():
        try:
            return read_scenario((home / OWN / f"{name}.yaml").read_bytes(), f"{name}.yaml")
        except OSError as error:
            raise ScenarioError("scenario.unknown", name=one_line(name, 80), known=", ".join(known)) from error
    return read_scenario(shipped.read_text("utf-8"), f"{name}.yaml")


def bring(name: str, home: Path, paths: Paths) -> Path | None:
    """Copy one of the person's own scenarios into a drill's folder, with what lies beside it; its playbook, if any."""
    folder = paths.data / OWN
    beside = [home / OWN / f"{name}{ending}" for ending in (".yaml", ".jsonl", ".playbook.yaml")]
    if folder != home / OWN and beside[0].is_file() and not files("scenarios", f"{name}.yaml").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for path in beside:
            if path.is_file():
                shutil.copyfile(path, folder / path.name)
    playbook = folder / beside[2].name
    return playbook if playbook.is_file() else None


def write(run: Run, path: Path) -> None:
    """Write a run as JSON; OSError when it cannot be."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run)))


class Drills:
    """Plays scenarios on a drill desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._playing: tuple[Scenario, bool] | None = None
        self._kept = False

    def list(self) -> tuple[tuple[str, Bilingual], ...]:
        """(id, title) of each scenario; one of the person's own that cannot be read is passed over."""
        home, found = self._desk.paths.data, []
        for name in names(home):
            try:
                found.append((name, scenario(name, home).title))
            except ScenarioError as error:
                log.warning("the scenario %s cannot be read: %s", name, error.key)
        return tuple(found)

    def play(self, name: str, *, autopilot: bool, speed: float = 1.0, paused: bool = False) -> Scenario:
        """Put a scenario in; its contacts and its quiet history come first, once."""
        desk = self._desk
        if not desk.drill:
            raise ScenarioError("scenario.not_a_drill")
        story = scenario(name, desk.paths.data)
        cues = [Cue(i.at, self._inject(i)) for i in story.injects]
        for silence in story.silences:
            cues += [Cue(silence.start, self._network(silence)), Cue(silence.end, self._network(None))]
        if autopilot:
            pilot = Autopilot(desk)
            cues += [Cue(act.at, pilot.doing(act)) for act in story.acts]
        mentions: Sequence[Mention] = story.mentions()
        if story.recorded:
            mentions, _ = desk.read_mentions(desk.paths.data / OWN / story.recorded)
        reel = Reel(
            kind="scenario",
            name=f"{story.id}{'+auto' if autopilot else ''}",
            title=story.title.es,
            start=story.quiet_start,
            end=story.end,
            mentions=mentions,
            cues=sorted(cues, key=lambda cue: cue.at),
            silences=tuple((silence.start, silence.end) for silence in story.silences),
        )
        self._playing = story, autopilot
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

    def from_incident(self, incident_id: int) -> Path:
        """Turn a past incident into a scenario of the person's own; the path of its file.

        What people wrote goes with it, so the file stays in this data folder and is never shipped.
        """
        return retell(self._desk, incident_id, self._desk.paths.data / OWN)

    # -- how it went ---------------------------------------------------------------------------------------------

    def run(self) -> Run:
        """How the drill that is being played went so far, against the playbook's own times."""
        if self._playing is None:
            raise ScenarioError("scenario.not_a_drill")
        desk, (story, autopilot) = self._desk, self._playing
        incidents = desk.incidents.list()
        playbook = desk.playbooks.of(incidents[0].id) if incidents else desk.playbook
        played = scoring.Played(
            story=story,
            playbook=playbook,
            alerts=desk.alerts.list(open_only=False),
            incident=desk.review.data(incidents[0].id) if incidents else None,
            now=desk.clock.now(),
        )
        return Run(
            name=desk.paths.data.name,
            scenario=story.id,
            title=story.title,
            played_at=datetime.now(UTC),
            autopilot=autopilot,
            who="" if autopilot else desk.actor,
            playbook=playbook.id,
            playbook_version=playbook.version,
            finished=desk.replay.ended,
            marks=scoring.marks(played),
        )

    def keep(self) -> Run | None:
        """Write the run beside the drill's data, once, when it has been played to its end."""
        if self._playing is None or self._kept or not self._desk.replay.ended:
            return None
        run = self.run()
        path = self._desk.paths.data / RUN_FILE
        self._kept = True
        try:
            if not path.exists():
                write(run, path)
        except OSError as error:
            log.warning("%s cannot be written: %s", RUN_FILE, error.strerror)
        return run

    def runs(self) -> tuple[Run, ...]:
        """The runs played from this profile, the newest first; a file that is no run is passed over."""
        found = []
        for path in sorted((self._desk.paths.data / RUNS).glob(f"*/{RUN_FILE}")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Run))
            except (OSError, msgspec.MsgspecError) as error:
                log.warning("%s cannot be read: %s", RUN_FILE, type(error).__name__)
        return tuple(sorted(found, key=lambda run: run.played_at, reverse=True))

    # -- what happens --------------------------------------------------------------------------------------------

    def _network(self, silence: Silence | None) -> Callable[[], None]:
        core = self._desk.core
        kind = "inject.silence" if silence else "inject.heard_again"

        def happen() -> None:
            with core.write() as tx:
                incident = self._desk.room.current_id(tx.connection)
                core.log(tx, kind, incident, actor=DESK, data={"title": silence.text} if silence else {})

        return happen

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

    def _alerts_dismiss(self, reason: str) -> None:
        waiting = self._desk.alerts.list()
        if not waiting:
            raise NotFoundError("store.no_alert", id="latest")
        self._desk.alerts.dismiss(waiting[0].id, reason)

    def _timeline_note(self, **fields: Any) -> None:
        incidents = self._desk.incidents.list()
        self._desk.timeline.note(incidents[0].id if incidents else None, **fields)

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

    def _handover_tell(self) -> None:
        incident = self._incident()
        self._desk.handover.tell(incident, self._desk.incidents.playbook(incident))

    def _facts_say(self, **fields: Any) -> None:
        fields["said_by"] = self._desk.contacts.name_of(fields["said_by"])
        self._desk.facts.say(self._incident(), **fields)

