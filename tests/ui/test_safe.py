"""Hostile text in every widget that shows text from outside: never markup, never slow, never broken."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.fakes import samples
from ui.theme import Theme
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import PlainView, SafeLabel, clean_button_text, make_plain, safe_tooltip

LIMIT_S = 0.1


def _tooltip(text: str) -> QWidget:
    widget = QWidget()
    safe_tooltip(widget, text)
    return widget


WIDGETS: dict[str, Callable[[str], QWidget]] = {
    "label": SafeLabel,
    "wrapped": lambda text: SafeLabel(text, wrap=True),
    "cut": lambda text: SafeLabel(text, elide=True),
    "selectable": lambda text: SafeLabel(text, selectable=True),
    "view": PlainView,
    "growing": lambda text: PlainView(text, grows=True),
    "button": Button,
    "badge": Badge,
    "runs": lambda text: RunsLabel(Theme("dark"), (Run("a "), Run(text, "danger"))),
    "tooltip": _tooltip,
}


@pytest.fixture(scope="module")
def hostile(shared: Path) -> list[str]:
    texts = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    assert len(texts) >= 42
    return [*texts, "x" * 1_000_000, "\u2067" * 100_000, "e" + "\u0301" * 100_000, "\n" * 100_000]


@pytest.mark.parametrize("name", WIDGETS)
def test_hostile_text_stays_text_and_is_shown_at_once(name: str, hostile: list[str], qtbot: Any) -> None:
    slowest = 0.0
    for text in hostile:
        began = time.perf_counter()
        widget = WIDGETS[name](text)
        qtbot.addWidget(widget)
        widget.resize(300, 80)
        widget.grab()
        slowest = max(slowest, time.perf_counter() - began)
        if isinstance(widget, QLabel):
            assert widget.textFormat() is Qt.TextFormat.PlainText
            assert not widget.openExternalLinks()
            assert len(widget.text()) <= 510
    assert slowest < LIMIT_S


def test_markup_is_shown_as_it_is_written(qtbot: Any) -> None:
    label = SafeLabel("<b>x</b> &lt;i&gt; AT&T")
    qtbot.addWidget(label)
    assert label.text() == "<b>x</b> &lt;i&gt; AT&T"
    assert clean_button_text("AT&T\nR&D") == "AT&&T R&&D"
    runs = RunsLabel(Theme("dark"), (Run("<img src='/dev/zero'>"),))
    qtbot.addWidget(runs)
    assert runs.text() == "<img src='/dev/zero'>"


def test_a_tooltip_is_escaped(qtbot: Any) -> None:
    widget = _tooltip("<img src='/etc/passwd'>")
    qtbot.addWidget(widget)
    assert widget.toolTip() == "<qt>&lt;img src=&#x27;/etc/passwd&#x27;&gt;</qt>"
    safe_tooltip(widget, "")
    assert widget.toolTip() == ""


def test_the_belt_makes_even_a_bare_label_plain(qtbot: Any) -> None:
    page = QWidget()
    label = QLabel("<b>x</b>", page)
    qtbot.addWidget(page)
    make_plain(page)
    assert label.textFormat() is Qt.TextFormat.PlainText
    label.setText("<i>y</i>")
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_room_shows_hostile_mentions_as_text(hostile: list[str], qapp: QApplication, qtbot: Any) -> None:
    from tests.fakes.desk import FakeDesk
    from ui.shots import settle
    from ui.window import make_window

    window = make_window(FakeDesk(alert_only=True))
    qtbot.addWidget(window)
    try:
        window.show()
        settle(window)
        situation = window.page("room").situation  # type: ignore[attr-defined]
        for text in hostile:
            example = replace(samples.ALERT.explanation.examples[0], text=text, author=text)
            explanation = replace(samples.ALERT.explanation, examples=(example,) * 3, terms=(text[:50],) * 4)
            alert = replace(samples.ALERT, explanation=explanation)
            began = time.perf_counter()
            situation.set_scene(replace(samples.CALM, alert=alert), samples.PLAYBOOK)
            situation.grab()
            assert time.perf_counter() - began < LIMIT_S * 3  # three quotes and four words at once
        for label in window.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText
    finally:
        window.close()
