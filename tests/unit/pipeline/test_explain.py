"""What is behind a rise, on texts written for these tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.alert import Explanation
from crisisdesk.model.mention import Mention, StoredMention, Verdict
from crisisdesk.pipeline.explain import EXAMPLES, TERMS, explain

AT = datetime(2026, 5, 4, 7, 3, tzinfo=UTC)


def stored(text: str, number: int = 1, *, complaint: bool = False, **changes: object) -> StoredMention:
    made = Mention(source="feed", account="a", native_id=str(number), published_at=AT, fetched_at=AT, text=text)
    return StoredMention(number, replace(made, **changes), Verdict(complaint=complaint))  # type: ignore[arg-type]


CALM = [
    stored(text, 100 + n)
    for n, text in enumerate(
        [
            "Promoción de verano en Marea Móvil",
            "Contraté Marea Móvil esta semana",
            "¿Qué tal la promoción de Marea Móvil?",
            "Marea Móvil abre tienda en León",
        ]
        * 3
    )
]
STORM = [
    stored(text, n, complaint=True)
    for n, text in enumerate(
        [
            "Sin señal en León con Marea Móvil desde las siete",
            "Marea Móvil sin señal otra vez",
            "¿Alguien más sin señal? Marea Móvil no contesta",
            "Marea Móvil: sin señal en toda la colonia, ya avisé y nada, llevo media hora intentando llamar a mi mamá",
            "Se cayó Marea Móvil, sin señal en León",
        ]
    )
]


def test_nothing_inside_is_told_as_nothing() -> None:
    assert explain([], CALM) == Explanation(usual_complaint_share=0.0)


def test_terms_are_what_is_new_not_what_is_frequent() -> None:
    told = explain(STORM, CALM, exclude=("Marea Móvil",))
    assert told.terms[0] == "sin señal"
    assert not {"marea", "móvil", "promoción"} & {word for term in told.terms for word in term.split()}
    assert len(told.terms) <= TERMS


def test_without_a_quiet_time_the_usual_share_is_unknown() -> None:
    told = explain(STORM, ())
    assert told.usual_complaint_share is None
    assert told.terms
    assert told.complaint_share == 1.0


def test_handles_addresses_and_empty_words_are_no_terms() -> None:
    empty = [stored("@marea https://x.example/apagon de la que con 22 rt", n) for n in range(6)]
    assert explain(empty, CALM).terms == ()


def test_sources_are_channels_largest_first_with_shares_that_add_up() -> None:
    found = explain([*(stored("a", n, channel="x") for n in range(3)), stored("b", 9)], ()).sources
    assert found == (("x", 0.75), ("feed", 0.25))


def test_examples_are_originals_in_words_of_their_own() -> None:
    again = [replace(s, id=50 + s.id, mention=replace(s.mention, is_repost=True)) for s in STORM]
    copies = [stored(STORM[1].mention.text + f" https://x.example/{n}", 70 + n, complaint=True) for n in range(5)]
    told = explain([*again, *copies, *STORM], CALM)
    assert len(told.examples) == EXAMPLES
    by_id = {s.id: s for s in [*again, *copies, *STORM]}
    assert not any(by_id[e.mention_id].mention.is_repost for e in told.examples)
    assert len({e.text.split(" https")[0] for e in told.examples}) == EXAMPLES
    assert all(e.text == by_id[e.mention_id].mention.text for e in told.examples)


def test_the_longest_post_is_not_the_example() -> None:
    told = explain(STORM, CALM)
    assert max(STORM, key=lambda s: len(s.mention.text)).id not in {e.mention_id for e in told.examples}


@given(st.lists(st.text(max_size=80), max_size=12), st.lists(st.text(max_size=80), max_size=6))
def test_any_texts_can_be_explained(inside: list[str], quiet: list[str]) -> None:
    told = explain([stored(t, n) for n, t in enumerate(inside)], [stored(t, n) for n, t in enumerate(quiet)])
    assert len(told.terms) <= TERMS
    assert len(told.examples) <= EXAMPLES
    assert not inside or abs(sum(share for _, share in told.sources) - 1) < 1e-9
