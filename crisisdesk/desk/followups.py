"""What comes after an incident: by when it is reviewed, what was decided there and who does it, and what people said.

An action outlives its review: while it is open the next review shows it, and once it is overdue it is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.core import DESK, Core, check_step
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.proposals import Proposals
from crisisdesk.desk.reminders import owe
from crisisdesk.model.commitment import Commitment, CommitmentState
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import NoticeShown, ReviewChanged
from crisisdesk.model.followup import (
    ACTION_STEPS,
    ActionState,
    CarriedAction,
    Feedback,
    Followup,
    Participant,
    ReviewAction,
    ReviewPlan,
)
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import AFTERWARDS, Bilingual, Playbook
from crisisdesk.plain import clamp
from crisisdesk.store import rows, timeline
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import Texts

_NAME: Final = 80
_WORDS: Final = 2_000


class Followups:
    """Keeps reviews, their actions and what the participants say."""

    def __init__(self, core: Core, playbooks: Playbooks, commitments: Commitments, lang: str) -> None:
        self._core = core
        self._playbooks = playbooks
        self._commitments = commitments
        self._lang = lang
        self.proposals = Proposals(core, playbooks)

    # -- the review itself ---------------------------------------------------------------------------------------

    def set_due(self, incident_id: int, due_at: datetime) -> ReviewPlan:
        """A person says by when the review is held; one that was held is called again.

        Raises:
            InputError: the time has passed.
        """
        now = self._core.clock.now()
        if due_at <= now:
            raise InputError("review.past")
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            known = rows.review_plans.first(tx.connection, incident_id=incident_id)
            changes = {"due_at": due_at, "set_by": self._core.actor, "set_at": now, "told_at": None}
            if known is not None:
                again = {"held_at": None, "held_by": ""}
                plan = rows.review_plans.update(tx.connection, known.id, **changes, **again)
            else:
                new = ReviewPlan(
                    id=0, incident_id=incident_id, due_at=due_at, set_by=self._core.actor, set_at=now
                )
                plan = rows.review_plans.insert(tx.connection, new)
            self._log(tx, "review.due_set", incident_id, due=due_at)
            return plan

    def hold(self, incident_id: int) -> ReviewPlan:
        """The review was held."""
        now, who = self._core.clock.now(), self._core.actor
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            known = rows.review_plans.first(tx.connection, incident_id=incident_id)
            if known is None:
                due = review_due(incident, self._playbooks.of(incident_id)) or now
                new = ReviewPlan(id=0, incident_id=incident_id, due_at=due, set_by=who, set_at=now)
                known = rows.review_plans.insert(tx.connection, new)
            if known.held_at is not None:
                return known  # somebody at another desk was first
            held = rows.review_plans.update(tx.connection, known.id, held_at=now, held_by=who)
            self._log(tx, "review.held", incident_id)
            return held

    # -- actions -------------------------------------------------------------------------------------------------

    def add(self, incident_id: int, what: str, owner: str, due_at: datetime, *, public: bool = False) -> ReviewAction:
        """Somebody will do something by a time.

        Args:
            owner: a contact's slug, a role of the playbook, or a name.
            public: the post-mortem for everybody tells it.

        Raises:
            InputError: without words, without an owner, or with a time that has passed.
        """
        what, owner, now = _line(what), _name(owner), self._core.clock.now()
        _must(what, owner)
        if due_at <= now:
            raise InputError("review.past")
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.review_actions.insert(
                tx.connection,
                ReviewAction(
                    id=0,
                    incident_id=incident_id,
                    what=what,
                    owner=owner,
                    due_at=due_at,
                    state=ActionState.OPEN,
                    created_by=self._core.actor,
                    created_at=now,
                    public=public,
                ),
            )
            self._tell(tx, "review.action_added", new, due=due_at)
            return new

    def get(self, action_id: int) -> ReviewAction:
        """One action."""
        with self._core.read() as connection:
            return rows.review_actions.get(connection, action_id)

    def change(
        self,
        action_id: int,
        *,
        what: str | None = None,
        owner: str | None = None,
        due_at: datetime | None = None,
        public: bool | None = None,
    ) -> ReviewAction:
        """Give an action other words, another owner or another time; what is ``None`` stays.

        Raises:
            InputError: without words or owner, a new time that has passed, or the public counts on its day.
            StepError: it has ended.
        """
        with self._core.write() as tx:
            old = rows.review_actions.get(tx.connection, action_id)
            check_step(ACTION_STEPS, old.state, ActionState.DONE, "review.action_ended")
            changes: dict[str, object] = {
                "what": old.what if what is None else _line(what),
                "owner": old.owner if owner is None else _name(owner),
                "due_at": due_at or old.due_at,
                "public": old.public if public is None else public,
            }
            _must(str(changes["what"]), str(changes["owner"]))
            if changes["due_at"] != old.due_at:
                if due_at is not None and due_at <= self._core.clock.now():
                    raise InputError("review.past")
                if _counted_on(tx.connection, old):
                    raise InputError("review.promised")
                changes["told_at"] = None
            if all(getattr(old, name) == value for name, value in changes.items()):
                return old
            new = rows.review_actions.update(tx.connection, action_id, **changes)
            self._tell(tx, "review.action_changed", new, due=new.due_at)
            return new

    def finish(self, action_id: int, words: str = "") -> ReviewAction:
        """It was done, with what shows it; where the public was told of it, the promise is kept with it."""
        with self._core.write() as tx:
            done = self._end(action_id, ActionState.DONE, words)
            promise = _promise(tx.connection, done)
            if promise is not None and promise.state is CommitmentState.OPEN:
                self._commitments.keep(promise.id, note=words.strip())
            elif promise is not None and promise.state is CommitmentState.BROKEN and promise.fulfilled_at is None:
                self._commitments.fulfil(promise.id)
            return done

    def drop(self, action_id: int, reason: str) -> ReviewAction:
        """It will not be done, with the reason; what the public counts on is taken back in the ledger first, by a text.

        Raises:
            InputError: no reason, or the public was told and not that it will not be done.
        """
        if not reason.strip():
            raise InputError("review.no_reason")
        with self._core.write() as tx:
            if _counted_on(tx.connection, rows.review_actions.get(tx.connection, action_id)):
                raise InputError("review.promised")
            return self._end(action_id, ActionState.DROPPED, reason)

    def reopen(self, action_id: int) -> ReviewAction:
        """It was not done after all."""
        with self._core.write() as tx:
            old = rows.review_actions.get(tx.connection, action_id)
            check_step(ACTION_STEPS, old.state, ActionState.OPEN, "review.action_open")
            back: dict[str, object] = {"ended_at": None, "ended_by": "", "words": "", "told_at": None}
            again = rows.review_actions.update(tx.connection, action_id, state=ActionState.OPEN, **back)
            self._tell(tx, "review.action_reopened", again, due=again.due_at)
            return again

    def _end(self, action_id: int, state: ActionState, words: str) -> ReviewAction:
        now, words = self._core.clock.now(), _line(words)
        with self._core.write() as tx:
            old = rows.review_actions.get(tx.connection, action_id)
            check_step(ACTION_STEPS, old.state, state, "review.action_ended")
            done = rows.review_actions.update(
                tx.connection, action_id, state=state, ended_at=now, ended_by=self._core.actor, words=words
            )
            field = "evidence" if state is ActionState.DONE else "reason"
            self._tell(tx, f"review.action_{state.value}", done, **{field: words or None})
            return done

    # -- voices --------------------------------------------------------------------------------------------------

    def hear(self, incident_id: int, who: str, *, well: str = "", badly: str = "", change: str = "") -> Feedback:
        """Write down what a participant says of how it went.

        Raises:
            InputError: nobody said it, or nothing was said.
        """
        who = _name(who)
        said = {"well": _line(well), "badly": _line(badly), "change": _line(change)}
        if not who:
            raise InputError("review.nobody")
        if not any(said.values()):
            raise InputError("review.nothing_said")
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.review_feedback.insert(
                tx.connection,
                Feedback(
                    id=0,
                    incident_id=incident_id,
                    who=who,
                    noted_by=self._core.actor,
                    noted_at=self._core.clock.now(),
                    **said,
                ),
            )
            self._log(tx, "review.feedback", incident_id, who=self._called(tx.connection, incident_id, who))
            return new

    # -- reading -------------------------------------------------------------------------------------------------

    def of(self, incident_id: int) -> Followup:
        """All that comes after one incident, with the open actions of those before it."""
        with self._core.read() as connection:
            incident = rows.incidents.get(connection, incident_id)
            playbook = self._playbooks.of(incident_id)
            plan = rows.review_plans.first(connection, incident_id=incident_id)
            mine = rows.review_actions.where(connection, incident_id=incident_id)
            voices = rows.review_feedback.where(connection, incident_id=incident_id)
            people = {c.slug: c.name for c in rows.contacts.where(connection)}
            names = {slug: Bilingual(name, name) for slug, name in people.items()}
            names |= {r.id: r.name for r in playbook.roles if r.name.es or r.name.en}
            return Followup(
                due_at=plan.due_at if plan else review_due(incident, playbook),
                set_by_person=plan is not None,
                held_at=plan.held_at if plan else None,
                held_by=plan.held_by if plan else "",
                actions=tuple(sorted(mine, key=lambda a: (a.state is not ActionState.OPEN, a.due_at, a.id))),
                carried=carried(connection, incident),
                feedback=voices,
                participants=participants(connection, incident_id, people, voices),
                names=tuple(names.items()),
                drafts=tuple(
                    d
                    for d in rows.drafts.where(connection, incident_id=incident_id, template_id=tuple(AFTERWARDS))
                    if d.state is not DraftState.DISCARDED
                ),
                proposals=rows.playbook_proposals.where(connection, newest_first=True, incident_id=incident_id),
            )

    # -- time ----------------------------------------------------------------------------------------------------

    def tick(self, tx: Transaction, now: datetime) -> None:
        """Tell once what is overdue: in its incident's timeline, on this screen, and an action's owner by a letter."""
        actions, plans = rows.review_actions, rows.review_plans
        late = actions.table.c.due_at <= now
        for action in actions.where(tx.connection, late, state=ActionState.OPEN, told_at=None):
            told = actions.update(tx.connection, action.id, told_at=now)
            self._tell(tx, "review.action_overdue", told, actor=DESK, due=told.due_at)
            owner = self._called(tx.connection, told.incident_id, told.owner)
            self._notice(tx, "action", what=told.what, who=owner.get(self._lang))
            owe(self._core, tx, told.id)
        for plan in plans.where(tx.connection, plans.table.c.due_at <= now, held_at=None, told_at=None):
            plans.update(tx.connection, plan.id, told_at=now)
            self._log(tx, "review.overdue", plan.incident_id, actor=DESK, due=plan.due_at)
            title = rows.incidents.get(tx.connection, plan.incident_id).title
            self._notice(tx, "review", what=title, who=plan.set_by)

    def _notice(self, tx: Transaction, key: str, *, what: str, who: str) -> None:
        texts = Texts(self._lang)
        title = texts(f"review.notice.{key}", what=clamp(what, 120))
        tx.emit(NoticeShown(title, texts(f"review.notice.{key}_body", who=who)))

    def _called(self, connection: Connection, incident_id: int, key: str) -> Bilingual:
        return called(connection, self._playbooks.of(incident_id), key)

    def _tell(
        self, tx: Transaction, kind: str, action: ReviewAction, *, actor: str | None = None, **more: object
    ) -> None:
        who = self._called(tx.connection, action.incident_id, action.owner)
        data = {"id": action.id, "what": action.what, "who": who} | more
        self._log(tx, kind, action.incident_id, actor=actor, **data)

    def _log(self, tx: Transaction, kind: str, incident_id: int, *, actor: str | None = None, **data: object) -> None:
        self._core.log(tx, kind, incident_id, actor=actor, data=data)
        tx.emit(ReviewChanged(incident_id))


def called(connection: Connection, playbook: Playbook, key: str) -> Bilingual:
    """The name of an owner: of the contact, else of the role, else as it was written."""
    contact, role = rows.contacts.first(connection, slug=key), playbook.role(key)
    if contact is None and role is not None and (role.name.es or role.name.en):
        return role.name
    name = contact.name if contact else key
    return Bilingual(name, name)


def last_minute(instant: datetime, zone: str) -> datetime:
    """A day that was said lasts until its last minute in ``zone``."""
    local = instant.astimezone(ZoneInfo(zone))
    last = local.replace(hour=23, minute=59, second=0, microsecond=0, fold=1)  # where that comes twice, the second
    return last.astimezone(UTC)


def review_due(incident: Incident, playbook: Playbook) -> datetime | None:
    """By when the playbook wants an incident reviewed: counted from its end, ``None`` until then."""
    return incident.resolved_at + playbook.review_within if incident.resolved_at else None


def carried(connection: Connection, incident: Incident) -> tuple[CarriedAction, ...]:
    """Open actions of incidents that began before this one."""
    found = []
    for action in rows.review_actions.where(connection, state=ActionState.OPEN):
        if action.incident_id == incident.id:
            continue
        before = rows.incidents.get(connection, action.incident_id)
        if before.started_at <= incident.started_at:
            found.append(CarriedAction(action=action, incident=before.name, title=before.title))
    return tuple(sorted(found, key=lambda one: (one.action.due_at, one.action.id)))


def participants(
    connection: Connection, incident_id: int, names: dict[str, str], voices: Iterable[Feedback]
) -> tuple[Participant, ...]:
    """Who held a role, answered a call or did something; those who have not been heard come first."""
    roles: dict[str, str] = {}
    for assigned in rows.assignments.where(connection, incident_id=incident_id):
        if assigned.contact_slug:
            roles.setdefault(assigned.contact_slug, assigned.role)
    called = {name.casefold() for slug, name in names.items() if slug in roles}
    for actor in timeline.actors(connection, incident_id):
        if actor not in ("", "—", DESK) and actor not in roles and actor.casefold() not in called:
            roles[actor] = ""
    heard = [voice.who.casefold() for voice in voices]
    found = []
    for key, role in roles.items():
        name = names.get(key, key)
        n = sum(who in (key.casefold(), name.casefold()) for who in heard)
        found.append(Participant(key=key, name=name, role=role, heard=n))
    return tuple(sorted(found, key=lambda one: (one.heard > 0, one.name.casefold())))


def _promise(connection: Connection, action: ReviewAction) -> Commitment | None:
    """What the public was promised of it, as it stands now."""
    following, found = action.commitment_id, None
    while following is not None:
        found = rows.commitments.get(connection, following)
        following = found.moved_to
    return found


def _counted_on(connection: Connection, action: ReviewAction) -> bool:
    """Whether the public was told of it and not, since, that it will not be done."""
    promise = _promise(connection, action)
    return promise is not None and promise.state is not CommitmentState.WITHDRAWN


def _must(what: str, owner: str) -> None:
    if not what:
        raise InputError("review.no_what")
    if not owner:
        raise InputError("review.no_owner")


def _line(text: str) -> str:
    return clamp(text.strip(), _WORDS)


def _name(text: str) -> str:
    return clamp(" ".join(text.split()), _NAME)
