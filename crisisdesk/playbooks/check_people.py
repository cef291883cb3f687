"""Checks of roles, contacts, ladders and approvals: is the right person reached in time, at three in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Ladder, Template
from crisisdesk.playbooks.book import DEPUTY, Book
from crisisdesk.playbooks.schema import nearest

LONGEST_WALK = timedelta(minutes=30)
VERIFIED_FOR = timedelta(days=90)
MOST_APPROVERS = 3
MOST_SERIOUS = 4
_NEEDS_PHONE = frozenset({"llamada", "sms"})


def unknown_roles(book: Book) -> Iterator[Finding]:
    """8: a role that is used but not declared."""
    declared = [role.id for role in book.playbook.roles]
    for path, name in book.reading.roles:
        if name not in declared:
            near = nearest(name, declared)
            key = "unknown_role_near" if near else "unknown_role"
            yield book.error(8, key, path, role=name, near=near, known=", ".join(declared))


def holders(book: Book) -> Iterator[Finding]:
    """9: a role with no holder, no deputy, or the same person twice."""
    for role in book.playbook.roles:
        path = f"personas.{role.id}"
        if not role.holder:
            yield book.error(9, "no_holder", path, role=role.id)
        elif not role.deputy:
            yield book.warning(9, "no_deputy", path, role=role.id)
        elif role.deputy in (role.holder, role.id):
            yield book.warning(9, "same_deputy", f"{path}.suplente", role=role.id, who=role.holder)


def reachable(book: Book) -> Iterator[Finding]:
    """10: people whom nobody can reach: no such contact, quiet at night, or a phone not proved right for 90 days."""
    if book.contacts is None:
        return
    woken = book.woken()
    for role in book.playbook.roles:
        for part, slug in (("titular", role.holder), ("suplente", role.deputy)):
            if not slug or book.playbook.role(slug) is not None:
                continue
            path, contact = f"personas.{role.id}.{part}", book.contacts.get(slug)
            if contact is None:
                yield book.warning(10, "no_contact", path, who=slug, role=role.id)
                continue
            if role.id in woken and contact.from_hour is not None and contact.to_hour is not None:
                yield book.warning(10, "asleep", path, who=slug, role=role.id,
                                   since=contact.from_hour.strftime("%H:%M"),
                                   until=contact.to_hour.strftime("%H:%M"))  # fmt: skip
            verified = contact.verified_at
            if not contact.example and (verified is None or book.today - verified.date() > VERIFIED_FOR):
                yield book.warning(10, "unverified", path, who=slug, days=VERIFIED_FOR.days)


def deputy_cycles(book: Book) -> Iterator[Finding]:
    """11: deputies that stand in for one another in a circle, so that the ladder never reaches a person."""
    told: set[str] = set()
    for role in book.playbook.roles:
        chain, here = [role.id], book.playbook.role(role.deputy)
        while here is not None and here.id not in chain:
            chain.append(here.id)
            here = book.playbook.role(here.deputy)
        if here is not None and here.id == role.id and len(chain) > 1 and not told & set(chain):
            told |= set(chain)
            yield book.error(11, "ladder_cycle", f"personas.{role.id}.suplente", chain=" → ".join([*chain, role.id]))


def ladder_times(book: Book) -> Iterator[Finding]:
    """11: a ladder without steps, too long for a level 4, or missing for a role that a level wakes."""
    serious = book.playbook.level(MOST_SERIOUS)
    for ladder in book.playbook.ladders:
        path = f"escaladas.{ladder.role}"
        if not ladder.steps:
            yield book.error(11, "ladder_empty", path, role=ladder.role)
        walk = _walk(ladder)
        if serious and ladder.role in serious.wakes and walk > LONGEST_WALK:
            yield book.warning(11, "ladder_too_long", path, role=ladder.role, minutes=_minutes(walk),
                               limit=_minutes(LONGEST_WALK))  # fmt: skip
    for i, level in enumerate(book.playbook.levels):
        for j, name in enumerate(level.wakes):
            earlier = any(name in other.wakes for other in book.playbook.levels[:i])
            if book.playbook.role(name) and not book.playbook.ladder(name) and not earlier:
                yield book.warning(11, "no_ladder", f"niveles[{i}].escala[{j}]", role=name, level=level.number)


def ladder_channels(book: Book) -> Iterator[Finding]:
    """12: a step that uses a channel which the person does not have."""
    if book.contacts is None:
        return
    for ladder in book.playbook.ladders:
        for index, step in enumerate(ladder.steps):
            contact = _contact(book, step.to)
            if contact is None:
                continue
            for channel in step.by:
                lacks = (channel in _NEEDS_PHONE and not contact.phone) or (channel == "correo" and not contact.email)
                if lacks:
                    path = f"escaladas.{ladder.role}[{index}].por"
                    yield book.warning(12, "no_channel", path, who=contact.slug, channel=channel)


def approvers(book: Book) -> Iterator[Finding]:
    """22, 23: approvals that come too late, are too many, or are the author's own."""
    for template in book.playbook.templates:
        path = f"plantillas.{template.id}.aprueba"
        if len(template.approves) > MOST_APPROVERS:
            yield book.warning(22, "too_many_approvers", path, template=template.id, n=len(template.approves))
        if template.pre_cleared:
            continue
        tasks = [task for _, task in book.tasks() if task.template == template.id]
        within = min((task.before for task in tasks), default=None)
        if template.id == book.playbook.commitments.broken_template:
            within = book.playbook.commitments.broken_within
        yield from _late_approvers(book, template, within)
        authors = {task.owner for task in tasks if task.owner}
        if len(template.approves) == 1 and authors == set(template.approves):
            yield book.error(23, "approves_own", path, template=template.id, role=template.approves[0])


def _late_approvers(book: Book, template: Template, within: timedelta | None) -> Iterator[Finding]:
    for index, name in enumerate(template.approves):
        ladder = book.playbook.ladder(name)
        if within and ladder and ladder.steps and ladder.steps[0].wait > within:
            path = f"plantillas.{template.id}.aprueba[{index}]"
            yield book.error(22, "approver_too_late", path, template=template.id, role=name,
                             wait=_minutes(ladder.steps[0].wait), minutes=_minutes(within))  # fmt: skip


def _walk(ladder: Ladder) -> timedelta:
    return sum((step.wait for step in ladder.steps), timedelta(0))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _contact(book: Book, to: str) -> Contact | None:
    """Who answers for a step: the holder or deputy of a role, following a deputy that is itself a role."""
    name, deputy = to.removesuffix(DEPUTY), to.endswith(DEPUTY)
    for _ in book.playbook.roles:
        role = book.playbook.role(name)
        if role is None:
            break
        name, deputy = (role.deputy if deputy else role.holder), False
    return book.contacts.get(name) if book.contacts is not None else None


CHECKS = (
    unknown_roles, holders, reachable, deputy_cycles, ladder_times, ladder_channels, approvers,
)  # fmt: skip
