"""What the lint asks about a draft, with what the desk knows: the ledger, the truth sheet, what the public has read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.model.commitment import Commitment
from crisisdesk.model.draft import Draft, FieldValue, Problem
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Audience, FieldKind, Template
from crisisdesk.pipeline.lint import Context, lint
from crisisdesk.pipeline.render import shown

APOLOGY: Final = "reconstruir.disculpa"
_PROMISES: Final = ("promise.time", "promise.update")
_NEVER: Final = ("apology.conditional", "data.secret")
_NEVER_IN_APOLOGY: Final = ("blame.customer", "blame.third_party", "minimising")
"""An apology that blames or plays down is none: it makes the crisis worse, so it does not go out."""
_ALONE: Final = (Audience.INTERNAL, Audience.CALLERS, Audience.REGULATOR, Audience.KEY_CLIENTS)
_CAUSE: Final = "causa"


def tone(
    draft: Draft,
    template: Template,
    languages: Sequence[str],
    *,
    zone: str,
    now: datetime,
    owed: Iterable[Commitment] = (),
    sheet: Iterable[Fact] = (),
    recent: Sequence[Draft] = (),
    told: Sequence[str] = (),
) -> Iterator[Problem]:
    """Each finding of the lint as a problem; the playbook's own words were checked when it was loaded.

    Args:
        owed: promises that stand in the ledger.
        sheet: the facts that stand now: a proven cause and a total outage may be said.
        recent: the last texts that the public read.
        told: more hours and days that promise nothing, as they are shown.
    """
    facts = tuple(sheet)
    ledger = [f"{c.due_at.astimezone(ZoneInfo(zone)):%H:%M}" for c in owed]
    for lang in languages:
        context = Context(
            registered=(*_own_times(draft, template, lang, zone, now), *ledger, *told),
            recent=tuple(_read(recent, draft, lang)),
            cause_verified=any(f.key.casefold().startswith(_CAUSE) and f.proven for f in _known(facts)),
            outage_total=any(_says_total(f, lang) for f in _known(facts)),
        )
        own = template.text.en if lang == "en" else template.text.es
        place = "privado" if template.audience in _ALONE else ""
        for hit in lint(draft.body.get(lang), lang, channel=place, context=context):
            if hit.words in own:
                continue
            yield Problem(
                severity=_severity(hit.rule, template),
                key=_key(hit.rule),
                field=_holder(draft, hit.words, lang),
                lang=lang,
                span=hit.span,
                fields=(("words", hit.words), ("rule", hit.rule)),
            )


def _key(rule: str) -> str:
    if rule in _PROMISES:
        return "unregistered_promise"
    return "conditional_apology" if rule == "apology.conditional" else "tone"


def _severity(rule: str, template: Template) -> Severity:
    blocks = rule in (*_PROMISES, *_NEVER) or (APOLOGY in template.tags and rule in _NEVER_IN_APOLOGY)
    return Severity.ERROR if blocks else Severity.WARNING


def _holder(draft: Draft, words: str, lang: str) -> str:
    """The field that a person wrote the words in, or ``""`` where they run over several."""
    folded = words.casefold()
    return next((n for n, v in draft.values.items() if folded in v.text.get(lang).casefold()), "")


def _read(recent: Sequence[Draft], draft: Draft, lang: str) -> Iterator[str]:
    """What the public has read; also field by field, for the template's own words may have stood before them."""
    for one in recent:
        if one.body.get(lang) != draft.body.get(lang):  # the whole text again is a problem of its own
            yield one.body.get(lang)
            yield from (value.text.get(lang) for value in one.values.values() if value.instant is None)


def _own_times(draft: Draft, template: Template, lang: str, zone: str, now: datetime) -> Iterator[str]:
    """The times that the form itself holds: they are entered in the ledger when the text is out."""
    for field in template.fields:
        value = draft.values.get(field.name, FieldValue())
        if value.instant is not None and (told := shown(field.kind, value, lang, zone=zone, now=now)):
            yield told if field.kind is FieldKind.DATE else told[:5]


def _known(facts: Iterable[Fact]) -> Iterator[Fact]:
    return (fact for fact in facts if fact.section is FactSection.KNOW)


def _says_total(fact: Fact, lang: str) -> bool:
    return _total(fact.value.get(lang), lang)


@lru_cache(maxsize=256)
def _total(words: str, lang: str) -> bool:
    """Kept, for the sheet is asked at each look at a draft."""
    return any(hit.rule == "absolute.outage" for hit in lint(words, lang))
