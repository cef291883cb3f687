"""The inbox hands the chosen mention on: E to an area, Shift+G to the thanks, Shift+I to what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.fakes.pages_b import DeskB, stage
from ui.pages.inbox import InboxPage


@pytest.mark.parametrize(
    ("key", "held", "action"),
    [
        (Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, "area.send"),
        (Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier, "kudos.give"),
        (Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier, "idea.note"),
        (Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier, "expert.ask"),
    ],
)
def test_a_key_hands_on_the_chosen_mention(
    key: Qt.Key, held: Qt.KeyboardModifier, action: str, qtbot: Any, qapp: Any, tmp_path: Path
) -> None:
    inbox = stage(qtbot, qapp, InboxPage, DeskB(tmp_path))
    inbox.page.table.select(1)
    qtbot.keyClick(inbox.page.table, key, held)
    assert inbox.acted == [(action, inbox.page.table.current().id)]
