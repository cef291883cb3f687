"""A Telegram bot: what people write to it and in the groups where it is; answers.

Telegram confirms an update when the next one is asked for, so it is committed here first. Updates are kept for a day. A
bot cannot read public channels, cannot write first, and is not told of deletions. The token is a part of the address,
which is therefore never shown or logged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.model.errors import AuthError, NotAllowedError, PermanentError, RateLimitedError
from crisisdesk.model.mention import Gap, Mention, Page
from crisisdesk.model.source import LengthUnit, Limits, PrivateOption, PrivateWay, Query, Receipt, ReplyPlan
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

PAGE: Final = 100
_KINDS: Final = ("message", "edited_message", "channel_post", "edited_channel_post")
_SAID_IN_THE_BODY: Final = frozenset({400, 401, 403, 404, 409, 429})
_KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """The bot's name and token."""

    username: str = option(required=True)
    token: str = option(secret=True, required=True)
    only_matching_in_groups: bool = option(True)
    base_url: str = option("https://api.telegram.org", required=True)
    allow_private: frozenset[str] = frozenset()


class Telegram:
    """One bot."""

    kind: ClassVar[str] = "telegram"
    Settings: ClassVar[type[Any]] = TelegramSettings
    limits: ClassVar[Limits] = Limits(
        reply_max=4_096, reply_unit=LengthUnit.UTF16, pace=30.0, lookback=_KEPT.total_seconds()
    )
    overlap: ClassVar[timedelta] = timedelta(0)

    def __init__(self, settings: TelegramSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._query = query

    @property
    def account(self) -> str:
        """The bot's name."""
        return self._settings.username.lstrip("@")

    def _url(self, method: str) -> str:
        return f"{self._settings.base_url.rstrip('/')}/bot{self._settings.token}/{method}"

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """Updates after the last one that is ours; asking for them confirms those before."""
        last, seen = _standing(cursor)
        params = {"limit": str(PAGE), "timeout": "0", "allowed_updates": json.dumps(_KINDS)}
        if last is not None:
            params["offset"] = str(last + 1)
        answer = await web.get(
            self._url("getUpdates"),
            params=params,
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )
        value = value_of(answer, now)
        reading, newest = parse(value, self._query, self.account, now, matching=self._settings.only_matching_in_groups)
        count = len(rows(value, "result"))
        gaps: tuple[Gap, ...] = ()
        if seen is not None and now - seen > _KEPT:
            gaps = (Gap(f"{self.kind}:{self.account}", seen, now - _KEPT, "sources.gap.forgotten"),)
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple(reading.mentions),
            rejected=tuple(reading.rejected),
            cursor=json.dumps({"v": 1, "last": newest if newest is not None else last, "seen": now.isoformat()}),
            checked=now,
            gaps=gaps,
            more=count >= PAGE,
        )

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer as a reply in the same chat."""
        chat, _, message = target.native_id.partition(":")
        number = whole({"m": message}, "m")
        if number is None:
            raise PermanentError("sources.no_place", kind=self.kind)
        payload: dict[str, object] = {"chat_id": chat, "text": text, "reply_parameters": {"message_id": number}}
        return ReplyPlan(
            target=target.native_id, text=text, length_max=self.limits.reply_max, payload=payload, key=key
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""
        answer = await send(
            web,
            self._url("sendMessage"),
            plan.payload,
            headers={},
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )
        taken(answer, "ok", "error_code")
        result = at(value_of(answer, now), "result")
        chat, message = words(result, "chat", "id"), words(result, "message_id")
        return Receipt(f"{chat}:{message}", "", instant(result, "date") or now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Telegram gives a bot no way to read its own messages: a person has to look."""
        raise NotAllowedError("sources.cannot_look", kind=self.kind)

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """The bot's page: people must write first."""
        return (PrivateOption(PrivateWay.LINK, f"https://t.me/{self.account}"),)


def parse(
    value: Any, query: Query, account: str, now: datetime, *, matching: bool
) -> tuple[Reading, int | None]:
    """The mentions of ``getUpdates`` and the highest update's number. Private chats count whole, groups as asked."""
    reading, newest = Reading(Telegram.kind, account, now), None
    for update in objects(rows(value, "result")):
        number = whole(update, "update_id")
        if number is not None:
            newest = number if newest is None else max(newest, number)
        message = next((m for kind in _KINDS if isinstance(m := at(update, kind), dict)), None)
        if message is None or at(message, "from", "is_bot") is True:
            continue
        text = words(message, "text") or words(message, "caption")
        private = words(message, "chat", "type") == "private"
        if matching and not private and query and not matches(query, text):
            continue
        chat, own = words(message, "chat", "id"), words(message, "message_id")
        answered = words(message, "reply_to_message", "message_id")
        public = words(message, "chat", "username")
        name = " ".join(p for p in (words(message, "from", "first_name"), words(message, "from", "last_name")) if p)
        reading.add(
            f"{chat}:{own}" if chat and own else "",
            instant(message, "date"),
            text,
            author=words(message, "from", "username") or name or words(message, "chat", "title"),
            author_id=words(message, "from", "id"),
            channel="Telegram",
            lang=words(message, "from", "language_code"),
            url=f"https://t.me/{public}/{own}" if public.isascii() and public.isidentifier() else "",
            version=words(message, "edit_date") or words(message, "date"),
            parent_id=f"{chat}:{answered}" if answered else "",
            private=private,
        )
    return reading, newest


def value_of(answer: Answer, now: datetime) -> Any:
    """The answer's JSON; raises what ``error_code`` means."""
    value = body_of(answer, now)
    if at(value, "ok") is True:
        return value
    code = whole(value, "error_code") or answer.status
    if code == 429:
        seconds = min(max(whole(value, "parameters", "retry_after") or 60, 1), 900)
        later = now.astimezone(UTC) + timedelta(seconds=seconds)
        raise RateLimitedError("web.rate_limited", later, host=answer.host, seconds=seconds)
    if code in (401, 404):  # a wrong token is an address that does not exist
        raise AuthError("web.sign_in", host=answer.host)
    if code == 403:
        raise NotAllowedError("sources.replies_closed", kind=Telegram.kind)
    if code == 409:
        raise PermanentError("sources.telegram_webhook", host=answer.host)
    raise PermanentError("web.rejected", host=answer.host, status=code)


def _standing(cursor: str) -> tuple[int | None, datetime | None]:
    try:
        value = json.loads(cursor) if cursor else None
    except ValueError:
        return None, None
    return (whole(value, "last"), instant(value, "seen")) if at(value, "v") == 1 else (None, None)


CONNECTOR = Telegram
