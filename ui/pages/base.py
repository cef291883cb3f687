"""What every page is: it reads a snapshot in the background, shows it, and reads again when something changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.events import ChangedElsewhere, Event
from ui.context import Context

PAUSE_MS: Final = 200  # between two reads while events keep coming
Doer = Callable[[object | None], None]


class Page(QWidget):
    """A page of the window.

    A subclass gives :meth:`query` and :meth:`show_`; it never touches the desk in the GUI thread. A page that is
    not in sight is marked stale instead of being read, and catches up when it is shown.

    Attributes:
        name: the page's name in ``ui/actions.py``.
        wants: events after which the page reads again.
        incident_id: the incident on screen, or ``None``.
    """

    name: ClassVar[str] = ""
    wants: ClassVar[tuple[type[Event], ...]] = ()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.texts = context.texts
        self.incident_id: int | None = None
        self._stale = True
        self._reading = False
        self._again = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._again.timeout.connect(self.refresh)
        context.bridge.events.connect(self._on_events)

    def query(self) -> Callable[[], Any] | None:
        """What to read: a function for the ``read`` thread that touches no widget. Called in the GUI thread."""
        return None

    def show_(self, view: Any) -> None:
        """Put what :meth:`query` read on screen."""

    def retranslate(self) -> None:
        """Say everything again in the language of ``self.texts``; by default only reads again."""
        self.refresh()

    def actions_(self) -> Mapping[str, Doer]:
        """Actions of ``ui/actions.py`` that this page does: id → function of the thing's id, or of ``None``."""
        return {}

    def set_incident(self, incident_id: int | None) -> None:
        """Show another incident, or none."""
        if incident_id != self.incident_id:
            self.incident_id = incident_id
            self.refresh()

    def refresh(self) -> None:
        """Read again if the page is in sight, else when it next is; one read at a time."""
        self._stale = True
        if not self.isVisible() or self._reading:
            return
        read = self.query()
        self._stale = False
        if read is not None:
            self._reading = True
            self.context.bridge.read(read, self._read_done, self._read_failed)

    def shown(self) -> None:
        """Called each time the page comes into sight, before it catches up."""

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while the page was out of sight."""
        super().showEvent(event)
        self.shown()
        if self._stale:
            self.refresh()

    def _read_done(self, view: Any) -> None:
        self._reading = False
        self.show_(view)
        if self._stale:
            self._again.start()

    def _read_failed(self, error: CrisisDeskError) -> None:
        self._reading = False
        self.context.bridge.failed.emit(error)

    def _on_events(self, events: list[Event]) -> None:
        if self.wants and any(isinstance(event, (*self.wants, ChangedElsewhere)) for event in events):
            self.refresh()
