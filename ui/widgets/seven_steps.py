"""The seven steps of preparation: each one's evidence, and its state by rule, never by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.model.playbook import Bilingual, Playbook, Role
from crisisdesk.settings import Settings
from ui.widgets.badge import MARKS


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    PARTLY = "promise"
    MISSING = "danger"
    UNKNOWN = "plain"

    @property
    def mark(self) -> str:
        """Its sign."""
        return MARKS[self.value]


STEPS: Final = ("research", "team", "processes", "plan", "guidelines", "tools", "roi")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that the page shows, read at one instant.

    Attributes:
        findings: of the playbook in use, contacts included.
        channels: channel → mentions of the last 28 days, most first.
        drills: id and title of every scenario.
    """

    playbook: Playbook
    findings: tuple[Finding, ...]
    contacts: tuple[Contact, ...]
    sources: tuple[SourceHealth, ...]
    channels: tuple[tuple[str, int], ...]
    drills: tuple[tuple[str, Bilingual], ...]
    settings: Settings
    today: date


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its state and the key and numbers of its evidence (``preparation.evidence.<key>``)."""

    name: str
    state: State
    evidence: str
    fields: Mapping[str, object]


def holder_of(role: Role, contacts: Sequence[Contact]) -> Contact | None:
    """Who fills the role, if anybody known does."""
    return next((contact for contact in contacts if contact.slug == role.holder), None)


def steps(now: Prepared) -> tuple[Step, ...]:
    """The seven steps, in order."""
    return (_research(now), _team(now), _processes(now), _plan(now), _guidelines(now), _tools(now),
            Step("roi", State.UNKNOWN, "roi", {}))  # fmt: skip


def _research(now: Prepared) -> Step:
    if not now.channels:
        return Step("research", State.MISSING, "no_channels", {})
    return Step("research", State.DONE, "channels", {"n": len(now.channels), "first": now.channels[0][0]})


def _team(now: Prepared) -> Step:
    roles = now.playbook.roles
    filled = [holder_of(role, now.contacts) for role in roles]
    callable_ = sum(contact is not None and bool(contact.phone) for contact in filled)
    examples = sum(contact is not None and contact.example for contact in filled)
    fields = {"filled": callable_, "n": len(roles), "examples": examples}
    if not roles or not callable_:
        return Step("team", State.MISSING, "team", fields)
    if examples:
        return Step("team", State.PARTLY, "team_examples", fields)
    return Step("team", State.DONE if callable_ == len(roles) else State.PARTLY, "team", fields)


def _processes(now: Prepared) -> Step:
    types = now.playbook.mention_types
    gaps = sum(kind.answer and (not kind.owner or kind.first_reply is None) for kind in types)
    if not types:
        return Step("processes", State.MISSING, "no_types", {})
    return Step(
        "processes",
        State.PARTLY if gaps else State.DONE,
        "type_gaps" if gaps else "types",
        {"n": len(types), "gaps": gaps},
    )


def _plan(now: Prepared) -> Step:
    errors = sum(finding.severity is Severity.ERROR for finding in now.findings)
    fields: dict[str, object] = {"version": now.playbook.version, "n": len(now.findings), "errors": errors}
    if errors:
        return Step("plan", State.MISSING, "plan_errors", fields)
    if overdue(now.playbook, now.today):
        return Step("plan", State.PARTLY, "plan_overdue", fields)
    return Step(
        "plan", State.PARTLY if now.findings else State.DONE, "plan_findings" if now.findings else "plan", fields
    )


def overdue(playbook: Playbook, today: date) -> bool:
    """Whether the playbook should have been looked through again by ``today``."""
    return playbook.reviewed is None or (
        playbook.review_every is not None and playbook.reviewed + playbook.review_every < today
    )


def _guidelines(now: Prepared) -> Step:
    texts = now.playbook.templates
    half = sum(not (template.text.es.strip() and template.text.en.strip()) for template in texts)
    if not texts:
        return Step("guidelines", State.MISSING, "no_templates", {})
    return Step(
        "guidelines",
        State.PARTLY if half else State.DONE,
        "templates_half" if half else "templates",
        {"n": len(texts), "half": half},
    )


def _tools(now: Prepared) -> Step:
    if not now.sources:
        return Step("tools", State.MISSING, "no_sources", {})
    deaf = sum(source.state in (SourceState.FAILING, SourceState.BLIND) for source in now.sources)
    daily = round(sum(count for _channel, count in now.channels) / 28)
    fields = {"n": len(now.sources), "deaf": deaf, "daily": daily}
    return Step("tools", State.PARTLY if deaf else State.DONE, "sources_deaf" if deaf else "sources", fields)
