"""Drafts: nothing with an empty field, an unregistered promise or a missing approval leaves the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.approval import ApprovalState
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.draft import DraftState, FieldValue, digest_of
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident, TaskState
from crisisdesk.model.playbook import Bilingual, FieldKind, Template
from crisisdesk.pipeline.lengths import CHANNELS, graphemes, measure, weighted
from crisisdesk.pipeline.render import PLACEHOLDER
from tests.unit.desk.conftest import START, filled

At = Callable[[float], datetime]


def keys(desk: Desk, draft_id: int) -> set[str]:
    return {p.key for p in desk.drafts.view(draft_id).problems if p.severity is Severity.ERROR}


def test_an_unknown_template_or_field_is_refused(desk: Desk, incident: Incident) -> None:
    with pytest.raises(NotFoundError):
        desk.drafts.start(incident.id, "no_existe")
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    with pytest.raises(InputError) as caught:
        desk.drafts.fill(draft.id, {"causa": FieldValue(text=Bilingual("x", "x"))})
    assert caught.value.key == "draft.no_field"


def test_an_empty_field_blocks_copying_and_publishing(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    assert "empty_field" in keys(desk, draft.id)
    with pytest.raises(StepError):
        desk.drafts.copy(draft.id, "es", "x")
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="x", url="")
    assert desk.drafts.view(draft.id).draft.state is DraftState.WRITING


def test_one_language_alone_blocks(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id, servicio=FieldValue(text=Bilingual("la voz", "")))
    assert keys(desk, draft.id) == {"missing_language"}


def test_a_promise_in_free_words_blocks_until_it_is_registered(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "alcance")
    words = Bilingual("todo el país y quedará resuelto antes de las 11", "the whole country")
    filled(desk, draft.id, quien_afecta=FieldValue(text=words))
    assert keys(desk, draft.id) == {"unregistered_promise"}
    honest = Bilingual("todo el país", "the whole country")
    filled(desk, draft.id, quien_afecta=FieldValue(text=honest))
    assert keys(desk, draft.id) == set()


def test_a_time_without_a_giver_or_in_the_past_blocks(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "con_hora")
    past = FieldValue(instant=START - timedelta(hours=1))
    filled(desk, draft.id, promesa=past)
    assert {"promise_no_giver", "past_time"} <= keys(desk, draft.id)


def test_somebody_who_may_not_give_a_time_is_warned_about_and_not_forbidden(
    desk: Desk, incident: Incident
) -> None:
    draft = desk.drafts.start(incident.id, "con_hora")
    ahead = FieldValue(instant=START + timedelta(hours=2), giver="cm.turno")
    view = filled(desk, draft.id, promesa=ahead)
    assert view.publishable
    assert "promise_giver_not_allowed" in {p.key for p in view.problems}


def test_an_approval_is_void_when_the_text_changes(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "alcance")
    assert filled(desk, draft.id).publishable
    desk.drafts.fill(draft.id, {"que_no": FieldValue(text=Bilingual("los datos", "data"))})
    assert keys(desk, draft.id) == {"not_approved"}


def test_the_same_text_twice_blocks(desk: Desk, incident: Incident) -> None:
    for n in range(2):
        draft = desk.drafts.start(incident.id, "sin_hora")
        ahead = FieldValue(instant=START + timedelta(hours=1))
        filled(desk, draft.id, proxima=ahead)
        if n == 0:
            desk.drafts.publish(draft.id, channel="x", url="")
        else:
            assert keys(desk, draft.id) == {"same_as_last"}


def test_facts_fill_the_form_in_both_languages(desk: Desk, incident: Incident) -> None:
    service = Bilingual("el servicio de voz y datos", "voice and data service")
    desk.facts.say(incident.id, FactSection.KNOW, "servicio", service, "guardia.noc")
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    assert service.es in draft.body.es and service.en in draft.body.en
    assert draft.values["inicio"].instant == incident.started_at
    assert "06:55" in draft.body.es and "07:30" in draft.body.es  # T0, and the level's cadence from 07:00


def test_publishing_enters_the_ledger_finishes_the_task_and_is_final(
    desk: Desk, incident: Incident, at: At
) -> None:
    at(5)
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    text = desk.drafts.copy(draft.id, "es", "x")
    assert PLACEHOLDER.search(text) is None
    out = desk.drafts.publish(draft.id, channel="x", url="https://example.org/1")
    assert out.state is DraftState.PUBLISHED and out.published_at == START + timedelta(minutes=5)
    owed = desk.commitments.list(incident.id, open_only=True)
    assert [(c.kind, c.state, c.quoted) for c in owed] == [
        (CommitmentKind.NEXT_UPDATE, CommitmentState.OPEN, out.body)
    ]
    task = next(t for t in desk.incidents.tasks(incident.id) if t.template == "primer_mensaje")
    assert (task.state, task.evidence) == (TaskState.DONE, "https://example.org/1")
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="x", url="")
    with pytest.raises(StepError):
        desk.drafts.fill(draft.id, {"servicio": FieldValue(text=Bilingual("x", "x"))})


def test_a_text_cannot_be_out_tomorrow_nor_at_a_local_file(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    with pytest.raises(InputError):
        desk.drafts.publish(draft.id, channel="x", url="", at=START + timedelta(days=1))
    with pytest.raises(InputError):
        desk.drafts.publish(draft.id, channel="x", url="file:///etc/passwd")


def test_internal_texts_make_no_public_promise(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "interno")
    filled(desk, draft.id)
    desk.drafts.publish(draft.id, channel="correo", url="")
    assert desk.commitments.list(incident.id) == ()


WORDS = st.sampled_from([
    "", " ", "la voz", "Hola. Quedará resuelto antes de las 9", "Hola. Lo arreglaremos en breve", "{x}",
    "Hello. We will fix it within the hour", "a las 23:59", "99 %", "ñandú 😀",
    "todo el país " * 30, "👨‍👩‍👧‍👦" * 130, "https://example.com/" + "a" * 300, "日本" * 80, "palabra " * 200,
])  # fmt: skip
TIMES = (FieldKind.PROMISE, FieldKind.NEXT_UPDATE, FieldKind.TIME, FieldKind.DATE)


def _fill_anyhow(desk: Desk, draft_id: int, template: Template, data: st.DataObject) -> None:
    """Every field with something fit, something unfit, or nothing."""
    sound = data.draw(st.booleans(), label="sound")
    values = {}
    for field in template.fields:
        if field.kind in TIMES:
            minutes = data.draw(st.integers(70, 600) if sound else st.integers(-600, 6000))
            giver = "guardia.noc" if sound else data.draw(st.sampled_from(["", "guardia.noc", "x"]))
            value = FieldValue(instant=desk.clock.now() + timedelta(minutes=minutes), giver=giver)
        elif sound and data.draw(st.integers(0, 9)) < 8:
            value = FieldValue(text=Bilingual(f"dato {field.name}", f"fact {field.name}"))
        else:
            value = FieldValue(text=Bilingual(data.draw(WORDS), data.draw(WORDS)))
        if sound or data.draw(st.booleans()):
            values[field.name] = value
    desk.drafts.fill(draft_id, values)


@settings(
    max_examples=200,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_filled_in_nothing_publishable_is_unfit(
    desk: Desk, incident: Incident, clock: PlayClock, data: st.DataObject
) -> None:
    """Every template × random fields × every channel × a clock that goes on, by the desk's own way out.

    What goes out has no gap in either language, no time that has passed, no promise that is not in the ledger, no
    agreement that is missing, void or an hour old, no objection, and fits its channel as that channel counts.
    """
    template = data.draw(st.sampled_from(desk.playbook.templates))
    channel = data.draw(st.sampled_from(sorted(CHANNELS)))
    lang = data.draw(st.sampled_from(["es", "en"]))
    draft = desk.drafts.start(incident.id, template.id)
    _fill_anyhow(desk, draft.id, template, data)
    agreed = dict.fromkeys(r for r in template.approves if data.draw(st.integers(0, 9)) < 8)
    for role in agreed:
        desk.drafts.approve(draft.id, role, data.draw(st.sampled_from(["ana", "luis"])))
    if data.draw(st.integers(0, 9)) == 0:
        desk.drafts.approvals.oppose(draft.id, "legal", "luis", "no")
    clock.move_to(clock.now() + timedelta(minutes=data.draw(st.sampled_from([0, 1, 59, 60, 61]))))
    try:
        copied = desk.drafts.copy(draft.id, lang, channel)
    except StepError:
        with pytest.raises(StepError):
            desk.drafts.publish(draft.id, channel=channel, url="", lang=lang)
        assert desk.drafts.view(draft.id).draft.state is not DraftState.PUBLISHED
        desk.drafts.discard(draft.id)
        return
    event("out")
    view, now = desk.drafts.view(draft.id, channel, lang), desk.clock.now()
    assert copied == view.draft.body.get(lang)
    assert measure(copied, channel, lang, limits=template.limits).fits
    assert weighted(copied) <= 280 or channel != "x"
    assert graphemes(copied) <= 300 or channel != "bluesky"
    for text in (view.draft.body.es, view.draft.body.en):
        assert PLACEHOLDER.search(text) is None
    assert "arreglaremos en breve" not in view.draft.body.es and "antes de las 9" not in view.draft.body.es
    assert "within the hour" not in view.draft.body.en
    for field in template.fields:
        value = view.draft.values.get(field.name, FieldValue())
        assert field.optional or not value.empty
        if field.kind in (FieldKind.PROMISE, FieldKind.NEXT_UPDATE) and not value.empty:
            assert value.instant is not None and value.instant > now
            assert value.giver or field.kind is FieldKind.NEXT_UPDATE
    if not template.pre_cleared:
        holding = {a.role for a in view.approvals if a.state is ApprovalState.AGREED and now < (a.expires_at or now)}
        assert set(template.approves) <= holding
    if template.two_people:
        assert {a.by for a in view.approvals if a.state is ApprovalState.AGREED} - set(view.draft.authors)
    assert not any(a.state is ApprovalState.OBJECTED for a in view.approvals)
    desk.drafts.discard(draft.id)


def test_a_text_that_does_not_fit_its_channel_is_blocked_there_and_only_there(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "alcance")
    long = Bilingual("todo el país " * 30, "everybody")
    filled(desk, draft.id, quien_afecta=FieldValue(text=long))
    warned = {(p.key, p.severity, p.lang) for p in desk.drafts.view(draft.id).problems if p.key == "too_long"}
    assert warned == {("too_long", Severity.WARNING, "es")}  # the template's own short channel
    with pytest.raises(StepError) as caught:
        desk.drafts.copy(draft.id, "es", "X")
    assert caught.value.fields["problem"] == "too_long"
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="x", url="")
    assert desk.drafts.copy(draft.id, "en", "X")  # the other language fits
    assert desk.drafts.copy(draft.id, "es", "correo")
    assert desk.drafts.publish(draft.id, channel="correo", url="").state is DraftState.PUBLISHED


def test_a_greeting_is_held_to_its_seconds(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "ivr")
    filled(desk, draft.id, servicio=FieldValue(text=Bilingual("el servicio de voz y datos " * 6, "voice")))
    assert "too_long_voice" in {p.key for p in desk.drafts.view(draft.id, "contestador", "es").problems}
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="contestador", url="")


def test_each_place_where_a_text_is_out_has_its_proof(desk: Desk, incident: Incident, at: At) -> None:
    at(3)
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    body = filled(desk, draft.id).draft.body
    desk.drafts.publish(draft.id, channel="mastodon", url="https://m.example/1", at=START + timedelta(minutes=2))
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="mastodon", url="https://m.example/2")
    desk.drafts.publish(draft.id, channel="bluesky", url="https://b.example/1", lang="en")
    proofs = desk.drafts.view(draft.id).publications
    assert [(p.channel, p.lang, p.url, p.text, p.by) for p in proofs] == [
        ("mastodon", "es", "https://m.example/1", body.es, "ana"),
        ("bluesky", "en", "https://b.example/1", body.en, "ana"),
    ]
    assert proofs[0].published_at == START + timedelta(minutes=2)
    assert proofs[0].recorded_at == START + timedelta(minutes=3)
    assert proofs[0].digest == digest_of(body.es) != proofs[1].digest
    assert len(desk.commitments.list(incident.id, open_only=True)) == 1  # promised once, wherever it is said


def test_a_day_that_a_text_gives_is_owed_until_its_end(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "disculpa")
    day = desk.clock.now() + timedelta(days=15)
    filled(desk, draft.id, fecha=FieldValue(instant=day))
    desk.drafts.approve(draft.id, "legal", "Luis Prado")
    view = desk.drafts.view(draft.id)
    assert view.publishable, [p.key for p in view.problems]
    desk.drafts.publish(draft.id, channel="correo", url="")
    (owed,) = [c for c in desk.commitments.list(incident.id) if c.kind is CommitmentKind.REMEDY]
    local = owed.due_at.astimezone(ZoneInfo("America/Mexico_City"))
    assert (local.date(), local.hour, local.minute) == (day.astimezone(ZoneInfo("America/Mexico_City")).date(), 23, 59)


def test_today_is_owed_until_midnight_though_its_noon_is_over(desk: Desk, incident: Incident, at: At) -> None:
    noon = START + timedelta(hours=5)  # how the forms keep a day without an hour
    at(12 * 60)
    draft = desk.drafts.start(incident.id, "disculpa")
    filled(desk, draft.id, fecha=FieldValue(instant=noon))
    desk.drafts.approve(draft.id, "legal", "Luis Prado")
    desk.drafts.publish(draft.id, channel="correo", url="")
    (owed,) = [c for c in desk.commitments.list(incident.id) if c.kind is CommitmentKind.REMEDY]
    assert owed.due_at == START + timedelta(hours=16, minutes=59)
