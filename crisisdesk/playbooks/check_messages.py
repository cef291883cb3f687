"""Checks of templates: each can be filled in, says the same in both languages, fits, and promises nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import FieldKind, Template
from crisisdesk.playbooks.book import Book
from crisisdesk.playbooks.forms import FIELD_NAME, PLACEHOLDER
from crisisdesk.playbooks.phrases import fold
from crisisdesk.playbooks.schema import nearest
from crisisdesk.playbooks.strategy import mixes_denial
from crisisdesk.playbooks.vocabulary import TYPICAL_LENGTH

DESK_OPENS: Final = frozenset({"sin_hora", "con_hora", "cambio_hora", "promesa_incumplida", "disculpa"})
"""Templates that the desk opens by itself when a promise is made, moved, withdrawn or broken."""
FIRST_MESSAGE: Final = "primer_mensaje"
WITH_TIME: Final = "con_hora"
SOLUTION_TIMES: Final = frozenset({"hora_solucion", "hora_fin", "promesa", "solution_time", "end_time", "promise"})
LANGUAGES: Final = ("es", "en")
SPOKEN: Final = frozenset({"ivr", "voz", "voice"})
"""Channels whose number is seconds read aloud; the letters that fit into one, as ``pipeline/speech.py`` counts them."""
LETTERS_A_SECOND: Final = 15

_PROMISES: Final = (
    r"en breve", r"lo antes posible", r"cuanto antes", r"muy pronto", r"en (?:los proximos|unos) minutos",
    r"garantizamos", r"definitivamente", r"(?:quedara|estara) (?:resuelto|solucionado|listo)", r"sin falta",
    r"antes de las? \d", r"a las \d{1,2}[:.]\d\d", r"en \d+ (?:minutos|horas)", r"shortly", r"very soon",
    r"as soon as possible", r"we guarantee", r"definitely", r"will be (?:fixed|resolved|back)", r"before \d",
    r"by \d{1,2}[:.]\d\d", r"in \d+ (?:minutes|hours)", r"any moment",
)  # fmt: skip
_PROMISE: Final = re.compile(r"\b(?:" + "|".join(_PROMISES) + r")")
_FIGURE: Final = re.compile(r"\d+(?:[:.,]\d+)*")


def texts_of(template: Template) -> tuple[tuple[str, str], ...]:
    """The texts that a template has, with their language."""
    return tuple((lang, text) for lang in LANGUAGES if (text := getattr(template.text, lang)))


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces, in order."""
    return tuple(PLACEHOLDER.findall(text))


def literal(text: str) -> str:
    """The text without its placeholders."""
    return PLACEHOLDER.sub("…", text)


def references(book: Book) -> Iterator[Finding]:
    """14: templates that are named but absent, or there but never named."""
    ids = [template.id for template in book.playbook.templates]
    named = {name for _, name in book.reading.templates} | DESK_OPENS
    for path, name in book.reading.templates:
        if name not in ids:
            near = nearest(name, ids)
            yield book.error(14, "template_absent_near" if near else "template_absent", path, template=name, near=near)
    for name in ids:
        if name not in named:
            yield book.warning(14, "template_unused", f"plantillas.{name}", template=name)


def fields(book: Book) -> Iterator[Finding]:
    """15: placeholders without a field, fields without a placeholder, braces that are neither."""
    for template in book.playbook.templates:
        declared = [field.name for field in template.fields]
        used: set[str] = set()
        for lang, text in texts_of(template):
            path = f"plantillas.{template.id}.{lang}"
            for name in placeholders(text):
                used.add(name)
                if not FIELD_NAME.fullmatch(name):
                    yield book.error(15, "bad_placeholder", path, name=name, template=template.id)
                elif name not in declared:
                    near = nearest(name, declared)
                    key = "placeholder_undeclared_near" if near else "placeholder_undeclared"
                    yield book.error(15, key, path, name=name, near=near, template=template.id)
            if "{" in literal(text) or "}" in literal(text):
                yield book.error(15, "loose_brace", path, template=template.id)
        for name in declared:
            if used and name not in used:
                yield book.error(15, "field_unused", f"plantillas.{template.id}.campos.{name}", name=name,
                                 template=template.id)  # fmt: skip


