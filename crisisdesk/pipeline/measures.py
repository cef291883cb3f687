"""Every measure, defined once: rows in, figures out. The formulas in words stand in ``docs/measures.md``.

Nothing here is a float: a share is a fraction of two counts, a duration whole microseconds, money a Decimal. Each is
rounded once, half to even, so that anybody gets the same digits from the exported rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.measure import (
    Figure,
    IncidentRow,
    MentionRow,
    PromiseRow,
    ReplyRow,
    Rows,
    ServiceDay,
    Unit,
)
from crisisdesk.model.mention import Sentiment

T = TypeVar("T")

CONVERTED_WITHIN: Final = timedelta(days=30)
"""How long after a complaint a change of heart still counts as ours."""
LINES: Final = ("phone", "mail")
PLACES: Final = {Unit.COUNT: 0, Unit.SECONDS: 3, Unit.SHARE: 6, Unit.MONEY: 4, Unit.RATIO: 6}
"""Digits after the point."""
MeasuredRow = MentionRow | ReplyRow | PromiseRow | IncidentRow | ServiceDay
_KEPT: Final = (CommitmentKind.RESOLUTION, CommitmentKind.INDIVIDUAL, CommitmentKind.REMEDY)


def figures(rows: Rows) -> tuple[Figure, ...]:
    """Every figure of a period, in the order in which they are told."""
    return (
        *_volume(rows),
        *_answers(rows.replies, rows.mentions),
        *_incidents(rows),
        *_promises(rows.promises),
        *_conversion(rows),
        *service_figures(rows.service),
        *_voice(rows),
    )


def of_channel(rows: Rows, channel: str) -> Rows:
    """Only the mentions and answers of one channel, or all of them; promises and incidents are of every channel."""
    if not channel:
        return rows
    return replace(
        rows,
        mentions=tuple(row for row in rows.mentions if row.channel == channel),
        later=tuple(row for row in rows.later if row.channel == channel),
        replies=tuple(row for row in rows.replies if row.channel == channel),
    )


def backlog_peak(asked: Iterable[datetime], answered: Iterable[datetime]) -> tuple[datetime, int] | None:
    """When most were waiting at once, and how many; at one instant an answer goes before a question."""
    moves = sorted([(at, 1) for at in asked] + [(at, -1) for at in answered])
    waiting, most = 0, None
    for at, step in moves:
        waiting += step
        if most is None or waiting > most[1]:
            most = (at, waiting)
    return most if most is not None and most[1] > 0 else None


def counted(one: Figure, rows: Rows) -> tuple[MeasuredRow, ...]:
    """The rows that a figure was counted from, as they stand in its table."""
    part = one.key.split(".")
    if one.rows == "incidents":
        return rows.incidents
    if one.rows == "promises":
        kinds = (CommitmentKind.NEXT_UPDATE,) if part[0] == "updates" else _KEPT
        mine = [row for row in rows.promises if row.kind in kinds]
        return tuple(row for row in mine if part[1] != "area" or row.area == one.of)
    if one.rows == "service":
        line, _, currency = one.of.partition(" ")
        return tuple(d for d in rows.service if d.line == line and currency in ("", d.currency))
    if one.rows == "replies":
        return tuple(row for row in rows.replies if one.of in ("", row.channel))
    public = [row for row in rows.mentions if not row.own]
    if part[0] == "conversion":
        return tuple(row for row in public if row.voice)
    if part[0] == "voice":
        place = rows.brands.index(one.of)
        return tuple(row for row in public if row.names and row.names[place])
    return tuple(row for row in public if one.of in ("", row.channel))


def rounded(value: Fraction | Decimal | int | None, unit: Unit) -> Decimal | None:
    """``value`` with the digits of ``unit``, half to even; ``None`` stays ``None``."""
    if value is None:
        return None
    digits = str(abs(whole := round(Fraction(value) * 10 ** PLACES[unit])))
    return Decimal((int(whole < 0), tuple(map(int, digits)), -PLACES[unit]))  # exact, however many digits there are


def share(part: int, whole: int) -> Fraction | None:
    """``part`` of ``whole``; unknown where there is no whole."""
    return Fraction(part, whole) if whole else None


def seconds(delta: timedelta) -> Fraction:
    """A duration in seconds, exact to the microsecond."""
    return Fraction(delta // timedelta(microseconds=1), 1_000_000)


def median(values: Sequence[Fraction]) -> Fraction | None:
    """The middle one, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    if not ordered:
        return None
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """The sum through the number."""
    return sum(values, Fraction(0)) / len(values) if values else None


