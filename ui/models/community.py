"""What the community's four lists show: a line, a smaller one below it, and the facts beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from crisisdesk.model.author import BANDS, LURKERS, Crowd, Level, Member
from crisisdesk.model.community import (
    IDEA_STEPS,
    TOLD,
    Expert,
    Idea,
    Kudos,
    Question,
    Rumour,
    RumourReach,
    RumourVerdict,
)
from crisisdesk.model.mention import StoredMention
from crisisdesk.pipeline.engagement import band
from crisisdesk.texts import Texts
from crisisdesk.words import number, percent
from ui.models.columns import WARNING_MARK, outside

SECTIONS: Final = ("rumours", "ideas", "thanks", "experts", "questions", "vips", "levels")
_NAMED: Final = 20

At = Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """What the page reads; rumours and ideas are those of the incident on screen, the crowd only when it is shown."""

    rumours: tuple[tuple[Rumour, RumourReach], ...] = ()
    ideas: tuple[Idea, ...] = ()
    kudos: tuple[Kudos, ...] = ()
    advocates: tuple[tuple[str, str, int], ...] = ()
    experts: tuple[Expert, ...] = ()
    questions: tuple[tuple[Question, StoredMention | None], ...] = ()
    vips: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)
    crowd: Crowd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row; ``facts`` are a name, a value and perhaps a note each; ``warn`` marks what asks for care.

    ``steps`` are those that can be done with it, ``None`` where all can.
    """

    id: int
    title: str
    under: str
    facts: tuple[tuple[str, ...], ...] = ()
    warn: bool = False
    steps: frozenset[str] | None = None


def items(section: str, circle: Circle, texts: Texts, at: At) -> tuple[Item, ...]:
    """The rows of one list, newest first; ``at`` writes a time."""
    if section == "rumours":
        return tuple(_rumour(one, reach, texts, at) for one, reach in reversed(circle.rumours))
    if section == "ideas":
        return tuple(_idea(one, texts, at) for one in reversed(circle.ideas))
    if section == "questions":
        return tuple(_question(*one, texts, at) for one in reversed(circle.questions))
    if section == "thanks":
        points = {(source, author): n for source, author, n in circle.advocates}
        return tuple(_thanks(one, points.get((one.source, one.author), 0), texts, at) for one in reversed(circle.kudos))
    if section == "vips":
        return tuple(_vips(n, *one, texts, at) for n, one in enumerate(circle.vips.items(), 1))
    if section == "levels":
        return _levels(circle.crowd, texts, at) if circle.crowd is not None and circle.crowd.authors else ()
    return tuple(_expert(one, texts, at) for one in circle.experts)


def _rumour(one: Rumour, reach: RumourReach, texts: Texts, at: At) -> Item:
    verdict = texts(f"community.verdict.{one.verdict.value}")
    shown, voices, followers = (number(n, texts) for n in (reach.mentions, reach.authors, reach.followers))
    wide = texts("community.reach", n=reach.mentions, shown=shown, voices=voices, followers=followers)
    facts: list[tuple[str, ...]] = [(texts("community.fact.verdict"), verdict), (texts("community.fact.reach"), wide)]
    if one.contradicted:
        facts.append((texts("community.fact.contradicted"), f"{WARNING_MARK} {texts('community.contradicted')}"))
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
        under = f"{again} · {under}"
    for gone in one.past:
        was = f"{texts(f'community.verdict.{gone.verdict.value}')}: {gone.evidence}"
        facts.append((texts("community.fact.was"), was, f"{gone.by} · {at(gone.at)}: {gone.reason}"))
    steps = {"mentions", *(("false", "true", "unclear") if one.decided_at is None else ("reopen",))}
    if one.verdict is RumourVerdict.FALSE:
        steps.add("correct")
    warn = bool(reach.after) or one.contradicted
    under = f"{WARNING_MARK} {under}" if warn else under
    return Item(
        id=one.id, title=outside(one.claim), under=under, facts=tuple(facts), warn=warn, steps=frozenset(steps)
    )


def _idea(one: Idea, texts: Texts, at: At) -> Item:
    lang = texts.lang
    state = texts(f"community.idea.{one.state.value}")
    asked = texts("community.asked_by", n=len(one.mention_ids))
    facts: list[tuple[str, ...]] = [
        (texts("community.fact.state"), state),
        (texts("community.fact.said"), one.said.get(lang)),
        (texts("community.fact.asked"), asked),
        (texts("community.fact.noted"), f"{one.by} · {at(one.at)}"),
    ]
    for step in one.steps:
        noted = f"{step.by} · {at(step.at)}"
        facts.append((texts(f"community.idea.{step.state.value}"), step.words.get(lang) or "✓", noted))
    if one.did.get(lang) and not one.steps:  # noted as done before ideas had states
        facts.append((texts("community.fact.did"), one.did.get(lang)))
    told = f" → {outside(one.did.get(lang))}" if one.did.get(lang) else ""
    steps = {"join", *(step.value for step in IDEA_STEPS[one.state]), *(("tell",) if one.state in TOLD else ())}
    return Item(
        id=one.id, title=outside(one.said.get(lang)), under=f"{state} · {asked}{told}", facts=tuple(facts),
        steps=frozenset(steps),
    )  # fmt: skip


