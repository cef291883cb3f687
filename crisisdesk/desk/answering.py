"""How the people of one incident were answered one by one, and in what mood they were before, during and after."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from crisisdesk.model.mention import Sentiment
from crisisdesk.model.review import Answering, Mood
from crisisdesk.pipeline.measures import backlog_peak, median, p90, seconds
from crisisdesk.store import measured
from crisisdesk.store.database import Connection

AROUND: Final = timedelta(days=1)
"""How long before T0 and after the end the mood is looked at."""


def answering(connection: Connection, start: datetime, resolved: datetime | None, now: datetime) -> Answering:
    """Counted from the mentions between ``start`` and the end, or now."""
    end = resolved or now
    answers = measured.answers(connection)
    asked = measured.asked(connection, tuple(answers), start, end)
    waits = [seconds(answers[one].replied_at - at) for one, at in asked.items() if answers[one].replied_at >= at]
    complaints = dict(measured.complaints(connection, start, end))
    done = [answers[one].replied_at for one in complaints if one in answers and answers[one].replied_at < end]
    return Answering(
        answered=len(waits),
        median=_delta(median(waits)),
        p90=_delta(p90(waits)),
        backlog=backlog_peak(complaints.values(), done),
        before=_mood(connection, start - AROUND, start),
        during=_mood(connection, start, end),
        after=_mood(connection, resolved, min(now, resolved + AROUND)) if resolved and resolved < now else None,
    )


def _delta(value: Fraction | None) -> timedelta | None:
    return None if value is None else timedelta(microseconds=round(value * 1_000_000))


def _mood(connection: Connection, start: datetime, end: datetime) -> Mood:
    """A neutral that no person gave is no label."""
    found = measured.moods(connection, start, end)
    return Mood(
        n=sum(found.values()),
        positive=sum(n for (mood, _person), n in found.items() if mood is Sentiment.POSITIVE),
        neutral=found.get((Sentiment.NEUTRAL, True), 0),
        negative=sum(n for (mood, _person), n in found.items() if mood is Sentiment.NEGATIVE),
    )
