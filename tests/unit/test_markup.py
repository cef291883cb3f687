"""Markup becomes words in one pass."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>Hola&nbsp;&amp; adi&oacute;s</p>", "Hola & adiós"),
        ("<p>uno</p><p>dos<br/>tres</p>", "uno\ndos\ntres"),
        ("a<script>alert(1)<b>x</script>b<style>p{}</style>c", "abc"),
        ("a<script>never closed", "a"),
        ("3 < 4 > 2", "3 < 4 > 2"),
        ("&lt;b&gt;", "<b>"),
        ("x<!-- y --><?php z ?>w<![CDATA[v", "xwv"),
        ("<a href='javascript:1'>clic</a>", "clic"),
        ("a\n  b\n\n c", "a b c"),
        ("<b", ""),
        ("", ""),
    ],
)
def test_words(markup: str, words: str) -> None:
    assert plain_text(markup) == words


@given(st.text(st.sampled_from("<>/!-ab&;# \n") | st.characters(), max_size=200))
def test_any_markup_has_words(markup: str) -> None:
    plain_text(markup)


@pytest.mark.parametrize("piece", ["<", "<!--", "<script>", "&", "<a ", "&#", " \n", "<![CDATA[", " ", "<p>", "</"])
def test_no_input_is_slow(piece: str) -> None:
    started = time.perf_counter()
    plain_text(piece * 100_000)
    assert time.perf_counter() - started < 3  # a quadratic pass would take minutes
