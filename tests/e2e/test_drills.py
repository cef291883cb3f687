"""Every drill that comes with CrisisDesk plays to its end by itself with its score; nothing of it leaves the house."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from resources import files

from crisisdesk.app import Desk, build_desk
from crisisdesk.desk import drills
from crisisdesk.model.alert import AlertState
from crisisdesk.model.contact import Channel
from crisisdesk.model.drill import Run
from crisisdesk.model.errors import InputError, ScenarioError, StepError, WebError
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.playbook import Playbook
from crisisdesk.paths import profile
from crisisdesk.playbooks.nodes import Mapping, parse
from crisisdesk.playbooks.read import read
from crisisdesk.playbooks.scenario import Scenario, read_scenario
from crisisdesk.settings import Settings
from crisisdesk.store import mentions as mention_store
from crisisdesk.texts import Texts
from crisisdesk.web import Web
from tests.e2e.direction import late_lines
from tests.e2e.test_command_line import run
from ui.demo import drill_desk, score_lines

OTHERS = sorted(set(drills.names()) - {drills.DEFAULT})  # the first one is played in test_drill.py
WANTED = {"falsa-alarma-futbol", "rumor-bancario", "promesa-dos-veces", "noche-a-solas", "red-perdida"}


def played(name: str, folder: Path) -> tuple[Desk, Run]:
    desk = drill_desk(profile(folder), name, "es")
    desk.drills.play(name, autopilot=True, paused=True)
    while desk.replay.leap():
        pass
    return desk, desk.drills.run()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every attempt to reach anything: a request, a name asked for, a socket connected."""
    tried: list[str] = []

    async def ask(_web: Web, url: str, _ask: Any) -> Any:
        tried.append(f"asked {url[:30]}")
        raise WebError("web.unreachable", host="n.example", reason="test")

    monkeypatch.setattr(Web, "_ask", ask)
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connected(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith("127."):
            tried.append(f"connected {address}")
        return connect(self, address)

    def resolved(*words: Any, **more: Any) -> Any:
        tried.append(f"resolved {words[0]}")
        return resolve(*words, **more)

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    yield tried


def test_six_kinds_of_bad_day_come_with_the_program() -> None:
    assert set(OTHERS) == WANTED
    for name in files("playbooks").iterdir():
        if name.name.endswith(".yaml"):
            assert read(name.read_bytes(), name.name).drill_scenario in drills.names()


@pytest.mark.parametrize("name", OTHERS)
def test_it_plays_to_its_end_by_itself_with_its_score(name: str, tmp_path: Path, outside: list[str]) -> None:
    desk, came = played(name, tmp_path / "d")
    try:
        assert desk.replay.ended and came.finished and came.autopilot and came.scenario == name
        assert outside == []
        assert came.judged and came.met == len(came.judged), [m for m in came.judged if not m.good]
        for lang in ("es", "en"):
            lines = score_lines(came, Texts(lang))
            assert len(lines) == len(came.marks) + 2 and not any("drill." in line for line in lines)
        told = "\n".join(score_lines(came, Texts("es")))
        if name == "falsa-alarma-futbol":
            assert desk.incidents.list() == () and desk.alerts.list(open_only=False)[0].state is AlertState.DISMISSED
            assert re.search(r"✓ Falsa alarma reconocida \d+:\d\d, objetivo 15:00", told)
            return
        assert re.search(r"✓ Primer mensaje \d+:\d\d, objetivo 15:00", told)
        incident = desk.incidents.get("latest")
        assert incident.drill and late_lines(desk) == []
        assert incident.state is (IncidentState.ACTIVE if name == "noche-a-solas" else IncidentState.CLOSED)
        if name == "promesa-dos-veces":
            assert "Promesas incumplidas con remedio: 2 de 2" in told
        if name == "red-perdida":
            assert_the_network_was_lost(desk, drills.scenario(name))
    finally:
        desk.close()


def assert_the_network_was_lost(desk: Desk, story: Scenario) -> None:
    """Nothing said in the cut was seen in it; all of it came in at its end; the desk knows that it was deaf."""
    (silence,) = story.silences
    late = [m for m in story.mentions() if m.fetched_at != m.published_at]
    assert len(late) > 100 and {m.fetched_at for m in late} == {silence.end}
    assert desk.mentions.count() == len(story.mentions())
    kinds = [entry.kind for entry in desk.timeline.entries(desk.incidents.get("latest").id)]
    assert "inject.silence" in kinds and "inject.heard_again" in kinds
    gaps = desk.room.chart(None, desk.incidents.get("latest").id).gaps
    assert any(g.start < silence.end and (g.end or silence.end) > silence.start for g in gaps)


@pytest.mark.parametrize("name", OTHERS)
def test_its_script_follows_its_playbook(name: str) -> None:
    story = drills.scenario(name)
    playbook: Playbook = read(files("playbooks", f"{story.playbook}.yaml").read_bytes(), story.playbook)
    tasks = {task.id for phase in playbook.phases for task in phase.tasks}
    slugs = {slug for role in playbook.roles for slug in (role.holder, role.deputy)}
    assert {slug for slug in slugs if playbook.role(slug) is None} == {c.slug for c in story.contacts}
    assert all(c.example and c.phone.startswith("55 0000 0") and c.email.endswith(".example") for c in story.contacts)
    for act in story.acts:
        assert act.fields.get("task", next(iter(tasks))) in tasks
        assert "role" not in act.fields or playbook.role(str(act.fields["role"])) is not None
        assert "template" not in act.fields or playbook.template(str(act.fields["template"])) is not None
    for pair in (story.title, story.notes, *(i.text for i in story.injects), *(s.text for s in story.silences)):
        assert pair.es and pair.en


def configured(desk: Desk) -> None:
    """Every notifier that takes a filled form, a source, and a real person with every address."""
    for view in desk.channels.list():
        secrets = {f.name: "https://hooks.example/x" for f in view.fields if f.metadata.get("secret")}
        texts = [f.name for f in view.fields if isinstance(f.default, str) and f.name not in secrets]
        plain = dict.fromkeys(texts, "https://n.example")
        try:
            desk.channels.save(view.kind, plain, secrets, enabled=True)
        except InputError:
            continue
    assert {"webhook", "ntfy"} <= {view.kind for view in desk.channels.enabled()}
    desk.sources.add_feed("https://feeds.example/a.xml")
    for contact in desk.contacts.list():
        ways = (Channel("ntfy", "topic"), Channel("webhook", "id"))
        desk.contacts.save(replace(contact, example=False, channels=ways))


async def everything_that_may_send(desk: Desk) -> None:
    out = desk.paging.outside(Web())
    for _ in range(3):
        await desk.paging.dispatch(out)
        await desk.paging.settled()
        await desk.paging.listen(out)
        with suppress(WebError):
            await desk.paging.heartbeat(out)


def test_a_drill_with_everything_configured_sends_nothing_and_a_real_desk_does(
    tmp_path: Path, outside: list[str]
) -> None:
    """The count is zero for the drill; the very same set-up on a real desk tries, so the count can fail."""
    name = "rumor-bancario"
    desk = drill_desk(profile(tmp_path / "drill"), name, "es")
    story = desk.drills.play(name, autopilot=True, paused=True)
    configured(desk)
    while desk.clock.now() < story.start + timedelta(minutes=50) and desk.replay.leap():
        pass
    assert desk.incidents.get("latest").level == 3 and desk.escalation.list(desk.incidents.get("latest").id)
    asyncio.run(everything_that_may_send(desk))
    people = desk.contacts.list()
    desk.close()
    assert outside == []

    settings = Settings(zone="America/Mexico_City", actor="ana", playbook="caida-bancaria")
    real = build_desk(settings, profile(tmp_path / "real"))
    for contact in people:
        real.contacts.save(contact)
    configured(real)
    real.incidents.open(title="x", level=4)
    asyncio.run(everything_that_may_send(real))
    assert [one for one in outside if one.startswith("asked ")]
    real.close()


@pytest.mark.allow_logs
def test_runs_are_kept_beside_their_data_and_read_by_the_real_desk(tmp_path: Path) -> None:
    real = build_desk(Settings(), profile(tmp_path))
    assert real.drills.runs() == ()
    for number in (1, 2):
        desk, _ = played("falsa-alarma-futbol", tmp_path / "drills" / f"falsa-alarma-futbol-00{number}")
        kept = desk.drills.keep()
        assert kept is not None and desk.drills.keep() is None  # once
        desk.close()
    broken = tmp_path / "drills" / "other-001"
    broken.mkdir()
    (broken / "run.json").write_text('{"name": ', "utf-8")
    found = real.drills.runs()
    assert [run.name for run in found] == ["falsa-alarma-futbol-002", "falsa-alarma-futbol-001"]
    assert found[0].marks == kept.marks and found[0].met == 2
    real.close()


def test_an_unknown_name_is_told_with_those_there_are(tmp_path: Path) -> None:
    done = run("demo", "--scenario", "nada", "--auto", "--data-dir", tmp_path / "d", "--lang", "es", code=2)
    assert "nada" in done.stderr and all(name in done.stderr for name in drills.names())


def test_the_false_alarm_from_the_command_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        "demo", "--scenario", "falsa-alarma-futbol", "--auto", "--speed", "max", "--out", out,
        "--data-dir", tmp_path / "d", "--lang", "en",
    )  # fmt: skip
    assert "False alarm recognised" in done.stdout and "Targets met: 2 of 2." in done.stdout
    kept = json.loads((out / "score.json").read_text("utf-8"))
    assert kept["scenario"] == "falsa-alarma-futbol" and kept["finished"]
    assert not (out / "report.html").exists()  # no incident, nothing to report
    assert "report are in" not in done.stdout and "without an incident" in done.stdout
    assert (out / "room-light.png").stat().st_size > 20_000


