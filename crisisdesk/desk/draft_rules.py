"""What must not leave the desk: the rules that stop a draft, and those that only deserve a look. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crisisdesk.desk import draft_after
from crisisdesk.desk.draft_after import Aftermath
from crisisdesk.desk.draft_tone import tone
from crisisdesk.model.approval import Approval, ApprovalState
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft, FieldValue, Problem
from crisisdesk.model.fact import Fact
from crisisdesk.model.finding import Severity
from crisisdesk.model.history import Foresight
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual, FieldKind, Playbook, Template, TemplateField
from crisisdesk.pipeline.drift import drifts
from crisisdesk.pipeline.lengths import Length, Unit, channel_of, measure
from crisisdesk.pipeline.openings import alike
from crisisdesk.pipeline.render import PLACEHOLDER, shown

_OWED = {
    FieldKind.NEXT_UPDATE: CommitmentKind.NEXT_UPDATE,
    FieldKind.PROMISE: CommitmentKind.RESOLUTION,
}

def owed_kind(kind: FieldKind, *, individual: bool) -> CommitmentKind | None:
    """Which kind of promise a field of this kind makes."""
    if kind is FieldKind.DATE:  # a compensation or a change by a day; a day that is past owes nothing
        return CommitmentKind.REMEDY
    owed = _OWED.get(kind)
    return CommitmentKind.INDIVIDUAL if individual and owed is CommitmentKind.RESOLUTION else owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the rules look at.

    Attributes:
        channel: where it is about to go out, or ``""``: then lengths only warn.
        lang: the language that is about to go out there, or ``""`` for every one.
        approvals: every question and answer about the draft.
        recent: the last texts that the public read, newest first.
        sheet: the facts that stand now.
        facts: each fact that it uses → that fact, and the one that stands in its place now.
        told: answers to other people that are out or on their way.
        foresights: field → what the history says of the solution time in it.
        after: what the texts that follow an incident are held against.
    """

    draft: Draft
    template: Template
    playbook: Playbook
    incident: Incident
    now: datetime
    answers: Commitment | None
    recent: tuple[Draft, ...]
    open_commitments: tuple[Commitment, ...]
    channel: str = ""
    lang: str = ""
    approvals: tuple[Approval, ...] = ()
    told: tuple[Draft, ...] = ()
    sheet: tuple[Fact, ...] = ()
    facts: Mapping[int, tuple[Fact, Fact]] = dataclasses.field(default_factory=dict)
    foresights: Mapping[str, Foresight] = dataclasses.field(default_factory=dict)
    after: Aftermath = dataclasses.field(default_factory=Aftermath)


def problems(case: Case) -> tuple[Problem, ...]:
    """Every reason why the draft may not be published, errors first, then what deserves a look."""
    found = [
        *_fields(case),
        *_gaps(case),
        *_forbidden(case),
        *_remedy(case),
        *_tone(case),
        *_approvals(case),
        *_changed_facts(case),
        *_lengths(case),
        *_languages(case),
        *_repeated(case),
        *_same_words(case),
        *draft_after.problems(
            case.draft, case.template, case.after, channel=case.channel, zone=case.incident.zone
        ),
    ]
    return tuple(sorted(found, key=lambda p: p.severity is not Severity.ERROR))


def _error(key: str, **rest: object) -> Problem:
    return Problem(severity=Severity.ERROR, key=key, **rest)  # type: ignore[arg-type]


def _warning(key: str, **rest: object) -> Problem:
    return Problem(severity=Severity.WARNING, key=key, **rest)  # type: ignore[arg-type]


def _fields(case: Case) -> Iterator[Problem]:
    for field in case.template.fields:
        value = case.draft.values.get(field.name, FieldValue())
        if value.empty:
            if not field.optional:
                yield _error("empty_field", field=field.name)
            continue
        yield from _one_language(case, field, value)
        yield from _time(case, field, value)


def _gaps(case: Case) -> Iterator[Problem]:
    """Something in braces that a person typed: the public would read it as a field that nobody filled in."""
    for name, value in case.draft.values.items():
        for lang in case.playbook.languages:
            found = PLACEHOLDER.search(value.text.en if lang == "en" else value.text.es)
            if found is not None:
                yield _error("gap_in_words", field=name, lang=lang, fields=(("words", found[0]),))


