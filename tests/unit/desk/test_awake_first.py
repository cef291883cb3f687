"""The step that calls whoever is awake: a sleeping holder gives way to a deputy who is not asleep, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.coverage import look
from crisisdesk.model.contact import Contact
from crisisdesk.model.coverage import CoverageReport, GapKind
from crisisdesk.playbooks.read import read
from crisisdesk.playbooks.rehearse import rehearse
from tests.unit.desk.conftest import START

DAY, NIGHT = (time(8), time(22)), (time(22), time(8))  # it is 07:00 there
STEP = "- {paso: 1, a: direccion, por: [llamada, sms], espera: 5 min"


def person(slug: str, hours: tuple[time, time] | None, **more: str) -> Contact:
    start, end = hours or (None, None)
    return Contact(slug=slug, name=slug, phone="55 0000 0100", from_hour=start, to_hour=end, **more)  # type: ignore[arg-type]


def called(desk: Desk, awake_first: bool = True) -> str:
    """Whom the first step of the direction's ladder calls."""
    source = desk.playbook.source
    assert source.count(STEP) == 1
    path = desk.paths.data / "plan.yaml"
    path.write_text(source.replace(STEP, STEP + (", primero_despierto: si" if awake_first else "")), "utf-8")
    desk.playbooks.use(path)
    incident = desk.incidents.open(title="Noche", level=3, started_at=START - timedelta(minutes=1))
    running = [e for e in desk.escalation.list(incident.id) if e.role == "direccion"]
    ladder = running[0] if running else desk.escalation.start(incident.id, "direccion")
    return next(a.contact_slug for a in desk.escalation.attempts(incident.id) if a.escalation_id == ladder.id)


@pytest.mark.parametrize(
    ("holder", "deputy", "awake_first", "wanted"),
    [
        (DAY, NIGHT, True, "dir.operaciones"),
        (DAY, NIGHT, False, "dir.general"),  # the step does not ask for it
        (DAY, DAY, True, "dir.general"),  # both sleep: the ladder stays as it is, the call pierces
        (NIGHT, NIGHT, True, "dir.general"),
        (None, NIGHT, True, "dir.general"),  # no hours are no sleep
    ],
)
def test_who_is_called(
    desk: Desk,
    holder: tuple[time, time] | None,
    deputy: tuple[time, time] | None,
    awake_first: bool,
    wanted: str,
) -> None:
    desk.contacts.save(person("dir.general", holder))
    desk.contacts.save(person("dir.operaciones", deputy))
    assert called(desk, awake_first) == wanted


def test_a_deputy_nobody_can_reach_is_not_called(desk: Desk) -> None:
    desk.contacts.save(person("dir.general", DAY))
    desk.contacts.save(replace(person("dir.operaciones", NIGHT), phone=""))
    assert called(desk) == "dir.general"


def test_the_walk_shows_whom_it_would_call(desk: Desk, clock: PlayClock) -> None:
    text = desk.playbook.source.replace(STEP, STEP + ", primero_despierto: si")
    book = read(text, "plan.yaml")
    contacts = {c.slug: c for c in (person("dir.general", DAY), person("dir.operaciones", NIGHT))}
    walk = rehearse(book, day=clock.now().date(), at=time(7), contacts=contacts)
    calls = [c for c in walk.calls if c.role == "direccion"]
    assert calls and calls[0].who == "dir.operaciones"


def ahead(desk: Desk, *first: bool, deputy: tuple[time, time] | None = NIGHT, own: str = "") -> CoverageReport:
    """The days ahead of a ladder that calls the direction, then its deputy: as many steps as flags of «awake first»."""
    playbook = desk.playbook
    ladder = next(one for one in playbook.ladders if one.role == "direccion")
    to = ("direccion", "direccion.suplente")
    steps = tuple(replace(ladder.steps[0], to=to[n], awake_first=flag) for n, flag in enumerate(first))
    playbook = replace(playbook, ladders=(replace(ladder, steps=steps),))
    people = (
        replace(person("dir.general", DAY), verified_at=START, deputy=own),
        replace(person("dir.operaciones", deputy), verified_at=START),
        replace(person("otra", NIGHT), verified_at=START),
    )
    return look(playbook, {c.slug: c for c in people}, (), (), START, START + timedelta(days=2))


def test_a_night_in_which_the_deputy_is_called_first_is_covered(desk: Desk) -> None:
    without = ahead(desk, False)
    assert {gap.kind for gap in without.gaps} == {GapKind.ASLEEP} and without.quality < 100
    found = ahead(desk, True)
    assert (found.quality, found.gaps, found.losses) == (100, (), ())


def test_when_both_sleep_or_nobody_stands_in_the_night_is_a_gap_all_the_same(desk: Desk) -> None:
    assert ahead(desk, True, deputy=DAY) == ahead(desk, False, deputy=DAY)
    assert ahead(desk, True, deputy=DAY).gaps


def test_the_contact_s_own_deputy_counts_when_the_role_s_sleeps_too(desk: Desk) -> None:
    assert ahead(desk, True, deputy=DAY, own="otra").gaps == ()


def test_two_steps_that_call_the_same_person_at_night_are_one_person(desk: Desk) -> None:
    assert ahead(desk, False, False).gaps == ()
    found = ahead(desk, True, False)
    assert {(gap.kind, gap.who) for gap in found.gaps} == {(GapKind.ALONE, "dir.operaciones")}
    assert found.quality < 100
