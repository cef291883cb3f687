"""Contacts out of files: hostile ones are told in a sentence, every row has its fate, nothing is changed by looking."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.connectors.contactfile import MAX_PEOPLE, read
from crisisdesk.model.contact import Channel, Contact
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.person import Fate, Person

ZONE = "America/Mexico_City"
CSV = "Nombre;Cargo;Teléfono;Correo;Clave;Desde;Zona horaria\r\n"


def write(folder: Path, text: str | bytes, name: str = "gente.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def one(folder: Path, text: str | bytes, name: str = "gente.csv") -> Person:
    (found,) = read(write(folder, text, name), ZONE)
    return found


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


# What cannot be read


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "importing.empty"),
        (b"\x00\x01\x02" * 200, "importing.not_text"),
        (b"PK\x03\x04" + b"\0" * 60, "importing.zip"),
        ("título;otra\nx;y\n".encode(), "contacts_file.no_columns"),
        (CSV.encode(), "contacts_file.nobody"),
        (b"BEGIN:VCARD\n" * 3 + b"x", ""),
    ],
)
def test_a_file_that_is_no_list_of_people_is_told(tmp_path: Path, data: bytes, key: str) -> None:
    path = write(tmp_path, data)
    if not key:
        assert all(person.blocked for person in read(path, ZONE))
        return
    with pytest.raises(ImportFileError) as told:
        read(path, ZONE)
    assert told.value.key == key


def test_a_file_that_is_not_there_and_one_with_too_many(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"importing\.missing"):
        read(tmp_path / "nada.csv", ZONE)
    rows = "".join(f"P {n};;55 0000 {n:04d};;;;\n" for n in range(MAX_PEOPLE + 5))
    with pytest.raises(ImportFileError, match="too_many"):
        read(write(tmp_path, CSV + rows), ZONE)


def test_a_row_with_an_open_quote_costs_itself_only(tmp_path: Path) -> None:
    people = read(write(tmp_path, CSV + 'Ana;;55 0000 0001;;;;\n"Luis;;x\nMarta;;55 0000 0003;;;;\n'), ZONE)
    assert [p.read.name for p in people if not p.blocked] == ["Ana", "Marta"]
    assert any(p.blocked for p in people)


def test_a_card_that_never_ends_or_is_garbled_costs_itself_only(tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nFN:Nunca\n" + card("FN:Ana Robles", "TEL:55 0000 0001") + card("FN;ENCODING=QUOTED-PRINTABLE")
    people = read(write(tmp_path, text, "a.vcf"), ZONE)
    assert [(p.line, p.read.name, p.blocked) for p in people][:2] == [(1, "", True), (3, "Ana Robles", False)]


def test_pictures_and_huge_properties_never_reach_the_library(tmp_path: Path) -> None:
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 200_000 + "\r\n " + "B" * 200_000
    found = one(tmp_path, card("FN:Ana", picture, "TEL:55 0000 0001", "X-COSA:" + "(" * 100_000), "a.vcf")
    assert (found.read.name, found.read.phone) == ("Ana", "55 0000 0001")
    big = one(tmp_path, card("FN:" + "a;" * 200_000), "b.vcf")
    assert big.blocked


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), cards=st.booleans())
def test_any_bytes_give_people_or_one_sentence(tmp_path: Path, data: bytes, cards: bool) -> None:
    head = b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Ana\r\n" if cards else CSV.encode()
    tail = b"\r\nEND:VCARD\r\n" if cards else b""
    try:
        people = read(write(tmp_path, head + data + tail), ZONE)
    except ImportFileError:
        return
    assert all(person.line >= 1 for person in people)


def test_shaken_cards_never_break(tmp_path: Path) -> None:
    name = "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:P=C3=A9rez;Jos=C3=A9"
    good = card(name, "FN:José", "TEL;CELL:55", version="2.1")
    dice = random.Random(3)
    for _ in range(300):
        letters = list(good)
        for _ in range(6):
            letters[dice.randrange(len(letters))] = dice.choice(":;=\n,\\\"ABCDE \t\u202e0")
        with suppress(ImportFileError):
            assert read(write(tmp_path, "".join(letters), "x.vcf"), ZONE)


@pytest.mark.parametrize("name", ["import_bad.csv", "import_bigfield.csv", "import_utf16.csv", "import_latin1.csv",
                                  "csv_formulas.json", "feed_script.xml", "zip_bomb_40MB.zip"])  # fmt: skip
def test_hostile_files_are_told(shared: Path, name: str) -> None:
    try:
        people = read(shared / "payloads" / name, ZONE)
    except ImportFileError:
        return
    assert all(len(person.read.name) <= 200 for person in people)


# What is read


def test_a_spanish_list_from_excel(tmp_path: Path) -> None:
    row = "Ana Núñez;Jefa de redes;+52 55 0000 0001;ana@empresa.mx;jefe.redes;7:30;Europe/Madrid\r\n"
    found = one(tmp_path, (CSV + row).encode("cp1252"))
    assert found.read == Contact(
        slug="jefe.redes", name="Ana Núñez", title="Jefa de redes", phone="+52 55 0000 0001", email="ana@empresa.mx",
        from_hour=time(7, 30), zone="Europe/Madrid",
    )  # fmt: skip
    assert (found.line, found.problems) == (2, ())


def test_exports_with_other_headings(tmp_path: Path) -> None:
    google = "First Name,Last Name,Organization Title,E-mail 1 - Value,Phone 1 - Value"
    outlook = "Nombre,Apellidos,Puesto,Dirección de correo electrónico,Teléfono móvil"
    for header in (google, outlook):
        read_ = one(tmp_path, f"{header}\nAna,Núñez,Jefa,a@b.mx,55 0000 0001\n").read
        assert (read_.name, read_.title, read_.email, read_.phone) == ("Ana Núñez", "Jefa", "a@b.mx", "55 0000 0001")


@pytest.mark.parametrize(
    ("typed", "phone", "key"),
    [
        ('"=""0155 0000 0001"""', "0155 0000 0001", ""),
        ("'055 0000 0001", "055 0000 0001", ""),
        ("\u202a+52 55 0000 0001\u202c", "+52 55 0000 0001", ""),
        ("5.25512E+11", "5.25512E+11", "rounded_phone"),
    ],
)
def test_phones_as_spreadsheets_leave_them(tmp_path: Path, typed: str, phone: str, key: str) -> None:
    found = one(tmp_path, CSV + f"Ana;;{typed};;;;\n")
    assert found.read.phone == phone
    assert [p.key for p in found.problems] == ([key] if key else [])