def _one_language(case: Case, field: TemplateField, value: FieldValue) -> Iterator[Problem]:
    for lang in case.playbook.languages:
        if value.instant is None and not (value.text.en if lang == "en" else value.text.es).strip():
            yield _error("missing_language", field=field.name, lang=lang)


def _time(case: Case, field: TemplateField, value: FieldValue) -> Iterator[Problem]:
    if field.kind not in _OWED or value.instant is None:
        if field.kind in _OWED:
            yield _error("not_a_time", field=field.name)
        return
    if value.instant <= case.now:
        time = shown(field.kind, value, "es", zone=case.incident.zone, now=case.now)
        yield _error("past_time", field=field.name, fields=(("time", time),))
    if field.kind is FieldKind.PROMISE:
        if not value.giver.strip():
            yield _error("promise_no_giver", field=field.name)
        elif not _may_give(case, value.giver):
            yield _warning(
                "promise_giver_not_allowed", field=field.name, fields=(("giver", value.giver),)
            )
        yield from _evidence(case, field, value)


def _evidence(case: Case, field: TemplateField, value: FieldValue) -> Iterator[Problem]:
    """Above the limit: what does somebody know that the history does not? With that and a name it may go out."""
    foresight = case.foresights.get(field.name)
    if foresight is not None and foresight.beyond and not (value.known.strip() and value.known_by.strip()):
        share, limit = round(100 * (foresight.frequency or 0.0)), round(100 * foresight.limit)
        yield _error("promise_over_limit", field=field.name, fields=(("n", str(share)), ("limit", str(limit))))


def _may_give(case: Case, giver: str) -> bool:
    allowed = set(case.playbook.commitments.may_give_time)
    for role_id in tuple(allowed):
        role = case.playbook.role(role_id)
        if role is not None:
            allowed |= {role.holder, role.deputy}
    return not allowed or giver in allowed


def _forbidden(case: Case) -> Iterator[Problem]:
    for name in case.template.forbids:
        value = case.draft.values.get(name)
        if value is not None and not value.empty:
            yield _error("forbidden_field", field=name)


def _remedy(case: Case) -> Iterator[Problem]:
    broken = case.answers is not None and case.answers.state is CommitmentState.BROKEN
    names = {f.name for f in case.template.fields}
    if broken and "remedio" in names and case.answers is not None and not case.answers.remedy:
        yield _error("remedy_missing", field="remedio")


def _tone(case: Case) -> Iterator[Problem]:
    yield from tone(
        case.draft,
        case.template,
        case.playbook.languages,
        zone=case.incident.zone,
        now=case.now,
        owed=case.open_commitments,
        sheet=case.sheet,
        recent=case.recent,
        told=case.after.times,
    )


def approvers(template: Template, playbook: Playbook, answers: Commitment | None) -> tuple[str, ...]:
    """Roles that must agree with a text. What makes a broken promise good always needs one, pre-cleared or not."""
    broken = answers is not None and answers.state is CommitmentState.BROKEN
    if broken and answers is not None and answers.kind is not CommitmentKind.NEXT_UPDATE:
        return template.approves or (playbook.owner,)
    return () if template.pre_cleared else template.approves


def _named(case: Case, role_id: str) -> tuple[tuple[str, str], ...]:
    role = case.playbook.role(role_id)
    name = role.name.es if role and role.name.es else role_id
    other = role.name.en if role and role.name.en else role_id
    return (("role", name), ("role_en", other))


def _approvals(case: Case) -> Iterator[Problem]:
    """Only an objection stops; but where agreement is needed, silence and one that has run out are none."""
    for approval in case.approvals:
        if approval.state is ApprovalState.OBJECTED:
            parts = (*_named(case, approval.role), ("who", approval.by), ("reason", approval.reason))
            yield _error("objection", field=approval.role, fields=parts)
    holding = {a.role: a for a in case.approvals if a.holds(case.now) and a.digest in ("", case.draft.digest)}
    wanted = approvers(case.template, case.playbook, case.answers)
    for role_id in wanted:
        if role_id not in holding:
            expired = role_id in case.draft.approvals
            key = "approval_expired" if expired else "not_approved"
            yield _error(key, field=role_id, fields=_named(case, role_id))
    yield from _second_pair_of_eyes(case, {a.by for a in holding.values()}, asked=bool(wanted))


