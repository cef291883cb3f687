"""Answers to single people: never another's words, facts from the truth sheet, and nothing goes out twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.connectors.x import X, XSettings
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError, NotAllowedError, NotFoundError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import Query
from crisisdesk.pipeline.lint import lint
from crisisdesk.pipeline.openings import Manner, alike, openings, unused, varied
from crisisdesk.web import Web
from tests.fakes.killed_sender import Platform, desk_at, kill
from tests.fakes.outbox import START, CountingReplier, desk_on

ROOT = Path(__file__).resolve().parents[3]
WEB: Any = None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", CountingReplier(tmp_path / "world"))
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    yield built
    built.close()


def opened(desk: Desk) -> int:
    incident = desk.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5)).id
    know = Bilingual("hay fallas en la red del centro", "there are faults in the network downtown")
    doing = Bilingual("el equipo técnico está en el sitio", "the technical team is on site")
    desk.facts.say(incident, FactSection.KNOW, "alcance_actual", know, "noc")
    desk.facts.say(incident, FactSection.DOING, "trabajo", doing, "noc")
    return incident


def people(desk: Desk, n: int, text: str = "no tengo señal desde temprano") -> list[int]:
    said = [
        Mention(source="mastodon", account="marca", native_id=str(k), text=text, author=f"vecina{k}@m.example",
                published_at=START, fetched_at=START)
        for k in range(n)
    ]  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="marca", mentions=tuple(said)))
    return sorted(m.id for m in desk.mentions.latest(limit=n))


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_an_open_incident_or_mention_or_form_it_says_so_and_holds_nothing(desk: Desk) -> None:
    (mention,) = people(desk, 1)
    with pytest.raises(StepError) as caught:
        desk.replies.start(mention)
    assert caught.value.key == "reply.no_incident"
    opened(desk)
    with pytest.raises(NotFoundError):
        desk.replies.start(999)
    with pytest.raises(NotFoundError):
        desk.replies.start(mention, "no_such_form")
    assert desk.reply_locks.standing() == ()  # an act that failed has taken nothing


def test_what_somebody_else_answers_is_not_begun(desk: Desk, tmp_path: Path) -> None:
    opened(desk)
    (mention,) = people(desk, 1)
    other = desk_on(tmp_path / "desk")
    other.core.actor = "luis"
    other.replies.start(mention)
    with pytest.raises(StepError) as caught:
        desk.replies.start(mention)
    assert (caught.value.key, caught.value.fields["who"]) == ("lock.held", "luis")
    other.close()


def test_the_same_words_for_two_people_are_refused_in_every_way_out(desk: Desk) -> None:
    opened(desk)
    first, second = people(desk, 2)
    words = FieldValue(text=Bilingual("gracias por avisar", "thank you for telling us"))
    one, other = desk.replies.start(first), desk.replies.start(second)
    desk.drafts.fill(one.id, {"reconocimiento": words})
    desk.drafts.fill(other.id, {"reconocimiento": FieldValue(text=Bilingual("Gracias  por avisar…", "Thank you!"))})
    assert desk.drafts.copy(one.id, "es", "mastodon")
    with pytest.raises(StepError) as caught:
        desk.drafts.copy(other.id, "es", "mastodon")
    assert caught.value.fields["problem"] == "same_words"
    with pytest.raises(StepError):
        desk.drafts.publish(other.id, channel="mastodon", url="", lang="es")
    plan = asyncio.run(desk.outbox.plan(other.id, second, "es", WEB))
    with pytest.raises(StepError):
        desk.outbox.confirm(other.id, second, "es", plan)
    desk.replies.reword(other.id)
    plan = asyncio.run(desk.outbox.plan(other.id, second, "es", WEB))
    assert desk.outbox.confirm(other.id, second, "es", plan).state is OutgoingState.READY


def test_what_blocks_publishing_blocks_an_answer(desk: Desk) -> None:
    opened(desk)
    (mention,) = people(desk, 1)
    draft = desk.replies.start(mention)
    for field, words, problem in (
        ("siguiente_paso", "te llamamos antes de las 18:00", "unregistered_promise"),
        ("siguiente_paso", "", "empty_field"),
        ("situacion", "x" * 600, "too_long"),
    ):
        said = Bilingual(words, words and "we work on it")
        desk.drafts.fill(draft.id, {field: FieldValue(text=said)})
        assert problem in {p.key for p in desk.drafts.view(draft.id, "mastodon", "es").problems}
        plan = asyncio.run(desk.outbox.plan(draft.id, mention, "es", WEB))
        with pytest.raises(StepError):
            desk.outbox.confirm(draft.id, mention, "es", plan)
        desk.drafts.fill(draft.id, {field: FieldValue(text=Bilingual("seguimos en ello", "we are on it"))})


def test_on_x_only_those_who_called_us_are_answered_and_else_there_is_the_link(desk: Desk) -> None:
    opened(desk)
    (mention,) = people(desk, 1)
    draft = desk.replies.start(mention)
    desk.outbox._replier = lambda source, account: X(XSettings(handle="marca", user_id="1"), Query())
    with pytest.raises(NotAllowedError) as caught:
        asyncio.run(desk.outbox.plan(draft.id, mention, "es", Web()))
    assert caught.value.key == "sources.x_not_summoned"
    assert str(caught.value.fields["link"]).startswith("https://")


def test_an_answer_to_one_person_is_no_text_for_everybody(desk: Desk) -> None:
    """The bar's last text, the chart's flags and the board keep to what answers nobody: answers come by the hundred."""
    incident = opened(desk)
    (mention,) = people(desk, 1)
    answer = desk.replies.start(mention)
    desk.drafts.publish(answer.id, channel="mastodon", url="", lang="es")
    assert desk.room.view().last_published is None
    assert not [flag for flag in desk.room.chart(None, incident).flags if flag.kind == "published"]
    assert [draft.id for draft in desk.review.data(incident).published] == [answer.id]


# ── begun ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_forty_six_alike_get_forty_six_different_answers_from_the_truth_sheet(desk: Desk) -> None:
    incident = opened(desk)
    mentions = people(desk, 46)
    drafts = [desk.replies.start(m) for m in mentions]
    for lang in ("es", "en"):
        bodies = {alike(d.body.get(lang), d.values["nombre"].text.es) for d in drafts}
        assert len(bodies) == 46
    first = desk.drafts.view(drafts[0].id, "mastodon", "es")
    assert first.publishable, first.problems
    assert "fallas en la red del centro" in first.draft.body.es and first.draft.values["situacion"].fact_id
    assert first.draft.values["nombre"].text.es == "vecina0"
    assert desk.replies.start(mentions[0]).id == drafts[0].id  # the same one goes on
    assert desk.replies.of(mentions[0]) == (desk.drafts.view(drafts[0].id).draft,)
    taken = [e for e in desk.timeline.entries(incident) if e.kind == "lock.taken"]
    assert len(taken) == 46


def test_when_a_fact_changes_the_answers_that_use_it_say_so(desk: Desk) -> None:
    incident = opened(desk)
    draft = desk.replies.start(people(desk, 1)[0])
    desk.facts.say(incident, FactSection.KNOW, "alcance_actual", Bilingual("ya volvió", "it is back"), "noc")
    assert "changed_fact" in {p.key for p in desk.drafts.view(draft.id).problems}


def test_another_beginning_needs_one(desk: Desk) -> None:
    incident = opened(desk)
    people(desk, 1)
    with pytest.raises(InputError):
        desk.replies.reword(desk.drafts.start(incident, "sin_hora").id)


@pytest.mark.parametrize("manner", list(Manner))
def test_every_beginning_is_its_own_and_holds_nothing_that_the_lint_would_stop(manner: Manner) -> None:
    every = openings(manner)
    assert len(every) >= 60
    assert len({o.es for o in every}) == len({o.en for o in every}) == len(every)
    for opening in every:
        for lang in ("es", "en"):
            assert not lint(opening.get(lang), lang)
            assert opening.get(lang)[0].islower()


@given(st.sampled_from(Manner), st.integers(0, 10**9), st.integers(0, 200))
def test_beginnings_run_out_before_they_repeat(manner: Manner, seed: int, taken: int) -> None:
    every = list(varied(manner, seed))
    assert sorted(o.es for o in every) == sorted(o.es for o in openings(manner))
    used = {o.es for o in every[:taken]}
    nxt = unused(manner, seed, used)
    assert (nxt.es == "" and taken >= len(every)) or (nxt.es not in used and nxt in every)


@given(st.text(max_size=40), st.text(max_size=12))
def test_texts_are_compared_without_the_name_case_or_marks(text: str, name: str) -> None:
    assert alike(f"{name}, {text}!", name) == alike(text, name)


# ── sent ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("point", "state", "received"),
    [
        ("confirmed", OutgoingState.QUEUED, 0),
        ("claimed", OutgoingState.UNKNOWN, 0),
        ("sending", OutgoingState.UNKNOWN, 1),
        ("answered", OutgoingState.UNKNOWN, 1),
    ],
)
def test_killed_at_each_point_of_sending_the_platform_never_receives_it_twice(
    tmp_path: Path, point: str, state: OutgoingState, received: int
) -> None:
    platform = Platform()
    try:
        command = [sys.executable, "-m", "tests.fakes.killed_sender", str(tmp_path), platform.url, point]
        env = dict(os.environ, PYTHONPATH=str(ROOT))
        with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            if point == "sending":
                platform.while_sending = lambda: kill(child.pid)
            assert child.wait(timeout=120) == -9
        platform.while_sending = lambda: None
        assert len(platform.received) == received
        desk = desk_at(tmp_path, platform.url)
        (incident,) = desk.incidents.list()
        (row,) = desk.outbox.list(incident.id)
        assert (row.state, row.key) == (state, platform.received[0][0] if received else row.key)
        for _ in range(3):
            desk.tick()
        with pytest.raises(StepError):
            asyncio.run(desk.outbox.send(row.id, Web()))
        assert len(platform.received) == received  # nothing goes out by itself
        if received:  # the platform is asked, and it is found
            assert asyncio.run(desk.outbox.look(row.id, Web())).state is OutgoingState.SENT
            with pytest.raises(StepError):
                desk.outbox.confirm_again(row.id)
        else:  # a person has looked, and says again that it is to be sent
            if state is OutgoingState.UNKNOWN:
                assert asyncio.run(desk.outbox.look(row.id, Web())).state is OutgoingState.UNKNOWN
            desk.outbox.confirm_again(row.id)
            assert asyncio.run(desk.outbox.send(row.id, Web())).state is OutgoingState.SENT
        assert len({key for key, _ in platform.received}) == len(platform.received) == 1
        desk.close()
    finally:
        platform.end()
