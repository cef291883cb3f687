"""The seven steps of preparation: each one's evidence, and its state by rule, never by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from crisisdesk.model.contact import Contact
from crisisdesk.model.drill import Run
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.model.playbook import Bilingual, Playbook, Role
from crisisdesk.model.preparation import ASSUMPTIONS, AmbassadorText, Preparation
from crisisdesk.playbooks.check_process import DRILL_EVERY
from crisisdesk.playbooks.health import Health
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


PERIOD: Final = 28
"""Days of mentions that the evidence is counted from."""
IMPORT_IS_ENOUGH: Final = 50
"""Below so many mentions a day from one source, a file now and then does as well as a connection."""
_ENOUGH_TO_KNOW: Final = 50
TRAINED_FOR: Final = timedelta(days=365)
_FRESH: Final = timedelta(days=365)

STEPS: Final = ("research", "team", "processes", "plan", "guidelines", "tools", "roi")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that the page shows, read at one instant.

    Attributes:
        findings: of the playbook in use, contacts included.
        channels: channel → mentions of the last 28 days, most first.
        by_source: (source, account, mentions) of those days.
        drills: id and title of every scenario.
        runs: how those played went, newest first.
        preparation: trainings, guidelines, assumptions.
        health: how ready the playbook is; ``None`` where it was not asked.
        last_drill: when a drill was last played to its end.
    """

    playbook: Playbook
    findings: tuple[Finding, ...]
    contacts: tuple[Contact, ...]
    sources: tuple[SourceHealth, ...]
    channels: tuple[tuple[str, int], ...]
    drills: tuple[tuple[str, Bilingual], ...]
    settings: Settings
    today: date
    preparation: Preparation
    by_source: tuple[tuple[str, str, int], ...]
    health: Health | None = None
    last_drill: date | None = None
    runs: tuple[Run, ...] = ()


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
    return _research(now), _team(now), _processes(now), _plan(now), _guidelines(now), _tools(now), _roi(now)


def _research(now: Prepared) -> Step:
    if not now.channels:
        return Step("research", State.MISSING, "no_channels", {})
    total = sum(count for _channel, count in now.channels)
    fields = {"n": len(now.channels), "first": now.channels[0][0], "mentions": total}
    if total < _ENOUGH_TO_KNOW:
        return Step("research", State.PARTLY, "few_mentions", fields)
    return Step("research", State.DONE, "channels", fields)


def _team(now: Prepared) -> Step:
    roles = now.playbook.roles
    filled = [holder_of(role, now.contacts) for role in roles]
    callable_ = sum(contact is not None and bool(contact.phone) for contact in filled)
    examples = sum(contact is not None and contact.example for contact in filled)
    last = max((training.day for training in now.preparation.trainings), default=None)
    fields: dict[str, object] = {"filled": callable_, "n": len(roles), "examples": examples}
    if not roles or not callable_:
        return Step("team", State.MISSING, "team", fields)
    if examples:
        return Step("team", State.PARTLY, "team_examples", fields)
    if callable_ < len(roles):
        return Step("team", State.PARTLY, "team", fields)
    if last is None or last + TRAINED_FOR < now.today:
        return Step("team", State.PARTLY, "team_untrained" if last is None else "team_trained_long_ago", fields)
    return Step("team", State.DONE, "team_trained", fields)


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
    failing = sum(part.held < part.asked for part in now.health.parts) if now.health else 0
    drilled = now.last_drill.isoformat() if now.last_drill else ""
    fields: dict[str, object] = {"version": now.playbook.version, "n": len(now.findings), "errors": errors,
                                 "failing": failing, "drilled": drilled}  # fmt: skip
    if errors:
        return Step("plan", State.MISSING, "plan_errors", fields)
    if overdue(now.playbook, now.today):
        return Step("plan", State.PARTLY, "plan_overdue", fields)
    if now.findings:
        return Step("plan", State.PARTLY, "plan_findings", fields)
    if now.last_drill is None or now.last_drill + (now.playbook.drill_every or DRILL_EVERY) < now.today:
        return Step("plan", State.PARTLY, "plan_undrilled", fields)
    return Step("plan", State.PARTLY if failing else State.DONE, "plan_health" if failing else "plan", fields)


def overdue(playbook: Playbook, today: date) -> bool:
    """Whether the playbook should have been looked through again by ``today``."""
    return playbook.reviewed is None or (
        playbook.review_every is not None and playbook.reviewed + playbook.review_every < today
    )


def expired(text: AmbassadorText, today: date) -> bool:
    """Whether a text must not be shared any more."""
    return text.expires is not None and text.expires < today


def _guidelines(now: Prepared) -> Step:
    templates, kept = now.playbook.templates, now.preparation
    half = sum(not (template.text.es.strip() and template.text.en.strip()) for template in templates)
    old = sum(expired(text, now.today) for text in kept.ambassador)
    fields = {"n": len(templates), "half": half, "shared": len(kept.ambassador), "expired": old}
    if not templates:
        return Step("guidelines", State.MISSING, "no_templates", {})
    if half:
        return Step("guidelines", State.PARTLY, "templates_half", fields)
    if not kept.ambassador:
        return Step("guidelines", State.PARTLY, "no_ambassador", fields)
    if old:
        return Step("guidelines", State.PARTLY, "ambassador_expired", fields)
    if not (kept.guidelines.never_say.es and kept.guidelines.never_say.en):
        return Step("guidelines", State.PARTLY, "no_never_say", fields)
    return Step("guidelines", State.DONE, "ambassador", fields)


def daily(now: Prepared, source: str, account: str) -> float:
    """Mentions a day that a source has brought."""
    return sum(n for s, a, n in now.by_source if (s, a) == (source, account)) / PERIOD


def _tools(now: Prepared) -> Step:
    if not now.sources:
        return Step("tools", State.MISSING, "no_sources", {})
    deaf = sum(source.state in (SourceState.FAILING, SourceState.BLIND) for source in now.sources)
    idle = sum(not daily(now, source.source, source.account) for source in now.sources)
    a_day = round(sum(count for _channel, count in now.channels) / PERIOD)
    fields = {"n": len(now.sources), "deaf": deaf, "daily": a_day, "idle": idle}
    if deaf:
        return Step("tools", State.PARTLY, "sources_deaf", fields)
    return Step("tools", State.PARTLY if idle else State.DONE, "sources_idle" if idle else "sources", fields)


def _roi(now: Prepared) -> Step:
    kept = now.preparation.assumptions
    stale = sum(one.day + _FRESH < now.today for one in kept)
    fields = {"set": len(kept), "n": len(ASSUMPTIONS), "stale": stale}
    if not kept:
        return Step("roi", State.MISSING, "roi_none", fields)
    if len(kept) < len(ASSUMPTIONS):
        return Step("roi", State.PARTLY, "roi_some", fields)
    return Step("roi", State.PARTLY if stale else State.DONE, "roi_stale" if stale else "roi_all", fields)