def test_cards_of_three_versions(tmp_path: Path) -> None:
    old = card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=BA=C3=B1ez;Ana;;;", "TEL;FAX:1", "TEL;CELL:55 0000 0001",
               version="2.1")  # fmt: skip
    mid = card("FN:Ana Núñez", "item1.TEL;type=CELL:55 0000 0001", "item1.X-ABLabel:guardia", "ORG:Red;NOC")
    new = card("FN:Ana Núñez", "TEL;VALUE=uri;TYPE=cell:tel:+52-55-0000-0001;ext=12", "TZ:Europe/Madrid", version="4.0")
    people = read(write(tmp_path, old + mid + new, "a.vcf"), ZONE)
    assert [p.read.name for p in people] == ["Ana Núñez"] * 3
    assert [p.read.phone for p in people] == ["55 0000 0001", "55 0000 0001", "+52-55-0000-0001 ext 12"]
    assert people[1].read.title == "Red · NOC" and people[2].read.zone == "Europe/Madrid"
    assert [p.key for p in people[0].problems] == ["more_phones"]


def test_a_zone_or_an_hour_that_is_none_is_told_and_does_not_block(tmp_path: Path) -> None:
    found = one(tmp_path, CSV + "Ana;;55 0000 0001;;;tarde;Marte/Norte\n")
    assert {p.key for p in found.problems} == {"unknown_zone", "hour"}
    assert not found.blocked and found.read.zone == ZONE and found.read.from_hour is None


