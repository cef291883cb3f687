"""Reading the timeline by its ids gives what reading all of it gives, whatever was corrected and starred."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.attachment import Upload
from crisisdesk.model.timeline import NoteKind
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s

ACTS = st.lists(
    st.tuples(
        st.sampled_from(("note", "note", "revise", "revise", "star", "unstar", "attach", "remove")),
        st.integers(0, 9),
        st.integers(0, 90),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("order")
    built = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(folder), clock=PlayClock(s.NOW))
    built.incidents.open(title="Otra", level=1)
    yield built
    built.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_ids_and_entries_agree(desk: Desk, acts: list[tuple[str, int, int]]) -> None:
    incident = desk.incidents.open(title="Sin servicio", level=1).id
    other = desk.timeline.note(1, "de otra").id
    notes = [desk.timeline.note(incident, "primera").id]
    at: datetime
    for what, which, minutes in acts:
        at = s.NOW - timedelta(minutes=minutes)
        one = notes[which % len(notes)]
        if what == "note":
            kind = tuple(NoteKind)[which % 3]
            notes.append(desk.timeline.note(incident, f"nota {minutes}", kind, at).id)
        elif what == "attach":
            desk.attachments.attach(one, [Upload(f"{minutes}.txt", b"x")])
        elif what == "remove" and len(notes) > 1:
            desk.timeline.remove(notes.pop(which % len(notes)), "de otra")
        elif what == "remove":
            continue
        elif what == "revise":
            desk.timeline.revise(one, f"corregida {minutes}", at)
        else:
            desk.timeline.star(one, what == "star")
    whole = desk.timeline.entries(incident)
    ids = desk.timeline.order(incident)
    assert ids == tuple(e.id for e in whole)
    assert desk.timeline.count(incident) == len(ids)
    assert desk.timeline.order(incident, oldest_first=True) == ids[::-1]
    assert other not in ids
    assert desk.timeline.some(incident, ids) == whole[::-1]
    assert desk.timeline.some(incident, ids[2:5]) == whole[2:5][::-1]
    assert desk.timeline.entries(incident, limit=4) == whole[:4]
    assert desk.timeline.order(incident, ("note",)) == tuple(e.id for e in whole if e.kind.startswith("note."))
    assert desk.timeline.order(incident, starred=True) == tuple(e.id for e in whole if e.starred)
    assert desk.timeline.some(incident, ()) == ()


def test_the_rows_of_its_alert_belong_to_an_incident(desk: Desk) -> None:
    assert desk.timeline.order(999_999) == ()
