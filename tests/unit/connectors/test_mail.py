"""A mailbox on a real IMAP server, answers through a real SMTP server."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from crisisdesk.connectors.mail import Mailbox, MailSettings
from crisisdesk.connectors.mailout import message_id
from crisisdesk.model.errors import (
    AmbiguousError,
    AuthError,
    CursorInvalidError,
    NotAllowedError,
    PermanentError,
    RefusedError,
    TransientError,
    WebError,
)
from crisisdesk.model.mention import Mention, Page
from crisisdesk.web import Web
from tests.fakes.mailbox import CAME, MOMENTS, PASSWORD, USER, RealMailbox, free_port, told

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WEB = Web()
FOLDERS = count()
NESTED = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"


@pytest.fixture(scope="module")
def box() -> Iterator[RealMailbox]:
    with RealMailbox() as made:
        yield made


def settings(box: RealMailbox, place: str, **changes: Any) -> MailSettings:
    own = MailSettings(
        mail="soporte@marca.test",
        server="127.0.0.1",
        port=box.port,
        security="none",
        user=USER,
        password=PASSWORD,
        folder=place,
        smtp_security="none",
    )
    return replace(own, **changes)


@pytest.fixture
def folder(box: RealMailbox) -> str:
    name = f"Quejas{next(FOLDERS)}"
    box.put(name)
    return name


def letter(text: str = "No funciona", **headers: str) -> bytes:
    made = EmailMessage(policy=email.policy.SMTP)
    values = {
        "From": "Ana Ruiz <Ana@correo.test>",
        "To": "soporte@marca.test",
        "Subject": "Sin señal",
        "Message-ID": f"<{abs(hash(text))}@correo.test>",
        "Date": "Sun, 22 Nov 2026 09:00:00 +0000",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in values.items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def poll(box: RealMailbox, place: str, cursor: str = "", **changes: Any) -> Page:
    return asyncio.run(Mailbox(settings(box, place, **changes)).poll(WEB, cursor, NOW))


def test_each_mail_is_one_private_mention_heard_once(box: RealMailbox, folder: str) -> None:
    empty = poll(box, folder)
    assert (empty.mentions, empty.checked) == ((), NOW)
    box.put(folder, letter(), letter("> cita\nOtra cosa", Subject="Re: factura"))
    page = poll(box, folder, empty.cursor)
    first, second = page.mentions
    assert (first.text, first.author, first.author_id) == ("Sin señal\nNo funciona", "Ana Ruiz", "ana@correo.test")
    assert first.private and second.private
    assert first.published_at == CAME  # when it came in, not what the sender claims
    assert not poll(box, folder, page.cursor).mentions
    with box.client() as client:
        client.select_folder(folder, readonly=True)
        assert len(client.search(["UNSEEN"])) == 2  # nothing was marked


def test_many_mails_come_in_pages(box: RealMailbox, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crisisdesk.connectors.mail.PAGE", 3)
    box.put(folder, *(letter(f"n {n}") for n in range(7)))
    seen: list[str] = []
    cursor, more, pages = "", True, 0
    while more:
        page = poll(box, folder, cursor, days=3)
        assert page.checked == (None if page.more else NOW)
        seen += [m.native_id for m in page.mentions]
        cursor, more, pages = page.cursor, page.more, pages + 1
    assert (len(seen), len(set(seen)), pages) == (7, 7, 3)


def test_a_mailbox_numbered_anew_doubles_nothing(box: RealMailbox, folder: str) -> None:
    box.put(folder, letter())
    page = poll(box, folder)
    other = json.dumps(json.loads(page.cursor) | {"validity": 1})
    with pytest.raises(CursorInvalidError):
        poll(box, folder, other)
    assert [m.native_id for m in poll(box, folder).mentions] == [m.native_id for m in page.mentions]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"esto no es un correo",
        b"From: \xff\xfe <x\r\nSubject: =?klingon?B?zz?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nse\xf1al",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" + NESTED * 300,
        b"Date: 99 Foo 99999\r\nMessage-ID: <a b>\r\n\r\nhola",
        b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n<script>x</script><p>uno<br>dos &amp; tres</p>",
    ],
)
def test_a_broken_mail_stops_nothing(box: RealMailbox, folder: str, raw: bytes) -> None:
    box.put(folder, raw or b"\r\n", letter("después"))
    page = poll(box, folder)
    assert page.mentions[-1].text.endswith("después")
    assert len(page.mentions) == 2 and page.mentions[0].native_id
    again = poll(box, folder)
    assert [m.native_id for m in again.mentions] == [m.native_id for m in page.mentions]


def test_the_server_says_no(box: RealMailbox, folder: str) -> None:
    for changes, error in (
        ({"password": "mala"}, AuthError),
        ({"port": free_port()}, TransientError),
        ({"folder": "no está"}, PermanentError),
        ({"security": "tls"}, TransientError),
        ({"server": "correo.test", "security": "none"}, RefusedError),
    ):
        with pytest.raises(error) as caught:
            poll(box, folder, **changes)
        assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_mail_is_told_whenever_it_comes(
    box: RealMailbox, folder: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Mailbox(settings(box, folder))
    page, listened = told(monkeypatch, source, moment, lambda: box.put(folder, letter("recién llegado")))
    assert page.mentions[0].text.endswith("recién llegado")
    assert listened == (moment != "before IDLE")


# ── answering ────────────────────────────────────────────────────────────────────────────────────────────────────


class Sink:
    """Keeps what it takes, or answers as it is told."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer == "silence":
            server.transport.abort()
            return "250 never heard"
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


