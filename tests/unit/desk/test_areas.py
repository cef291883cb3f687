"""Areas: what is theirs reaches them, comes back signed step by step, and no phone number leaves with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.area import Area, RouteState
from crisisdesk.model.commitment import NextKind
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.incident import Incident
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import START

At = Callable[[float], datetime]


@pytest.fixture
def network(desk: Desk) -> Area:
    return desk.areas.save("Red", owner="Luis", within=timedelta(minutes=30))


def said(desk: Desk, text: str, author: str = "vecina") -> int:
    desk.ingest.manual(text, author=author, channel="x")
    return desk.mentions.latest(1)[0].id


def kinds(desk: Desk, incident: Incident) -> list[str]:
    return [e.kind for e in desk.timeline.entries(incident.id) if e.kind.startswith("area.")][::-1]


def test_what_cannot_be_sent_is_refused_and_leaves_nothing(desk: Desk, network: Area) -> None:
    for name, within in (("  ", timedelta(hours=1)), ("Caja", timedelta(0)), ("Caja", timedelta(days=400))):
        with pytest.raises(InputError):
            desk.areas.save(name, within=within)
    with pytest.raises(InputError):
        desk.areas.send(network.id)
    with pytest.raises(InputError):
        desk.areas.send(network.id, cause="sin señal", due_at=START)
    with pytest.raises(NotFoundError):
        desk.areas.send(999, cause="sin señal")
    with pytest.raises(NotFoundError):
        desk.areas.send(network.id, mention_id=999)
    assert [a.name for a in desk.areas.list()] == ["Red"]
    assert desk.areas.board().asked == ()


def test_an_area_is_kept_once_however_it_is_written(desk: Desk, network: Area) -> None:
    again = desk.areas.save(" red ", within=timedelta(hours=2))
    assert (again.id, again.name, again.owner, again.minutes) == (network.id, "Red", "Luis", 120)


def test_the_same_mention_waits_with_an_area_once(desk: Desk, network: Area) -> None:
    mention = said(desk, "no tengo señal")
    first = desk.areas.send(network.id, mention_id=mention)
    assert first.due_at == START + timedelta(minutes=30)
    assert desk.areas.send(network.id, mention_id=mention, ask="otra vez").id == first.id
    desk.areas.sign(first.id, RouteState.ANSWERED, text="ya vuelve")
    assert desk.areas.send(network.id, mention_id=mention).id != first.id


def test_an_area_signs_in_order_and_with_a_name(desk: Desk, network: Area, incident: Incident) -> None:
    route = desk.areas.send(network.id, cause="antena caída")
    for state in (RouteState.SENT, RouteState.WITHDRAWN, RouteState.CORRECTED):
        with pytest.raises(StepError):
            desk.areas.sign(route.id, state, text="x")
    with pytest.raises(InputError):
        desk.areas.sign(route.id, RouteState.ANSWERED, text=" ")
    nobody = desk.areas.send(desk.areas.save("Caja").id, cause="cobros dobles")
    with pytest.raises(InputError):
        desk.areas.sign(nobody.id, RouteState.RECEIVED)
    desk.areas.sign(route.id, RouteState.RECEIVED)
    desk.areas.sign(route.id, RouteState.ANSWERED, by="Eva", text="se cambia la tarjeta")
    done = desk.areas.sign(route.id, RouteState.CORRECTED, text="cambiada")
    assert [(s.state, s.by, s.text) for s in done.signatures] == [
        (RouteState.RECEIVED, "Luis", ""),
        (RouteState.ANSWERED, "Eva", "se cambia la tarjeta"),
        (RouteState.CORRECTED, "Luis", "cambiada"),
    ]
    with pytest.raises(StepError):
        desk.areas.withdraw(route.id)
    assert kinds(desk, incident) == ["area.sent", "area.sent", "area.received", "area.answered", "area.corrected"]


def test_what_is_taken_back_stays_on_the_record(desk: Desk, network: Area, incident: Incident) -> None:
    route = desk.areas.send(network.id, cause="antena caída")
    desk.areas.withdraw(route.id, "era de otra marca")
    assert desk.areas.board().asked[0].route.reason == "era de otra marca"
    assert desk.areas.board().waiting == {}
    entry = desk.timeline.entries(incident.id)[0]
    assert "era de otra marca" in entry_sentence(entry, Texts("es"), "UTC")


def test_a_signature_is_taken_back_with_a_reason_and_the_step_is_signed_again(
    desk: Desk, network: Area, incident: Incident
) -> None:
    route = desk.areas.send(network.id, cause="antena caída")
    with pytest.raises(StepError, match=r"area\.unsigned"):
        desk.areas.unsign(route.id, "nada que retirar")
    desk.areas.sign(route.id, RouteState.RECEIVED)
    desk.areas.sign(route.id, RouteState.ANSWERED, by="Eva", text="ya vuelve")
    desk.areas.sign(route.id, RouteState.CORRECTED, text="cambiada")
    with pytest.raises(InputError):
        desk.areas.unsign(route.id, "  ")
    with desk.core.acting_as("marta"):
        desk.areas.unsign(route.id, "sigue caída")
        opened = desk.areas.unsign(route.id, "era otra antena, 55 1234 5678")
    assert (opened.state, len(opened.standing), desk.areas.board().waiting) == (RouteState.RECEIVED, 1, {network.id: 1})
    assert {s.undone_by for s in opened.signatures[1:]} == {"marta"}
    assert [s.undone_reason[:5] for s in opened.signatures[1:]] == ["era o", "sigue"]
    again = desk.areas.sign(route.id, RouteState.ANSWERED, text="esta noche")
    assert [s.text for s in again.standing] == ["", "esta noche"]
    for kind in ("html", "md", "csv"):
        pack = desk.areas.pack(network.id, kind, Texts("es")).decode()
        assert "sigue caída" in pack and "ya vuelve" in pack and "1234" not in pack
    done = kinds(desk, incident)[4:]
    assert done == ["area.unsigned_corrected", "area.unsigned_answered", "area.answered"]
    gone = desk.areas.send(network.id, cause="otra")
    desk.areas.sign(gone.id, RouteState.RECEIVED)
    desk.areas.withdraw(gone.id)
    with pytest.raises(StepError):
        desk.areas.unsign(gone.id, "tarde")


def test_an_areas_owner_and_usual_time_are_said_anew(desk: Desk, network: Area, incident: Incident) -> None:
    for within in (timedelta(0), timedelta(days=400)):
        with pytest.raises(InputError):
            desk.areas.edit(network.id, owner="Eva", within=within)
    with pytest.raises(NotFoundError):
        desk.areas.edit(999, owner="Eva", within=timedelta(hours=1))
    desk.areas.edit(network.id, owner="Eva", within=timedelta(hours=2))
    desk.areas.edit(network.id, owner="Eva", within=timedelta(hours=2))  # no second row
    assert desk.areas.send(network.id, cause="x").due_at == START + timedelta(hours=2)
    nobody = desk.areas.edit(network.id, owner=" ", within=timedelta(hours=2))
    assert (nobody.owner, nobody.minutes) == ("", 120)
    assert kinds(desk, incident) == ["area.edited", "area.sent", "area.edited_nobody"]
    (first,) = [e for e in desk.timeline.entries(incident.id) if e.kind == "area.edited"]
    assert "responde Eva, suele contestar en 2 h" in entry_sentence(first, Texts("es"), "UTC").replace("\u00a0", " ")


def test_a_late_answer_is_next_until_it_comes(desk: Desk, network: Area, incident: Incident, at: At) -> None:
    route = desk.areas.send(network.id, cause="antena caída")

    def due() -> list[tuple[int, bool, str]]:
        found = desk.room.view(incident.id).next
        return [(i.ref, i.overdue, i.why.es) for i in found if i.kind is NextKind.AREA]

    assert due() == [(route.id, False, "antena caída")]
    at(31)
    assert due() == [(route.id, True, "antena caída")]
    assert desk.areas.board().late == {network.id: 1}
    desk.areas.sign(route.id, RouteState.RECEIVED)
    assert due()[0][1]  # received is no answer
    desk.areas.sign(route.id, RouteState.ANSWERED, text="hecho")
    assert due() == []


@pytest.mark.parametrize("kind", ["html", "md", "csv"])
def test_a_pack_holds_the_words_and_no_phone(kind: str, desk: Desk, network: Area) -> None:
    mention = said(desk, "<b>llámenme</b> al 55 1234 5678, =cmd()", author="@vecina")
    route = desk.areas.send(network.id, mention_id=mention, ask="avisen al +52 (55) 8765-4321")
    desk.areas.sign(route.id, RouteState.ANSWERED, by="Eva 5512345678", text="marcar 5587654321")
    gone = desk.areas.send(network.id, cause="no es nuestro")
    desk.areas.withdraw(gone.id)
    body = desk.areas.pack(network.id, kind, Texts("es")).decode("utf-8-sig")
    assert "vecina" in body and "Eva" in body
    assert "no es nuestro" not in body
    digits = "".join(c for c in body if c.isdigit())
    assert "1234567" not in digits and "8765432" not in digits
    assert kind == "csv" or "<b>ll" not in body


def test_another_format_is_refused(desk: Desk, network: Area) -> None:
    with pytest.raises(InputError):
        desk.areas.pack(network.id, "exe", Texts("es"))
    with pytest.raises(NotFoundError):
        desk.areas.pack(99, "csv", Texts("es"))


def test_an_area_that_is_saved_again_is_edited_by_an_act_that_is_told(
    desk: Desk, network: Area, incident: Incident
) -> None:
    assert desk.areas.save("  red ", owner="Luis", within=timedelta(minutes=30)) == network
    assert kinds(desk, incident) == []
    again = desk.areas.save("RED", within=timedelta(hours=2))
    assert (again.id, again.name, again.owner, again.minutes) == (network.id, "Red", "Luis", 120)
    assert kinds(desk, incident) == ["area.edited"]
