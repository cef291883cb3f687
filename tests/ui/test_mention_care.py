"""To private and call back beside an answer: forms in place, errors in words, no number is shown again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.test_reply_pane import Scene
from ui.widgets.mention_care import MentionCare


@pytest.fixture
def scene(qapp: QApplication, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(qapp, tmp_path)
    yield made
    made.context.bridge.close()
    made.desk.close()


@pytest.fixture
def care(scene: Scene, qtbot: Any) -> MentionCare:
    made = MentionCare(scene.context)
    qtbot.addWidget(made)
    made.show_mention(scene.desk.mentions.latest(limit=1)[0])
    return made


def test_a_number_without_consent_is_refused_and_stays_typed(scene: Scene, care: MentionCare, qtbot: Any) -> None:
    care.call.click()
    care.phone.setText("55 1234 5678")
    care.save.click()
    qtbot.waitUntil(lambda: care.said.text().startswith("▲"))
    assert care.phone.text() == "55 1234 5678"
    care.consent.setText("dijo que sí")
    care.save.click()
    qtbot.waitUntil(lambda: care.said.text().startswith("✓"))
    assert care.phone.text() == "" and "••• 78" in care.said.text()
    assert not any("1234" in label.text() for label in care.findChildren(QLabel))
    care.giver.setText("Guardia")
    care.promise.click()
    qtbot.waitUntil(lambda: bool(scene.desk.handoffs.list(scene.incident)[0].commitment_id))


def test_the_request_is_begun_and_an_impostor_is_named(scene: Scene, care: MentionCare, qtbot: Any) -> None:
    care.ask_private()
    qtbot.waitUntil(lambda: bool(scene.acted))
    assert scene.acted[0][0] == "draft.open"
    assert not care.warning.isVisibleTo(care)
    scene.desk.handoffs._brand = ("i_ana_i",)
    care.show_mention(None)
    care.show_mention(scene.desk.mentions.latest(limit=1)[0])
    qtbot.waitUntil(lambda: care.warning.isVisibleTo(care))
    assert "i_ana_i" in care.warning.text()
