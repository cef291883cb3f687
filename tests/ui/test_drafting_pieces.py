"""The pure parts of drafting: a text in pieces, words taken out, addresses to open, times as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.draft import FieldValue
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.render import render
from tests.fakes import samples as s
from tests.fakes.pages_a import TEMPLATES
from ui.widgets.clock_reading import Doubt, Toward, read_clock
from ui.widgets.draft_pieces import pieces, without_sentence, without_words
from ui.widgets.draft_publish import channel_home

_WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="{}\ue000\ue001\ue002"), max_size=30)


@given(st.dictionaries(st.sampled_from(["servicio", "alcance", "utilidad", "detalle"]), _WORDS), st.booleans())
def test_pieces_spell_what_the_desk_renders(words: dict[str, str], news: bool) -> None:
    template = TEMPLATES[1]
    values = {name: FieldValue(text=Bilingual(text, text)) for name, text in words.items()}
    if news:
        values["proxima"] = FieldValue(instant=s.at("07:45"))
    body = render(template, values, zone=s.ZONE, now=s.NOW)
    for lang in ("es", "en"):
        taken = pieces(template, values, lang, zone=s.ZONE, now=s.NOW)
        spelled = "".join("{" + p.field + "}" if p.empty else p.text for p in taken)
        assert "".join(spelled.split()) == "".join(body.get(lang).split())


def test_promised_words_go_with_their_gap() -> None:
    assert without_words("Estará antes de las 11. Gracias", "ANTES de las 11") == "Estará. Gracias"
    assert without_words("nada", "otra cosa") == "nada"
    assert without_sentence("Uno. Estará en breve. Dos.", "en breve", "No hay hora") == "Uno. No hay hora. Dos."
    assert without_sentence("en. breve", "en. breve", "No hay hora") == "No hay hora"


def test_a_channel_opens_only_at_a_safe_address() -> None:
    assert channel_home("x", {"x": "https://x.example/a/1"}) == "https://x.example/"
    assert channel_home("https://m.example/@a", {}) == "https://m.example/"
    assert channel_home("file:///etc/passwd", {"x": "javascript:1"}) == ""


@pytest.mark.parametrize(
    ("typed", "toward", "shown"),
    [
        ("7:30", Toward.FUTURE, "17 07:30"),
        ("730", Toward.FUTURE, "17 07:30"),
        ("+20", Toward.FUTURE, "17 07:38"),
        ("0:20", Toward.FUTURE, "18 00:20"),  # past midnight
        ("7:10", Toward.FUTURE, "17 07:10"),  # just missed: shown as late, not as tomorrow
        ("23:50", Toward.PAST, "16 23:50"),
        ("18/3 11:00", Toward.FUTURE, "18 11:00"),
    ],
)
def test_times_are_read_near_now(typed: str, toward: Toward, shown: str) -> None:
    reading = read_clock(typed, s.ZONE, s.NOW, toward)
    assert reading.instant is not None
    assert (reading.instant - timedelta(hours=6)).strftime("%d %H:%M") == shown


@pytest.mark.parametrize("typed", ["25:00", "abc", "31/2 10:00", "7:5", "12345", "99/99"])
def test_what_is_no_time_is_said(typed: str) -> None:
    assert read_clock(typed, s.ZONE, s.NOW).doubt is Doubt.UNREADABLE


def test_the_nights_when_the_clock_changes_are_asked() -> None:
    spring, autumn = datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)
    skipped, twice = (read_clock("02:30", "Europe/Madrid", night) for night in (spring, autumn))
    assert skipped.doubt is Doubt.SKIPPED
    assert twice.doubt is Doubt.TWICE
    assert twice.choices[1] - twice.choices[0] == timedelta(hours=1)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(-170, 1200), st.sampled_from(
    ["America/Mexico_City", "Europe/Madrid", "America/Bogota", "Australia/Lord_Howe", "Asia/Kathmandu"]
))  # fmt: skip
def test_a_written_time_is_read_as_itself(moment: datetime, minutes: int, zone: str) -> None:
    now = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    due = now + timedelta(minutes=minutes)
    reading = read_clock(f"{due.astimezone(ZoneInfo(zone)):%H:%M}", zone, now)
    assert due in (reading.instant, *reading.choices)
