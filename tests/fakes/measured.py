"""A month of invented rows for the measures page: heard, answered, promised, and the call centre's days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.measure import IncidentRow, MentionRow, Period, PromiseRow, ReplyRow, Rows, ServiceDay
from crisisdesk.model.mention import Sentiment

HOUR = timedelta(hours=1)


def rows_of(now: datetime, days: int) -> Rows:
    """Rows of the ``days`` that end at ``now``."""
    first = now.date() - timedelta(days=days - 1)
    period = Period(first=first, last=now.date(), start=now - timedelta(days=days), end=now + HOUR)
    moods = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
    mentions = [
        MentionRow(
            id=n, at=now - HOUR * n, source=("x", "facebook", "mail")[n % 3],
            channel=("x", "facebook", "correo")[n % 3],
            voice=n % 7, sentiment=moods[n % 5 % 3], labelled=n % 5 % 3 != 1, by_person=False, complaint=n % 2 == 0,
            idea=n % 9 == 0, own=False, names=(n % 2 == 0, n % 3 == 0),
        )
        for n in range(60, 0, -1)
    ]  # fmt: skip
    replies = [
        ReplyRow(mention_id=row.id, incident="2026-03-17-1", source=row.source, channel=row.channel, voice=row.voice,
                 asked_at=row.at, begun_at=row.at + HOUR / 9, replied_at=row.at + HOUR / 6 * (1 + row.id % 8))
        for row in mentions if row.id % 3 == 0
    ]  # fmt: skip
    promises = [
        PromiseRow(
            id=n, incident="2026-03-17-1", kind=(CommitmentKind.RESOLUTION, CommitmentKind.NEXT_UPDATE)[n % 2],
            area=("tecnico", "atencion")[n % 4 // 2], state=(CommitmentState.KEPT, CommitmentState.BROKEN)[n % 5 == 0],
            due_at=now - HOUR * n, done_at=now - HOUR * n + timedelta(minutes=3 * n - 20),
        )
        for n in range(14)
    ]  # fmt: skip
    service = [
        ServiceDay(
            day=first + timedelta(days=n), line="phone", contacts=300 + 40 * (n % 5), seconds=Decimal(72_000 + 900 * n),
            cost=None if n == 3 else Decimal(9_000 + 311 * n), currency="" if n == 3 else "MXN", asked=40,
            satisfied=31 - n % 6, rated=25, detractors=4 + n % 5,
        )
        for n in range(days)
    ]  # fmt: skip
    incident = IncidentRow(name="2026-03-17-1", started_at=now - 4 * HOUR, opened_at=now - 4 * HOUR,
                           first_message_at=now - 4 * HOUR + timedelta(minutes=10), resolved_at=None)  # fmt: skip
    return Rows(
        period=period, mentions=tuple(mentions), replies=tuple(replies), promises=tuple(promises),
        incidents=(incident,), service=tuple(service), brands=("Nuestra", "Otra"),
    )  # fmt: skip


def measures(now: datetime, *, drill: bool = False, calm: bool = False) -> Any:
    """The noun ``desk.measures``."""

    def period(first: date | None, last: date | None, *, days: int = 28) -> Period:
        return rows_of(now, days).period

    def rows(one: Period) -> Rows:
        return Rows(period=one, drills=int(drill)) if drill or calm else rows_of(now, (one.last - one.first).days + 1)

    return SimpleNamespace(period=period, rows=rows, before=lambda one: one, quotes=lambda ids: (),
                           now=lambda: now, zone="America/Mexico_City")  # fmt: skip
