"""The ledger's states in whatever order keys are pressed; its hours in seven zones, and when a zone's rules change."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.ledger_time import drifted, instant_of, wall
from crisisdesk.model.commitment import COMMITMENT_STEPS, Commitment, CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import rows
from crisisdesk.texts import Texts
from crisisdesk.words import countdown, when
from tests.unit.desk.conftest import START

WHAT = Bilingual("Recuperar la voz", "Voice back")
ZONES = (
    "America/Mexico_City", "America/Bogota", "America/Santiago", "America/Argentina/Buenos_Aires", "Europe/Madrid",
    "America/New_York", "Australia/Lord_Howe",
)  # fmt: skip
At = Callable[[float], datetime]


class Ledger(RuleBasedStateMachine):
    """Promises of every kind, every verb, time passing, restarts."""

    promises = Bundle("promises")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = PlayClock(START)
        self.desk = self._open()
        self.desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0100"))
        self.incident = self.desk.incidents.open(title="Sin servicio", level=3, started_at=START)
        self.before: dict[int, Commitment] = {}

    def _open(self) -> Desk:
        settings = Settings(zone="America/Mexico_City", actor="ana")
        return build_desk(settings, profile(self.folder), clock=self.clock)

    def teardown(self) -> None:
        self.desk.close()
        shutil.rmtree(self.folder)

    @initialize(target=promises)
    def first(self) -> int:
        return self._promise(CommitmentKind.RESOLUTION, 30)

    @rule(target=promises, kind=st.sampled_from(CommitmentKind), minutes=st.integers(1, 90))
    def promise(self, kind: CommitmentKind, minutes: int) -> int:
        return self._promise(kind, minutes)

    def _promise(self, kind: CommitmentKind, minutes: int) -> int:
        due = self.clock.now() + timedelta(minutes=minutes)
        made = self.desk.commitments.promise(
            self.incident.id, WHAT, due, kind=kind, giver="guardia.noc", to_whom="@ana"
        )
        assert instant_of(made.wall, made.zone) == made.due_at == due
        return made.id

    @rule(minutes=st.integers(1, 45))
    def time_passes(self, minutes: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(minutes=minutes))
        self.desk.tick()

    @rule()
    def restart(self) -> None:
        self.desk.close()
        self.desk = self._open()
        self.desk.tick()

    @rule(number=promises, verb=st.sampled_from(["keep", "move", "withdraw", "fulfil", "remedy", "no_time"]))
    def press(self, number: int, verb: str) -> None:
        ledger, soon = self.desk.commitments, self.clock.now() + timedelta(minutes=40)
        was = ledger.get(number)
        acts: dict[str, Callable[[], object]] = {
            "keep": lambda: ledger.keep(number),
            "move": lambda: ledger.move(number, soon, "empalme", "guardia.noc"),
            "withdraw": lambda: ledger.withdraw(number, "sin hora"),
            "fulfil": lambda: ledger.fulfil(number),
            "remedy": lambda: ledger.set_remedy(number, RemedyKind.CHANGE, "segundo enlace"),
            "no_time": lambda: ledger.no_time(self.incident.id, soon),
        }
        try:
            acts[verb]()
        except (StepError, InputError):
            assert ledger.get(number) == was  # a refusal changes nothing
            return
        if verb == "keep":
            assert was.state is CommitmentState.OPEN and self.clock.now() <= was.due_at
        if verb in ("move", "withdraw"):
            assert ledger.get(number).state is CommitmentState.OPEN  # the public still reads the old time

    @rule()
    def batch(self) -> None:
        kept, late = self.desk.commitments.close_individual(self.incident.id)
        left = [
            c
            for c in self.desk.commitments.list(self.incident.id, open_only=True)
            if c.kind is CommitmentKind.INDIVIDUAL
        ]
        assert left == [] and kept >= 0 and late >= 0
        assert self.desk.commitments.close_individual(self.incident.id) == (0, 0)

    @invariant()
    def only_legal_steps(self) -> None:
        now = {c.id: c for c in self.desk.commitments.list()}
        for number, was in self.before.items():
            there = now[number]  # nothing is ever lost
            assert there.state is was.state or there.state in COMMITMENT_STEPS[was.state]
            assert (there.due_at, there.giver, there.what, there.wall) == (was.due_at, was.giver, was.what, was.wall)
        for one in now.values():
            if one.state is CommitmentState.OPEN:
                assert one.due_at > self.clock.now() or one.due_at > self.desk_ticked()
            if one.state is CommitmentState.KEPT:
                assert one.ended_at is not None and one.ended_at <= one.due_at
            if one.state is CommitmentState.BROKEN:
                assert one.ended_at == one.due_at
                assert (one.apology_draft_id is None) == (one.kind is CommitmentKind.INTERNAL)
        self.before = now

    def desk_ticked(self) -> datetime:
        return self.clock.now() - timedelta(minutes=1)

    @invariant()
    def what_is_owed_is_in_the_room(self) -> None:
        view = self.desk.room.view(self.incident.id)
        owed = [c.due_at for c in self.desk.commitments.list(open_only=True) if c.kind is not CommitmentKind.INTERNAL]
        if owed:
            assert view.owed_at is not None and view.owed_at <= min(owed)
        assert [i.due_at for i in view.next] == sorted(i.due_at for i in view.next)


Ledger.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLedger = Ledger.TestCase


# ── many individual promises at once ─────────────────────────────────────────────────────────────────────────────


def test_individual_promises_are_closed_together(desk: Desk, incident: Incident, at: At) -> None:
    def one(who: str, minutes: float, kind: CommitmentKind = CommitmentKind.INDIVIDUAL) -> int:
        due = START + timedelta(minutes=minutes)
        return desk.commitments.promise(incident.id, WHAT, due, kind=kind, giver="cm.turno", to_whom=who).id

    many = [one(f"@cliente{n}", 120) for n in range(60)]
    late = one("@ana", 20)
    public = one("", 120, CommitmentKind.RESOLUTION)
    at(60)
    assert desk.commitments.close_individual(incident.id, many[:10]) == (10, 0)
    assert desk.commitments.close_individual(incident.id) == (50, 1)
    assert desk.commitments.get(late).state is CommitmentState.BROKEN
    assert desk.commitments.get(late).lateness() == timedelta(minutes=40)
    assert desk.commitments.get(public).state is CommitmentState.OPEN
    assert desk.commitments.close_individual(incident.id) == (0, 0)


def test_an_internal_promise_is_not_owed_to_the_public(desk: Desk, incident: Incident, at: At) -> None:
    made = desk.commitments.promise(
        incident.id, WHAT, START + timedelta(minutes=20), kind=CommitmentKind.INTERNAL, giver="legal.titular"
    )
    assert desk.room.view().owed_at is None
    at(21)
    broken = desk.commitments.get(made.id)
    assert broken.state is CommitmentState.BROKEN and broken.apology_draft_id is None


# ── hours ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_leap_year_counts_down_right(zone: str) -> None:
    """The countdown is a difference of instants: 2 h before is 2 h, whatever the zone's clocks do meanwhile."""
    start, wrong = datetime(2028, 1, 1, tzinfo=UTC), []
    texts = Texts("es")
    two_hours = countdown(START + timedelta(hours=2), START, texts)
    for hour in range(366 * 24):
        due = start + timedelta(hours=hour)
        if instant_of(wall(due, zone), zone) != due:
            wrong.append(due)
        if countdown(due, due - timedelta(hours=2), texts) != two_hours:
            wrong.append(due)
    assert wrong == []


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    st.integers(1, 36 * 60),
    st.sampled_from(ZONES),
    st.sampled_from(["es", "en"]),
)
def test_the_date_is_shown_past_midnight_and_only_then(naive: datetime, minutes: int, zone: str, lang: str) -> None:
    now = naive.replace(tzinfo=UTC, second=0, microsecond=0)
    due = now + timedelta(minutes=minutes)
    local, today = due.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    shown = when(due, zone, Texts(lang), ref=now)
    assert f"{local:%H:%M}" in shown
    assert (shown.strip() == f"{local:%H:%M}") == (local.date() == today.date())


