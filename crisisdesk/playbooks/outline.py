"""A playbook's text as the form sees it: plain values under the Spanish keys, whatever the file's language.

The form never holds a playbook of its own: what it shows is read from the text, and what is changed in it is a change
of the text (``playbooks/save.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from crisisdesk.model.errors import InputError
from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks import phrases, save, vocabulary
from crisisdesk.playbooks.phrases import PhraseError
from crisisdesk.playbooks.save import Data, Path

_AROUND: Final = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One act of the form: ``set``, ``add`` (in a list, ``at`` a position), ``remove``, ``move``, ``rename``."""

    act: Literal["set", "add", "remove", "move", "rename"]
    path: Path
    value: Data = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """A text as far as it was understood.

    Attributes:
        playbook: ``None`` while an error blocks.
        findings: by line.
        data: plain values under Spanish keys; ``None`` while the text cannot be taken apart at all.
        english: whether the file is written with the English keys.
    """

    text: str
    playbook: Playbook | None
    findings: tuple[Finding, ...]
    data: dict[str, Data] | None
    english: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: ``same``, ``gone``, ``new``, or ``skip`` for what lies between."""

    kind: Literal["same", "gone", "new", "skip"]
    text: str
    old: int = 0
    new: int = 0


def outline(text: str) -> tuple[dict[str, Data] | None, bool]:
    """The values of ``text`` under Spanish keys, and whether it is written in English ones."""
    try:
        data = save.value_at(text, ())
    except InputError:
        return None, False
    if not isinstance(data, dict):
        return None, False
    english = vocabulary.is_english(set(data))
    spanish = _spanish(data, "playbook") if english else data
    return (spanish if isinstance(spanish, dict) else None), english


def _spanish(data: Data, context: str) -> Data:
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return [_spanish(item, vocabulary.context_below(context, n)) for n, item in enumerate(data)]
    names = {english: spanish for spanish, english in vocabulary.names_of(context).items()}
    made: dict[str, Data] = {}
    for written, value in data.items():
        key = names.get(written, written)
        made[key] = _spanish(value, vocabulary.context_below(context, key))
    return made


def apply(text: str, change: Change) -> str:
    """``text`` with one change of the form; ``InputError`` when it has to be made by hand."""
    match change.act:
        case "set":
            return save.set_value(text, change.path, change.value)
        case "add":
            return save.add_item(text, change.path, change.value, change.at)
        case "remove":
            return save.remove(text, change.path)
        case "move":
            return save.move_item(text, change.path, change.at or 0)
        case "rename":
            return save.rename_key(text, change.path, str(change.value))


def compare(old: str, new: str) -> tuple[Line, ...]:
    """The lines that differ, each with two unchanged ones around it; nothing when the texts are the same."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND):
        if lines or group[0][1] > 0:
            lines.append(Line("skip", ""))
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                lines += [Line("same", before[i], i + 1, j1 + i - i1 + 1) for i in range(i1, i2)]
                continue
            lines += [Line("gone", before[i], i + 1) for i in range(i1, i2)]
            lines += [Line("new", after[j], 0, j + 1) for j in range(j1, j2)]
    return tuple(lines)


def understood(kind: str, sentence: str, lang: str, *, measure: str = "", subject: str = "") -> str | None:
    """What was understood of a sentence, in words; ``None`` when it makes no sense.

    Args:
        kind: ``threshold`` (with its ``measure``), ``condition``, ``duration``, ``after`` or ``share``.
        sentence: as typed.
        lang: ``es`` or ``en``.
        measure: the threshold's Spanish key, such as ``menciones``.
        subject: the mention type of a ``tipo``, the key of an ``otro``.
    """
    try:
        if kind == "threshold":
            return phrases.echo(phrases.threshold(measure, sentence, subject=subject), lang)
        if kind == "condition":
            return phrases.echo(phrases.condition(sentence), lang)
        if kind == "duration":
            return phrases.plain_duration(phrases.duration(sentence), lang)
        if kind == "after":
            return f"T + {phrases.plain_duration(phrases.after_start(sentence), lang)}"
        return f"{phrases.plain_number(phrases.share(sentence) * 100, lang)} %"
    except (PhraseError, KeyError):
        return None


def rules_of(level: Data) -> Sequence[tuple[Path, str, str, str]]:
    """The thresholds of a level as rows: path below the level, measure, subject, sentence."""
    found: list[tuple[Path, str, str, str]] = []
    rules = level.get("se_activa_si") if isinstance(level, dict) else None
    for n, rule in enumerate(rules if isinstance(rules, list) else ()):
        for measure, value in rule.items() if isinstance(rule, dict) else ():
            if isinstance(value, dict):
                found += [
                    (("se_activa_si", n, measure, subject), measure, subject, sentence)
                    for subject, sentence in value.items()
                    if isinstance(sentence, str)
                ]
            elif isinstance(value, str):
                found.append((("se_activa_si", n, measure), measure, "", value))
    return found