def answered(box: RealMailbox, folder: str, target: Mention, sink: Sink, text: str = "Lo miramos.") -> Any:
    """Plan and send an answer, then look whether it is among the sent: (receipt or error, confirmed)."""
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    box.put(f"{folder}-sent")

    async def run() -> tuple[Any, Any]:
        own = settings(box, folder, smtp_server="127.0.0.1", smtp_port=port, sent_folder=f"{folder}-sent")
        source = Mailbox(own)
        plan = await source.plan(WEB, target, text, "key-1")
        try:
            found: Any = await source.publish(WEB, plan, NOW)
        except WebError as error:
            found = error
        return found, await source.confirm(WEB, plan, NOW)

    try:
        return asyncio.run(run())
    finally:
        controller.stop()


def test_an_answer_hangs_on_its_thread_and_can_be_found_again(box: RealMailbox, folder: str) -> None:
    box.put(folder, letter("Otra vez", In_Reply_To="<uno@x.test>", References="<cero@x.test> <uno@x.test>"))
    (target,) = poll(box, folder).mentions
    sink = Sink()
    receipt, confirmed = answered(box, folder, target, sink)
    (sent,) = sink.taken
    assert receipt.native_id == confirmed.native_id == message_id("key-1", "soporte@marca.test")
    assert (sent["To"], sent["Subject"], sent["In-Reply-To"]) == ("ana@correo.test", "Re: Sin señal", target.native_id)
    assert sent["References"].split() == ["<cero@x.test>", "<uno@x.test>", target.native_id]
    assert sent.get_content().strip() == "Lo miramos."
    assert poll(box, f"{folder}-sent").mentions == ()  # our own copy is no mention


def test_a_mail_that_may_be_out_is_not_called_failed(box: RealMailbox, folder: str) -> None:
    box.put(folder, letter())
    (target,) = poll(box, folder).mentions
    found, confirmed = answered(box, folder, target, Sink("silence"))
    assert isinstance(found, AmbiguousError) and confirmed is None
    found, _ = answered(box, folder, target, Sink("550 no"))
    assert isinstance(found, PermanentError)
    found, _ = answered(box, folder, target, Sink("451 later"))
    assert isinstance(found, TransientError)


def test_nobody_answers_a_machine_or_breaks_out_of_a_header(box: RealMailbox, folder: str) -> None:
    box.put(folder, letter("Vacaciones", Auto_Submitted="auto-replied"), letter("Lista", List_Id="<l.test>"))
    for target in poll(box, folder).mentions:
        with pytest.raises(NotAllowedError):
            asyncio.run(Mailbox(settings(box, folder, smtp_server="127.0.0.1")).plan(WEB, target, "x", "k"))
    box.put(folder, letter("normal", Subject="Hola =?utf-8?q?=0D=0ABcc=3A_todos=40x=2Etest?="))
    target = poll(box, folder).mentions[-1]
    sink = Sink()
    answered(box, folder, target, sink)
    assert sink.taken[0]["Bcc"] is None and "\n" not in sink.taken[0]["Subject"]


# ── a text of our own ────────────────────────────────────────────────────────────────────────────────────────────


def posted(box: RealMailbox, folder: str, sink: Sink, text: str, **changes: Any) -> Any:
    """Plan and send one mail to the list, then look whether it is among the sent: (receipt or error, confirmed)."""
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.put(f"{folder}-sent")

    async def run() -> tuple[Any, Any]:
        own = settings(
            box, folder, smtp_server="127.0.0.1", smtp_port=controller.port, sent_folder=f"{folder}-sent",
            list_to="prensa@lista.test", **changes,
        )  # fmt: skip
        source = Mailbox(own)
        plan = await source.plan_post(WEB, text, "es", "key-1")
        assert sink.taken == []
        try:
            found: Any = await source.publish(WEB, plan, NOW)
        except WebError as error:
            found = error
        return found, await source.confirm(WEB, plan, NOW)

    try:
        return asyncio.run(run())
    finally:
        controller.stop()


def test_a_text_of_our_own_goes_to_the_list_and_can_be_found_again(box: RealMailbox, folder: str) -> None:
    sink = Sink()
    receipt, confirmed = posted(box, folder, sink, "Hay fallas en el norte.\nBcc: todos@x.test\nMás a las 8.")
    (sent,) = sink.taken
    assert receipt.native_id == confirmed.native_id == message_id("key-1", "soporte@marca.test")
    assert (sent["To"], sent["Subject"], sent["Bcc"]) == ("prensa@lista.test", "Hay fallas en el norte.", None)
    assert sent["In-Reply-To"] is None and sent.get_content().count("\n") >= 2


def test_a_mail_to_the_list_that_may_be_out_is_not_called_failed(box: RealMailbox, folder: str) -> None:
    found, confirmed = posted(box, folder, Sink("silence"), "Hola")
    assert isinstance(found, AmbiguousError) and confirmed is None
    found, _ = posted(box, folder, Sink("550 no"), "Hola")
    assert isinstance(found, PermanentError)


@pytest.mark.parametrize("changes", [{"smtp_server": ""}, {"list_to": ""}, {"list_to": "nadie"}])
def test_without_a_list_or_a_way_out_nothing_is_planned(box: RealMailbox, changes: dict[str, str]) -> None:
    own = settings(box, "INBOX", **{"smtp_server": "127.0.0.1", "list_to": "prensa@lista.test", **changes})
    with pytest.raises(PermanentError):
        asyncio.run(Mailbox(own).plan_post(WEB, "x", "es", "k"))