# What would happen, and what does


def look_at(desk: Desk, folder: Path, text: str, name: str = "gente.csv") -> tuple[Person, ...]:
    return desk.contact_import.look_at(write(folder, text, name))


def test_looking_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    before = desk.contacts.list()
    look_at(desk, tmp_path, CSV + "Ana;;55 0000 9001;;guardia.noc;;\nLuis;;55 0000 9002;;;;\n")
    assert desk.contacts.list() == before


def test_each_row_has_its_fate_and_its_reason(desk: Desk, tmp_path: Path) -> None:
    known = desk.contacts.get("guardia.noc")
    rows = (
        f"{known.name};;{known.phone};;guardia.noc;;\n"  # nothing new
        "Guardia;;55 0000 9009;;jefe.redes;;\n"  # another phone
        "Nueva Persona;;55 0000 9001;;;;\n"
        "Otra;;55 0000 9002;;jefe.redes;;\n"  # the key of the second row
        "Sin Nada;;;;;;\n"
        "Mala;;no tengo;;;;\n"
        ";;55 0000 9003;;;;\n"
        "Clave;;55 0000 9004;;¡no!;;\n"
    )
    found = look_at(desk, tmp_path, CSV + rows)
    fates = [p.fate.value for p in found]
    assert fates == ["same", "changed", "new", "refused", "new", "refused", "refused", "refused"]
    keys = [[q.key for q in p.problems] for p in found]
    assert keys[3] == ["twice"] and keys[4] == ["no_way"] and keys[5] == ["desk.contact.phone"]
    assert found[2].contact.slug == "nueva.persona"
    done = desk.contact_import.take(found)
    assert (done.added, done.changed, done.left) == (2, 1, 5)
    assert desk.contacts.get("jefe.redes").phone == "55 0000 9009"
    assert desk.contacts.find("mala") is None


def test_an_empty_cell_erases_nothing_and_another_phone_is_not_verified(desk: Desk, tmp_path: Path) -> None:
    when = datetime(2026, 3, 1, tzinfo=UTC)
    full = Contact(
        slug="guardia.noc", name="Guardia", title="NOC", phone="55 0000 0001", email="noc@x.mx", deputy="jefe.redes",
        zone="Europe/Madrid", verified_at=when, channels=(Channel("ntfy", "noc"),),
    )  # fmt: skip
    desk.contacts.save(full)
    desk.contact_import.take(look_at(desk, tmp_path, CSV + "Guardia de red;;;;guardia.noc;;\n"))
    kept = desk.contacts.get("guardia.noc")
    assert (kept.name, kept.title, kept.email, kept.zone, kept.deputy, kept.channels, kept.verified_at) == (
        "Guardia de red", "NOC", "noc@x.mx", "Europe/Madrid", "jefe.redes", full.channels, when)  # fmt: skip
    desk.contact_import.take(look_at(desk, tmp_path, CSV + "Guardia de red;;55 0000 0002;;guardia.noc;;\n"))
    assert desk.contacts.get("guardia.noc").verified_at is None


def test_a_card_without_a_key_is_the_contact_with_its_phone(desk: Desk, tmp_path: Path) -> None:
    phone = desk.contacts.get("legal.titular").phone
    (found,) = look_at(desk, tmp_path, card("FN:Lic. Pérez", f"TEL:+52 {phone}"), "a.vcf")
    assert (found.contact.slug, found.fate) == ("legal.titular", Fate.CHANGED)


def test_another_key_can_be_given_before_it_is_taken(desk: Desk, tmp_path: Path) -> None:
    (found,) = look_at(desk, tmp_path, CSV + "Nueva;;55 0000 9001;;;;\n")
    (again,) = desk.contact_import.weigh((replace(found, read=replace(found.read, slug="despacho.externo")),))
    desk.contact_import.take((again,))
    assert desk.contacts.get("despacho.externo").name == "Nueva" and desk.contacts.find("nueva") is None
