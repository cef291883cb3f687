"""Experts and their answers, thanks with a reason, ideas by their states, and rumours, each by its rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.community import IdeaState, RumourVerdict
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import ChangedElsewhere, CommunityChanged, Event
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.store import rows
from tests.fakes.outbox import START, CountingReplier, answer_through, desk_on


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk")
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    built.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5))
    yield built
    built.close()


def said(desk: Desk, *texts: str, author: str = "ana", after: timedelta = timedelta(0)) -> tuple[int, ...]:
    before = desk.mentions.count()
    found = [
        Mention(source="mastodon", account="m", native_id=f"{before + n}", text=text, author=f"{author}{n or ''}",
                followers=100, published_at=START + after, fetched_at=START + after)
        for n, text in enumerate(texts)
    ]  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="m", mentions=tuple(found)))
    return tuple(range(before + 1, before + 1 + len(texts)))


def incident(desk: Desk) -> int:
    return desk.incidents.list()[0].id


# ── community ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_experts_are_asked_about_their_topics_only_and_agreed_to_it(desk: Desk) -> None:
    for args in (
        ("", "eva", ("red",), "sí"), ("x", " ", ("red",), "sí"),
        ("x", "eva", (" ",), "sí"), ("x", "eva", ("red",), " "),
    ):  # fmt: skip
        with pytest.raises(InputError):
            desk.community.add_expert(*args)
    eva = desk.community.add_expert("mastodon", "eva", ("Redes  móviles", "VPN"), "me escribió que sí")
    assert [e.author for e in desk.community.experts("redes móviles")] == ["eva"]
    desk.community.add_expert(" mastodon", "eva ", ("Redes  móviles", "VPN"), "me escribió que sí")  # typed
    assert [(e.source, e.author) for e in desk.community.experts()] == [("mastodon", "eva")]
    assert desk.community.experts("cobros") == ()
    with pytest.raises(StepError) as caught:
        desk.community.ask(eva.id, "cobros", "¿qué opinas?")
    assert caught.value.fields["topics"] == "redes móviles, vpn"
    desk.community.ask(eva.id, "vpn", "¿te pasa también?")
    again = desk.community.add_expert("mastodon", "eva", ("vpn",), "solo vpn")
    assert desk.community.experts() == (again,)
    desk.community.remove_expert(again.id)
    assert desk.community.experts() == ()


def test_thanks_have_a_reason_and_are_credited_once(desk: Desk) -> None:
    ids = [said(desk, f"prueben con wifi {n}")[0] for n in range(3)]
    with pytest.raises(InputError):
        desk.community.thank(ids[0], " ")
    for one in ids[:2]:
        desk.community.thank(one, "explicó cómo llamar por wifi")
    with pytest.raises(StepError) as caught:
        desk.community.thank(ids[0], "otra vez")
    assert (caught.value.key, caught.value.fields["by"]) == ("community.credited", "ana")
    assert desk.community.advocates() == ()
    desk.community.thank(ids[2], "siguió ayudando")
    assert desk.community.advocates() == (("mastodon", "ana", 3),)
    assert len(desk.community.kudos("mastodon", "ana")) == 3


def test_thanks_are_taken_back_with_a_reason_stay_in_the_ledger_and_may_be_given_again(desk: Desk) -> None:
    mention = said(desk, "prueben con wifi")[0]
    given = desk.community.thank(mention, "explicó cómo llamar por wifi")
    with pytest.raises(InputError):
        desk.community.unthank(given.id, "  ")
    desk.community.unthank(given.id, "=era un consejo equivocado, 55 1234 5678")
    with pytest.raises(StepError) as caught:
        desk.community.unthank(given.id, "otra vez")
    assert caught.value.fields["by"] == "ana"
    again = desk.community.thank(mention, "al final tenía razón")
    assert [k.id for k in desk.community.kudos()] == [given.id, again.id]
    assert desk.community.advocates(least=1) == (("mastodon", "ana", 1),)
    statement = desk.community.statement().decode("utf-8-sig")
    assert statement.count("prueben") == 0 and "'=era un consejo" in statement and "1234" not in statement
    kinds = [e.kind for e in desk.timeline.entries(incident(desk)) if "thanked" in e.kind]
    assert kinds == ["community.thanked", "community.unthanked", "community.thanked"]


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_taken_in_once_credited_once_and_told_to_whoever_wanted_to_know(desk: Desk) -> None:
    wants, other = said(desk, "¿funciona la vpn?", "hola", author="luz")
    eva = desk.community.add_expert("mastodon", "eva", ("vpn",), "me escribió que sí")
    with pytest.raises(InputError):
        desk.community.ask(eva.id, "vpn", " ", wants)
    asked = desk.community.ask(eva.id, "VPN", "¿va la vpn fuera?", wants)
    desk.clock.use(PlayClock(START + timedelta(minutes=2)))
    assert desk.community.questions() == ((asked, None),)
    desk.community.remove_expert(eva.id)  # what they were asked stays
    for text, mention, error in (("", None, InputError), ("sí", other, StepError)):
        with pytest.raises(error):
            desk.community.answer(asked.id, text, mention)
    (says,) = said(desk, "Sí: con el modo avión y wifi", author="eva", after=timedelta(minutes=1))
    ((_asked, heard),) = desk.community.questions()
    assert heard is not None and heard.id == says
    found = desk.community.answer(asked.id, mention_id=says)
    assert found.question.answer == "Sí: con el modo avión y wifi" and found.credited is not None
    assert found.draft is not None and found.draft.mention_id == wants and "modo avión" in found.draft.body.es
    assert "eva" not in found.draft.body.es  # agreed to be asked, not to be named
    with pytest.raises(StepError, match=r"community\.answered"):
        desk.community.answer(asked.id, "otra")
    with pytest.raises(StepError, match=r"community\.credited"):
        desk.community.thank(says, "ayudó")
    assert [(k.author, k.question_id) for k in desk.community.kudos()] == [("eva", asked.id)]
    kinds = [e.kind for e in desk.timeline.entries(incident(desk)) if e.kind.startswith("community.")]
    assert kinds[:4] == ["community.thanked", "community.answered", "community.expert_gone", "community.asked"]


def test_an_answer_whose_asker_somebody_else_is_answering_is_kept_without_a_reply(desk: Desk, tmp_path: Path) -> None:
    (wants,) = said(desk, "¿funciona la vpn?")
    other = desk_on(tmp_path / "desk")
    other.reply_locks.take(wants)
    eva = desk.community.add_expert("mastodon", "eva", ("vpn",), "sí")
    found = desk.community.answer(desk.community.ask(eva.id, "vpn", "¿va?", wants).id, "sí, va")
    assert found.draft is None and found.question.answer == "sí, va" and found.credited is not None
    thanked = said(desk, "va con wifi", author="eva")[0]
    desk.community.thank(thanked, "ayudó")
    second = desk.community.answer(desk.community.ask(eva.id, "vpn", "¿y en Chile?").id, mention_id=thanked)
    assert (second.credited, second.draft) == (None, None)  # thanked for it already; nobody waits
    other.close()


# ── ideas ────────────────────────────────────────────────────────────────────────────────────────────────────────

MAP = Bilingual("nos pediste un mapa", "you asked for a map")


def test_an_idea_goes_by_its_states_each_known_and_no_step_is_skipped_back(desk: Desk) -> None:
    ids = said(desk, "pongan un mapa", "un mapa de fallas, por favor")
    for words, asked in ((Bilingual("mapa", " "), ids), (MAP, ())):
        with pytest.raises(InputError):
            desk.ideas.note(incident(desk), words, asked)
    idea = desk.ideas.note(incident(desk), MAP, ids[:1])
    with pytest.raises(InputError):
        desk.ideas.join(idea.id, ())
    with pytest.raises(StepError, match=r"idea\.undecided"):
        desk.ideas.tell(idea.id)
    assert desk.ideas.join(idea.id, ids).mention_ids == ids
    for state in (IdeaState.STUDYING, IdeaState.ACCEPTED):
        moved = desk.ideas.move(idea.id, state)
        assert (moved.idea.state, moved.drafts) == (state, ())
    with pytest.raises(StepError, match=r"idea\.step"):
        desk.ideas.move(idea.id, IdeaState.RECEIVED)
    with pytest.raises(InputError):
        desk.ideas.move(idea.id, IdeaState.REJECTED, Bilingual("es caro", ""))
    no = desk.ideas.move(idea.id, IdeaState.REJECTED, Bilingual("todavía no tenemos los datos", "no data yet"))
    assert [d.mention_id for d in no.drafts] == list(ids)
    assert all("todavía no tenemos los datos" in d.body.es for d in no.drafts)
    assert [step.state.value for step in no.idea.steps] == ["studying", "accepted", "rejected"]
    assert desk.ideas.move(idea.id, IdeaState.STUDYING).idea.state is IdeaState.STUDYING  # looked at again
    kinds = [e.kind for e in desk.timeline.entries(incident(desk)) if e.kind.startswith("idea.")]
    assert kinds[::-1] == [f"idea.{n}" for n in ("received", "joined", "studying", "accepted", "rejected", "studying")]


def test_what_was_done_is_told_to_everybody_who_asked_in_words_of_their_own(desk: Desk, tmp_path: Path) -> None:
    ids = said(desk, "pongan un mapa", "un mapa de fallas, por favor", "mapa ya")
    other = desk_on(tmp_path / "desk")
    other.core.actor = "luis"
    other.reply_locks.take(ids[2])
    idea = desk.ideas.note(incident(desk), MAP, ids)
    with pytest.raises(InputError):
        desk.ideas.move(idea.id, IdeaState.DONE, Bilingual("ya está", ""))
    done = desk.ideas.move(idea.id, IdeaState.DONE, Bilingual("ya está", "it is there"))
    assert (done.idea.did.es, done.held) == ("ya está", (ids[2],))
    assert [d.mention_id for d in done.drafts] == list(ids[:2])
    assert all(MAP.es in d.body.es for d in done.drafts) and len({d.body.es for d in done.drafts}) == 2
    assert desk.ideas.list(incident(desk)) == (done.idea,)
    other.reply_locks.release(ids[2])
    with desk.core.write() as tx:
        rows.drafts.update(tx.connection, done.drafts[0].id, state=DraftState.PUBLISHED)
    lacking = desk.ideas.tell(idea.id)  # not again to whom it was said; the begun one is the same
    assert [d.mention_id for d in lacking.drafts] == list(ids[1:]) and lacking.drafts[0].id == done.drafts[1].id
    other.close()


def test_a_reply_that_may_be_out_holds_up_nobody_else_and_is_not_rewritten(desk: Desk, tmp_path: Path) -> None:
    answer_through(desk, CountingReplier(tmp_path / "world"))
    first, second = said(desk, "quiero una app", "yo también")
    draft = reply_that_may_go_out(desk, first)
    plan = asyncio.run(desk.outbox.plan(draft, first, "es", None))  # type: ignore[arg-type]
    desk.outbox.confirm(draft, first, "es", plan)
    before = desk.drafts.view(draft).draft
    idea = desk.ideas.note(incident(desk), Bilingual("una app", "an app"), (first, second))
    moved = desk.ideas.move(idea.id, IdeaState.DONE, Bilingual("ya está", "it is there"))
    assert (moved.held, [one.mention_id for one in moved.drafts]) == ((first,), [second])
    assert desk.drafts.view(draft).draft == before
    assert [lock.mention_id for lock in desk.reply_locks.standing()] == [second]


def test_where_the_playbook_has_no_such_form_the_idea_moves_and_nobody_is_held_by_a_lock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (asked,) = said(desk, "quiero una app")
    eva = desk.community.add_expert("mastodon", "eva", ("vpn",), "sí")
    question = desk.community.ask(eva.id, "vpn", "¿hay app?", asked)
    of = desk.playbooks.of
    monkeypatch.setattr(desk.playbooks, "of", lambda one: replace(of(one), templates=()))
    idea = desk.ideas.note(incident(desk), Bilingual("una app", "an app"), (asked,))
    moved = desk.ideas.move(idea.id, IdeaState.DONE, Bilingual("ya está", "it is there"))
    assert (moved.idea.state, moved.held) == (IdeaState.DONE, (asked,))
    assert desk.community.answer(question.id, "sí").draft is None
    assert desk.reply_locks.standing() == ()


def reply_that_may_go_out(desk: Desk, mention: int) -> int:
    draft = desk.replies.start(mention, "respuesta_individual")
    fields = {
        f.name: FieldValue(text=Bilingual(f"dato {f.name}", f"fact {f.name}"))
        for f in desk.drafts.view(draft.id).template.fields
        if not f.optional and draft.values.get(f.name, FieldValue()).empty
    }
    view = desk.drafts.fill(draft.id, fields)
    for role in view.approvers:
        desk.drafts.approve(draft.id, role, "irene")
    assert desk.drafts.view(draft.id).publishable, desk.drafts.view(draft.id).problems
    return draft.id


def test_another_desks_change_is_known_and_ones_own_is_not_told_twice(desk: Desk, tmp_path: Path) -> None:
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    other = desk_on(tmp_path / "desk")
    desk.tick()
    heard.clear()
    other.community.add_expert("mastodon", "eva", ("vpn",), "sí")
    desk.tick()
    assert ChangedElsewhere() in heard
    heard.clear()
    desk.community.add_expert("mastodon", "luz", ("vpn",), "sí")
    desk.tick()
    assert CommunityChanged() in heard and ChangedElsewhere() not in heard
    other.close()


# ── rumours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rumour_has_a_reach_a_verdict_a_correction_and_is_seen_again(desk: Desk) -> None:
    for claim, words in ((" ", ("hackeo",)), ("los hackearon", (" ",))):
        with pytest.raises(InputError):
            desk.rumours.note(incident(desk), claim, words)
    said(desk, "Dicen que hubo HACKEO en el banco", "el hackeo del banco", "nada que ver")
    row = desk.rumours.note(incident(desk), "hackearon el banco", ("hackeo banco",))
    ((_row, reach),) = desk.rumours.list(incident(desk))
    assert (reach.mentions, reach.authors, reach.followers, reach.after) == (2, 2, 200, 0)
    with pytest.raises(StepError):
        desk.rumours.correct(row.id)  # no verdict yet
    for verdict, evidence in ((RumourVerdict.OPEN, "x"), (RumourVerdict.FALSE, " ")):
        with pytest.raises(InputError):
            desk.rumours.judge(row.id, verdict, evidence)
    with pytest.raises(StepError, match=r"rumour\.no_verdict"):
        desk.rumours.reopen(row.id, "no hay nada")
    desk.rumours.judge(row.id, RumourVerdict.FALSE, "auditoría de seguridad")
    with pytest.raises(StepError, match=r"rumour\.judged"):
        desk.rumours.judge(row.id, RumourVerdict.TRUE, "lo dice otro")  # nobody's verdict is written over
    draft = desk.rumours.correct(row.id)
    assert desk.rumours.correct(row.id).id == draft.id
    with desk.core.write() as tx:
        rows.drafts.update(tx.connection, draft.id, state=DraftState.PUBLISHED, published_at=START)
    said(desk, "otra vez el hackeo al banco", author="eva", after=timedelta(minutes=9))
    ((_row, reach),) = desk.rumours.list(incident(desk))
    assert (reach.mentions, reach.after, reach.last) == (3, 1, START + timedelta(minutes=9))


def test_a_verdict_is_taken_back_with_a_reason_and_what_it_was_stays_readable(desk: Desk) -> None:
    row = desk.rumours.note(incident(desk), "hackearon el banco", ("hackeo banco",))
    desk.rumours.judge(row.id, RumourVerdict.FALSE, "auditoría")
    draft = desk.rumours.correct(row.id)
    with pytest.raises(InputError):
        desk.rumours.reopen(row.id, " ")
    opened = desk.rumours.reopen(row.id, "la auditoría era de otro sistema")
    assert (opened.verdict, opened.evidence, opened.decided_at) == (RumourVerdict.OPEN, "", None)
    assert opened.contradicted and opened.correction == draft.id
    (was,) = opened.past
    assert (was.verdict, was.evidence, was.decided_by, was.by) == (RumourVerdict.FALSE, "auditoría", "ana", "ana")
    assert not desk.rumours.judge(row.id, RumourVerdict.FALSE, "segunda auditoría").contradicted
    desk.rumours.reopen(row.id, "tampoco")
    assert [one.evidence for one in desk.rumours.list(incident(desk))[0][0].past] == ["auditoría", "segunda auditoría"]
    kinds = [e.kind for e in desk.timeline.entries(incident(desk)) if e.kind.startswith("rumour.reopened")]
    assert kinds == ["rumour.reopened_false"] * 2
