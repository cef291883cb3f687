"""The autopilot of a drill: does what the script says through the same verbs that a person's keys call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crisisdesk.model.area import STEPS, RouteState
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.community import RumourVerdict
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.escalation import CallOutcome, EscalationState
from crisisdesk.model.inbox import Listed, Reply, Sought
from crisisdesk.model.incident import TaskState
from crisisdesk.playbooks.acts import Act

if TYPE_CHECKING:
    from crisisdesk.app import Desk


class Autopilot:
    """Plays the script."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doing(self, act: Act) -> Callable[[], None]:
        """The act as something to do when its time comes."""
        noun, verb = act.do.split(".")
        special: Callable[..., None] | None = getattr(self, f"_{noun}_{verb}", None)

        def do() -> None:
            if special is not None:
                special(**act.fields)
            else:
                getattr(getattr(self._desk, noun), verb)(self._incident(), **act.fields)

        return do

    def _incident(self) -> int:
        incidents = self._desk.incidents.list()
        if not incidents:
            raise NotFoundError("store.no_incidents")
        return incidents[0].id

    def _incidents_open(self, **fields: Any) -> None:
        waiting = self._desk.alerts.list()
        if waiting:
            fields.setdefault("started_at", waiting[0].signal.since)
        self._desk.incidents.open(alert_id=waiting[0].id if waiting else None, **fields)

    def _alerts_dismiss(self, reason: str) -> None:
        waiting = self._desk.alerts.list()
        if not waiting:
            raise NotFoundError("store.no_alert", id="latest")
        self._desk.alerts.dismiss(waiting[0].id, reason)

    def _timeline_note(self, **fields: Any) -> None:
        incidents = self._desk.incidents.list()
        self._desk.timeline.note(incidents[0].id if incidents else None, **fields)

    def _task(self, task: str) -> int | None:
        found = next(t for t in self._desk.incidents.tasks(self._incident()) if t.task_id == task)
        return found.id if found.state is TaskState.OPEN else None

    def _incidents_finish_task(self, task: str, evidence: str = "") -> None:
        if (number := self._task(task)) is not None:  # publishing a task's text has finished it already
            self._desk.incidents.finish_task(number, evidence)

    def _incidents_skip_task(self, task: str, reason: str) -> None:
        if (number := self._task(task)) is not None:
            self._desk.incidents.skip_task(number, reason)

    def _escalation_outcome(self, role: str, outcome: CallOutcome, note: str = "") -> None:
        for card in self._desk.escalation.cards(self._incident()):
            if card.escalation.role == role:
                self._desk.escalation.outcome(card.attempt.id, outcome, note)
                return

    def _escalation_stop(self, role: str, reason: str = "") -> None:
        over = (EscalationState.STOPPED,)
        for ladder in self._desk.escalation.list(self._incident()):
            if ladder.role == role and ladder.state not in over:
                self._desk.escalation.stop(ladder.id, reason)

    def _drafts_publish(
        self,
        template: str,
        values: dict[str, Any],
        channel: str,
        url: str = "",
        approvals: dict[str, str] | None = None,
    ) -> None:
        desk, incident = self._desk, self._incident()
        waiting = [
            d
            for d in desk.drafts.list(incident)
            if d.template_id == template and d.state is DraftState.WRITING
        ]
        draft = waiting[0] if waiting else desk.drafts.start(incident, template)
        desk.drafts.fill(draft.id, values)
        for role, slug in (approvals or {}).items():
            desk.drafts.approve(draft.id, role, desk.contacts.name_of(slug))
        desk.drafts.copy(draft.id, "es", channel)
        desk.drafts.publish(draft.id, channel=channel, url=url)

    def _which(self, which: CommitmentKind, state: CommitmentState) -> Commitment:
        found = [c for c in self._desk.commitments.list(self._incident()) if (c.kind, c.state) == (which, state)]
        if not found:
            raise NotFoundError("store.no_commitment", id=which.value)
        return found[0] if state is CommitmentState.OPEN else found[-1]

    def _commitments_keep(self, which: CommitmentKind, note: str = "") -> None:
        self._desk.commitments.keep(self._which(which, CommitmentState.OPEN).id, note=note)

    def _commitments_move(self, which: CommitmentKind, **fields: Any) -> None:
        self._desk.commitments.move(self._which(which, CommitmentState.OPEN).id, **fields)

    def _commitments_set_remedy(self, which: CommitmentKind, **fields: Any) -> None:
        self._desk.commitments.set_remedy(self._which(which, CommitmentState.BROKEN).id, **fields)

    def _commitments_fulfil(self, which: CommitmentKind) -> None:
        self._desk.commitments.fulfil(self._which(which, CommitmentState.BROKEN).id)

    def _handover_tell(self) -> None:
        incident = self._incident()
        self._desk.handover.tell(incident, self._desk.incidents.playbook(incident))

    def _facts_say(self, **fields: Any) -> None:
        fields["said_by"] = self._desk.contacts.name_of(fields["said_by"])
        self._desk.facts.say(self._incident(), **fields)

    # -- people one by one ---------------------------------------------------------------------------------------

    def _said(self, kind: str, *, reply: Reply | None = Reply.OPEN) -> list[Listed]:
        """What the newest people said of that type since the incident began: one mention a person, or nothing."""
        incident = self._desk.incidents.get(self._incident())
        sought = Sought(type=kind, reply=reply, start=incident.started_at, originals=True)
        found: dict[tuple[str, str], Listed] = {}
        for listed in self._desk.mentions.latest(50, sought=sought):
            found.setdefault((listed.mention.source, listed.mention.author), listed)
        return list(found.values())

    def _replies_answer(self, kind: str, template: str, values: dict[str, FieldValue], many: int = 1) -> None:
        """Answer that many people, or as many as wait, each in their language and in a beginning of its own."""
        desk = self._desk
        for listed in self._said(kind)[:many]:
            draft, channel = desk.replies.start(listed.id, template), listed.mention.channel or listed.mention.source
            desk.drafts.fill(draft.id, values)
            lang = "en" if listed.verdict.language == "en" else "es"
            desk.drafts.copy(draft.id, lang, channel)
            desk.drafts.publish(draft.id, channel=channel, url="", lang=lang)

    def _areas_send(self, area: str, owner: str = "", kind: str = "", **fields: Any) -> None:
        desk = self._desk
        known = next((one for one in desk.areas.list() if one.name == area), None)
        known = known or desk.areas.save(area, owner=desk.contacts.name_of(owner) if owner else "")
        said = self._said(kind) if kind else []
        if said or not kind:
            desk.areas.send(known.id, mention_id=said[0].id if said else None, **fields)

    def _areas_sign(self, area: str, state: RouteState, text: str = "") -> None:
        """Sign what this area was asked first and may sign so."""
        asked = [one.route for one in self._desk.areas.board().asked if one.area.name == area]
        may = [route for route in asked if state in STEPS[route.state]]
        if not may:
            raise NotFoundError("store.no_route", id=area)
        self._desk.areas.sign(min(may, key=lambda route: route.id).id, state, text=text)

    def _community_thank(self, kind: str, reason: str) -> None:
        for listed in self._said(kind, reply=None)[:1]:
            self._desk.community.thank(listed.id, reason)

    def _rumours_note(self, claim: str, words: str) -> None:
        self._desk.rumours.note(self._incident(), claim, (words,))

    def _rumours_judge(self, verdict: RumourVerdict, evidence: str) -> None:
        found = [rumour for rumour, _reach in self._desk.rumours.list(self._incident())]
        waiting = [rumour for rumour in found if rumour.verdict is RumourVerdict.OPEN]
        if not waiting:
            raise NotFoundError("store.no_rumour", id="latest")
        self._desk.rumours.judge(waiting[-1].id, verdict, evidence)