def _question(one: Question, heard: StoredMention | None, texts: Texts, at: At) -> Item:
    facts: list[tuple[str, ...]] = [
        (texts("community.fact.question"), one.text, one.topic),
        (texts("community.fact.where"), outside(one.source, 40)),
        (texts("community.fact.asked_by"), f"{one.asked_by} · {at(one.asked_at)}"),
    ]
    if one.mention_id is not None:
        facts.append((texts("community.fact.asker"), texts("community.asker_mention", id=one.mention_id)))
    if one.answered_at is not None:
        facts.append((texts("community.fact.answer"), one.answer, f"{one.told_by} · {at(one.answered_at)}"))
        state = outside(one.answer)
    elif heard is not None:
        facts.append((texts("community.fact.heard"), heard.mention.text, at(heard.mention.published_at)))
        state = f"{WARNING_MARK} {texts('community.has_spoken')}"
    else:
        state = texts("community.waiting")
    title = f"{outside(one.author, 60)}: {outside(one.text, 120)}"
    warn = heard is not None and one.answered_at is None
    steps = frozenset[str]() if one.answered_at is not None else None
    return Item(id=one.id, title=title, under=state, facts=tuple(facts), warn=warn, steps=steps)


def _thanks(one: Kudos, points: int, texts: Texts, at: At) -> Item:
    facts: list[tuple[str, ...]] = [
        (texts("community.fact.reason"), one.reason),
        (texts("community.fact.noted"), f"{one.by} · {at(one.at)}"),
        (texts("community.fact.where"), outside(one.source, 40)),
    ]
    who, under = outside(one.author, 80), outside(one.reason)
    if points:
        facts.append((texts("community.fact.advocate"), texts("community.advocate", n=points)))
        who = f"★ {who}"
    steps = {"statement", "undo"}
    if one.undone_at is not None:
        noted = f"{one.undone_by} · {at(one.undone_at)}"
        facts.append((texts("community.fact.undone"), one.undone_reason, noted))
        under = f"{texts('community.undone')} · {under}"
        steps.discard("undo")
    return Item(id=one.id, title=who, under=under, facts=tuple(facts), steps=frozenset(steps))


def _expert(one: Expert, texts: Texts, at: At) -> Item:
    topics = outside(", ".join(one.topics))
    facts = (
        (texts("community.fact.topics"), topics),
        (texts("community.fact.where"), outside(one.source, 40)),
        (texts("community.fact.consent"), one.consent),
        (texts("community.fact.noted"), f"{one.added_by} · {at(one.added_at)}"),
    )
    return Item(id=one.id, title=outside(one.author, 80), under=topics, facts=facts)


def _vips(n: int, name: str, members: tuple[Member, ...], texts: Texts, at: At) -> Item:
    facts: list[tuple[str, ...]] = []
    for one in members[:_NAMED]:
        noted = f"{outside(one.by, 40)} · {at(one.at)}" if one.at is not None else outside(one.by, 40)
        facts.append((outside(one.source, 40), one.name, noted))
    if len(members) > _NAMED:
        facts.append(("", texts("community.more_people", n=len(members) - _NAMED)))
    under = texts("community.members", n=len(members))
    return Item(id=n, title=f"★ {outside(name, 40)}", under=under, facts=tuple(facts))


def _levels(crowd: Crowd, texts: Texts, at: At) -> tuple[Item, ...]:
    """The three levels that can be seen, and the fourth, of which it is said that it cannot."""
    looked = texts("community.looked", n=crowd.mentions, shown=number(crowd.mentions, texts), since=_since(crowd, at))
    nameless = number(crowd.nameless, texts)
    common = ((texts("community.fact.looked"), looked), (texts("community.fact.nameless"), nameless))
    found = [_level(n, one, crowd, common, texts) for n, one in enumerate(Level, 1)]
    only_read = texts("community.level.lurker", share=percent(LURKERS / 100, texts))
    facts = ((texts("community.fact.why"), texts("community.level.why")), *common)
    unseen = Item(id=len(found) + 1, title=texts("community.level.unseen"), under=only_read, facts=facts)
    return (*found, unseen)


def _level(n: int, level: Level, crowd: Crowd, common: tuple[tuple[str, str], ...], texts: Texts) -> Item:
    voices = crowd.voices[level]
    share = Fraction(len(voices), crowd.authors)
    low, high = band(level)
    place = "below" if share < low else "above" if share > high else "within"
    name, shown = texts(f"inbox.author.level.{level.value}"), number(len(voices), texts)
    title = texts("community.level.title", n=len(voices), level=name, share=percent(float(share), texts), shown=shown)
    whole_low, whole_high = (percent(part / 100, texts) for part in BANDS[level])
    ends = {"low": percent(float(low), texts), "high": percent(float(high), texts)}
    facts: list[tuple[str, ...]] = [
        (texts("community.fact.speak"), texts("community.level.range", **ends)),
        (texts("community.fact.whole"), texts("community.level.range", low=whole_low, high=whole_high)),
        *common,
    ]
    for one in voices[:_NAMED]:
        acts = one.acts
        done = texts("community.level.acts", starts=acts.starts, answers=acts.answers, asks=acts.asks + acts.forwards)
        facts.append((outside(one.source, 40), one.name, done))
    under = f"{texts(f'community.level.{place}')} · {texts('community.level.band', **ends)}"
    return Item(id=n, title=title, under=under, facts=tuple(facts))


def _since(crowd: Crowd, at: At) -> str:
    return at(crowd.since) if crowd.since is not None else ""