# ── a real incident told again ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a closed incident behind it."""
    desk, _ = played("rumor-bancario", tmp_path_factory.mktemp("past"))
    yield desk
    desk.close()


def test_an_incident_that_cannot_be_told_again_says_why(past: Desk, tmp_path: Path) -> None:
    with pytest.raises(StepError) as caught:
        past.drills.from_incident(99)
    assert caught.value.key == "scenario.no_such_incident"
    desk = build_desk(Settings(), profile(tmp_path))
    opened = desk.incidents.open(title="x", level=1)
    with pytest.raises(StepError) as caught:
        desk.drills.from_incident(opened.id)
    assert caught.value.key == "scenario.still_open"
    desk.incidents.resolve(opened.id, confirmed_by="ana")
    with pytest.raises(StepError) as caught:
        desk.drills.from_incident(opened.id)
    assert caught.value.key == "scenario.nothing_said"
    assert not (tmp_path / "scenarios").exists()
    desk.close()


def test_a_past_incident_becomes_a_drill_with_its_own_words_and_its_own_playbook(past: Desk, tmp_path: Path) -> None:
    incident = past.incidents.get("latest")
    path = past.drills.from_incident(incident.id)
    home = past.paths.data
    assert path.parent == home / "scenarios" and path.stem in drills.names(home) and path.stem not in drills.names()
    story = drills.scenario(path.stem, home)
    assert story.recorded and story.expected.level == incident.level and story.playbook == incident.playbook_id
    assert story.start < incident.started_at < story.end
    assert all(contact.phone == "00 0000 0000" and not contact.email for contact in story.contacts)
    assert (path.stem, story.title) in past.drills.list()

    desk = drill_desk(profile(tmp_path), path.stem, "es", home)
    desk.drills.play(path.stem, autopilot=True, paused=True)
    while desk.replay.leap():
        pass
    assert desk.drill and desk.playbook.id == incident.playbook_id
    with past.core.read() as connection:
        real = {m.mention.text for m in mention_store.between(connection, story.start, story.end)}
    with desk.core.read() as connection:
        again = {m.mention.text for m in mention_store.between(connection, story.start, story.end)}
    assert len(real) > 100 and real == again
    assert desk.alerts.list(open_only=False)  # the quiet days before it came along
    assert desk.drills.run().marks[0].key == "opened"  # nobody sat at it
    desk.close()
    desk = build_desk(Settings(), profile(tmp_path))  # opened again, it still finds its scenario
    desk.play_on()
    assert desk.replay.loaded and desk.drill
    desk.close()