def drift(book: Book) -> Iterator[Finding]:
    """16: the two languages do not carry the same fields or the same figures."""
    for template in book.playbook.templates:
        es, en = template.text.es, template.text.en
        if not es or not en:
            continue
        path = f"plantillas.{template.id}.en"
        only_es, only_en = set(placeholders(es)) - set(placeholders(en)), set(placeholders(en)) - set(placeholders(es))
        if only_es or only_en:
            yield book.error(16, "placeholders_differ", path, template=template.id,
                             es=", ".join(sorted(only_es)) or "–", en=", ".join(sorted(only_en)) or "–")  # fmt: skip
        figures = [sorted(_FIGURE.findall(literal(text))) for text in (es, en)]
        if figures[0] != figures[1]:
            yield book.warning(16, "figures_differ", path, template=template.id,
                               es=", ".join(figures[0]) or "–", en=", ".join(figures[1]) or "–")  # fmt: skip


def languages(book: Book) -> Iterator[Finding]:
    """17: a text that lacks one of the playbook's languages."""
    for path, pair in book.reading.pairs:
        for lang in book.playbook.languages:
            if not getattr(pair, lang) and (pair.es or pair.en):
                yield book.warning(17, f"missing_{lang}", path)


def times(book: Book) -> Iterator[Finding]:
    """18: a text with a time that has no promise field, and a first message that gives one."""
    for template in book.playbook.templates:
        path = f"plantillas.{template.id}.campos"
        kinds = {field.kind for field in template.fields}
        if template.id == WITH_TIME and FieldKind.PROMISE not in kinds:
            yield book.error(18, "no_promise_field", path, template=template.id)
        for field in template.fields:
            timed = field.kind is FieldKind.PROMISE or field.name in SOLUTION_TIMES
            if template.id == FIRST_MESSAGE and timed:
                yield book.error(18, "first_message_promises", f"{path}.{field.name}", name=field.name)
            if field.name in template.forbids:
                yield book.error(18, "forbidden_field", f"{path}.{field.name}", name=field.name, template=template.id)


def promises(book: Book) -> Iterator[Finding]:
    """19: words that promise a time outside any field, where the ledger cannot see them."""
    for template in book.playbook.templates:
        for lang, text in texts_of(template):
            found = _PROMISE.search(fold(literal(text)))
            if found:
                path = f"plantillas.{template.id}.{lang}"
                yield book.warning(19, "promise_outside", path, template=template.id, phrase=found[0])


def lengths(book: Book) -> Iterator[Finding]:
    """20: a text that will not fit its channel once its fields are filled in as usual."""
    for template in book.playbook.templates:
        kinds = {field.name: field for field in template.fields}
        for lang, text in texts_of(template):
            # Optional sentences are the first to go where there is little room.
            filled = [TYPICAL_LENGTH[kinds[name].kind] for name in placeholders(text)
                      if name in kinds and not kinds[name].optional]  # fmt: skip
            length = len(PLACEHOLDER.sub("", text)) + sum(filled)
            for channel, number in template.limits:
                limit = number * LETTERS_A_SECOND if channel in SPOKEN else number
                if length > limit:
                    path = f"plantillas.{template.id}.canales.{channel}"
                    yield book.warning(20, "too_long", path, template=template.id, lang=lang, channel=channel,
                                       limit=limit, length=length)  # fmt: skip


def strategy(book: Book) -> Iterator[Finding]:
    """21: a template that does what the strategy forbids, or denies and apologises at once; a strategy that does."""
    chosen = book.playbook.strategy
    for index, tag in enumerate(chosen.use):
        if tag in chosen.avoid:
            yield book.error(21, "strategy_contradicts", f"estrategia.usar[{index}]", tag=tag)
    if mixes_denial(chosen.use):
        yield book.error(21, "strategy_denies", "estrategia.usar")
    for template in book.playbook.templates:
        path = f"plantillas.{template.id}.etiquetas"
        for tag in template.tags:
            if tag in book.playbook.strategy.avoid:
                yield book.error(21, "forbidden_strategy", path, template=template.id, tag=tag)
        if mixes_denial(template.tags):
            yield book.error(21, "denies_and_apologises", path, template=template.id)


CHECKS = (
    references, fields, drift, languages, times, promises, lengths, strategy,
)  # fmt: skip
