"""Slack: a message to a person or channel through a bot's token, or to one channel through an incoming webhook."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import AuthError, PermanentError, TransientError
from crisisdesk.notifiers.base import Message, Outside, Receipt, permits, quiet_mentions, setting
from crisisdesk.plain import clamp
from crisisdesk.web import json_of

_LONGEST = 3_000
_AUTH = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"})
_LATER = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """A bot's token (it names the person), or the address of an incoming webhook (one channel for all)."""

    token: str = setting(secret=True)
    webhook: str = setting(secret=True)
    channel: str = setting()
    server: str = setting("https://slack.com")
    inside: bool = setting(False)


def escaped(text: str) -> str:
    """Text in which Slack reads no markup, no link and no mention."""
    plain = quiet_mentions(clamp(text, _LONGEST))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Slack:
    """The Slack notifier."""

    kind: ClassVar[str] = "slack"
    words: ClassVar[frozenset[str]] = frozenset({"chat"})
    Settings: ClassVar[type[Any]] = SlackSettings

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """The contact's member or channel id; with a webhook, the channel that it writes to."""
        return contact.address(self.kind) or self._settings.channel or ("webhook" if self._settings.webhook else "")

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Post it; accepted, and with a token Slack's own time stamp of the message."""
        own = self._settings
        text = escaped(f"{message.subject}\n{message.body}")
        content: dict[str, object] = {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        if not own.token:
            body = json.dumps(content).encode()
            head = {"Content-Type": "application/json; charset=utf-8"}
            await outside.web.post(own.webhook, body, headers=head, allow_private=permits(own.webhook, own.inside))
            return Receipt()
        content |= {"channel": message.to, "link_names": False, "parse": "none"}
        head = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {own.token}"}
        answer = await outside.web.post(
            f"{own.server}/api/chat.postMessage",
            json.dumps(content).encode(),
            headers=head,
            allow_private=permits(own.server, own.inside),
        )
        said = json_of(answer)
        if isinstance(said, dict) and said.get("ok") is True:
            return Receipt(str(said.get("ts", "")))
        reason = clamp(str(said.get("error", "")), 60) if isinstance(said, dict) else ""
        if reason in _AUTH:
            raise AuthError("web.sign_in", host=answer.host)
        if reason in _LATER:
            raise TransientError("notice.refused", host=answer.host, reason=reason)
        raise PermanentError("notice.refused", host=answer.host, reason=reason or "?")


NOTIFIER = Slack
