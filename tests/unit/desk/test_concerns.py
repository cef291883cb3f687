"""Other signals on a real desk: told once, rare by the desk's own history, looked at by a person, and over again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.concern import Concern, ConcernKind, ConcernState
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import sources
from crisisdesk.store.schema import mention

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DANGER = "hay heridos atrapados y no entran llamadas a la ambulancia"


@pytest.fixture
def clock() -> PlayClock:
    return PlayClock(NOW)


@pytest.fixture(scope="module")
def calm_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that has heard two mentions an hour for forty days; learnt once, copied for each test."""
    folder = tmp_path_factory.mktemp("calm")
    built = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder), clock=PlayClock(NOW))
    found = [said(f"c{n}", NOW - timedelta(minutes=30) * n, "vi el anuncio") for n in range(3, 40 * 48)]
    built.ingest.page(Page(source="feed", account="a", mentions=tuple(found)), look=False)
    built.tick()
    built.close()
    return folder


@pytest.fixture
def desk(tmp_path: Path, calm_days: Path, clock: PlayClock) -> Iterator[Desk]:
    shutil.copytree(calm_days, tmp_path / "desk")
    built = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "desk"), clock=clock)
    yield built
    built.close()


def said(number: object, at: datetime, text: str = "hola", author: str = "", followers: int | None = None) -> Mention:
    return Mention(
        source="feed", account="a", native_id=str(number), published_at=at, fetched_at=at, text=text,
        author=author or f"u{number}", followers=followers,
    )  # fmt: skip


def take(desk: Desk, *mentions: Mention) -> tuple[Concern, ...]:
    desk.ingest.page(Page(source="feed", account="a", mentions=mentions))
    return desk.concerns.list()


def test_calm_days_have_none(desk: Desk) -> None:
    assert take(desk, said(1, NOW)) == ()


def test_voices_of_danger_are_told_at_once_and_once(desk: Desk, clock: PlayClock) -> None:
    (concern,) = take(desk, said(1, NOW, DANGER, "eva"))
    assert (concern.kind, dict(concern.figures)) == (ConcernKind.SAFETY, {"count": 1})
    clock.move_to(NOW + timedelta(minutes=1))
    # One author's flood is one voice; a second voice is the same concern, grown.
    flood = [said(f"f{n}", NOW + timedelta(seconds=n), DANGER + f" {n}", "eva") for n in range(9)]
    (same,) = take(desk, *flood, said(3, NOW + timedelta(seconds=30), DANGER, "luz"))
    assert (same.id, dict(same.figures)) == (concern.id, {"count": 2})
    rows = [e for e in desk.timeline.entries(None) if e.kind == "concern.raised"]
    assert len(rows) == 1 and rows[0].actor == "desk"


def test_a_desk_that_hears_of_danger_each_day_is_not_woken_by_one_more(desk: Desk) -> None:
    daily = [said(f"d{n}", NOW - timedelta(days=n, hours=3), DANGER) for n in range(1, 20)]
    desk.ingest.page(Page(source="feed", account="a", mentions=tuple(daily)), look=False)
    assert take(desk, said(1, NOW, DANGER)) == ()


def test_seen_by_a_person_it_is_not_told_again_for_hours_unless_far_rarer(desk: Desk, clock: PlayClock) -> None:
    (concern,) = take(desk, said(1, NOW, DANGER))
    seen = desk.concerns.seen(concern.id)
    assert (seen.state, seen.seen_by) == (ConcernState.SEEN, "ana")
    assert desk.concerns.seen(concern.id) == seen  # twice is once
    clock.move_to(NOW + timedelta(minutes=6))
    assert take(desk, said(2, NOW + timedelta(minutes=6), "hola")) == ()
    grown = take(desk, *(said(f"g{n}", NOW + timedelta(minutes=6), DANGER) for n in range(8)))
    assert [c.kind for c in grown] == [ConcernKind.SAFETY] and grown[0].id != concern.id


