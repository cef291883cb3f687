"""Asking for a file: never modal, and the desk is told only of what was chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from ui.widgets.choose import choose_file, choose_folder, choose_save


def test_no_question_blocks_the_desk(qapp: QApplication, tmp_path: Path) -> None:
    parent = QWidget()
    told: list[str] = []
    asked = [
        choose_file(parent, told.append, "OPML (*.opml);;* (*)"),
        choose_folder(parent, told.append, str(tmp_path)),
        choose_save(parent, told.append, "voces.csv"),
    ]
    try:
        assert not any(dialog.isModal() for dialog in asked)
        assert QApplication.activeModalWidget() is None
        assert asked[0].nameFilters() == ["OPML (*.opml)", "* (*)"]
        assert asked[1].fileMode() is QFileDialog.FileMode.Directory
        assert (asked[2].acceptMode(), asked[2].defaultSuffix()) == (QFileDialog.AcceptMode.AcceptSave, "csv")
        asked[0].reject()
        assert told == []
    finally:
        parent.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_name_without_an_ending_gets_none(qapp: QApplication) -> None:
    parent = QWidget()
    try:
        assert choose_save(parent, lambda _file: None, "notas").defaultSuffix() == ""
    finally:
        parent.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
