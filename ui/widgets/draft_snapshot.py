"""All that the drafting page shows, read at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crisisdesk.model.commitment import Commitment
from crisisdesk.model.draft import Draft, DraftState, DraftView
from crisisdesk.model.fact import Correction, Fact
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Playbook
from ui.widgets.no_time import next_news

if TYPE_CHECKING:
    from crisisdesk.app import Desk


@dataclass(frozen=True, slots=True)
class DraftSnapshot:
    """What the page reads.

    Attributes:
        people: key → name of everybody to choose from: who says it, who agrees, who gives a time.
        view: the open draft, or ``None`` while the list is shown.
        answers: the promise that the open draft answers.
        to_correct: published texts that used a fact which has changed.
        serial: how often a person had written when it was read: an older one must not undo newer words.
    """

    incident: Incident
    playbook: Playbook
    facts: tuple[Fact, ...]
    drafts: tuple[Draft, ...]
    people: Mapping[str, str]
    view: DraftView | None
    answers: Commitment | None
    now: datetime
    serial: int
    to_correct: tuple[Correction, ...] = ()

    @property
    def last_published(self) -> Draft | None:
        """The text that the public saw last."""
        out = [d for d in self.drafts if d.state is DraftState.PUBLISHED and d.mention_id is None]
        return max(out, key=lambda d: (d.published_at or d.updated_at, d.id), default=None)

    @property
    def next_news(self) -> datetime:
        """When the next news would be, at the pace of the incident's level."""
        level = self.playbook.level(self.incident.level)
        return next_news(self.now, level.public_cadence if level is not None else None)

    def purpose(self, draft: Draft, lang: str) -> str:
        """What a draft is for, in words."""
        template = self.playbook.template(draft.template_id)
        return template.purpose.get(lang) if template is not None else draft.template_id


def read_drafting(desk: Desk, incident_id: int, draft_id: int | None, serial: int) -> DraftSnapshot:
    """Read it, on a ``read`` thread."""
    view = desk.drafts.view(draft_id) if draft_id is not None else None
    answers = view.draft.answers if view is not None else None
    return DraftSnapshot(
        incident=desk.incidents.get(incident_id),
        playbook=desk.incidents.playbook(incident_id),
        facts=desk.facts.sheet(incident_id),
        drafts=desk.drafts.list(incident_id),
        people={contact.slug: contact.name for contact in desk.contacts.list()},
        view=view,
        answers=desk.commitments.get(answers) if answers is not None else None,
        now=desk.clock.now(),
        serial=serial,
        to_correct=desk.facts.to_correct(incident_id),
    )


def start_task(desk: Desk, incident_id: int, task_id: int) -> Draft | None:
    """Open the text that a task asks for; ``None`` when it asks for none. On the ``store`` thread."""
    template = next((task.template for task in desk.incidents.tasks(incident_id) if task.id == task_id), "")
    return desk.drafts.start(incident_id, template) if template else None
