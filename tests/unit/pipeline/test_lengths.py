"""Lengths: as each platform counts, held against twitter-text's own conformance cases and against slow definitions."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crisisdesk.pipeline.lengths import CHANNELS, Unit, channel_of, graphemes, measure, parse, sms, weighted
from crisisdesk.pipeline.speech import number, seconds, spoken

# Which configuration each group of validate.yml is written for, as twitter-text's own tests run them.
GROUPS = {
    "WeightedTweetsCounterTest": (2, 20),
    "WeightedTweetsWithDiscountedEmojiCounterTest": (3, 22),
    "UnicodeDirectionalMarkerCounterTest": (3, 2),
}


@pytest.mark.parametrize("group", GROUPS)
def test_twitter_texts_conformance_file(shared: Path, group: str) -> None:
    version, count = GROUPS[group]
    text = (shared / "data/api/twitter-text/validate.yml").read_text("utf-8")
    cases: list[dict[str, Any]] = YAML(typ="safe").load(text)["tests"][group]
    assert len(cases) == count
    for case in cases:
        result = parse(case["text"], version)
        expected = case["expected"]
        got = {name: getattr(result, name) for name in expected}
        assert got == expected, case["description"]
        if version == 3:
            assert weighted(case["text"]) == expected["weightedLength"], case["description"]


def test_the_stand_in_for_a_lost_module_is_not_left_behind() -> None:
    weighted("x")
    assert getattr(sys.modules.get("pkg_resources"), "resource_string", None) is None or hasattr(
        sys.modules["pkg_resources"], "working_set"
    )


def test_a_chain_of_dots_is_measured_and_not_waited_for() -> None:
    for hostile in ("a." * 5_000, "http://" + "a." * 600, "(" * 9_000, "a.b " * 5_000):
        began = time.process_time()
        assert not measure(hostile, "x").fits
        assert time.process_time() - began < 20  # the bare pattern needs minutes for the first


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("hola", 4),
        ("日本", 4),
        ("👨‍👩‍👧", 2),
        ("ver https://example.com/un/camino/muy/largo/que/no/cuenta", 27),
        ("ver example.com.", 28),
        ("n\u0303", 1),
    ],
)
def test_x_weighs(text: str, used: int) -> None:
    assert measure(text, "X").used == used


def test_bluesky_counts_what_is_seen_and_the_bytes_too() -> None:
    family = "👨‍👩‍👧‍👦"
    assert (measure(family, "bluesky").used, measure(family, "bluesky").used_bytes) == (1, 25)
    assert measure("é" * 300, "bluesky").fits
    assert not measure("é" * 301, "bluesky").fits
    assert not measure(family * 121, "bluesky").fits  # 121 seen, 3,025 bytes


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("a https://example.com/x?y=1 b", 2 + 23 + 2),
        ("(https://example.com/x).", 26),
        ("@ana@mastodon.social hola", 9),
        ("correo ana@example.com", 22),
        ("👨‍👩‍👧", 1),
    ],
)
def test_mastodon_counts_addresses_as_23_and_handles_without_their_server(text: str, used: int) -> None:
    assert measure(text, "mastodon").used == used


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("ñ¿¡à" * 40, "GSM-7", 160, 1),
        ("[" * 80, "GSM-7", 160, 1),
        ("[" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the escaped letter is not cut in two
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 66 + "😀" + "á" * 66, "UCS-2", 134, 3),  # nor is a surrogate pair
    ],
)
def test_sms_segments(text: str, encoding: str, units: int, segments: int) -> None:
    assert sms(text) == (encoding, units, segments)


@given(st.text(alphabet="añ€[á😀\n", max_size=700))
def test_sms_holds_every_unit_and_no_segment_is_wasted(text: str) -> None:
    encoding, units, segments = sms(text)
    alone, part = (160, 153) if encoding == "GSM-7" else (70, 67)
    assert (segments == 1) == (units <= alone)
    if segments > 1:
        assert segments * part >= units  # all fits
        assert units > (segments - 1) * (part - 1)  # at most one unit is left free in a segment


@given(st.text(max_size=80), st.sampled_from(sorted(CHANNELS)))
def test_no_text_breaks_a_count_and_more_text_is_never_shorter(text: str, channel: str) -> None:
    one, two = measure(text, channel), measure(text + "\n\na a", channel)
    assert one.used <= two.used
    assert one.unit is CHANNELS[channel].unit
    assert graphemes(text) <= len(text)


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("X", "x"), ("X · @marca", "x"), ("https://twitter.com/marca", "x"), ("https://bsky.app/profile/a", "bluesky"),
        ("Mastodon @marca@m.example", "mastodon"), ("https://mastodon.social/@a", "mastodon"), ("SMS", "sms"),
        ("voz", "ivr"), ("Página", "web"), ("https://marca.example/avisos", "web"), ("https://[", "web"),
    ],
)  # fmt: skip
def test_a_channel_is_known_by_what_people_call_it(name: str, channel: str) -> None:
    assert channel_of(name).id == channel


def test_an_unknown_channel_has_no_limit_but_the_playbooks() -> None:
    assert measure("hola", "pizarra").limit is None
    assert not measure("hola", "pizarra", limits=(("pizarra", 3),)).fits


def test_a_playbook_may_be_stricter_than_a_platform_and_never_laxer() -> None:
    assert measure("hola", "x", limits=(("x", 140),)).limit == 140
    assert measure("hola", "x", limits=(("X", 9_000), ("corto", 20))).limit == 280


# ── read aloud ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("n", "es", "en"),
    [
        (0, "cero", "zero"), (16, "dieciséis", "sixteen"), (21, "veintiuno", "twenty-one"),
        (45, "cuarenta y cinco", "forty-five"),
        (100, "cien", "one hundred"), (101, "ciento uno", "one hundred and one"),
        (999, "novecientos noventa y nueve", "nine hundred and ninety-nine"),
        (1_000, "mil", "one thousand"), (2_500, "dos mil quinientos", "two thousand five hundred"),
        (1_000_000, "un millón", "one million"),
        (3_200_000, "tres millones doscientos mil", "three million two hundred thousand"),
    ],
)  # fmt: skip
def test_numbers_in_words(n: int, es: str, en: str) -> None:
    assert (number(n, "es"), number(n, "en")) == (es, en)


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        ("a las 11:00", "es", "a las once en punto"),
        ("a las 07:05", "es", "a las siete y cinco"),
        ("at 7:05", "en", "at seven oh five"),
        ("by 11:00", "en", "by eleven o'clock"),
        ("el 98 %", "es", "el noventa y ocho por ciento"),
        ("3,5 km y 1.200 clientes", "es", "tres coma cinco km y mil doscientos clientes"),
        ("3.5 km, 1,200 people", "en", "three point five km, one thousand two hundred people"),
        ("marca.example/aviso", "es", "marca punto example barra aviso"),
        ("55 1234 0001", "es", "cinco cinco, uno dos tres cuatro, cero cero cero uno"),
    ],
)
def test_what_a_voice_says(text: str, lang: str, said: str) -> None:
    assert spoken(text, lang) == said


@given(st.text(max_size=120), st.sampled_from(["es", "en"]))
def test_nothing_is_left_in_figures_and_nothing_fails(text: str, lang: str) -> None:
    assert not any(c in "0123456789" for c in spoken(text, lang))
    assert seconds(text, lang) >= 0


def test_the_pace_is_that_of_a_recorded_announcement() -> None:
    text = "Sabemos que la red móvil falla. Sentimos las molestias. Habrá novedades a las siete y media. " * 10
    words_a_minute = len(text.split()) / seconds(text, "es") * 60
    assert 130 < words_a_minute < 170


def test_a_voice_is_measured_in_seconds() -> None:
    length = measure("Sabemos que la voz falla desde las 06:55.", "ivr", limits=(("ivr", 12),))
    assert (length.unit, length.limit, length.fits) == (Unit.SECONDS, 12, True)
    assert not measure("palabra " * 30, "ivr", limits=(("voz", 12),)).fits
