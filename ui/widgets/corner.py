"""At the margin of the screen where the system can, and in the window's own line; it never takes the focus."""

from __future__ import annotations

from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.commitment import Commitment
from crisisdesk.words import when
from ui.context import Context


class Corner:
    """Tells what the desk shows there, a promise that is nearly due, and one that broke.

    Args:
        owner: the widget whose window lends its icon.
    """

    def __init__(self, context: Context, owner: QWidget) -> None:
        self._context, self._owner = context, owner
        self._tray: QSystemTrayIcon | None = None

    def hear(self, event: ev.Event) -> None:
        """Tell an event, if it is one for here."""
        if isinstance(event, ev.NoticeShown):
            self._tell(event.title, event.body)
        elif isinstance(event, ev.CommitmentDueSoon):
            self._promise(event.commitment_id, "due_soon")
        elif isinstance(event, ev.CommitmentBroken):
            self._promise(event.commitment_id, "broken")

    def _promise(self, commitment_id: int, key: str) -> None:
        context = self._context

        def told(one: Commitment) -> None:
            time = when(one.due_at, one.zone, context.texts, ref=context.desk.clock.now())
            what = one.what.get(context.lang)
            title = context.texts(f"ui.corner.{key}", time=time, what=what)
            self._tell(title, context.texts(f"ui.corner.{key}_how"))

        context.bridge.read(lambda: context.desk.commitments.get(commitment_id), told)

    def _tell(self, title: str, body: str) -> None:
        self._context.say(f"{title} · {body.splitlines()[0] if body else ''}")
        if QSystemTrayIcon.isSystemTrayAvailable() and not self._context.desk.clock.simulated:
            if self._tray is None:
                self._tray = QSystemTrayIcon(self._owner.window().windowIcon(), self._owner)
                self._tray.show()
            self._tray.showMessage(title, body)
