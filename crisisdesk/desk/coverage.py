"""Coverage: who will answer each ladder in the next days, half hour by half hour, before anybody has to be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.contact import Contact
from crisisdesk.model.coverage import CoverageReport, Gap, GapKind, Loss
from crisisdesk.model.playbook import Ladder, LadderStep, Playbook
from crisisdesk.model.rotation import Override, Rotation, shifts
from crisisdesk.store import rows

SLOT: Final = timedelta(minutes=30)
AHEAD_DAYS: Final = 14
VERIFIED_FOR: Final = timedelta(days=90)
# Points lost when the whole time ahead of every ladder is like this; added up and cut at 100.
WEIGHTS: Final = {GapKind.NOBODY: 100, GapKind.ASLEEP: 30, GapKind.ALONE: 15}
UNVERIFIED_POINTS: Final = 15
EXAMPLE_POINTS: Final = 40
_ORDER: Final = tuple(GapKind)
_DEPUTY: Final = (".suplente", ".deputy")


@dataclass(frozen=True, slots=True)
class _People:
    contacts: Mapping[str, Contact]
    turns: Mapping[str, tuple[tuple[datetime, datetime, str], ...]]

    def at(self, slug: str, when: datetime) -> Contact | None:
        """Whom ``slug`` leads to, or ``None`` when nobody can be reached there."""
        for start, end, member in self.turns.get(slug, ()):
            if start <= when < end:
                slug = member
                break
        contact = self.contacts.get(slug)
        if contact is not None and not contact.reachable and contact.deputy:
            contact = self.contacts.get(contact.deputy)
        return contact if contact is not None and contact.reachable else None


class Coverage:
    """Looks ahead."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def report(self, days: int = AHEAD_DAYS) -> CoverageReport:
        """The next ``days`` of every ladder that some level of the playbook in use wakes."""
        start = self._core.clock.now().replace(second=0, microsecond=0)
        end = start + timedelta(days=days)
        with self._core.read() as connection:
            contacts = {c.slug: c for c in rows.contacts.where(connection)}
            rotations, overrides = rows.rotations.where(connection), rows.overrides.where(connection)
        return look(self._playbooks.current, contacts, rotations, overrides, start, end)


def look(
    playbook: Playbook,
    contacts: Mapping[str, Contact],
    rotations: tuple[Rotation, ...],
    overrides: tuple[Override, ...],
    start: datetime,
    end: datetime,
) -> CoverageReport:
    """How well ``start <= t < end`` is covered; pure, so that it can be tried with any people."""
    turns = {
        r.slug: tuple((s.starts_at, s.ends_at, s.contact_slug) for s in shifts(r, overrides, start, end))
        for r in rotations
    }
    people = _People(contacts, turns)
    woken = {role for level in playbook.levels for role in level.wakes}
    ladders = [ladder for ladder in playbook.ladders if ladder.role in woken] or list(playbook.ladders)
    slots = [start + n * SLOT for n in range(max(1, (end - start) // SLOT))]
    gaps: list[Gap] = []
    met: dict[str, Contact] = {}
    count = dict.fromkeys(GapKind, 0)
    for ladder in ladders:
        found = [_slot(ladder, playbook, people, at, met) for at in slots]
        for gap in found:
            if gap is not None:
                count[gap.kind] += 1
        gaps += _joined(found)
    losses = _losses(count, len(slots) * max(1, len(ladders)), met, start)
    quality = max(0, 100 - sum(loss.points for loss in losses))
    gaps.sort(key=lambda gap: (_ORDER.index(gap.kind), gap.starts_at, gap.role))
    return CoverageReport(starts_at=start, ends_at=end, quality=quality, losses=losses, gaps=tuple(gaps))


def _slot(ladder: Ladder, playbook: Playbook, people: _People, at: datetime, met: dict[str, Contact]) -> Gap | None:
    """What is wrong with one ladder in one slot, or ``None``."""
    reached = {c.slug: c for step in ladder.steps if (c := _called(step, playbook, people, at)) is not None}
    met.update(reached)
    end = at + SLOT
    if not reached:
        return Gap(role=ladder.role, kind=GapKind.NOBODY, starts_at=at, ends_at=end)
    if not any(contact.awake(at) for contact in reached.values()):
        who = ", ".join(contact.name for contact in reached.values())
        return Gap(role=ladder.role, kind=GapKind.ASLEEP, starts_at=at, ends_at=end, who=who)
    if len(reached) == 1 and len(ladder.steps) > 1:
        who = next(iter(reached.values())).name
        return Gap(role=ladder.role, kind=GapKind.ALONE, starts_at=at, ends_at=end, who=who)
    return None


def _called(step: LadderStep, playbook: Playbook, people: _People, at: datetime) -> Contact | None:
    """Whom a step calls then; with «awake first», a deputy who is awake instead of somebody who sleeps."""
    first = people.at(_slug(playbook, step.to), at)
    if not step.awake_first or first is None or first.awake(at):
        return first
    of_role = _slug(playbook, f"{step.to}{_DEPUTY[0]}") if playbook.role(step.to) is not None else ""
    for slug in filter(None, (of_role, first.deputy)):
        other = people.at(slug, at)
        if other is not None and other.slug != first.slug and other.awake(at):
            return other
    return first


def _slug(playbook: Playbook, to: str) -> str:
    """The slug that the playbook names for a ladder's ``to``; deputies that are roles lead to their holder."""
    for _ in range(5):
        ending = next((e for e in _DEPUTY if to.endswith(e)), "")
        role = playbook.role(to.removesuffix(ending) if ending else to)
        if role is None:
            return to
        to = role.deputy if ending else role.holder
        if playbook.role(to) is None:
            return to
    return to


def _joined(found: list[Gap | None]) -> list[Gap]:
    """Slots side by side with the same trouble as one gap."""
    joined = []
    for _, group in groupby(found, key=lambda gap: gap and (gap.kind, gap.who)):
        run = [gap for gap in group if gap is not None]
        if run:
            joined.append(replace(run[0], ends_at=run[-1].ends_at))
    return joined


def _losses(count: Mapping[GapKind, int], slots: int, met: Mapping[str, Contact], now: datetime) -> tuple[Loss, ...]:
    losses = []
    for kind, weight in WEIGHTS.items():
        if count[kind]:
            share = count[kind] / slots
            hours = round(count[kind] * SLOT / timedelta(hours=1))
            losses.append(Loss(points=max(1, round(weight * share)), key=kind.value, fields=(("n", hours),)))
    people = list(met.values())
    examples = [c for c in people if c.example]
    old = [c for c in people if not c.example and (c.verified_at is None or now - c.verified_at > VERIFIED_FOR)]
    for some, points, key in ((examples, EXAMPLE_POINTS, "example"), (old, UNVERIFIED_POINTS, "unverified")):
        if some:
            names = ", ".join(sorted(c.name for c in some)[:3])
            fields = (("n", len(some)), ("who", names), ("days", VERIFIED_FOR.days))
            losses.append(Loss(points=max(1, round(points * len(some) / len(people))), key=key, fields=fields))
    return tuple(sorted(losses, key=lambda loss: -loss.points))
