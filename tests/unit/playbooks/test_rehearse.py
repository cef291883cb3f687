"""The walk calls whom the ladders say, when they say it, and finds each hole that is made in a sound playbook."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import files

from crisisdesk.__main__ import main
from crisisdesk.model.contact import Contact
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks.health import PARTS, health
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.playbooks.rehearse import Rehearsal, rehearse
from crisisdesk.texts import Texts

SMALL = (Path(__file__).resolve().parents[2] / "data" / "playbooks" / "small.yaml").read_text("utf-8")
SHIPPED = sorted(entry.name for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml"))
DAY = date(2026, 11, 22)
SOUND = SMALL.replace(
    "    - {paso: 1, a: redes, por: [llamada], espera: 5 min}\n",
    "    - {paso: 1, a: redes, por: [llamada], espera: 5 min}\n"
    "    - {paso: 2, a: redes.suplente, por: [llamada], espera: 5 min}\n"
    "    - {repite: 2, si_nadie: {es: Ir a la sala, en: Go to the room}}\n",
)
VERIFIED = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = {
    slug: Contact(slug=slug, name=slug.title(), phone="55 0000 0101", email="a@correo.example", verified_at=VERIFIED)
    for slug in ("ana", "beto", "noc", "jefe")
}


def walked(text: str = SOUND, **more: object) -> Rehearsal:
    return rehearse(read(text, "x"), day=DAY, **more)  # type: ignore[arg-type]


def keys(walk: Rehearsal) -> set[str]:
    return {gap.key for gap in walk.gaps}


def test_a_sound_playbook_has_no_gap_and_its_ladders_are_walked_with_waits_and_repeats() -> None:
    walk = walked(contacts=PEOPLE)
    assert walk.gaps == () and walk.level == 2
    calls = [(call.at // timedelta(minutes=1), call.who, call.lap) for call in walk.calls if call.role == "redes"]
    assert calls == [(0, "noc", 1), (5, "jefe", 1), (10, "noc", 2), (15, "jefe", 2)]
    assert all(call.reachable for call in walk.calls)
    due = [(message.due // timedelta(minutes=1), message.template) for message in walk.messages]
    assert due == [(15, "primer_mensaje"), (30, "actualizacion"), (45, "")]
    assert f"{walk.start:%H:%M %z}" == "03:00 -0600"


GAPS = [
    ("wakes_nobody", "    escala: [comunicacion, redes]\n", ""),
    ("time_giver_asleep", "    escala: [comunicacion, redes]\n", "    escala: [comunicacion]\n"),
    ("owner_not_called", "    escala: [comunicacion, redes]\n", "    escala: [comunicacion]\n"),
    ("approver_not_called", "    escala: [comunicacion, redes]\n", "    escala: [redes]\n"),
    ("no_ladder", "  redes:\n    - {paso: 1, a: redes, por: [llamada], espera: 5 min}\n"
     "    - {paso: 2, a: redes.suplente, por: [llamada], espera: 5 min}\n"
     "    - {repite: 2, si_nadie: {es: Ir a la sala, en: Go to the room}}\n", ""),
    ("runs_out", "si_nadie: {es: Ir a la sala, en: Go to the room}", "si_nadie: ''"),
    ("first_message_late", "antes_de: T+15 min", "antes_de: T+16 min"),
    ("owner_slow", "a: redes, por: [llamada], espera: 5 min", "a: redes, por: [llamada], espera: 20 min"),
    ("template_lacks_en", '    en: "{servicio} has failed since {inicio}. News at {proxima}."\n', ""),
    ("approver_slow", "a: comunicacion.suplente, por: [sms], espera: 5 min",
     "a: comunicacion.suplente, por: [sms], espera: 26 min"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "old", "new"), GAPS, ids=[gap[0] for gap in GAPS])
def test_each_hole_is_found_with_its_line_and_told(key: str, old: str, new: str) -> None:
    assert old in SOUND
    walk = walked(SOUND.replace(old, new, 1))
    hits = [gap for gap in walk.gaps if gap.key == key]
    assert hits, keys(walk)
    for gap in hits:
        assert 1 < gap.line <= SOUND.count("\n") + 1 and gap.where
        for lang in ("es", "en"):
            told = Texts(lang)(f"rehearse.gap.{gap.key}", **gap.fields)
            assert not told.startswith("rehearse.") and "{" not in told


def test_a_serious_level_says_how_often_it_informs() -> None:
    text = SOUND.replace("- nivel: 2", "- nivel: 3").replace("cadencia: {publica: 30 min, ", "cadencia: {")
    assert "no_cadence" in keys(walked(text))


def test_nobody_at_night_is_found_only_where_their_hours_count() -> None:
    asleep = {slug: replace(who, from_hour=time(9), to_hour=time(18)) for slug, who in PEOPLE.items()}
    assert "nobody_reachable" in keys(walked(contacts=asleep))
    assert "nobody_reachable" not in keys(walked(contacts=asleep, at=time(10, 30)))
    one_awake = asleep | {"jefe": PEOPLE["jefe"]}
    gaps = [gap for gap in walked(contacts=one_awake).gaps if gap.key == "nobody_reachable"]
    assert {gap.fields["role"] for gap in gaps} == {"comunicacion"}
    serious = SOUND.replace("- nivel: 2", "- nivel: 3")
    levels = {gap.level for gap in walked(serious, contacts=asleep).gaps if gap.key == "nobody_reachable"}
    assert levels == {1}
    assert "nobody_reachable" in keys(walked(serious, contacts={}))


def test_one_person_called_by_three_ladders_at_once_is_found() -> None:
    text = SOUND.replace(
        "  redes: {titular: noc, suplente: jefe}\n",
        "  redes: {titular: ana, suplente: jefe}\n  legal: {titular: redes, suplente: jefe}\n",
    ).replace("escala: [comunicacion, redes]", "escala: [comunicacion, redes, legal]").replace(
        "  acuse_caduca", "  legal:\n    - {a: legal, por: [llamada], espera: 5 min}\n  acuse_caduca"
    )  # fmt: skip
    assert "called_at_once" in keys(walked(text))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_level_of_every_shipped_playbook_can_be_walked(name: str) -> None:
    book = read(files("playbooks", name).read_bytes(), name)
    for level in book.levels:
        walk = rehearse(book, day=DAY, level=level.number)
        assert [call.at for call in walk.calls] == sorted(call.at for call in walk.calls)
        assert {call.role for call in walk.calls} <= set(level.wakes)
        assert all(timedelta(0) <= call.at < timedelta(hours=1) for call in walk.calls)


@settings(max_examples=60)
@given(st.integers(0, 23), st.integers(0, 59), st.sets(st.sampled_from(sorted(PEOPLE))), st.integers(0, 12))
def test_a_walk_never_fails_and_never_loses_a_person(hour: int, minute: int, gone: set[str], repeats: int) -> None:
    text = SOUND.replace("repite: 3", f"repite: {max(1, min(repeats, 9))}")
    walk = walked(text, at=time(hour, minute), contacts={k: v for k, v in PEOPLE.items() if k not in gone})
    for call in walk.calls:
        assert call.reachable == (call.who not in gone)
    lonely = {"redes": {"noc", "jefe"}, "comunicacion": {"ana", "beto"}}
    found = {gap.fields["role"] for gap in walk.gaps if gap.key == "nobody_reachable"}
    assert found == {role for role, slugs in lonely.items() if slugs <= gone}


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_tells_the_hour_and_its_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, people = tmp_path / "b.yaml", tmp_path / "gente.csv"
    book.write_text(SOUND, encoding="utf-8")
    people.write_text("clave,nombre,telefono\nana,Ana,5500000101\nbeto,Beto,5500000102\n", encoding="utf-8")
    assert main(["rehearse", str(book), "--lang", "es"]) == 0
    out = capsys.readouterr().out
    assert "T+ 5 min" in out and "Nada que remediar" in out and "Sin contactos" in out
    assert main(["rehearse", str(book), "--json", "--at", "23:30", "--contacts", str(people)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["start"] == f"{told['start'][:10]}T23:30:00-06:00" and told["contacts_known"]
    assert {(gap["key"], gap["line"] > 1) for gap in told["gaps"]} == {("nobody_reachable", True)}
    assert main(["rehearse", str(book), "--at", "25:99"]) == 2
    assert main(["rehearse", str(book), "--level", "7"]) == 2
    book.write_text("version: uno\n", encoding="utf-8")
    assert main(["rehearse", str(book)]) == 2
    assert "Traceback" not in capsys.readouterr().err


# ── health ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ill(text: str = SOUND, **more: object) -> tuple[Playbook, dict[str, set[str]], dict[str, int]]:
    contacts = more.pop("contacts", PEOPLE)
    book, findings = inspect(text, "x", today=DAY, contacts=contacts)  # type: ignore[arg-type]
    assert book is not None
    trained = frozenset(role.id for role in book.roles)
    given_ = {"today": DAY, "contacts": contacts, "last_drill": DAY, "trained_roles": trained} | more
    made = health(book, findings, **given_)  # type: ignore[arg-type]
    assert tuple(part.name for part in made.parts) == PARTS
    for part in made.parts:
        # Never a bare number: whatever is not full names what is missing, with its place.
        assert (part.score == 100) == (not part.lacks) == (not part.failed)
        assert all(lack.line >= 1 for lack in part.lacks)
        for lack in part.lacks:
            if lack.finding is None and lack.gap is None:
                for lang in ("es", "en"):
                    assert Texts(lang).has(f"health.lack.{lack.key}")
                    assert "{" not in Texts(lang)(f"health.lack.{lack.key}", **lack.fields)
    return book, {p.name: {lack.key for lack in p.lacks} for p in made.parts}, {p.name: p.score for p in made.parts}


def test_health_names_what_is_missing_in_each_part() -> None:
    _, lacks, score = ill()
    assert lacks["organisation"] == set() and score["organisation"] == 100 and lacks["people"] == set()
    assert lacks["strategy"] == {"no_serious_level"}
    assert lacks["tactics"] == {"no_template", "no_questions"}
    _, lacks, _ = ill(contacts={}, last_drill=None, trained_roles=None)
    assert {"never_drilled", "untrained"} <= lacks["organisation"]
    assert {"no_contacts", "no_contact", "nobody_reachable"} <= lacks["people"]
    _, lacks, _ = ill(last_drill=DAY - timedelta(days=181))
    assert lacks["organisation"] == {"drill_overdue"}
    _, lacks, _ = ill(SOUND.replace("revisado: 2026-11-01", "revisado: 2026-01-01"))
    assert "review_overdue" in lacks["strategy"]


def test_dates_to_come_are_told_soonest_first() -> None:
    book, findings = inspect(SOUND, "x", today=DAY, contacts=PEOPLE)
    assert book is not None
    old = PEOPLE | {"ana": replace(PEOPLE["ana"], verified_at=datetime(2026, 7, 1, tzinfo=UTC))}
    made = health(book, findings, today=DAY, contacts=old, last_drill=date(2026, 11, 1)).reminders
    assert [one.due for one in made] == sorted(one.due for one in made)
    assert [(one.key, one.what) for one in made if one.overdue] == [("contact", "Ana")]
    by_key = {one.key: one.due for one in made}
    assert by_key["review"] == date(2026, 11, 1) + timedelta(days=90)
    assert by_key["drill"] == date(2026, 11, 1) + timedelta(days=180)
    for lang in ("es", "en"):
        assert all(Texts(lang).has(f"health.reminder.{one.key}") for one in made)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name.startswith("caida-")])
def test_the_gravest_hour_of_the_shipped_outages_has_no_gap(name: str) -> None:
    walk = rehearse(read(files("playbooks", name).read_bytes(), name), day=DAY)
    assert walk.level == 4 and [(gap.key, gap.line) for gap in walk.gaps] == []
