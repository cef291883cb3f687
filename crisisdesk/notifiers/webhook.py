"""A webhook of the house's own: JSON, signed, and told apart from its repetition by a key."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.notifiers.base import Message, Outside, Receipt, permits, setting
from crisisdesk.web import json_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Where to, and the secret with which what is sent is signed."""

    webhook: str = setting(secret=True, required=True)
    signing: str = setting(secret=True, required=True)
    inside: bool = setting(False)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What the header ``X-CrisisDesk-Signature`` holds: ``v1=`` and HMAC-SHA256 over stamp, full stop, body."""
    return "v1=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Webhook:
    """The generic webhook notifier."""

    kind: ClassVar[str] = "webhook"
    words: ClassVar[frozenset[str]] = frozenset({"aviso"})
    Settings: ClassVar[type[Any]] = WebhookSettings

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """Its own id for the contact where it has one, else the slug."""
        return contact.address(self.kind) or contact.slug

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Post it with its key, its time and its signature; ``{"id": …}`` in the answer is kept."""
        own = self._settings
        content = {
            "type": "test" if message.test else "escalation",
            "id": message.token,
            "to": message.to,
            "name": message.name,
            "level": message.level,
            "subject": message.subject,
            "body": message.body,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(outside.now().timestamp()))
        answer = await outside.web.post(
            own.webhook,
            body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Idempotency-Key": message.token,
                "X-CrisisDesk-Timestamp": stamp,
                "X-CrisisDesk-Signature": signature(own.signing, stamp, body),
            },
            allow_private=permits(own.webhook, own.inside),
        )
        if "json" not in answer.headers.get("content-type", ""):
            return Receipt()
        said = json_of(answer)
        return Receipt(str(said.get("id", "")) if isinstance(said, dict) else "")


NOTIFIER = Webhook
