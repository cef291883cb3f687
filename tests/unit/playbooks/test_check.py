"""Every finding is found: a small sound playbook with one thing broken at a time."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from resources import files

from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.playbooks.check import as_json, report, summary
from crisisdesk.playbooks.read import inspect
from crisisdesk.texts import Texts
from tests.fakes.broken import CASES, SMALL, TODAY, WHOLE_FILES, broken


def found(text: str | bytes, **more: object) -> tuple[Finding, ...]:
    return inspect(text, "small.yaml", today=TODAY, **more)[1]  # type: ignore[arg-type]


def test_the_small_playbook_itself_is_sound() -> None:
    assert found(SMALL) == ()


@pytest.mark.parametrize(("key", "number", "old", "new", "at"), CASES, ids=[c[0] for c in CASES])
def test_each_fault_is_found_with_its_line(key: str, number: int, old: str, new: str, at: str) -> None:
    text = broken(old, new)
    hits = [f for f in found(text) if f.key == key and f.number == number]
    assert hits, [(f.key, f.number, f.line) for f in found(text)]
    lines = text.split("\n")
    wanted = at.partition("\n")[0]
    assert any(wanted in lines[f.line - 1] for f in hits), [(f.line, lines[f.line - 1]) for f in hits]


def contact(slug: str, **changes: object) -> Contact:
    verified = datetime(2026, 11, 1, tzinfo=UTC)
    made = Contact(slug=slug, name=slug.title(), phone="55 0000 0101", email="a@correo.example", verified_at=verified)
    return replace(made, **changes)  # type: ignore[arg-type]


def people(**changed: Contact | None) -> dict[str, Contact]:
    everybody: dict[str, Contact | None] = {slug: contact(slug) for slug in ("ana", "beto", "noc", "jefe")}
    return {slug: who for slug, who in (everybody | changed).items() if who is not None}


PEOPLE: list[tuple[str, int, dict[str, Contact]]] = [
    ("no_contact", 10, people(noc=None)),
    ("asleep", 10, people(noc=contact("noc", from_hour=time(9), to_hour=time(18)))),
    ("unverified", 10, people(noc=contact("noc", verified_at=None))),
    ("unverified", 10, people(noc=contact("noc", verified_at=datetime(2026, 1, 1, tzinfo=UTC)))),
    ("no_channel", 12, people(noc=contact("noc", phone=""))),
]


def test_reachable_contacts_give_no_finding() -> None:
    assert found(SMALL, contacts=people()) == ()


@pytest.mark.parametrize(("key", "number", "contacts"), PEOPLE)
def test_people_who_cannot_be_reached_are_warnings(key: str, number: int, contacts: dict[str, Contact]) -> None:
    hits = found(SMALL, contacts=contacts)
    assert [(f.key, f.number) for f in hits] == [(key, number)]
    assert hits[0].severity is Severity.WARNING


@pytest.mark.parametrize(("key", "text"), WHOLE_FILES)
def test_files_that_cannot_be_read_at_all(key: str, text: str | bytes) -> None:
    playbook, hits = inspect(text, "x.yaml")
    assert playbook is None
    assert [f.key for f in hits] == [key]
    assert 1 <= hits[0].line <= 80_001


def test_windows_text_is_shown_as_it_was_meant() -> None:
    hits = found("a: 1\ntitulo: Caída de señal".encode("cp1252"))
    assert (hits[0].line, hits[0].number, hits[0].read) == (2, 31, "titulo: Caída de señal")
    assert "Windows-1252" in str(as_json(hits[0], Texts("es"))["message"])


def test_every_sentence_of_the_catalogue_has_a_case() -> None:
    tables = tomllib.loads(files("i18n", "es", "playbook.toml").read_text("utf-8"))["finding"]
    cases = {c[0] for c in CASES} | {p[0] for p in PEOPLE} | {w[0] for w in WHOLE_FILES}
    assert set(tables) - cases == set()
    assert cases - set(tables) == set()


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(("key", "number", "old", "new", "at"), CASES, ids=[c[0] for c in CASES])
def test_every_finding_can_be_told(lang: str, key: str, number: int, old: str, new: str, at: str) -> None:
    texts = Texts(lang)
    for finding in found(broken(old, new)):
        told = as_json(finding, texts)
        json.dumps(told)
        for part in ("message", "why", "fix"):
            sentence = str(told[part])
            assert sentence and not sentence.startswith("playbook."), sentence
            for name in ("near", "name", "template", "role", "value", "known", "line", "where", "read"):
                assert "{" + name + "}" not in sentence, sentence
        block = report(finding, texts)
        assert f"{finding.line}" in block.partition("\n")[0]


def test_errors_block_and_warnings_do_not() -> None:
    playbook, hits = inspect(broken("suplente: jefe", "suplente: noc"), "x.yaml", today=TODAY)
    assert playbook is not None and [f.severity for f in hits] == [Severity.WARNING]
    assert "Avisos: 1" in summary(hits, "x.yaml", Texts("es"))
    playbook, hits = inspect(broken("version: 1", "version: uno"), "x.yaml", today=TODAY)
    assert playbook is None
    assert "Errores: 1" in summary(hits, "x.yaml", Texts("es"))
    assert "no errors" in summary((), "x.yaml", Texts("en"))


def test_a_type_that_may_wait_may_be_slower_than_the_cadence() -> None:
    text = broken("primera_respuesta: 15 min", "primera_respuesta: 2 h\n    puede_esperar: si")
    assert found(text) == ()


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = broken("version: 1", "version: uno").replace("sector: telecom", "sector: nada").replace("T+5 min", "T-5")
    hits = [f for f in found(text) if f.severity is Severity.ERROR]
    assert [f.key for f in hits] == ["bad_whole", "bad_choice", "bad_after_start"]
    assert [f.line for f in hits] == sorted(f.line for f in hits)
