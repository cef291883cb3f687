"""Buckets and voices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.pipeline.count import Recent, Tally, fill, in_order, minute, tally, wording

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


WORDS = ("no hay luz en mi calle", "sin luz", "otra vez caído todo", "gracias por nada de nada")


@st.composite
def conversations(draw: st.DrawFn) -> list[Mention]:
    """Some people, some texts, within half an hour: many of them say the same thing twice."""
    number = draw(st.integers(1, 60))
    spread = st.tuples(st.integers(0, 1_800), st.integers(0, 3), st.integers(0, 5), st.booleans())
    rows = draw(st.lists(spread, min_size=number, max_size=number))
    begin = AT.replace(minute=0, second=0)
    return [
        mention(WORDS[text], f"u{who}", str(n), published_at=begin + timedelta(seconds=second), is_repost=repost)
        for n, (second, text, who, repost) in enumerate(rows)
    ]


@given(conversations(), st.randoms(use_true_random=False), st.integers(1, 30), st.integers(1, 9))
def test_what_is_remembered_counts_as_what_is_read(
    said: list[Mention], chance: Random, most: int, pages: int
) -> None:
    """In whatever order and pages they come, as soon as all is there a stretch has the tallies of one reading."""
    everything = in_order((m, Verdict()) for m in said)
    whole = tally(everything)
    begin, recent = AT.replace(minute=0, second=0), Recent(most)
    recent.read(begin, (), begin, begin)
    shuffled = list(everything)
    chance.shuffle(shuffled)
    here = []
    for number in range(pages):
        page = shuffled[number::pages]
        recent.add(page)
        here += page
        start = begin + timedelta(minutes=chance.randrange(31))
        end = start + timedelta(minutes=chance.randrange(1, 10))
        known = tally(sorted(here))
        found = recent.tally(start, end)
        if found is None:  # forgotten: it is read again
            found = recent.read(begin, sorted(here), start, end)
        assert found == {at: t for at, t in known.items() if start <= at < end}
    assert recent.read(begin, everything, begin, begin + timedelta(hours=1)) == whole
    later = begin + timedelta(hours=1)
    assert recent.tally(later, later + timedelta(minutes=1)) == {}


def test_a_storm_leaves_only_the_last_minutes_in_memory() -> None:
    recent, begin = Recent(most=10), AT.replace(minute=0, second=0)
    recent.read(begin, (), begin, begin)
    for n in range(20):
        at = begin + timedelta(minutes=n)
        recent.add(in_order((mention(f"{k}", "", f"{n}.{k}", published_at=at), Verdict()) for k in range(8)))
        recent.tally(at, at + timedelta(minutes=1))
    assert recent.begin == begin + timedelta(minutes=19)
    assert recent.tally(begin, begin + timedelta(minutes=1)) is None


def test_a_late_mention_from_before_what_is_remembered_makes_it_forget() -> None:
    """Who had spoken before may have been somebody else; of another ten minutes it does not matter."""
    begin = AT.replace(minute=20, second=0)
    for late, knows in ((timedelta(minutes=11), True), (timedelta(minutes=1), False)):
        recent = Recent()
        recent.read(begin, (), begin, begin)
        recent.add(in_order([(mention("tarde", published_at=begin - late), Verdict())]))
        assert (recent.begin is not None) is knows


def test_the_open_minute_is_looked_at_only_while_it_holds_few() -> None:
    begin, recent = minute(AT), Recent()
    three = in_order((mention(f"{w} y más", "", w), Verdict()) for w in "abc")
    recent.read(begin.replace(minute=0), three, begin, begin)
    assert recent.open(begin, begin + timedelta(minutes=1), 3) == ((20.0, False),) * 3
    assert recent.open(begin, AT, 3) == ()  # nothing of what is still to come
    assert recent.open(begin, begin + timedelta(minutes=1), 2) == ()
    assert Recent().open(begin, AT, 3) is None
