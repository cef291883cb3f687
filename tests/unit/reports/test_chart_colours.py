"""The chart's tones are told apart by everybody: by lightness, and in the three kinds of colour blindness."""

from __future__ import annotations

import numpy as np
import pytest

from crisisdesk.reports import charts
from crisisdesk.reports.chart_marks import look

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
KINDS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
THEMES = {"dark": charts.DARK, "light": charts.LIGHT, "print": charts.PRINT}


def lab(colour: str, kind: str) -> np.ndarray:
    """CIE L*a*b* of ``#RRGGBB`` as somebody with ``kind`` sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(KINDS[kind] @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, kind: str) -> float:
    return float(np.linalg.norm(lab(one, kind) - lab(other, kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", THEMES)
def test_what_lies_side_by_side_differs(name: str, kind: str) -> None:
    theme = THEMES[name]
    assert apart(theme.bars, theme.reposts, kind) > 20
    assert apart(theme.bars, theme.panel, kind) > 30
    assert apart(theme.reposts, theme.panel, kind) > 15
    assert apart(theme.text, theme.bars, kind) > 25  # the second series over the bars
    assert apart(theme.bars, theme.band, kind) > 25
    assert apart(theme.band, theme.panel, kind) > 5


@pytest.mark.parametrize("name", THEMES)
def test_originals_and_reposts_differ_by_lightness_alone(name: str) -> None:
    theme = THEMES[name]
    assert abs(lab(theme.bars, "normal")[0] - lab(theme.reposts, "normal")[0]) > 20


def test_no_flag_is_told_by_its_colour_only() -> None:
    """Two kinds of flag may share a colour, never a colour alone: each coloured kind has a mark of its own."""
    marks = {(look(kind).colour, look(kind).mark) for kind in ("alert", "promise", "published", "kept", "task")}
    assert len({mark for _, mark in marks}) == len(marks)
    assert all(mark for colour, mark in marks if colour != "muted")
