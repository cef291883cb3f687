"""A change of the playbook from a review: nothing until a person accepts it, and never over somebody else's change."""

from __future__ import annotations

from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.errors import InputError, NotFoundError, PlaybookError, StepError
from crisisdesk.model.followup import ProposalState
from crisisdesk.model.incident import Incident
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.fakes.outbox import START, desk_on

WHY = "Legal llegó veinte minutos tarde"


def moved(desk: Desk, before: str = "T+10 min") -> str:
    return desk.followups.proposals.retime(desk.playbook.source, "r8", before)


def test_what_is_no_change_is_refused_and_leaves_nothing(desk: Desk, incident: Incident) -> None:
    proposals, source = desk.followups.proposals, desk.playbook.source
    other = source.replace("playbook: caida-de-servicio", "playbook: otro-manual")
    for text, why in ((source, WHY), (moved(desk), "  "), (other, WHY)):
        with pytest.raises(InputError):
            proposals.propose(incident.id, text, why)
    for text in (source.replace("version: 1", "version: uno"), moved(desk, "pronto"), ""):
        with pytest.raises(PlaybookError):
            proposals.propose(incident.id, text, WHY)
    with pytest.raises(InputError):
        proposals.retime(source, "no-hay", "T+1 min")
    with pytest.raises(InputError):
        proposals.with_task(source, "no-hay", ("x", "x"), "legal", "T+1 min")
    with pytest.raises(NotFoundError):
        proposals.propose(99, moved(desk), WHY)
    assert desk.followups.of(incident.id).proposals == () and desk.playbook.source == source


def test_a_proposal_changes_nothing_until_it_is_accepted_as_the_next_version(desk: Desk, incident: Incident) -> None:
    before = desk.playbook
    one = desk.followups.proposals.propose(incident.id, moved(desk), WHY)
    assert desk.playbook.source == before.source and one.base_version == before.version
    done = desk.followups.proposals.accept(one.id)
    assert (done.state, done.version, done.decided_by) == (ProposalState.ACCEPTED, before.version + 1, "ana")
    task = next(t for p in desk.playbook.phases for t in p.tasks if t.id == "r8")
    assert (desk.playbook.version, task.before.total_seconds()) == (before.version + 1, 600)
    assert desk.playbooks.of(incident.id).version == before.version  # the incident keeps its own
    with pytest.raises(StepError):
        desk.followups.proposals.accept(one.id)
    with pytest.raises(StepError):
        desk.followups.proposals.decline(one.id, "tarde")
    said = [e for e in desk.timeline.entries(incident.id) if e.kind.startswith("review.change")]
    assert sorted(e.kind for e in said) == ["review.change_accepted", "review.change_proposed"]
    for lang in ("es", "en"):
        for entry in said:
            sentence = entry_sentence(entry, Texts(lang), "UTC")
            assert WHY in sentence and "{" not in sentence


def test_a_playbook_that_changed_meanwhile_is_never_written_over(desk: Desk, incident: Incident) -> None:
    proposals = desk.followups.proposals
    first, second = (proposals.propose(incident.id, moved(desk, time), WHY) for time in ("T+10 min", "T+12 min"))
    proposals.accept(first.id)
    with pytest.raises(StepError):
        proposals.accept(second.id)
    with pytest.raises(InputError):
        proposals.decline(second.id, " ")
    assert proposals.decline(second.id, "ya se movió").state is ProposalState.DECLINED
    assert desk.playbook.version == first.base_version + 1


def test_what_somebody_is_writing_in_the_editor_is_not_lost(desk: Desk, incident: Incident) -> None:
    one = desk.followups.proposals.propose(incident.id, moved(desk), WHY)
    mine = desk.playbook.source.replace("Caída de servicio", "Caída de la red", 1)
    desk.playbooks.keep_writing(mine)
    with pytest.raises(StepError):
        desk.followups.proposals.accept(one.id)
    assert desk.playbooks.writing() == mine and desk.followups.of(incident.id).proposals[0].state == "proposed"


def test_a_lesson_becomes_a_task_of_the_playbook(desk: Desk, incident: Incident) -> None:
    proposals = desk.followups.proposals
    text = proposals.with_task(desk.playbook.source, "escuchar", ("Avisar a Legal", "Tell Legal"), "legal", "T+10 min")
    text = proposals.with_task(text, "escuchar", ("Avisar a Finanzas", "Tell Finance"), "finanzas", "T+10 min")
    proposals.accept(proposals.propose(incident.id, text, WHY).id)
    new = [t for t in desk.playbook.phases[0].tasks if t.id.startswith("rev")]
    assert [(t.id, t.do.en) for t in new] == [("rev1", "Tell Legal"), ("rev2", "Tell Finance")]
    assert [t.owner for t in new] == ["legal", "finanzas"]


def test_two_desks_on_one_file_lose_nobody_s_change(tmp_path: Path) -> None:
    ours, theirs = (desk_on(tmp_path / "desk") for _ in range(2))
    incident = ours.incidents.open(title="Sin servicio", level=2, started_at=START)
    one = ours.followups.proposals.propose(incident.id, moved(ours), WHY)
    other = theirs.followups.proposals.propose(incident.id, moved(theirs, "T+20 min"), WHY)
    made = ours.followups.proposals.accept(one.id)
    with pytest.raises(StepError) as caught:
        theirs.followups.proposals.accept(other.id)
    assert caught.value.key == "review.stale"
    assert theirs.playbook.version == made.version
    ours.close()
    theirs.close()


def test_what_another_desk_put_in_use_is_in_use_here_at_the_next_second(tmp_path: Path) -> None:
    ours, theirs = (desk_on(tmp_path / "desk") for _ in range(2))
    ours.playbooks.save(moved(ours))
    assert theirs.playbook.version == 1
    theirs.tick()
    assert theirs.playbook.source == ours.playbook.source
    assert theirs.playbooks.save(moved(theirs, "T+20 min")).version == 3
    ours.close()
    theirs.close()


def test_an_act_that_fails_leaves_the_playbook_in_use(desk: Desk, incident: Incident) -> None:
    before, one = desk.playbook, desk.followups.proposals.propose(incident.id, moved(desk), WHY)
    with pytest.raises(RuntimeError), desk.core.write():
        desk.followups.proposals.accept(one.id)
        raise RuntimeError("the disk is full")
    assert desk.playbook is before
    assert desk.followups.of(incident.id).proposals[0].state is ProposalState.PROPOSED
