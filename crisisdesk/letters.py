"""Reading a mail as it came: who, when, what they wrote themselves; whatever its parts and charsets do.

Nothing in a mail is trusted: at most :data:`PARTS` parts of :data:`DEPTH` levels are looked at, unknown charsets are
read as well as they go, nothing is fetched, attachments are left alone.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from itertools import pairwise
from typing import Final

from crisisdesk.markup import plain_text

PARTS: Final = 50
DEPTH: Final = 10
TEXT_LIMIT: Final = 100_000
_BROKEN: Final = (
    ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, email.errors.MessageError
)  # fmt: skip
"""What the standard library raises at mails that are written to break it."""
_MACHINE: Final = frozenset({"bulk", "junk", "auto_reply", "list"})
_ID = re.compile(r"<[^<>\s]{1,400}>")
_QUOTED = re.compile(
    r"\s*(>|-{2,}\s*(original message|mensaje original)|_{5,}\s*$|-- $"
    r"|(El|On|Em)\b.{0,200}(escribi[oó]|wrote|escreveu):?\s*$|(De|From|Von|Enviado el|Sent):\s.{0,200}$)",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\s*(El|On|Em) [^\n]{0,40}\d[^\n]{0,300}[ >)](escribi[oó]|wrote|escreveu):$", re.IGNORECASE)
"""«El lun, 30 nov 2026, Ana <a@b.c>» and «escribió:» below it: programs break the line before it grows long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail.

    Attributes:
        id: its Message-ID with angle brackets, or ``""``.
        answers: Message-IDs of what it answers, nearest first.
        name: the sender's name as written.
        address: the sender's address, lower case.
        subject: one line.
        sent: the sender's claim, aware, or ``None``.
        text: what the sender wrote, without what they quote.
        machine: sent by a program (an absence note, a list, a bounce): never a person's word.
        bounce: says that a mail could not be delivered.
    """

    id: str
    answers: tuple[str, ...]
    name: str
    address: str
    subject: str
    sent: datetime | None
    text: str
    machine: bool
    bounce: bool


def read(raw: bytes) -> Letter:
    """Read a mail's bytes; never raises: what cannot be read is empty."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
    except _BROKEN:
        message = Message()
    name, address = _sender(_header(message, "From"))
    report = _kind(message) == "multipart/report"
    auto = _header(message, "Auto-Submitted").strip().lower() not in ("", "no")
    listed = _header(message, "List-Id") != "" or _header(message, "Precedence").strip().lower() in _MACHINE
    replied = any(_header(message, field) for field in ("X-Autoreply", "X-Autorespond"))
    answers = [*_ID.findall(_header(message, "In-Reply-To")), *reversed(_ID.findall(_header(message, "References")))]
    text = next((t for t in (_words(p) for p in _texts(message)) if t.strip()), "")
    return Letter(
        id=next(iter(_ID.findall(_header(message, "Message-ID"))), ""),
        answers=tuple(dict.fromkeys(answers)),
        name=" ".join(name.split()),
        address=address.strip().lower(),
        subject=" ".join(_header(message, "Subject").split()),
        sent=_sent(_header(message, "Date")),
        text=own_words(text)[:TEXT_LIMIT],
        machine=auto or listed or replied or report,
        bounce=report and "delivery-status" in _header(message, "Content-Type").lower(),
    )


def own_words(text: str) -> str:
    """What the sender wrote: up to the first quoted line, signatures left out; all of it where nothing else is left."""
    kept: list[str] = []
    for line, below in pairwise([*text.splitlines(), ""]):
        if _QUOTED.match(line) or _WRAPPED.match(f"{line.rstrip()} {below.strip()}"):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip() or text.strip()


def _texts(message: Message) -> Iterator[Message]:
    """The text parts that people read, plain before HTML."""
    found = list(_walk(message, DEPTH))[:PARTS]
    shown = [p for p in found if "attachment" not in _header(p, "Content-Disposition").lower()]
    yield from (p for p in shown if _kind(p) == "text/plain")
    yield from (p for p in shown if _kind(p) == "text/html")


def _walk(message: Message, depth: int) -> Iterator[Message]:
    if message.is_multipart():
        if depth > 0:
            for part in [*message.get_payload()][:PARTS]:
                if isinstance(part, Message):
                    yield from _walk(part, depth - 1)
    else:
        yield message


def _kind(message: Message) -> str:
    try:
        return message.get_content_type()
    except _BROKEN:
        return "text/plain"


def _words(part: Message) -> str:
    try:
        data = part.get_payload(decode=True)
        charset = str(part.get_param("charset") or "")
    except _BROKEN:
        return ""
    if not isinstance(data, bytes):
        return ""
    text = _decoded(data[: 4 * TEXT_LIMIT], charset)
    if _kind(part) == "text/html":
        text = plain_text(text)
    return text.replace("\r\n", "\n").replace("\0", "\ufffd")


def _decoded(data: bytes, charset: str) -> str:
    """By the declared charset where there is one and it fits, else UTF-8, else Windows-1252."""
    for name in (charset.strip("\"' ")[:40], "utf-8", "cp1252"):
        try:
            return data.decode(name) if name else data.decode("utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def _header(message: Message, name: str) -> str:
    """A header decoded, on one line."""
    try:
        value = message.get(name)
        if value is None:
            return ""
        decoded = email.header.make_header(email.header.decode_header(str(value)[:20_000]))
        return " ".join(str(decoded).split())
    except _BROKEN:
        return " ".join(str(message.get(name, ""))[:2_000].split())


def _sender(text: str) -> tuple[str, str]:
    try:
        return email.utils.parseaddr(text[:2_000])
    except _BROKEN:  # comments within comments within comments
        return "", ""


def _sent(text: str) -> datetime | None:
    try:
        when = email.utils.parsedate_to_datetime(text[:100])
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
