"""What is said of a person sticks to everything they said and will say; levels are told by acts, and no lurker is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.model.author import Acts, Known, Level, Relation
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.pipeline.engagement import acts, level
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
