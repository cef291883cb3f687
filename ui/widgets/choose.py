"""Asking for a file or a folder: never modal, so that the desk stays usable while the question is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget


def _ask(dialog: QFileDialog, chosen: Callable[[str], object]) -> QFileDialog:
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.setModal(False)
    dialog.show()
    return dialog


def choose_file(parent: QWidget, chosen: Callable[[str], object], filters: str = "") -> QFileDialog:
    """Ask for a file that exists; ``chosen`` is called with its path, or never.

    ``filters`` are in Qt's form: ``"OPML (*.opml *.xml);;* (*)"``.
    """
    dialog = QFileDialog(parent)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if filters:
        dialog.setNameFilter(filters)
    return _ask(dialog, chosen)


def choose_files(parent: QWidget, chosen: Callable[[list[str]], object]) -> QFileDialog:
    """Ask for files that exist, one or more; ``chosen`` is called with their paths, or never."""
    dialog = QFileDialog(parent)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(chosen)
    return _ask(dialog, lambda _first: None)


def choose_folder(parent: QWidget, chosen: Callable[[str], object], start: str = "") -> QFileDialog:
    """Ask for a folder that exists, beginning in ``start``."""
    dialog = QFileDialog(parent, directory=start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _ask(dialog, chosen)


def choose_save(parent: QWidget, chosen: Callable[[str], object], name: str, filters: str = "") -> QFileDialog:
    """Ask where to write; ``name`` is what is proposed, and its ending is added where a person leaves it out."""
    dialog = QFileDialog(parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if filters:
        dialog.setNameFilter(filters)
    ending = name.rpartition(".")[2] if "." in name else ""
    dialog.setDefaultSuffix(ending)
    dialog.selectFile(name)
    return _ask(dialog, chosen)
