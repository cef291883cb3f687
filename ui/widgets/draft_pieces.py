"""A draft's text taken apart: which words are the template's, which a person's, where a promise stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.draft import FieldValue
from crisisdesk.model.playbook import Bilingual, Template, TemplateField
from crisisdesk.pipeline.render import PLACEHOLDER, render, shown

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
# Private characters around a value while it is rendered; taken out of what a person typed.
_OPEN, _NAME, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile(f"[{_OPEN}{_NAME}{_CLOSE}]")
_VALUE = re.compile(f"{_OPEN}([a-z0-9_]+){_NAME}([^{_CLOSE}]*){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a draft's text: of the template, or of a field (``empty`` while nothing stands in it)."""

    text: str
    field: str = ""
    empty: bool = False


def pieces(
    template: Template, values: Mapping[str, FieldValue], lang: str, *, zone: str, now: datetime
) -> tuple[Piece, ...]:
    """The text of ``lang`` as the desk will render it, in pieces; an empty field is a piece with its own name."""
    marked = {f.name: _marked(f, values[f.name], zone, now) for f in template.fields if f.name in values}
    text = render(template, marked, zone=zone, now=now).get(lang)
    found: list[Piece] = []
    end = 0
    for value in _VALUE.finditer(text):
        found += _literal(text[end : value.start()], found)
        found.append(Piece(value[2], value[1]))
        end = value.end()
    found += _literal(text[end:], found)
    return tuple(found)


def _marked(field: TemplateField, value: FieldValue, zone: str, now: datetime) -> FieldValue:
    """The value as words between marks, so that it is found again in the rendered text."""

    def one(lang: str) -> str:
        words = _MARKS.sub("", shown(field.kind, value, lang, zone=zone, now=now))
        return f"{_OPEN}{field.name}{_NAME}{words}{_CLOSE}" if words else ""

    return FieldValue(text=Bilingual(one("es"), one("en")))


def _literal(text: str, before: list[Piece]) -> list[Piece]:
    """The template's own words with its empty fields; no second full stop after a value that brought one."""
    if before and before[-1].text[-1:] in tuple(".!?…") and text.startswith(".") and not text.startswith(".."):
        text = text[1:]
    found: list[Piece] = []
    end = 0
    for empty in PLACEHOLDER.finditer(text):
        if empty.start() > end:
            found.append(Piece(text[end : empty.start()]))
        found.append(Piece(empty[1], empty[1], empty=True))
        end = empty.end()
    return [*found, Piece(text[end:])] if end < len(text) else found


def without_words(text: str, words: str) -> str:
    """``text`` with the first ``words`` taken out and the gap closed."""
    start = text.casefold().find(words.casefold()) if words else -1
    if start < 0:
        return text
    rest = f"{text[:start].rstrip()} {text[start + len(words) :].lstrip()}".strip()
    return re.sub(r"\s+([.,;:])", r"\1", rest)


def without_sentence(text: str, words: str, instead: str) -> str:
    """``text`` with the sentence that holds ``words`` replaced by ``instead``."""
    if not words or words.casefold() not in text.casefold():
        return text
    sentences = _SENTENCE_END.split(text)
    for index, sentence in enumerate(sentences):
        if words.casefold() in sentence.casefold():
            ending = sentence[-1] if sentence[-1] in ".!?…" else ""
            sentences[index] = instead.rstrip(".") + ("." if ending else "")
            return " ".join(sentences)
    # The words run over a sentence's end: nothing smaller than the whole can be trusted.
    return instead
