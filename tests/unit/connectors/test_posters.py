"""One contract for every source that posts: the plan is what is sent, once; what nobody knows is not called failed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from crisisdesk.connectors.base import Poster, connectors
from crisisdesk.connectors.mailout import SUBJECT, subject_of
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings
from crisisdesk.model.errors import (
    AmbiguousError,
    AuthError,
    PermanentError,
    RateLimitedError,
    TransientError,
    WebError,
)
from crisisdesk.model.source import ReplyPlan
from crisisdesk.web import Budgets, Web
from tests.fakes.connected import CONNECTED, SECRET, text_of
from tests.fakes.web import FakeWeb, Handler, reply
from tests.unit.connectors.test_contract import CONTEXT, drip, endless

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = "Hay fallas desde las 07:00.\nPróxima noticia a las 08:00: https://marca.test/estado #caída"
WHERE = {"mastodon": "/api/v1/statuses", "bluesky": "/xrpc/com.atproto.repo.putRecord"}
BEFORE: dict[str, dict[str, Any]] = {
    "mastodon": {"/api/v2/instance": {"configuration": {"statuses": {"max_characters": 900}}}},
    "bluesky": {
        **CONNECTED["bluesky"].before,
        "/xrpc/com.atproto.server.refreshSession": {"accessJwt": "b", "refreshJwt": "r", "did": "did:plc:1"},
    },
}
TAKEN = {
    "mastodon": {"id": "9", "url": "https://m.test/9", "created_at": "2026-11-22T12:00:01Z"},
    "bluesky": {"uri": "at://did:plc:1/app.bsky.feed.post/3k", "cid": "bafy"},
}
KINDS = sorted(WHERE)
FAULTS: dict[str, tuple[bytes | Handler, type[WebError]]] = {
    "401": (reply(401, b'{"error": "InvalidToken"}'), AuthError),
    "422": (reply(422, b'{"error": "Validation failed"}'), PermanentError),
    "429": (reply(429, b"", Retry_After="120"), RateLimitedError),
    "500": (reply(500), AmbiguousError),
    "503": (reply(503), AmbiguousError),
    "truncated": (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", AmbiguousError),
    "nothing at all": (b"", AmbiguousError),
    "not HTTP": (b"SSH-2.0-OpenSSH\r\n\r\n", AmbiguousError),
    "slow": (drip(0.05), AmbiguousError),
    "yes, and garbage": (reply(200, b"\x00\xff{{"), AmbiguousError),
    "yes, and a page": (reply(200, b"<html>Welcome</html>", content_type="text/html"), AmbiguousError),
    "yes, and nothing": (reply(200, b""), AmbiguousError),
    "yes, and not what": (reply(200, b"[]"), AmbiguousError),
}


def asking(server: FakeWeb, kind: str) -> Poster:
    for path, value in BEFORE[kind].items():
        server.says(path, reply(200, text_of(value)))
    return cast(Poster, CONNECTED[kind].make(server))


def web(budgets: Budgets | None = None) -> Web:
    return Web(now=lambda: NOW, context=CONTEXT, budgets=budgets)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_every_source_that_posts_is_here() -> None:
    """A new one without its row does not pass; the mailbox meets a real server in ``test_mail.py``."""
    assert {kind for kind, made in connectors().items() if hasattr(made, "plan_post")} - {"mail"} == set(WHERE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_sends_nothing_and_is_then_sent_exactly(kind: str) -> None:
    async def talk() -> None:
        async with FakeWeb() as server:
            poster = asking(server, kind)
            assert isinstance(poster, Poster) and poster.posts_as and SECRET not in poster.posts_as
            plan = await poster.plan_post(web(), TEXT, "es", "una-clave")
            assert (plan.target, plan.text, plan.key) == ("", TEXT, "una-clave")
            assert plan == await poster.plan_post(web(), TEXT, "es", "una-clave") or kind == "bluesky"  # its clock
            assert WHERE[kind] not in [asked.target for asked in server.asked] and SECRET not in repr(plan)
            server.says(WHERE[kind], reply(200, text_of(TAKEN[kind])))
            receipt = await poster.publish(web(), plan, NOW)
            assert receipt.native_id in (TAKEN[kind].get("id"), TAKEN[kind].get("uri")) and receipt.url
            (asked,) = [asked for asked in server.asked if asked.target == WHERE[kind]]
            body = json.loads(asked.body)
            assert {name: body[name] for name in plan.payload} == dict(plan.payload)
            assert "in_reply_to_id" not in body and "reply" not in body.get("record", {})
            assert kind != "mastodon" or asked.headers["idempotency-key"] == "una-clave"

    run(talk())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_is_told_in_its_class_and_only_what_is_surely_not_out_has_failed(
    kind: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer, expected = FAULTS[fault]

    async def talk() -> WebError:
        async with FakeWeb() as server:
            poster = asking(server, kind)
            plan = await poster.plan_post(web(), TEXT, "es", "k")
            server.says(WHERE[kind], answer)
            with pytest.raises(WebError) as caught:
                await poster.publish(web(Budgets(total=0.4) if fault == "slow" else None), plan, NOW)
            tries = [asked for asked in server.asked if asked.target == WHERE[kind]]
            assert len(tries) == 1 or (kind, fault) == ("bluesky", "401")  # it signs in once more
            return caught.value

    with caplog.at_level(logging.DEBUG):
        found = run(talk())
    assert type(found) is expected, (fault, found)
    assert SECRET not in caplog.text and SECRET not in str(found)


@pytest.mark.parametrize("kind", KINDS)
def test_what_never_left_this_computer_is_not_in_doubt(kind: str) -> None:
    async def talk() -> WebError:
        async with FakeWeb() as server:
            poster = asking(server, kind)
            plan = await poster.plan_post(web(), TEXT, "es", "k")
        with pytest.raises(WebError) as caught:  # the server is gone
            await poster.publish(web(), plan, NOW)
        return caught.value

    assert type(run(talk())) is TransientError


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_without_end_is_a_doubt_and_no_memory(kind: str) -> None:
    async def talk() -> WebError:
        async with FakeWeb() as server:
            poster = asking(server, kind)
            plan = await poster.plan_post(web(), TEXT, "es", "k")
            server.says(WHERE[kind], endless)
            with pytest.raises(WebError) as caught:
                await poster.publish(web(), plan, NOW)
            return caught.value

    assert isinstance(run(talk()), AmbiguousError)


# ── each in its own words ────────────────────────────────────────────────────────────────────────────────────────


def plan(kind: str, text: str, lang: str = "es") -> ReplyPlan:
    async def talk() -> ReplyPlan:
        async with FakeWeb() as server:
            return await asking(server, kind).plan_post(web(), text, lang, "k")

    return cast(ReplyPlan, run(talk()))


def test_mastodon_tells_its_server_s_own_length_and_the_language() -> None:
    found = plan("mastodon", TEXT, "en")
    assert found.length_max == 900
    assert found.payload == {"status": TEXT, "visibility": "public", "language": "en"}


def test_bluesky_s_links_are_where_their_bytes_are() -> None:
    made = plan("bluesky", "Señal 📡 https://marca.test/estado #caída @nadie.test")
    record = cast(dict[str, Any], made.payload["record"])
    said = [
        record["text"].encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in record["facets"]
    ]
    assert said == ["https://marca.test/estado", "#caída"]  # nobody is behind that handle
    assert record["langs"] == ["es"] and "reply" not in record


def test_without_a_token_mastodon_neither_posts_nor_plans() -> None:
    async def talk() -> None:
        async with FakeWeb() as server:
            settings = MastodonSettings(base_url=server.url("").rstrip("/"), allow_private=server.permits)
            poster = Mastodon(settings)
            assert poster.posts_as == ""
            with pytest.raises(AuthError):
                await poster.plan_post(web(), TEXT, "es", "k")
            assert server.asked == []
            assert Mastodon(replace(settings, token="t", handle="marca")).posts_as.startswith("marca@127.0.0.1")

    run(talk())


@pytest.mark.parametrize(
    ("content", "reply_to", "found"),
    [
        ('<p>Mira <a href="x"><span class="invisible">https://</span>marca.test</a></p>', None, True),
        ("<p>Mira https://marca.test</p>", None, True),
        ("<p>Mira https://marca.test</p>", "7", False),  # an answer of ours with the same words
        ("<p>Mira https://otra.test</p>", None, False),
    ],
)
def test_mastodon_finds_its_post_again_by_its_words(content: str, reply_to: str | None, found: bool) -> None:
    async def talk() -> Any:
        async with FakeWeb() as server:
            poster = asking(server, "mastodon")
            made = await poster.plan_post(web(), "Mira https://marca.test", "es", "k")
            status = {**TAKEN["mastodon"], "content": content, "in_reply_to_id": reply_to}
            server.says("/api/v1/accounts/verify_credentials", reply(200, text_of({"id": "5"})))
            server.says("/api/v1/accounts/5/statuses", reply(200, text_of([status])))
            return await poster.confirm(web(), made, NOW)

    receipt = run(talk())
    assert (receipt is not None and receipt.native_id == "9") is found


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("\n  Hay fallas.\nMás a las 8.", "Hay fallas."),
        ("x" * 300, "x" * SUBJECT + "…"),
        ("una palabra " * 30, ("una palabra " * 10)[:SUBJECT].rpartition(" ")[0] + "…"),
        ("uno\r\nBcc: todos@x.test", "uno"),
        ("", ""),
    ],
)
def test_a_mail_s_subject_is_how_the_text_begins_and_one_line(text: str, subject: str) -> None:
    assert subject_of(text) == subject
