"""The shipped drill from end to end through the desk's own verbs, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.alert import AlertState
from crisisdesk.model.area import RouteState
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.community import RumourVerdict
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import ScenarioError
from crisisdesk.model.incident import IncidentState
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.e2e.direction import late_lines
from tests.e2e.test_command_line import ROOT, run

NAME = "iusacell-0700-1100"


def drill(folder: Path) -> Desk:
    return build_desk(Settings(zone="America/Mexico_City", actor="ana", brand="Iusacell"), profile(folder), drill=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = drill(tmp_path / "drill")
    yield built
    built.close()


def test_a_drill_never_plays_on_the_real_profile(tmp_path: Path) -> None:
    real = build_desk(Settings(), profile(tmp_path / "real"))
    with pytest.raises(ScenarioError):
        real.drills.play(NAME, autopilot=True)
    with pytest.raises(ScenarioError):
        drill_desk = drill(tmp_path / "other")
        try:
            drill_desk.drills.play("no-such", autopilot=True)
        finally:
            drill_desk.close()
    real.close()


def test_the_whole_story(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alert, incident, level, calls, first message, no time, a time, moved, broken, made good, resolved, closed."""
    sent: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: sent.append(a))
    desk.drills.play(NAME, autopilot=True, paused=True)
    while desk.replay.leap():
        pass
    assert sent == []  # a drill sends nothing
    incident = desk.incidents.get("latest")
    assert incident.drill and incident.state is IncidentState.CLOSED
    entries = tuple(reversed(desk.timeline.entries(incident.id)))
    order = ["alert.raised", "incident.opened", "incident.level_set", "call.outcome", "draft.published"]
    first = [next(i for i, e in enumerate(entries) if e.kind == kind) for kind in order]
    assert first == sorted(first)
    texts = [e for e in entries if e.kind == "draft.published"]
    names = [str(e.data["template_id"]) for e in texts]
    assert names.index("sin_hora") < names.index("con_hora") < names.index("cambio_hora")
    assert names.index("cambio_hora") < names.index("promesa_incumplida") < names.index("resolucion")
    assert texts[0].occurred_at - incident.started_at <= timedelta(minutes=15)
    ledger = [c for c in desk.commitments.list(incident.id) if c.kind is CommitmentKind.RESOLUTION]
    assert [c.state for c in ledger] == [CommitmentState.MOVED, CommitmentState.BROKEN]
    assert ledger[1].remedy and ledger[1].fulfilled_at is not None
    apology = next(e for e in texts if e.data["template_id"] == "promesa_incumplida")
    assert apology.occurred_at - ledger[1].due_at <= timedelta(minutes=10)
    assert all(c.state is not CommitmentState.OPEN for c in desk.commitments.list(incident.id))
    alert = desk.alerts.list(open_only=False)[-1]
    assert alert.state is AlertState.ACCEPTED and alert.first is not None
    assert late_lines(desk) == []  # the direction heard at its pace, as from a person
    data = desk.review.data("latest")
    assert data.mentions > 10_000 and data.updates.kept == data.updates.made
    told = next(e for e in entries if e.kind == "executive.told")
    assert entry_sentence(told, Texts("es"), incident.zone).endswith(" …")  # a long one says that it goes on
    one_by_one(desk, incident.id)


def one_by_one(desk: Desk, incident_id: int) -> None:
    """People were answered in words of their own, an area signed three times, a rumour was judged, help was thanked."""
    answers = [d for d in desk.drafts.list(incident_id) if d.mention_id is not None]
    assert len(answers) == 16 and {d.state for d in answers} == {DraftState.PUBLISHED}
    assert len({d.values["reconocimiento"].text.es for d in answers}) == 16
    assert len({d.mention_id for d in answers}) == 16
    asked = {one.area.name: one for one in desk.areas.board().asked}
    signed = (RouteState.RECEIVED, RouteState.ANSWERED, RouteState.CORRECTED)
    assert tuple(s.state for s in asked["Facturación"].route.signatures) == signed
    assert asked["Centro de red"].mention is None and asked["Centro de red"].route.state is RouteState.ANSWERED
    ((rumour, reach),) = desk.rumours.list(incident_id)
    assert rumour.verdict is RumourVerdict.FALSE and reach.mentions > 0
    assert [k.reason for k in desk.community.kudos()] == ["Explica a otros cómo llamar por wifi"]
    assert [d.n > 0 for d in desk.review.data(incident_id).duties] == [True] * 5


