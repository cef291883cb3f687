"""Mail: sent over SMTP, acknowledged by answering it; the answers are looked for in a mailbox of our own.

Each message has its own Message-ID, made of its token before it is sent, so that a repetition looks like one and an
answer names what it answers. A machine's answer («I am on holiday», «could not be delivered») is never a person's.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Any, ClassVar, Final

import aiosmtplib
import certifi

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import AuthError, PermanentError, RefusedError, TransientError, WebError
from crisisdesk.notifiers.base import Message, Outside, Receipt, Reply, one_line, setting
from crisisdesk.plain import clamp

SECURITY: Final = ("starttls", "tls", "none")
_TIMEOUT: Final = 20.0
_LONGEST: Final = 20_000
_MOST_REPLIES: Final = 100
_READ: Final = 65_536  # bytes of an answer that are looked at
_TOKEN: Final = r"[A-Za-z0-9_-]{16,64}"
_OURS = re.compile(rf"<cd\.({_TOKEN})@[^<>\s]{{1,253}}>")
_DECLINES = re.compile(r"\W*(no|nop|imposible|can.?t|cannot|unable)\b", re.IGNORECASE)
_QUOTED = re.compile(r"\s*(>|-{2,}\s*$|_{5,}|(El|On)\b.*(escribi[oó]|wrote):?\s*$|(De|From|Von):\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The way out (SMTP) and, for acknowledgements by answering, our own mailbox (IMAP)."""

    sender: str = setting(required=True)
    server: str = setting(required=True)
    port: int = setting(587)
    security: str = setting("starttls", choices=SECURITY)
    user: str = setting()
    password: str = setting(secret=True)
    imap_server: str = setting()
    imap_port: int = setting(993)
    imap_security: str = setting("tls", choices=SECURITY)
    imap_user: str = setting()
    imap_password: str = setting(secret=True)
    mailbox: str = setting("INBOX")


