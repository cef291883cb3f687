"""ntfy: a push message to a topic, with two buttons that post to a topic of acknowledgements, which we fetch.

Whoever knows the name of a topic can read and write it, unless the server asks for a token: names must be unguessable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from crisisdesk.model.contact import Contact
from crisisdesk.notifiers.base import Message, Outside, Receipt, Reply, permits, quiet_mentions, setting
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.web import json_of
from crisisdesk.wire import BadJson, json_value

_LONGEST = 900  # the server takes 4,096 bytes; at most four for a character
_MOST_REPLIES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfySettings:
    """The server, its token if it wants one, and the topic to which the buttons post."""

    server: str = setting("https://ntfy.sh", required=True)
    token: str = setting(secret=True)
    acks: str = setting(secret=True)
    inside: bool = setting(False)


class Ntfy:
    """The ntfy notifier."""

    kind: ClassVar[str] = "ntfy"
    words: ClassVar[frozenset[str]] = frozenset({"aviso"})
    Settings: ClassVar[type[Any]] = NtfySettings

    def __init__(self, settings: NtfySettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The contact's topic."""
        return contact.address(self.kind)

    def _head(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.token}"} if self._settings.token else {}

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Publish it with the highest urgency from level 3 on; the buttons carry the message's token, no password."""
        own = self._settings
        content: dict[str, object] = {
            "topic": message.to,
            "title": quiet_mentions(clamp(message.subject, 200)),
            "message": quiet_mentions(clamp(message.body, _LONGEST)),
            "priority": 5 if message.level >= 3 else 4,
            "markdown": False,
        }
        if own.acks and not message.test:
            texts = Texts(message.lang)
            content["actions"] = [
                {
                    "action": "http",
                    "label": texts(f"notice.button.{verb}"),
                    "url": f"{own.server}/{quote(own.acks, safe='')}",
                    "method": "POST",
                    "body": f"{word}:{message.token}",
                    "clear": True,
                }
                for verb, word in (("take", "ack"), ("decline", "no"))
            ]
        answer = await outside.web.post(
            own.server,
            json.dumps(content).encode(),
            headers={"Content-Type": "application/json", **self._head()},
            allow_private=permits(own.server, own.inside),
        )
        said = json_of(answer)
        return Receipt(str(said.get("id", "")) if isinstance(said, Mapping) else "")

    async def replies(self, outside: Outside, cursor: str) -> tuple[tuple[Reply, ...], str]:
        """What the buttons posted since ``cursor``; a line that is not ours is passed over."""
        own = self._settings
        if not own.acks:
            return (), cursor
        answer = await outside.web.get(
            f"{own.server}/{quote(own.acks, safe='')}/json",
            params={"poll": "1", "since": cursor or "12h"},
            headers=self._head(),
            limit_bytes=1_000_000,
            allow_private=permits(own.server, own.inside),
        )
        found = []
        for line in answer.body.splitlines()[:_MOST_REPLIES]:
            try:
                said = json_value(line)
            except BadJson:
                continue
            if not isinstance(said, Mapping) or said.get("event") != "message":
                continue
            cursor = str(said.get("id", "")) or cursor
            verb, _, token = str(said.get("message", "")).strip().partition(":")
            if verb in ("ack", "no") and token:
                found.append(Reply(token, takes=verb == "ack"))
        return tuple(found), cursor

    async def tell(self, outside: Outside, reply: Reply, words: str) -> None:
        """A topic cannot answer the one who pressed."""


NOTIFIER = Ntfy
