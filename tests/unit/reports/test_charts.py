"""The chart: nothing vanishes, nothing overlaps, nothing that stands on it can break it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Gap, MinuteCount
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import ChartData, Flag, SecondSeries
from crisisdesk.reports import chart_marks, chart_scale, chart_theme, charts
from crisisdesk.reports.chart_minutes import buckets_of
from crisisdesk.texts import Texts

ES = Texts("es")
START = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ZONE = "America/Mexico_City"


def data(minutes: int = 120, **changes: object) -> ChartData:
    chart = ChartData(
        start=START, end=START + minutes * MINUTE, step=MINUTE, counts=(), expected=(), gaps=(), flags=(),
        incident_from=None, zone=ZONE,
    )  # fmt: skip
    return replace(chart, **changes)  # type: ignore[arg-type]


def count(minute: int, total: int, reposts: int = 0) -> MinuteCount:
    return MinuteCount(START + minute * MINUTE, total, reposts, 0, 0)


def draw(chart: ChartData, size: tuple[int, int] = (570, 330), scale: float = 1.0, **more: object) -> charts.Image:
    return charts.render(chart, size_px=size, scale=scale, theme=charts.DARK, texts=ES, **more)  # type: ignore[arg-type]


def pixels(image: charts.Image) -> np.ndarray:
    return np.frombuffer(image.rgba, np.uint8).reshape(image.height, image.width, 4)


def has_colour(image: charts.Image, colour: str) -> bool:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return bool((np.abs(pixels(image)[:, :, :3].astype(int) - wanted).max(axis=2) <= 2).any())


# ── what could break it ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_chart_says_so_and_starts_at_zero() -> None:
    image = draw(data())
    assert image.highest >= 4
    assert len(image.rgba) == 4 * image.width * image.height
    assert not has_colour(image, charts.DARK.bars)


def test_a_chart_of_no_length_is_still_drawn() -> None:
    image = draw(data(0, counts=(count(0, 5),)))
    assert image.end > image.start
    assert image.x_of(START) == image.left


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (130, 90)])
def test_a_tiny_chart(size: tuple[int, int]) -> None:
    image = draw(data(counts=(count(3, 9),), flags=(Flag(at=START, kind="alert", label=Bilingual("a", "a")),)), size)
    assert image.left < image.right
    assert image.top < image.bottom


@pytest.mark.parametrize(
    "label", [r"$\frac{1}{$", "_oculto", "📱🔥", "line\nbreak\ttab", "\ud800", "x" * 5_000, "", "العربية"]
)
def test_labels_and_titles_are_plain_text(label: str) -> None:
    flags = (Flag(at=START + 30 * MINUTE, kind="published", label=Bilingual(label, label)),)
    draw(data(flags=flags, counts=(count(3, 4),)), title=label, note=label)


def test_hostile_labels(shared: Path) -> None:
    for text in json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8")):
        said = str(text)
        flags = (Flag(at=START + 30 * MINUTE, kind="alert", label=Bilingual(said, said)),)
        draw(data(flags=flags), (300, 160), title=said, note=said)


def test_counts_and_flags_outside_are_left_out() -> None:
    outside = (count(-5, 1_000), count(500, 1_000))
    flag = Flag(at=START - MINUTE, kind="alert", label=Bilingual("antes", "before"))
    image = draw(data(counts=outside, flags=(flag,), incident_from=START + 400 * MINUTE))
    assert image.highest < 20
    assert not has_colour(image, charts.DARK.danger)


def test_gaps_of_every_kind() -> None:
    gaps = (
        Gap("a", START - 60 * MINUTE, START + 5 * MINUTE),
        Gap("b", START + 4 * MINUTE, START + 9 * MINUTE),
        Gap("c", START + 100 * MINUTE, None),
        Gap("d", START + 300 * MINUTE, START + 310 * MINUTE),
    )
    assert chart_scale.unheard(data(gaps=gaps), START, START + 120 * MINUTE) == [
        (START, START + 9 * MINUTE),
        (START + 100 * MINUTE, START + 120 * MINUTE),
    ]
    draw(data(gaps=(Gap("a", START - MINUTE, None),)))


def test_a_band_of_the_wrong_length_is_carried_on() -> None:
    for rows in (1, 50, 500):
        columns = chart_scale.columns(buckets_of(data(expected=((1.0, 2.0, 3.0),) * rows)), 400)
        assert columns.low.shape == columns.high.shape == columns.total.shape


# ── what must be true ────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.integers(1, 12_000),
    st.integers(1, 1_500),
    st.lists(st.tuples(st.integers(0, 11_999), st.integers(1, 500)), max_size=30),
)
def test_no_spike_vanishes(minutes: int, width: int, spikes: list[tuple[int, int]]) -> None:
    chart = data(minutes, counts=tuple(count(m, n, n // 3) for m, n in dict(spikes).items() if m < minutes))
    columns = chart_scale.columns(buckets_of(chart), width)
    inside = [c.total for c in chart.counts]
    assert columns.total.max() == max(inside, default=0)
    assert (columns.originals <= columns.total).all()
    assert (np.diff(columns.left) > 0).all() or minutes == 1
    assert columns.right.max() <= width
    if minutes <= width:
        assert columns.total.sum() == sum(inside)


@pytest.mark.parametrize("minutes", [120, 1_440, 10_080])
def test_one_minute_is_seen_in_a_week(minutes: int) -> None:
    image = draw(data(minutes, counts=(count(minutes // 2, 300),)), (1200, 420))
    assert has_colour(image, charts.DARK.bars)
    assert image.highest >= 300


def test_originals_and_reposts_have_their_own_tones() -> None:
    image = draw(data(counts=tuple(count(m, 20, 8) for m in range(120))))
    assert has_colour(image, charts.DARK.bars)
    assert has_colour(image, charts.DARK.reposts)


@given(st.floats(0, 1), st.floats(1, 3))
def test_places_on_the_image_are_consistent(share: float, scale: float) -> None:
    image = charts.Image(
        width=int(600 * scale), height=int(300 * scale), scale=scale, rgba=b"", left=40 * scale, right=590 * scale,
        top=30 * scale, bottom=270 * scale, start=START, end=START + 120 * MINUTE, highest=50.0,
    )  # fmt: skip
    at = START + share * 120 * MINUTE
    assert abs(image.instant_at(image.x_of(at)) - at) < timedelta(milliseconds=5)
    assert image.y_of(0) == image.bottom
    assert image.y_of(50) == pytest.approx(image.top)
    assert image.instant_at(-1e9) == image.start
    assert image.instant_at(1e9) == image.end


def test_the_image_is_as_large_as_asked() -> None:
    for scale in (1.0, 1.25, 1.5, 2.0):
        image = draw(data(counts=(count(1, 3),)), (570, 330), scale)
        assert (image.width, image.height) == (int(570 * scale), int(330 * scale))


KINDS = ("alert", "broken", "published", "promise", "resolved", "incident", "draft.published", "other")
FLAGS = st.lists(
    st.tuples(st.floats(0, 540), st.sampled_from(KINDS), st.text("abcdefgh ñ", min_size=1, max_size=30)), max_size=60
)


@given(FLAGS, st.integers(1, 3))
def test_labels_never_overlap(flags: list[tuple[float, str, str]], rows: int) -> None:
    placed = [(x, Flag(at=START + x * MINUTE, kind=kind, label=Bilingual(t, t))) for x, kind, t in flags]
    marks = chart_marks.place(placed, 540, rows, ZONE, ES)
    assert len(marks) <= chart_marks.MOST_LINES
    for row in range(rows):
        spans = sorted(
            (m.left, m.left + chart_theme.width_px(m.label, chart_marks.LABEL_PX, bold=m.look.rank == 0))
            for m in marks
            if m.label and m.row == row
        )
        assert all(right <= left for (_, right), (left, _) in pairwise(spans))


def test_the_alert_keeps_its_label_in_a_crowd() -> None:
    crowd = [(300.0, Flag(at=START, kind="incident", label=Bilingual("suceso", "event"))) for _ in range(30)]
    alert = (301.0, Flag(at=START + MINUTE, kind="alert", label=Bilingual("salto", "spike")))
    marks = chart_marks.place([*crowd, alert], 540, 2, ZONE, ES)
    assert any(m.label == "▲ 05:01 salto" for m in marks)


# ── axes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ticks_are_round_local_times_and_midnight_is_a_date() -> None:
    ticks = chart_scale.time_ticks(START, START + timedelta(days=1), ZONE, 530, ES)
    labels = [label for _, label in ticks]
    assert "18 mar" in labels
    assert all(label.endswith(":00") for label in labels if ":" in label)
    assert all(START <= at <= START + timedelta(days=1) for at, _ in ticks)


@pytest.mark.parametrize(
    ("zone", "start"),
    [("Europe/Madrid", datetime(2026, 3, 28, 22, tzinfo=UTC)),
     ("Europe/Madrid", datetime(2026, 10, 24, 21, tzinfo=UTC)),
     ("Australia/Lord_Howe", datetime(2026, 4, 4, 10, tzinfo=UTC)), ("Nowhere/x", START)],
)  # fmt: skip
def test_ticks_on_the_night_the_clock_changes(zone: str, start: datetime) -> None:
    instants = [at for at, _ in chart_scale.time_ticks(start, start + timedelta(hours=9), zone, 800, ES)]
    assert instants == sorted(set(instants))
    assert len(instants) >= 4


@given(st.floats(4, 10**7), st.floats(50, 2_000))
def test_count_ticks_are_few_whole_numbers_from_zero(top: float, height: float) -> None:
    ticks = chart_scale.count_ticks(top, height)
    assert ticks[0] == 0
    assert ticks[-1] <= top
    assert len(ticks) <= max(1, int(height / 36)) + 1


def test_a_png_carries_no_metadata() -> None:
    content = charts.png(data(), size_px=(300, 200), scale=1, theme=charts.PRINT, texts=ES)
    assert content.startswith(b"\x89PNG")
    assert b"tEXt" not in content


def test_letters_that_no_font_has_become_a_box() -> None:
    assert chart_theme.drawable("a\U0010ffffb") == f"a{chart_theme.UNKNOWN_LETTER}b"
    assert chart_theme.drawable("a  b\n c", 4) == "a b…"


# ── second series, layers, SVG ───────────────────────────────────────────────────────────────────────────────────


def test_a_second_series_is_drawn_and_named_even_when_its_name_is_hostile() -> None:
    for name in (r"$\frac{1}{$", "\u202egnola", "x" * 500, ""):
        second = SecondSeries(kind="words", label=Bilingual(name, name), counts=((START + 60 * MINUTE, 40),))
        image = draw(data(counts=(count(3, 9),), second=second), title="Menciones")
        assert image.highest >= 40
    assert has_colour(image, charts.DARK.text)


def test_the_layers_hold_everything_but_the_bars() -> None:
    flags = (Flag(at=START + 30 * MINUTE, kind="published", label=Bilingual("primer mensaje", "first message")),)
    chart = data(counts=tuple(count(m, 20, 8) for m in range(120)), flags=flags, expected=((1.0, 2.0, 3.0),) * 120)
    made = charts.layers(chart, buckets_of(chart), size_px=(570, 330), scale=1.0, theme=charts.DARK, texts=ES)
    assert has_colour(made.ground, charts.DARK.band)
    assert not has_colour(made.ground, charts.DARK.bars)
    assert not has_colour(made.ground, charts.DARK.good)
    over = np.frombuffer(made.over, np.uint8).reshape(330, 570, 4)
    assert (over[:, :, 3] == 0).mean() > 0.9
    assert (over[:, :, 3] > 200).any()
    corner = over[-5:, :5, 3]
    assert not corner.any()


def test_an_svg_is_the_same_each_time_and_carries_text_not_markup() -> None:
    label = Bilingual("<script>alert(1)</script>", "x")
    chart = data(counts=(count(3, 9),), flags=(Flag(at=START + 30 * MINUTE, kind="alert", label=label),))
    look = {"size_px": (570, 330), "scale": 1.0, "theme": charts.PRINT, "texts": ES, "title": "Menciones & más"}
    made = charts.svg(chart, **look)
    assert made == charts.svg(chart, **look)
    root = ElementTree.fromstring(made)
    words = "".join(root.itertext())
    assert "Menciones & más" in words
    assert b"<script" not in made
    assert b"matplotlib" not in made.lower().replace(b"matplotlib.org", b"") or b"<metadata>" not in made
