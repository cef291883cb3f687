"""Finding entries by their words: what they read now, in the language on screen; nothing that is typed is syntax."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.attachment import Upload
from crisisdesk.paths import profile
from crisisdesk.settings import Settings

OLD = Path(__file__).parents[2] / "data" / "store" / "v20.db.gz"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("search")
    made = build_desk(Settings(zone="America/Bogota", actor="Irene Solares"), profile(folder))
    made.incidents.open(title="Sin señal", level=1)
    yield made
    made.close()


@pytest.fixture
def incident(desk: Desk) -> int:
    return desk.incidents.open(title="Otra avería", level=1).id


@pytest.mark.parametrize(
    "search",
    ['"', "'; drop table timeline; --", "*", "AND", "es:nota", "{es} : x", "(", "NEAR(a b)", "-", "á" * 300, "\ud800",
     "\0", "☂"],
)  # fmt: skip
def test_nothing_that_is_typed_is_syntax(desk: Desk, incident: int, search: str) -> None:
    desk.timeline.note(incident, "una nota")
    assert desk.timeline.order(incident, search=search) == ()


def test_words_are_found_as_they_begin_accents_and_signs_aside(desk: Desk, incident: int) -> None:
    one = desk.timeline.note(incident, "Se llamó al proveedor: «no hay línea»").id
    desk.timeline.note(incident, "otra cosa")
    for search in ("llamo", "PROVEE", "línea proveedor", '"no hay"', "prov"):
        assert desk.timeline.order(incident, search=search) == (one,), search
    assert desk.timeline.order(incident, search="roveedor") == ()


def test_who_did_it_and_the_sentence_of_the_language_are_found(desk: Desk, incident: int) -> None:
    every = desk.timeline.order(incident)
    assert set(desk.timeline.order(incident, search="solares")) <= set(every)
    opened = [e.id for e in desk.timeline.entries(incident) if e.kind == "incident.opened"]
    assert desk.timeline.order(incident, search="incidencia abierta", lang="es") == tuple(opened)
    assert desk.timeline.order(incident, search="incidencia abierta", lang="en") == ()
    assert desk.timeline.order(incident, search="incident opened", lang="en") == tuple(opened)


def test_only_what_an_entry_reads_now_is_found(desk: Desk, incident: int) -> None:
    one = desk.timeline.note(incident, "el corte es en Puebla").id
    desk.timeline.revise(one, "el corte es en Toluca")
    assert desk.timeline.order(incident, search="puebla") == ()
    assert desk.timeline.order(incident, search="toluca") == (one,)
    assert desk.timeline.order(incident, ("note",), search="toluca", oldest_first=True) == (one,)
    assert desk.timeline.order(incident, ("draft",), search="toluca") == ()
    desk.timeline.remove(one, "de otra")
    assert desk.timeline.order(incident, ("note",), search="toluca") == ()


def test_an_entry_is_found_by_the_name_of_its_file(desk: Desk, incident: int) -> None:
    one = desk.timeline.note(incident, "nota", files=[Upload("acta-reunión.pdf", b"x")]).id
    assert desk.timeline.order(incident, search="reunion") == (one,)


def test_other_incidents_stay_out(desk: Desk, incident: int) -> None:
    other = desk.incidents.open(title="De otra", level=1).id
    desk.timeline.note(other, "palabra rarísima")
    assert desk.timeline.order(incident, search="rarisima") == ()


def test_what_is_deleted_by_law_is_in_no_part_of_the_index(desk: Desk, incident: int) -> None:
    one = desk.timeline.note(incident, "Quetzalcóatl vive en Olmo 12").id
    desk.timeline.revise(one, "Quetzalcóatl vive en Olmo 14", reason="dedazo de quetzalcóatl")
    for n in range(40):
        desk.timeline.note(incident, f"relleno {n}")
    desk.timeline.redact(one, "lo pide la persona")
    assert desk.timeline.order(incident, search="quetzalcoatl") == ()
    raw = b"".join(file.read_bytes() for file in desk.paths.data.iterdir() if file.is_file())
    assert b"quetzalc" not in raw.lower()


def test_rows_from_before_are_found_and_one_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    paths = profile(tmp_path)
    paths.database.write_bytes(gzip.decompress(OLD.read_bytes()))
    file = sqlite3.connect(paths.database)
    file.executemany(
        "INSERT INTO timeline (incident_id, kind, occurred_at, recorded_at, offset_minutes, actor, data, text) "
        "VALUES (7, 'note.fact', 0, 0, -360, 'ana', ?, ?)",
        [("{}", "el corte es en Toluca"), ("[[", "nadie lee Toluca"), ('{"reason": "dedazo"}', "x")],
    )
    file.commit()
    file.close()
    desk = build_desk(Settings(zone="America/Bogota", actor="ana"), paths)
    (found,) = desk.timeline.order(7, search="toluca")
    assert desk.timeline.order(7, search="dedazo", lang="en") == (found + 2,)
    assert len(desk.timeline.order(7)) == 3
    desk.close()
