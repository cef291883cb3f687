"""Buckets and voices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.pipeline.count import Tally, fill, in_order, minute, tally, wording

AT = datetime(2026, 5, 4, 7, 3, 20, tzinfo=UTC)


def mention(text: str, author: str = "", native_id: str = "1", **changes: object) -> Mention:
    made = Mention(
        source="import", account="a", native_id=native_id, published_at=AT, fetched_at=AT, text=text, author=author
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_minute_begins_at_its_first_second() -> None:
    assert minute(AT) == datetime(2026, 5, 4, 7, 3, tzinfo=UTC)
    assert minute(AT.astimezone(timezone(timedelta(hours=-6)))) == minute(AT)


def test_missing_minutes_are_filled_with_zeros() -> None:
    start = minute(AT)
    counts = {start + timedelta(minutes=1): 3}
    filled = list(fill(counts, AT, start + timedelta(minutes=3), 0))
    assert filled == [(start, 0), (start + timedelta(minutes=1), 3), (start + timedelta(minutes=2), 0)]
    assert list(fill(counts, AT, AT - timedelta(hours=1), 0)) == []


def counted(mentions: list[Mention], complaint: bool = False) -> dict[datetime, Tally]:
    return tally(in_order((m, Verdict(complaint=complaint)) for m in mentions))


def voices(mentions: list[Mention]) -> int:
    return sum(t.voices for t in counted(mentions).values())


def test_reposts_have_no_voice() -> None:
    assert voices([mention("sin señal", "ana", is_repost=True)]) == 0


def test_one_person_is_one_voice() -> None:
    assert voices([mention(f"mensaje {word}", "ana", word) for word in ("uno", "dos", "tres")]) == 1


def test_one_text_from_many_accounts_is_one_voice() -> None:
    texts = (f"Gran apagón en la capital https://x.example/{n} @u{n}" for n in range(5))
    assert voices([mention(text, f"u{n}", str(n)) for n, text in enumerate(texts)]) == 1


def test_one_person_and_one_text_are_one_voice_across_the_minutes_of_ten() -> None:
    many = [mention(f"otra frase larga {w}", "ana", w) for w in ("uno", "dos", "tres")]
    many += [mention("la misma frase de siempre", f"u{n}", f"c{n}") for n in range(3)]
    for step, expected in ((0, 2), (1, 2), (10, 6)):
        moved = [replace(m, published_at=AT + timedelta(minutes=step * (n % 3))) for n, m in enumerate(many)]
        assert voices(moved) == expected


def test_what_everybody_says_is_not_a_copy() -> None:
    assert voices([mention("Sin luz", f"u{n}", str(n)) for n in range(5)]) == 5


def test_without_author_or_words_each_mention_is_its_own() -> None:
    assert voices([mention("", "", str(n)) for n in range(4)]) == 4
    assert voices([mention("no hay red", "", "1"), mention("sin servicio", "", "2")]) == 2


def test_each_voice_has_its_moment_and_tells_whether_it_complains() -> None:
    found = counted([mention("sin red", "ana"), mention("sin red", "ana", "2")], complaint=True)
    assert found == {minute(AT): Tally(2, 1, 1, ((20.0, True),))}


def test_what_is_passed_on_keeps_its_wording() -> None:
    assert wording("Sin SEÑAL!! en Puebla https://t.example/a @red #ahora 22") == "sin señal en puebla"


def test_the_same_id_counts_once() -> None:
    twice = [mention("sin red", "ana"), mention("sin red", "ana"), mention("sin red", "ana", account="b")]
    assert counted(twice)[minute(AT)][:2] == (2, 1)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=3), st.booleans()), max_size=12), st.randoms())
def test_voices_are_never_more_than_originals_and_their_order_of_arrival_does_not_matter(
    rows: list[tuple[str, str, bool]], dice: Random
) -> None:
    made = [mention(text, author, str(n), is_repost=again) for n, (text, author, again) in enumerate(rows)]
    found = counted(made)
    assert 0 <= voices(made) <= sum(not again for _, _, again in rows)
    dice.shuffle(made)
    assert counted(made) == found
