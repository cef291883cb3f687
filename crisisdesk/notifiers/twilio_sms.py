"""SMS through Twilio. Its own later word decides whether a message was delivered."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from crisisdesk.model.contact import Contact
from crisisdesk.model.notification import NotificationState
from crisisdesk.notifiers import twilio
from crisisdesk.notifiers.base import Message, Outside, Receipt
from crisisdesk.plain import clamp

_LONGEST: Final = 450
_BECAME: Final = {
    "delivered": NotificationState.DELIVERED,
    "read": NotificationState.DELIVERED,
    "undelivered": NotificationState.FAILED,
    "failed": NotificationState.FAILED,
    "canceled": NotificationState.FAILED,
}


class TwilioSms:
    """The SMS notifier."""

    kind: ClassVar[str] = "twilio_sms"
    words: ClassVar[frozenset[str]] = frozenset({"sms"})
    Settings: ClassVar[type[Any]] = twilio.TwilioSettings

    def __init__(self, settings: twilio.TwilioSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The contact's phone."""
        return contact.phone

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Hand it over; «queued» is accepted, not delivered."""
        own = self._settings
        form = {
            "To": twilio.number(message.to, own.prefix),
            "Body": clamp(f"{message.subject}\n{message.body}", _LONGEST),
        }
        form["MessagingServiceSid" if own.sender.startswith("MG") else "From"] = own.sender
        said = await twilio.post(own, outside, "Messages", form)
        return Receipt(str(said.get("sid", "")))

    async def progress(self, outside: Outside, provider_id: str) -> NotificationState:
        """What became of a message."""
        said = await twilio.status(self._settings, outside, "Messages", provider_id)
        return _BECAME.get(str(said.get("status")), NotificationState.ACCEPTED)


NOTIFIER = TwilioSms
