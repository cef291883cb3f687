"""Times, durations, numbers and timeline entries in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk import words
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import Entry
from crisisdesk.texts import Texts, catalogue

ES, EN = Texts("es"), Texts("en")
ZONE = "America/Mexico_City"
NOW = datetime(2026, 3, 17, 13, 18, tzinfo=UTC)
BLANK = words.NO_BREAK


def entry(kind: str, text: str = "", **data: object) -> Entry:
    return Entry(
        id=1, incident_id=1, kind=kind, occurred_at=NOW, recorded_at=NOW, offset_minutes=-360, actor="ana", data=data,
        text=text,
    )  # fmt: skip


def plain(text: str) -> str:
    return text.replace(BLANK, " ")


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_zone_is_utc() -> None:
    for zone in ("Nowhere/Atlantis", "", "../../etc/passwd", "\x00"):
        assert words.when(NOW, zone, ES) == "13:18"


def test_a_time_is_local_with_the_date_only_when_it_is_another_day() -> None:
    assert words.when(NOW, ZONE, ES) == "07:18"
    assert words.when(NOW, ZONE, ES, ref=NOW + timedelta(hours=16)) == "07:18"
    assert words.when(NOW, ZONE, ES, ref=NOW + timedelta(hours=17)) == "07:18 del 17 mar"
    assert words.when(NOW, ZONE, EN, ref=NOW + timedelta(days=365)) == "07:18 on 17 Mar 2026"


def test_the_zone_stands_there_only_when_the_clock_differs() -> None:
    assert words.when(NOW, ZONE, ES, home="America/Costa_Rica") == "07:18"
    assert words.when(NOW, ZONE, ES, home="Europe/Madrid") == "07:18 (Ciudad de México)"
    assert words.when(NOW, "America/Guayaquil", EN, home=ZONE) == "08:18 (Guayaquil)"


@pytest.mark.parametrize(
    ("seconds", "es", "spoken"),
    [
        (0, "0 s", "0 segundos"),
        (45, "45 s", "45 segundos"),
        (60, "1 min", "1 minuto"),
        (12 * 60 + 59, "12 min", "12 minutos"),
        (66 * 60, "1 h 06", "1 hora y 6 minutos"),
        (2 * 3600, "2 h 00", "2 horas"),
        (47 * 3600, "47 h 00", "47 horas"),
        (51 * 3600, "2 d 3 h", "2 días y 3 horas"),
        (3 * 86_400, "3 d", "3 días"),
        (-180, "−3 min", "3 minutos"),
    ],
)
def test_durations(seconds: int, es: str, spoken: str) -> None:
    assert plain(words.duration(timedelta(seconds=seconds), ES)) == es
    assert plain(words.duration(timedelta(seconds=seconds), ES, spoken=True)) == spoken


@pytest.mark.parametrize(
    ("seconds", "es", "en", "spoken"),
    [
        (66 * 60, "falta 1 h 06", "1 h 06 left", "falta 1 hora y 6 minutos"),
        (12 * 60, "faltan 12 min", "12 min left", "faltan 12 minutos"),
        (12 * 60 - 1, "faltan 11 min", "11 min left", "faltan 11 minutos"),
        (300, "faltan 5 min", "5 min left", "faltan 5 minutos"),
        (272, "faltan 4:32", "4:32 left", "faltan 4 minutos"),
        (59, "faltan 0:59", "0:59 left", "falta menos de un minuto"),
        (0, "ahora", "now", "ahora"),
        (-20, "hace 20 s", "20 s ago", "hace 20 segundos"),
        (-200, "hace 3 min", "3 min ago", "hace 3 minutos"),
    ],
)
def test_countdowns(seconds: int, es: str, en: str, spoken: str) -> None:
    due = NOW + timedelta(seconds=seconds)
    assert plain(words.countdown(due, NOW, ES)) == es
    assert plain(words.countdown(due, NOW, EN)) == en
    assert plain(words.countdown(due, NOW, ES, spoken=True)) == spoken


@given(st.integers(min_value=1, max_value=10**7))
def test_a_countdown_never_gives_more_time_than_there_is(seconds: int) -> None:
    said = plain(words.countdown(NOW + timedelta(seconds=seconds), NOW, ES)).split(" ", 1)[1]
    numbers = [int(n) for n in re.findall(r"\d+", said)]
    if ":" in said:
        told = numbers[0] * 60 + numbers[1]
    else:
        units = {"min": 60, "h": 3600, "d": 86_400}
        told = numbers[0] * units[said.split()[1]]
        if len(numbers) == 2:
            told += numbers[1] * (3600 if " d " in said else 60)
    assert told <= seconds


def test_lateness_under_a_minute_is_late_but_an_early_one_is_on_time() -> None:
    assert words.lateness(timedelta(0), ES) == "a tiempo"
    assert words.lateness(timedelta(seconds=-40), ES) == "a tiempo"
    assert plain(words.lateness(timedelta(seconds=1), ES)) == "1 s tarde"
    assert plain(words.lateness(timedelta(minutes=-8), EN)) == "8 min early"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "decimals", "es", "en"),
    [
        (7.4, None, "7,4", "7.4"), (5.0, None, "5", "5"), (4.96, None, "5", "5"), (1521, None, "1521", "1,521"),
        (12_345.6, None, "12 345,6", "12,345.6"), (-3, None, "−3", "−3"), (0.5, 2, "0,50", "0.50"),
        (10, 1, "10,0", "10.0"),
        (-0.04, None, "0", "0"),
        (-0.001, 2, "0,00", "0.00"),
        (-0.06, None, "−0,1", "−0.1"),
        (9_999.94, None, "9999,9", "9,999.9"),
        (9_999.96, None, "10 000", "10,000"),
        (-9_999.96, None, "−10 000", "−10,000"),
    ],
)  # fmt: skip
def test_numbers(value: float, decimals: int | None, es: str, en: str) -> None:
    assert plain(words.number(value, ES, decimals)) == es
    assert words.number(value, EN, decimals) == en


def test_percentages() -> None:
    assert plain(words.percent(0.81, ES)) == "81 %"
    assert words.percent(0.8149, EN, 1) == "81.5%"


def test_pairs_of_texts() -> None:
    assert words.bilingual(Bilingual("hola", ""), EN) == "hola"
    assert words.bilingual({"es": "hola", "en": "hello"}, EN) == "hello"
    assert words.bilingual({"es": "hola"}, EN) == "hola"
    assert words.bilingual({}, ES) == ""
    assert words.bilingual(None, ES) == ""
    assert words.bilingual(3, ES) == "3"


# ── timeline entries ─────────────────────────────────────────────────────────────────────────────────────────────


def kinds() -> list[str]:
    start = "timeline.entry."
    return sorted(key.removeprefix(start) for key in catalogue("es") if key.startswith(start))


@pytest.mark.parametrize("texts", [ES, EN], ids=["es", "en"])
@pytest.mark.parametrize("kind", kinds())
def test_an_entry_without_any_value_shows_no_placeholder(kind: str, texts: Texts) -> None:
    said = words.entry_sentence(entry(kind), texts, ZONE)
    assert said
    assert not re.search(r"\{\w+\}", said)


def test_an_unknown_kind_is_told_by_its_name() -> None:
    assert words.entry_sentence(entry("moon.fell"), ES, ZONE) == "Suceso: moon.fell"


def test_every_field_of_every_sentence_is_known() -> None:
    known = {*words.ENTRY_FIELDS, "kind"}
    for lang in ("es", "en"):
        for key, pattern in catalogue(lang).items():
            if key.startswith("timeline.entry."):
                assert set(re.findall(r"\{(\w+)\}", pattern)) <= known, key


def test_values_are_told_as_words() -> None:
    said = entry(
        "alert.raised", count=74, minutes=5, expected=10.0, ratio=7.4, since="2026-03-17T13:02:00+00:00"
    )  # fmt: skip
    assert plain(words.entry_sentence(said, ES, ZONE)) == (
        "Alerta: 74 menciones en 5 min desde las 07:02; lo normal, 10 (×7,4)"
    )
    assert "×7.4" in words.entry_sentence(said, EN, ZONE)
    assert words.entry_sentence(entry("call.outcome", who="Ana", outcome="voicemail"), ES, ZONE).endswith(": buzón")


def test_an_instant_of_another_day_or_broken() -> None:
    told = entry("commitment.broken", what={"es": "Volver", "en": "Back"}, due="2026-03-18T04:00:00+00:00")
    assert "22:00)" in words.entry_sentence(told, ES, ZONE)
    told = replace(told, data=told.data | {"due": "2026-03-18T14:00:00"})
    assert "08:00 del 18 mar" in words.entry_sentence(told, ES, ZONE)
    told = replace(told, data=told.data | {"due": "2026-99-99T99:99"})
    assert "2026-99-99T99:99" in words.entry_sentence(told, ES, ZONE)


def test_tails_come_only_with_their_value() -> None:
    bare = words.entry_sentence(entry("draft.published", template="Aviso", channel=None), ES, ZONE)
    full = words.entry_sentence(entry("draft.published", template="Aviso", channel="web", url="https://a.b"), ES, ZONE)
    assert bare == "Publicado: Aviso"
    assert full == "Publicado: Aviso · web · https://a.b"


def test_a_persons_words_stay_as_written() -> None:
    text = "{due} {0} $x$ <b>"
    assert words.entry_sentence(entry("note.fact", text), ES, ZONE) == f"Hecho · {text}"
    assert words.entry_sentence(entry("incident.closed", text), ES, ZONE).endswith(text)


@pytest.mark.parametrize("lateness", [-8, 0, 3])
def test_lateness_of_an_entry(lateness: int, texts_es: Callable[..., str]) -> None:
    said = plain(words.entry_sentence(entry("commitment.kept", what="x", lateness=lateness), ES, ZONE))
    assert said == f"Promesa cumplida, {plain(words.lateness(timedelta(minutes=lateness), ES))}: x"


def test_a_field_without_a_name_is_called_as_we_know_it_or_by_its_own() -> None:
    assert [words.unlabelled("hora_solucion", one) for one in (ES, EN)] == ["Hora de la solución", "Time of the fix"]
    assert words.unlabelled("zona_sin_luz", ES) == "Zona sin luz"
