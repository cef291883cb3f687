"""The inbox folds what says the same and one person's flood; danger is never under it, and nobody is answered twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import DeskClock, PlayClock
from crisisdesk.desk import folding
from crisisdesk.desk.core import Core
from crisisdesk.model.errors import StepError
from crisisdesk.model.events import Event, MentionsChanged
from crisisdesk.model.inbox import Fold, Listed, Place, Reply, Sought
from crisisdesk.model.mention import IngestReport, Mention, Page
from crisisdesk.model.source import Tombstone
from crisisdesk.pipeline.openings import alike
from tests.fakes.outbox import CountingReplier, desk_on
from tests.unit.desk.conftest import START

SAME = "No hay luz en toda la colonia {} desde temprano y nadie contesta el teléfono"
OTHER = "¿A qué hora abren mañana las oficinas para pagar el recibo del mes pasado?"
FIRE = "Hay un incendio con personas heridas en la subestación de la colonia {}, no llegan los bomberos"


def say(desk: Desk, *said: tuple[str, str], source: str = "x", channel: str = "", first: int = 0) -> IngestReport:
    """(author, text) of each, ten seconds apart, the last one now."""
    page = tuple(
        Mention(source=source, account="marca", native_id=f"{first + n}", text=text, author=who, channel=channel,
                published_at=desk.clock.now() - timedelta(seconds=10 * (len(said) - n)), fetched_at=desk.clock.now())
        for n, (who, text) in enumerate(said)
    )  # fmt: skip
    return desk.ingest.page(Page(source=source, account="marca", mentions=page))


def crowd(desk: Desk, n: int, *, first: int = 0, text: str = SAME) -> None:
    say(desk, *((f"vecina {first + k}", text.format(chr(97 + k % 26))) for k in range(n)), first=first)


def odd(n: int) -> str:
    """Words that nobody else says."""
    return " ".join(chr(97 + (n + k) % 26) * (3 + n // 13 + k) for k in range(7))


def rows(desk: Desk, **sought: object) -> list[Listed]:
    return list(desk.mentions.window(sought=Sought(**sought)).rows)  # type: ignore[arg-type]


def shown(desk: Desk, **sought: object) -> list[tuple[int, str]]:
    """(how many, author) of each row."""
    return [(row.many, row.mention.author) for row in rows(desk, **sought)]


# What must not be folded


def test_what_is_said_once_or_names_nobody_stands_for_itself(desk: Desk) -> None:
    say(desk, ("eva", OTHER), ("", SAME.format("a")), ("", "😡😡"), ("", "😡😡"), ("leo", "sin luz"))
    assert all(row.many == 1 and row.place is Place.ALONE for row in rows(desk))
    assert len(rows(desk)) == 5


def test_danger_never_lies_under_what_only_complains(desk: Desk) -> None:
    crowd(desk, 3)
    dire = SAME.format("b") + " hay heridos"
    say(desk, ("ana", dire), ("leo", SAME.format("c")), first=50)
    found = rows(desk)
    assert [row.verdict.safety for row in found] == [False, True]
    assert [(row.many, row.fold) for row in found] == [(4, Fold(1, False)), (1, Fold(1, True))]


def test_who_reports_or_decides_is_no_flood(desk: Desk) -> None:
    towns = "uno dos tres cuatro cinco seis".split()
    titles = [f"{town} sin servicio: lo que se sabe de la avería en {town}" for town in towns]
    say(desk, *(("El Diario", one) for one in titles), source="feed", channel="prensa")
    say(desk, *(("Reportera", f"Soy periodista de televisión y pido una entrevista: {one}") for one in titles))
    assert not any(row.fold is not None and row.fold.flood for row in rows(desk))


def test_a_transaction_that_failed_leaves_nothing_in_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(desk, 2)
    with monkeypatch.context() as broken:
        broken.setattr(desk.concerns, "look", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            crowd(desk, 5, first=10)
    crowd(desk, 1, first=20)
    assert shown(desk) == [(3, "vecina 20")]


# What says the same


def test_forty_six_say_the_same_and_stand_as_one_row(desk: Desk) -> None:
    crowd(desk, 45)
    say(desk, ("eva", OTHER), first=100)
    crowd(desk, 1, first=45)
    (first, second) = rows(desk)
    assert (first.many, first.place, first.mention.author) == (46, Place.FOLDED, "vecina 45")
    assert second.place is Place.ALONE
    assert first.fold is not None and not first.fold.flood
    inside = desk.mentions.members(first.fold)
    assert len(inside) == 46 and inside[0].id == first.id
    assert [m.mention.published_at for m in inside] == sorted((m.mention.published_at for m in inside), reverse=True)
    assert len(desk.mentions.latest(100)) == 47  # what asks for mentions gets mentions


def test_the_next_page_shows_no_fold_again(desk: Desk) -> None:
    for n in range(6):
        crowd(desk, 4, first=20 * n)
        say(desk, (f"otra {n}", odd(n)), first=500 + n)
    seen: list[Listed] = []
    last = None
    for _ in range(20):
        page = desk.mentions.window(2, before=last, shown={r.fold for r in seen if r.fold})
        seen += page.rows
        last = page.last
        if not page.more:
            break
    assert not page.more and len({r.id for r in seen}) == len(seen)
    whole = desk.mentions.window(100)
    assert [r.id for r in seen] == [r.id for r in whole.rows]
    assert sum(r.many for r in seen) == desk.mentions.count()


def test_a_filter_or_a_search_shows_the_newest_that_it_lets_through(desk: Desk) -> None:
    crowd(desk, 5)
    desk.assignees.assign([desk.mentions.latest(5)[-1].id], "ana")
    assert shown(desk, assignee="ana") == [(5, "vecina 0")]
    assert shown(desk, search="teléfono") == [(5, "vecina 4")]
    assert shown(desk, search="nada de esto") == []
    assert shown(desk, author=("x", "vecina 2")) == [(1, "vecina 2")]  # one person's river is never folded


def test_it_goes_on_after_a_start_and_beside_another_desk(open_desk: Callable[[], Desk], tmp_path: Path) -> None:
    desk = open_desk()
    crowd(desk, 3)
    desk = open_desk()
    crowd(desk, 2, first=10)
    assert shown(desk) == [(5, "vecina 11")]
    other = desk_on(tmp_path / "desk")
    crowd(other, 2, first=20)
    crowd(desk, 2, first=30)
    crowd(other, 2, first=40)
    other.close()
    assert shown(desk) == [(11, "vecina 41")]


def test_an_edit_or_a_burial_leaves_the_fold(desk: Desk) -> None:
    crowd(desk, 4)
    edited = Mention(source="x", account="marca", native_id="1", text="Ya volvió, gracias", author="vecina 1",
                     version="b", published_at=START, fetched_at=START)  # fmt: skip
    stone = Tombstone(source="x", account="marca", native_id="2", at=START)
    desk.ingest.page(Page(source="x", account="marca", mentions=(edited,), tombstones=(stone,)))
    assert sorted(row.many for row in rows(desk)) == [1, 1, 2]


# What was stored before there were folds


def before_folds(desk: Desk) -> None:
    """The data file as a version without folds would have left it."""
    with desk.core.write() as tx:
        tx.connection.exec_driver_sql("UPDATE mention SET fold = NULL")


def on_a_real_clock(desk: Desk) -> Core:
    return replace(desk.core, clock=DeskClock(StandingClock()))


class StandingClock:
    simulated = False

    def now(self) -> datetime:
        return START


def test_it_is_folded_after_all_a_little_at_a_time_and_once(
    open_desk: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()
    crowd(desk, 5)
    say(desk, *(("leo", odd(n)) for n in range(6)), first=10)
    crowd(desk, 3, first=20)
    as_they_came = shown(desk)
    before_folds(desk)
    assert len(shown(desk)) == 14
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    monkeypatch.setattr(folding, "BATCH", 4)
    walk, core = folding.Folding(), on_a_real_clock(desk)
    assert [walk.catch_up(core) for _ in range(2)] == [4, 4]
    assert heard == []
    with pytest.raises(RuntimeError), core.write():
        walk.catch_up(core)
        raise RuntimeError("the disk is full")
    desk, again = open_desk(), folding.Folding()  # a start in between
    core = on_a_real_clock(desk)
    desk.bus.subscribe(heard.append)
    assert [again.catch_up(core) for _ in range(4)] == [4, 2, 0, 0]
    assert heard == [MentionsChanged(edited=0, buried=0)]
    assert shown(desk) == as_they_came
    crowd(desk, 2, first=40)
    assert shown(desk)[0] == (10, "vecina 41")
    assert folding.Folding().catch_up(core) == 0


def test_in_a_drill_or_while_much_comes_in_nothing_old_is_folded(desk: Desk) -> None:
    crowd(desk, 3)
    before_folds(desk)
    walk, core = folding.Folding(), on_a_real_clock(desk)
    assert walk.catch_up(desk.core) == 0  # its clock is played
    assert walk.catch_up(replace(core, drill=True)) == 0
    crowd(desk, folding.HANDFUL + 1, first=10)
    assert walk.catch_up(core) == 0


# One person's flood


def test_thirty_two_of_one_person_are_one_row_and_v_shows_all(desk: Desk) -> None:
    said = [("troll", odd(n)) for n in range(20)]
    say(desk, *said[:3], ("eva", OTHER), *said[3:])
    found = rows(desk)
    assert [(row.many, row.mention.author) for row in found] == [(20, "troll"), (1, "eva")]
    assert found[0].fold is not None and found[0].fold.flood
    assert len(desk.mentions.window(sought=Sought(author=("x", "troll"))).rows) == 20


def test_a_flood_takes_its_words_out_of_the_crowd(desk: Desk) -> None:
    crowd(desk, 3)
    say(desk, *(("troll", SAME.format("z")) for _ in range(7)), first=50)
    crowd(desk, 1, first=80)
    assert shown(desk) == [(4, "vecina 80"), (7, "troll")]


# Danger on top


def test_danger_is_unanswered_recent_and_no_echo(desk: Desk, clock: PlayClock) -> None:
    assert desk.mentions.danger() == ()
    say(desk, ("ana", FIRE.format("norte")), ("eva", OTHER))
    repost = Mention(source="x", account="marca", native_id="r", text=FIRE.format("sur y otra"), author="leo",
                     published_at=START, fetched_at=START, is_repost=True)  # fmt: skip
    desk.ingest.page(Page(source="x", account="marca", mentions=(repost,)))
    assert [row.mention.author for row in desk.mentions.danger()] == ["ana"]
    assert desk.mentions.danger(Sought(reply=Reply.ANSWERED)) == ()
    assert desk.mentions.danger(Sought(source="mastodon")) == ()
    clock.move_to(START + timedelta(days=4))
    assert desk.mentions.danger() == ()


def test_danger_leaves_when_a_person_says_it_is_none(desk: Desk) -> None:
    say(desk, ("ana", FIRE.format("norte")))
    (row,) = desk.mentions.danger()
    desk.verdicts.correct(row.id, safety=False)
    assert desk.mentions.danger() == ()


# Answering a fold


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_on(tmp_path / "answering", CountingReplier(tmp_path / "world"))
    yield desk
    desk.close()


def test_without_an_incident_nobody_of_a_fold_is_begun(answering: Desk) -> None:
    crowd(answering, 3)
    with pytest.raises(StepError) as caught:
        answering.replies.start_next(Fold(1, False))
    assert caught.value.key == "reply.no_incident"
    assert answering.reply_locks.standing() == ()


def test_every_person_of_a_fold_is_begun_once_in_words_of_their_own_and_nothing_goes_out(answering: Desk) -> None:
    desk = answering
    incident = desk.incidents.open(title="Sin luz", level=2, started_at=desk.clock.now() - timedelta(minutes=5)).id
    crowd(desk, 46)
    crowd(desk, 9, first=3)  # the same ids: nothing new
    say(desk, *((f"vecina {k}", SAME.format("x")) for k in range(5)), first=100)  # some say it again
    (row,) = rows(desk)
    assert row.many == 51 and row.fold is not None
    begun = []
    with pytest.raises(StepError) as done:
        while True:
            begun.append(desk.replies.start_next(row.fold))
    assert (done.value.key, done.value.fields["people"], done.value.fields["begun"]) == ("reply.fold_done", 46, 46)
    said = {m.id: m.mention.author for m in desk.mentions.members(row.fold)}
    assert Counter(said[d.mention_id or 0] for d in begun) == Counter({f"vecina {k}": 1 for k in range(46)})
    for lang in ("es", "en"):
        words = Counter(alike(d.body.get(lang), said[d.mention_id or 0]) for d in begun)
        assert max(words.values()) == 1
    assert desk.outbox.list(incident) == ()
    state = desk.replies.state_of(row.fold)
    assert (state.mentions, state.people, state.answered, state.begun, state.left) == (51, 46, 0, 46, 0)


def test_who_another_desk_answers_or_has_answered_is_left_out(answering: Desk, tmp_path: Path) -> None:
    desk = answering
    desk.incidents.open(title="Sin luz", level=2, started_at=desk.clock.now() - timedelta(minutes=5))
    crowd(desk, 3)
    (row,) = rows(desk)
    assert row.fold is not None
    first, second, third = sorted(m.id for m in desk.mentions.members(row.fold))
    other = desk_on(tmp_path / "answering")
    other.core.actor = "luis"
    other.reply_locks.take(first)
    assert desk.replies.start_next(row.fold).mention_id == second
    assert other.replies.start_next(row.fold).mention_id == first  # its own lock is no hindrance
    other.reply_locks.release(first)
    other.close()
    draft = desk.replies.start_next(row.fold)
    assert draft.mention_id == third
    desk.drafts.discard(draft.id)
    assert desk.replies.state_of(row.fold).left == 1  # what was set aside is open again
