"""The clock of the first reply, on a real desk: what waits too long, what was answered, what wants no answer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.draft import Publication
from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.store import mentions, rows
from crisisdesk.store.schema import outgoing
from tests.unit.desk.conftest import START


def put(desk: Desk, n: int, type: str, minutes_ago: float, **changes: object) -> None:
    at = desk.clock.now() - timedelta(minutes=minutes_ago)
    said = Mention(
        source="x", account="y", native_id=str(n), published_at=at, fetched_at=at, text=f"texto {n}", **changes
    )  # type: ignore[arg-type]
    with desk.core.write() as tx:
        mentions.add(tx.connection, [(said, Verdict(type=type))])


def overdue(desk: Desk) -> list[str]:
    return [row.mention.native_id for row in desk.mentions.latest(sought=Sought(reply=Reply.OVERDUE))]


def kinds(desk: Desk) -> tuple[str, timedelta, str]:
    """A type that wants an answer, its time, and one that wants none."""
    types = desk.playbook.mention_types
    wants = next(t for t in types if t.answer and t.first_reply)
    none = next(t for t in types if not t.answer or not t.first_reply)
    assert wants.first_reply is not None
    return wants.id, wants.first_reply, none.id


def test_what_waits_too_long_is_counted_by_type(desk: Desk) -> None:
    kind, wait, none = kinds(desk)
    minutes = wait.total_seconds() / 60
    put(desk, 1, kind, minutes + 1)
    put(desk, 2, kind, minutes - 1)
    put(desk, 3, none, minutes + 100)
    put(desk, 4, "", minutes + 100)
    put(desk, 5, kind, minutes + 1, is_repost=True)
    put(desk, 6, kind, 60 * 24 * 4)
    assert desk.reply_clock.backlog() == {kind: 1} and overdue(desk) == ["1"]
    assert desk.reply_clock.backlog(desk.clock.now() + timedelta(minutes=2)) == {kind: 2}
    assert desk.reply_clock.backlog(desk.clock.now() - timedelta(minutes=2)) == {}


def test_an_answer_ends_the_wait_from_then_on(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    kind, wait, _none = kinds(desk)
    put(desk, 1, kind, wait.total_seconds() / 60 + 5)
    (row,) = desk.mentions.latest(1)
    draft = desk.drafts.start(incident.id, "respuesta_individual", mention_id=row.id)
    now = desk.clock.now()
    assert desk.reply_clock.backlog() == {kind: 1}  # begun is not answered
    sent = Publication(
        id=0, draft_id=draft.id, incident_id=incident.id, channel="x", lang="es", text="hola", digest="d", url="",
        published_at=now, recorded_at=now, by="ana", how="copied",
    )  # fmt: skip
    with desk.core.write() as tx:
        rows.publications.insert(tx.connection, sent)
    assert desk.reply_clock.backlog() == {} and overdue(desk) == []
    assert desk.reply_clock.backlog(now - timedelta(minutes=1)) == {kind: 1}
    assert [r.id for r in desk.mentions.latest(sought=Sought(reply=Reply.ANSWERED))] == [row.id]


def test_a_reply_that_went_out_counts_and_one_that_failed_does_not(desk: Desk, incident: Incident) -> None:
    kind, wait, _none = kinds(desk)
    put(desk, 1, kind, wait.total_seconds() / 60 + 5)
    (row,) = desk.mentions.latest(1)
    draft = desk.drafts.start(incident.id, "respuesta_individual", mention_id=row.id)
    values = {
        "draft_id": draft.id, "incident_id": incident.id, "mention_id": row.id, "source": "x", "lang": "es",
        "digest": "d", "plan": {}, "confirmed_by": "ana", "confirmed_at": START, "ended_at": START,
    }  # fmt: skip
    for key, state, left in (("a", "failed", {kind: 1}), ("b", "unknown", {kind: 1}), ("c", "sent", {})):
        with desk.core.write() as tx:
            tx.connection.execute(insert(outgoing).values(**values, key=key, state=state))
        assert desk.reply_clock.backlog() == left


def test_when_it_is_due_and_that_some_types_want_no_reply(desk: Desk) -> None:
    kind, wait, none = kinds(desk)
    put(desk, 1, kind, 0)
    put(desk, 2, none, 1)
    first, second = desk.mentions.latest(2)
    told = desk.reply_clock.due(first)
    assert told is not None and told.at == first.mention.published_at + wait
    assert desk.reply_clock.due(second) is None