def test_a_voice_with_reach_is_a_record_of_so_many_days(desk: Desk) -> None:
    old = said("r", NOW - timedelta(days=35), followers=50_000)
    desk.ingest.page(Page(source="feed", account="a", mentions=(old,)), look=False)
    assert take(desk, said(1, NOW, followers=9_999)) == ()
    (concern,) = take(desk, said(2, NOW, author="<b>famosa</b>", followers=50_000))
    assert concern.kind is ConcernKind.REACH
    assert dict(concern.figures) == {"author": "<b>famosa</b>", "followers": 50_000}
    assert concern.return_days == pytest.approx(35, abs=0.1)


def test_who_is_as_loud_as_somebody_this_week_is_no_news(desk: Desk) -> None:
    old = said("r", NOW - timedelta(days=3), followers=80_000)
    desk.ingest.page(Page(source="feed", account="a", mentions=(old,)), look=False)
    assert take(desk, said(2, NOW, followers=70_000)) == ()


def test_a_vip_who_complains_is_told_however_few_follow_them_and_another_one_too(desk: Desk, clock: PlayClock) -> None:
    angry = "pésimo servicio, una vergüenza"
    long_ago = NOW - timedelta(days=20)
    known = [said(f"v{n}", long_ago, text, n) for n, text in (("eva", "hola"), ("luz", angry), ("sol", "hola"))]
    desk.ingest.page(Page(source="feed", account="a", mentions=tuple(known)), look=False)
    for one in desk.mentions.latest(40 * 48):
        if one.mention.author in ("eva", "luz"):
            desk.authors.enlist(one.id, "Prensa")
    assert take(desk, said(1, NOW, "qué buen día", "eva"), said(2, NOW, angry, "sol")) == ()
    clock.move_to(NOW + timedelta(minutes=5))  # whoever was put on a list is known from the next look on
    assert take(desk, said(3, clock.now(), "hola")) == ()
    (first,) = take(desk, said(4, clock.now(), angry, "eva", 12))
    assert (first.kind, first.figures["names"], first.figures["count"]) == (ConcernKind.VIP, "eva", 1)
    desk.concerns.seen(first.id)
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert take(desk, said(5, clock.now(), angry, "eva")) == ()  # the same person, seen
    (second,) = take(desk, said(6, clock.now(), angry, "luz"))
    assert (second.id != first.id, second.figures["count"]) == (True, 2)
    assert second.figures["names"] == "luz, eva" and second.mention_ids[1:] != ()
    assert 19 < first.return_days <= 365_000


def test_a_vip_who_complained_this_week_is_no_news(desk: Desk) -> None:
    angry = "pésimo servicio, una vergüenza"
    known = said("v", NOW - timedelta(days=2), angry, "eva")
    desk.ingest.page(Page(source="feed", account="a", mentions=(known,)), look=False)
    (one,) = (m for m in desk.mentions.latest(40 * 48) if m.mention.author == "eva")
    desk.authors.enlist(one.id, "Prensa")
    assert take(desk, said(1, NOW, angry, "eva")) == ()


def test_a_turn_of_mood_counts_voices_and_not_one_angry_person(desk: Desk, clock: PlayClock) -> None:
    angry = "pésimo servicio, una vergüenza, nunca más"
    one = [said(f"o{n}", NOW - timedelta(seconds=n), angry, "eva") for n in range(40)]
    assert ConcernKind.NEGATIVE not in [c.kind for c in take(desk, *one)]
    clock.move_to(NOW + timedelta(minutes=6))
    many = [said(f"m{n}", NOW + timedelta(seconds=n), angry) for n in range(40)]
    (found,) = take(desk, *many)
    figures = dict(found.figures)
    assert found.kind is ConcernKind.NEGATIVE
    assert figures["share"] > 80 and figures["usual"] < 20 and figures["count"] >= 41


