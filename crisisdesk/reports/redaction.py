"""The public cut: what may leave the house. What is not named here as public is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from crisisdesk.model.alert import Alert, Explanation
from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.draft import Draft
from crisisdesk.model.mention import Mention, StoredMention
from crisisdesk.model.playbook import Audience, Bilingual
from crisisdesk.model.review import ReviewData, scores
from crisisdesk.model.room import ChartData
from crisisdesk.model.timeline import Entry
from crisisdesk.reports.base import Cut, cut_named

# Kinds of entries that tell what the public saw or was owed, each with the values that may be told.
PUBLIC_KINDS: Final[dict[str, frozenset[str]]] = {
    "alert.raised": frozenset({"count", "minutes", "expected", "ratio", "since", "of"}),
    "incident.opened": frozenset({"title", "level", "started"}),
    "incident.level_set": frozenset({"level", "level_name"}),
    "incident.reopened": frozenset(),
    "incident.closed": frozenset(),
    "draft.published": frozenset({"template", "channel", "url"}),
    "commitment.made": frozenset({"what", "due"}),
    "commitment.kept": frozenset({"what", "due", "lateness"}),
    "commitment.moved": frozenset({"what", "old_due", "new_due"}),
    "commitment.withdrawn": frozenset({"what", "due"}),
    "commitment.broken": frozenset({"what", "due"}),
    "commitment.remedied": frozenset({"what", "due", "remedy"}),
    "commitment.fulfilled": frozenset({"what", "due", "lateness"}),
}
HIDDEN_NAME: Final = "…"
_PRIVATE: Final = (CommitmentKind.INDIVIDUAL, CommitmentKind.INTERNAL)
_BETWEEN: Final = r"[\W_]{0,3}"
_DIGITS: Final = 10
_FEWEST: Final = 7  # digits of what can be a phone
_HANDLE = re.compile(r"@[\w.@-]+")


def cut_of(data: ReviewData, cut: str) -> ReviewData:
    """The data that ``cut`` may hold; ``InputError`` (``report.cut``) for an unknown one."""
    return data if cut_named(cut) is Cut.INTERNAL else public(data)


def public(data: ReviewData) -> ReviewData:
    """The incident without people: no contacts, calls, tasks, facts, notes, actors, authors or addresses of posts.

    Every text that was not for the public is left out (notes to the staff, scripts, answers to one person, what went to
    the press, a regulator or key clients), and so is what was promised to one person, inside, or in such a text. What
    somebody wrote in private is not quoted. Names and phones of contacts are struck from the words that remain;
    published texts stay as the public read them.
    """
    strike = _striker(data)
    texts = tuple(d for d in data.published if for_everybody(data, d))
    read = {None, *(d.id for d in texts)}
    private = {c.id for c in data.commitments if c.kind in _PRIVATE or c.draft_id not in read}
    answers = {d.id for d in data.published if d.mention_id is not None}
    owed = tuple(c for c in data.commitments if c.id not in private)
    promises, updates = scores(owed)
    entries = (e for e in data.entries if e.kind in PUBLIC_KINDS and not _about(e, private) and _told(data, e, answers))
    return replace(
        data,
        actor="",
        chart=_chart(data.chart, {d.published_at for d in texts}),
        incident=replace(data.incident, title=_struck(data.incident.title, strike)),
        alert=_alert(data.alert),
        entries=tuple(_entry(e, strike) for e in entries),
        originals=(),
        published=tuple(_draft(d) for d in texts),
        commitments=tuple(_commitment(c, strike) for c in owed),
        promises=promises,
        updates=updates,
        facts=(),
        tasks=(),
        assignments=(),
        contacts=(),
        escalations=(),
        attempts=(),
        followup=None,
        duties=tuple(replace(duty, rows=()) for duty in data.duties),
        areas=(),
        call_centre=None,
        calibration=(),
        calibration_all=(),
        examples=tuple(_mention(m, strike) for m in data.examples if not m.mention.private),
    )


def _striker(data: ReviewData) -> re.Pattern[str] | None:
    """A pattern of every name, key, phone and mail of the contacts, longest first; whole words only.

    A key that is one plain word («soporte») is a word of the language and tells nobody's name.
    """
    told = (w.strip() for c in data.contacts for w in (c.name, "" if c.slug.isalpha() else c.slug, c.email))
    words = sorted({re.escape(w) for w in told if len(w) >= 3}, key=len, reverse=True)
    names = rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else ""
    known = "|".join(filter(None, (names, written_phones(c.phone for c in data.contacts))))
    return re.compile(known, re.IGNORECASE) if known else None


def written_phones(phones: Iterable[str], between: str = _BETWEEN) -> str:
    """A pattern of every phone however it is written, by its last ten digits and some before them; ``""`` for none.

    Args:
        between: what may stand between two digits.
    """
    digits = {re.sub(r"\D", "", phone)[-_DIGITS:] for phone in phones}
    found = [between.join(one) for one in sorted(digits, key=len, reverse=True) if len(one) >= _FEWEST]
    return rf"(?:\+?\d(?:{between}\d){{0,3}}{between})?(?:{'|'.join(found)})" if found else ""


def phones_of(phones: Iterable[str]) -> re.Pattern[str] | None:
    """:func:`written_phones`, compiled."""
    known = written_phones(phones)
    return re.compile(known) if known else None


def _struck(text: str, strike: re.Pattern[str] | None) -> str:
    return strike.sub(HIDDEN_NAME, text) if strike else text


def _both(pair: Bilingual, strike: re.Pattern[str] | None) -> Bilingual:
    return Bilingual(_struck(pair.es, strike), _struck(pair.en, strike))


def _chart(chart: ChartData, said: set[datetime | None]) -> ChartData:
    """The chart without our tasks, texts that were not for the public, and the accounts that we hear with."""
    flags = tuple(f for f in chart.flags if f.kind != "task" and (f.kind != "published" or f.at in said))
    return replace(chart, flags=flags, gaps=tuple(replace(g, source=g.source.partition(":")[0]) for g in chart.gaps))


def _about(entry: Entry, private: set[int]) -> bool:
    """Whether an entry tells of a promise that is not for everybody."""
    return entry.kind.startswith("commitment.") and entry.data.get("id") in private


def _told(data: ReviewData, entry: Entry, answers: set[int]) -> bool:
    """Whether an entry that tells of a text tells of one that the public read."""
    if entry.kind != "draft.published":
        return True
    template = str(entry.data.get("template_id", ""))
    return data.playbook.audience_of(template) is Audience.PUBLIC and entry.data.get("draft") not in answers


def _entry(entry: Entry, strike: re.Pattern[str] | None) -> Entry:
    told = {name: value for name, value in entry.data.items() if name in PUBLIC_KINDS[entry.kind]}
    data = {name: _value(name, value, strike) for name, value in told.items()}
    return replace(entry, actor="", text="", data=data, starred=False, revises=None, revised_by=None, attachments=())


def _value(name: str, value: object, strike: re.Pattern[str] | None) -> object:
    if isinstance(value, str):
        return value if name == "url" else _struck(value, strike)
    if isinstance(value, Mapping):
        return {key: _struck(str(text), strike) for key, text in value.items()}
    return value


def for_everybody(data: ReviewData, draft: Draft) -> bool:
    """Whether a published text was for everybody; an answer is read by one person."""
    return draft.mention_id is None and data.playbook.audience_of(draft.template_id) is Audience.PUBLIC


def _draft(one: Draft) -> Draft:
    return replace(one, approvals={}, created_by="", values={}, authors=())


def _commitment(one: Commitment, strike: re.Pattern[str] | None) -> Commitment:
    return replace(
        one,
        what=_both(one.what, strike),
        to_whom="",
        owner="",
        giver="",
        reason="",
        remedy=_struck(one.remedy, strike),
        known="",
        known_by="",
        foresight=None,
    )


def _mention(stored: StoredMention, strike: re.Pattern[str] | None) -> StoredMention:
    text = unaddressed(_struck(stored.mention.text, strike))
    said = stored.mention
    mention = Mention(
        source=said.source, account="", native_id="", published_at=said.published_at, fetched_at=said.fetched_at,
        text=text, channel=said.channel, lang=said.lang, is_repost=said.is_repost, date_doubtful=said.date_doubtful,
    )  # fmt: skip
    return replace(stored, mention=mention, verdict=replace(stored.verdict, words=(), signs=()))


def unaddressed(text: str) -> str:
    """Words of somebody without whom they name with an @."""
    return _HANDLE.sub("@" + HIDDEN_NAME, text)


def _alert(alert: Alert | None) -> Alert | None:
    if alert is None:
        return None
    first = alert.first and replace(alert.first, explanation=_unquoted(alert.first.explanation))
    return replace(alert, closed_reason="", explanation=_unquoted(alert.explanation), first=first)


def _unquoted(one: Explanation) -> Explanation:
    return replace(one, examples=())
