"""What a rise is likely about, on words written for these tests."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.pipeline.topic import Topic, topic

EMPTY = frozenset({"de", "la", "en", "a", "marea"})


def about(terms: list[str], texts: list[str]) -> Topic:
    words = [text.split() for text in texts]
    pages = [{*one, *(f"{a} {b}" for a, b in pairwise(one))} for one in words]
    return topic(terms, pages, words, EMPTY)


def test_the_phrase_is_as_long_as_most_say_it() -> None:
    texts = ["otra vez sin luz en la calle norte", "sin luz en la calle sur", "nada , sin luz en la calle", "sin luz"]
    assert about(["sin luz", "calle"], texts) == Topic("sin luz en la calle", (), 1.0)


def test_a_phrase_stops_at_a_stop_and_at_words_that_tell_nothing() -> None:
    assert about(["señal"], ["perdí señal . de nuevo", "hay señal . de noche", "la señal . de ayer"]).phrase == "señal"
    assert about(["señal"], ["la señal de marea", "la señal de marea"]).phrase == "señal"


def test_the_greater_of_two_topics_is_told_and_the_other_is_no_part_of_it() -> None:
    texts = ["cobro doble tarjeta"] * 6 + ["tienda nueva centro"] * 3 + ["hola a todos"] * 3
    told = about(["tienda nueva", "cobro", "tarjeta"], texts)
    assert told.phrase == "cobro doble tarjeta"
    assert told.share == 0.5


def test_words_that_come_with_it_but_elsewhere_stand_beside_it() -> None:
    texts = ["apagón total hoy sector este", "sector oeste apagón total", "apagón total y no hay sector", "buenos días"]
    assert about(["apagón", "sector"], texts) == Topic("apagón total", ("sector",), 0.75)


def test_what_hardly_anybody_says_is_no_topic() -> None:
    assert about([], ["a b"]) == Topic()
    assert about(["raro"], ["raro día"] + ["día normal"] * 30) == Topic()
    assert about(["raro"], ["raro día"] * 2 + ["día normal"] * 30) == Topic()


@given(st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=6), min_size=2, max_size=12), st.randoms())
def test_the_order_of_the_mentions_changes_nothing(texts: list[list[str]], dice: object) -> None:
    joined = [" ".join(words) for words in texts]
    turned = list(joined)
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert about(["b", "c d", "e"], joined) == about(["b", "c d", "e"], turned)
