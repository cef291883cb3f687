"""The soft lock: one person at a time, across processes; it runs out, and is taken over only expressly."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import NotFoundError, StepError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.reply_lock import LASTS, WRITING
from tests.fakes.outbox import START, CountingReplier, desk_on, reply_of

ROOT = Path(__file__).resolve().parents[3]
MENTIONS = 200


def open_incident(desk: Desk) -> int:
    desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    return desk.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5)).id


def said(desk: Desk, text: str) -> int:
    desk.ingest.manual(text, author="ana", channel="mastodon")
    return desk.mentions.latest(limit=1)[0].id


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    one, other = desk_on(tmp_path), desk_on(tmp_path)
    other.core.actor = "luis"
    yield one, other
    one.close()
    other.close()


def kinds(desk: Desk, incident: int) -> list[str]:
    return [e.kind for e in desk.timeline.entries(incident) if e.kind.startswith("lock.")][::-1]


def test_whoever_comes_second_is_told_who(two: tuple[Desk, Desk]) -> None:
    one, other = two
    incident, mention = open_incident(one), said(one, "no tengo señal")
    one.reply_locks.take(mention)
    one.reply_locks.take(mention)  # again at the same desk is no second holder
    for verb in (other.reply_locks.take, other.reply_locks.typing):
        with pytest.raises(StepError) as caught:
            verb(mention)
        assert caught.value.fields["who"] == "ana"
    assert other.reply_locks.of(mention) == one.reply_locks.of(mention)
    other.reply_locks.release(mention)  # not theirs
    assert one.reply_locks.of(mention) is not None
    assert kinds(one, incident) == ["lock.taken"]


def test_the_same_person_at_another_desk_is_another_holder(two: tuple[Desk, Desk]) -> None:
    one, other = two
    mention = said(one, "no tengo señal")
    other.core.actor = one.actor
    one.reply_locks.take(mention)
    with pytest.raises(StepError):
        other.reply_locks.take(mention)


def test_it_is_taken_over_only_expressly_and_both_names_are_written_down(two: tuple[Desk, Desk]) -> None:
    one, other = two
    incident, mention = open_incident(one), said(one, "no tengo señal")
    one.reply_locks.take(mention)
    taken = other.reply_locks.take(mention, over=True)
    assert other.reply_locks.mine(taken) and not one.reply_locks.mine(taken)
    with pytest.raises(StepError) as caught:
        one.reply_locks.typing(mention)
    assert (caught.value.key, caught.value.fields["who"]) == ("lock.lost", "luis")
    entry = next(e for e in one.timeline.entries(incident) if e.kind == "lock.taken_over")
    assert (entry.data["who"], entry.data["before"]) == ("luis", "ana")
    other.reply_locks.release(mention)
    assert kinds(one, incident) == ["lock.taken", "lock.taken_over", "lock.released"]
    with pytest.raises(StepError) as caught:
        one.reply_locks.typing(mention)
    assert caught.value.key == "lock.gone"


def test_it_runs_out_by_itself_and_a_key_keeps_it(two: tuple[Desk, Desk]) -> None:
    one, other = two
    mention = said(one, "no tengo señal")
    now = one.clock.now
    lock = one.reply_locks.take(mention)
    assert not lock.writing(now())
    lock = one.reply_locks.typing(mention)
    assert lock.writing(now()) and not lock.writing(now() + WRITING)
    assert lock.stands(now() + LASTS - timedelta(microseconds=1)) and not lock.stands(now() + LASTS)
    for desk in two:
        desk.clock.use(PlayClock(START + LASTS))
    assert other.reply_locks.take(mention).by == "luis"
    with pytest.raises(StepError):
        one.reply_locks.typing(mention)


def test_there_is_no_lock_on_nothing(two: tuple[Desk, Desk]) -> None:
    with pytest.raises(NotFoundError):
        two[0].reply_locks.take(99)


def test_a_confirmed_answer_ends_the_lock_and_a_second_answer_is_refused_with_the_name(tmp_path: Path) -> None:
    replier = CountingReplier(tmp_path / "world")
    desk = desk_on(tmp_path / "desk", replier)
    draft, mention = reply_of(desk)
    desk.reply_locks.take(mention)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", None))  # type: ignore[arg-type]
    desk.outbox.confirm(draft, mention, "es", plan)
    assert desk.reply_locks.of(mention) is None
    incident = desk.incidents.list()[0].id
    other = desk.drafts.start(incident, "sin_hora", mention_id=mention)
    plan = asyncio.run(desk.outbox.plan(other.id, mention, "es", None))  # type: ignore[arg-type]
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(other.id, mention, "es", plan)
    assert (caught.value.key, caught.value.fields["by"]) == ("outgoing.answered", "ana")
    desk.close()


def test_two_processes_answer_the_same_two_hundred_mentions_once_each(tmp_path: Path) -> None:
    desk = desk_on(tmp_path / "desk")
    open_incident(desk)
    texts = [
        Mention(source="manual", account="", native_id=str(n), text=f"sin señal, caso {n}", author=f"cliente{n}",
                published_at=START, fetched_at=START)
        for n in range(MENTIONS)
    ]  # fmt: skip
    desk.ingest.page(Page(source="manual", account="", mentions=tuple(texts)))
    mentions = [m.id for m in desk.mentions.latest(limit=MENTIONS)]
    desk.close()
    command = [sys.executable, "-m", "tests.fakes.two_desks", str(tmp_path)]
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    both = [
        subprocess.Popen([*command, who], env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for who in ("ana", "luis")
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:  # everything at once: from here on only the data file decides
        assert process.stdin is not None
        process.stdin.write("".join(f"{m}\n" for m in mentions))
        process.stdin.close()
    told = []
    for process in both:
        assert process.stdout is not None
        told += [json.loads(line) for line in process.stdout]
        process.stdout.close()
        assert process.wait(timeout=120) == 0
    won = {t["mention"]: t["by"] for t in told if "by" in t}
    lost = {t["mention"]: t for t in told if "key" in t}
    assert sorted(won) == sorted(lost) == sorted(mentions)
    assert len(told) == 2 * MENTIONS
    assert all(lost[m]["who"] == won[m] for m in mentions)
    assert {t["key"] for t in lost.values()} <= {"lock.held", "outgoing.answered", "outgoing.already"}
    received = (tmp_path / "world").read_text().split()
    assert len(received) == len(set(received)) == MENTIONS
    assert sorted(int(key.split("-")[2]) for key in received) == sorted(mentions)
