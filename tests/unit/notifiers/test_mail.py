"""Mail against a real SMTP server, and its answers in a real IMAP mailbox."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import imapclient
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from crisisdesk.model.errors import AuthError, CrisisDeskError, PermanentError, RefusedError, TransientError
from crisisdesk.notifiers.base import UNANSWERED, Message, Outside, Reply
from crisisdesk.notifiers.mail import Mail, MailSettings, first_line
from crisisdesk.web import Web

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = "tok_0123456789abcdef"
MESSAGE = Message(token=TOKEN, to="noc@correo.example", name="Ana", subject="CrisisDesk · nivel 3", body="Sin señal.\n")


def outside() -> Outside:
    return Outside(Web(now=lambda: NOW), lambda title, body: False, lambda: NOW)


def free_port() -> int:
    """A port of this computer on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Sink:
    """A mail server's handler: keeps what it takes, or answers as it is told."""

    def __init__(self, answer: str = "250 2.0.0 Ok: queued as 4ZK1") -> None:
        self.answer = answer
        self.taken: list[Envelope] = []
        self.recipient = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.answer == "silence":
            server.transport.abort()
            return "250 never heard"
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


def deliver(sink: Sink, message: Message = MESSAGE, *, auth: bool | None = None, **changes: Any) -> Any:
    """Send one message to a real server: the receipt or the error."""
    options: dict[str, Any] = {}
    if auth is not None:
        options = {
            "authenticator": lambda *a: AuthResult(success=auth, handled=False),
            "auth_require_tls": False,
            "auth_required": True,
        }
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        settings = MailSettings(
            sender="Mesa de crisis <mesa@marca.example>", server="127.0.0.1", port=port, security="none"
        )
        try:
            return asyncio.run(Mail(replace(settings, **changes)).send(outside(), message))
        except CrisisDeskError as error:
            return error
    finally:
        controller.stop()


def test_a_mail_is_accepted_with_its_servers_word_and_its_own_name() -> None:
    sink = Sink()
    receipt = deliver(sink)
    assert receipt.provider_id == "2.0.0 Ok: queued as 4ZK1"
    (envelope,) = sink.taken
    letter = email.message_from_bytes(envelope.content, policy=email.policy.default)  # type: ignore[arg-type]
    assert letter["Message-ID"] == f"<cd.{TOKEN}@marca.example>" and letter["Auto-Submitted"] == "auto-generated"
    assert letter["To"] == "noc@correo.example" and letter["Subject"] == "CrisisDesk · nivel 3"
    assert letter.get_content().strip() == "Sin señal."


def test_the_same_message_again_has_the_same_name() -> None:
    mail = Mail(MailSettings(sender="mesa@marca.example", server="x"))
    assert mail.letter(MESSAGE, outside())["Message-ID"] == mail.letter(MESSAGE, outside())["Message-ID"]


def test_a_subject_cannot_bring_headers() -> None:
    sink = Sink()
    deliver(sink, replace(MESSAGE, subject="uno\r\nBcc: todos@marca.example\r\n\r\ncuerpo"))
    letter = email.message_from_bytes(sink.taken[0].content, policy=email.policy.default)  # type: ignore[arg-type]
    assert letter["Bcc"] is None and sink.taken[0].rcpt_tos == ["noc@correo.example"]


@pytest.mark.parametrize("to", ["", "nadie", "a@b.example\r\nBcc: c@d.example, e@f.example x"])
def test_an_address_that_is_none_is_refused(to: str) -> None:
    sink = Sink()
    found = deliver(sink, replace(MESSAGE, to=to))
    assert isinstance(found, CrisisDeskError) or sink.taken[0].rcpt_tos == ["a@b.example"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("451 4.7.1 Greylisted, try later", TransientError),
        ("452 4.2.2 Mailbox full", TransientError),
        ("554 5.7.1 Rejected as spam", PermanentError),
    ],
)
def test_the_servers_no_is_told_apart(answer: str, kind: type[CrisisDeskError]) -> None:
    found = deliver(Sink(answer))
    assert type(found) is kind and answer[:3] in str(found.fields["reason"]) and found.key not in UNANSWERED


def test_an_unknown_recipient_is_for_good() -> None:
    sink = Sink()
    sink.recipient = "550 5.1.1 No such user"
    found = deliver(sink)
    assert isinstance(found, PermanentError) and "550" in str(found.fields["reason"])


def test_when_the_server_falls_silent_over_the_message_nobody_knows() -> None:
    found = deliver(Sink("silence"))
    assert isinstance(found, TransientError) and found.key == "notice.mail_silent" and found.key in UNANSWERED


@pytest.mark.allow_logs
@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_bad_password_is_told_and_nothing_is_sent() -> None:
    sink = Sink()
    found = deliver(sink, auth=False, user="mesa", password="mala")
    assert isinstance(found, AuthError) and sink.taken == []


@pytest.mark.allow_logs
@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_good_password_is_taken() -> None:
    sink = Sink()
    assert deliver(sink, auth=True, user="mesa", password="buena").provider_id and len(sink.taken) == 1


def test_no_password_leaves_unencrypted_for_another_computer() -> None:
    mail = Mail(MailSettings(sender="a@b.example", server="mail.example", user="u", password="p", security="none"))
    with pytest.raises(RefusedError) as caught:
        asyncio.run(mail.send(outside(), MESSAGE))
    assert caught.value.key == "notice.plain_login"


def test_a_server_without_encryption_is_refused_when_it_is_wanted() -> None:
    found = deliver(Sink(), security="starttls")
    assert isinstance(found, RefusedError) and found.key == "notice.no_tls"


