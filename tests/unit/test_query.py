"""Whether a text is one that we listen for: folding, marks, exclusions and languages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.source import Query
from crisisdesk.query import folded, matches


@given(st.text(max_size=200))
def test_folding_takes_every_combining_mark_and_no_other_character(text: str) -> None:
    parts = unicodedata.normalize("NFC", text.casefold()).split("ñ")
    bare = ["".join(c for c in unicodedata.normalize("NFD", part) if not unicodedata.combining(c)) for part in parts]
    assert folded(text) == "ñ".join(bare)


def test_enye_is_a_letter_however_it_is_written_and_nul_is_not_one() -> None:
    assert folded("SEN\u0303AL año") == folded("señal AÑO") == "señal año"
    assert folded("\0 é") == "\0 e"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IUSACELL no va", ("Iusacell",)), ("mi iusacellito", ()), ("sin SEÑAL hoy", ("sin señal",)),
        ("sin senal hoy", ()), ("hola @iusacell_mx", ("Iusacell", "@Iusacell_MX")), ("hola iusacell_mx", ("Iusacell",)),
        ("#Caida total", ("#caída",)), ("la caída", ()), ("fútbol Iusacell", ()), ("", ()),
    ],
)  # fmt: skip
def test_what_is_found(text: str, found: tuple[str, ...]) -> None:
    query = Query(
        terms=("Iusacell",), phrases=("sin señal",), handles=("Iusacell_MX",), hashtags=("caída",), exclude=("futbol",)
    )
    assert matches(query, text) == found


def test_a_language_rules_out_only_where_it_is_told() -> None:
    query = Query(terms=("iusacell",), langs=("es",))
    assert [bool(matches(query, "iusacell", lang)) for lang in ("es", "en", "")] == [True, False, True]
