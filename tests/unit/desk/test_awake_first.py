"""The step that calls whoever is awake: a sleeping holder gives way to a deputy who is not asleep, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.contact import Contact
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
