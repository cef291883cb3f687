"""A text of our own through a source: the same rules as copying it out, at most once, and a person ends every doubt."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.connectors.base import Poster, connectors
from crisisdesk.model.commitment import NextKind
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import AmbiguousError, InputError, RefusedError, StepError, TransientError
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import Limits, ReplyPlan
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import inbox
from crisisdesk.web import Web
from tests.fakes.killed_sender import Platform, desk_at, kill
from tests.fakes.outbox import CountingReplier, answer_through, desk_on, reply_of, text_of_ours

ROOT = Path(__file__).resolve().parents[3]
WEB: Any = None
PLACE = ("mastodon", "marca")


@pytest.fixture
def poster(tmp_path: Path) -> CountingReplier:
    return CountingReplier(tmp_path / "world")


@pytest.fixture
def desk(tmp_path: Path, poster: CountingReplier) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", poster)
    yield built
    built.close()


def planned(desk: Desk, draft: int, place: tuple[str, str] = PLACE, lang: str = "es") -> ReplyPlan:
    return asyncio.run(desk.posts.plan(draft, *place, lang, WEB))


def confirmed(desk: Desk, draft: int = 0, place: tuple[str, str] = PLACE, lang: str = "es") -> Outgoing:
    draft = draft or text_of_ours(desk)
    return desk.posts.confirm(draft, *place, lang, planned(desk, draft, place, lang))


def sent(desk: Desk, row: Outgoing) -> Outgoing:
    return asyncio.run(desk.outbox.send(row.id, WEB))


def raising(error: Exception) -> Any:
    def act() -> None:
        raise error

    return act


OFFLINE = TransientError("web.offline", host="m.example")
CUT = AmbiguousError("web.cut", host="m.example")


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_may_not_be_copied_may_not_be_posted(desk: Desk, poster: CountingReplier) -> None:
    draft = text_of_ours(desk, "actualizacion")
    plan = planned(desk, draft)
    name = next(name for name, value in desk.drafts.view(draft).draft.values.items() if value.text.es)
    desk.drafts.fill(draft, {name: FieldValue(text=Bilingual("la red", "the network"))})  # voids the approval
    for verb in (lambda: desk.drafts.copy(draft, "es", "mastodon"), lambda: confirmed(desk, draft)):
        with pytest.raises(StepError) as caught:
            verb()
        assert caught.value.key == "draft.blocked"
    with pytest.raises(StepError) as caught:
        desk.posts.confirm(draft, *PLACE, "es", plan)
    assert caught.value.key == "outgoing.other_text"
    assert poster.keys() == [] and desk.posts.of(draft).sent == ()


def test_a_plan_for_one_account_or_language_is_none_for_another(desk: Desk) -> None:
    draft = text_of_ours(desk)
    plan = planned(desk, draft)
    for place, lang in ((("mastodon", "otra"), "es"), (("bluesky", "marca"), "es"), (PLACE, "en")):
        with pytest.raises(StepError) as caught:
            desk.posts.confirm(draft, *place, lang, plan)
        assert caught.value.key == "outgoing.other_text"


def test_a_text_longer_than_its_platform_is_refused(desk: Desk, poster: CountingReplier) -> None:
    draft = text_of_ours(desk)
    poster.limit = planned(desk, draft).length - 1
    with pytest.raises(StepError) as caught:
        confirmed(desk, draft)
    assert caught.value.key == "outgoing.too_long"
    poster.limit, poster.limits = 5_000, Limits(reply_bytes=20)
    with pytest.raises(StepError) as caught:
        confirmed(desk, draft)
    assert caught.value.fields["limit"] == 20


def test_a_drill_posts_nothing_and_offers_nothing(tmp_path: Path, poster: CountingReplier) -> None:
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "x"), drill=True)
    answer_through(desk, poster)
    draft = text_of_ours(desk)
    with pytest.raises(StepError) as caught:
        confirmed(desk, draft)
    assert caught.value.key == "outgoing.drill"
    assert desk.posts.of(draft).ways == () and poster.keys() == []
    desk.close()


def test_an_answer_to_one_person_is_no_post(desk: Desk) -> None:
    draft, _mention = reply_of(desk)
    with pytest.raises(InputError) as caught:
        confirmed(desk, draft)
    assert caught.value.key == "outgoing.an_answer"


def test_a_source_that_cannot_post_says_so(tmp_path: Path) -> None:
    desk = desk_on(tmp_path / "d")
    draft = text_of_ours(desk)
    with pytest.raises(InputError) as caught:
        planned(desk, draft)
    assert caught.value.key == "outgoing.no_poster"
    assert desk.posts.ways() == ()
    desk.close()


def test_the_second_to_press_send_is_told_who_was_first(desk: Desk) -> None:
    draft = text_of_ours(desk)
    plan = planned(desk, draft)
    with desk.core.acting_as("luis"):
        desk.posts.confirm(draft, *PLACE, "es", plan)
    with pytest.raises(StepError) as caught:
        desk.posts.confirm(draft, *PLACE, "es", plan)
    assert (caught.value.key, caught.value.fields["by"]) == ("outgoing.already", "luis")


def test_what_a_person_has_posted_there_by_hand_is_not_posted_again(desk: Desk, poster: CountingReplier) -> None:
    draft = text_of_ours(desk)
    desk.drafts.publish(draft, channel="Mastodon", url="https://m.example/1", lang="es")
    with pytest.raises(StepError) as caught:
        confirmed(desk, draft)
    assert caught.value.key == "draft.already_out" and poster.keys() == []
    assert sent(desk, confirmed(desk, draft, ("bluesky", "marca"))).state is OutgoingState.SENT
    assert sent(desk, confirmed(desk, draft, lang="en")).state is OutgoingState.SENT


def test_nothing_is_sent_that_nobody_confirmed_or_twice(desk: Desk, poster: CountingReplier) -> None:
    row = confirmed(desk)
    assert poster.keys() == []  # confirming is not sending
    sent(desk, row)
    for again in (
        lambda: sent(desk, row), lambda: desk.outbox.confirm_again(row.id), lambda: desk.outbox.cancel(row.id),
        lambda: confirmed(desk, row.draft_id),
    ):  # fmt: skip
        with pytest.raises(StepError):
            again()
    assert poster.keys() == [row.key]


# ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_plan_is_what_is_sent_and_all_that_follows_from_copying_follows(
    desk: Desk, poster: CountingReplier
) -> None:
    draft = text_of_ours(desk)
    plan = planned(desk, draft)
    assert (plan.target, plan.text, plan.cost) == ("", desk.drafts.view(draft).draft.body.es, "0.015")
    sent(desk, desk.posts.confirm(draft, *PLACE, "es", plan))
    assert poster.plans == [plan]
    view = desk.drafts.view(draft)
    assert view.draft.state is DraftState.PUBLISHED
    (proof,) = view.publications
    assert (proof.channel, proof.how, proof.url, proof.native_id) == (
        "mastodon", "mastodon", "https://m.example/r/1", "n1",
    )  # fmt: skip
    assert proof.text == plan.text
    (promise,) = desk.commitments.list(view.draft.incident_id)
    assert promise.draft_id == draft  # the next news that the text announces is owed
    kinds = [entry.kind for entry in desk.timeline.entries(view.draft.incident_id)]
    assert {"posting.ready", "posting.sending", "posting.sent", "draft.published"} <= set(kinds)


def test_on_three_accounts_it_is_three_posts_and_its_promise_is_owed_once(desk: Desk, poster: CountingReplier) -> None:
    draft = text_of_ours(desk)
    places = (PLACE, ("mastodon", "otra"), ("bluesky", "marca"))
    rows = [sent(desk, confirmed(desk, draft, place)) for place in places]
    assert len({row.key for row in rows}) == len(poster.keys()) == 3
    assert len(desk.drafts.view(draft).publications) == 3
    assert len(desk.commitments.list(rows[0].incident_id)) == 1


def test_ten_who_press_at_once_post_it_once(desk: Desk, poster: CountingReplier) -> None:
    draft = text_of_ours(desk)
    plan, start, lost = planned(desk, draft), threading.Barrier(10), list[str]()

    def press() -> None:
        start.wait()
        try:
            sent(desk, desk.posts.confirm(draft, *PLACE, "es", plan))
        except StepError as error:
            lost.append(error.key)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert poster.keys() == [plan.key] and lost == ["outgoing.already"] * 9


def test_without_a_network_it_waits_and_is_never_sent_by_itself(desk: Desk, poster: CountingReplier) -> None:
    row = confirmed(desk)
    poster.before = raising(OFFLINE)
    assert sent(desk, row).state is OutgoingState.QUEUED
    poster.before = lambda: None  # the network is back
    for _ in range(5):
        desk.tick()
    desk.outbox.recover()
    assert (desk.outbox.get(row.id).state, poster.keys()) == (OutgoingState.QUEUED, [])
    (waiting,) = [i for i in desk.room.view(row.incident_id).next if i.kind is NextKind.REPLY]
    assert (waiting.ref, waiting.title.es) == (row.draft_id, "Texto por mastodon")
    desk.outbox.confirm_again(row.id)
    assert sent(desk, row).state is OutgoingState.SENT and poster.keys() == [row.key]


def test_what_was_confirmed_and_never_sent_waits_for_a_person_after_a_start(
    desk: Desk, poster: CountingReplier, tmp_path: Path
) -> None:
    row = confirmed(desk)
    again = desk_on(tmp_path / "desk", poster)
    try:
        assert again.outbox.get(row.id).state is OutgoingState.QUEUED
        assert again.posts.of(row.draft_id).sent[0].error_key == "outgoing.not_sent"
    finally:
        again.close()
    assert poster.keys() == []


def test_what_waited_until_its_time_was_over_is_not_confirmed_again(desk: Desk, poster: CountingReplier) -> None:
    row = confirmed(desk)
    poster.before = raising(OFFLINE)
    sent(desk, row)
    announced = desk.drafts.view(row.draft_id).draft.values["proxima_actualizacion"].instant
    assert announced is not None
    later = PlayClock(announced + timedelta(minutes=1))
    desk.clock.use(later)
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm_again(row.id)
    assert caught.value.key == "draft.blocked"


def test_what_waited_and_was_posted_by_hand_meanwhile_is_not_confirmed_again(
    desk: Desk, poster: CountingReplier
) -> None:
    row = confirmed(desk)
    poster.before = raising(OFFLINE)
    sent(desk, row)
    desk.drafts.publish(row.draft_id, channel="Mastodon", url="https://m.example/1", lang="es")
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm_again(row.id)
    assert caught.value.key == "draft.already_out" and poster.keys() == []


def test_what_waits_may_be_changed_and_is_then_another_text(desk: Desk, poster: CountingReplier) -> None:
    row = confirmed(desk)
    poster.before = raising(OFFLINE)
    sent(desk, row)
    desk.drafts.fill(row.draft_id, {"servicio": FieldValue(text=Bilingual("la red", "the network"))})
    with pytest.raises(StepError):
        desk.outbox.confirm_again(row.id)
    desk.drafts.approve(row.draft_id, "comunicacion", "irene")
    with pytest.raises(StepError) as caught:
        confirmed(desk, row.draft_id)  # the old words still wait
    assert caught.value.key == "outgoing.already"
    desk.outbox.cancel(row.id)
    poster.before = lambda: None
    assert sent(desk, confirmed(desk, row.draft_id)).state is OutgoingState.SENT
    assert [plan.text for plan in poster.plans] == [desk.drafts.view(row.draft_id).draft.body.es]


def test_what_the_platform_refuses_has_failed_and_may_be_tried_again_by_hand(
    desk: Desk, poster: CountingReplier
) -> None:
    poster.before = raising(RefusedError("web.too_large"))
    row = sent(desk, confirmed(desk))
    assert (row.state, row.error_key, poster.keys()) == (OutgoingState.FAILED, "web.too_large", [])
    assert desk.drafts.view(row.draft_id).draft.state is DraftState.WRITING
    poster.before = lambda: None
    desk.outbox.confirm_again(row.id)
    assert sent(desk, row).state is OutgoingState.SENT


def test_a_text_in_doubt_is_not_rewritten_and_a_person_ends_the_doubt(desk: Desk, poster: CountingReplier) -> None:
    poster.after, poster.remembers = raising(CUT), False
    row = sent(desk, confirmed(desk))
    assert row.state is OutgoingState.UNKNOWN
    with pytest.raises(StepError) as caught:
        desk.drafts.fill(row.draft_id, {"servicio": FieldValue(text=Bilingual("otra", "other"))})
    assert caught.value.key == "draft.may_be_out"
    assert asyncio.run(desk.outbox.look(row.id, WEB)).state is OutgoingState.UNKNOWN  # not found is no proof
    out = desk.outbox.it_is_out(row.id, "https://m.example/r/9")
    assert (out.state, desk.drafts.view(row.draft_id).publications[0].text) == (OutgoingState.SENT, row.plan.text)


def test_a_text_in_doubt_is_copied_for_the_same_place_only_by_an_act_that_says_so(
    desk: Desk, poster: CountingReplier
) -> None:
    poster.after, poster.remembers = raising(CUT), False
    row = sent(desk, confirmed(desk))
    with pytest.raises(StepError) as caught:
        desk.drafts.copy(row.draft_id, "es", "mastodon")
    assert caught.value.key == "outgoing.in_doubt"
    assert desk.drafts.copy(row.draft_id, "es", "x") and desk.drafts.copy(row.draft_id, "en", "mastodon")
    assert desk.drafts.copy(row.draft_id, "es", "mastodon", in_doubt=True) == row.plan.text
    kinds = [entry.kind for entry in desk.timeline.entries(row.incident_id)]
    assert (kinds.count("draft.copied"), kinds.count("draft.copied_in_doubt")) == (2, 1)


def test_an_older_post_of_the_same_words_does_not_end_the_doubt(desk: Desk, poster: CountingReplier) -> None:
    first = sent(desk, confirmed(desk))
    poster.after = raising(CUT)
    row = sent(desk, confirmed(desk, first.draft_id, lang="en"))
    assert row.state is OutgoingState.UNKNOWN
    poster.seen.write_text(row.key + "\n")  # the platform tells the first one's id
    assert asyncio.run(desk.outbox.look(row.id, WEB)).state is OutgoingState.UNKNOWN


def test_whatever_else_breaks_is_a_doubt_and_not_a_second_try(desk: Desk, poster: CountingReplier) -> None:
    poster.after = raising(RuntimeError("a defect"))
    row = confirmed(desk)
    with pytest.raises(RuntimeError):
        sent(desk, row)
    assert desk.outbox.get(row.id).state is OutgoingState.UNKNOWN


def test_a_post_answers_nobody_and_hides_no_mention_that_waits(desk: Desk) -> None:
    _draft, mention = reply_of(desk)
    sent(desk, confirmed(desk))
    with desk.core.read() as connection:
        assert not inbox.is_answered(connection, mention)
        (stored,) = desk.mentions.latest()
        late = {stored.verdict.type: desk.clock.now() + timedelta(minutes=1)}
        since, at = desk.clock.now() - timedelta(hours=1), desk.clock.now() + timedelta(minutes=2)
        assert sum(inbox.backlog(connection, late, since, at).values()) == 1


def test_every_connector_that_posts_is_a_poster_and_networks_where_a_person_pastes_are_not() -> None:
    found = {kind for kind, made in connectors().items() if hasattr(made, "plan_post")}
    assert {"mastodon", "bluesky", "mail"} <= found and "x" not in found
    assert all(isinstance(connectors()[kind], type) and hasattr(connectors()[kind], "posts_as") for kind in found)
    assert isinstance(CountingReplier(Path("x")), Poster)


def test_the_ways_are_the_sources_that_can_post_with_what_is_known_of_them(tmp_path: Path) -> None:
    desk = desk_on(tmp_path / "d")
    mail = {"mail": "prensa@marca.test", "server": "imap.marca.test", "smtp_server": "smtp.marca.test"}
    desk.sources.add("mastodon", {"base_url": "https://m.example", "handle": "marca"}, {"token": "t"})
    desk.sources.add("mastodon", {"base_url": "https://n.example", "handle": "marca"}, {})  # it only listens
    desk.sources.add("mail", {**mail, "list_to": "lista@marca.test"}, {"password": "p"})
    desk.sources.add("mail", {**mail, "mail": "soporte@marca.test"}, {"password": "p"})
    desk.sources.add("feed", {"address": "https://f.example/feed"}, {})
    assert [(way.source, way.place) for way in desk.posts.ways()] == [
        ("mail", "lista@marca.test"), ("mastodon", "marca@m.example"),
    ]  # fmt: skip
    desk.close()


@pytest.mark.parametrize(
    ("point", "state", "received"),
    [
        ("claimed", OutgoingState.UNKNOWN, 0),
        ("sending", OutgoingState.UNKNOWN, 1),
    ],
)
def test_killed_at_any_point_a_post_goes_out_once_and_only_by_a_person(
    tmp_path: Path, point: str, state: OutgoingState, received: int
) -> None:
    platform = Platform()
    try:
        command = [sys.executable, "-m", "tests.fakes.killed_sender", str(tmp_path), platform.url, point, "post"]
        env = dict(os.environ, PYTHONPATH=str(ROOT))
        with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            if point == "sending":
                platform.while_sending = lambda: kill(child.pid)
            assert child.wait(timeout=120) == -9
        platform.while_sending = lambda: None
        assert len(platform.received) == received
        desk = desk_at(tmp_path, platform.url)
        (row,) = desk.outbox.list(desk.incidents.list()[0].id)
        assert (row.state, row.mention_id) == (state, None)
        for _ in range(3):
            desk.tick()
        with pytest.raises(StepError):
            asyncio.run(desk.outbox.send(row.id, Web()))
        assert len(platform.received) == received  # nothing goes out by itself
        if received:
            assert asyncio.run(desk.outbox.look(row.id, Web())).state is OutgoingState.SENT
        else:
            if state is OutgoingState.UNKNOWN:
                assert asyncio.run(desk.outbox.look(row.id, Web())).state is OutgoingState.UNKNOWN
            desk.outbox.confirm_again(row.id)
            assert asyncio.run(desk.outbox.send(row.id, Web())).state is OutgoingState.SENT
        (key, body), (proof,) = platform.received[0], desk.drafts.view(row.draft_id).publications
        assert len(platform.received) == 1 and key == row.key
        assert (body["status"], body["language"], body.get("in_reply_to_id")) == (proof.text, "es", None)
        desk.close()
    finally:
        platform.end()
