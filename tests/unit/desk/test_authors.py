"""What is said of a person sticks to everything they said and will say; levels are told by acts, and no lurker is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.desk import authors
from crisisdesk.model.author import Acts, Known, Level, Relation
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.inbox import Sought
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.pipeline.engagement import acts, band, level
from crisisdesk.store import mentions
from tests.unit.desk.conftest import START


def put(desk: Desk, n: int, verdict: Verdict | None = None, **changes: object) -> int:
    fields: dict[str, object] = {
        "source": "x", "account": "y", "native_id": str(n), "published_at": START + timedelta(seconds=n),
        "fetched_at": START, "text": "hola", "author": "Ana", "author_id": "7",
    }  # fmt: skip
    with desk.core.write() as tx:
        mentions.add(tx.connection, [(Mention(**(fields | changes)), verdict or Verdict())])  # type: ignore[arg-type]
    return next(row.id for row in desk.mentions.latest() if row.mention.native_id == str(n))


def test_a_mention_of_nobody_has_no_card_and_takes_no_relation(desk: Desk) -> None:
    nobody = put(desk, 1, author="", author_id="")
    assert desk.authors.card(nobody) is None
    with pytest.raises(InputError, match=r"author\.nobody"):
        desk.authors.say(nobody, Relation.PRESS, vip=False)
    with pytest.raises(NotFoundError):
        desk.authors.say(999, Relation.PRESS, vip=False)


def test_it_sticks_to_past_and_future_mentions_and_outlives_a_restart(open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    first = put(desk, 1)
    second = put(desk, 2, author="Ana con otro nombre")
    desk.authors.say(second, Relation.PRESS, vip=True)
    later = put(desk, 3)
    other = put(desk, 4, source="feed")
    desk = open_desk()
    for mention in (first, second, later):
        card = desk.authors.card(mention)
        assert card is not None and card.known.by == "ana"
        assert (card.known.relation, card.known.vip) == (Relation.PRESS, True)
        assert (card.mentions, card.first_at) == (3, START + timedelta(seconds=1))
    stranger = desk.authors.card(other)
    assert stranger is not None and stranger.known == Known()


def test_saying_it_as_it_was_undoes_it_and_the_timeline_has_both(desk: Desk, incident: Incident) -> None:
    mention = put(desk, 1)
    desk.authors.say(mention, Relation.CLIENT, vip=False)
    desk.authors.say(mention, Relation.CLIENT, vip=False)  # no second row
    desk.authors.say(mention, None, vip=False)
    card = desk.authors.card(mention)
    assert card is not None and card.known == Known()
    rows = [e.data for e in desk.timeline.entries(incident.id) if e.kind == "author.said"]
    told = {(row["old_relation"], row["relation"]) for row in rows}
    assert len(rows) == 2 and told == {("nobody", "client"), ("client", "nobody")}


def test_without_an_incident_nothing_is_written_down(desk: Desk) -> None:
    assert desk.authors.say(put(desk, 1), Relation.CLIENT, vip=True).vip


def test_the_card_counts_what_was_said(desk: Desk) -> None:
    put(desk, 1, Verdict(sentiment=Sentiment.NEGATIVE), followers=10)
    put(desk, 2, is_repost=True, followers=20)
    mention = put(desk, 3, parent_id="9")
    card = desk.authors.card(mention)
    assert card is not None and (card.negative, card.followers) == (1, 20)
    assert card.acts == Acts(starts=1, answers=1, forwards=1)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (Acts(), None), (Acts(starts=3, answers=1), Level.CREATOR), (Acts(answers=2, asks=1), Level.CONTRIBUTOR),
        (Acts(asks=1, forwards=1, answers=1), Level.OPPORTUNIST), (Acts(starts=1, answers=1), Level.CONTRIBUTOR),
    ],
)  # fmt: skip
def test_the_level_is_what_they_do_most(done: Acts, expected: Level | None) -> None:
    assert level(done) is expected


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "1"]), st.sampled_from(["hola", "¿qué?"]))))
def test_each_mention_is_one_act(told: list[tuple[bool, str, str]]) -> None:
    said = [
        Mention(source="x", account="y", native_id="1", published_at=START, fetched_at=START, text=text,
                parent_id=parent, is_repost=repost)
        for repost, parent, text in told
    ]  # fmt: skip
    assert acts(said).all == len(told)


# ── VIP lists ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_without_a_name_or_of_nobody_is_refused_and_there_are_not_too_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention, nobody = put(desk, 1), put(desk, 2, author="", author_id="")
    for one, name, key in ((mention, " \n ", "no_list"), (nobody, "Prensa", "nobody")):
        with pytest.raises(InputError, match=rf"author\.{key}"):
            desk.authors.enlist(one, name)
    monkeypatch.setattr(authors, "LISTS", 1)
    desk.authors.enlist(mention, "Prensa")
    with pytest.raises(InputError, match=r"author\.many_lists"):
        desk.authors.enlist(mention, "Alcaldes")
    with pytest.raises(NotFoundError):
        desk.authors.enlist(999, "Prensa")
    with pytest.raises(InputError, match=r"inbox_filter\.vip"):
        desk.inbox_filters.drop("VIP · Prensa")
    with pytest.raises(InputError, match=r"inbox_filter\.vip"):
        desk.inbox_filters.keep("VIP · otra", Sought(complaint=True))


def test_a_list_holds_past_and_future_mentions_whatever_else_is_said(
    open_desk: Callable[[], Desk], incident: Incident
) -> None:
    desk = open_desk()
    first = put(desk, 1)
    put(desk, 2, author="Otra", author_id="8")
    unnamed = put(desk, 3, source="feed", author="Diario", author_id="")
    desk.authors.enlist(first, "Prensa  local")
    desk.authors.enlist(unnamed, "prensa LOCAL")  # the same list
    desk.authors.say(first, Relation.PRESS, vip=False)
    desk.authors.say(first, None, vip=False)
    put(desk, 4, author="Ana con otro nombre")
    desk = open_desk()
    (name,) = desk.authors.lists()
    listed = [(m.source, m.name, m.by) for m in desk.authors.lists()[name]]
    assert listed == [("x", "Ana", "ana"), ("feed", "Diario", "ana")]
    found = desk.mentions.latest(sought=desk.inbox_filters.all()["VIP · Prensa local"])
    assert [row.mention.native_id for row in found] == ["4", "3", "1"]
    assert desk.mentions.latest(sought=Sought(vip="Alcaldes")) == ()
    assert desk.authors.vips() == {("x", "7"), ("feed", "Diario")}
    for one in (unnamed, unnamed, first):
        known = desk.authors.delist(one, "Prensa local")
    assert known.lists == () and desk.authors.lists() == {} and desk.inbox_filters.all() == {}
    desk.authors.say(first, None, vip=True)
    assert desk.authors.vips() == {("x", "7")}
    kinds = [e.kind for e in desk.timeline.entries(incident.id) if e.kind.endswith("listed")]
    assert kinds == ["author.unlisted"] * 2 + ["author.listed"] * 2


# ── the levels of everybody ──────────────────────────────────────────────────────────────────────────────────────


def test_the_crowd_counts_each_author_once_by_what_they_do_most_and_no_lurker(desk: Desk) -> None:
    empty = desk.authors.crowd()
    assert (empty.authors, empty.mentions, empty.since) == (0, 0, None)
    for n in range(3):
        put(desk, n, text="se cayó la app")
    put(desk, 3, text="¿es en todo el país?")
    put(desk, 4, author_id="8", parent_id="1", text="a mí me funciona, ¿y a ti?")
    put(desk, 5, author_id="9", is_repost=True, parent_id="1")
    put(desk, 6, author="", author_id="")
    put(desk, 7, source="feed", author="Ana", author_id="", text="100 % _caído_")  # another person with the same name
    crowd = desk.authors.crowd()
    assert (crowd.mentions, crowd.nameless, crowd.authors, crowd.since) == (8, 1, 4, START)
    counted = {at: [(v.source, v.person) for v in voices] for at, voices in crowd.voices.items()}
    assert counted == {
        Level.CREATOR: [("x", "7"), ("feed", "Ana")], Level.CONTRIBUTOR: [("x", "8")], Level.OPPORTUNIST: [("x", "9")],
    }  # fmt: skip
    assert desk.authors.crowd(limit=1).authors == 1
    for voices in crowd.voices.values():
        for one in voices:
            newest = next(m.id for m in desk.mentions.latest(sought=Sought(author=(one.source, one.person))))
            card = desk.authors.card(newest)
            assert card is not None and card.acts == one.acts  # the card and the crowd count alike


def test_the_reference_among_those_who_speak_adds_up_to_all_of_them() -> None:
    bands = [band(one) for one in Level]
    assert sum(low for low, _ in bands) < 1 < sum(high for _, high in bands)
    assert bands[-1] == (Fraction(1, 2), 1)
