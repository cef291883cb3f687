"""Feeds: asked politely, read with suspicion, never a crash."""

from __future__ import annotations

import asyncio
import gzip
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.connectors.base import PAGE_LIMIT, Address, connectors
from crisisdesk.connectors.feed import Feed, Parsed, parse
from crisisdesk.model.errors import (
    AuthError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    TransientError,
    WebError,
)
from crisisdesk.model.mention import Page
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.web import Budgets, Web
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Diario &amp; Hora</title><language>es-mx</language>
<item><guid>g1</guid><title>Sin red</title>
<description>&lt;p&gt;Millones sin &lt;b&gt;señal&lt;/b&gt;&lt;/p&gt;</description>
<link>https://diario.example/1</link><author>Ana</author><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>Otra</title><link>javascript:alert(1)</link></item>
</channel></rss>"""


def parsed(body: str | bytes, content_type: str = "application/rss+xml") -> Parsed:
    data = body.encode() if isinstance(body, str) else body
    return parse(data, {"content-type": content_type}, "https://diario.example/feed", account="f", now=NOW)


def test_what_a_feed_says() -> None:
    found = parsed(RSS)
    assert (found.title, found.rejected, found.damaged) == ("Diario & Hora", (), False)
    first, second = found.mentions
    assert (first.native_id, first.text, first.author) == ("g1", "Sin red\nMillones sin señal", "Ana")
    assert (first.channel, first.lang, first.url) == ("Diario & Hora", "es", "https://diario.example/1")
    assert first.published_at == datetime(2026, 11, 22, 10, 0, tzinfo=UTC) and not first.date_doubtful
    assert second.url == "" and second.date_doubtful and second.published_at == NOW
    (bare,) = parsed('<rss version="2.0"><channel><item><title>x</title></item></channel></rss>').mentions
    assert bare.native_id.startswith("hash:")


def test_ids_do_not_change_with_the_address() -> None:
    body = RSS.replace("javascript:alert(1)", "/2").encode()
    here, there = (
        parse(body, {}, url, account="f", now=NOW).mentions for url in ("http://a.example/f", "https://b.example/f")
    )
    assert [m.native_id for m in here] == [m.native_id for m in there] == ["g1", "/2"]
    assert (here[1].url, there[1].url) == ("http://a.example/2", "https://b.example/2")


def test_atom() -> None:
    (mention,) = parsed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>tag:1</id><title type="html">&lt;b&gt;'
        'Marcatel&lt;/b&gt; cae</title><updated>2026-11-22T09:00:00+01:00</updated><link href="/n/1"/>'
        "<author><name>Luis</name></author><content>x</content></entry></feed>",
        "application/atom+xml",
    ).mentions
    assert (mention.text, mention.url, mention.author) == ("Marcatel cae\nx", "https://diario.example/n/1", "Luis")
    assert mention.published_at == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "content_type", "key"),
    [
        (b"", "text/xml", "empty"),
        (b"<html><body>Sign in</body></html>", "application/rss+xml", "is_page"),
        (b"<!DOCTYPE html><html></html>", "text/html", "is_page"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "application/json", "not_a_feed"),
        (b"<x><y/></x>", "text/xml", "not_a_feed"),
        (b"plain words", "text/plain", "not_a_feed"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>', "text/xml", "entities"),
        (b'<!-- <rss> --><!DOCTYPE r [<!ENTITY a "b">]><rss/>', "text/xml", "entities"),
        (b'<?x <rss> ?><!doctype r><rss version="2.0"/>', "text/xml", "entities"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><rss/>'.encode("utf-16"), "text/xml", "entities"),
        (b'<rss version="2.0"/>', "text/xml; charset=utf-7", "not_a_feed"),
        (b'<?xml version="1.0" encoding="utf-7"?><rss version="2.0"/>', "text/xml", "not_a_feed"),
        (b'\x4c\x6f\xa7\x94\x93', "text/xml; charset=cp037", "not_a_feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed(body: bytes, content_type: str, key: str) -> None:
    with pytest.raises(PermanentError) as caught:
        parsed(body, content_type)
    assert caught.value.key == f"feed.{key}"
    for lang in LANGUAGES:
        assert "{" not in Texts(lang).error(caught.value) and "diario.example" in Texts(lang).error(caught.value)


def test_a_feed_called_html_is_a_feed_and_quoted_markup_no_document_type() -> None:
    item = "<item><guid>1</guid><description><![CDATA[<!DOCTYPE html><p>hola</p>]]></description></item>"
    (mention,) = parsed(f'<rss version="2.0"><channel>{item}</channel></rss>', "text/html").mentions
    assert mention.text == "hola"


def test_repeated_ids_and_too_many_entries() -> None:
    same = "".join(f"<item><guid>s</guid><title>{title}</title></item>" for title in ("a", "a", "b"))
    found = parsed(f'<rss version="2.0"><channel>{same}</channel></rss>')
    assert [m.text for m in found.mentions] == ["a"]
    assert [(p.row, p.key) for p in found.rejected] == [(3, "importing.feed.repeated_id")]
    many = "".join(f"<item><guid>{n}</guid></item>" for n in range(PAGE_LIMIT + 5))
    found = parsed(f'<rss version="2.0"><channel>{many}</channel></rss>')
    assert len(found.mentions) == PAGE_LIMIT
    assert [(p.row, p.key) for p in found.rejected] == [(PAGE_LIMIT + 1, "importing.feed.too_many")]


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def poll(*answers: Any, cursor: str = "", **options: Any) -> tuple[Page | WebError, FakeWeb]:
    async def run() -> tuple[Page | WebError, FakeWeb]:
        async with FakeWeb() as server:
            server.says("/f", *answers)
            server.says("/new", reply(200, RSS, content_type="text/xml"))
            feed = Feed(Address(address=server.url("/f"), allow_private=server.permits))
            try:
                return await feed.poll(Web(now=lambda: NOW, **options), cursor, NOW), server
            except WebError as error:
                return error, server

    return asyncio.run(run())


def test_a_poll_and_the_next() -> None:
    page, server = poll(
        reply(200, RSS, content_type="text/xml", etag='"7"', last_modified="Sun, 22 Nov 2026 09:00:00 GMT")
    )
    assert isinstance(page, Page)
    assert (page.source, page.account, len(page.mentions)) == ("feed", server.url("/f"), 2)
    assert page.checked == NOW
    assert all(m.account == page.account and m.source == "feed" for m in page.mentions)
    again, server = poll(reply(304), cursor=page.cursor)
    assert isinstance(again, Page)
    assert (again.mentions, again.cursor, again.checked) == ((), page.cursor, NOW)
    assert server.asked[0].headers["if-none-match"] == '"7"'
    assert server.asked[0].headers["if-modified-since"] == "Sun, 22 Nov 2026 09:00:00 GMT"


def test_a_feed_that_moved_is_asked_at_its_new_address() -> None:
    async def run() -> None:
        async with FakeWeb() as server:
            server.says("/f", reply(301, location="/new"))
            server.says("/new", reply(200, RSS, content_type="text/xml"), reply(304))
            feed, web = Feed(Address(address=server.url("/f"), allow_private=server.permits)), Web()
            page = await feed.poll(web, "", NOW)
            await feed.poll(web, page.cursor, NOW)
            assert [asked.target for asked in server.asked] == ["/f", "/new", "/new"]
            assert page.account == server.url("/f")

    asyncio.run(run())


@pytest.mark.parametrize("cursor", ["x", "[]", '{"v":"9","etag":"a"}', "null", "7"])
def test_a_cursor_that_is_none_of_ours_is_a_first_time(cursor: str) -> None:
    page, server = poll(reply(200, RSS), cursor=cursor)
    assert isinstance(page, Page) and len(page.mentions) == 2
    assert "if-none-match" not in server.asked[0].headers


def test_a_damaged_feed_gives_what_it_has_and_is_asked_again_whole() -> None:
    page, _ = poll(reply(200, RSS[: RSS.index("Otra") + 2], etag='"8"'), cursor='{"v":"1","etag":"\\"7\\""}')
    assert isinstance(page, Page)
    assert len(page.mentions) == 1
    assert [p.key for p in page.rejected] == ["importing.feed.damaged"]
    assert json.loads(page.cursor)["etag"] == '"7"'


async def hanging(_: Any) -> None:
    await asyncio.sleep(60)


async def endless(writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


CONTRACT: list[tuple[Any, type[WebError] | None]] = [
    (reply(200, '<rss version="2.0"><channel><title>x</title></channel></rss>'), None),
    (reply(401), AuthError),
    (reply(403), AuthError),
    (reply(404), PermanentError),
    (reply(410), PermanentError),
    (reply(429, retry_after="30"), RateLimitedError),
    (reply(500), TransientError),
    (reply(503, retry_after="30"), TransientError),
    (reply(200, b"\x00\x91\xfe" * 300), PermanentError),
    (reply(200, ""), PermanentError),
    (reply(200, "<html>Sign in</html>", content_type="text/html"), PermanentError),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<rss>", TransientError),
    (reply(200, gzip.compress(bytes(50_000_000), 1, mtime=0), content_encoding="gzip"), RefusedError),
    (reply(302, location="/f"), RefusedError),
    (endless, RefusedError),
]


@pytest.mark.parametrize(("answer", "kind"), CONTRACT)
def test_the_contract_of_a_listener(answer: Any, kind: type[WebError] | None) -> None:
    found, _ = poll(answer)
    if kind is None:
        assert isinstance(found, Page) and not found.mentions and found.checked == NOW
    else:
        assert type(found) is kind


def test_a_silent_server() -> None:
    assert type(poll(hanging, budgets=Budgets(read=0.2))[0]) is TransientError


def test_the_built_in_comes_through_the_same_door() -> None:
    assert connectors()["feed"] is Feed


# ── collected feeds ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["billion_laughs.xml", "quadratic.xml", "xxe_file.xml", "xxe_http.xml"])
def test_bombs(shared: Path, name: str) -> None:
    with pytest.raises(PermanentError) as caught:
        parsed((shared / "payloads" / name).read_bytes())
    assert caught.value.key == "feed.entities"


def test_the_collected_bad_feeds(shared: Path) -> None:
    def of(name: str) -> Parsed:
        return parsed((shared / "payloads" / name).read_bytes())

    dates = of("feed_baddates.xml").mentions
    assert [m.date_doubtful for m in dates[:5]] == [True] * 5
    assert all(m.published_at.year == 2026 for m in dates)
    assert of("feed_deep.xml").damaged
    assert len(of("feed_dupguid.xml").mentions) == 1
    assert of("feed_truncated.xml").damaged
    (script,) = of("feed_script.xml").mentions
    assert script.url == ""
    with pytest.raises(PermanentError) as caught:
        of("feed_notfeed.html")
    assert caught.value.key == "feed.is_page"


def test_a_newspaper(shared: Path) -> None:
    body = gzip.decompress((shared / "data" / "feeds" / "elpais_brasil_2020-10-27.rss.xml.gz").read_bytes())
    found = parsed(body)
    assert len(found.mentions) == body.count(b"<item>") and not found.rejected
    assert all(m.url and m.text and not m.date_doubtful and "<" not in m.text for m in found.mentions)


def test_the_feeds_of_feedparsers_own_tests(shared: Path) -> None:
    refused: dict[str, int] = {}
    with tarfile.open(shared / "data" / "feeds" / "feedparser-tests.tar.gz") as archive:
        files = [member for member in archive if member.isfile() and member.name.endswith(".xml")]
        for member in files:
            content = archive.extractfile(member)
            assert content is not None
            try:
                parsed(content.read(), "")
            except PermanentError as error:
                refused[error.key] = refused.get(error.key, 0) + 1
    # Refused: document types, dead CDF, and charsets that nobody writes.
    assert len(files) > 1_800 and sum(refused.values()) <= 20
