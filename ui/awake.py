"""Keeps the computer from going to sleep while a crisis is open: nothing on a sleeping computer can call anyone."""

from __future__ import annotations

import logging
import sys
from typing import Final, Literal

log = logging.getLogger(__name__)

State = Literal["off", "held", "unavailable"]
_SERVICE: Final = "org.freedesktop.login1"


class Awake:
    """Asks the system's login manager (logind) to hold sleep back; says so where there is none.

    Windows and macOS have other ways, which are not built in yet: there :attr:`state` is ``unavailable``.
    """

    def __init__(self) -> None:
        self.state: State = "off"
        self._held: object | None = None  # the file that logind gave: sleep is held back while it is open

    def hold(self, wanted: bool, why: str) -> State:
        """Hold sleep back, or let it come again; gives the state."""
        if wanted and self.state == "off":
            self._held = self._ask(why)
            self.state = "held" if self._held is not None else "unavailable"
        elif not wanted:
            self._held, self.state = None, "off"
        return self.state

    def _ask(self, why: str) -> object | None:
        if not sys.platform.startswith("linux"):
            return None
        try:
            from PySide6.QtDBus import QDBusConnection, QDBusInterface, QDBusMessage, QDBusUnixFileDescriptor
        except ImportError:
            return None
        bus = QDBusConnection.systemBus()
        if not bus.isConnected():
            return None
        logind = QDBusInterface(_SERVICE, "/org/freedesktop/login1", f"{_SERVICE}.Manager", bus)
        logind.setTimeout(1000)
        answer = logind.call("Inhibit", "sleep:idle", "CrisisDesk", why, "block")
        if answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
            log.info("sleep is not held back: %s", answer.errorName())
            return None
        given = answer.arguments()[0]
        return given if isinstance(given, QDBusUnixFileDescriptor) and given.isValid() else None