class Mail:
    """The mail notifier."""

    kind: ClassVar[str] = "mail"
    words: ClassVar[frozenset[str]] = frozenset({"correo"})
    Settings: ClassVar[type[Any]] = MailSettings

    def __init__(self, settings: MailSettings, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = context

    def address(self, contact: Contact) -> str:
        """The contact's mail address."""
        return contact.email

    # Sending

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Hand it to our own server; what its server does with it afterwards only a bounce will tell."""
        own = self._settings
        if own.user and own.security == "none" and not _on_this_computer(own.server):
            raise RefusedError("notice.plain_login", host=own.server)
        letter = self.letter(message, outside)
        client = aiosmtplib.SMTP(
            hostname=own.server,
            port=own.port,
            timeout=_TIMEOUT,
            use_tls=own.security == "tls",
            start_tls=False,
            tls_context=self._context() if own.security != "none" else None,
        )
        handing_over = False
        try:
            await client.connect()
            if own.security == "starttls":
                await client.ehlo()
                if not client.supports_extension("starttls"):
                    raise aiosmtplib.SMTPNotSupported("STARTTLS")
                await client.starttls(tls_context=self._context())
            if own.user:
                await client.login(own.user, own.password)
            handing_over = True
            _, said = await client.send_message(letter)
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            raise _explained(fault, own.server, handing_over) from None
        finally:
            client.close()
        return Receipt(one_line(said, 200))

    def letter(self, message: Message, outside: Outside) -> EmailMessage:
        """The message as it is sent."""
        letter = EmailMessage(policy=email.policy.SMTP)
        _, sender = parseaddr(self._settings.sender)
        _, to = parseaddr(message.to)
        if "@" not in sender or "@" not in to:
            raise PermanentError("notice.mail_address", address=clamp(message.to if "@" in sender else sender, 80))
        letter["From"], letter["To"] = self._settings.sender, to
        letter["Subject"] = one_line(message.subject, 150)
        letter["Message-ID"] = f"<cd.{message.token}@{sender.rpartition('@')[2]}>"
        letter["Date"] = format_datetime(outside.now())
        letter["X-Priority"] = "1" if message.level >= 3 else "3"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(clamp(message.body, _LONGEST))
        return letter

    # Answers

    async def replies(self, outside: Outside, cursor: str) -> tuple[tuple[Reply, ...], str]:
        """Answers in our mailbox since ``cursor``; the mailbox is only looked at, nothing in it is marked or moved."""
        if not self._settings.imap_server:
            return (), cursor
        since = (outside.now() - timedelta(days=1)).date()
        return await asyncio.to_thread(self._look, cursor, since)

    async def tell(self, outside: Outside, reply: Reply, words: str) -> None:
        """Answering an answer would be one mail too many."""

    def _look(self, cursor: str, since: Any) -> tuple[tuple[Reply, ...], str]:
        import imapclient
        import imapclient.exceptions

        own = self._settings
        secure = own.imap_security == "tls"
        context = self._context() if own.imap_security != "none" else None
        user = own.imap_user or own.user
        if own.imap_security == "none" and not _on_this_computer(own.imap_server):
            raise RefusedError("notice.plain_login", host=own.imap_server)
        try:
            with imapclient.IMAPClient(
                own.imap_server, own.imap_port, ssl=secure, ssl_context=context, timeout=_TIMEOUT
            ) as client:
                if own.imap_security == "starttls":
                    client.starttls(context)
                client.login(user, own.imap_password or own.password)
                box = client.select_folder(own.mailbox, readonly=True)
                validity = int(box[b"UIDVALIDITY"])
                known, last = _read_cursor(cursor)
                wanted = ["UID", f"{last + 1}:*"] if known == validity else ["SINCE", since]
                found = sorted(uid for uid in client.search(wanted) if known != validity or uid > last)[:_MOST_REPLIES]
                letters = client.fetch(found, [f"BODY.PEEK[]<0.{_READ}>"]) if found else {}
        except imapclient.exceptions.LoginError:
            raise AuthError("web.sign_in", host=own.imap_server) from None
        except (imapclient.exceptions.IMAPClientError, OSError, KeyError, ValueError) as fault:
            raise TransientError("notice.mailbox", host=own.imap_server, reason=type(fault).__name__) from None
        top = max([last if known == validity else 0, *found])
        return tuple(_replies(_bodies(letters, found))), f"{validity}:{top}"

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.load_verify_locations(certifi.where())
        return self._tls


def _bodies(letters: Any, uids: Iterable[int]) -> Iterable[bytes]:
    """The bytes of each letter; a server names the part in its own way, and there is only one."""
    for uid in uids:
        parts = letters.get(uid, {})
        yield next((value for value in parts.values() if isinstance(value, bytes)), b"")


def _replies(letters: Iterable[bytes]) -> Iterable[Reply]:
    for raw in letters:
        try:
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            yield from _reply(letter, raw)
        except (ValueError, LookupError, RecursionError, AttributeError, IndexError, TypeError):
            continue  # a letter that cannot be read acknowledges nothing


def _reply(letter: Any, raw: bytes) -> Iterable[Reply]:
    answered = _OURS.findall(f"{letter.get('In-Reply-To', '')} {letter.get('References', '')}")
    if letter.get_content_type() == "multipart/report":
        token = next(iter([*answered, *_OURS.findall(raw.decode("latin-1"))]), "")
        if token and "disposition-notification" not in str(letter.get("Content-Type", "")):
            yield Reply(token, takes=False, bounced=True)
        return
    machine = str(letter.get("Auto-Submitted", "no")).strip().lower() != "no"
    machine |= str(letter.get("Precedence", "")).strip().lower() in ("bulk", "junk", "auto_reply", "list")
    machine |= any(letter.get(name) is not None for name in ("X-Autoreply", "X-Autorespond"))
    if answered and not machine:
        name, address = parseaddr(str(letter.get("From", "")))
        first = first_line(_text(letter))
        yield Reply(answered[0], takes=not _DECLINES.match(first), by=clamp(name or address, 80))


def _text(letter: Any) -> str:
    part = letter.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part is not None else ""


def first_line(text: str) -> str:
    """The first line that the person wrote, without what they quote."""
    for line in text.splitlines():
        if _QUOTED.match(line):
            return ""
        if line.strip():
            return line.strip()
    return ""


def _read_cursor(cursor: str) -> tuple[int, int]:
    validity, _, last = cursor.partition(":")
    return (int(validity), int(last)) if validity.isdigit() and last.isdigit() else (-1, 0)


def _on_this_computer(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _explained(fault: Exception, host: str, handing_over: bool) -> WebError:
    """A fault of the mail server in our own words; its text may hold addresses and is kept short."""
    if isinstance(fault, aiosmtplib.SMTPAuthenticationError):
        return AuthError("web.sign_in", host=host)
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        fault = fault.recipients[0]
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        reason = one_line(f"{fault.code} {fault.message}", 120)
        later = 400 <= fault.code < 500
        return (TransientError if later else PermanentError)("notice.refused", host=host, reason=reason)
    if isinstance(fault, ssl.SSLError) or isinstance(fault.__cause__, ssl.SSLError):
        return RefusedError("web.tls", host=host)
    if isinstance(fault, aiosmtplib.SMTPNotSupported):
        return RefusedError("notice.no_tls", host=host)
    if handing_over:
        return TransientError("notice.mail_silent", host=host)
    if isinstance(fault, socket.gaierror):
        return TransientError("web.no_name", host=host)
    return TransientError("web.unreachable", host=host)


NOTIFIER = Mail
