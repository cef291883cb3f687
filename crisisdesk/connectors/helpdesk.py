"""A helpdesk (Zendesk, Chatwoot, Zammad): the honest way for a desktop to WhatsApp, direct messages and phone notes.

The helpdesk holds the webhook that a desktop cannot receive. What it gives is private: it is never in a public report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from crisisdesk.connectors.base import option
from crisisdesk.connectors.chatwoot import Chatwoot
from crisisdesk.connectors.fields import Reading
from crisisdesk.connectors.hub import Dialect, Standing
from crisisdesk.connectors.zammad import Zammad
from crisisdesk.connectors.zendesk import Zendesk
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.source import Limits, PrivateOption, PrivateWay, Query, Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpdeskSettings:
    """Which helpdesk, where, and a token; ``user`` is Zendesk's e-mail address or Chatwoot's account number."""

    dialect: str = option("zendesk", required=True, choices=("zendesk", "chatwoot", "zammad"))
    base_url: str = option(required=True)
    user: str = option()
    token: str = option(secret=True, required=True)
    allow_private: frozenset[str] = frozenset()


_DIALECTS: Final[dict[str, Callable[[str, HelpdeskSettings], Dialect]]] = {
    "zendesk": lambda base, s: Zendesk(base, s.user, s.token, s.allow_private),
    "chatwoot": lambda base, s: Chatwoot(base, s.user, s.token, s.allow_private),
    "zammad": lambda base, s: Zammad(base, s.token, s.allow_private),
}


class Helpdesk:
    """One helpdesk's talks."""

    kind: ClassVar[str] = "helpdesk"
    Settings: ClassVar[type[Any]] = HelpdeskSettings
    limits: ClassVar[Limits] = Limits(pace=60.0)
    overlap: ClassVar[timedelta] = timedelta(0)  # the list is in the order of change

    def __init__(self, settings: HelpdeskSettings, query: Query = Query()) -> None:
        make = _DIALECTS.get(settings.dialect)
        if make is None or (settings.dialect != "zammad" and not settings.user):
            raise PermanentError("sources.missing", kind=self.kind, field="user" if make else "dialect")
        self._settings = settings
        self._dialect = make(settings.base_url.rstrip("/"), settings)

    @property
    def account(self) -> str:
        """The helpdesk's host and, where it has several, its account."""
        host = urlsplit(self._settings.base_url).netloc
        return f"{host}/{self._settings.user}" if self._settings.dialect == "chatwoot" else host

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """The list of what changed, or the messages of one talk that did."""
        here = Standing.read(cursor)
        reading = Reading(self.kind, self.account, now)
        if here.left:
            talk, *rest = here.left
            try:
                await self._dialect.messages(web, talk, reading)
            except PermanentError as error:
                if error.key not in ("web.not_found", "web.gone"):
                    raise  # else the talk was deleted since
            after = Standing(mark=here.mark, left=tuple(rest), on=here.on)
        else:
            changed = await self._dialect.changed(web, here.mark, now)
            after = Standing(mark=changed.mark, left=tuple(dict.fromkeys(changed.talks)), on=changed.more)
        more = after.on or bool(after.left)
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple(reading.mentions),
            rejected=tuple(reading.rejected),
            cursor=after.text(),
            checked=None if more else now,
            more=more,
        )

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer as it would go into the talk."""
        talk = _talk(target)
        payload = self._dialect.payload(talk, text)
        return ReplyPlan(target=talk, text=text, payload=payload, key=key)

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""
        return await self._dialect.send(web, plan.target, plan, now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether the talk holds our words."""
        return await self._dialect.sent(web, plan.target, plan.text, now)

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """A talk in a helpdesk is private already."""
        return (PrivateOption(PrivateWay.API),)


def _talk(target: Mention) -> str:
    if not target.reference:
        raise PermanentError("sources.no_place", kind=Helpdesk.kind)
    return target.reference


CONNECTOR = Helpdesk
