"""Whoever is late with an action of a review gets one letter, from a real mail server, and nobody else gets any."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.contact import Contact
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts
from crisisdesk.web import Web
from crisisdesk.words import entry_sentence
from tests.unit.notifiers.test_mail import Sink, free_port
from tests.unit.test_clock import Computer

HOUR = timedelta(hours=1)


class House:
    """A desk on a computer whose clocks a test moves, with a mail server that keeps what it takes."""

    def __init__(self, folder: Path) -> None:
        self.computer, self.sink, self.folder = Computer(), Sink(), folder
        self.port = free_port()
        self.server = Controller(self.sink, hostname="127.0.0.1", port=self.port)
        self.server.start()
        self.desk = self.open()
        self.desk.contacts.save(Contact(slug="jefe.redes", name="Rubén Castañeda", email="ruben@red.example"))
        self.incident = self.desk.incidents.open(title="Sin servicio", level=2).id
        self.desk.incidents.assign(self.incident, "enlace_tecnico", "jefe.redes")
        own = {"sender": "mesa@marca.example", "server": "127.0.0.1", "port": self.port, "security": "none"}
        self.desk.channels.save("mail", own, {}, enabled=True)

    def open(self, *, drill: bool = False) -> Desk:
        settings = Settings(zone="America/Mexico_City", actor="ana")
        return build_desk(settings, profile(self.folder / "desk"), clock=self.computer.clock(), drill=drill)

    def late(self, owner: str, what: str = "Probar el canal de fuera") -> int:
        made = self.desk.followups.add(self.incident, what, owner, self.desk.clock.now() + HOUR)
        self.computer.passes(2 * 60 * 60)
        self.desk.tick()
        return made.id

    def send(self, desk: Desk | None = None) -> None:
        one = desk or self.desk
        asyncio.run(one.reminders.send(one.paging.outside(Web(now=one.clock.now))))

    def letters(self) -> list[tuple[str, str]]:
        read = [(e, email.message_from_bytes(e.content or b"", policy=email.policy.default)) for e in self.sink.taken]
        return [(e.rcpt_tos[0], letter["Subject"]) for e, letter in read]

    def told(self) -> list[str]:
        entries = sorted(self.desk.timeline.entries(self.incident), key=lambda e: e.id)
        return [e.kind for e in entries if e.kind.startswith("review.action_letter")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.desk.close()
    made.server.stop()


def test_who_cannot_be_reached_or_is_late_no_more_gets_nothing(house: House) -> None:
    house.desk.contacts.save(Contact(slug="ejemplo", name="Ejemplo", email="e@red.example", example=True))
    house.desk.contacts.save(Contact(slug="sin.correo", name="Sin correo", phone="55 0000 0101"))
    for owner in ("nadie de aquí", "ejemplo", "sin.correo"):
        house.late(owner)
    house.desk.followups.finish(house.late("jefe.redes"))
    house.send()
    assert (house.letters(), house.told()) == ([], [])


def test_a_contact_a_role_and_a_name_get_one_letter_each(house: House) -> None:
    for owner, what in (("jefe.redes", "Uno"), ("enlace_tecnico", "Dos"), ("rubén castañeda", "Tres")):
        house.late(owner, what)
    other = house.open()
    house.send()
    house.send(other)
    house.send()
    other.close()
    subjects = [f"Acción vencida: {what}" for what in ("Uno", "Dos", "Tres")]
    assert house.letters() == [("ruben@red.example", subject) for subject in subjects]
    assert house.told() == ["review.action_letter"] * 3
    content = email.message_from_bytes(house.sink.taken[0].content or b"", policy=email.policy.default)
    body = content.get_content()  # type: ignore[attr-defined]
    assert "Rubén Castañeda" in body and "«Sin servicio»" in body and "{" not in body


def test_a_number_that_somebody_gave_us_is_in_no_letter(house: House) -> None:
    house.desk.ingest.manual("no tengo señal", author="vecina", channel="x")
    mention = house.desk.mentions.latest(1)[0].id
    house.desk.handoffs.keep_phone(mention, "55 1234 5678", "sí")
    house.desk.incidents.set_title(house.incident, "Sin servicio, llamar al 55 1234 5678")
    house.late("jefe.redes", "Llamar al 5512345678")
    house.send()
    (sent,) = house.sink.taken
    letter = email.message_from_bytes(sent.content or b"", policy=email.policy.default)
    told = f"{letter['Subject']}\n{letter.get_content()}"  # type: ignore[attr-defined]
    assert "Llamar al" in told and "1234" not in told


def test_a_letter_waits_for_a_start_and_for_the_server(house: House) -> None:
    house.late("jefe.redes")
    house.desk.close()
    house.desk = house.open()
    house.server.stop()
    house.send()
    assert house.told() == []
    house.server = Controller(house.sink, hostname="127.0.0.1", port=house.port)
    house.server.start()
    house.send()
    assert (len(house.letters()), house.told()) == (1, ["review.action_letter"])


def test_after_four_tries_or_when_it_may_be_out_it_says_that_it_failed(house: House) -> None:
    house.sink.answer = "451 4.3.0 later"
    house.late("jefe.redes")
    for _ in range(6):
        house.send()
    assert house.told() == ["review.action_letter_failed"]
    house.sink.answer = "silence"
    house.late("jefe.redes", "Otra")
    for _ in range(2):
        house.send()
    assert house.told() == ["review.action_letter_failed"] * 2
    (last, *_rest) = [e for e in house.desk.timeline.entries(house.incident) if "letter" in e.kind]
    for lang in ("es", "en"):
        sentence = entry_sentence(last, Texts(lang), "UTC")
        assert "Rubén Castañeda" in sentence and "Otra" in sentence and "{" not in sentence


def test_a_drill_and_a_played_clock_send_nothing(house: House, tmp_path: Path) -> None:
    house.late("jefe.redes")
    house.desk.core.drill = True
    house.send()
    house.late("jefe.redes", "Otra")
    house.send()
    assert house.letters() == []
    house.desk.core.drill = False
    house.send()
    assert len(house.letters()) == 1  # what was owed before; the drill owed nobody anything
