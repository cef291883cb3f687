"""To private and call back beside an answer: forms in place, errors in words, no number is shown again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.playbook import Bilingual
from tests.fakes.outbox import START
from tests.ui.test_reply_pane import Scene
from ui.widgets.mention_care import MentionCare
from ui.widgets.promise_detail import PromiseDetail


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


def rows(care: MentionCare) -> list[str]:
    return [label.text() for label in care.phones.findChildren(QLabel) if label.isVisibleTo(care.phones)]


def press(care: MentionCare, key: str, qtbot: Any) -> None:
    wanted = care._context.texts(f"replies.care.{key}")

    def found() -> list[QPushButton]:
        buttons = care.phones.findChildren(QPushButton)
        return [b for b in buttons if b.accessibleName() == wanted and b.isVisibleTo(care.phones)]

    qtbot.waitUntil(lambda: bool(found()))
    found()[0].click()


def test_a_kept_number_is_masked_shown_by_an_act_that_is_logged_and_deleted(
    scene: Scene, care: MentionCare, qtbot: Any
) -> None:
    kept = scene.desk.handoffs.keep_phone(scene.mention, "+52 55 1234 5678", "dijo que sí")
    care.show_mention(scene.desk.mentions.latest(limit=1)[0])  # again: what another desk kept appears
    qtbot.waitUntil(lambda: any("••• 78" in text for text in rows(care)))
    assert not any("1234" in text for text in rows(care))
    press(care, "reveal", qtbot)
    qtbot.waitUntil(lambda: any("+525512345678" in text for text in rows(care)))
    kinds = [e.kind for e in scene.desk.timeline.entries(scene.incident) if e.kind.startswith("call_back.")]
    assert kinds == ["call_back.shown", "call_back.kept"]
    care.phones._hide.timeout.emit()  # a minute is over
    assert not any("1234" in text for text in rows(care))
    press(care, "reveal", qtbot)
    qtbot.waitUntil(lambda: any("+525512345678" in text for text in rows(care)))
    press(care, "conceal", qtbot)
    assert not any("1234" in text for text in rows(care))
    press(care, "forget", qtbot)
    qtbot.waitUntil(lambda: any("borrado" in text for text in rows(care)))
    assert scene.desk.handoffs.of(scene.mention)[0].deleted_at is not None
    assert not any(b.isVisibleTo(care.phones) for b in care.phones.findChildren(QPushButton))
    assert scene.desk.handoffs.is_number(kept.id, "+525512345678")


def test_a_number_deleted_elsewhere_is_not_shown_and_leaves_with_its_mention(
    scene: Scene, care: MentionCare, qtbot: Any
) -> None:
    kept = scene.desk.handoffs.keep_phone(scene.mention, "+52 55 1234 5678", "dijo que sí")
    care.phones.refresh()
    qtbot.waitUntil(lambda: any("••• 78" in text for text in rows(care)))
    scene.desk.handoffs.forget(kept.id)
    press(care, "reveal", qtbot)
    qtbot.waitUntil(lambda: care.phones.said.text().startswith("▲"))
    qtbot.waitUntil(lambda: any("borrado" in text for text in rows(care)))
    care.show_mention(None)
    assert not care.phones.isVisibleTo(care) and rows(care) == []


def test_a_promised_call_leads_to_its_number_and_to_no_other(scene: Scene, qtbot: Any) -> None:
    handoffs, incident = scene.desk.handoffs, scene.incident
    kept = handoffs.keep_phone(scene.mention, "+52 55 1234 5678", "sí")
    handoffs.keep_phone(scene.mention, "+52 55 8765 4399", "sí")
    owed = handoffs.promise(kept.id, START + timedelta(hours=1), "Guardia")
    what, later = Bilingual("avisar", "tell"), START + timedelta(hours=2)
    other = scene.desk.commitments.promise(incident, what, later, kind=CommitmentKind.RESOLUTION, giver="Guardia")
    detail = PromiseDetail(scene.context)
    qtbot.addWidget(detail)
    detail.show_promise(other, scene.desk.playbook, {}, ())
    detail.show_promise(owed, scene.desk.playbook, {}, ())
    labels = lambda: [one.text() for one in detail.phones.findChildren(QLabel) if one.isVisibleTo(detail)]  # noqa: E731
    qtbot.waitUntil(lambda: any("••• 78" in text for text in labels()))
    assert not any("99" in text or "1234" in text for text in labels())
    detail.phones._reveal(kept.id)
    qtbot.waitUntil(lambda: any("+525512345678" in text for text in labels()))
    detail.show_promise(owed, scene.desk.playbook, {}, ())  # the page reads again: it stays for its minute
    assert any("+525512345678" in text for text in labels())
    detail.show_promise(other, scene.desk.playbook, {}, ())
    assert not detail.phones.isVisibleTo(detail)
