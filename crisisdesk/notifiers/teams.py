"""Microsoft Teams: a card in one channel through the address of a workflow («When a webhook request is received»)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.notifiers.base import Message, Outside, Receipt, permits, quiet_mentions, setting
from crisisdesk.plain import clamp

_LONGEST = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSettings:
    """The workflow's address; whoever knows it can post, so it is a secret."""

    webhook: str = setting(secret=True, required=True)
    inside: bool = setting(False)


def _run(text: str, **more: object) -> dict[str, object]:
    """A text that Teams shows as it is: a TextRun reads no Markdown, unlike a TextBlock."""
    run = {"type": "TextRun", "text": quiet_mentions(clamp(text, _LONGEST)), **more}
    return {"type": "RichTextBlock", "inlines": [run]}


class Teams:
    """The Teams notifier."""

    kind: ClassVar[str] = "teams"
    words: ClassVar[frozenset[str]] = frozenset({"chat"})
    Settings: ClassVar[type[Any]] = TeamsSettings

    def __init__(self, settings: TeamsSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The channel behind the workflow, whoever is meant; the card names the person."""
        return "workflow" if self._settings.webhook else ""

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Post the card. 202 means that the workflow was started, not that the card is there: accepted."""
        body = [_run(message.subject, weight="Bolder"), _run(f"→ {message.name}"), _run(message.body)]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": body,
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        await outside.web.post(
            self._settings.webhook,
            json.dumps({"type": "message", "attachments": [attachment]}).encode(),
            headers={"Content-Type": "application/json"},
            allow_private=permits(self._settings.webhook, self._settings.inside),
        )
        return Receipt()


NOTIFIER = Teams
