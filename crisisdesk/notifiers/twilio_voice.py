"""A phone call by Twilio that reads the message aloud. It cannot hear an answer: the person acknowledges elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from xml.sax.saxutils import escape

from crisisdesk.model.contact import Contact
from crisisdesk.model.notification import NotificationState
from crisisdesk.notifiers import twilio
from crisisdesk.notifiers.base import Message, Outside, Receipt
from crisisdesk.plain import clamp

_LONGEST: Final = 600
_VOICES: Final = {"es": "es-MX", "en": "en-US"}
_BECAME: Final = {
    "in-progress": NotificationState.DELIVERED,  # picked up, by a person or by a machine
    "completed": NotificationState.DELIVERED,
    "busy": NotificationState.FAILED,
    "no-answer": NotificationState.FAILED,
    "failed": NotificationState.FAILED,
    "canceled": NotificationState.FAILED,
}


def spoken(message: Message) -> str:
    """What the call says, twice, as TwiML; the text is escaped, so that it cannot command the call."""
    text = escape(clamp(f"{message.subject}. {message.body}", _LONGEST), {'"': "&quot;"})
    voice = _VOICES.get(message.lang, "es-MX")
    return f'<Response><Say language="{voice}" loop="2">{text}</Say></Response>'


class TwilioVoice:
    """The voice notifier."""

    kind: ClassVar[str] = "twilio_voice"
    words: ClassVar[frozenset[str]] = frozenset({"llamada"})
    Settings: ClassVar[type[Any]] = twilio.TwilioSettings

    def __init__(self, settings: twilio.TwilioSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The contact's phone."""
        return contact.phone

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Have the call made; what became of it is asked later."""
        own = self._settings
        form = {
            "To": twilio.number(message.to, own.prefix),
            "From": own.sender,
            "Twiml": spoken(message),
            "Timeout": "40",
        }
        said = await twilio.post(own, outside, "Calls", form)
        return Receipt(str(said.get("sid", "")))

    async def progress(self, outside: Outside, provider_id: str) -> NotificationState:
        """What became of a call."""
        said = await twilio.status(self._settings, outside, "Calls", provider_id)
        return _BECAME.get(str(said.get("status")), NotificationState.ACCEPTED)


NOTIFIER = TwilioVoice