def test_an_hour_that_comes_twice_is_two_promises() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert wall(first, "Europe/Madrid") != wall(second, "Europe/Madrid")
    assert instant_of(wall(second, "Europe/Madrid"), "Europe/Madrid") - first == timedelta(hours=1)


def test_when_a_zone_changes_its_rules_a_person_chooses(desk: Desk, incident: Incident) -> None:
    due = START + timedelta(hours=3)
    made = desk.commitments.promise(incident.id, WHAT, due, kind=CommitmentKind.RESOLUTION, giver="guardia.noc")
    assert made.wall == "2026-03-10T10:00:00" and drifted(made) is None
    with pytest.raises(StepError):
        desk.commitments.same_hour(made.id)
    # As a data file would hold it that was written when Mexico still changed its clocks.
    with desk.core.write() as tx:
        rows.commitments.update(tx.connection, made.id, wall="2026-03-10T11:00:00")
    (item,) = [i for i in desk.room.view().next if i.ref == made.id and i.owed]
    assert item.ripe and "zona horaria" in item.why.es
    moved = desk.commitments.same_hour(made.id)
    assert moved.due_at == due + timedelta(hours=1) and drifted(moved) is None
    with desk.core.write() as tx:
        rows.commitments.update(tx.connection, made.id, wall="2026-03-10T10:00:00")
    kept = desk.commitments.same_instant(made.id)
    assert kept.due_at == due + timedelta(hours=1) and kept.wall == "2026-03-10T11:00:00"
    kinds = [e.kind for e in desk.timeline.entries(incident.id)]
    assert kinds[:2] == ["commitment.same_instant", "commitment.same_hour"]
