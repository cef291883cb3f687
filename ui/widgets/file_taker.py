"""Files taken in from outside: chosen, pasted or dropped; read by a worker, and only ever read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from crisisdesk.desk.attachments import checked, read_file
from crisisdesk.model.attachment import MOST_FILES, Upload
from crisisdesk.model.errors import CrisisDeskError, InputError
from ui.context import Context
from ui.widgets.choose import choose_files

_OVER: Final = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class FileTaker(QObject):
    """Takes files for one place.

    Signals:
        taken: a tuple of :class:`Upload`.
        refused: why one of them cannot be taken, as a sentence.
    """

    taken = Signal(tuple)
    refused = Signal(str)

    def __init__(self, owner: QWidget, context: Context) -> None:
        super().__init__(owner)
        self._owner = owner
        self._context = context

    def watch(self, *widgets: QWidget, pastes: bool = False) -> None:
        """Take what is dropped on these widgets, and (``pastes``) files and pictures that are pasted into them."""
        for widget in widgets:
            widget.setAcceptDrops(True)
            widget.setProperty("pastes", pastes)
            widget.installEventFilter(self)

    def choose(self) -> None:
        """Ask for files."""
        choose_files(self._owner, lambda files: self.read(tuple(map(Path, files))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files that are dropped or pasted are taken; texts go where they always go."""
        if event.type() in _OVER and isinstance(event, QDropEvent) and _holds(event.mimeData()):
            event.acceptProposedAction()
            return True
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent) and self.take(event.mimeData()):
            event.acceptProposedAction()
            return True
        if event.type() == QEvent.Type.KeyPress and watched.property("pastes") and isinstance(event, QKeyEvent):
            return event.matches(QKeySequence.StandardKey.Paste) and self.take(QGuiApplication.clipboard().mimeData())
        return False

    def take(self, data: QMimeData) -> bool:
        """Take the files or the picture in ``data``; whether there are any."""
        paths = _paths(data)
        if paths:
            self.read(paths)
        elif _is_picture(data):
            self._read_picture(QImage(data.imageData()))
        else:
            return False
        return True

    def read(self, paths: tuple[Path, ...]) -> None:
        """Read these files; those that can be taken are, and of the others the first says why not."""

        def read() -> tuple[tuple[Upload, ...], CrisisDeskError | None]:
            found, problem = [], None
            for path in paths[:MOST_FILES]:
                try:
                    found.append(read_file(path))
                except CrisisDeskError as error:
                    problem = problem or error
            if len(paths) > MOST_FILES:
                problem = InputError("attachment.too_many", most=MOST_FILES)
            return tuple(found), problem

        self._context.bridge.read(read, self._read)

    def _read_picture(self, picture: QImage) -> None:
        name = self._context.texts("timeline_page.files.pasted")

        def read() -> tuple[tuple[Upload, ...], CrisisDeskError | None]:
            buffer = QBuffer()
            buffer.open(QBuffer.OpenModeFlag.WriteOnly)
            picture.save(buffer, "PNG")  # type: ignore[call-overload]
            try:
                return (checked(Upload(name, bytes(buffer.data().data()))),), None
            except CrisisDeskError as error:
                return (), error

        self._context.bridge.read(read, self._read)

    def _read(self, answer: tuple[tuple[Upload, ...], CrisisDeskError | None]) -> None:
        found, problem = answer
        if found:
            self.taken.emit(found)
        if problem is not None:
            self.refused.emit(self._context.texts.error(problem))


def _paths(data: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def _is_picture(data: QMimeData) -> bool:
    return data.hasImage() and not data.hasText()


def _holds(data: QMimeData) -> bool:
    return bool(_paths(data)) or _is_picture(data)
