"""Files on the timeline's page: into the note that is being written, onto the entry on screen, and out as copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from crisisdesk.desk.attachments import proposed_name
from crisisdesk.model.attachment import MOST_FILES, Attachment, Upload
from crisisdesk.model.errors import CrisisDeskError
from ui.context import Context
from ui.models.columns import outside
from ui.widgets.choose import choose_save
from ui.widgets.entry_view import EntryView
from ui.widgets.file_taker import FileTaker
from ui.widgets.note_edit import NoteEdit


class TimelineFiles(QObject):
    """Between the page's widgets and the desk.

    Args:
        changed: called when an entry has other files than before.
    """

    def __init__(
        self, context: Context, note: NoteEdit, detail: EntryView, changed: Callable[[], object]
    ) -> None:
        super().__init__(detail)
        self._context = context
        self._note = note
        self._detail = detail
        self._changed = changed
        self.for_note = FileTaker(note, context)
        self.for_note.watch(note, note.text, note.time, pastes=True)
        self.for_note.taken.connect(self._into_note)
        self.for_note.refused.connect(note.set_problem)
        note.files_wanted.connect(self.for_note.choose)
        self.for_entry = FileTaker(detail, context)
        self.for_entry.watch(detail)
        self.for_entry.taken.connect(self._onto_entry)
        self.for_entry.refused.connect(context.say)
        detail.attach_wanted.connect(self.choose)
        detail.files.save_wanted.connect(self._ask_where)

    def choose(self) -> None:
        """Ask for files for the entry on screen."""
        if self._detail.entry is not None:
            self.for_entry.choose()

    def _into_note(self, files: tuple[Upload, ...]) -> None:
        full = not self._note.tray.add(files)
        self._note.set_problem(self._context.texts("errors.attachment.too_many", most=MOST_FILES) if full else "")
        self._note.text.setFocus()

    def _onto_entry(self, files: tuple[Upload, ...]) -> None:
        entry, desk = self._detail.entry, self._context.desk
        if entry is not None:
            number = entry.id
            self._context.bridge.call(lambda: desk.attachments.attach(number, files), self._attached)

    def _attached(self, made: tuple[object, ...]) -> None:
        self._context.say(self._context.texts("timeline_page.files.attached", n=len(made)))
        self._changed()

    def _ask_where(self, file: Attachment) -> None:
        choose_save(self._detail, lambda path: self.save(file, Path(path)), proposed_name(file.name))

    def save(self, file: Attachment, path: Path) -> None:
        """Write a copy; nothing opens it."""
        desk, texts = self._context.desk, self._context.texts

        def write() -> str:
            try:
                return texts("timeline_page.files.saved", file=outside(desk.attachments.save(file.id, path).name, 120))
            except CrisisDeskError as error:
                return texts.error(error)

        self._context.bridge.read(write, self._context.say)
