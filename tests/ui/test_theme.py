"""The look: every token there, every text readable, nothing of the sheet left open."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QCompleter, QLabel, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import delete

from ui.theme import Theme, Tokens, mode_of, set_style, tokens


def _light(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[n : n + 2], 16)) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_can_be_read(mode: str) -> None:
    look = tokens(mode)
    for ground in (look.panel, look.raised):
        for name in ("text", "muted", "accent", "promise", "danger", "good"):
            assert contrast(getattr(look, name), ground) >= 4.5, (mode, name, ground)
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.on_danger, look.danger) >= 4.5
    assert contrast(look.bars, look.panel) >= 3
    assert contrast(look.bars, look.reposts) >= 1.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_sheet_is_filled_in(mode: str, qapp: Any) -> None:
    theme = Theme(mode_of(mode))
    sheet = theme.sheet()
    assert "$" not in sheet
    assert tokens(mode).promise in sheet
    assert theme.colour("panel").name().upper() == tokens(mode).panel
    assert {f.name for f in fields(Tokens)} >= {"window", "panel", "accent"}


def test_a_name_that_is_no_mode_follows_the_system() -> None:
    assert [mode_of(name) for name in ("light", "dark", "system", "pink", "")] == [
        "light", "dark", "system", "system", "system",
    ]  # fmt: skip


def test_applying_dresses_the_program_and_tells(qapp: QApplication, qtbot: Any) -> None:
    theme = Theme("dark")
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp)
    assert qapp.palette().window().color().name().upper() == tokens("dark").window
    theme.apply(qapp, "light")
    assert qapp.palette().window().color().name().upper() == tokens("light").window
    assert qapp.font().pixelSize() == 13


def test_a_changed_property_restyles(qapp: QApplication, qtbot: Any) -> None:
    theme = Theme("dark")
    theme.apply(qapp)
    label = QLabel("x")
    label.setProperty("rank", "text")
    qtbot.addWidget(label)
    theme.dress(label)
    label.show()
    set_style(label, rank="danger")
    assert label.palette().windowText().color().name().upper() == tokens("dark").danger


def test_a_part_is_styled_once_however_deep_it_is_laid(qapp: QApplication, qtbot: Any) -> None:
    """Styled at each step of the way up, a large page held the window's thread for a second and more."""

    class Leaf(QLabel):
        restyled = 0

        def changeEvent(self, event: QEvent) -> None:
            super().changeEvent(event)
            self.restyled += event.type() is QEvent.Type.StyleChange

    theme = Theme("dark")
    theme.apply(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    theme.dress(window)
    window.show()
    leaf = Leaf("x")
    leaf.setProperty("rank", "danger")
    part: QWidget = leaf
    for _storey in range(6):
        whole = QWidget()
        QVBoxLayout(whole).addWidget(part)
        part = whole
    part.setParent(window)
    part.show()
    assert leaf.restyled == 1
    assert leaf.palette().windowText().color().name().upper() == tokens("dark").danger


def test_a_window_follows_the_look_and_is_let_go_when_it_closes(qapp: QApplication) -> None:
    theme = Theme("dark")
    theme.apply(qapp)
    kept, gone = QWidget(), QWidget()
    theme.dress(kept)
    theme.dress(gone)
    delete(gone)  # its Python half is still here
    theme.apply(qapp, "light")
    assert tokens("light").danger in kept.styleSheet()
    assert tokens("dark").danger not in kept.styleSheet()


def test_what_a_line_proposes_is_dressed_like_the_line(qapp: QApplication, qtbot: Any) -> None:
    theme = Theme("dark")
    theme.apply(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    theme.dress(window)
    column = QVBoxLayout(window)
    first, line = QLineEdit(), QLineEdit()
    for one in (first, line):
        column.addWidget(one)
    line.setCompleter(QCompleter(["Europe/Madrid"], line))
    with qtbot.waitActive(window):
        window.show()
    line.setFocus()
    assert line.completer().popup().styleSheet() == theme.sheet()
    theme.apply(qapp, "light")
    first.setFocus()
    line.setFocus()
    assert line.completer().popup().styleSheet() == theme.sheet()