def _second_pair_of_eyes(case: Case, agreed: set[str], *, asked: bool) -> Iterator[Problem]:
    """Where the playbook wants two people, whoever wrote a text is never the only one who has agreed with it."""
    authors = {_person(a) for a in case.draft.authors}
    others = {_person(a) for a in agreed} - authors
    if others:
        return
    if case.template.two_people:
        yield _error("two_people", fields=(("who", ", ".join(case.draft.authors) or "—"),))
    elif asked and agreed and len(authors) == 1:
        yield _warning("own_approval", fields=(("who", ", ".join(sorted(agreed))),))


def _person(name: str) -> str:
    return " ".join(name.casefold().split())


def _changed_facts(case: Case) -> Iterator[Problem]:
    """A fact that the text uses does not stand any more."""
    for name, value in case.draft.values.items():
        pair = case.facts.get(value.fact_id) if value.fact_id is not None else None
        if pair is None or not changed(*pair):
            continue
        old, new = pair
        said = (("old", old.value.es), ("new", new.value.es), ("old_en", old.value.en), ("new_en", new.value.en))
        yield _warning("changed_fact", field=name, fields=(*said, ("who", new.said_by)))


def changed(old: Fact, new: Fact) -> bool:
    """Whether what stands now says something else than what was used."""
    return old.id != new.id and (old.value, old.section) != (new.value, new.section)


def _lengths(case: Case) -> Iterator[Problem]:
    """What does not fit the channel that it is going to blocks; for the template's other channels it is a warning."""
    chosen = channel_of(case.channel).id if case.channel else ""
    names = dict.fromkeys(filter(None, (case.channel, *(name for name, _limit in case.template.limits))))
    seen: set[str] = set()
    for name in names:
        known = channel_of(name).id
        if known in seen:
            continue
        seen.add(known)
        for lang in case.playbook.languages:
            text = case.draft.body.en if lang == "en" else case.draft.body.es
            length = measure(text, name, lang, limits=case.template.limits)
            if length.fits:
                continue
            blocks = known == chosen and case.lang in ("", lang)
            tell = _error if blocks else _warning
            yield tell(_length_key(length), lang=lang, fields=_length_parts(length, name))


def _length_key(length: Length) -> str:
    if length.unit is Unit.SMS:
        return "too_long_sms"
    if length.limit is not None and length.used > length.limit:
        return "too_long_voice" if length.unit is Unit.SECONDS else "too_long"
    return "too_long_bytes"


def _length_parts(length: Length, name: str) -> tuple[tuple[str, str], ...]:
    if length.unit is Unit.SMS:
        n, limit = length.segments, length.limit_segments
    elif length.limit is not None and length.used > length.limit:
        n, limit = length.used, length.limit
    else:
        n, limit = length.used_bytes, length.limit_bytes
    return (("channel", name), ("n", str(n)), ("limit", str(limit)))


def _languages(case: Case) -> Iterator[Problem]:
    es, en = case.draft.body.es, case.draft.body.en
    if PLACEHOLDER.search(es) or PLACEHOLDER.search(en) or not es or not en:
        return
    typed = [v.text for v in case.draft.values.values() if v.instant is None and v.fact_id is None]
    told = Bilingual("\n".join(text.es for text in typed), "\n".join(text.en for text in typed))
    for drift in drifts(case.draft.body, told=told, pairs=(fact.value for fact in case.sheet)):
        parts = (("es", ", ".join(drift.only_es) or "—"), ("en", ", ".join(drift.only_en) or "—"))
        yield _warning(f"{drift.kind}_differ", fields=parts)


def _repeated(case: Case) -> Iterator[Problem]:
    if case.recent and case.recent[0].body == case.draft.body:
        yield _error("same_as_last")


_NAME: Final = "nombre"


def _same_words(case: Case) -> Iterator[Problem]:
    """Two people compare what they were told: the same words to both, but for the name, are no answer."""
    if case.draft.mention_id is None:
        return
    for lang in (case.lang,) if case.lang else case.playbook.languages:
        mine = _alike(case.draft, lang)
        for other in case.told:
            if other.mention_id != case.draft.mention_id and _alike(other, lang) == mine:
                who = _called(other, lang) or str(other.mention_id)
                yield _error("same_words", lang=lang, fields=(("who", who),))
                break


def _called(draft: Draft, lang: str) -> str:
    value = draft.values.get(_NAME)
    return value.text.get(lang) if value is not None else ""


def _alike(draft: Draft, lang: str) -> str:
    return alike(draft.body.get(lang), _called(draft, lang))
