"""From the alert to the copied holding statement: at most eight keystrokes besides what is written in the fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from crisisdesk.app import build_desk
from crisisdesk.model.draft import DraftState
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from ui.shots import settle
from ui.window import Window, make_window

MOST = 8
SERVICE = ("el servicio de voz y datos", "voice and data service")
PLACE = ("marca.example/avisos", "brand.example/notices")


class Typist:
    """A person at the keyboard whose keys are counted; what goes into a field is typed, and not counted."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.strokes: list[str] = []

    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.strokes.append(f"{modifier.name}+{key.name}")
        QTest.keyClick(self.focus(), key, modifier)
        settle(self.window)

    def write(self, text: str) -> None:
        line = self.focus()
        assert isinstance(line, QLineEdit), f"after {self.strokes} the cursor stands in {line}"
        QTest.keyClicks(line, text)
        settle(self.window)


def test_from_the_alert_to_the_copied_text_in_eight_keystrokes(qapp: QApplication, qtbot: Any, tmp_path: Path) -> None:
    desk = build_desk(Settings(zone="America/Mexico_City", actor="Ana"), profile(tmp_path / "d"), drill=True)
    desk.drills.play("iusacell-0700-1100", autopilot=False, paused=True)
    for _ in range(400):
        if desk.room.view().alert is not None:
            break
        desk.replay.leap()
    assert desk.room.view().alert is not None
    window = make_window(desk)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    settle(window)
    QGuiApplication.clipboard().clear()
    ana = Typist(window)
    ana.press(Qt.Key.Key_Return)  # open the incident that the alert proposes
    ana.press(Qt.Key.Key_Return)  # and agree with its level
    ana.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    for spanish, english in (SERVICE, PLACE):  # the other two come filled in: since when, and when the next news is
        ana.write(spanish)
        ana.press(Qt.Key.Key_Tab)
        ana.write(english)
        ana.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)  # to the next empty field; at the end, copy
    copied = QGuiApplication.clipboard().text()
    (incident,) = desk.incidents.list()
    draft = next(d for d in desk.drafts.list(incident.id) if d.template_id == "primer_mensaje")
    window.close()
    desk.close()
    assert SERVICE[0] in copied and PLACE[0] in copied
    assert (draft.state, draft.body.es in copied) == (DraftState.COPIED, True)
    assert len(ana.strokes) <= MOST, ana.strokes
