"""Approvals: reviewers are asked at once, each by a time; only an objection stops; silence is never consent."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.draft_rules import approvers
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.approval import ANSWER_WITHIN, APPROVAL_STEPS, LASTS, Approval, ApprovalState
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.draft import DRAFT_STEPS, Draft, DraftState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import DraftChanged
from crisisdesk.model.playbook import Bilingual, Template
from crisisdesk.store import rows
from crisisdesk.store.database import Connection, Transaction

_BEFORE_NEWS = timedelta(minutes=2)  # an answer that comes with the promised news comes too late
_SHORTEST = timedelta(minutes=2)


class Approvals:
    """Keeps who was asked about which text and what they answered."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def of(self, connection: Connection, draft_id: int) -> tuple[Approval, ...]:
        """Every question and answer about a draft, oldest first."""
        return rows.approvals.where(connection, draft_id=draft_id)

    def ask(
        self, draft_id: int, roles: tuple[str, ...] = (), due_at: datetime | None = None
    ) -> tuple[Approval, ...]:
        """Ask reviewers at once, each with a due time; whoever was asked or has agreed is not asked again.

        Args:
            roles: whom; empty for all that the playbook wants for this text.
            due_at: by when; ``None`` for ten minutes, or less where the next promised news is nearer.
        """
        now = self._core.clock.now()
        if due_at is not None and due_at <= now:
            raise InputError("approval.past", at=due_at)
        with self._core.write() as tx:
            draft, template = self._open(tx, draft_id)
            before = self.of(tx.connection, draft_id)
            busy = {a.role for a in before if a.waits() or a.holds(now)}
            asked = []
            for role in roles or self._wanted(tx.connection, draft, template):
                self._known(draft, role)
                if role not in busy:
                    due = due_at or self._due(tx.connection, draft.incident_id, now)
                    asked.append(self._insert(tx, draft, role, due_at=due))
                    self._log(tx, "approval.asked", draft, role, due=due)
            return tuple(asked)

    def agree(self, draft_id: int, role: str, by: str) -> Draft:
        """A role agrees with the text as it is now, for an hour; any later change voids it."""
        who, now = self._who(by), self._core.clock.now()
        with self._core.write() as tx:
            draft, template = self._open(tx, draft_id)
            if role not in (*template.approves, *self._wanted(tx.connection, draft, template)):
                raise InputError("draft.no_approver", role=role, template=template.id)
            for old in self.of(tx.connection, draft_id):
                if old.role == role and old.state is ApprovalState.AGREED:
                    self._answer(tx, old, ApprovalState.VOID)
                elif old.role == role and old.state is ApprovalState.OBJECTED:
                    self._answer(tx, old, ApprovalState.LIFTED)
            waiting = self._waiting(tx, draft, role)
            answer = {"by": who, "at": now, "expires_at": now + LASTS, "digest": draft.digest}
            self._answer(tx, waiting, ApprovalState.AGREED, **answer)
            changed = rows.drafts.update(tx.connection, draft_id, approvals=draft.approvals | {role: (who, now)})
            self._log(tx, "draft.approved", draft, role, who=who)
            return changed

    def oppose(self, draft_id: int, role: str, by: str, reason: str) -> Approval:
        """A firm objection, with its reason: the text stays until the same role agrees or lifts it."""
        if not reason.strip():
            raise InputError("approval.no_reason")
        who, now = self._who(by), self._core.clock.now()
        with self._core.write() as tx:
            draft, _template = self._open(tx, draft_id)
            self._known(draft, role)
            agreed = [
                a
                for a in self.of(tx.connection, draft_id)
                if a.role == role and a.state is ApprovalState.AGREED
            ]
            mine = agreed[-1] if agreed else self._waiting(tx, draft, role)
            answer = {"by": who, "at": now, "expires_at": None, "reason": reason.strip(), "digest": draft.digest}
            done = self._answer(tx, mine, ApprovalState.OBJECTED, **answer)
            left = {r: given for r, given in draft.approvals.items() if r != role}
            rows.drafts.update(tx.connection, draft_id, approvals=left)
            self._log(tx, "approval.objected", draft, role, who=who, reason=reason.strip())
            return done

    def lift(self, draft_id: int, role: str, by: str, reason: str) -> None:
        """The role takes its objection back; that is not yet an agreement."""
        if not reason.strip():
            raise InputError("approval.no_reason")
        who = self._who(by)
        with self._core.write() as tx:
            draft, _template = self._open(tx, draft_id)
            mine = [
                a
                for a in self.of(tx.connection, draft_id)
                if a.role == role and a.state is ApprovalState.OBJECTED
            ]
            if not mine:
                raise StepError("approval.nothing_to_lift")
            for objection in mine:
                self._answer(tx, objection, ApprovalState.LIFTED)
            self._log(tx, "approval.lifted", draft, role, who=who, reason=reason.strip())

    def void(self, tx: Transaction, draft: Draft) -> None:
        """The text has changed: agreements with the words before are void; questions and objections stand."""
        for agreed in self.of(tx.connection, draft.id):
            if agreed.state is ApprovalState.AGREED:
                self._answer(tx, agreed, ApprovalState.VOID)
                self._log(tx, "approval.void", draft, agreed.role, who=agreed.by)

    def end(self, tx: Transaction, draft: Draft) -> None:
        """The text is out or set aside: nobody needs to answer any more."""
        for waiting in self.of(tx.connection, draft.id):
            if waiting.waits():
                self._answer(tx, waiting, ApprovalState.VOID)

    def _open(self, tx: Transaction, draft_id: int) -> tuple[Draft, Template]:
        draft = rows.drafts.get(tx.connection, draft_id)
        check_step(DRAFT_STEPS, draft.state, DraftState.PUBLISHED, "draft.ended")
        template = self._playbooks.of(draft.incident_id).template(draft.template_id)
        if template is None:
            raise InputError("draft.no_template", template=draft.template_id)
        return draft, template

    def _wanted(self, connection: Connection, draft: Draft, template: Template) -> tuple[str, ...]:
        answers = rows.commitments.get(connection, draft.answers) if draft.answers else None
        return approvers(template, self._playbooks.of(draft.incident_id), answers)

    def _known(self, draft: Draft, role: str) -> None:
        if self._playbooks.of(draft.incident_id).role(role) is None:
            raise InputError("approval.no_role", role=role)

    def _who(self, by: str) -> str:
        who = " ".join(by.split())
        if not who:
            raise InputError("approval.nobody")
        return who

    def _due(self, connection: Connection, incident_id: int, now: datetime) -> datetime:
        owed = rows.commitments.where(
            connection,
            incident_id=incident_id,
            kind=CommitmentKind.NEXT_UPDATE,
            state=CommitmentState.OPEN,
        )
        due = min([now + ANSWER_WITHIN, *(c.due_at - _BEFORE_NEWS for c in owed if c.due_at > now)])
        return max(due, now + _SHORTEST)

    def _waiting(self, tx: Transaction, draft: Draft, role: str) -> Approval:
        """The question that this answers; an answer that was not asked for is its own question."""
        mine = [a for a in self.of(tx.connection, draft.id) if a.role == role and a.waits()]
        return mine[0] if mine else self._insert(tx, draft, role, due_at=self._core.clock.now())

    def _insert(self, tx: Transaction, draft: Draft, role: str, *, due_at: datetime) -> Approval:
        return rows.approvals.insert(
            tx.connection,
            Approval(
                id=0,
                draft_id=draft.id,
                incident_id=draft.incident_id,
                role=role,
                state=ApprovalState.ASKED,
                asked_at=self._core.clock.now(),
                due_at=due_at,
            ),
        )

    def _answer(
        self, tx: Transaction, approval: Approval, state: ApprovalState, **changes: object
    ) -> Approval:
        check_step(APPROVAL_STEPS, approval.state, state, "approval.step")
        return rows.approvals.update(tx.connection, approval.id, state=state, **changes)

    def _log(self, tx: Transaction, kind: str, draft: Draft, role_id: str, **data: object) -> None:
        playbook = self._playbooks.of(draft.incident_id)
        role, template = playbook.role(role_id), playbook.template(draft.template_id)
        known = {
            "template": template.purpose if template else Bilingual(draft.template_id, draft.template_id),
            "template_id": draft.template_id,
            "draft": draft.id,
            "role": role.name if role else role_id,
            "role_id": role_id,
        }
        self._core.log(tx, kind, draft.incident_id, data=known | data)
        tx.emit(DraftChanged(draft.incident_id, draft.id))
