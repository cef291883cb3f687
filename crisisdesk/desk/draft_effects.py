"""What a text does when it goes out: it owes what it promises, settles what it answers, and finishes its task."""

from __future__ import annotations

from crisisdesk.desk import draft_rules
from crisisdesk.desk.commitments import Commitments, promised
from crisisdesk.desk.core import Core
from crisisdesk.desk.draft_after import told
from crisisdesk.desk.followups import called, last_minute
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.events import ReviewChanged
from crisisdesk.model.followup import ActionState
from crisisdesk.model.history import Foresight
from crisisdesk.model.incident import TaskState
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import POST_MORTEM, Audience, Bilingual, FieldKind, Template
from crisisdesk.store import rows, schema
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

OWED_TO = frozenset({Audience.PUBLIC, Audience.PERSON, Audience.KEY_CLIENTS})
"""Audiences that hold us to what a text says."""


class Effects:
    """Carries a published text over to the ledger and the tasks, in the transaction that publishes it."""

    def __init__(self, core: Core, playbooks: Playbooks, commitments: Commitments) -> None:
        self._core = core
        self._playbooks = playbooks
        self._commitments = commitments

    def apply(self, tx: Transaction, draft: Draft, template: Template) -> None:
        """Everything that follows from ``draft`` being out."""
        self._owe(tx, draft, template)
        self._owe_actions(tx, draft)
        self._finish_task(tx, draft)

    def foresights(self, connection: Connection, draft: Draft, template: Template) -> dict[str, Foresight]:
        """What the history says of each time of a solution that the draft would promise."""
        now, individual = self._core.clock.now(), template.audience is Audience.PERSON
        found = {}
        for field in template.fields:
            value = draft.values.get(field.name)
            kind = draft_rules.owed_kind(field.kind, individual=individual)
            due = value.instant if value is not None else None
            if kind is CommitmentKind.RESOLUTION and template.audience in OWED_TO and due is not None and due > now:
                found[field.name] = self._commitments.foresee(connection, draft.incident_id, due)
        return found

    def _owe(self, tx: Transaction, draft: Draft, template: Template) -> None:
        """Write what the text promises into the ledger, and settle what it answers."""
        said_at = draft.published_at or draft.updated_at
        made: dict[CommitmentKind, Commitment] = {}
        public = template.audience is Audience.PUBLIC
        zone = rows.incidents.get(tx.connection, draft.incident_id).zone
        for field in template.fields:
            value = draft.values.get(field.name)
            if value is None or value.instant is None:
                continue
            kind = draft_rules.owed_kind(field.kind, individual=template.audience is Audience.PERSON)
            if kind is None or template.audience not in OWED_TO:
                continue
            due = value.instant if field.kind is not FieldKind.DATE else last_minute(value.instant, zone)
            if due <= self._core.clock.now():
                continue  # a source took longer to send it than the time in it: the ledger keeps what is to come
            made[kind] = self._commitments.promise(
                draft.incident_id,
                self._what(tx.connection, draft, kind),
                due,
                kind=kind,
                giver=value.giver or (draft.created_by if kind is CommitmentKind.REMEDY else ""),
                quoted=draft.body,
                url=draft.url,
                draft_id=draft.id,
                known=value.known,
                known_by=value.known_by,
                to_whom=draft.values["nombre"].text.es if "nombre" in draft.values else "",
            )
        if public:
            newest = made.get(CommitmentKind.NEXT_UPDATE)
            self._commitments.updated(tx, draft.incident_id, said_at, newest.id if newest else None)
        if draft.answers is not None:
            moved = made.get(CommitmentKind.RESOLUTION)
            self._commitments.answered(tx, draft.answers, draft, moved.id if moved else None)
            if moved is not None:
                self._move_action(tx, draft.answers, moved)

    def _move_action(self, tx: Transaction, promised: int, moved: Commitment) -> None:
        """An action of a review that the public counts on has the day that the public was told last."""
        if rows.commitments.get(tx.connection, promised).moved_to != moved.id:
            return
        for action in rows.review_actions.where(tx.connection, commitment_id=promised, state=ActionState.OPEN):
            rows.review_actions.update(
                tx.connection, action.id, commitment_id=moved.id, due_at=moved.due_at, told_at=None
            )
            who = called(tx.connection, self._playbooks.of(action.incident_id), action.owner)
            data = {"id": action.id, "what": action.what, "who": who, "due": moved.due_at}
            self._core.log(tx, "review.action_changed", action.incident_id, data=data)
            tx.emit(ReviewChanged(action.incident_id))

    def _owe_actions(self, tx: Transaction, draft: Draft) -> None:
        """What a post-mortem says that we will do, with its day, is a promise like any other."""
        if draft.template_id != POST_MORTEM:
            return
        waiting = rows.review_actions.where(
            tx.connection, incident_id=draft.incident_id, state=ActionState.OPEN, public=True, commitment_id=None
        )
        for action in waiting:
            if action.due_at > self._core.clock.now() and told(action, draft.body):
                owed = self._commitments.promise(
                    draft.incident_id,
                    Bilingual(action.what, action.what),
                    action.due_at,
                    kind=CommitmentKind.REMEDY,
                    giver=action.owner,
                    quoted=draft.body,
                    url=draft.url,
                    draft_id=draft.id,
                )
                rows.review_actions.update(tx.connection, action.id, commitment_id=owed.id)

    def _what(self, connection: Connection, draft: Draft, kind: CommitmentKind) -> Bilingual:
        if kind is CommitmentKind.RESOLUTION and draft.answers is not None:
            answered = rows.commitments.get(connection, draft.answers)
            if answered.kind is kind:
                return answered.what
        service = draft.values.get("servicio")
        if kind is CommitmentKind.RESOLUTION and service is not None and not service.empty:
            return both("desk.promised.resolution_of", service=service.text)
        return promised(kind)

    def _finish_task(self, tx: Transaction, draft: Draft) -> None:
        """Publishing a task's template finishes the task, with the text as evidence."""
        for task in rows.tasks.where(
            tx.connection, incident_id=draft.incident_id, template=draft.template_id, state=TaskState.OPEN
        )[:1]:
            at = draft.published_at or draft.updated_at
            evidence = draft.url or draft.channel
            rows.tasks.update(tx.connection, task.id, state=TaskState.DONE, done_at=at, evidence=evidence)
            self._core.log(
                tx,
                "task.done",
                draft.incident_id,
                occurred_at=at,
                data={"task": task.do, "task_id": task.task_id, "evidence": evidence or None},
            )


_ON_ITS_WAY = tuple(set(OutgoingState) - {OutgoingState.CANCELLED, OutgoingState.FAILED})


def told_to_others(connection: Connection, draft: Draft) -> tuple[Draft, ...]:
    """For an answer to one person: the answers to everybody else that were copied, are out or on their way."""
    if draft.mention_id is None:
        return ()
    sent = rows.outgoing.where(connection, incident_id=draft.incident_id, state=_ON_ITS_WAY)
    ids = {row.draft_id for row in sent}
    answers = rows.drafts.where(connection, schema.draft.c.mention_id.is_not(None), incident_id=draft.incident_id)
    out = (DraftState.COPIED, DraftState.PUBLISHED)
    return tuple(d for d in answers if d.mention_id != draft.mention_id and (d.state in out or d.id in ids))
