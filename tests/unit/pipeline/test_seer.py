"""The seer: what people say after a beginning, counted once for each mention, shared or of one side only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.pipeline.seer import LONGEST, MOST, Arrow, Spoken, compare, continuations, country_of, read


def said(*texts: str, lang: str = "", country: str = "") -> list[Spoken]:
    return [Spoken(text, lang, country) for text in texts]


def test_what_only_one_side_has_and_what_both_have() -> None:
    seen = compare(
        said(
            "¿Por qué Iusacell no tiene señal?", "por que IUSACELL no tiene señal hoy", "por qué telcel no tiene señal",
            "¿por qué Iusacell cobra?", "por qué telcel es caro", "nada que ver",
        ),
        "por qué iusacell", "Por que Telcel",
    )  # fmt: skip
    assert (seen.left_total, seen.right_total) == (3, 2)
    assert Arrow("no tiene señal", 2, 1) in seen.shared
    assert seen.right == (Arrow("es caro", 0, 1),)
    assert seen.left == (Arrow("cobra", 1, 0), Arrow("no tiene señal hoy", 1, 0))
    assert all(one.right == 0 for one in seen.left) and all(one.left == 0 for one in seen.right)
    assert all(one.left and one.right for one in seen.shared)


def test_a_mention_counts_once_however_often_it_says_it() -> None:
    total, counts, _forms = continuations([read("iusacell falla. iusacell falla. iusacell falla")], "iusacell")
    assert (total, counts["falla",]) == (1, 1)


def test_a_continuation_ends_with_its_sentence_and_not_in_a_weak_word() -> None:
    total, counts, _forms = continuations([read("iusacell no sirve de nada. Gracias"), read("iusacell")], "iusacell")
    assert total == 2
    assert set(counts) == {("no",), ("no", "sirve"), ("no", "sirve", "de", "nada")}


def test_one_that_always_goes_on_in_the_same_way_is_told_whole() -> None:
    seen = compare(said("iusacell no tiene red", "iusacell no tiene red"), "iusacell", "telcel")
    assert seen.left == (Arrow("no tiene red", 2, 0),)


def test_it_is_written_as_most_people_wrote_it() -> None:
    seen = compare(said("iusacell señal", "iusacell SEÑAL", "iusacell senal"), "iusacell", "telcel")
    assert seen.left == (Arrow("señal", 2, 0), Arrow("senal", 1, 0))
    seen = compare(said("iusacell cortó", "iusacell corto", "iusacell cortó"), "iusacell", "telcel")
    assert seen.left == (Arrow("cortó", 3, 0),)


def test_only_the_wanted_language_and_country_count() -> None:
    spoken = [*said("iusacell falla", lang="es", country="MX"), *said("iusacell fails", lang="en", country="US")]
    assert compare(spoken, "iusacell", "x", lang="en").left == (Arrow("fails", 1, 0),)
    assert compare(spoken, "iusacell", "x", country="MX").left == (Arrow("falla", 1, 0),)
    assert compare(spoken, "iusacell", "x", lang="en", country="MX").left_total == 0


@pytest.mark.parametrize(
    ("url", "country"),
    [
        ("https://www.jornada.com.mx/a", "MX"), ("https://elpais.es", "ES"), ("https://bbc.co.uk/x", "GB"),
        ("https://eltiempo.com.co", "CO"), ("https://t.co/abc", ""), ("https://x.com/a", ""), ("https://app.io", ""),
        ("", ""), ("mx", ""), ("https://[::1", ""), ("https://127.0.0.1/", ""), ("javascript:alert(1).mx", ""),
    ],
)  # fmt: skip
def test_a_country_is_told_only_where_an_address_names_one(url: str, country: str) -> None:
    assert country_of(url) == country


@pytest.mark.parametrize("stem", ["", "   ", "¿?", "..."])
def test_a_beginning_without_words_sees_nothing(stem: str) -> None:
    assert continuations([read("iusacell falla"), read("")], stem) == (0, {}, {})


words = st.lists(st.sampled_from(["iusacell", "telcel", "no", "falla", "de", "señal", ".", "Red"]), max_size=12)


@given(st.lists(words, max_size=12))
def test_every_arrow_can_be_counted_again_by_looking(lines: list[list[str]]) -> None:
    texts = [" ".join(line) for line in lines]
    seen = compare(said(*texts), "iusacell", "telcel")
    for group in (seen.left, seen.shared, seen.right):
        assert len(group) <= MOST
        assert all(a.left + a.right >= b.left + b.right for a, b in pairwise(group))
        for one in group:
            assert 1 <= len(one.words.split()) <= LONGEST
            for stem, count in (("iusacell", one.left), ("telcel", one.right)):
                needle = f" {stem} {one.words} "
                assert count == sum(needle in f" {text.lower()} " for text in texts)
    assert seen.left_total == sum("iusacell" in line for line in lines)


@given(st.text(max_size=60))
def test_words_as_compared_stand_beside_those_as_written(text: str) -> None:
    words = read(text)
    assert len(words.plain) == len(words.written)


def test_an_accent_of_its_own_is_one_with_its_letter() -> None:
    seen = compare(said("iusacell esta\u0301 mal"), "iusacell", "x")
    assert seen.left == (Arrow("está mal", 1, 0),)
