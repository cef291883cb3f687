"""The sentences of a playbook: what is understood, what is not, and what we say back."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.playbook import Measure
from crisisdesk.playbooks import phrases
from crisisdesk.playbooks.phrases import PhraseError

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("20 min", 20), ("4 h", 240), ("90 dias", 129_600), ("90 días", 129_600), ("1 h 30 min", 90), ("1,5 h", 90),
        ("1.5 h", 90), ("2 horas y 15 minutos", 135), ("2 hours and 15 minutes", 135), ("7 days", 10_080),
        ("1 semana", 10_080), ("20min", 20), ("  20   MIN ", 20),
    ],
)  # fmt: skip
def test_durations(text: str, minutes: int) -> None:
    assert phrases.duration(text) == minutes * MINUTE


@pytest.mark.parametrize(
    "text",
    ["", "20", "min", "veinte min", "20 minutejos", "0 min", "-5 min", "5 min 5 min", "30 min 1 h", "99999 dias",
     "1e3 h", "\u0663 min"],
)  # fmt: skip
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(PhraseError):
        phrases.duration(text)


@pytest.mark.parametrize(("text", "minutes"), [("T+15 min", 15), ("t + 2 h", 120), ("T+0", 0), ("T+1 h 5 min", 65)])
def test_times_after_the_start(text: str, minutes: int) -> None:
    assert phrases.after_start(text) == minutes * MINUTE


@pytest.mark.parametrize("text", ["15 min", "T-15 min", "T+", "T", "T+quince", "R+1 h"])
def test_what_is_no_time_after_the_start(text: str) -> None:
    with pytest.raises(PhraseError):
        phrases.after_start(text)


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("menciones", ">= 5 veces lo normal durante 10 min", (">=", 5.0, 10, 0)),
        ("menciones", "≥ 5 × lo esperado durante 10 min", (">=", 5.0, 10, 0)),
        ("menciones", "al menos 2,5 veces lo normal durante 1 h", (">=", 2.5, 60, 0)),
        ("menciones", ">= 5 times normal for 10 min", (">=", 5.0, 10, 0)),
        ("menciones", ">= 2 veces lo normal durante 15 min, de al menos 20", (">=", 2.0, 15, 20)),
        ("menciones", ">= 2 times normal of at least 20 for 15 min", (">=", 2.0, 15, 20)),
        ("menciones", "< 1.5 veces lo normal durante 60 min", ("<", 1.5, 60, 0)),
        ("negativas", ">= 60 % de al menos 20", (">=", 0.6, 0, 20)),
        ("negativas", "more than 60% of at least 20 mentions", (">", 0.6, 0, 20)),
        ("clientes_afectados", ">= 20 %", (">=", 0.2, 0, 0)),
        ("duracion", ">= 4 h", (">=", 14_400.0, 0, 0)),
        ("atraso", "> 60 min", (">", 3600.0, 0, 0)),
        ("tipo", ">= 3 en 10 min", (">=", 3.0, 10, 0)),
        ("promesas_incumplidas", ">= 1", (">=", 1.0, 0, 0)),
        ("emergencias_sin_servicio", "sí", ("=", 1.0, 0, 0)),
        ("otro", "no", ("=", 0.0, 0, 0)),
    ],
)
def test_thresholds(key: str, text: str, expected: tuple[str, float, int, int]) -> None:
    made = phrases.threshold(key, text, subject="prensa", line=7)
    assert (made.op, made.value, made.window // MINUTE, made.minimum) == expected
    assert (made.sentence, made.line) == (text, 7)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("menciones", "5 veces lo normal"), ("menciones", ">= 5"), ("menciones", ">= veces lo normal"),
        ("menciones", ">= 5 veces lo normal durante un rato"), ("menciones", ">= 0 veces lo normal"),
        ("menciones", ">= 5 veces lo normal durante 5 min durante 5 min"), ("negativas", ">= 60"),
        ("negativas", ">= 160 %"), ("duracion", ">= 4"), ("tipo", ">= muchas"), ("emergencias_sin_servicio", "tal vez"),
        ("menciones", "x" * 10_000), ("clientes_afectados", ">= 20 % de los de siempre"),
    ],
)  # fmt: skip
def test_what_is_no_threshold(key: str, text: str) -> None:
    with pytest.raises(PhraseError):
        phrases.threshold(key, text)


@pytest.mark.parametrize("text", ["", "duracion", "lluvia >= 2 h", "tipo >= 1", ">= 2 h"])
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(PhraseError):
        phrases.condition(text)


def test_conditions_begin_with_what_they_are_about() -> None:
    made = phrases.condition("duration >= 2 h", line=3)
    assert (made.measure, made.value, made.sentence) == (Measure.DURATION, 7200.0, "duration >= 2 h")


@pytest.mark.parametrize(
    ("key", "text", "es", "en"),
    [
        ("menciones", ">= 5 veces lo normal durante 10 min", "5 × lo esperado durante 10 min",
         "5 × expected for 10 min"),
        ("menciones", "< 1.5 veces lo normal durante 60 min", "menos de 1,5 × lo esperado durante 1 h",
         "less than 1.5 × expected for 1 h"),
        ("negativas", ">= 60 % de al menos 20", "60 % de menciones negativas con al menos 20 menciones",
         "60% negative mentions with at least 20 mentions"),
        ("duracion", ">= 4 h", "4 h de duración", "4 h long"),
        ("duracion", "> 1 día", "más de 1 día de duración", "more than 1 day long"),
        ("tipo", ">= 1", "1 de tipo «prensa»", "1 of type “prensa”"),
        ("emergencias_sin_servicio", "sí", "emergencias sin servicio: sí", "emergency numbers out of service: yes"),
    ],
)  # fmt: skip
def test_we_say_back_what_we_understood(key: str, text: str, es: str, en: str) -> None:
    made = phrases.threshold(key, text, subject="prensa")
    assert (phrases.echo(made, "es"), phrases.echo(made, "en")) == (es, en)


@given(st.text(max_size=60), st.sampled_from(sorted(phrases.MEASURES)))
def test_any_text_is_understood_or_refused(text: str, key: str) -> None:
    for read in (phrases.duration, phrases.after_start, phrases.share, phrases.yes_no, phrases.condition):
        with contextlib.suppress(PhraseError):
            read(text)  # type: ignore[operator]
    try:
        made = phrases.threshold(key, text)
    except PhraseError:
        return
    assert phrases.echo(made, "es") and phrases.echo(made, "en")


@given(st.integers(1, 5_000_000))
def test_a_duration_said_back_is_understood_again(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    for lang in ("es", "en"):
        assert phrases.duration(phrases.plain_duration(span, lang)) == span