def test_the_command_makes_the_drill_and_says_how_to_play_it(past: Desk) -> None:
    done = run("scenario", "latest", "--data-dir", past.paths.data, "--lang", "es")
    assert "crisisdesk demo --scenario incidencia-" in done.stdout
    done = run("scenario", "nope", "--data-dir", past.paths.data, "--lang", "es", code=2)
    assert "nope" in done.stderr


def test_a_title_that_looks_like_yaml_stays_a_title(tmp_path: Path) -> None:
    from crisisdesk.desk.retelling import _yaml

    title = 'no: [x], {y: "z"} # &a *b !!python/object\n- 11:00'
    (tmp_path / "scenarios").mkdir()
    text = _yaml({"escenario": "x", "titulo": {"es": title, "en": title}})
    node, findings = parse(text, "x.yaml")
    assert findings == () and isinstance(node, Mapping)
    pair = node.entries[1].value
    assert isinstance(pair, Mapping) and [getattr(e.value, "text", "") for e in pair.entries] == [title, title]


@pytest.mark.parametrize("bad", ["../x.jsonl", "a/b.jsonl", "x.csv", "/etc/passwd", "x\\y.jsonl"])
def test_recorded_mentions_lie_beside_the_scenario_and_nowhere_else(bad: str) -> None:
    text = files("scenarios", "falsa-alarma-futbol.yaml").read_text("utf-8")
    text = text.replace("\nhistoria:", f"\nmenciones: '{bad}'\n\nhistoria:", 1)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "x.yaml")
    assert caught.value.key == "scenario.bad_value" and bad in str(caught.value.fields["read"])
