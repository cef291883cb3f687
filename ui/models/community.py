"""What the community's four lists show: a line, a smaller one below it, and the facts beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crisisdesk.model.community import Deed, Expert, Kudos, Rumour, RumourReach
from crisisdesk.texts import Texts
from crisisdesk.words import number
from ui.models.columns import WARNING_MARK, outside

SECTIONS: Final = ("rumours", "deeds", "thanks", "experts")

At = Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """What the page reads; rumours and deeds are those of the incident on screen."""

    rumours: tuple[tuple[Rumour, RumourReach], ...] = ()
    deeds: tuple[Deed, ...] = ()
    kudos: tuple[Kudos, ...] = ()
    advocates: tuple[tuple[str, str, int], ...] = ()
    experts: tuple[Expert, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row; ``facts`` are pairs of a name and a value, ``warn`` marks what is said again."""

    id: int
    title: str
    under: str
    facts: tuple[tuple[str, str], ...] = ()
    warn: bool = False


def items(section: str, circle: Circle, texts: Texts, at: At) -> tuple[Item, ...]:
    """The rows of one list, newest first; ``at`` writes a time."""
    if section == "rumours":
        return tuple(_rumour(one, reach, texts, at) for one, reach in reversed(circle.rumours))
    if section == "deeds":
        return tuple(_deed(one, texts, at) for one in reversed(circle.deeds))
    if section == "thanks":
        points = {(source, author): n for source, author, n in circle.advocates}
        return tuple(_thanks(one, points.get((one.source, one.author), 0), texts, at) for one in reversed(circle.kudos))
    return tuple(_expert(one, texts, at) for one in circle.experts)


def _rumour(one: Rumour, reach: RumourReach, texts: Texts, at: At) -> Item:
    verdict = texts(f"community.verdict.{one.verdict.value}")
    shown, voices, followers = (number(n, texts) for n in (reach.mentions, reach.authors, reach.followers))
    wide = texts("community.reach", n=reach.mentions, shown=shown, voices=voices, followers=followers)
    facts = [(texts("community.fact.verdict"), verdict), (texts("community.fact.reach"), wide)]
    if one.evidence:
        facts.append((texts("community.fact.evidence"), one.evidence))
    if one.decided_at is not None:
        facts.append((texts("community.fact.judged"), f"{one.decided_by} · {at(one.decided_at)}"))
    facts.append((texts("community.fact.noted"), f"{one.noted_by} · {at(one.noted_at)}"))
    facts.append((texts("community.fact.search"), " ".join(one.words)))
    if reach.last is not None:
        facts.append((texts("community.fact.last"), at(reach.last)))
    under = f"{verdict} · {wide}"
    if reach.after:
        again = texts("community.again", n=reach.after)
        facts.append((texts("community.fact.again"), again))
        under = f"{WARNING_MARK} {again} · {under}"
    return Item(id=one.id, title=outside(one.claim), under=under, facts=tuple(facts), warn=bool(reach.after))


def _deed(one: Deed, texts: Texts, at: At) -> Item:
    lang = texts.lang
    asked = texts("community.asked_by", n=len(one.mention_ids))
    facts = (
        (texts("community.fact.said"), one.said.get(lang)),
        (texts("community.fact.did"), one.did.get(lang)),
        (texts("community.fact.asked"), asked),
        (texts("community.fact.noted"), f"{one.by} · {at(one.at)}"),
    )
    return Item(id=one.id, title=outside(one.said.get(lang)), under=f"→ {outside(one.did.get(lang))}", facts=facts)


def _thanks(one: Kudos, points: int, texts: Texts, at: At) -> Item:
    facts = [(texts("community.fact.reason"), one.reason), (texts("community.fact.noted"), f"{one.by} · {at(one.at)}")]
    facts.append((texts("community.fact.where"), outside(one.source, 40)))
    who = outside(one.author, 80)
    if points:
        facts.append((texts("community.fact.advocate"), texts("community.advocate", n=points)))
        who = f"★ {who}"
    return Item(id=one.id, title=who, under=outside(one.reason), facts=tuple(facts))


def _expert(one: Expert, texts: Texts, at: At) -> Item:
    topics = outside(", ".join(one.topics))
    facts = (
        (texts("community.fact.topics"), topics),
        (texts("community.fact.where"), outside(one.source, 40)),
        (texts("community.fact.consent"), one.consent),
        (texts("community.fact.noted"), f"{one.added_by} · {at(one.added_at)}"),
    )
    return Item(id=one.id, title=outside(one.author, 80), under=topics, facts=facts)
