"""Near-duplicates: what is put together is alike, what denies the other is not, and memory has an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.pipeline.floods import MANY, WITHIN, Floods
from crisisdesk.pipeline.likeness import ALIKE, SPAN, Kinds, bands, features, overlap, words

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = "luz agua señal centro colonia desde ayer temprano nadie contesta otra vez calle norte sur mercado".split()


def placed(*texts: str, at: datetime = AT) -> list[int | None]:
    kinds = Kinds()
    return [kinds.place(number, at, text) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize("text", ["", " ", "😡😡😡", "https://a.example/x @marca #123", "\x00", "\u202e"])
def test_what_says_no_word_is_of_no_kind(text: str) -> None:
    assert placed(text, text) == [None, None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No hay luz en toda la colonia desde las ocho", "Ya hay luz en toda la colonia desde las ocho"),
        ("The network is back in the whole city now", "The network is not back in the whole city now"),
        ("Se fue la luz", "Se fue el agua"),
        ("sin luz", "sin luz hoy"),
        ("Gracias por arreglarlo tan pronto, excelente", "Llevo tres horas al teléfono y nadie me contesta"),
    ],
)
def test_what_says_something_else_stays_apart(one: str, other: str) -> None:
    assert placed(one, other) == [1, 2]


@pytest.mark.parametrize(
    "other",
    [
        "no hay luz en toda la colonia del valle desde las 9 https://t.example/abc",
        "@marca NO HAY LUZ en toda la colonia del Valle, desde las 8!!!",
        "RT @vecina: No hay luz en toda la colónia del valle desde las 8",
        "No hay luz en toda la colonia del norte desde las 8",
    ],
)
def test_the_same_in_nearly_the_same_words_is_one_kind(other: str) -> None:
    assert placed("No hay luz en toda la colonia del valle desde las 8", other) == [1, 1]


def test_short_texts_are_alike_only_word_for_word() -> None:
    assert placed("¡No hay luz!", "no hay luz :(", "no hay agua") == [1, 1, 3]


def test_a_kind_ends_a_day_after_nobody_joined_it() -> None:
    kinds, text = Kinds(), "no hay luz en toda la colonia desde temprano"
    assert kinds.place(1, AT, text) == 1
    assert kinds.place(2, AT + SPAN, text) == 1
    assert kinds.place(3, AT + 2 * SPAN, text) == 1  # a day after the second
    assert kinds.place(4, AT + 3 * SPAN + timedelta(seconds=1), text) == 4
    assert kinds.place(5, AT + 3 * SPAN, text) == 4


def test_what_nobody_joins_is_forgotten_first() -> None:
    kinds = Kinds(most=2)
    alive = "no hay luz en toda la colonia desde temprano"
    for number in range(2, 50):
        kinds.place(1 if number == 2 else number, AT, alive)
        kinds.place(100 + number, AT, f"otra cosa muy distinta {chr(95 + number)} nunca dicha {chr(96 + number)}")
    assert len(kinds) == 2 and kinds.place(999, AT, alive) == 1
    assert len(kinds._by_key) <= 2 * 7


def test_kinds_do_not_creep() -> None:
    """Each of a chain is like its neighbour; all of them are compared with the first."""
    said = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce".split()
    chain = [" ".join([f"cambio{chr(97 + k)}" for k in range(n)] + said[n:]) for n in range(9)]
    kinds = placed(*chain)
    for number, kind in enumerate(kinds):
        assert kind is not None
        assert overlap(features(words(chain[number])), features(words(chain[kind - 1]))) >= ALIKE
    assert len(set(kinds)) > 1


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=5, max_size=14).map(" ".join), min_size=2, max_size=12))
@settings(max_examples=200, deadline=None)
def test_whatever_is_put_together_is_alike_and_the_same_words_always_are(texts: list[str]) -> None:
    kinds = placed(*texts)
    for n, kind in enumerate(kinds):
        assert kind is not None and kinds[kind - 1] == kind
        assert overlap(features(words(texts[n])), features(words(texts[kind - 1]))) >= ALIKE
    assert placed(*texts, texts[0])[-1] is not None
    assert kinds == placed(*texts)  # no luck in it


@pytest.mark.parametrize(("share", "least", "most"), [(0.7, 0.86, 1.0), (0.3, 0.08, 0.22)])
def test_bands_find_what_overlaps_as_often_as_documented(share: float, least: float, most: float) -> None:
    found, luck = 0, np.random.RandomState(5)
    for _ in range(400):
        every = luck.randint(0, 1 << 32, 200, np.uint32)
        n, rest = round(100 * share), (100 - round(100 * share)) // 2
        one, other = (np.unique(np.concatenate((every[:n], every[100 + k * rest :][:rest]))) for k in (0, 1))
        assert abs(overlap(one, other) - share) < 0.01
        found += bool(set(bands(one)) & set(bands(other)))
    assert least < found / 400 < most


# Floods


def flood(*minutes: float, who: str = "eva") -> list[object]:
    floods = Floods()
    return [floods.heard(n, AT + timedelta(minutes=at), ("x", who)) for n, at in enumerate(minutes, start=1)]


def test_few_or_slow_is_no_flood() -> None:
    assert flood(*range(MANY - 1)) == [None] * (MANY - 1)
    slow = WITHIN.total_seconds() / 60 / (MANY - 2)
    assert flood(*(slow * n for n in range(20))) == [None] * 20


def test_the_fifth_within_an_hour_takes_the_four_before_it_along() -> None:
    told = flood(0, 1, 2, 3, 4, 5)
    assert told[:4] == [None] * 4 and told[4] == (1, [1, 2, 3, 4, 5]) and told[5] == (1, [6])


def test_a_flood_lasts_until_an_hour_of_silence_and_another_begins_anew() -> None:
    told = flood(0, 1, 2, 3, 4, 60, 119, 200, 201, 202, 203, 204)
    assert told[5] == (1, [6]) and told[6] == (1, [7])
    assert told[7:11] == [None] * 4 and told[11] == (8, [8, 9, 10, 11, 12])


def test_what_comes_late_belongs_to_no_flood_and_ends_none() -> None:
    told = flood(100, 101, 102, 103, 104, 1, 105)
    assert told[5] is None and told[6] == (1, [7])


def test_people_are_apart_and_the_silent_are_forgotten() -> None:
    floods = Floods(most=3)
    for n in range(40):
        assert floods.heard(n, AT, ("x", f"persona {n}")) is None
    assert len(floods._people) == 3
