"""A template and its values become two texts. ``{field}`` only: a template is a form, never code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from crisisdesk.model.draft import FieldValue
from crisisdesk.model.playbook import Bilingual, FieldKind, Template

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(?:\.[a-z_]+)?\}")
_FIELD_AND_STOP = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)(?:\.[a-z_]+)?\}(?P<stop>\.?(?!\.))")
_MONTHS = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def placeholders(text: str) -> tuple[str, ...]:
    """The field names that a template's text holds, in order, each once."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def shown(kind: FieldKind, value: FieldValue, lang: str, *, zone: str, now: datetime) -> str:
    """A value as the public reads it; ``""`` when it is empty in that language.

    Times are local, with the date when they are not of today; a text that was given in one language only stays
    empty in the other, so that nothing is published half translated.
    """
    if value.instant is not None:
        local, today = value.instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
        if kind is FieldKind.DATE:
            return day(local, lang)
        if local.date() == today:
            return f"{local:%H:%M}"
        joined = {"es": "{time} del {date}", "en": "{time} on {date}"}[lang]
        return joined.format(time=f"{local:%H:%M}", date=day(local, lang))
    return (value.text.en if lang == "en" else value.text.es).strip()


def day(local: datetime, lang: str) -> str:
    """A day as a text says it: «11 de marzo», "11 March"."""
    month = _MONTHS[lang][local.month - 1]
    return f"{local.day} de {month}" if lang == "es" else f"{local.day} {month}"


def render(
    template: Template, values: Mapping[str, FieldValue], *, zone: str, now: datetime
) -> Bilingual:
    """Both texts; a placeholder without a value stays as it is, an optional one goes with its sentence."""
    kinds = {f.name: f.kind for f in template.fields}
    optional = {f.name for f in template.fields if f.optional}

    def one(text: str, lang: str) -> str:
        words = {
            name: shown(kinds.get(name, FieldKind.TEXT), values[name], lang, zone=zone, now=now)
            for name in placeholders(text)
            if name in values
        }
        text = _without_empty(text, {n for n in optional if not words.get(n)})
        filled = _FIELD_AND_STOP.sub(lambda m: _fitted(words.get(m["name"], ""), m), _tidy(text))
        return filled[:1].upper() + filled[1:]

    return Bilingual(one(template.text.es, "es"), one(template.text.en, "en"))


def _without_empty(text: str, empty: set[str]) -> str:
    """Drop the sentences whose only fields are empty optional ones; elsewhere drop just the field."""
    kept = []
    for sentence in re.split(r"(?<=[.!?…])(?=\s)", text):
        names = set(placeholders(sentence))
        if names and names <= empty:
            continue
        kept.append(PLACEHOLDER.sub(lambda m: "" if m[1] in empty else m[0], sentence))
    return "".join(kept)


def _fitted(value: str, found: re.Match[str]) -> str:
    """The value in its place; the template's full stop gives way to one that the value brought."""
    if not value:
        return found[0]
    return value if value.endswith((".", "!", "?", "…")) else value + found["stop"]


def _tidy(text: str) -> str:
    """No doubled spaces and no space before a mark, where an optional field has left a gap."""
    return re.sub(r" +([.,;:])", r"\1", re.sub(r"[ \t]+", " ", text)).strip()
