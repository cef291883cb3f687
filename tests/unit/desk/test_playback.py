"""Playing a past incident back: nothing of later is on the board, and what was there is there in the state it had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.playback import at_same_time, event_before, next_event
from crisisdesk.model.commitment import CommitmentKind, CommitmentState, NextItem, NextKind
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playback import Film, Scene
from crisisdesk.model.timeline import Entry
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s

MINUTE = timedelta(minutes=1)


@dataclass
class Lived:
    """A desk, its clock, and what its board showed at each moment while it was lived."""

    desk: Desk
    clock: PlayClock
    incident: int
    seen: list[tuple[object, tuple[NextItem, ...], tuple[Entry, ...], tuple[tuple[int, str], ...], int]]

    def passes(self, minutes: float) -> None:
        self.clock.move_to(self.clock.now() + minutes * MINUTE)
        self.desk.tick()

    def look(self) -> None:
        """Remember the live board, a second apart from what was done before and what comes."""
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        view = self.desk.room.view(self.incident)
        ledger = tuple((c.id, c.state.value) for c in self.desk.commitments.list(self.incident))
        level = view.incident.level if view.incident else 0
        entries = self.desk.timeline.entries(self.incident)
        self.seen.append((self.clock.now(), view.next, entries, ledger, level))
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("lived")
    clock = PlayClock(s.NOW)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder), clock=clock)
    t0 = desk.clock.now()
    said = tuple(
        Mention(source="import", account="a", native_id=str(n), text=f"sin señal {n}", fetched_at=t0,
                published_at=t0 - timedelta(minutes=20) + timedelta(seconds=20 * n))
        for n in range(50)
    )  # fmt: skip
    desk.ingest.page(Page(source="import", account="a", mentions=said))
    incident = desk.incidents.open(title="Sin servicio", level=2, started_at=t0 - 20 * MINUTE).id
    found = Lived(desk, clock, incident, [])
    found.look()
    promise = desk.commitments.promise(
        incident, s.COMMITMENTS[0].what, clock.now() + 40 * MINUTE, kind=CommitmentKind.RESOLUTION, giver="tecnico",
        known="cuadrilla en sitio", known_by="jefe de redes",
    )  # fmt: skip
    note = desk.timeline.note(incident, "primera versión")
    found.look()
    kinds = [template.id for template in desk.playbooks.of(incident).templates][:2]
    first, second = (desk.drafts.start(incident, kind).id for kind in kinds)
    legal, direction = (role.id for role in desk.playbooks.of(incident).roles[:2])
    desk.drafts.approvals.ask(first, (legal, direction), clock.now() + 12 * MINUTE)
    desk.drafts.approvals.ask(second, (legal,), clock.now() + 30 * MINUTE)
    found.look()
    found.passes(10)
    desk.drafts.approvals.oppose(first, legal, "Andrés", "falta el dato")
    found.look()
    desk.timeline.revise(note.id, "segunda versión", reason="dedazo")
    task = desk.incidents.tasks(incident)[0]
    desk.incidents.finish_task(task.id, "hecho")
    desk.incidents.set_level(incident, 3, "sube")
    found.look()
    found.passes(15)
    desk.timeline.note(incident, "esto pasó antes", occurred_at=clock.now() - 20 * MINUTE)
    found.look()
    desk.drafts.discard(second, "ya no hace falta")
    found.look()
    found.passes(40)  # the promise breaks
    found.look()
    desk.commitments.fulfil(promise.id)
    found.passes(5)
    desk.incidents.resolve(incident, "jefe de redes")
    found.look()
    yield found
    desk.close()


def scenes(lived: Lived) -> Iterator[tuple[Film, Scene, tuple[object, ...]]]:
    film = lived.desk.playback.film(lived.incident)
    for at, *rest in lived.seen:
        yield film, lived.desk.playback.scene(film, at), tuple(rest)  # type: ignore[arg-type]


def test_timeline_and_ledger_are_as_they_were_while_it_was_lived(lived: Lived) -> None:
    for _, scene, (_, entries, ledger, level) in scenes(lived):
        assert scene.entries == entries[: len(scene.entries)]  # type: ignore[index]
        assert sorted((c.id, c.state.value) for c in scene.ledger) == sorted(ledger)  # type: ignore[call-overload]
        assert scene.level == level
    assert len(lived.seen) == 9


def test_the_next_list_is_as_it_was(lived: Lived) -> None:
    told = (NextKind.PROMISE, NextKind.NEXT_UPDATE, NextKind.TASK, NextKind.APOLOGY, NextKind.APPROVAL)
    asked = []
    for _, scene, (items, *_) in scenes(lived):
        live = [(i.kind, i.ref, i.due_at, i.overdue) for i in items if i.kind in told]  # type: ignore[attr-defined]
        then = [(i.kind, i.ref, i.due_at, i.overdue) for i in scene.next if i.kind in told]
        assert then == live
        asked.append(sum(i.kind is NextKind.APPROVAL for i in scene.next))
        words = [(i.title, i.why) for i in items if i.kind is NextKind.APPROVAL]  # type: ignore[attr-defined]
        assert [(i.title, i.why) for i in scene.next if i.kind is NextKind.APPROVAL] == words
    assert asked == [0, 0, 3, 2, 2, 2, 1, 1, 1]


def test_a_late_entry_is_not_there_before_it_was_written(lived: Lived) -> None:
    film = lived.desk.playback.film(lived.incident)
    written = next(e for e in film.rows if e.text == "esto pasó antes")
    before = lived.desk.playback.scene(film, written.recorded_at - timedelta(microseconds=1))
    assert written.id not in {e.id for e in before.entries}
    assert written.id in {e.id for e in lived.desk.playback.scene(film, written.recorded_at).entries}


def test_no_flag_tells_of_later(lived: Lived) -> None:
    film = lived.desk.playback.film(lived.incident)
    broken = next(c for c in film.commitments if c.state is CommitmentState.BROKEN)
    assert broken.ended_at is not None
    early = lived.desk.playback.scene(film, broken.made_at + MINUTE)
    assert [f.kind for f in early.flags if f.at == broken.due_at] == ["promise"]
    late = lived.desk.playback.scene(film, broken.ended_at)
    assert [f.kind for f in late.flags if f.at == broken.due_at] == ["broken"]
    for scene in (early, late):
        assert all(f.at <= scene.at or f.kind in ("promise", "next_update") for f in scene.flags)


def test_only_minutes_that_had_closed_are_counted(lived: Lived) -> None:
    film = lived.desk.playback.film(lived.incident)
    total = sum(c.total for c in film.chart.counts)
    assert total == 50
    seen = 0
    at = film.start
    while at <= film.end:
        scene = lived.desk.playback.scene(film, at)
        closed = [c for c in film.chart.counts if c.minute + film.chart.step <= at]
        assert (scene.counted, scene.mentions) == (len(closed), sum(c.total for c in closed))
        assert scene.mentions >= seen
        seen = scene.mentions
        at += timedelta(seconds=97)
    assert lived.desk.playback.scene(film, film.end).mentions == total


def test_the_arrows_walk_every_instant_at_which_something_was_written(lived: Lived) -> None:
    film = lived.desk.playback.film(lived.incident)
    at, walked = film.start, []
    while (then := next_event(film, at)) is not None:
        assert then > at
        walked.append(then)
        at = then
    assert walked == sorted({i for i in film.instants if film.start < i <= film.end})
    back = []
    at = film.end + MINUTE
    while (then := event_before(film, at)) is not None:
        back.append(then)
        at = then
    assert back[::-1] == walked


def test_another_incident_stands_beside_it_with_t0_on_t0(lived: Lived) -> None:
    other = lived.desk.incidents.open(title="Otra", level=1, started_at=lived.clock.now() - 5 * MINUTE).id
    film, second = lived.desk.playback.film(lived.incident, other), lived.desk.playback.film(other)
    assert film.chart.second is not None
    assert film.chart.second.kind == "incident"
    at = film.incident.started_at + 7 * MINUTE
    assert at_same_time(film, second, at) - second.incident.started_at == 7 * MINUTE


def test_looking_writes_nothing(lived: Lived) -> None:
    before = lived.desk.chain.head()
    film = lived.desk.playback.film(lived.incident)
    lived.desk.playback.scene(film, film.end)
    assert lived.desk.chain.head() == before
