"""Buckets and voices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention
from crisisdesk.pipeline.count import fill, minute, per_minute, voices, wording

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
    counts = {start + timedelta(minutes=1): (3, 2)}
    filled = list(fill(counts, AT, start + timedelta(minutes=3)))
    assert filled == [(start, 0, 0), (start + timedelta(minutes=1), 3, 2), (start + timedelta(minutes=2), 0, 0)]
    assert list(fill(counts, AT, AT - timedelta(hours=1))) == []


def test_reposts_have_no_voice() -> None:
    assert voices([mention("sin señal", "ana", is_repost=True)]) == 0


def test_one_person_is_one_voice() -> None:
    assert voices([mention(f"mensaje {word}", "ana", word) for word in ("uno", "dos", "tres")]) == 1


def test_one_text_from_many_accounts_is_one_voice() -> None:
    texts = (f"Gran apagón en la capital https://x.example/{n} @u{n}" for n in range(5))
    assert voices([mention(text, f"u{n}", str(n)) for n, text in enumerate(texts)]) == 1


def test_without_author_or_words_each_mention_is_its_own() -> None:
    assert voices([mention("", "", str(n)) for n in range(4)]) == 4
    assert voices([mention("no hay red", "", "1"), mention("sin servicio", "", "2")]) == 2


def test_what_is_passed_on_keeps_its_wording() -> None:
    assert wording("Sin SEÑAL!! en Puebla https://t.example/a @red #ahora 22") == "sin señal en puebla"


def test_the_same_id_counts_once() -> None:
    twice = [mention("sin red", "ana"), mention("sin red", "ana"), mention("sin red", "ana", account="b")]
    assert per_minute(twice) == {minute(AT): (2, 1)}


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=3), st.booleans()), max_size=12))
def test_voices_are_never_more_than_originals(rows: list[tuple[str, str, bool]]) -> None:
    made = [mention(text, author, str(n), is_repost=again) for n, (text, author, again) in enumerate(rows)]
    assert 0 <= voices(made) <= sum(not again for _, _, again in rows)
