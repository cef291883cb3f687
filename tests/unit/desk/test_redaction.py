"""Taking a note out is an event; deleting words by law leaves their hash, says who and why, and leaves no words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.model import chain as rules
from crisisdesk.model.chain import Status
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store.chain import Key
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence

SECRET = "Rosa Quintanar 4417 vive en la calle Olmo"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(tmp_path))
    built.core.key = Key(b"k" * 32)
    built.incidents.open(title="Sin servicio", level=2)
    yield built
    built.close()


def bytes_of(desk: Desk) -> bytes:
    folder = desk.paths.database.parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def test_without_a_reason_or_for_what_times_rest_on_it_is_refused(desk: Desk) -> None:
    note = desk.timeline.note(1, SECRET)
    before = desk.chain.head()
    for verb in (desk.timeline.remove, desk.timeline.redact):
        with pytest.raises(InputError, match="no_reason"):
            verb(note.id, "  ")
    opened = next(e for e in desk.timeline.entries(1) if e.kind == "incident.opened")
    with pytest.raises(StepError, match="kept"):
        desk.timeline.redact(opened.id, "ley")
    with pytest.raises(StepError, match="only_notes"):
        desk.timeline.remove(opened.id, "ley")
    assert desk.chain.head() == before


def test_a_note_that_was_taken_out_is_an_event_and_can_still_be_read(desk: Desk) -> None:
    note = desk.timeline.note(1, "equivocada")
    event = desk.timeline.remove(note.id, "era de otra incidencia")
    now = desk.timeline.entries(1)
    assert note.id not in {e.id for e in now}
    assert desk.timeline.order(1) == tuple(e.id for e in now)
    told = next(e for e in now if e.id == event.id)
    assert (told.kind, told.actor, told.data["entry"]) == ("entry.removed", "ana", note.id)
    assert told.data["reason"] == "era de otra incidencia"
    assert "equivocada" in {e.text for e in desk.timeline.entries(1, originals=True)}
    assert desk.chain.verify().integrity.status is Status.INTACT


def test_words_deleted_by_law_leave_their_hash_and_who_and_why(desk: Desk) -> None:
    note = desk.timeline.note(1, SECRET)
    desk.timeline.revise(note.id, SECRET + " 12", reason="número")
    desk.timeline.note(1, "otra")
    links = {link.row: link.content for link in _links(desk)}
    desk.timeline.redact(note.id, "art. 17 RGPD, lo pide la persona")
    after = {link.row: link.content for link in _links(desk)}
    assert {row: after[row] for row in links} == links
    found = desk.chain.verify()
    assert (found.integrity.status, found.redacted) == (Status.INTACT, 2)
    event = next(e for e in desk.timeline.entries(1) if e.kind == "entry.redacted")
    assert (event.actor, event.data["reason"]) == ("ana", "art. 17 RGPD, lo pide la persona")
    shown = next(e for e in desk.timeline.entries(1) if e.id == note.id)
    assert shown.redacted
    for texts in (Texts("es"), Texts("en")):
        assert "Olmo" not in entry_sentence(shown, texts, desk.zone)
    assert desk.timeline.some(1, (note.id,)) == (shown,)


def test_a_note_whose_words_were_deleted_by_law_gets_no_new_ones(desk: Desk) -> None:
    note = desk.timeline.note(1, SECRET)
    correction = desk.timeline.revise(note.id, f"{SECRET}, dice")
    desk.timeline.redact(note.id, "ley")
    for row in (note.id, correction.id):
        with pytest.raises(StepError, match="redacted"):
            desk.timeline.revise(row, "otra cosa")
    (left,) = [e for e in desk.timeline.entries(1) if e.id == note.id]
    assert (left.redacted, left.text) == (True, "")


def test_a_note_that_was_taken_out_is_not_corrected_unseen(desk: Desk) -> None:
    note = desk.timeline.note(1, "a las siete")
    desk.timeline.remove(note.id, "era de otra incidencia")
    with pytest.raises(StepError, match="removed"):
        desk.timeline.revise(note.id, "a las ocho")


def test_no_byte_of_the_words_stays_in_the_file_or_beside_it(desk: Desk) -> None:
    note = desk.timeline.note(1, SECRET)
    assert SECRET.encode() in bytes_of(desk)
    desk.timeline.redact(note.id, "ley")
    assert SECRET.encode() not in bytes_of(desk)
    assert b"Quintanar" not in bytes_of(desk)


def test_the_hash_of_a_short_text_cannot_be_guessed_once_its_salt_is_gone(desk: Desk) -> None:
    note = desk.timeline.note(1, "sí")
    with desk.core.read() as connection:
        columns = ", ".join((*rules.FIELDS, "salt"))
        row = connection.exec_driver_sql(f"SELECT {columns} FROM timeline WHERE id = {note.id}").one()
    kept = next(link.content for link in _links(desk) if link.row == note.id)
    assert rules.content(tuple(row)) == kept
    assert rules.content(tuple(row)[:-1]) != kept  # all but the salt is not enough
    desk.timeline.redact(note.id, "ley")
    with desk.core.read() as connection:
        assert connection.exec_driver_sql(f"SELECT salt FROM timeline WHERE id = {note.id}").scalar() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline SET text='', data='{}', salt=NULL WHERE id=3",  # nobody said so
        "UPDATE timeline SET text='x' WHERE id={gone}",
        "UPDATE timeline SET actor='' WHERE id={gone}",
        "UPDATE timeline SET recorded_at=0 WHERE id={gone}",
        "DELETE FROM timeline WHERE id={gone}",
    ],
)
def test_the_file_lets_nothing_else_through(desk: Desk, statement: str) -> None:
    note = desk.timeline.note(1, SECRET)
    desk.timeline.note(1, "otra")
    desk.timeline.redact(note.id, "ley")
    file = sqlite3.connect(desk.paths.database)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        file.execute(statement.replace("{gone}", str(note.id)))
    file.close()


def test_words_blanked_without_the_event_are_an_edit(desk: Desk) -> None:
    note = desk.timeline.note(1, SECRET)
    other = desk.timeline.note(1, "otra")
    desk.timeline.redact(note.id, "ley")
    file = sqlite3.connect(desk.paths.database)
    file.execute("DROP TRIGGER timeline_no_update")
    file.execute("UPDATE timeline SET text='', data='{}', salt=NULL WHERE id=?", (other.id,))
    file.commit()
    file.close()
    found = desk.chain.verify()
    assert (found.integrity.status, found.integrity.row, found.redacted) == (Status.ALTERED, other.id, 1)


def test_a_pack_after_it_holds_no_word_and_is_intact(desk: Desk, tmp_path: Path) -> None:
    from crisisdesk.desk import evidence

    note = desk.timeline.note(1, SECRET)
    desk.timeline.redact(note.id, "ley")
    path = tmp_path / "pack.zip"
    digest = desk.evidence.pack(1, path, Texts("es"))
    found = evidence.check(path, digest=digest)
    assert found.integrity.status is Status.INTACT
    assert SECRET.encode() not in path.read_bytes()
    from crisisdesk.reports import tables

    assert SECRET not in tables.json(desk.review.data(1))
    assert json.loads(tables.json(desk.review.data(1)))["timeline"]


def _links(desk: Desk) -> tuple[rules.Link, ...]:
    from crisisdesk.store import chain

    with desk.core.read() as connection:
        return chain.links(connection)
