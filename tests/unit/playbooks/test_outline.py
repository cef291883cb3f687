"""The text as the form sees it: both languages under one set of keys, changes, comparisons, sentences echoed."""

from __future__ import annotations

import pytest

from crisisdesk.desk.playbooks import shipped
from crisisdesk.model.errors import InputError
from crisisdesk.playbooks.outline import Change, apply, compare, outline, rules_of, understood
from crisisdesk.playbooks.save import line_of

TEXT = shipped("caida-de-servicio")
ENGLISH = """\
playbook: outage
version: 1
title: {es: Caída, en: Outage}
people:
  comms: {name: {es: Comunicación, en: Communications}, holder: ana}
levels:
  - level: 3
    activates_if:
      - mentions: ">= 5 times normal for 10 min"
      - type: {press: ">= 1"}
"""


@pytest.mark.parametrize("text", ["", "\t", "- a\n- b\n", "a: [\n", "x" * 300_000, "a: &b c\n"])
def test_a_text_that_cannot_be_taken_apart_gives_nothing(text: str) -> None:
    assert outline(text) == (None, False)


def test_a_change_that_the_form_cannot_make_is_refused_with_its_line() -> None:
    with pytest.raises(InputError):
        apply("\t", Change("set", ("version",), "2"))
    with pytest.raises(InputError):
        apply(TEXT, Change("move", ("personas", "legal"), at=1))


def test_a_file_in_english_has_the_same_keys() -> None:
    data, english = outline(ENGLISH)
    assert english and data is not None
    assert data["titulo"] == {"es": "Caída", "en": "Outage"}
    assert data["personas"]["comms"]["titular"] == "ana"  # type: ignore[call-overload, index]
    rules = rules_of(data["niveles"][0])  # type: ignore[index]
    assert [rule[1:3] for rule in rules] == [("menciones", ""), ("tipo", "press")]
    assert line_of(ENGLISH, ("niveles", 0)) == 7 and line_of(ENGLISH, ("personas", "comms", "titular")) == 5
    changed = apply(ENGLISH, Change("set", ("niveles", 0, "nombre"), {"es": "Crisis", "en": "Crisis"}))
    assert "name:" in changed and "nombre" not in changed


def test_every_level_of_the_shipped_playbook_gives_its_rules_with_their_paths() -> None:
    data, _ = outline(TEXT)
    assert data is not None
    for n, level in enumerate(data["niveles"]):
        for path, _measure, _subject, sentence in rules_of(level):
            here = ("niveles", n, *path)
            assert sentence in TEXT.split("\n")[line_of(TEXT, here) - 1]


def test_a_place_that_is_not_there_gives_the_one_around_it() -> None:
    assert line_of(TEXT, ("niveles", 99)) == line_of(TEXT, ("niveles",))
    assert line_of("", ("niveles",)) == 1


def test_a_comparison_shows_what_differs_and_two_lines_around_it() -> None:
    assert compare(TEXT, TEXT) == ()
    new = TEXT.replace("nivel: 3", "nivel: 9", 1)
    lines = compare(TEXT, new)
    assert [line.kind for line in lines if line.kind in ("gone", "new")] == ["gone", "new"]
    assert len(lines) == 7 and lines[0].kind == "skip"
    shown = next(line for line in lines if line.kind == "new")
    assert new.split("\n")[shown.new - 1] == shown.text


@pytest.mark.parametrize(
    ("kind", "sentence", "said"),
    [
        ("threshold", ">= 5 veces lo normal durante 10 min", "5 × lo esperado durante 10 min"),
        ("condition", "duracion >= 2 h", None),
        ("duration", "90 min", "90 min"),
        ("after", "T+15 min", "T + 15 min"),
        ("share", "20 %", "20 %"),
    ],
)
def test_sentences_are_echoed(kind: str, sentence: str, said: str | None) -> None:
    found = understood(kind, sentence, "es", measure="menciones")
    assert found is not None and (said is None or found == said)
    assert understood(kind, "ni idea", "es", measure="menciones") is None
    assert understood("threshold", sentence, "es", measure="no-such") is None