def test_copied_text_says_that_it_is_a_drill(desk: Desk) -> None:
    story = desk.drills.play(NAME, autopilot=True, paused=True)
    while desk.clock.now() < story.start + timedelta(minutes=25) and desk.replay.leap():
        pass
    published = desk.drafts.list(desk.incidents.get("latest").id)[-1]
    assert desk.drafts.copy(published.id, "es", "x").startswith("SIMULACRO — ")


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.e2e.test_drill import drill, NAME
desk = drill(Path(sys.argv[1]))
story = desk.drills.play(NAME, autopilot=True, paused=True)
from datetime import timedelta
while desk.clock.now() < story.start + timedelta(minutes=50):
    desk.replay.leap()
incident = desk.incidents.get("latest")
print(len(desk.timeline.entries(incident.id)), desk.mentions.count(), flush=True)
while True:
    desk.replay.leap()
    if desk.clock.now() > story.start + timedelta(minutes=70):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_in_the_middle_the_incident_is_there_again_and_the_end_is_the_same(
    tmp_path: Path, desk: Desk
) -> None:
    folder = tmp_path / "killed"
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder)], capture_output=True, text=True, env=env, timeout=200, check=False
    )
    assert process.returncode == -9, process.stderr
    entries, mentions = map(int, process.stdout.split())
    again = build_desk(Settings(zone="America/Mexico_City", actor="ana", brand="Iusacell"), profile(folder))
    assert again.drill and again.clock.simulated  # it knows that it is a drill, and stands where it stood
    view = again.room.view()
    assert view.incident is not None and view.incident.state is IncidentState.ACTIVE
    assert len(again.timeline.entries(view.incident.id)) >= entries and again.mentions.count() >= mentions
    assert not any(item.overdue for item in view.next if item.owed)
    again.play_on()
    while again.replay.leap():
        pass
    desk.drills.play(NAME, autopilot=True, paused=True)
    while desk.replay.leap():
        pass
    for read in (
        lambda d: d.mentions.count(),
        lambda d: [(e.kind, e.occurred_at) for e in d.timeline.entries(1, originals=True)],
        lambda d: [(c.kind, c.state, c.due_at) for c in d.commitments.list()],
    ):
        assert read(again) == read(desk)
    again.close()


def test_a_drill_folder_remembers_its_zone_and_people(tmp_path: Path) -> None:
    from crisisdesk.settings import load
    from ui.demo import drill_desk

    paths = profile(tmp_path / "d")
    drill_desk(paths, NAME, "es").close()
    kept, trouble = load(paths.settings)
    assert trouble is None
    assert (kept.zone, kept.brand, kept.actor) == ("America/Mexico_City", "Iusacell", "Irene Solares")


def test_it_plays_itself_and_leaves_pictures_and_reports(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("demo", "--auto", "--speed", "max", "--out", out, "--data-dir", tmp_path / "d", "--lang", "es")
    kept = json.loads((out / "timeline.json").read_text("utf-8"))
    assert kept["timeline"] and (out / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "SIMULACRO" in (out / "report.html").read_text("utf-8")
    pages = ("room", "inbox", "drafting", "escalation", "commitments", "timeline", "review", "measures", "preparation")
    for page in pages:
        for mode in ("light", "dark"):
            assert (out / f"{page}-{mode}.png").stat().st_size > 20_000
    for kind in ("html", "md", "csv", "json", "pdf"):
        file = tmp_path / f"r.{kind}"
        run("report", "latest", "--format", kind, "--out", file, "--data-dir", tmp_path / "d", "--cut", "public")
        assert file.stat().st_size > 1_000
