"""The outbox: at most once, whatever fails or dies; what is in doubt or waited is a person's to decide."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.connectors.base import connectors
from crisisdesk.model.commitment import NextKind
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import (
    AmbiguousError,
    InputError,
    NotAllowedError,
    RefusedError,
    StepError,
    TransientError,
)
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import LengthUnit, Limits, ReplyPlan
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import copies
from crisisdesk.store.database import Transaction
from tests.fakes.outbox import START, CountingReplier, desk_on, reply_of

ROOT = Path(__file__).resolve().parents[3]
WEB: Any = None


@pytest.fixture
def replier(tmp_path: Path) -> CountingReplier:
    return CountingReplier(tmp_path / "world")


@pytest.fixture
def desk(tmp_path: Path, replier: CountingReplier) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", replier)
    yield built
    built.close()


def planned(desk: Desk, draft: int, mention: int, lang: str = "es") -> ReplyPlan:
    return asyncio.run(desk.outbox.plan(draft, mention, lang, WEB))


def confirmed(desk: Desk, name: str = "Ana") -> Outgoing:
    draft, mention = reply_of(desk, name)
    return desk.outbox.confirm(draft, mention, "es", planned(desk, draft, mention))


def sent(desk: Desk, row: Outgoing) -> Outgoing:
    return asyncio.run(desk.outbox.send(row.id, WEB))


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_may_not_be_published_may_not_be_confirmed(desk: Desk, replier: CountingReplier) -> None:
    draft, mention = reply_of(desk)
    plan = planned(desk, draft, mention)
    desk.drafts.fill(draft, {"situacion": FieldValue(text=Bilingual("", ""))})
    with pytest.raises(StepError):
        desk.outbox.confirm(draft, mention, "es", plan)
    assert replier.keys() == []


def test_a_plan_of_other_words_is_refused(desk: Desk) -> None:
    draft, mention = reply_of(desk)
    plan = planned(desk, draft, mention)
    desk.drafts.fill(draft, {"situacion": FieldValue(text=Bilingual("otra cosa", "something else"))})
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(draft, mention, "es", plan)
    assert caught.value.key == "outgoing.other_text"


def test_a_reply_longer_than_its_platform_is_refused(desk: Desk, replier: CountingReplier) -> None:
    replier.limit = 10
    draft, mention = reply_of(desk)
    with pytest.raises(StepError):
        desk.outbox.confirm(draft, mention, "es", planned(desk, draft, mention))


FOUR_PEOPLE = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one seen, 7 code points, 25 bytes


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        (LengthUnit.WEIGHTED_X, 25 + 2),  # an address weighs 23, an emoji 2
        (LengthUnit.MASTODON, 25 + 1),
        (LengthUnit.GRAPHEMES, 42 + 1),
        (LengthUnit.CODEPOINTS, 42 + 7),
        (LengthUnit.UTF16, 42 + 11),
        (LengthUnit.UTF8, 42 + 25),
    ],
)
def test_the_desk_counts_a_reply_in_its_platform_s_own_unit(
    desk: Desk, replier: CountingReplier, unit: LengthUnit, length: int
) -> None:
    replier.limits = Limits(reply_unit=unit)
    draft, mention = reply_of(desk)
    before = planned(desk, draft, mention)
    base = before.length
    told = f" https://a.com/{'b' * 26} {FOUR_PEOPLE}"
    value = desk.drafts.view(draft).draft.values["situacion"].text
    desk.drafts.fill(draft, {"situacion": FieldValue(text=Bilingual(value.es + told, value.en + told))})
    plan = planned(desk, draft, mention)
    assert (plan.unit, plan.length - base) == (unit, length)
    replier.limit = plan.length - 1
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(draft, mention, "es", planned(desk, draft, mention))
    assert (caught.value.key, caught.value.fields["limit"]) == ("outgoing.too_long", plan.length - 1)
    replier.limit = plan.length
    assert desk.outbox.confirm(draft, mention, "es", planned(desk, draft, mention)).plan.fits


def test_a_length_that_a_plan_only_claims_is_counted_again(desk: Desk, replier: CountingReplier) -> None:
    replier.limit = 10
    draft, mention = reply_of(desk)
    with pytest.raises(StepError):
        desk.outbox.confirm(draft, mention, "es", replace(planned(desk, draft, mention), length=1))
    replier.limit, replier.limits = 5_000, Limits(reply_bytes=20)
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(draft, mention, "es", planned(desk, draft, mention))
    assert caught.value.fields["limit"] == 20


def test_every_connector_that_answers_says_in_what_unit() -> None:
    repliers = [c for c in connectors().values() if hasattr(c, "publish")]
    assert len(repliers) >= 10
    assert all(isinstance(c.limits.reply_unit, LengthUnit) for c in repliers)


def test_a_source_that_cannot_answer_says_so(tmp_path: Path) -> None:
    desk = desk_on(tmp_path / "d")
    draft, mention = reply_of(desk)
    with pytest.raises(InputError) as caught:
        planned(desk, draft, mention)
    assert caught.value.key == "outgoing.no_replier"
    desk.close()


def test_a_drill_sends_nothing(tmp_path: Path, replier: CountingReplier) -> None:
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "x"), drill=True)
    desk.outbox._replier = lambda source, account: replier
    plan = ReplyPlan(target="1", text="x", length=1, key="k")
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(1, 1, "es", plan)
    assert caught.value.key == "outgoing.drill"
    desk.close()


def test_nothing_is_sent_that_nobody_confirmed_or_twice(desk: Desk, replier: CountingReplier) -> None:
    row = confirmed(desk)
    assert replier.keys() == []  # confirming is not sending
    done = sent(desk, row)
    assert (done.state, done.url) == (OutgoingState.SENT, "https://m.example/r/1")
    verbs = (lambda: sent(desk, row), lambda: desk.outbox.confirm_again(row.id), lambda: desk.outbox.cancel(row.id))
    for again in verbs:
        with pytest.raises(StepError):
            again()
    assert replier.keys() == [row.key]


# ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_plan_shows_exactly_what_is_sent_and_the_draft_is_out_with_its_proof(
    desk: Desk, replier: CountingReplier
) -> None:
    draft, mention = reply_of(desk)
    plan = planned(desk, draft, mention)
    sent(desk, desk.outbox.confirm(draft, mention, "es", plan))
    assert replier.plans == [plan]
    view = desk.drafts.view(draft)
    assert view.draft.state is DraftState.PUBLISHED
    (proof,) = view.publications
    assert (proof.how, proof.url, proof.lang, proof.native_id) == ("manual", "https://m.example/r/1", "es", "n1")
    assert proof.text == view.draft.body.es


def test_the_second_to_press_send_is_told_who_was_first(desk: Desk, replier: CountingReplier) -> None:
    draft, mention = reply_of(desk)
    plan = planned(desk, draft, mention)
    with desk.core.acting_as("luis"):
        desk.outbox.confirm(draft, mention, "es", plan)
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(draft, mention, "es", plan)
    assert (caught.value.key, caught.value.fields["by"]) == ("outgoing.already", "luis")


def test_ten_senders_of_the_same_twenty_replies_send_twenty(desk: Desk, replier: CountingReplier) -> None:
    pairs = [(d, m, planned(desk, d, m)) for d, m in (reply_of(desk, f"P{n}") for n in range(20))]
    start, won, lost = threading.Barrier(10), [], []

    def sender() -> None:
        start.wait()
        for draft, mention, plan in pairs:
            try:
                row = desk.outbox.confirm(draft, mention, "es", plan)
                won.append(asyncio.run(desk.outbox.send(row.id, WEB)).key)
            except StepError:
                lost.append(plan.key)

    threads = [threading.Thread(target=sender) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replier.keys()) == sorted(won) == sorted(plan.key for _d, _m, plan in pairs)
    assert len(lost) == 180


def test_without_a_network_it_waits_and_is_never_sent_by_itself(
    desk: Desk, replier: CountingReplier, tmp_path: Path
) -> None:
    row = confirmed(desk)

    def offline() -> None:
        raise TransientError("web.offline", host="m.example")

    replier.before = offline
    assert sent(desk, row).state is OutgoingState.QUEUED
    replier.before = lambda: None  # the network is back
    for _ in range(5):
        desk.tick()
    desk.outbox.recover()
    assert (desk.outbox.get(row.id).state, replier.keys()) == (OutgoingState.QUEUED, [])
    with pytest.raises(StepError):
        sent(desk, row)
    desk.outbox.confirm_again(row.id)
    assert sent(desk, row).state is OutgoingState.SENT
    assert replier.keys() == [row.key]


def test_a_text_that_is_no_longer_true_is_not_confirmed_again(desk: Desk, replier: CountingReplier) -> None:
    row = confirmed(desk)

    def offline() -> None:
        raise TransientError("web.offline", host="m.example")

    replier.before = offline
    sent(desk, row)
    desk.drafts.fill(row.draft_id, {"situacion": FieldValue(text=Bilingual("ya funciona", "it works again"))})
    with pytest.raises(StepError):
        desk.outbox.confirm_again(row.id)
    assert desk.outbox.cancel(row.id).state is OutgoingState.CANCELLED


@pytest.mark.parametrize("error", [NotAllowedError("sources.replies_closed", kind="x"), RefusedError("web.too_large")])
def test_what_the_platform_refuses_has_failed_and_says_why(
    desk: Desk, replier: CountingReplier, error: Exception
) -> None:
    def refuse() -> None:
        raise error

    replier.before = refuse
    row = sent(desk, confirmed(desk))
    assert (row.state, row.error_key) == (OutgoingState.FAILED, error.key)  # type: ignore[attr-defined]
    assert replier.keys() == []


def test_when_it_may_be_out_a_person_decides(desk: Desk, replier: CountingReplier) -> None:
    def cut() -> None:
        raise AmbiguousError("web.cut", host="m.example")

    replier.after, replier.remembers = cut, False
    row = sent(desk, confirmed(desk))
    assert row.state is OutgoingState.UNKNOWN
    with pytest.raises(StepError):
        sent(desk, row)  # not again by itself
    (waiting,) = [i for i in desk.room.view(row.incident_id).next if i.kind is NextKind.REPLY]
    assert (waiting.ref, waiting.key) == (row.draft_id, "draft.open")
    assert asyncio.run(desk.outbox.look(row.id, WEB)).state is OutgoingState.UNKNOWN  # not found is no proof
    with pytest.raises(InputError):
        desk.outbox.it_is_out(row.id, "file:///etc/passwd")
    out = desk.outbox.it_is_out(row.id, "https://m.example/r/9")
    assert not [i for i in desk.room.view(row.incident_id).next if i.kind is NextKind.REPLY]
    assert (out.state, desk.drafts.view(row.draft_id).draft.url) == (OutgoingState.SENT, "https://m.example/r/9")


def test_a_text_whose_reply_may_be_out_is_copied_by_hand_only_by_an_act_that_says_so(
    desk: Desk, replier: CountingReplier
) -> None:
    def cut() -> None:
        raise AmbiguousError("web.cut", host="m.example")

    replier.after, replier.remembers = cut, False
    ready = confirmed(desk)
    kinds = lambda: [e.kind for e in desk.timeline.entries(ready.incident_id) if "copied" in e.kind]  # noqa: E731
    for now in (ready, sent(desk, ready)):  # handed over any moment, and in doubt
        with pytest.raises(StepError) as caught:
            desk.drafts.copy(now.draft_id, "es", "")
        assert (caught.value.key, caught.value.fields["by"]) == ("outgoing.in_doubt", "ana")
    assert kinds() == []
    again = desk.replies.start(ready.mention_id)  # another text for the same mention stands under the same doubt
    assert again.id == ready.draft_id
    assert desk.drafts.copy(ready.draft_id, "es", "", in_doubt=True)
    assert kinds() == ["draft.copied_in_doubt"]
    desk.outbox.cancel(ready.id)  # somebody looked: it is not out
    assert desk.drafts.copy(ready.draft_id, "es", "")
    assert kinds() == ["draft.copied", "draft.copied_in_doubt"]


def test_what_waited_is_not_sent_after_it_was_pasted_by_hand_unless_it_is_to_be_one_more(
    desk: Desk, replier: CountingReplier
) -> None:
    def offline() -> None:
        raise TransientError("web.offline", host="m.example")

    replier.before = offline
    row = sent(desk, confirmed(desk))
    assert row.state is OutgoingState.QUEUED
    assert desk.drafts.copy(row.draft_id, "es", "")  # it never left this computer
    desk.drafts.publish(row.draft_id, channel="x", url="", lang="es")
    replier.before = lambda: None
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm_again(row.id)
    assert caught.value.key == "outgoing.answered"
    assert sent(desk, desk.outbox.confirm_again(row.id, again=True)).state is OutgoingState.SENT


def test_a_second_answer_begins_filled_in_other_words_and_is_sent_only_when_it_is_said(
    desk: Desk, replier: CountingReplier
) -> None:
    first, mention = reply_of(desk)
    assert desk.outbox.reply_of(first).answered is None
    with desk.core.acting_as("luis"):
        sent(desk, desk.outbox.confirm(first, mention, "es", planned(desk, first, mention)))
    second = desk.replies.start(mention)
    assert second.id != first
    was = desk.drafts.view(first).draft.values
    assert second.values["nombre"].text.es.casefold() == was["nombre"].text.es.casefold()
    assert second.values["reconocimiento"].text.es not in ("", was["reconocimiento"].text.es)
    words = FieldValue(text=Bilingual("ya tenemos más datos", "we know more now"))
    desk.drafts.fill(second.id, {"situacion": words, "siguiente_paso": words})
    answered = desk.outbox.reply_of(second.id).answered
    assert answered is not None and answered[0] == "luis"
    plan = planned(desk, second.id, mention)
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(second.id, mention, "es", plan)
    assert (caught.value.key, caught.value.fields["by"]) == ("outgoing.answered", "luis")
    sent(desk, desk.outbox.confirm(second.id, mention, "es", plan, again=True))
    assert len(replier.keys()) == 2


def test_when_the_platform_knows_the_key_the_doubt_ends(desk: Desk, replier: CountingReplier) -> None:
    def cut() -> None:
        raise AmbiguousError("web.cut", host="m.example")

    replier.after = cut
    row = sent(desk, confirmed(desk))
    assert asyncio.run(desk.outbox.look(row.id, WEB)).state is OutgoingState.SENT
    assert replier.keys() == [row.key]


def test_whatever_else_breaks_is_a_doubt_and_not_a_second_try(desk: Desk, replier: CountingReplier) -> None:
    def broken() -> None:
        raise RuntimeError("a defect")

    replier.after = broken
    row = confirmed(desk)
    with pytest.raises(RuntimeError):
        sent(desk, row)
    assert desk.outbox.get(row.id).state is OutgoingState.UNKNOWN


@pytest.mark.parametrize("waits", [OutgoingState.READY, OutgoingState.QUEUED, OutgoingState.FAILED])
def test_what_a_copy_holds_as_waiting_may_be_out_once_it_is_put_back(
    desk: Desk, replier: CountingReplier, tmp_path: Path, waits: OutgoingState
) -> None:
    def gone() -> None:
        raise TransientError("web.no_network") if waits is OutgoingState.QUEUED else RefusedError("web.refused")

    row = confirmed(desk)
    if waits is not OutgoingState.READY:
        replier.before = gone
        sent(desk, row)
        replier.before = lambda: None
    assert desk.outbox.get(row.id).state is waits
    data = desk.paths.database
    copy = copies.take(data, START)
    if waits is not OutgoingState.READY:
        desk.outbox.confirm_again(row.id)
    assert sent(desk, row).state is OutgoingState.SENT
    desk.close()
    copies.put_back(copy, data, START)
    again = desk_on(tmp_path / "desk", replier)
    assert again.outbox.get(row.id).state is OutgoingState.UNKNOWN
    assert "outgoing.unknown" in {e.kind for e in again.timeline.entries(row.incident_id)}
    assert asyncio.run(again.outbox.look(row.id, WEB)).state is OutgoingState.SENT
    assert replier.keys() == [row.key]
    again.close()


@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        (None, OutgoingState.SENT),
        (TransientError("web.no_network"), OutgoingState.QUEUED),
        (RefusedError("web.refused"), OutgoingState.FAILED),
        (AmbiguousError("web.cut", host="m.example"), OutgoingState.UNKNOWN),
    ],
)
def test_who_was_sending_while_another_desk_started_still_says_how_it_ended(
    desk: Desk, replier: CountingReplier, tmp_path: Path, fault: Exception | None, ends: OutgoingState
) -> None:
    row = confirmed(desk)

    def meanwhile() -> None:
        desk_on(tmp_path / "desk").close()
        assert desk.outbox.get(row.id).state is OutgoingState.UNKNOWN
        if fault is not None:
            raise fault

    replier.before = meanwhile
    assert sent(desk, row).state is ends
    assert desk.outbox.get(row.id).state is ends


def test_what_another_desk_sends_while_one_starts_is_not_put_in_doubt(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting = desk_on(tmp_path / "desk")
    row, write = confirmed(desk), starting.store.write

    def after_the_other() -> AbstractContextManager[Transaction]:
        monkeypatch.undo()
        sent(desk, row)
        return write()

    monkeypatch.setattr(starting.store, "write", after_the_other)
    starting.outbox.recover()
    assert desk.outbox.get(row.id).state is OutgoingState.SENT
    assert starting.store.write == write  # it had come so far
    starting.close()


@pytest.mark.parametrize(
    ("point", "state", "out"),
    [
        ("before_send", OutgoingState.UNKNOWN, 0),
        ("after_send", OutgoingState.UNKNOWN, 1),
    ],
)
def test_killed_at_any_point_nothing_goes_out_twice_without_a_person(
    tmp_path: Path, point: str, state: OutgoingState, out: int
) -> None:
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    command = [sys.executable, "-m", "tests.fakes.outbox", str(tmp_path), point]
    done = subprocess.run(command, env=env, cwd=ROOT, timeout=120, check=False, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    replier = CountingReplier(tmp_path / "world")
    desk = desk_on(tmp_path / "desk", replier)
    (incident,) = desk.incidents.list()
    (row,) = desk.outbox.list(incident.id)
    assert (row.state, len(replier.keys())) == (state, out)
    for _ in range(3):
        desk.tick()
    with pytest.raises(StepError):
        sent(desk, row)
    assert len(replier.keys()) == out
    if state is OutgoingState.UNKNOWN:
        assert asyncio.run(desk.outbox.look(row.id, WEB)).state is (OutgoingState.SENT if out else state)
    desk.close()
