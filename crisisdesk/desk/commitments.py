"""The ledger of what was promised to the public: made, kept, moved, withdrawn, broken and made good.

A public promise is changed by what the public reads: moving or withdrawing opens a draft, and the ledger follows
when that text is published. Until then the old time stands, and breaks if nobody publishes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol

from crisisdesk.desk.approvals import Approvals
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import DESK, Core, check_step
from crisisdesk.desk.ledger_time import drifted, wall
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.promise_rules import check_evidence, check_promise, evidence
from crisisdesk.desk.risk import Risk
from crisisdesk.model.commitment import (
    COMMITMENT_STEPS,
    Commitment,
    CommitmentKind,
    CommitmentState,
    RemedyKind,
)
from crisisdesk.model.draft import Draft, DraftState, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import CommitmentBroken, CommitmentChanged, CommitmentDueSoon
from crisisdesk.model.history import Foresight
from crisisdesk.model.playbook import Bilingual
from crisisdesk.store import rows, schema
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

MOVE_TEMPLATE = "cambio_hora"
NO_TIME_TEMPLATE = "sin_hora"
UPDATE_TEMPLATE = "actualizacion"


class DraftStarter(Protocol):
    """What the ledger needs of drafts: open one with some fields filled in, and ask who must agree."""

    approvals: Approvals

    def start(
        self,
        incident_id: int,
        template_id: str,
        *,
        answers: int | None = None,
        values: dict[str, FieldValue] | None = None,
    ) -> Draft:
        """Open a draft."""


class Commitments:
    """Keeps the ledger."""

    def __init__(self, core: Core, playbooks: Playbooks, contacts: Contacts, risk: Risk) -> None:
        self._core = core
        self._playbooks = playbooks
        self._contacts = contacts
        self._risk = risk
        self.drafts: DraftStarter | None = None  # set by the composition root: drafts and ledger know each other

    def _starter(self) -> DraftStarter:
        assert self.drafts is not None
        return self.drafts

    def list(self, incident_id: int | None = None, *, open_only: bool = False) -> tuple[Commitment, ...]:
        """The ledger by due time; of one incident, or all."""
        equal: dict[str, Any] = {} if incident_id is None else {"incident_id": incident_id}
        if open_only:
            equal["state"] = CommitmentState.OPEN
        with self._core.read() as connection:
            found = rows.commitments.where(connection, **equal)
        return tuple(sorted(found, key=lambda c: (c.due_at, c.id)))

    def get(self, commitment_id: int) -> Commitment:
        """One row of the ledger."""
        with self._core.read() as connection:
            return rows.commitments.get(connection, commitment_id)

    def promise(  # noqa: PLR0913 — a row of the ledger has that many
        self,
        incident_id: int,
        what: Bilingual,
        due_at: datetime,
        *,
        kind: CommitmentKind,
        to_whom: str = "",
        giver: str = "",
        owner: str = "",
        quoted: Bilingual | None = None,
        url: str = "",
        draft_id: int | None = None,
        known: str = "",
        known_by: str = "",
    ) -> Commitment:
        """Write a promise into the ledger; a time that has passed is refused.

        Above the playbook's limit a solution asks what the history does not know and who says it; with both it is
        never refused. A text that is out (``draft_id``) is written down as it is.
        """
        now = self._core.clock.now()
        check_promise(kind, due_at, now, giver)
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            playbook = self._playbooks.of(incident_id)
            foresight = None
            if kind is CommitmentKind.RESOLUTION:
                foresight = self._risk.foresee(tx.connection, incident, due_at)
                if draft_id is None:
                    check_evidence(foresight, known, known_by)
            new = rows.commitments.insert(
                tx.connection,
                Commitment(
                    id=0,
                    incident_id=incident_id,
                    kind=kind,
                    state=CommitmentState.OPEN,
                    what=what,
                    to_whom=to_whom,
                    due_at=due_at,
                    zone=incident.zone,
                    owner=owner or playbook.owner,
                    giver=giver.strip(),
                    made_at=now,
                    quoted=quoted or Bilingual(),
                    url=url,
                    draft_id=draft_id,
                    known=known.strip(),
                    known_by=known_by.strip(),
                    foresight=foresight,
                    wall=wall(due_at, incident.zone),
                ),
                # The desk asks "can we keep it?" at the playbook's margin, at most at half of the time promised.
                warn_at=due_at - min(playbook.commitments.margin, (due_at - now) / 2),
            )
            role = playbook.role(new.giver)  # a time is given by a role or by a person
            named = role.name if role and role.name.es else self._contacts.name_of(new.giver) or None
            self._log(tx, "commitment.made", new, giver=named, to_whom=to_whom or None, evidence=evidence(new))
            return new

    def foresee(self, connection: Connection, incident_id: int, due_at: datetime) -> Foresight:
        """What the history says of promising a solution by ``due_at`` now."""
        return self._risk.foresee(connection, rows.incidents.get(connection, incident_id), due_at)

    def _log(self, tx: Transaction, kind: str, commitment: Commitment, **data: object) -> None:
        actor = DESK if kind in ("commitment.due_soon", "commitment.broken") else None
        known = {"what": commitment.what, "due": commitment.due_at, "id": commitment.id}
        self._core.log(tx, kind, commitment.incident_id, actor=actor, data={**known, **data})
        tx.emit(CommitmentChanged(commitment.incident_id, commitment.id))

    def _end(
        self, tx: Transaction, commitment_id: int, state: CommitmentState, **changes: Any
    ) -> Commitment:
        before = rows.commitments.get(tx.connection, commitment_id)
        check_step(COMMITMENT_STEPS, before.state, state, "commitment.step")
        changes.setdefault("ended_at", self._core.clock.now())
        return rows.commitments.update(tx.connection, commitment_id, state=state, **changes)

    def keep(self, commitment_id: int, at: datetime | None = None, note: str = "") -> Commitment:
        """The promise was kept, now or at ``at``; after its time it can only be fulfilled late."""
        done = at or self._core.clock.now()
        with self._core.write() as tx:
            if done > rows.commitments.get(tx.connection, commitment_id).due_at:
                raise StepError("commitment.too_late")
            kept = self._end(tx, commitment_id, CommitmentState.KEPT, ended_at=done, reason=note)
            minutes = round((done - kept.due_at) / timedelta(minutes=1))
            self._log(tx, "commitment.kept", kept, lateness=minutes, note=note or None)
            return kept

    def move(self, commitment_id: int, due_at: datetime, reason: str, giver: str) -> Draft:
        """Open the text that moves the promise; the ledger follows when that text is published."""
        if not reason.strip():
            raise InputError("commitment.no_reason")
        if due_at <= self._core.clock.now():
            raise InputError("commitment.past", at=due_at)
        with self._core.write() as tx:
            old = self._open(tx, commitment_id)
            rows.commitments.update(tx.connection, old.id, reason=reason.strip())
            values = {
                "hora_nueva": FieldValue(instant=due_at, giver=giver.strip()),
                "motivo": FieldValue(text=Bilingual(reason.strip(), "")),
            }
            return self._starter().start(old.incident_id, MOVE_TEMPLATE, answers=old.id, values=values)

    def withdraw(self, commitment_id: int, reason: str) -> Draft:
        """Open the text that takes the time back («sin hora»); the ledger follows when it is published."""
        if not reason.strip():
            raise InputError("commitment.no_reason")
        with self._core.write() as tx:
            old = self._open(tx, commitment_id)
            rows.commitments.update(tx.connection, old.id, reason=reason.strip())
            values = {"por_que_no_hay_hora": FieldValue(text=Bilingual(reason.strip(), ""))}
            return self._starter().start(old.incident_id, NO_TIME_TEMPLATE, answers=old.id, values=values)

    def _open(self, tx: Transaction, commitment_id: int) -> Commitment:
        found = rows.commitments.get(tx.connection, commitment_id)
        if found.state is not CommitmentState.OPEN:
            raise StepError("commitment.step", now=found.state.value, then=CommitmentState.MOVED.value)
        return found

    def no_time(self, incident_id: int, next_at: datetime, why: Bilingual | None = None) -> Draft:
        """«Sin hora todavía; próxima noticia a las…»: one key opens the honest text, ready but for its words."""
        if next_at <= self._core.clock.now():
            raise InputError("commitment.past", at=next_at)
        values = {"proxima": FieldValue(instant=next_at)}
        if why is not None:
            values["por_que_no_hay_hora"] = FieldValue(text=why)
        return self._starter().start(incident_id, NO_TIME_TEMPLATE, values=values)

    def answered(self, tx: Transaction, commitment_id: int, draft: Draft, moved_to: int | None) -> None:
        """A published text answers a promise: it moves or withdraws an open one, or makes a broken one good."""
        old = rows.commitments.get(tx.connection, commitment_id)
        if old.state is CommitmentState.OPEN and old.kind is not CommitmentKind.NEXT_UPDATE:
            if moved_to is not None:
                new = rows.commitments.get(tx.connection, moved_to)
                moved = self._end(tx, old.id, CommitmentState.MOVED, moved_to=moved_to)
                self._log(
                    tx,
                    "commitment.moved",
                    moved,
                    old_due=old.due_at,
                    new_due=new.due_at,
                    reason=old.reason or None,
                )
            else:
                gone = self._end(tx, old.id, CommitmentState.WITHDRAWN)
                self._log(tx, "commitment.withdrawn", gone, reason=old.reason or None)
        elif old.state is CommitmentState.BROKEN:
            rows.commitments.update(tx.connection, old.id, remedied_at=draft.published_at)
            self._log(tx, "commitment.remedied", old, remedy=old.remedy or None, url=draft.url or None)

    def updated(self, tx: Transaction, incident_id: int, at: datetime, but: int | None) -> None:
        """A public text went out at ``at``: it keeps the next-updates that were open, and ends late ones."""
        waiting = rows.commitments.where(
            tx.connection,
            incident_id=incident_id,
            kind=CommitmentKind.NEXT_UPDATE,
            state=(CommitmentState.OPEN, CommitmentState.BROKEN),
        )
        for commitment in waiting:
            if commitment.id != but:
                self._settle(tx, commitment, at)

    def set_remedy(self, commitment_id: int, kind: RemedyKind, text: str) -> Commitment:
        """Choose how a broken promise is made good: compensation, or one named change."""
        if not text.strip():
            raise InputError("commitment.empty_remedy")
        with self._core.write() as tx:
            if rows.commitments.get(tx.connection, commitment_id).state is not CommitmentState.BROKEN:
                raise StepError("commitment.not_broken")
            changed = rows.commitments.update(
                tx.connection, commitment_id, remedy_kind=kind, remedy=text.strip()
            )
            if changed.apology_draft_id is not None:
                self._fill_remedy(tx, changed)
                self._ask_approval(tx, changed)
            tx.emit(CommitmentChanged(changed.incident_id, changed.id))
            return changed

    def _ask_approval(self, tx: Transaction, commitment: Commitment) -> None:
        """The apology's approvers are asked as soon as there is a remedy, to answer within the playbook's time."""
        draft = rows.drafts.get(tx.connection, commitment.apology_draft_id or 0)
        if draft.state is DraftState.WRITING:
            within = self._playbooks.of(commitment.incident_id).commitments.broken_within
            due = (commitment.ended_at or commitment.due_at) + within
            self._starter().approvals.ask(draft.id, due_at=due if due > self._core.clock.now() else None)

    def _fill_remedy(self, tx: Transaction, commitment: Commitment) -> None:
        draft = rows.drafts.get(tx.connection, commitment.apology_draft_id or 0)
        if "remedio" in draft.values and draft.values["remedio"].empty:
            value = FieldValue(text=Bilingual(commitment.remedy, ""))
            rows.drafts.update(tx.connection, draft.id, values=draft.values | {"remedio": value})

    def fulfil(self, commitment_id: int, at: datetime | None = None) -> Commitment:
        """A broken promise was done after all, late; it stays broken in the count."""
        with self._core.write() as tx:
            before = rows.commitments.get(tx.connection, commitment_id)
            if before.state is not CommitmentState.BROKEN:
                raise StepError("commitment.not_broken")
            done = at or self._core.clock.now()
            changed = rows.commitments.update(tx.connection, commitment_id, fulfilled_at=done)
            late = round((done - changed.due_at) / timedelta(minutes=1))
            self._log(tx, "commitment.fulfilled", changed, lateness=late)
            return changed

    def close_individual(
        self, incident_id: int, ids: Collection[int] | None = None, at: datetime | None = None
    ) -> tuple[int, int]:
        """Close individual promises at once («ya funciona»): in time they are kept, broken ones fulfilled late.

        Args:
            ids: those that were answered; all of the incident without it.
            at: when they were done, not in the future; now without it.

        Returns:
            How many were kept, and how many were fulfilled late.
        """
        done = min(at or self._core.clock.now(), self._core.clock.now())
        kept = late = 0
        with self._core.write() as tx:
            for commitment in rows.commitments.where(
                tx.connection,
                incident_id=incident_id,
                kind=CommitmentKind.INDIVIDUAL,
                state=(CommitmentState.OPEN, CommitmentState.BROKEN),
            ):
                if (ids is not None and commitment.id not in ids) or commitment.fulfilled_at is not None:
                    continue
                if self._settle(tx, commitment, done):
                    kept += 1
                else:
                    late += 1
        return kept, late

    def _settle(self, tx: Transaction, commitment: Commitment, at: datetime) -> bool:
        """A promise was done at ``at``: kept when that was in time, else fulfilled late; whether it was kept."""
        if commitment.state is CommitmentState.OPEN and at <= commitment.due_at:
            self.keep(commitment.id, at)
            return True
        if commitment.state is CommitmentState.OPEN:
            self._break(tx, commitment)
        if commitment.fulfilled_at is None:
            self.fulfil(commitment.id, at)
        return False

    def same_hour(self, commitment_id: int) -> Commitment:
        """The zone's rules changed: what the public read, the local hour, stands; its instant moves."""
        with self._core.write() as tx:
            old = self._open(tx, commitment_id)
            means = drifted(old)
            if means is None:
                raise StepError("commitment.no_drift")
            moved = rows.commitments.update(tx.connection, old.id, due_at=means)
            self._log(tx, "commitment.same_hour", moved)
            return moved

    def same_instant(self, commitment_id: int) -> Commitment:
        """The zone's rules changed: the instant stands, and with it another local hour."""
        with self._core.write() as tx:
            old = self._open(tx, commitment_id)
            if drifted(old) is None:
                raise StepError("commitment.no_drift")
            kept = rows.commitments.update(tx.connection, old.id, wall=wall(old.due_at, old.zone))
            self._log(tx, "commitment.same_instant", kept)
            return kept

    def resolved(self, tx: Transaction, incident_id: int, at: datetime) -> None:
        """The service is back: promises of a solution are kept, broken ones fulfilled late."""
        mine = rows.commitments.where(
            tx.connection,
            incident_id=incident_id,
            kind=CommitmentKind.RESOLUTION,
            state=(CommitmentState.OPEN, CommitmentState.BROKEN),
        )
        for commitment in mine:
            self._settle(tx, commitment, at)

    def tick(self, tx: Transaction, now: datetime) -> None:
        """Warn at the margin, and call broken what its time has passed."""
        table = schema.commitment
        for commitment in rows.commitments.where(
            tx.connection, table.c.due_at <= now, state=CommitmentState.OPEN
        ):
            self._break(tx, commitment)
        for commitment in rows.commitments.where(
            tx.connection, table.c.warn_at <= now, state=CommitmentState.OPEN
        ):
            rows.commitments.update(tx.connection, commitment.id, warn_at=None)
            if commitment.kind is CommitmentKind.NEXT_UPDATE:
                continue  # it stands in «Lo siguiente» with its countdown; a warning each time would be noise
            self._log(tx, "commitment.due_soon", commitment)
            tx.emit(CommitmentDueSoon(commitment.incident_id, commitment.id))

    def _break(self, tx: Transaction, commitment: Commitment) -> None:
        policy = self._playbooks.of(commitment.incident_id).commitments
        broken = self._end(tx, commitment.id, CommitmentState.BROKEN, ended_at=commitment.due_at)
        self._log(tx, "commitment.broken", broken)
        if commitment.kind is CommitmentKind.INTERNAL:  # the public was told nothing: no apology, only the row
            tx.emit(CommitmentBroken(commitment.incident_id, commitment.id))
            return
        template = (
            UPDATE_TEMPLATE if commitment.kind is CommitmentKind.NEXT_UPDATE else policy.broken_template
        )
        apology = self._starter().start(commitment.incident_id, template, answers=commitment.id)
        rows.commitments.update(tx.connection, commitment.id, apology_draft_id=apology.id)
        tx.emit(CommitmentBroken(commitment.incident_id, commitment.id))


def promised(kind: CommitmentKind) -> Bilingual:
    """What a promise of this kind is called in lists."""
    return both(f"desk.promised.{kind.value}")
