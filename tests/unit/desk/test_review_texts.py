"""The texts after an incident: for the staff alone within a day; for everybody, with what it promises in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.commitment import CommitmentKind, CommitmentState, NextKind
from crisisdesk.model.draft import Draft, DraftState, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.finding import Severity
from crisisdesk.model.followup import ActionState
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import POST_MORTEM, PRELIMINARY, Audience, Bilingual
from crisisdesk.playbooks.read import inspect, read
from tests.unit.desk.conftest import START, filled

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[[float], datetime]


@pytest.fixture
def over(desk: Desk, incident: Incident, clock: PlayClock) -> Incident:
    """The holding statement went out at once, a time was given and broken, and after four hours it was over."""
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    service = FieldValue(text=Bilingual("la red móvil", "the mobile network"))
    filled(desk, draft.id, servicio=service)
    desk.drafts.publish(draft.id, channel="x", url="")
    desk.commitments.promise(
        incident.id, Bilingual("resuelto", "fixed"), START + HOUR, kind=CommitmentKind.RESOLUTION,
        giver="guardia.noc", known="empalme", known_by="jefe.redes",
    )  # fmt: skip
    desk.facts.say(incident.id, FactSection.KNOW, "quien_afecta", Bilingual("a la zona sur", "the south"), "noc")
    desk.facts.say(incident.id, FactSection.DONT_KNOW, "por_que", Bilingual("por qué falló", "why it failed"), "noc")
    desk.facts.say(incident.id, FactSection.KNOW, "causa", Bilingual("un corte de obra", "a cut by roadworks"), "noc")
    clock.move_to(START + 4 * HOUR)
    desk.tick()
    return desk.incidents.resolve(incident.id, "guardia.noc")


def errors(desk: Desk, draft: Draft, channel: str = "") -> set[str]:
    return {p.key for p in desk.drafts.view(draft.id, channel).problems if p.severity is Severity.ERROR}


def warnings(desk: Desk, draft: Draft) -> set[str]:
    return {p.key for p in desk.drafts.view(draft.id).problems if p.severity is Severity.WARNING}


@pytest.mark.parametrize("where", ["Mastodon @marca", "Facebook", "https://x.com/marca/1", "página web"])
def test_the_staffs_text_goes_out_on_no_public_channel(desk: Desk, over: Incident, where: str) -> None:
    draft = desk.review_texts.preliminary(over.id)
    filled(desk, draft.id)
    assert "staff_only" in errors(desk, draft, where)
    with pytest.raises(StepError):
        desk.drafts.copy(draft.id, "es", where)
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel=where, url="")
    if where.startswith("https"):
        with pytest.raises(StepError):
            desk.drafts.publish(draft.id, channel="correo", url=where)
    desk.drafts.publish(draft.id, channel="Correo a toda la plantilla", url="")
    with pytest.raises(StepError):  # nor again, once it is out
        desk.drafts.publish(draft.id, channel=where, url="")


def test_a_playbook_cannot_make_the_staffs_text_public(desk: Desk) -> None:
    text = desk.playbook.source
    written = text.replace("    prohibe: [causa]      ", "    audiencia: publico\n    prohibe: [causa]      ")
    made = inspect(written, "x")[0]
    assert written.count("audiencia: publico") == 1
    assert made is not None and made.audience_of(PRELIMINARY) is Audience.INTERNAL


def test_the_text_for_everybody_waits_until_it_is_over(desk: Desk, incident: Incident) -> None:
    with pytest.raises(StepError):
        desk.review_texts.post_mortem(incident.id)
    assert desk.drafts.list(incident.id) == ()


def test_the_staff_is_owed_its_analysis_a_day_after_the_end(desk: Desk, over: Incident, clock: PlayClock) -> None:
    (item,) = [i for i in desk.room.view().next if i.key == "review.preliminary"]
    assert (item.kind, item.due_at) == (NextKind.TASK, START + 4 * HOUR + DAY)
    draft = desk.review_texts.preliminary(over.id)
    body = draft.body.es
    for said in ("Sin servicio", "a la zona sur", "por qué falló", "primer mensaje", "0", "Solo para el personal"):
        assert said in body
    assert "corte de obra" not in body + draft.body.en  # facts, no causes
    assert not {"unregistered_promise", "empty_field", "missing_language"} & errors(desk, draft)
    filled(desk, draft.id)
    desk.drafts.publish(draft.id, channel="correo", url="")
    assert [i for i in desk.room.view().next if i.key == "review.preliminary"] == []
    assert desk.commitments.list(over.id, open_only=True) == ()
    desk.incidents.reopen(over.id, "falla otra vez")
    clock.move_to(START + 6 * HOUR)
    desk.incidents.resolve(over.id, "guardia.noc")
    assert [t.template for t in desk.incidents.tasks(over.id)].count(PRELIMINARY) == 1


def test_what_somebody_is_writing_is_opened_again_and_never_written_over(desk: Desk, over: Incident) -> None:
    draft = desk.review_texts.post_mortem(over.id)
    desk.drafts.fill(draft.id, {"resumen": FieldValue(text=Bilingual("mío", "mine"))})
    again = desk.review_texts.post_mortem(over.id)
    assert (again.id, again.values["resumen"].text.es) == (draft.id, "mío")


def test_the_text_for_everybody_is_assembled_and_held_to_the_rules(desk: Desk, over: Incident) -> None:
    desk.followups.add(over.id, "Segunda ruta de fibra", "enlace_tecnico", START + 20 * DAY, public=True)
    draft = desk.review_texts.post_mortem(over.id)
    es, en = draft.body.es, draft.body.en
    assert "la red móvil estuvo fallando desde las 06:55 hasta las 11:00" in es and "the mobile network" in en
    assert "Segunda ruta de fibra (antes del 30 de marzo)" in es and "hora que dimos y no cumplimos" in es
    assert "Lo sentimos" in es and "a la zona sur" in es and "corte de obra" not in es  # nobody has proven it
    found = errors(desk, draft)
    assert {"empty_field", "missing_language", "not_approved", "two_people"} <= found  # the cause, the translation
    assert "unregistered_promise" not in found and "broken_not_named" not in warnings(desk, draft)
    said = {"disculpa": FieldValue(text=Bilingual("Lo sentimos si a alguien le molestó", "Sorry if anyone minded"))}
    desk.drafts.fill(draft.id, said)
    assert "conditional_apology" in errors(desk, draft)
    promise = Bilingual("Lo sentimos. Quedará listo a las 18:00", "Sorry. Fixed by 18:00")
    desk.drafts.fill(draft.id, {"disculpa": FieldValue(text=promise)})
    assert "unregistered_promise" in errors(desk, draft)
    gone = {n: FieldValue(text=Bilingual("nada", "nothing")) for n in ("cronologia", "que_cambiamos")}
    desk.drafts.fill(draft.id, gone)
    assert {"broken_not_named", "action_not_told"} <= warnings(desk, draft)


def publish(desk: Desk, draft: Draft, **more: FieldValue) -> None:
    changed = draft.values["que_cambiamos"].text if "que_cambiamos" in draft.values else Bilingual("nada", "nothing")
    both = FieldValue(text=Bilingual(changed.es, changed.en or "Another fibre route (before 30 March)"))
    filled(desk, draft.id, que_cambiamos=both, **more)
    with desk.core.acting_as("otra"):
        for role in ("direccion", "legal"):
            desk.drafts.approve(draft.id, role, "otra persona")
    desk.drafts.publish(draft.id, channel="web", url="https://example.org/post")


def test_what_it_says_will_be_done_is_promised_and_kept_with_the_action(
    desk: Desk, over: Incident, clock: PlayClock
) -> None:
    one = desk.followups.add(over.id, "Segunda ruta de fibra", "enlace_tecnico", START + 20 * DAY, public=True)
    inside = desk.followups.add(over.id, "Cambiar el turno", "comunicacion", START + 9 * DAY)
    publish(desk, desk.review_texts.post_mortem(over.id))
    (owed,) = desk.commitments.list(over.id, open_only=True)
    assert (owed.kind, owed.due_at, owed.giver) == (CommitmentKind.REMEDY, one.due_at, "enlace_tecnico")
    assert desk.followups.get(one.id).commitment_id == owed.id
    assert desk.followups.get(inside.id).commitment_id is None
    with pytest.raises(InputError):
        desk.followups.drop(one.id, "sale caro")
    with pytest.raises(InputError):
        desk.followups.change(one.id, due_at=START + 40 * DAY)
    desk.followups.finish(one.id, "en marcha")
    assert desk.commitments.get(owed.id).state is CommitmentState.KEPT
    assert desk.followups.get(one.id).state is ActionState.DONE


def test_a_day_that_passes_is_a_broken_promise_and_doing_it_late_is_said(
    desk: Desk, over: Incident, clock: PlayClock
) -> None:
    one = desk.followups.add(over.id, "Segunda ruta de fibra", "enlace_tecnico", START + 20 * DAY, public=True)
    publish(desk, desk.review_texts.post_mortem(over.id))
    clock.move_to(START + 21 * DAY)
    desk.tick()
    (broken,) = [c for c in desk.commitments.list(over.id) if c.kind is CommitmentKind.REMEDY]
    assert broken.state is CommitmentState.BROKEN and broken.apology_draft_id is not None
    desk.followups.finish(one.id)
    assert desk.commitments.get(broken.id).fulfilled_at == START + 21 * DAY


def test_an_action_follows_its_promise_when_that_is_moved_or_taken_back_by_a_text(
    desk: Desk, over: Incident, clock: PlayClock
) -> None:
    one = desk.followups.add(over.id, "Segunda ruta de fibra", "enlace_tecnico", START + 20 * DAY, public=True)
    publish(desk, desk.review_texts.post_mortem(over.id))
    (owed,) = desk.commitments.list(over.id, open_only=True)
    moved = desk.commitments.move(owed.id, START + 30 * DAY, "falta el permiso", "enlace_tecnico")
    assert desk.followups.get(one.id).due_at == START + 20 * DAY  # nobody was told yet
    filled(desk, moved.id, motivo=FieldValue(text=Bilingual("falta el permiso", "the permit is missing")))
    desk.drafts.publish(moved.id, channel="x", url="")
    (owed,) = [c for c in desk.commitments.list(over.id, open_only=True) if c.kind is not CommitmentKind.NEXT_UPDATE]
    action = desk.followups.get(one.id)
    assert (action.due_at, action.commitment_id) == (START + 30 * DAY, owed.id)
    clock.move_to(START + 21 * DAY)
    desk.tick()
    kinds = [e.kind for e in desk.timeline.entries(over.id) if e.kind.startswith("review.")]
    assert kinds[0] == "review.action_changed"  # and it is not told as overdue
    with pytest.raises(InputError):
        desk.followups.drop(one.id, "sale caro")
    gone = desk.commitments.withdraw(owed.id, "el permiso no llega")
    filled(desk, gone.id, por_que_no_hay_hora=FieldValue(text=Bilingual("no llega el permiso", "no permit came")))
    desk.drafts.publish(gone.id, channel="x", url="")
    assert desk.commitments.get(owed.id).state is CommitmentState.WITHDRAWN
    assert desk.followups.change(one.id, due_at=START + 90 * DAY).due_at == START + 90 * DAY
    assert desk.followups.drop(one.id, "sale caro").state is ActionState.DROPPED


def test_after_closing_only_the_texts_that_follow_are_begun(desk: Desk, over: Incident) -> None:
    desk.incidents.close(over.id)
    with pytest.raises(StepError):
        desk.drafts.start(over.id, "actualizacion")
    assert desk.review_texts.preliminary(over.id).state is DraftState.WRITING
    assert desk.review_texts.post_mortem(over.id).template_id == POST_MORTEM


def test_a_playbook_without_these_texts_gets_the_houses(desk: Desk) -> None:
    text = desk.playbook.source
    small = text[: text.index("  analisis_preliminar:")] + text[text.index("revision: {") :]
    for name in (", plantilla: analisis_preliminar", ", plantilla: post_publico"):
        small = small.replace(name, "")
    book = read(small, "x.yaml")
    assert {PRELIMINARY, POST_MORTEM}.isdisjoint(t.id for t in book.templates)
    mine, public = book.template(PRELIMINARY), book.template(POST_MORTEM)
    assert mine is not None and mine.audience is Audience.INTERNAL and mine.approves == ("legal",)
    assert public is not None and public.two_people and public.approves == ("direccion", "legal")