def test_nobody_there_is_surely_not_sent() -> None:
    mail = Mail(MailSettings(sender="a@b.example", server="127.0.0.1", port=9, security="none"))
    with pytest.raises(TransientError) as caught:
        asyncio.run(mail.send(outside(), MESSAGE))
    assert caught.value.key == "web.unreachable"


# ── answers in a mailbox ─────────────────────────────────────────────────────────────────────────────────────────


class Mailbox:
    """A real IMAP server in a process of its own, with one mailbox."""

    def __init__(self) -> None:
        self.port = free_port()
        program = str(Path(sys.executable).with_name("pymap"))
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        box = ["dict", "--demo-user", "mesa", "--demo-password", "buena"]
        self.process = subprocess.Popen(
            [program, "--no-service", "admin", *where, *box], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:  # until it listens
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                self.process.poll()

    @property
    def settings(self) -> MailSettings:
        return MailSettings(
            sender="mesa@marca.example",
            server="127.0.0.1",
            imap_server="127.0.0.1",
            imap_port=self.port,
            imap_security="none",
            imap_user="mesa",
            imap_password="buena",
        )

    def put(self, *letters: bytes) -> None:
        with imapclient.IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login("mesa", "buena")
            for letter in letters:
                client.append("INBOX", letter, msg_time=NOW)

    def look(self, cursor: str = "", **changes: Any) -> tuple[tuple[Reply, ...], str]:
        return asyncio.run(Mail(replace(self.settings, **changes)).replies(outside(), cursor))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    made = Mailbox()
    yield made
    made.process.terminate()
    made.process.wait(30)


def answer(text: str = "Voy.", *, to: str = TOKEN, **headers: str) -> bytes:
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"], letter["To"] = "Ana Ruiz <ana@correo.example>", "mesa@marca.example"
    letter["Subject"], letter["Message-ID"] = "Re: CrisisDesk", f"<{id(text)}@correo.example>"
    letter["In-Reply-To"] = f"<cd.{to}@marca.example>"
    for name, value in headers.items():
        del letter[name.replace("_", "-")]
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter.as_bytes()


def test_answering_the_mail_takes_it_and_each_answer_is_seen_once(box: Mailbox) -> None:
    found, cursor = box.look()
    assert found == ()
    box.put(answer())
    found, cursor = box.look(cursor)
    assert found == (Reply(TOKEN, takes=True, by="Ana Ruiz"),)
    again, same = box.look(cursor)
    assert (again, same) == ((), cursor)
    box.put(answer("Otra", to="tok_other_0123456789"))
    found, _ = box.look(cursor)
    assert [reply.token for reply in found] == ["tok_other_0123456789"]


@pytest.mark.parametrize("text", ["No puedo, estoy en un avión", "NO", "Imposible hoy", "can't"])
def test_an_answer_that_begins_with_no_declines(box: Mailbox, text: str) -> None:
    box.put(answer(text))
    (reply,), _ = box.look()
    assert reply.token == TOKEN and not reply.takes


def test_machines_and_strangers_acknowledge_nothing(box: Mailbox) -> None:
    box.put(
        answer("Estoy de vacaciones", Auto_Submitted="auto-replied"),
        answer("Fuera de la oficina", Precedence="bulk"),
        answer("Respuesta automática", X_Autoreply="yes"),
        answer("Otra conversación", In_Reply_To="<abc@otra.example>"),
        answer("Nada", In_Reply_To=f"<cd.{TOKEN}"),
        b"esto no es un correo",
        f"From: x\r\nIn-Reply-To: <cd.{TOKEN}@m>\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhola".encode(),
    )
    found, _ = box.look()
    assert found == ()


def test_a_bounce_says_that_it_came_back(box: Mailbox) -> None:
    bounce = (
        "From: MAILER-DAEMON@correo.example\r\nTo: mesa@marca.example\r\nSubject: Undelivered\r\n"
        "Auto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <cd.{TOKEN}@marca.example>\r\n\r\n.\r\n--x--\r\n"
    )
    box.put(bounce.encode())
    (reply,), _ = box.look()
    assert reply.bounced and not reply.takes and reply.token == TOKEN


def test_the_mailbox_is_only_looked_at(box: Mailbox) -> None:
    box.put(answer())
    box.look()
    with imapclient.IMAPClient("127.0.0.1", box.port, ssl=False) as client:
        client.login("mesa", "buena")
        client.select_folder("INBOX", readonly=True)
        (flags,) = client.get_flags(client.search()).values()
        assert b"\\Seen" not in flags and b"\\Deleted" not in flags


def test_a_mailbox_that_was_made_anew_is_read_from_the_beginning(box: Mailbox) -> None:
    box.put(answer())
    found, cursor = box.look("1:99999")
    assert len(found) == 1 and not cursor.startswith("1:")


def test_a_bad_password_and_a_missing_folder_are_told(box: Mailbox) -> None:
    with pytest.raises(AuthError):
        box.look(imap_password="mala")
    with pytest.raises(TransientError) as caught:
        box.look(mailbox="No existe")
    assert caught.value.key == "notice.mailbox"


def test_a_mailbox_that_is_gone_is_tried_again_later() -> None:
    settings = MailSettings(
        sender="a@b.example", server="x", imap_server="127.0.0.1", imap_port=9, imap_security="none", imap_user="u"
    )
    with pytest.raises(TransientError):
        asyncio.run(Mail(settings).replies(outside(), ""))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Voy\n\nEl lun, Ana escribió:\n> no", "Voy"),
        ("\n\n  Sí  \n", "Sí"),
        ("> no\n> nada", ""),
        ("On Mon, Ana wrote:\n> no", ""),
        ("-- \nfirma", ""),
        ("De: Mesa\nno", ""),
    ],
)
def test_the_first_line_is_the_persons_own(text: str, first: str) -> None:
    assert first_line(text) == first
