"""One contract for every source that answers: a yes that cannot be read leaves in doubt whether the answer is out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from crisisdesk.connectors.base import Listener, Replier, connectors
from crisisdesk.connectors.helpdesk import Helpdesk, HelpdeskSettings
from crisisdesk.connectors.x import X, XSettings
from crisisdesk.connectors.youtube import YouTube, YouTubeSettings
from crisisdesk.model.errors import AmbiguousError, WebError
from crisisdesk.model.source import ReplyPlan
from crisisdesk.web import Web
from tests.fakes.connected import CONNECTED, SECRET, text_of
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLAN = ReplyPlan(target="1:2", text="Lo estamos mirando.", payload={"text": "Lo estamos mirando."}, key="k")


def _x(server: FakeWeb) -> Listener:
    base = server.url("").rstrip("/")
    return X(XSettings(base_url=base, allow_private=server.permits, handle="m", user_token=SECRET))


def _youtube(server: FakeWeb) -> Listener:
    own = YouTubeSettings(base_url=server.url("").rstrip("/"), allow_private=server.permits, channel="c", token=SECRET)
    return YouTube(own)


def _helpdesk(dialect: str) -> Callable[[FakeWeb], Listener]:
    def make(server: FakeWeb) -> Listener:
        base = server.url("").rstrip("/")
        return Helpdesk(
            HelpdeskSettings(base_url=base, allow_private=server.permits, dialect=dialect, user="1", token=SECRET)
        )

    return make


MADE: dict[str, tuple[Callable[[FakeWeb], Listener], str, Any]] = {
    "discourse": (CONNECTED["discourse"].make, "/posts.json", {"id": 9}),
    "facebook": (CONNECTED["facebook"].make, "/v26.0/1%3A2/comments", {"id": "9"}),
    "googleplay": (
        CONNECTED["googleplay"].make,
        "/androidpublisher/v3/applications/test.marca/reviews/1%3A2:reply",
        {"result": {"replyText": "x"}},
    ),
    "helpdesk": (_helpdesk("zendesk"), "/api/v2/tickets/1%3A2.json", {"ticket": {"id": 9}}),
    "helpdesk zammad": (_helpdesk("zammad"), "/api/v1/ticket_articles", {"id": 9}),
    "helpdesk chatwoot": (_helpdesk("chatwoot"), "/api/v1/accounts/1/conversations/1%3A2/messages", {"id": 9}),
    "instagram": (CONNECTED["instagram"].make, "/v26.0/1%3A2/replies", {"id": "9"}),
    "reddit": (
        CONNECTED["reddit"].make,
        "/api/comment",
        {"json": {"errors": [], "data": {"things": [{"data": {"name": "t1_9", "permalink": "/r/a/9"}}]}}},
    ),
    "telegram": (CONNECTED["telegram"].make, f"/bot{SECRET}/sendMessage", {"ok": True, "result": {"message_id": 9}}),
    "x": (_x, "/2/tweets", {"data": {"id": "9"}}),
    "youtube": (_youtube, "/youtube/v3/comments", {"id": "9"}),
}
YES: dict[str, bytes] = {
    "garbage": reply(200, b"\x00\xff{{"),
    "a page": reply(200, b"<html>Welcome</html>", content_type="text/html"),
    "nothing": reply(200, b""),
    "an empty list": reply(200, b"[]"),
    "an empty object": reply(200, b"{}"),
}


def said(name: str, answer: bytes) -> Any:
    """What publishing gives when the service answers so, or the error."""
    make, place, _ = MADE[name]

    async def run() -> Any:
        async with FakeWeb() as server:
            for path, value in CONNECTED[name.partition(" ")[0]].before.items():
                server.says(path, reply(200, text_of(value)))
            server.says(place, answer)
            source: Any = make(server)
            assert isinstance(source, Replier)
            try:
                found: Any = await source.publish(Web(now=lambda: NOW), replace(PLAN), NOW)
            except WebError as error:
                found = error
            assert len([one for one in server.asked if one.target.partition("?")[0] == place]) == 1, server.asked
            return found

    return asyncio.run(run())


def test_every_source_that_answers_is_here() -> None:
    """A new one without its row does not pass; Mastodon, Bluesky and the mailbox have tests of their own."""
    answering = {kind for kind, made in connectors().items() if hasattr(made, "plan") and hasattr(made, "publish")}
    assert answering - {"mail", "mastodon", "bluesky"} == {name.partition(" ")[0] for name in MADE}


@pytest.mark.parametrize("name", MADE)
def test_a_plain_yes_is_a_receipt(name: str) -> None:
    found = said(name, reply(200, text_of(MADE[name][2])))
    assert found.native_id, found


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("yes", YES)
def test_a_yes_that_cannot_be_read_is_not_called_failed(name: str, yes: str) -> None:
    found = said(name, YES[yes])
    assert type(found) is AmbiguousError, found
