"""Connectors against real servers: nginx for feeds, mastodon_mock for Mastodon, Dovecot for mail."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from typing import Any

import httpx
import pytest

from crisisdesk.connectors.base import Address
from crisisdesk.connectors.feed import Feed
from crisisdesk.connectors.mail import Mailbox, MailSettings
from crisisdesk.connectors.mastodon import TAG_PAGE, Mastodon, MastodonSettings
from crisisdesk.model.errors import (
    AuthError,
    CursorInvalidError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    TransientError,
)
from crisisdesk.model.mention import Page
from crisisdesk.model.source import Query
from crisisdesk.web import Web
from tests.fakes.mailbox import MOMENTS, told
from tests.fakes.servers import PASSWORD, USER, Dovecot, MastodonMock, Nginx

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONTEXT = ssl.create_default_context()
FOLDERS = count()


def web() -> Web:
    return Web(now=lambda: NOW, context=CONTEXT)


# ── feeds: nginx ─────────────────────────────────────────────────────────────────────────────────────────────────


def rss(*numbers: int) -> str:
    items = "".join(f"<item><guid>{n}</guid><title>sin señal {n}</title></item>" for n in numbers)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Diario</title>{items}</channel></rss>'


@pytest.fixture(scope="module")
def nginx(needs_system: Callable[[str], str]) -> Iterator[Nginx]:
    with Nginx(needs_system("nginx")) as server:
        yield server


def feed(server: Nginx, name: str, cursor: str = "") -> Page:
    settings = Address(address=server.url(f"/{name}"), allow_private=frozenset({server.place}))
    return asyncio.run(Feed(settings).poll(web(), cursor, NOW))


def test_a_feed_that_did_not_change_costs_nothing_and_one_that_did_brings_it(nginx: Nginx) -> None:
    nginx.put("feed.xml", rss(1, 2), NOW - timedelta(hours=1))
    first = feed(nginx, "feed.xml")
    kept = json.loads(first.cursor)
    assert [m.native_id for m in first.mentions] == ["1", "2"] and kept["etag"] and kept["modified"]
    again = feed(nginx, "feed.xml", first.cursor)
    assert (again.mentions, again.checked) == ((), NOW)  # 304
    nginx.put("feed.xml", rss(1, 2, 3), NOW)
    third = feed(nginx, "feed.xml", again.cursor or first.cursor)
    assert [m.native_id for m in third.mentions] == ["1", "2", "3"]


def test_a_feed_that_moved_is_asked_at_its_new_place(nginx: Nginx) -> None:
    nginx.put("feed.xml", rss(1), NOW)
    page = feed(nginx, "moved.xml")
    assert [m.native_id for m in page.mentions] == ["1"]
    assert json.loads(page.cursor)["address"] == nginx.url("/feed.xml")
    assert page.account == nginx.url("/moved.xml")  # it stays the same source


def test_what_nginx_refuses_has_the_right_class(nginx: Nginx) -> None:
    with pytest.raises(RateLimitedError) as limited:
        feed(nginx, "busy.xml")
    assert limited.value.retry_at == NOW + timedelta(seconds=120)
    for name, error, key in (
        ("gone.xml", PermanentError, "web.gone"),
        ("none.xml", PermanentError, "web.not_found"),
        ("down.xml", TransientError, "web.server"),
    ):
        with pytest.raises(error) as caught:
            feed(nginx, name)
        assert caught.value.key == key


# ── Mastodon: mastodon_mock ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def mock() -> Iterator[MastodonMock]:
    with MastodonMock() as server:
        yield server


def ask(server: MastodonMock, method: str, path: str, token: str = "clienta_token", **body: Any) -> dict[str, Any]:
    """What a person does on the server."""
    answer = httpx.request(
        method, server.url(path), headers={"Authorization": f"Bearer {token}"}, json=body or None, trust_env=False
    )
    answer.raise_for_status()
    return dict(answer.json())


def say(server: MastodonMock, text: str, **more: Any) -> str:
    return str(ask(server, "POST", "/api/v1/statuses", status=text, **more)["id"])


def brand(server: MastodonMock, tag: str = "", **changes: Any) -> Mastodon:
    settings = MastodonSettings(
        base_url=server.url(),
        handle="marca",
        token="marca_token",
        search=False,
        allow_private=frozenset({server.place}),
    )
    return Mastodon(replace(settings, **changes), Query(hashtags=(tag,) if tag else ()))


def everything(source: Mastodon, cursor: str = "") -> tuple[list[str], str]:
    """Ids of all pages until there are no more, and the last cursor."""
    ids: list[str] = []
    for _ in range(50):
        page = asyncio.run(source.poll(web(), cursor, datetime.now(UTC)))
        ids += [m.native_id for m in page.mentions]
        cursor = page.cursor
        if not page.more:
            return ids, cursor
    raise AssertionError("it never ends")


def test_a_flood_between_two_polls_comes_whole_and_once(mock: MastodonMock) -> None:
    source = brand(mock, "sinluz")
    first = say(mock, "@marca no hay servicio #sinluz")
    ids, cursor = everything(source)
    assert ids == [first]  # the tag and the mention of the account are one
    told = [say(mock, f"sigue igual {n} #sinluz") for n in range(TAG_PAGE * 2 + 5)]
    aimed = [say(mock, f"@marca y a mí {n}") for n in range(5)]
    ids, cursor = everything(source, cursor)
    assert sorted(ids) == sorted(told + aimed)
    assert everything(source, cursor)[0] == []


def test_an_answer_that_is_sent_twice_is_one_and_can_be_found_again(mock: MastodonMock) -> None:
    asked = say(mock, "@marca ¿cuándo vuelve? #vuelve")

    async def run() -> tuple[Any, ...]:
        source, client, now = brand(mock, "vuelve"), web(), datetime.now(UTC)
        page = await source.poll(client, "", now)
        (target,) = (m for m in page.mentions if m.native_id == asked)
        plan = await source.plan(client, target, "Lo estamos mirando.", "clave-1")
        before = await source.confirm(client, plan, now)
        receipts = [await source.publish(client, plan, now) for _ in range(2)]
        return target, before, receipts, await source.confirm(client, plan, now)

    target, before, (one, two), found = asyncio.run(run())
    assert before is None and one.native_id == two.native_id == found.native_id
    seen = ask(mock, "GET", f"/api/v1/statuses/{one.native_id}")
    assert seen["in_reply_to_id"] == target.native_id
    assert len(ask(mock, "GET", f"/api/v1/statuses/{asked}/context")["descendants"]) == 1


def test_a_post_of_our_own_that_is_sent_twice_is_one_and_can_be_found_again(mock: MastodonMock) -> None:
    text = "Hay fallas en el norte. Próxima noticia a las 10:30 en https://marca.test/estado"

    async def run() -> tuple[Any, ...]:
        source, client, now = brand(mock), web(), datetime.now(UTC)
        plan = await source.plan_post(client, text, "es", "clave-propia")
        before = await source.confirm(client, plan, now)
        receipts = [await source.publish(client, plan, now) for _ in range(2)]
        return plan, before, receipts, await source.confirm(client, plan, now)

    plan, before, (one, two), found = asyncio.run(run())
    assert before is None and one.native_id == two.native_id == found.native_id
    seen = ask(mock, "GET", f"/api/v1/statuses/{one.native_id}")
    assert (seen["in_reply_to_id"], seen["visibility"]) == (None, "public") and plan.text == text


def test_an_edit_is_another_version_and_a_deletion_a_tombstone(mock: MastodonMock) -> None:
    edited, gone = say(mock, "no funciona #cambios"), say(mock, "me equivoqué #cambios")
    source = brand(mock, "cambios")
    before = {m.native_id: m for m in asyncio.run(source.poll(web(), "", datetime.now(UTC))).mentions}
    ask(mock, "PUT", f"/api/v1/statuses/{edited}", status="ya funciona #cambios")
    ask(mock, "DELETE", f"/api/v1/statuses/{gone}")
    page = asyncio.run(source.recheck(web(), [edited, gone], datetime.now(UTC)))
    (now,) = page.mentions
    assert (now.native_id, now.text) == (edited, "ya funciona #cambios")
    assert now.version != before[edited].version and now.published_at == before[edited].published_at
    assert [t.native_id for t in page.tombstones] == [gone]


def test_a_token_that_is_none_is_said(mock: MastodonMock) -> None:
    with pytest.raises(AuthError):
        everything(brand(mock, "sinluz", token="otro"))


# ── mail: Dovecot ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def dovecot(needs_system: Callable[[str], str]) -> Iterator[Dovecot]:
    program = needs_system("dovecot")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3"):
        reason = f"the test's configuration is of Dovecot 2.3, this is {version.strip()}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with Dovecot(program) as server:
        yield server


def letter(number: int) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "Ana <ana@correo.test>", USER, f"Queja {number}"
    made["Message-ID"] = f"<{number}@correo.test>"
    made.set_content("No funciona")
    return made.as_bytes()


def mailbox(server: Dovecot, folder: str, context: ssl.SSLContext | None = None, **changes: Any) -> Mailbox:
    own = MailSettings(
        mail=USER, server="localhost", port=server.port, security="none", password=PASSWORD, folder=folder
    )
    return Mailbox(replace(own, **changes), context=context)


def mails(server: Dovecot, folder: str, cursor: str = "", **changes: Any) -> Page:
    return asyncio.run(mailbox(server, folder, **changes).poll(web(), cursor, NOW))


def ids(page: Page) -> list[str]:
    return [m.native_id for m in page.mentions]


def test_past_the_end_dovecot_names_the_last_mail_again_and_we_do_not(dovecot: Dovecot) -> None:
    dovecot.put("Fin", letter(1), letter(2))
    page = mails(dovecot, "Fin")
    assert ids(page) == ["<1@correo.test>", "<2@correo.test>"]
    with dovecot.client() as client:
        client.select_folder("Fin", readonly=True)
        assert client.search(["UID", "99:*"]) == [2]  # the trap
    assert ids(mails(dovecot, "Fin", page.cursor)) == []
    dovecot.put("Fin", letter(3))
    assert ids(mails(dovecot, "Fin", page.cursor)) == ["<3@correo.test>"]


def test_a_folder_made_anew_is_read_anew_and_its_mails_are_the_same(dovecot: Dovecot) -> None:
    dovecot.put("Nueva", letter(1))
    page = mails(dovecot, "Nueva")
    with dovecot.client() as client:
        client.rename_folder("Nueva", "Vieja")
        client.create_folder("Nueva")
        client.select_folder("Vieja", readonly=True)
        client.copy(client.search(["ALL"]), "Nueva")
    with pytest.raises(CursorInvalidError):
        mails(dovecot, "Nueva", page.cursor)
    assert ids(mails(dovecot, "Nueva")) == ids(page)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_mail_is_told_by_dovecot_whenever_it_comes(
    dovecot: Dovecot, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = f"Idle{next(FOLDERS)}"
    dovecot.put(folder)
    page, listened = told(monkeypatch, mailbox(dovecot, folder), moment, lambda: dovecot.put(folder, letter(7)))
    assert ids(page) == ["<7@correo.test>"]
    assert listened == (moment != "before IDLE")


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password(dovecot: Dovecot) -> None:
    dovecot.put("Segura", letter(1))
    for changes in ({"security": "tls", "port": dovecot.tls}, {"security": "starttls"}):
        with pytest.raises(RefusedError) as caught:
            mails(dovecot, "Segura", **changes)
        assert caught.value.key == "web.tls_unknown"
    trusting = ssl.create_default_context(cafile=str(dovecot.folder / "cert.pem"))
    page = mails(dovecot, "Segura", security="tls", port=dovecot.tls, context=trusting)
    assert ids(page) == ["<1@correo.test>"]


def test_a_wrong_password_is_said(dovecot: Dovecot) -> None:
    with pytest.raises(AuthError):
        mails(dovecot, "INBOX", password="mala")
