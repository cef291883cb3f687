"""What every way of reaching a contact has in common: the door that notifiers come through, and its honest words.

A notifier is one file in this folder, or one entry point of the group ``crisisdesk.notifiers`` of another package: a
class that follows :class:`Notifier`, named by its module's ``NOTIFIER``. See docs/escalation.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol
from urllib.parse import urlsplit

from crisisdesk.model.contact import Contact
from crisisdesk.model.notification import NotificationState
from crisisdesk.plain import clamp
from crisisdesk.web import UNANSWERED as WEB_UNANSWERED

if TYPE_CHECKING:
    from crisisdesk.web import Web

GROUP: Final = "crisisdesk.notifiers"
UNANSWERED: Final = WEB_UNANSWERED | {"notice.mail_silent"}
"""Keys of errors after which nobody knows whether a message went out: it stays «attempted»."""

_MENTION = re.compile(r"(?<!\w)([@＠])(?=\w)")
_NO_BREAK_MARK: Final = "\u2060"  # a word joiner: not seen, and no name begins behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to reach one contact. All texts are plain; each notifier escapes them for its own channel.

    Attributes:
        token: the same at every try; what an acknowledgement names and the other side tells a repetition by.
        to: where to, as the notifier calls it.
        name: whom.
        lang: language of what the notifier adds by itself, such as buttons.
        level: the incident's level, 1 to 4.
        test: only a trial; nothing can be acknowledged.
    """

    token: str
    to: str
    name: str
    subject: str
    body: str
    lang: str = "es"
    level: int = 3
    test: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took it. ``provider_id`` is its own name for the message; ``delivered`` only where it says so."""

    provider_id: str = ""
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's answer that came back through the provider.

    Attributes:
        token: of the message that was answered.
        takes: they take it; otherwise they declined.
        by: who, as the provider says, for the note.
        handle: what :meth:`Listens.tell` needs to answer them, or empty.
        bounced: not a person: the message came back undelivered.
    """

    token: str
    takes: bool = True
    by: str = ""
    handle: str = ""
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """What a notifier may use of the world.

    Attributes:
        web: the one way out over HTTP.
        show: put a title and a text on this computer's screen; whether there is a window that did.
        now: the desk's time.
    """

    web: Web
    show: Callable[[str, str], bool]
    now: Callable[[], datetime]


class Notifier(Protocol):
    """One way to reach a contact."""

    kind: ClassVar[str]
    """One lower-case word; names its settings, its secrets and a contact's channel."""
    words: ClassVar[frozenset[str]]
    """The playbook's words for a step that it serves: ``llamada``, ``sms``, ``correo``, ``aviso``, ``chat``."""
    Settings: ClassVar[type[Any]]
    """A frozen dataclass: what a person fills in; field metadata ``secret`` = goes to the keyring."""

    def address(self, contact: Contact) -> str:
        """Where it reaches ``contact``, or ``""``."""

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Hand the message over once; raises a ``WebError`` that says what kind of failure it was."""


class Listens(Protocol):
    """A notifier through which people answer."""

    async def replies(self, outside: Outside, cursor: str) -> tuple[tuple[Reply, ...], str]:
        """What was answered since ``cursor`` (``""`` at first), and the cursor behind it."""

    async def tell(self, outside: Outside, reply: Reply, words: str) -> None:
        """Tell who answered what came of it, where the channel can."""


class Tracks(Protocol):
    """A notifier whose provider tells later what became of a message."""

    async def progress(self, outside: Outside, provider_id: str) -> NotificationState:
        """``ACCEPTED`` while nothing new is known, ``DELIVERED`` or ``FAILED``."""


def setting(default: Any = "", **marks: Any) -> Any:
    """A field of a notifier's settings; marks are ``secret``, ``required`` and ``choices``."""
    return field(default=default, metadata=marks)


@cache
def notifiers() -> Mapping[str, Any]:
    """Every notifier's class by kind: the files of this folder, then entry points; a built-in kind is not replaced."""
    found: dict[str, Any] = {}
    package = importlib.import_module("crisisdesk.notifiers")
    for module in pkgutil.iter_modules(package.__path__):
        notifier = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "NOTIFIER", None)
        if notifier is not None:
            found[notifier.kind] = notifier
    for entry in entry_points(group=GROUP):
        notifier = entry.load()
        found.setdefault(notifier.kind, notifier)
    return found


def quiet_mentions(text: str) -> str:
    """``text`` in which no «@everyone» can wake a whole company: each @ is kept apart from the word behind it."""
    return _MENTION.sub(rf"\1{_NO_BREAK_MARK}", text)


def one_line(text: str, limit: int) -> str:
    """``text`` as one line of at most ``limit`` characters, without control characters."""
    return " ".join(clamp(text, limit).split())


def permits(address: str, inside: bool) -> frozenset[str]:
    """The permission to reach the very server of ``address`` when it is ``inside`` this network."""
    if not inside:
        return frozenset()
    parts = urlsplit(address)
    return frozenset({f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"})