def p90(values: Sequence[Fraction]) -> Fraction | None:
    """The smallest value that nine in ten do not exceed (nearest rank): one that occurred, never one in between."""
    ordered = sorted(values)
    return ordered[-(-9 * len(ordered) // 10) - 1] if ordered else None


def grouped(rows: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Rows by what ``key`` says of them, most first, then by name."""
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def _volume(rows: Rows) -> Iterator[Figure]:
    """What people wrote by channel, beside the telephone and the mail."""
    heard = [row for row in rows.mentions if not row.own]
    yield _figure("volume.mentions", Unit.COUNT, len(heard), len(heard), "mentions")
    for channel, group in grouped(heard, lambda row: row.channel):
        yield _figure("volume.channel", Unit.COUNT, len(group), len(group), "mentions", channel)
    for line in LINES:
        days = [day for day in rows.service if day.line == line]
        yield _figure("volume.line", Unit.COUNT, sum(d.contacts for d in days) if days else None, len(days), "service",
                      line)  # fmt: skip


def _answers(replies: Sequence[ReplyRow], mentions: Sequence[MentionRow]) -> Iterator[Figure]:
    """How long people waited: the first answer to each person, each answer, and the work on it."""
    public = [row for row in mentions if not row.own]
    yield _figure("response.answered", Unit.SHARE, share(len(replies), len(public)), len(public), "mentions")
    people: dict[tuple[str, int], tuple[datetime, datetime]] = {}
    for row in replies:
        who = (row.source, row.voice or -row.mention_id)
        asked, told = people.get(who, (row.asked_at, row.replied_at))
        people[who] = (min(asked, row.asked_at), min(told, row.replied_at))
    yield from _spread("first_response", [seconds(told - asked) for asked, told in people.values()], "replies")
    yield from _spread("response", [seconds(r.replied_at - r.asked_at) for r in replies], "replies")
    yield from _spread("handling", [seconds(r.replied_at - r.begun_at) for r in replies if r.begun_at], "replies")
    for channel, group in grouped(replies, lambda row: row.channel):
        waits = [seconds(r.replied_at - r.asked_at) for r in group]
        yield _figure("response.channel_median", Unit.SECONDS, median(waits), len(group), "replies", channel)
        yield _figure("response.channel_p90", Unit.SECONDS, p90(waits), len(group), "replies", channel)


def _incidents(rows: Rows) -> Iterator[Figure]:
    """From the beginning of an incident to its first public words, and to its end."""
    said = [seconds(i.first_message_at - i.started_at) for i in rows.incidents if i.first_message_at]
    over = [seconds(i.resolved_at - i.started_at) for i in rows.incidents if i.resolved_at]
    yield _figure("incidents", Unit.COUNT, len(rows.incidents), len(rows.incidents), "incidents")
    yield from _spread("first_message", said, "incidents")
    yield from _spread("resolution", over, "incidents")


def _spread(key: str, values: Sequence[Fraction], table: str) -> Iterator[Figure]:
    """Mean, median and P90: never the mean alone."""
    for name, made in (("mean", mean), ("median", median), ("p90", p90)):
        yield _figure(f"{key}.{name}", Unit.SECONDS, made(values), len(values), table)


def _promises(promises: Sequence[PromiseRow]) -> Iterator[Figure]:
    """Kept of those that ended kept or broken, all together, by area, and the next updates."""
    told = [row for row in promises if row.kind in _KEPT]
    news = [row for row in promises if row.kind is CommitmentKind.NEXT_UPDATE]
    yield from _kept("promises", told, "")
    for area, group in grouped(told, lambda row: row.area):
        yield from _kept("promises.area", group, area)
    yield from _kept("updates", news, "")


def _kept(key: str, promises: Sequence[PromiseRow], of: str) -> Iterator[Figure]:
    kept = sum(row.state is CommitmentState.KEPT for row in promises)
    ended = kept + sum(row.state is CommitmentState.BROKEN for row in promises)
    late = [seconds(row.done_at - row.due_at) for row in promises if row.done_at is not None]
    yield _figure(f"{key}.made", Unit.COUNT, len(promises), len(promises), "promises", of)
    yield _figure(f"{key}.kept", Unit.SHARE, share(kept, ended), ended, "promises", of)
    yield _figure(f"{key}.lateness", Unit.SECONDS, median(late), len(late), "promises", of)


def _conversion(rows: Rows) -> Iterator[Figure]:
    """Authors whose first label is negative and whose last within 30 days is positive; and how much has no label."""
    signed = [row for row in rows.mentions if row.voice and not row.own]
    bare = sum(not row.labelled for row in signed)
    first: dict[tuple[str, int], MentionRow] = {}
    last: dict[tuple[str, int], MentionRow] = {}
    after = [row for row in rows.later if row.voice and not row.own]
    for row in sorted((*signed, *after), key=lambda row: (row.at, row.id)):
        who = (row.source, row.voice)
        if not row.labelled or (who not in first and row.at >= rows.period.end):
            continue
        begun = first.setdefault(who, row)
        if row.at - begun.at <= CONVERTED_WITHIN:
            last[who] = row
    against = [who for who, row in first.items() if row.sentiment is Sentiment.NEGATIVE]
    again = [who for who in against if last[who] is not first[who]]
    turned = sum(last[who].sentiment is Sentiment.POSITIVE for who in again)
    yield _figure("conversion.detractors", Unit.COUNT, len(against), len(against), "mentions")
    yield _figure("conversion.heard_again", Unit.COUNT, len(again), len(against), "mentions")
    yield _figure("conversion.converted", Unit.COUNT, turned, len(against), "mentions")
    yield _figure("conversion.rate", Unit.SHARE, share(turned, len(against)), len(against), "mentions")
    yield _figure("conversion.unlabelled", Unit.SHARE, share(bare, len(signed)), len(signed), "mentions")


def service_figures(service: Sequence[ServiceDay]) -> Iterator[Figure]:
    """The four curves of the call centre, each from the days that know it; they are never made into one number."""
    for line, days in grouped(service, lambda day: day.line):
        for currency, paid in grouped([d for d in days if d.cost is not None], lambda day: day.currency):
            cost = sum((Fraction(day.cost) for day in paid if day.cost is not None), Fraction(0))
            calls = sum(day.contacts for day in paid)
            of = f"{line} {currency}".strip()
            yield _figure("service.cost", Unit.MONEY, cost / calls if calls else None, calls, "service", of)
        timed = [day for day in days if day.seconds is not None]
        spent = sum((Fraction(day.seconds) for day in timed if day.seconds is not None), Fraction(0))
        calls = sum(day.contacts for day in timed)
        yield _figure("service.length", Unit.SECONDS, spent / calls if calls else None, calls, "service", line)
        for key, part, whole in (("satisfaction", "satisfied", "asked"), ("detraction", "detractors", "rated")):
            pairs = [(getattr(day, part), getattr(day, whole)) for day in days]
            known = [(some, all_) for some, all_ in pairs if some is not None and all_ is not None]
            asked = sum(all_ for _some, all_ in known)
            value = share(sum(some for some, _all in known), asked)
            yield _figure(f"service.{key}", Unit.SHARE, value, asked, "service", line)


def _voice(rows: Rows) -> Iterator[Figure]:
    """Each brand's part of the mentions that name any of them; without competitors there is nothing to share."""
    public = [row for row in rows.mentions if not row.own and row.names]
    counts = [sum(row.names[place] for row in public) for place in range(len(rows.brands))]
    for name, count in zip(rows.brands, counts, strict=True):
        yield _figure("voice.share", Unit.SHARE, share(count, sum(counts)), count, "mentions", name)


def _figure(key: str, unit: Unit, value: Fraction | Decimal | int | None, n: int, rows: str, of: str = "") -> Figure:
    return Figure(key=key, unit=unit, value=rounded(value, unit), n=n, rows=rows, of=of)
