"""Clocks that are set, computers that sleep, desks that were closed: a wait stays as long as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.contact import Contact
from crisisdesk.model.escalation import Escalation
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import rows
from crisisdesk.texts import Texts
from crisisdesk.words import countdown
from tests.unit.desk.conftest import PEOPLE
from tests.unit.test_clock import Computer

MINUTE = 60.0


class World:
    """A desk on a computer whose clocks a test moves; opened again and again on the same file."""

    def __init__(self, folder: Path) -> None:
        self.computer = Computer()
        self._folder = folder
        self.desk = self.open()
        for n, slug in enumerate(PEOPLE):
            self.desk.contacts.save(Contact(slug=slug, name=slug.title(), phone=f"55 0000 01{n:02d}"))
        self.incident = self.desk.incidents.open(title="Sin servicio", level=3)
        self.desk.tick()

    def open(self) -> Desk:
        settings = Settings(zone="America/Mexico_City", actor="ana")
        return build_desk(settings, profile(self._folder), clock=self.computer.clock())

    def restart(self) -> None:
        self.desk.close()
        self.desk = self.open()

    def passes(self, seconds: float, *, asleep: bool = False) -> None:
        self.computer.passes(seconds, asleep=asleep)
        self.desk.tick()

    @property
    def direction(self) -> Escalation:
        return next(e for e in self.desk.escalation.list(self.incident.id) if e.role == "direccion")

    def kinds(self, kind: str) -> list[dict[str, object]]:
        entries = self.desk.timeline.entries(self.incident.id)
        return [dict(e.data) for e in entries if e.kind == kind]

    def left(self) -> float:
        """Real seconds until the ladder's next step."""
        due = self.direction.step_due_at
        assert due is not None
        return (due - self.desk.clock.now()).total_seconds()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "desk")
    yield made
    made.desk.close()


@pytest.mark.parametrize("hours", [-1, 1, -5, 26])
def test_a_set_clock_leaves_what_is_left_of_a_wait_as_it_was(world: World, hours: int) -> None:
    world.passes(2 * MINUTE)
    before, step = world.left(), world.direction.step
    world.computer.wall += hours * 3600
    world.passes(1)
    assert world.direction.step == step
    assert abs(world.left() - (before - 1)) < 0.01
    (told,) = world.kinds("clock.set")
    assert told["minutes"] == hours * 60
    world.passes(before)
    assert world.direction.step == step + 1
    assert [t for t in world.kinds("escalation.late") if t["role_id"] == "direccion"] == []


def test_the_timeline_keeps_its_order_when_the_clock_goes_back(world: World) -> None:
    first = world.desk.timeline.entries(world.incident.id)[-1]
    world.computer.wall -= 3600
    world.passes(1)
    with world.desk.core.read() as connection:
        ids = [e.id for e in world.desk.timeline.entries(world.incident.id) if e.kind == "clock.set"]
        assert connection.exec_driver_sql("SELECT max(id) FROM timeline").scalar_one() == ids[0] > first.id


def test_a_promise_told_to_the_public_stays_where_it_is(world: World) -> None:
    due = world.desk.clock.now() + timedelta(hours=2)
    with world.desk.core.write() as tx:
        made = rows.commitments.insert(
            tx.connection,
            Commitment(
                id=0,
                incident_id=world.incident.id,
                kind=CommitmentKind.RESOLUTION,
                state=CommitmentState.OPEN,
                what=Bilingual("Servicio", "Service"),
                to_whom="",
                due_at=due,
                zone="America/Mexico_City",
                owner="comunicacion",
                giver="guardia.noc",
                made_at=world.desk.clock.now(),
                quoted=Bilingual("a las 11", "at 11"),
            ),
        )
    world.computer.wall -= 3600
    world.passes(1)
    with world.desk.core.read() as connection:
        assert rows.commitments.get(connection, made.id).due_at == due


def test_on_waking_each_missed_step_fires_once_and_says_that_it_slept(world: World) -> None:
    start = world.direction.step
    world.passes(2 * 3600 + 10 * MINUTE, asleep=True)
    assert world.direction.step == start + 1
    told = [t for t in world.kinds("escalation.late") if t["role_id"] == "direccion"]
    assert len(told) == 1 and told[0]["why"] == {"es": "este equipo estaba en reposo", "en": "this computer was asleep"}
    assert told[0]["seconds"] == 2 * 3600 + 10 * MINUTE - 5 * MINUTE
    world.passes(1)
    assert world.direction.step == start + 1  # the rest of the ladder waits its own time


def test_a_desk_that_was_closed_says_so(world: World) -> None:
    start = world.direction.step
    world.desk.close()
    world.computer.passes(40 * MINUTE)
    world.desk = world.open()
    world.passes(1)
    assert world.direction.step == start + 1
    told = [t for t in world.kinds("escalation.late") if t["role_id"] == "direccion"]
    assert told[0]["why"] == {"es": "CrisisDesk estaba cerrado", "en": "CrisisDesk was closed"}


def test_a_clock_set_while_closed_moves_the_waits_too(world: World) -> None:
    if world.computer.clock().mark() is None:
        pytest.skip("this system has no name for a run of the computer")
    before = world.left()
    world.desk.close()
    world.computer.passes(MINUTE)
    world.computer.wall -= 3600
    world.desk = world.open()
    world.passes(1)
    assert abs(world.left() - (before - MINUTE - 1)) < 0.1
    assert len(world.kinds("clock.set")) == 1


def test_a_quiet_second_writes_nothing(world: World) -> None:
    world.passes(MINUTE)
    with world.desk.core.read() as connection:
        before = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        for _ in range(5):
            world.passes(0.2)
        assert connection.exec_driver_sql("PRAGMA data_version").scalar_one() == before


ZONES = (
    "America/Mexico_City", "Europe/Madrid", "America/Santiago", "America/New_York", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_no_countdown_is_wrong_at_any_hour_of_a_leap_year(zone: str) -> None:
    """7 zones × 8,784 hours: two hours from now are two hours, whatever the clocks on the wall do meanwhile."""
    place, texts = ZoneInfo(zone), Texts("es")
    two = timedelta(hours=2)
    told = {countdown(datetime(2026, 6, 1, tzinfo=UTC) + two, datetime(2026, 6, 1, tzinfo=UTC), texts)}
    start = datetime(2028, 1, 1, tzinfo=place).astimezone(UTC)
    wrong = 0
    for n in range(8784):
        now = (start + n * timedelta(hours=1)).astimezone(place)
        due = now.astimezone(UTC) + two
        wrong += countdown(due, now.astimezone(UTC), texts) not in told
        wrong += due - now.astimezone(UTC) != two or due.astimezone(place).astimezone(UTC) != due
    assert wrong == 0


def test_deadlines_are_instants_which_no_zone_can_move(desk: Desk) -> None:
    """The file holds microseconds of UTC."""
    incident = desk.incidents.open(title="Sin servicio", level=3)
    ladder = next(e for e in desk.escalation.list(incident.id) if e.role == "direccion")
    with desk.core.read() as connection:
        stored = connection.exec_driver_sql(
            f"SELECT step_due_at, started_at FROM escalation WHERE id = {ladder.id}"
        ).one()
    step = desk.playbook.ladder("direccion")
    assert step is not None
    assert stored[0] - stored[1] == step.steps[0].wait // timedelta(microseconds=1)
