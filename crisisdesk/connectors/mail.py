"""A mailbox: every mail that comes in is a private mention; answers go out over SMTP.

The mailbox is opened for reading only: nothing in it is marked, moved or deleted. Identity is the Message-ID, so a
mailbox that numbers its mails anew (another UIDVALIDITY) doubles nothing. Automatic answers and lists are told apart
and never answered. Gmail and Microsoft 365 want an app password or their own sign-in; the latter is not here.
"""

from __future__ import annotations

import asyncio
import email.policy
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import fingerprint, option
from crisisdesk.connectors.fields import Reading, at, joined, rows, whole
from crisisdesk.connectors.mailidle import await_more, numbers_after
from crisisdesk.connectors.mailout import letter_of, message_id, subject_of
from crisisdesk.letters import Letter, read
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
from crisisdesk.model.source import Limits, PrivateOption, PrivateWay, Query, Receipt, ReplyPlan
from crisisdesk.plain import one_line
from crisisdesk.transport import default_context

if TYPE_CHECKING:
    from imapclient import IMAPClient

    from crisisdesk.web import Web

PAGE: Final = 50
LARGEST: Final = 25_000_000
"""Bytes of a mail that are fetched; of a larger one only its beginning."""
SECURITY: Final = ("tls", "starttls", "none")
_TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mailbox (IMAP) and, for answering, the way out (SMTP)."""

    mail: str = option(required=True)
    server: str = option(required=True)
    port: int = option(993)
    security: str = option("tls", choices=SECURITY)
    user: str = option()
    password: str = option(secret=True, required=True)
    folder: str = option("INBOX")
    smtp_server: str = option()
    smtp_port: int = option(587)
    smtp_security: str = option("starttls", choices=SECURITY)
    sent_folder: str = option()
    list_to: str = option()
    days: int = option(2)


class Mailbox:
    """One folder of one mailbox."""

    kind: ClassVar[str] = "mail"
    Settings: ClassVar[type[Any]] = MailSettings
    limits: ClassVar[Limits] = Limits(pace=60.0)
    overlap: ClassVar[timedelta] = timedelta(0)  # numbers only grow

    def __init__(self, settings: MailSettings, query: Query = Query(), context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = context

    @property
    def account(self) -> str:
        """The address, with the folder where it is not the inbox."""
        own = self._settings
        return own.mail.lower() if own.folder == "INBOX" else f"{own.mail.lower()}/{own.folder}"

    # -- listening -----------------------------------------------------------------------------------------------

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """The mails after the last number that is ours, at most :data:`PAGE`; the first time those of some days."""
        return await asyncio.to_thread(self._page, cursor, now)

    def _page(self, cursor: str, now: datetime) -> Page:
        validity, last = _standing(cursor)
        with self._opened() as client:
            box = self._select(client)
            current = int(box[b"UIDVALIDITY"])
            if validity is not None and validity != current:
                raise CursorInvalidError("sources.mailbox_numbered_anew", host=self._settings.server)
            if validity is None:
                since = (now - timedelta(days=self._settings.days)).date()
                wanted = sorted(client.search(["SINCE", since]))
                last = (min(wanted) if wanted else int(box.get(b"UIDNEXT", 1))) - 1
            else:
                wanted = numbers_after(client, last)
            taken = wanted[:PAGE]
            letters = client.fetch(taken, [f"BODY.PEEK[]<0.{LARGEST}>", "INTERNALDATE"]) if taken else {}
        reading = Reading(self.kind, self.account, now)
        for uid in taken:
            if uid in letters:  # else it was expunged since
                self._add(reading, letters[uid])
        top = max([last, *taken])
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple(reading.mentions),
            rejected=tuple(reading.rejected),
            cursor=json.dumps({"v": 1, "validity": current, "last": top}),
            checked=now if len(taken) == len(wanted) else None,
            more=len(taken) < len(wanted),
        )

    def _add(self, reading: Reading, parts: dict[bytes, Any]) -> None:
        bodies = (value for name, value in parts.items() if name.startswith(b"BODY"))
        raw = next((value for value in bodies if isinstance(value, bytes)), b"")
        letter = read(raw)
        if letter.address == self._settings.mail.lower():
            return  # our own copy
        came = parts.get(b"INTERNALDATE")
        # The server's date is when it came in; the sender's is a claim.
        said = came.astimezone(reading.now.tzinfo) if isinstance(came, datetime) else letter.sent
        reading.add(
            letter.id or fingerprint(letter.address, str(letter.sent), letter.subject, letter.text),
            said,
            joined(letter.subject, letter.text),
            author=letter.name or letter.address,
            author_id=letter.address,
            channel="mail",
            parent_id=letter.answers[0] if letter.answers else "",
            private=True,
            reference=_reference(letter),
        )

    @property
    def live(self) -> bool:
        """Always: a server without IDLE is asked at our pace."""
        return True

    async def stream(self, web: Web, cursor: str, now: Callable[[], datetime]) -> AsyncIterator[Page]:
        """Pages as mails come in, by IDLE; ends with the caller."""
        here, stop = cursor, threading.Event()
        # A thread of its own: it waits for minutes, and the loop's few are needed for other things.
        waiting = ThreadPoolExecutor(1, "mail-idle")
        try:
            while True:
                page = await self.poll(web, here, now())
                here = page.cursor
                yield page
                if not page.more:
                    await asyncio.get_running_loop().run_in_executor(waiting, self._idle, here, stop)
        finally:
            stop.set()
            await asyncio.to_thread(waiting.shutdown)

    def _idle(self, cursor: str, stop: threading.Event) -> None:
        """Wait until the folder holds a mail that the cursor does not know, or some minutes have passed."""
        validity, last = _standing(cursor)
        with self._opened() as client:
            box = self._select(client)
            if validity != int(box[b"UIDVALIDITY"]):
                return
            if b"IDLE" in client.capabilities():
                await_more(client, last, stop)
            else:
                stop.wait(self.limits.pace)

    def _select(self, client: IMAPClient) -> dict[bytes, Any]:
        """Open the folder for reading; raises ``PermanentError`` where there is none of that name."""
        import imapclient.exceptions

        try:
            return dict(client.select_folder(self._settings.folder, readonly=True))
        except imapclient.exceptions.IMAPClientAbortError:
            raise
        except imapclient.exceptions.IMAPClientError:
            folder = one_line(self._settings.folder, 60)
            raise PermanentError("sources.no_folder", host=self._settings.server, folder=folder) from None

    @contextmanager
    def _opened(self) -> Iterator[IMAPClient]:
        """A signed-in client; whatever goes wrong becomes one of our errors."""
        import imapclient
        import imapclient.exceptions

        own = self._settings
        _careful(own.server, own.security)
        try:
            with imapclient.IMAPClient(
                own.server,
                own.port,
                ssl=own.security == "tls",
                ssl_context=self._context() if own.security == "tls" else None,
                timeout=_TIMEOUT,
            ) as client:
                if own.security == "starttls":
                    client.starttls(self._context())
                client.login(own.user or own.mail, own.password)
                yield client
        except imapclient.exceptions.LoginError:
            raise AuthError("web.sign_in", host=own.server) from None
        except ssl.SSLCertVerificationError:
            raise RefusedError("web.tls_unknown", host=own.server) from None
        except (imapclient.exceptions.IMAPClientError, OSError, EOFError) as fault:
            raise TransientError("sources.mailbox", host=own.server, reason=type(fault).__name__) from None
        except (KeyError, ValueError) as fault:
            raise PermanentError("sources.mailbox", host=own.server, reason=type(fault).__name__) from None

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = default_context()
        return self._tls

    # -- answering -----------------------------------------------------------------------------------------------

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The mail as it will go out, with its own Message-ID chosen before sending."""
        own = self._settings
        if not own.smtp_server:
            raise PermanentError("sources.missing", kind=self.kind, field="smtp_server")
        place = _place(target)
        if at(place, "machine") is True:
            raise NotAllowedError("sources.machine_mail", kind=self.kind)
        to = str(at(place, "to") or "")
        if "@" not in to:
            raise PermanentError("sources.no_place", kind=self.kind)
        subject = str(at(place, "subject") or "")
        payload: dict[str, object] = {
            "from": own.mail,
            "to": to,
            "subject": subject if subject.lower().startswith("re:") else f"Re: {subject}".strip(),
            "message_id": message_id(key, own.mail),
            "in_reply_to": target.native_id if target.native_id.startswith("<") else "",
            "references": [str(r) for r in rows(place, "references")],
            "body": text,
        }
        return ReplyPlan(target=target.native_id, text=text, payload=payload, key=key)

    @property
    def posts_as(self) -> str:
        """The address of the list, where one is named and there is a way out."""
        return self._settings.list_to if self._settings.smtp_server else ""

    async def plan_post(self, web: Web, text: str, lang: str, key: str) -> ReplyPlan:
        """One mail to the list; its subject is how the text begins."""
        own, to = self._settings, self.posts_as
        if "@" not in to:
            raise PermanentError("sources.missing", kind=self.kind, field="list_to")
        payload: dict[str, object] = {
            "from": own.mail,
            "to": to,
            "subject": subject_of(text),
            "message_id": message_id(key, own.mail),
            "in_reply_to": "",
            "body": text,
        }
        return ReplyPlan(target="", text=text, payload=payload, key=key)

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Hand it to the server; a copy goes into the folder for what was sent, where one is named."""
        import aiosmtplib

        own = self._settings
        _careful(own.smtp_server, own.smtp_security)
        letter = letter_of(plan, now)
        client = aiosmtplib.SMTP(
            hostname=own.smtp_server,
            port=own.smtp_port,
            timeout=_TIMEOUT,
            use_tls=own.smtp_security == "tls",
            start_tls=own.smtp_security == "starttls",
            tls_context=self._context() if own.smtp_security != "none" else None,
        )
        handing_over = False
        try:
            await client.connect()
            if client.supports_extension("auth"):
                await client.login(own.user or own.mail, own.password)
            handing_over = True
            await client.send_message(letter)
        except aiosmtplib.SMTPAuthenticationError:
            raise AuthError("web.sign_in", host=own.smtp_server) from None
        except aiosmtplib.SMTPResponseException as fault:
            raise _refused(fault.code, own.smtp_server) from None
        except aiosmtplib.SMTPRecipientsRefused as fault:
            code = fault.recipients[0].code if fault.recipients else 550
            raise _refused(code, own.smtp_server) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            host, reason = own.smtp_server, type(fault).__name__
            error = AmbiguousError if handing_over else TransientError
            raise error("sources.mailbox", host=host, reason=reason) from None
        finally:
            client.close()
        if own.sent_folder:
            await asyncio.to_thread(self._keep, letter.as_bytes(policy=email.policy.SMTP), now)
        return Receipt(str(plan.payload["message_id"]), "", now)

    def _keep(self, raw: bytes, now: datetime) -> None:
        """A copy for people; the answer is out, so trouble here is not trouble with it."""
        try:
            with self._opened() as client:
                client.append(self._settings.sent_folder, raw, flags=[b"\\Seen"], msg_time=now)
        except WebError:
            return

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether the folder for what was sent holds it; without one a person has to look."""
        if not self._settings.sent_folder:
            raise NotAllowedError("sources.cannot_look", kind=self.kind)
        own_id = str(plan.payload["message_id"])
        return Receipt(own_id, "", now) if await asyncio.to_thread(self._kept, own_id) else None

    def _kept(self, own_id: str) -> bool:
        with self._opened() as client:
            client.select_folder(self._settings.sent_folder, readonly=True)
            return bool(client.search(["HEADER", "Message-ID", own_id]))

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """A mail is private already."""
        return (PrivateOption(PrivateWay.API),)


def _reference(letter: Letter) -> str:
    place = {
        "to": letter.address,
        "subject": letter.subject[:200],
        "references": list(reversed(letter.answers[:20])),
        **({"machine": True} if letter.machine else {}),
    }
    return json.dumps(place)


def _place(target: Mention) -> Any:
    try:
        return json.loads(target.reference)
    except ValueError:
        raise PermanentError("sources.no_place", kind=Mailbox.kind) from None


def _standing(cursor: str) -> tuple[int | None, int]:
    try:
        value = json.loads(cursor) if cursor else None
    except ValueError:
        return None, 0
    validity, last = whole(value, "validity"), whole(value, "last")
    return (validity, last) if validity is not None and last is not None else (None, 0)


def _careful(host: str, security: str) -> None:
    """No password goes over an open line, but to this computer."""
    if security == "none" and not _here(host):
        raise RefusedError("sources.open_line", host=host)


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(code: int, host: str) -> WebError:
    if code in (530, 535, 534):
        return AuthError("web.sign_in", host=host)
    if 400 <= code < 500:
        return TransientError("web.server", host=host, status=code)
    return PermanentError("web.rejected", host=host, status=code)


CONNECTOR = Mailbox
