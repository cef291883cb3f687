"""Taking an incident to another version: refused while something under way would break, told in the timeline."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.errors import PlaybookError, StepError
from crisisdesk.model.incident import Incident, TaskState
from crisisdesk.playbooks.outline import Change


def write(desk: Desk, *changes: Change) -> None:
    """Put a changed playbook in use."""
    text = desk.playbook.source
    for change in changes:
        text = desk.playbooks.change(text, change)
    desk.playbooks.save(text)


def test_the_same_version_and_another_playbook_are_refused(desk: Desk, incident: Incident) -> None:
    with pytest.raises(StepError, match="upgrade_same"):
        desk.incidents.upgrade_playbook(incident.id)
    write(desk, Change("set", ("playbook",), "otro-plan"))
    with pytest.raises(StepError, match="upgrade_other"):
        desk.incidents.upgrade_playbook(incident.id)
    assert desk.incidents.playbook(incident.id).id == incident.playbook_id


def test_what_is_under_way_is_not_taken_away(desk: Desk, incident: Incident) -> None:
    climbing = desk.escalation.list(incident.id)[0].role
    name = next(r.name.es for r in desk.playbook.roles if r.id == climbing)
    assert name
    text = desk.playbooks.change(desk.playbook.source, Change("remove", ("escaladas", climbing)))
    try:
        desk.playbooks.save(text)
    except PlaybookError:
        pytest.skip("a playbook without that ladder is not usable at all")
    with pytest.raises(StepError, match="upgrade_ladder"):
        desk.incidents.upgrade_playbook(incident.id)
    assert desk.incidents.playbook(incident.id).version == 1


def test_a_phase_that_is_gone_stops_it(desk: Desk, incident: Incident) -> None:
    write(desk, Change("set", ("fases", 0, "fase"), "oír"))
    with pytest.raises(StepError, match="upgrade_phase"):
        desk.incidents.upgrade_playbook(incident.id)


def test_open_tasks_follow_and_what_was_done_stays(desk: Desk, incident: Incident) -> None:
    tasks = {task.task_id: task for task in desk.incidents.tasks(incident.id)}
    desk.incidents.finish_task(tasks["e1"].id)
    new = {"id": "e9", "haz": {"es": "Avisar a recepción", "en": "Tell reception"}, "quien": "comunicacion",
           "antes_de": "T+8 min"}  # fmt: skip
    write(
        desk,
        Change("set", ("fases", 0, "tareas", 0, "haz", "es"), "Otra cosa"),
        Change("set", ("fases", 0, "tareas", 1, "antes_de"), "T+7 min"),
        Change("add", ("fases", 0, "tareas"), new),
    )
    assert desk.playbook.version == 2 and desk.incidents.playbook(incident.id).version == 1
    desk.incidents.upgrade_playbook(incident.id)
    assert desk.incidents.playbook(incident.id).version == 2
    after = {task.task_id: task for task in desk.incidents.tasks(incident.id)}
    assert after["e1"].state is TaskState.DONE and after["e1"].do.es != "Otra cosa"
    assert (after["e2"].due_at - tasks["e2"].due_at).total_seconds() == 120
    assert after["e9"].do.en == "Tell reception"
    (entry,) = [e for e in desk.timeline.entries(incident.id) if e.kind == "incident.playbook_upgraded"]
    assert (entry.data["from"], entry.data["to"], entry.data["added"], entry.data["changed"]) == (1, 2, 1, 1)


def test_a_text_with_an_error_is_kept_and_not_used(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    broken = desk.playbook.source.replace("version: 1", "version: uno", 1)
    with pytest.raises(PlaybookError):
        desk.playbooks.save(broken)
    assert desk.playbook.version == 1
    assert open_desk().playbooks.writing() == broken


def test_a_version_written_by_hand_is_kept_when_it_is_higher(desk: Desk) -> None:
    write(desk, Change("set", ("version",), "7"))
    assert desk.playbook.version == 7
    write(desk, Change("set", ("responsable",), "direccion"), Change("set", ("version",), "3"))
    assert desk.playbook.version == 8
