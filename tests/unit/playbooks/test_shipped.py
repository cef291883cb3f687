"""The playbooks that come with CrisisDesk: nothing to complain of, whole in both languages, each of its own sector."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from resources import files

from crisisdesk.model.playbook import FieldKind, Measure, Playbook
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.playbooks.vocabulary import SECTORS

NAMES = sorted(entry.name for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml"))
WRITTEN = date(2026, 11, 25)


def playbook(name: str) -> Playbook:
    return read(files("playbooks", name).read_bytes(), name)


def test_there_is_one_for_each_sector_and_one_for_a_data_leak() -> None:
    assert {playbook(name).sector for name in NAMES} == set(SECTORS)
    assert "fuga-de-datos.yaml" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_check_has_nothing_to_say(name: str) -> None:
    made, found = inspect(files("playbooks", name).read_bytes(), name, today=WRITTEN)
    assert made is not None and [(f.number, f.key, f.line) for f in found] == []
    assert f"{made.id}.yaml" == name


@pytest.mark.parametrize("name", NAMES)
def test_it_is_whole(name: str) -> None:
    made = playbook(name)
    assert [level.number for level in made.levels] == [4, 3, 2, 1]
    assert len(made.cautions) >= 5 and len(made.call_questions) == 6
    assert len(made.templates) >= 18 and len(made.mention_types) >= 12
    assert len([task for phase in made.phases for task in phase.tasks]) >= 20
    for pair in (*made.cautions, *made.call_questions, *(t.text for t in made.templates)):
        assert pair.es and pair.en
    for template in made.templates:
        assert template.purpose.es and template.purpose.en and template.approves
        assert all(field.label.es and field.label.en for field in template.fields)


def test_each_has_levels_types_and_texts_of_its_own() -> None:
    books = [playbook(name) for name in NAMES]
    for one, other in itertools.combinations(books, 2):
        assert [lv.activates for lv in one.levels] != [lv.activates for lv in other.levels]
        assert {t.id for t in one.mention_types} != {t.id for t in other.mention_types}
        assert one.cautions != other.cautions and one.template("primer_mensaje") != other.template("primer_mensaje")


def test_a_leak_is_secret_and_legal_goes_first() -> None:
    leak = playbook("fuga-de-datos.yaml")
    assert leak.owner == "legal" and leak.roles[0].id == "legal"
    assert all(level.wakes[0] == "legal" for level in leak.levels if level.number > 1)
    assert all({"correo", "chat"}.isdisjoint(step.by) for ladder in leak.ladders for step in ladder.steps)
    spoken = {"respuesta_individual", "pasar_a_privado", "aviso_fraude", "post_publico", "disculpa", "compensacion"}
    assert all("legal" in t.approves or t.id in spoken for t in leak.templates)
    assert leak.strategy.cluster == "evitable" and "negar" in leak.strategy.avoid


@pytest.mark.parametrize("name", NAMES)
def test_what_a_person_must_tell_is_asked_and_what_we_count_is_counted(name: str) -> None:
    made = playbook(name)
    types = {row.id for row in made.mention_types}
    for level in made.levels:
        for threshold in level.activates:
            assert threshold.measure is not Measure.TYPE_COUNT or threshold.subject in types, threshold.sentence
    first = made.template("primer_mensaje")
    assert first is not None and first.pre_cleared
    assert FieldKind.PROMISE not in {field.kind for field in first.fields}
