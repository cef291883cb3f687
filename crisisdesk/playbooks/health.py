"""How ready a playbook is, by strategy, tactics, organisation and people (STOP): never a bare number, always the gaps.

Each part is a list of plain questions; its score is the share of them that hold, and what does not hold is a gap with
its place in the file and its sentence. Dates to come (review, drill, phones, laws) are reminders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Final

from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks.check_people import VERIFIED_FOR
from crisisdesk.playbooks.check_process import DRILL_EVERY
from crisisdesk.playbooks.rehearse import Gap, rehearse
from crisisdesk.playbooks.save import line_of

PARTS: Final = ("strategy", "tactics", "organisation", "people")
SOON: Final = timedelta(days=14)
_NIGHT: Final = time(3, 0)

# Which part a finding of the check, and a gap of the walk, belongs to.
_FINDINGS: Final = {
    "strategy": frozenset({4, 5, 6, 7, 21, 27, 28}),
    "tactics": frozenset({13, 14, 15, 16, 17, 18, 19, 20, 24, 25, 26}),
    "organisation": frozenset({8, 9, 11, 22, 23, 29}),
    "people": frozenset({10, 12}),
}
_WALKED: Final = {
    "strategy": frozenset({"no_cadence"}),
    "tactics": frozenset({"first_message_late", "template_lacks_es", "template_lacks_en"}),
    "organisation": frozenset(
        {"wakes_nobody", "time_giver_asleep", "no_ladder", "runs_out", "owner_not_called", "owner_slow",
         "approver_not_called", "approver_slow"}
    ),
    "people": frozenset({"nobody_reachable", "called_at_once"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What is missing: a finding of the check, a gap of the walk, or a sentence of ``health.lack`` of its own."""

    key: str
    where: str
    line: int
    fields: Mapping[str, object] = field(default_factory=dict)
    finding: Finding | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: how many of its questions hold, which do not, and what exactly is missing."""

    name: str
    held: int
    asked: int
    failed: tuple[str, ...]
    lacks: tuple[Lack, ...]

    @property
    def score(self) -> int:
        """0–100; shown only beside the gaps."""
        return round(100 * self.held / self.asked) if self.asked else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Something that falls due by itself: ``review``, ``drill``, ``contact`` or ``law``."""

    key: str
    what: str
    due: date
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The four parts in the order of ``PARTS``, and the dates to come, the soonest first."""

    parts: tuple[Part, ...]
    reminders: tuple[Reminder, ...]


def health(
    playbook: Playbook,
    findings: tuple[Finding, ...],
    *,
    today: date,
    contacts: Mapping[str, Contact] | None = None,
    last_drill: date | None = None,
    trained_roles: frozenset[str] | None = None,
) -> Health:
    """How ready the playbook is.

    Args:
        playbook: as read.
        findings: of its check, with the contacts where they are known.
        today: the day on which dates are overdue or not.
        contacts: slug → contact; ``None`` where they are not known, and then nobody counts as reachable.
        last_drill: when it was last rehearsed; ``None`` for never.
        trained_roles: roles with a training in the last year; ``None`` where trainings are not known.
    """
    walk = rehearse(playbook, day=today, at=_NIGHT, contacts=contacts)
    own: dict[str, list[tuple[str, tuple[Lack, ...]]]] = {
        "strategy": list(_strategy(playbook)),
        "tactics": list(_tactics(playbook)),
        "organisation": list(_organisation(playbook, today, last_drill, trained_roles)),
        "people": list(_people(playbook, contacts)),
    }
    parts = []
    for name in PARTS:
        found = tuple(
            Lack(key=f.key, where=f.where, line=f.line, finding=f) for f in findings if f.number in _FINDINGS[name]
        )
        walked = tuple(Lack(key=g.key, where=g.where, line=g.line, gap=g) for g in walk.gaps if g.key in _WALKED[name])
        questions = [*own[name], ("nothing_found", found), ("walk_holds", walked)]
        failed = tuple(question for question, lacks in questions if lacks)
        parts.append(
            Part(
                name=name,
                held=len(questions) - len(failed),
                asked=len(questions),
                failed=failed,
                lacks=tuple(lack for _, lacks in questions for lack in lacks),
            )
        )
    return Health(parts=tuple(parts), reminders=_reminders(playbook, today, contacts, last_drill))


_Questions = Iterator[tuple[str, tuple[Lack, ...]]]


def _lacks(
    playbook: Playbook, key: str, path: tuple[str | int, ...], missing: bool, **fields: object
) -> tuple[Lack, ...]:
    if not missing:
        return ()
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return (Lack(key=key, where=where, line=line_of(playbook.source, path), fields=fields),)


def _strategy(book: Playbook) -> _Questions:
    yield (
        "says_what_to_use",
        _lacks(book, "no_strategy", ("estrategia",), not (book.strategy.use and book.strategy.avoid)),
    )
    yield "says_who_gives_times", _lacks(book, "no_time_giver", ("compromisos",), not book.commitments.may_give_time)
    serious = [level for level in book.levels if level.number >= 3]
    yield "has_serious_levels", _lacks(book, "no_serious_level", ("niveles",), not serious)
    yield "says_what_is_offered", _lacks(book, "no_compensation", ("compensacion",), not book.compensation)


def _tactics(book: Playbook) -> _Questions:
    ids = {template.id for template in book.templates}
    for template in ("primer_mensaje", "sin_hora", book.commitments.broken_template, "resolucion"):
        yield f"has_{template}", _lacks(book, "no_template", ("plantillas",), template not in ids, template=template)
    answered = [row for row in book.mention_types if row.answer]
    unaided = tuple(
        lack
        for index, row in enumerate(book.mention_types)
        if row.answer and not row.template
        for lack in _lacks(book, "type_without_template", ("menciones", index), True, type=row.id)
    )
    yield "types_have_texts", unaided or _lacks(book, "no_types", ("menciones",), not answered)
    yield "has_call_questions", _lacks(book, "no_questions", ("preguntas_llamada",), not book.call_questions)


def _organisation(
    book: Playbook, today: date, last_drill: date | None, trained_roles: frozenset[str] | None
) -> _Questions:
    every = book.drill_every or DRILL_EVERY
    late = last_drill is None or last_drill + every < today
    key = "never_drilled" if last_drill is None else "drill_overdue"
    yield "drilled", _lacks(book, key, ("simulacro",), late, days=every.days,
                            last=last_drill.isoformat() if last_drill else "")  # fmt: skip
    woken = sorted({role for level in book.levels for role in level.wakes})
    untrained = [role for role in woken if trained_roles is None or role not in trained_roles]
    yield "trained", _lacks(book, "untrained", ("personas",), bool(untrained), roles=", ".join(untrained))
    yield "owned", _lacks(book, "no_owner", ("responsable",), not book.owner)


def _people(book: Playbook, contacts: Mapping[str, Contact] | None) -> _Questions:
    slugs = {slug for role in book.roles for slug in (role.holder, role.deputy) if slug and book.role(slug) is None}
    yield "contacts_known", _lacks(book, "no_contacts", ("personas",), not contacts and bool(slugs), n=len(slugs))
    deputies = tuple(
        lack for role in book.roles if not role.deputy
        for lack in _lacks(book, "role_without_deputy", ("personas", role.id), True, role=role.id)
    )  # fmt: skip
    yield "deputies_named", deputies


def _reminders(
    book: Playbook, today: date, contacts: Mapping[str, Contact] | None, last_drill: date | None
) -> tuple[Reminder, ...]:
    found: list[tuple[str, str, date]] = []
    if book.reviewed is not None and book.review_every is not None:
        found.append(("review", book.id, book.reviewed + book.review_every))
    found.append(
        ("drill", book.drill_scenario, (last_drill + (book.drill_every or DRILL_EVERY)) if last_drill else today)
    )
    slugs = {slug for role in book.roles for slug in (role.holder, role.deputy)}
    for slug, contact in sorted((contacts or {}).items()):
        if slug in slugs and not contact.example:
            verified = contact.verified_at
            found.append(("contact", contact.name or slug, verified.date() + VERIFIED_FOR if verified else today))
    made = (Reminder(key=key, what=what, due=due, overdue=due < today) for key, what, due in found)
    return tuple(sorted(made, key=lambda one: (one.due, one.key, one.what)))
