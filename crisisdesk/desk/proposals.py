"""A lesson becomes a change of the playbook: a review proposes it as a text, a person accepts it as a version."""

from __future__ import annotations

from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import ReviewChanged
from crisisdesk.model.followup import PlaybookProposal, ProposalState
from crisisdesk.plain import clamp
from crisisdesk.playbooks.outline import Change, compare
from crisisdesk.playbooks.read import read
from crisisdesk.playbooks.save import Data
from crisisdesk.store import rows
from crisisdesk.store.database import Transaction

_WORDS: Final = 2_000


class Proposals:
    """Keeps what reviews want changed in the playbook."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    # -- writing one ---------------------------------------------------------------------------------------------

    def retime(self, text: str, task_id: str, before: str) -> str:
        """``text`` with another time («T+10 min») for a task; ``InputError`` when it has no such task."""
        phases = read(text, "playbook.yaml").phases
        for n, phase in enumerate(phases):
            for m, task in enumerate(phase.tasks):
                if task.id == task_id:
                    path = ("fases", n, "tareas", m, "antes_de")
                    return self._playbooks.change(text, Change("set", path, before.strip()))
        raise InputError("review.no_task", task=task_id)

    def with_task(self, text: str, phase_id: str, do: tuple[str, str], owner: str, before: str) -> str:
        """``text`` with one more task at the end of a phase.

        Args:
            do: what is done, in Spanish and in English.
            owner: a role of the playbook.
            before: such as «T+10 min».
        """
        phases = read(text, "playbook.yaml").phases
        place = next((n for n, phase in enumerate(phases) if phase.id == phase_id), None)
        if place is None:
            raise InputError("incident.no_phase", phase=phase_id)
        if not do[0].strip():
            raise InputError("review.no_what")
        taken = {task.id for phase in phases for task in phase.tasks}
        new_id = next(name for n in range(1, len(taken) + 2) if (name := f"rev{n}") not in taken)
        pair: Data = {lang: words.strip() for lang, words in zip(("es", "en"), do, strict=True) if words.strip()}
        task: Data = {"id": new_id, "haz": pair, "quien": owner, "antes_de": before.strip()}
        return self._playbooks.change(text, Change("add", ("fases", place, "tareas"), task))

    def propose(self, incident_id: int, text: str, why: str, *, action_id: int | None = None) -> PlaybookProposal:
        """Propose ``text`` in the place of the playbook in use; nothing changes until somebody accepts it.

        Raises:
            InputError: no reason, nothing changed, or another playbook.
            PlaybookError: it could not be used.
        """
        current = self._playbooks.current
        if not why.strip():
            raise InputError("review.no_why")
        if text == current.source:
            raise InputError("review.no_change")
        if read(text, f"{current.id}.yaml").id != current.id:
            raise InputError("review.other_playbook", playbook=current.id)
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.playbook_proposals.insert(
                tx.connection,
                PlaybookProposal(
                    id=0,
                    incident_id=incident_id,
                    why=clamp(why.strip(), _WORDS),
                    playbook_id=current.id,
                    base_version=current.version,
                    base=current.source,
                    text=text,
                    state=ProposalState.PROPOSED,
                    by=self._core.actor,
                    at=self._core.clock.now(),
                    action_id=action_id,
                ),
            )
            new_lines, gone = changed_lines(new)
            self._log(tx, "review.change_proposed", new, n=new_lines, gone=gone)
            return new

    # -- deciding ------------------------------------------------------------------------------------------------

    def accept(self, proposal_id: int) -> PlaybookProposal:
        """A person puts it in use as the next version; incidents keep the version that they began with.

        Raises:
            StepError: it was decided, the playbook has changed since, or somebody is at another change of it.
        """
        with self._core.write() as tx:
            old = self._waiting(tx, proposal_id)
            self._playbooks.refresh()
            current = self._playbooks.current
            if current.source != old.base:
                raise StepError("review.stale", version=current.version, base=old.base_version)
            if self._playbooks.writing() not in (old.base, old.text):
                raise StepError("review.being_written")
            made = self._playbooks.save(old.text)
            done = self._decide(tx, old, ProposalState.ACCEPTED, version=made.version)
            self._log(tx, "review.change_accepted", done, version=made.version)
            return done

    def decline(self, proposal_id: int, reason: str) -> PlaybookProposal:
        """A person does not want it, and says why."""
        if not reason.strip():
            raise InputError("review.no_decline_reason")
        with self._core.write() as tx:
            old = self._waiting(tx, proposal_id)
            done = self._decide(tx, old, ProposalState.DECLINED, reason=clamp(reason.strip(), _WORDS))
            self._log(tx, "review.change_declined", done, reason=done.reason)
            return done

    def _waiting(self, tx: Transaction, proposal_id: int) -> PlaybookProposal:
        found = rows.playbook_proposals.get(tx.connection, proposal_id)
        if found.state is not ProposalState.PROPOSED:
            raise StepError("review.decided", by=found.decided_by)
        return found

    def _decide(
        self, tx: Transaction, old: PlaybookProposal, state: ProposalState, **more: object
    ) -> PlaybookProposal:
        now, who = self._core.clock.now(), self._core.actor
        return rows.playbook_proposals.update(
            tx.connection, old.id, state=state, decided_by=who, decided_at=now, **more
        )

    def _log(self, tx: Transaction, kind: str, proposal: PlaybookProposal, **data: object) -> None:
        known: dict[str, object] = {"id": proposal.id, "what": proposal.why}
        self._core.log(tx, kind, proposal.incident_id, data=known | data)
        tx.emit(ReviewChanged(proposal.incident_id))


def changed_lines(proposal: PlaybookProposal) -> tuple[int, int]:
    """How many lines are new and how many are gone."""
    lines = compare(proposal.base, proposal.text)
    return sum(line.kind == "new" for line in lines), sum(line.kind == "gone" for line in lines)
