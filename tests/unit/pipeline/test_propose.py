"""Levels as a playbook's thresholds propose them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crisisdesk.model.alert import LevelProposal, Signal
from crisisdesk.model.playbook import Bilingual, CommitmentPolicy, Level, Measure, Playbook, Strategy, Threshold
from crisisdesk.pipeline.propose import Measures, matches, propose

AT = datetime(2026, 5, 4, 7, 3, tzinfo=UTC)
SIGNAL = Signal(
    at=AT, since=AT - timedelta(minutes=12), count=9, expected=1.1, ratio=8.2, window_minutes=12, return_days=9
)


def line(measure: Measure, op: str, value: float, **more: Any) -> Threshold:
    return Threshold(measure=measure, op=op, value=value, **more)


def playbook(**levels: tuple[Threshold, ...]) -> Playbook:
    """A playbook with nothing but levels ``n1``, ``n2``…"""
    made = tuple(
        Level(number=int(name[1:]), name=Bilingual(name), activates=lines) for name, lines in levels.items()
    )
    return Playbook(
        id="x", version=1, title=Bilingual("x"), sector="telecom", languages=("es",), zone="UTC",
        reviewed=date(2026, 1, 1), review_every=None, owner="", roles=(), levels=made, falls_if=None, ladders=(),
        phases=(), mention_types=(), strategy=Strategy(), commitments=CommitmentPolicy(), compensation=(), templates=(),
    )  # fmt: skip


def ratios(**by_minutes: tuple[float, int]) -> Callable[[timedelta], tuple[float, int]]:
    """``m10=(5, 40)``: five times the expected and forty mentions in ten minutes."""
    return lambda window: by_minutes.get(f"m{round(window.total_seconds() / 60)}", (0.0, 0))


TIMES = Measure.MENTIONS_RATIO
BOOK = playbook(
    n1=(line(TIMES, ">=", 2, window=timedelta(minutes=15), minimum=20, sentence=">= 2 veces"),),
    n2=(
        line(TIMES, ">=", 3, window=timedelta(minutes=15), sentence=">= 3 veces"),
        line(Measure.NEGATIVE_SHARE, ">=", 0.6, minimum=20, sentence=">= 60 % de al menos 20"),
    ),
    n3=(
        line(TIMES, ">=", 5, window=timedelta(minutes=10), sentence=">= 5 veces"),
        line(Measure.TYPE_COUNT, ">=", 1, subject="prensa", sentence=">= 1"),
        line(Measure.DURATION, ">=", 3600, sentence=">= 1 h"),
    ),
    n4=(
        line(Measure.TYPE_COUNT, ">=", 3, subject="emergencia_personas", window=timedelta(minutes=10), sentence=">= 3"),
        line(Measure.AFFECTED_CUSTOMERS, ">=", 0.2, sentence=">= 20 %"),
        line(Measure.NO_EMERGENCY_CALLS, "=", 1, sentence="sí"),
        line(Measure.OTHER, "=", 1, subject="datos_expuestos", sentence="sí"),
    ),
)


def test_nothing_measured_proposes_nothing() -> None:
    assert propose(BOOK, Measures(ratio=ratios())) == LevelProposal(level=0)
    assert propose(playbook(), Measures(ratio=ratios(), signal=SIGNAL)).level == 0


def test_a_signal_without_a_matching_line_proposes_the_lowest_level() -> None:
    found = propose(BOOK, Measures(ratio=ratios(), signal=SIGNAL))
    assert found.level == 1
    assert found.why[0].measured == Bilingual("×8,2 (9 en 12 min)", "×8.2 (9 in 12 min)")


def test_the_highest_level_that_matches_wins_with_all_its_lines() -> None:
    measures = Measures(ratio=ratios(m15=(4, 60), m10=(5.25, 50)), type_counts={"prensa": 2}, signal=SIGNAL)
    found = propose(BOOK, measures)
    assert found.level == 3
    assert [(r.rule.es, r.measured.es, r.value) for r in found.why] == [
        ("menciones >= 5 veces lo normal durante 10 min", "×5,2 (50 en 10 min)", 5.25),
        ("prensa >= 1", "2", 2.0),
    ]


def test_each_line_looks_at_its_own_window() -> None:
    assert propose(BOOK, Measures(ratio=ratios(m15=(5, 50), m10=(4.9, 40)))).level == 2


def test_too_few_mentions_do_not_match() -> None:
    assert propose(BOOK, Measures(ratio=ratios(m15=(2.5, 19)))).level == 0
    assert propose(BOOK, Measures(ratio=ratios(m15=(2.5, 20)))).level == 1
    assert propose(BOOK, Measures(ratio=ratios(), negative_share=0.9, negative_of=19)).level == 0
    assert propose(BOOK, Measures(ratio=ratios(), negative_share=0.9, negative_of=20)).level == 2


def test_a_share_always_needs_a_number_to_be_a_share_of() -> None:
    bare = playbook(n1=(line(Measure.NEGATIVE_SHARE, ">=", 0.5),))
    assert propose(bare, Measures(ratio=ratios(), negative_share=1.0, negative_of=3)).level == 0


@pytest.mark.parametrize(
    "told",
    [
        {"affected_customers": 0.2},
        {"no_emergency_calls": True},
        {"told": {"datos_expuestos": True}},
        {"types_within": lambda window: {"emergencia_personas": 3}},
    ],
)
def test_what_a_person_tells_counts_as_much_as_what_is_measured(told: dict[str, Any]) -> None:
    assert propose(BOOK, Measures(ratio=ratios(), **told)).level == 4


@pytest.mark.parametrize(
    "told",
    [
        {"affected_customers": 0.19},
        {"no_emergency_calls": False},
        {"told": {"datos_expuestos": False}},
        {"types_within": lambda window: {}, "type_counts": {"emergencia_personas": 9}},
        {"duration": timedelta(minutes=59)},
    ],
)
def test_what_falls_short_does_not(told: dict[str, Any]) -> None:
    assert propose(BOOK, Measures(ratio=ratios(), **told)).level == 0


def test_duration_is_told_in_minutes() -> None:
    found = propose(BOOK, Measures(ratio=ratios(), duration=timedelta(minutes=95)))
    assert (found.level, found.why[0].rule.es, found.why[0].measured.es) == (3, "duración >= 60 min", "95 min")


@pytest.mark.parametrize(
    ("op", "value", "matched"),
    [(">=", 2.0, True), (">", 2.0, False), ("<=", 2.0, True), ("<", 2.0, False), ("=", 2.0, True), ("<", 2.1, True)],
)
def test_operators(op: str, value: float, matched: bool) -> None:
    found = matches(line(Measure.OPEN_PROMISES_BROKEN, op, value), Measures(ratio=ratios(), broken_promises=2))
    assert (found is not None) is matched


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_measure_has_words(measure: Measure, lang: str) -> None:
    book = playbook(n1=(line(measure, ">=", 0, subject="prensa", sentence="x"),))
    known = Measures(
        ratio=ratios(m15=(1, 1)), negative_of=50, backlog=timedelta(0), affected_customers=0.0, duration=timedelta(0),
        no_emergency_calls=True, told={"prensa": True},
    )  # fmt: skip
    (reason,) = propose(book, known).why
    assert not reason.rule.get(lang).startswith("alert.") and "{" not in reason.rule.get(lang)
    assert not reason.measured.get(lang).startswith("alert.")
