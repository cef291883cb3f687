"""The strategy of an open incident: what the answers ask for, recorded as a decision; later ones stay beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import CommitmentState
from crisisdesk.model.errors import StepError
from crisisdesk.model.events import IncidentChanged
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks.strategy import Advice, Answers, Cause, Counsel, counsel
from crisisdesk.store import rows, timeline
from crisisdesk.texts import both

DECIDED = "strategy.decided"


@dataclass(frozen=True, slots=True)
class Decision:
    """A strategy that was decided: when, by whom, and the answers it rests on."""

    at: datetime
    actor: str
    answers: Answers


class Strategies:
    """Counsels, and keeps what a person decided."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def broken(self, incident_id: int) -> int:
        """Promises of the incident that were broken."""
        with self._core.read() as connection:
            states = (CommitmentState.BROKEN,)
            return len(rows.commitments.where(connection, incident_id=incident_id, state=states))

    def counsel(self, answers: Answers, incident_id: int | None = None) -> Counsel:
        """What the answers ask for, by the incident's playbook, or the one in use."""
        playbook = self._playbooks.current if incident_id is None else self._playbooks.of(incident_id)
        return counsel(answers, history_raises=playbook.strategy.history_raises)

    def decide(
        self, incident_id: int, cause: Cause, *, repeated: bool = False, distrusted: bool = False, harmed: bool = False
    ) -> Counsel:
        """Record a strategy as a decision of the incident; its broken promises count by themselves."""
        with self._core.write() as tx:
            if rows.incidents.get(tx.connection, incident_id).state is IncidentState.CLOSED:
                raise StepError("incident.closed")
            answers = Answers(cause=cause, repeated=repeated, distrusted=distrusted, harmed=harmed,
                              broken_promises=self.broken(incident_id))  # fmt: skip
            found = self.counsel(answers, incident_id)
            data = {
                "cluster": both(f"strategy.cluster.{found.cluster}"),
                "use": _names(*found.first, *found.use),
                "avoid": _names(*found.avoid),
                "cause": cause, "repeated": repeated, "distrusted": distrusted, "harmed": harmed,
                "broken": answers.broken_promises,
            }  # fmt: skip
            self._core.log(tx, DECIDED, incident_id, data=data)
            tx.emit(IncidentChanged(incident_id))
            return found

    def decisions(self, incident_id: int) -> tuple[Decision, ...]:
        """Every decision of the incident, the newest first."""
        with self._core.read() as connection:
            entries = timeline.entries(connection, incident_id)
        found = [
            Decision(
                entry.occurred_at,
                entry.actor,
                Answers(
                    cause=Cause(str(entry.data.get("cause"))),
                    repeated=bool(entry.data.get("repeated")),
                    distrusted=bool(entry.data.get("distrusted")),
                    harmed=bool(entry.data.get("harmed")),
                    broken_promises=int(str(entry.data.get("broken", 0))),
                ),
            )
            for entry in entries
            if entry.kind == DECIDED
        ]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _names(*advice: Advice) -> Bilingual:
    """The acts as one text in each language."""
    names = [both(f"strategy.act.{one.act}") for one in advice]
    return Bilingual("; ".join(name.es for name in names), "; ".join(name.en for name in names))
