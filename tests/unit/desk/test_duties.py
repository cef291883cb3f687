"""The five duties: a mention counted once for each, with the mention behind it; areas' signatures; the call centre."""

from __future__ import annotations

from datetime import date, timedelta

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.area import RouteState
from crisisdesk.model.incident import Incident
from crisisdesk.model.measure import ServiceDay
from crisisdesk.store import service
from tests.unit.desk.conftest import START, filled

MINUTE = timedelta(minutes=1)


def said(desk: Desk, text: str) -> int:
    desk.ingest.manual(text, author="vecina", channel="x")
    return desk.mentions.latest(1)[0].id


def counts(desk: Desk, incident: Incident) -> dict[str, int]:
    return {duty.key: duty.n for duty in desk.review.data(incident.id).duties}


def test_nothing_done_is_nothing_counted_but_what_was_heard(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    said(desk, "no tengo señal")
    clock.move_to(START + 5 * MINUTE)
    data = desk.review.data(incident.id)
    assert [(d.key, d.n) for d in data.duties] == [
        ("listen", 1), ("respond", 0), ("inform", 0), ("connect", 0), ("feed_back", 0),
    ]  # fmt: skip
    assert data.areas == () and data.call_centre is not None and data.call_centre.days == ()


def test_a_mention_comes_through_each_duty_once_with_what_was_done_behind_it(
    desk: Desk, incident: Incident, clock: PlayClock
) -> None:
    first, second = said(desk, "no tengo señal, llámenme al 55 1234 5678"), said(desk, "se cayó la red")
    area = desk.areas.save("Red", owner="Luis")
    route = desk.areas.send(area.id, mention_id=first)
    desk.areas.withdraw(desk.areas.send(area.id, mention_id=second).id, "no es suya")
    desk.areas.send(area.id, cause="el enlace norte")
    reply = desk.replies.start(second, "respuesta_individual")
    filled(desk, reply.id)
    for channel in ("x", "correo"):  # out twice, counted once
        desk.drafts.publish(reply.id, channel=channel, url="")
    clock.move_to(START + 9 * MINUTE)
    assert counts(desk, incident) == {"listen": 2, "respond": 1, "inform": 1, "connect": 0, "feed_back": 0}
    desk.areas.sign(route.id, RouteState.ANSWERED, text="ya lo vemos")
    desk.areas.sign(route.id, RouteState.CORRECTED, text="arreglado")
    data = desk.review.data(incident.id)
    by = {duty.key: duty for duty in data.duties}
    assert (by["connect"].n, by["feed_back"].n) == (1, 1)
    assert [(r.mention_id, r.by) for r in by["connect"].rows] == [(first, "Luis")]
    assert [r.mention_id for r in by["respond"].rows] == [second]
    asked = {one.what: one for one in data.areas}
    assert len(data.areas) == 2 and asked["el enlace norte"].signed(RouteState.RECEIVED) is None
    mine = next(one for what, one in asked.items() if "señal" in what)
    answered = mine.signed(RouteState.ANSWERED)
    assert answered is not None and answered.at == START + 9 * MINUTE


def test_the_call_centres_days_are_those_around_the_incident(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    days = [ServiceDay(day=date(2026, 3, 10) + timedelta(days=n), line="phone", contacts=10) for n in (-8, -7, 0, 1)]
    with desk.core.write() as tx:
        service.put(tx.connection, days)
    clock.move_to(START + 60 * MINUTE)
    found = desk.review.data(incident.id).call_centre
    assert found is not None and [one.day.day for one in found.days] == [3, 10]  # what is to come is not there yet


def test_the_first_call_is_held_to_the_ladder_that_was_called_first(desk: Desk, incident: Incident) -> None:
    marks = {one.key: one for one in desk.review.data(incident.id).milestones}
    # T0 was five minutes before it was opened, and the technical liaison's first step waits three.
    assert marks["first_call"].target == timedelta(minutes=8)
