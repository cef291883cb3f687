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
from typing import TYPE_CHECKING, Final

import msgspec

from resources import files

from crisisdesk.desk import scoring
from crisisdesk.desk.autopilot import Autopilot
from crisisdesk.desk.core import DESK
from crisisdesk.desk.replay import Cue, Reel
from crisisdesk.desk.retelling import retell
from crisisdesk.model.drill import Run
from crisisdesk.model.errors import ScenarioError
from crisisdesk.model.mention import Mention
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import Paths, put_file
from crisisdesk.plain import one_line
from crisisdesk.playbooks.scenario import Inject, Scenario, read_scenario
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
    put_file(path, msgspec.json.format(msgspec.json.encode(run)))


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
