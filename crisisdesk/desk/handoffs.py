"""Leading a talk into private: what we ask and never ask, the number that was given, the call that was promised."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from crisisdesk.connectors.base import PrivateHandoff
from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.replies import Replies
from crisisdesk.model.call_back import KEPT, LONGEST, CallBack, Impostor
from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.draft import DraftView, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import CallBackChanged
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import PrivateOption, PrivateWay
from crisisdesk.pipeline.impostors import check
from crisisdesk.plain import clamp
from crisisdesk.store import mentions, rows, schema, sources, versions
from crisisdesk.store.database import Transaction
from crisisdesk.texts import both

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATE: Final = "pasar_a_privado"
_SAFE: Final = {"que_no_pediremos": "desk.private.never_asked", "canal_seguro": "desk.private.channel"}
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{7,24}")
_FEWEST, _MOST = 7, 15  # digits: ITU-T E.164


class Handoffs:
    """Keeps who is called back, and lets go of their numbers on time."""

    def __init__(
        self, core: Core, replies: Replies, drafts: Drafts, commitments: Commitments, brand: tuple[str, ...],
        connector: Callable[[str, str], Any],
    ) -> None:  # fmt: skip
        self._core = core
        self._replies = replies
        self._drafts = drafts
        self._commitments = commitments
        self._brand = brand
        self._connector = connector

    # -- asking --------------------------------------------------------------------------------------------------

    def ask(self, mention_id: int) -> DraftView:
        """Begin the text that leads a person into private, with what we never ask for said in it."""
        draft = self._replies.start(mention_id, TEMPLATE)
        with self._core.write():
            view = self._drafts.view(draft.id)
            names = {field.name for field in view.template.fields}
            safe = {
                name: FieldValue(text=both(key))
                for name, key in _SAFE.items()
                if name in names and draft.values.get(name, FieldValue()).empty
            }
            return self._drafts.fill(draft.id, safe) if safe else view

    def ways(self, mention_id: int) -> tuple[PrivateOption, ...]:
        """How a talk with its author can go on in private now, best first; where nothing is known, to ask for it."""
        with self._core.read() as connection:
            target = mentions.get(connection, mention_id).mention
        connector = self._connector(target.source, target.account)
        if not isinstance(connector, PrivateHandoff):
            return (PrivateOption(PrivateWay.ASK),)
        from crisisdesk.web import Web

        now = self._core.clock.now()
        return asyncio.run(connector.private_options(Web(now=self._core.clock.now), target, now))

    def impostor(self, handle: str) -> Impostor:
        """Whether people may take ``handle`` for one of our own accounts."""
        return check(clamp(handle, 200), self.our_handles())

    def our_handles(self) -> tuple[str, ...]:
        """Our own names: the accounts of our sources, and the brand."""
        with self._core.read() as connection:
            known = sources.sources(connection)
        handles = (str((row.settings or {}).get("handle", "")) for row in known)
        return tuple(dict.fromkeys(filter(None, (*handles, *self._brand))))

    # -- numbers -------------------------------------------------------------------------------------------------

    def keep_phone(
        self, mention_id: int, phone: str, consent: str, *, keep: timedelta = KEPT, incident_id: int | None = None
    ) -> CallBack:
        """Keep a number that a person gave us, with their agreement, until a time.

        Raises:
            InputError: it is no number, nobody agreed, or it would be kept for too long.
        """
        digits = _digits(phone)
        if not consent.strip():
            raise InputError("call_back.no_consent")
        if not timedelta(0) < keep <= LONGEST:
            raise InputError("call_back.too_long", days=LONGEST.days)
        now, salt = self._core.clock.now(), secrets.token_hex(16)
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            versions.must_stand(tx.connection, mention_id)
            incident = incident_id or self._replies.incident(tx.connection).id
            new = rows.call_backs.insert(
                tx.connection,
                CallBack(
                    id=0,
                    mention_id=mention_id,
                    incident_id=incident,
                    name=clamp(stored.mention.author, 120),
                    phone=digits,
                    masked=masked(digits),
                    salt=salt,
                    digest=_digest(digits, salt),
                    consent=consent.strip(),
                    kept_by=self._core.actor,
                    kept_at=now,
                    keep_until=now + keep,
                ),
            )
            self._log(tx, "call_back.kept", new, until=new.keep_until)
            return new

    def list(self, incident_id: int) -> tuple[CallBack, ...]:
        """Everybody who is to be called back or was, oldest first, without their numbers."""
        with self._core.read() as connection:
            found = rows.call_backs.where(connection, incident_id=incident_id)
        return tuple(_without_number(row) for row in found)

    def of(self, mention_id: int) -> tuple[CallBack, ...]:
        """The numbers that the author of a mention gave us, oldest first, masked; deleted ones too."""
        with self._core.read() as connection:
            found = rows.call_backs.where(connection, mention_id=mention_id)
        return tuple(_without_number(row) for row in found)

    def of_promise(self, commitment_id: int) -> tuple[CallBack, ...]:
        """The numbers that a promised call goes to, masked; deleted ones too."""
        with self._core.read() as connection:
            found = rows.call_backs.where(connection, commitment_id=commitment_id)
        return tuple(_without_number(row) for row in found)

    def number(self, call_back_id: int) -> str:
        """The whole number, for whoever calls now; that it was looked at is written down."""
        with self._core.write() as tx:
            row = rows.call_backs.get(tx.connection, call_back_id)
            if not row.phone:
                raise StepError("call_back.deleted", at=row.deleted_at)
            self._log(tx, "call_back.shown", row)
            return row.phone

    def is_number(self, call_back_id: int, phone: str) -> bool:
        """Whether ``phone`` is the number that was kept, also after it was deleted."""
        with self._core.read() as connection:
            row = rows.call_backs.get(connection, call_back_id)
        return hmac.compare_digest(_digest(_digits(phone), row.salt), row.digest)

    def promise(self, call_back_id: int, due_at: datetime, giver: str) -> Commitment:
        """Promise the call: an individual promise in the ledger, with the person's name and never the number."""
        with self._core.write() as tx:
            row = rows.call_backs.get(tx.connection, call_back_id)
            if not row.phone:
                raise StepError("call_back.deleted", at=row.deleted_at)
            if row.commitment_id is not None:
                raise StepError("call_back.promised")
            new = self._commitments.promise(
                row.incident_id,
                both("desk.private.call"),
                due_at,
                kind=CommitmentKind.INDIVIDUAL,
                to_whom=row.name,
                giver=giver,
            )
            rows.call_backs.update(tx.connection, row.id, commitment_id=new.id)
            tx.emit(CallBackChanged(row.incident_id, row.id))
            return new

    def forget(self, call_back_id: int) -> CallBack:
        """Delete the number now, as its owner may ask at any time."""
        with self._core.write() as tx:
            row = rows.call_backs.get(tx.connection, call_back_id)
            return self._forget(tx, row, self._core.actor) if row.phone else _without_number(row)

    def tick(self, tx: Transaction, now: datetime) -> None:
        """Delete what has been kept for as long as was said."""
        due = schema.call_back.c.keep_until <= now
        for row in rows.call_backs.where(tx.connection, due, deleted_at=None):
            self._forget(tx, row, DESK)

    def _forget(self, tx: Transaction, row: CallBack, by: str) -> CallBack:
        now = self._core.clock.now()
        gone = rows.call_backs.update(tx.connection, row.id, phone="", deleted_at=now, deleted_by=by)
        self._log(tx, "call_back.deleted", gone, actor=by)
        return gone

    def _log(self, tx: Transaction, kind: str, row: CallBack, *, actor: str | None = None, **data: object) -> None:
        known: dict[str, object] = {"mention": str(row.mention_id), "value": Bilingual(row.masked, row.masked)}
        self._core.log(tx, kind, row.incident_id, actor=actor, data=known | data)
        tx.emit(CallBackChanged(row.incident_id, row.id))


def masked(digits: str) -> str:
    """A number as it may be shown: its last two digits."""
    return f"••• {digits[-2:]}"


def _digits(phone: str) -> str:
    """A number's digits, with its ``+`` where it has one."""
    text = phone.strip()
    digits = re.sub(r"\D", "", text)
    if not _PHONE.fullmatch(text) or not digits.isascii() or not _FEWEST <= len(digits) <= _MOST:
        raise InputError("call_back.no_number")
    return f"+{digits}" if text.startswith("+") else digits


def _digest(digits: str, salt: str) -> str:
    return hashlib.scrypt(digits.encode(), salt=bytes.fromhex(salt), n=1 << 14, r=8, p=1).hex()


def _without_number(row: CallBack) -> CallBack:
    return replace(row, phone="")
