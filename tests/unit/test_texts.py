"""Every sentence exists in both languages, with the same fields, and everything that the program says exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model import errors
from crisisdesk.store import rows
from crisisdesk.texts import LANGUAGES, Texts, catalogue

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "i18n"
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
# Fields that the error classes give besides their keywords.
GIVEN = {"retry_at"}


def fields(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


def sentence(key: str, lang: str = "es") -> str | None:
    """The sentence of a key, its ``other`` form where it has two."""
    sentences = catalogue(lang)
    if f"{key}.one" in sentences and f"{key}.other" in sentences:
        return sentences[f"{key}.other"]
    return sentences.get(key)


# ── the catalogues ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_key_shows_itself_and_a_missing_field_too() -> None:
    texts = Texts("es")
    assert texts("no.such.key", n=3) == "no.such.key"
    assert not texts.has("no.such.key")
    assert Texts("fr").lang == "es"


def test_counts_are_written_as_the_language_writes_them_and_numbers_that_are_names_are_not() -> None:
    es, en = Texts("es"), Texts("en")
    assert es("room.button.alert_mentions", n=6700) == "Ver las 6700"
    assert "6,700" in en("room.button.alert_mentions", n=6700)
    assert "12\N{NO-BREAK SPACE}345" in es("room.button.alert_mentions", n=12_345)
    assert es("errors.store.no_alert", id=12_345) == "La alerta 12345 no existe."


def test_a_sentence_cannot_reach_into_its_values() -> None:
    pattern = "{value.__class__} {value[0]} {value!r}"
    assert fields(pattern) == {"value.__class__", "value[0]", "value"}
    texts = Texts("es")
    key = next(key for key, text in catalogue("es").items() if fields(text))
    assert "{" in texts(key, other="x")


def test_both_languages_have_the_same_files() -> None:
    names = [{path.name for path in (FOLDER / lang).iterdir()} for lang in LANGUAGES]
    assert names[0] == names[1]
    assert all(name.endswith(".toml") for name in names[0])


@pytest.mark.parametrize("name", sorted(path.name for path in (FOLDER / "es").glob("*.toml")))
def test_both_languages_say_the_same_things(name: str) -> None:
    prefix = name.removesuffix(".toml") + "."
    es, en = ({key: text for key, text in catalogue(lang).items() if key.startswith(prefix)} for lang in LANGUAGES)
    assert sorted(set(es) ^ set(en)) == []
    differ = {
        key: (fields(es[key]), fields(en[key]))
        for key in es
        if fields(es[key]) - ({"n"} if key.endswith(".one") else set())
        != fields(en[key]) - ({"n"} if key.endswith(".one") else set())
    }
    assert differ == {}


def _leaves(table: Mapping[str, Any]) -> Iterator[Any]:
    for value in table.values():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        else:
            yield value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_are_calm_and_whole(lang: str) -> None:
    for path in sorted((FOLDER / lang).glob("*.toml")):
        for text in _leaves(tomllib.loads(path.read_text("utf-8"))):
            assert isinstance(text, str), f"{path.name}: {text!r} is not text"
            assert not re.search(r"¡|(?<!!)!(?!!)", text), f"{path.name}: {text}"  # «!!» is YAML's tag
            fields(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plurals_have_both_forms(lang: str) -> None:
    keys = set(catalogue(lang))
    assert [
        key for key in sorted(keys) if key.endswith(".one") and f"{key.removesuffix('.one')}.other" not in keys
    ] == []


# ── what the program says ────────────────────────────────────────────────────────────────────────────────────────


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Calls of ``texts(…)`` and of our errors, with the prefix of their keys."""
    for folder in ("crisisdesk", "ui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                if name in ("texts", "_texts"):
                    yield place, node, ""
                elif name in ERRORS:
                    yield place, node, "errors."


def _keys(node: ast.expr) -> Iterator[str]:
    """The literal keys that an expression can be; a key built at run time ends in ``*``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _keys(node.body)
        yield from _keys(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield f"{node.values[0].value}*"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_in_the_program_has_its_sentence(lang: str) -> None:
    missing = []
    for place, call, prefix in _calls():
        for key in (prefix + key for key in _keys(call.args[0])):
            if key.endswith("*"):
                there = any(known.startswith(key[:-1]) for known in catalogue(lang))
            else:
                there = sentence(key, lang) is not None
            if not there:
                missing.append(f"{place} {key}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_not_there_is_said_of_every_table(lang: str) -> None:
    tables = [thing.table.name for thing in vars(rows).values() if isinstance(thing, rows.Rows)]
    assert len(tables) > 30
    said = {name: sentence(f"errors.store.no_{name}", lang) for name in tables}
    assert all(text and "{id}" in text for name, text in said.items() if name not in BY_NAME), said


BY_NAME = ("incident", "contact")
"""Known by their name, not their number: the sentence says more."""


def test_every_field_of_a_sentence_is_given() -> None:
    """Where the call's keywords can be read, none of the sentence's fields is forgotten."""
    forgotten = []
    for place, call, prefix in _calls():
        if any(word.arg is None for word in call.keywords):
            continue
        given = {str(word.arg) for word in call.keywords} | (GIVEN if prefix else set())
        for key in _keys(call.args[0]):
            wanted = fields(sentence(prefix + key) or "")
            if wanted - given:
                forgotten.append(f"{place} {prefix}{key}: {', '.join(sorted(wanted - given))}")
    assert not forgotten, "\n".join(forgotten)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    ["areas.pack.lead", "errors.incident.owes", "errors.draft.blocked", "cli.import.more", "cli.export-cacao.written"],
)
def test_one_thing_is_not_told_as_many(key: str, lang: str) -> None:
    fields = {"n": 1, "late": 0, "file": "x"}
    one, many = Texts(lang)(key, **fields), Texts(lang)(key, **fields | {"n": 2})
    assert "1 " in one and one.replace("1", "2") != many


ONE_WORD = {
    "es": {
        "manual": r"\b(?:protocolo|playbook)s?\b|\bplan de crisis\b|\bplan en uso\b",
        "archivo": r"\bficheros?\b",
        "equipo": r"\b(?:ordenador|computadora|computador)(?:es|s)?\b",
        "centro de llamadas": r"\bdatos de la central\b",
        "promesa": r"\bcompromisos?\b",
        "hoja de la verdad": r"\bhoja de (?:verdad|hechos)\b",
        "contactos": r"\bagenda\b",
        "clave": r"\bsecretos?\b",
        "anotar": r"\bapunt(?:ar|ad[oa]s?|amos)\b",
        "incidencia": r"\bincidentes?\b|\bcrisis abierta\b",
    },
    "en": {
        "management": r"\b(?:the|for) direction\b",
        "playbook": r"\bprotocols?\b",
        "call centre": r"\bcall center\b",
        "keyring": r"\bkeychain\b",
        "incident": r"\bopen crisis\b",
    },
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_thing_has_one_word(lang: str) -> None:
    told = {name: re.sub(r"\{\w+\}|«[^»]*»", "", text).lower() for name, text in catalogue(lang).items()}
    found = [
        (word, name) for word, other in ONE_WORD[lang].items() for name, text in told.items() if re.search(other, text)
    ]
    assert found == []


def test_english_quotes_in_its_own_way() -> None:
    """Commands stand between « and », so that nobody copies a quotation mark with them."""
    assert [name for name, text in catalogue("en").items() if "«" in text and not name.startswith("evidence.")] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_milestone_bears_one_name(lang: str) -> None:
    texts = catalogue(lang)
    names = [name for name in texts if name.startswith("review.milestone.")]
    assert names and all(texts[name] == texts[name.replace("review.", "report.")] for name in names)
