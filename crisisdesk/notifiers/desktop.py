"""This computer's own screen: a notice at the margin for who sits at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import TransientError
from crisisdesk.notifiers.base import Message, Outside, Receipt
from crisisdesk.plain import clamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSettings:
    """Nothing to fill in."""


class Desktop:
    """The desktop notifier."""

    kind: ClassVar[str] = "desktop"
    words: ClassVar[frozenset[str]] = frozenset({"aviso"})
    Settings: ClassVar[type[Any]] = DesktopSettings

    def __init__(self, settings: DesktopSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """Always this computer."""
        return "desktop"

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Show it; accepted by the window, which cannot know whether anybody looks."""
        if not outside.show(clamp(message.subject, 120), clamp(message.body, 400)):
            raise TransientError("notice.no_window")
        return Receipt()


NOTIFIER = Desktop
