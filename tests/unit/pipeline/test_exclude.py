"""«No es nuestro»: what tells the wrong mentions from ours, and what it would have cost."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention, StoredMention, Verdict
from crisisdesk.pipeline.exclude import MOST, propose
from crisisdesk.query import excluded

AT = datetime(2026, 5, 4, 7, 3, tzinfo=UTC)


def stored(text: str, number: int, complaint: bool = False) -> StoredMention:
    made = Mention(source="feed", account="a", native_id=str(number), published_at=AT, fetched_at=AT, text=text)
    return StoredMention(number, made, Verdict(complaint=complaint))


OURS = [stored(f"Marea Móvil sin señal en la calle {n} otra vez", n, True) for n in range(200)]
WRONG = [stored(f"Subió la MAREA en la playá número {n}, vaya temporal", 1000 + n) for n in range(40)]


def test_the_word_that_only_the_wrong_ones_hold_is_proposed_and_counted() -> None:
    before = [*OURS, stored("Marea Móvil pone antenas en la playa", 900, True)]
    found = propose([*WRONG, *OURS[:5]], before, brand=("Marea Móvil",))
    assert found.terms
    assert not {"marea", "movil", "señal", "calle"} & set(" ".join(found.terms).split())
    assert (found.removed, found.of, found.of_before) == (40, 45, 201)
    assert found.removed_before == sum(excluded(found.terms, m.mention.text) for m in before)


def test_what_it_would_have_cost_is_told_complaints_first() -> None:
    ours = [*OURS, stored("playa y playa", 901), stored("playa y queja", 902, True)]
    wrong = [stored(f"playa {n}", 1000 + n) for n in range(30)]
    found = propose(wrong, ours)
    assert found.terms == ("playa",)
    assert (found.removed_before, found.complaints_before) == (2, 1)
    assert [e.mention_id for e in found.examples] == [902, 901]


def test_nothing_is_proposed_that_our_own_mentions_hold_as_well() -> None:
    assert propose(OURS[:50], OURS).terms == ()
    assert propose([], OURS).terms == ()
    assert propose(WRONG[:2], OURS).terms == ()  # two are chance


texts = st.lists(st.lists(st.sampled_from("playa temporal señal marea calle antena".split()), max_size=5).map(" ".join))


@given(texts, texts)
def test_its_counts_are_those_of_the_query_and_its_words_are_few(wrong: list[str], before: list[str]) -> None:
    bad = [stored(t, n) for n, t in enumerate(wrong)]
    good = [stored(t, 10_000 + n) for n, t in enumerate(before)]
    found = propose(bad, good, brand=("marea",))
    assert len(found.terms) <= MOST
    assert not any("marea" in term for term in found.terms)
    assert found.removed == sum(excluded(found.terms, t) for t in wrong)
    assert found.removed_before == sum(excluded(found.terms, t) for t in before) <= MOST * 0.01 * len(before)
    for term in found.terms:
        assert sum(excluded((term,), t) for t in wrong) >= 3
