"""A day without an hour lasts until midnight: today is late for nothing before that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.bus import Bus
from crisisdesk.clock import DeskClock, PlayClock
from crisisdesk.texts import Texts
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui.bridge import Bridge
from ui.context import Context
from ui.theme import Theme
from ui.widgets.time_edit import TimeEdit


@pytest.mark.parametrize(("after", "late"), [(0, False), (5 * 60, False), (16 * 60 + 40, False), (17 * 60, True)])
def test_today_is_late_for_nothing_before_midnight(qapp: QApplication, qtbot: Any, after: int, late: bool) -> None:
    desk: Any = FakeDesk()
    desk.clock = DeskClock(PlayClock(samples.NOW + timedelta(minutes=after)))  # 07:18 there
    bridge = Bridge(Bus())
    context = Context(desk, bridge, Texts("es"), Theme("light"), lambda *_: None, lambda *_: None, lambda *_: None)
    edit = TimeEdit(context, day_only=True)
    qtbot.addWidget(edit)
    edit.set_zone(samples.ZONE)
    edit.line.setText("17/3")
    edit.line.textEdited.emit("17/3")
    assert edit.instant() is not None
    assert edit.line.property("state") == ("error" if late else "")
    bridge.close()
