"""Telegram: a bot's message with two buttons, whose presses we fetch; nothing of ours has to be reachable.

A bot cannot write first: the person has to have pressed «Start» once. Its token stands in every address, as Telegram
wants it; neither log nor error ever holds more of an address than its host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import AuthError, PermanentError, RateLimitedError, TransientError
from crisisdesk.notifiers.base import Message, Outside, Receipt, Reply, permits, quiet_mentions, setting
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.web import json_of

_LONGEST = 1_900  # Telegram counts 4,096 UTF-16 units; no plain text of this many characters is longer
_TOLD = frozenset({400, 401, 403, 404, 409, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """The token that @BotFather gave."""

    token: str = setting(secret=True, required=True)
    server: str = setting("https://api.telegram.org")
    inside: bool = setting(False)


class Telegram:
    """The Telegram notifier."""

    kind: ClassVar[str] = "telegram"
    words: ClassVar[frozenset[str]] = frozenset({"chat", "aviso"})
    Settings: ClassVar[type[Any]] = TelegramSettings

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The number of the contact's chat with the bot."""
        return contact.address(self.kind)

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Send it as plain text: without a parse mode Telegram reads no markup."""
        text = quiet_mentions(clamp(f"{message.subject}\n\n{message.body}", _LONGEST))
        content: dict[str, object] = {
            "chat_id": message.to,
            "text": text,
            "link_preview_options": {"is_disabled": True},
        }
        if not message.test:
            texts = Texts(message.lang)
            buttons = [
                {"text": texts("notice.button.take"), "callback_data": f"ack:{message.token}"},
                {"text": texts("notice.button.decline"), "callback_data": f"no:{message.token}"},
            ]
            content["reply_markup"] = {"inline_keyboard": [buttons]}
        said = await self._ask(outside, "sendMessage", content)
        return Receipt(f"{message.to}/{said.get('message_id', '')}" if isinstance(said, Mapping) else "")

    async def replies(self, outside: Outside, cursor: str) -> tuple[tuple[Reply, ...], str]:
        """The buttons pressed; asking with the next number is what tells Telegram that the ones before are done."""
        content = {"offset": int(cursor or 0), "timeout": 0, "allowed_updates": ["callback_query"]}
        updates = await self._ask(outside, "getUpdates", content)
        found = []
        for update in updates if isinstance(updates, list) else ():
            if not isinstance(update, Mapping) or not isinstance(number := update.get("update_id"), int):
                continue
            cursor = str(max(int(cursor or 0), number + 1))
            pressed = update.get("callback_query")
            if not isinstance(pressed, Mapping):
                continue
            verb, _, token = str(pressed.get("data", "")).partition(":")
            if verb in ("ack", "no") and token:
                sender = pressed.get("from")
                names = (sender.get(n) for n in ("first_name", "last_name")) if isinstance(sender, Mapping) else ()
                by = clamp(" ".join(str(n) for n in names if n), 80)
                found.append(Reply(token, takes=verb == "ack", by=by, handle=str(pressed.get("id", ""))))
        return tuple(found), cursor

    async def tell(self, outside: Outside, reply: Reply, words: str) -> None:
        """Answer the press, so that the button stops turning and says what came of it."""
        content = {"callback_query_id": reply.handle, "text": clamp(words, 190), "show_alert": True}
        await self._ask(outside, "answerCallbackQuery", content)

    async def _ask(self, outside: Outside, method: str, content: Mapping[str, object]) -> Any:
        own = self._settings
        answer = await outside.web.post(
            f"{own.server}/bot{own.token}/{method}",
            json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
            also=_TOLD,
            allow_private=permits(own.server, own.inside),
        )
        said = json_of(answer)
        if isinstance(said, Mapping) and said.get("ok") is True:
            return said.get("result")
        fields = said if isinstance(said, Mapping) else {}
        code, reason = answer.status, clamp(str(fields.get("description", "")), 120)
        if code in (401, 404):  # an unknown token is an unknown address
            raise AuthError("web.sign_in", host=answer.host)
        if code == 429:
            wait = fields.get("parameters")
            seconds = wait.get("retry_after", 60) if isinstance(wait, Mapping) else 60
            seconds = min(max(float(seconds), 1.0), 900.0) if isinstance(seconds, int | float) else 60.0
            until = outside.now() + timedelta(seconds=seconds)
            raise RateLimitedError("web.rate_limited", until, host=answer.host, seconds=round(seconds))
        if code == 409:  # somebody else fetches this bot's updates
            raise TransientError("notice.refused", host=answer.host, reason=reason or "409")
        raise PermanentError("notice.refused", host=answer.host, reason=reason or str(code))


NOTIFIER = Telegram