def left_waiting(desk: Desk, clock: PlayClock, day: int, number: int) -> list[Concern]:
    """``number`` complaints of that day are past their time an hour later, and the desk has looked."""
    kind = next(t for t in desk.playbook.mention_types if t.answer and t.first_reply and t.first_reply < 8 * HOUR)
    at = NOW + timedelta(days=day)
    clock.move_to(at)
    desk.ingest.page(Page(source="feed", account="a", mentions=tuple(said(f"w{day}-{n}", at) for n in range(number))))
    with desk.core.write() as tx:
        asked = mention.c.native_id.like(f"w{day}-%")
        tx.connection.execute(update(mention).where(asked).values(type=kind.id))
    clock.move_to(at + 8 * HOUR)
    desk.tick()
    return [c for c in desk.concerns.list() if c.kind is ConcernKind.BACKLOG]


def test_more_left_waiting_than_for_weeks_is_told_and_as_many_as_last_week_is_not(desk: Desk, clock: PlayClock) -> None:
    assert left_waiting(desk, clock, 0, 6) == []  # nobody knows yet what is usual here
    assert left_waiting(desk, clock, 5, 6) == []  # as many as five days ago, and seven are asked for
    (concern,) = left_waiting(desk, clock, 20, 8)
    assert dict(concern.figures)["count"] == 8
    assert sum(n for _, n in dict(concern.figures)["types"]) == 8  # type: ignore[attr-defined]
    assert 20 <= concern.return_days < 22


def test_nothing_is_called_a_backlog_before_a_fortnight_is_counted(desk: Desk, clock: PlayClock) -> None:
    left_waiting(desk, clock, 0, 1)
    assert left_waiting(desk, clock, 9, 30) == []
    assert len(left_waiting(desk, clock, 15, 40)) == 1


def test_a_few_that_wait_are_no_backlog(desk: Desk, clock: PlayClock) -> None:
    left_waiting(desk, clock, 0, 1)
    assert left_waiting(desk, clock, 20, 4) == []


def add_source(desk: Desk) -> None:
    with desk.core.write() as tx:
        sources.add_source(tx.connection, "feed", "a", label="Diario", at=NOW - timedelta(days=30), polled=True)
        sources.update_source(tx.connection, "feed", "a", last_ok=NOW)


def silent(desk: Desk, clock: PlayClock, hours: int, *, heard: bool) -> tuple[Concern, ...]:
    """Let hours pass without a mention, minute by minute as the heartbeat does."""
    add_source(desk)
    end = NOW + timedelta(hours=hours)
    with desk.core.write() as tx:
        if heard:
            sources.update_source(tx.connection, "feed", "a", last_ok=end)
        else:
            sources.update_source(tx.connection, "feed", "a", failures=9, error_key="web.timeout")
    clock.move_to(end)
    with desk.core.write() as tx:
        desk.concerns.look(tx, end)
    return desk.concerns.list()


@pytest.mark.parametrize(("heard", "kind"), [(True, ConcernKind.CALMED), (False, ConcernKind.DIED)])
def test_silence_is_calm_only_where_the_sources_answer(
    desk: Desk, clock: PlayClock, heard: bool, kind: ConcernKind
) -> None:
    (concern,) = silent(desk, clock, 24, heard=heard)
    assert concern.kind is kind
    assert ("names" in concern.figures) is (not heard)
    # The first mention that comes ends it, without anybody's doing.
    assert take(desk, said("again", clock.now())) == ()
    assert desk.concerns.list(open_only=False)[0].state is ConcernState.OVER


def test_a_short_pause_is_no_silence(desk: Desk, clock: PlayClock) -> None:
    assert silent(desk, clock, 1, heard=True) == ()


def test_a_transaction_that_fails_tells_nothing_and_is_looked_at_again(desk: Desk) -> None:
    with pytest.raises(RuntimeError), desk.core.write():
        desk.ingest.page(Page(source="feed", account="a", mentions=(said(1, NOW, DANGER),)))
        raise RuntimeError
    assert desk.concerns.list() == ()
    assert [c.kind for c in take(desk, said(1, NOW, DANGER))] == [ConcernKind.SAFETY]
