"""The chart's colours and letters: the window's own tokens, and one look for paper."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from resources import files

# Tried in this order; the last one comes with matplotlib, so that something is always there.
FAMILIES: Final = ("Inter", "Noto Sans", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Cantarell", "DejaVu Sans")
UNKNOWN_LETTER: Final = "\N{WHITE VERTICAL RECTANGLE}"
LABEL_LIMIT: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTheme:
    """Colours as ``#RRGGBB``, named like the window's tokens.

    Attributes:
        panel: behind everything.
        bars: originals.
        reposts: reposts, stacked on them; told apart by lightness too.
        band: expected band.
        line: hatching of what we did not hear.
        promise: a time we owe.
        danger: alerts and broken promises.
        good: what was published or kept.
    """

    panel: str
    line: str
    grid: str
    text: str
    muted: str
    bars: str
    reposts: str
    band: str
    promise: str
    danger: str
    good: str


def _window_theme(name: str) -> ChartTheme:
    table = tomllib.loads(files("themes", f"{name}.toml").read_text("utf-8"))
    return ChartTheme(**{f.name: str(table[f.name]) for f in fields(ChartTheme)})


DARK: Final = _window_theme("dark")
LIGHT: Final = _window_theme("light")
PRINT: Final = ChartTheme(
    panel="#FFFFFF", line="#B4BFCC", grid="#E3E8EE", text="#16202C", muted="#4E5D6E", bars="#1F6FA8",
    reposts="#9CCBE8", band="#DCE6F0", promise="#8A5900", danger="#A83A14", good="#006B51",
)  # fmt: skip


@cache
def _families() -> tuple[str, ...]:
    """The families of :data:`FAMILIES` that this machine has; asking for others would only fill the log."""
    known = set(font_manager.fontManager.get_font_names())
    return tuple(name for name in FAMILIES if name in known) or ("DejaVu Sans",)


def font(px: float, *, bold: bool = False) -> FontProperties:
    """The chart's font at ``px`` logical pixels."""
    families = _families()
    # DejaVu is wide for a dense console; the window takes its condensed cut as well.
    stretch = "condensed" if families[0] == "DejaVu Sans" else "normal"
    heavy = "bold" if families[0] == "DejaVu Sans" else "semibold"
    return FontProperties(family=list(families), size=px * 0.72, weight=heavy if bold else "normal", stretch=stretch)


@cache
def _file(px: float, bold: bool) -> Any:
    """The font file to measure with."""
    return font_manager.get_font(font_manager.findfont(font(px, bold=bold)))


@cache
def _letters() -> frozenset[int]:
    """All code points that the chart's fonts can draw."""
    letters: set[int] = set()
    for family in _families():
        face: FT2Font = font_manager.get_font(font_manager.findfont(FontProperties(family=family)))
        letters |= set(face.get_charmap())
    return frozenset(letters)


def drawable(text: str, limit: int = LABEL_LIMIT) -> str:
    """One line of at most ``limit`` letters that the fonts have; others become a box instead of a warning."""
    flat = " ".join(text[: limit * 4].split())
    shown = "".join(c if ord(c) in _letters() else UNKNOWN_LETTER for c in flat)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


@cache
def _width_at_100(text: str, bold: bool) -> float:
    face = _file(100.0, bold)
    face.set_size(72.0, 100.0)
    face.set_text(text, 0.0)
    return float(face.get_width_height()[0]) / 64


def width_px(text: str, px: float, *, bold: bool = False) -> float:
    """How wide ``text`` is drawn, in logical pixels at ``px`` logical pixels of size."""
    return _width_at_100(text, bold) * px / 100
