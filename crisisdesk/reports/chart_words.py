"""The chart in words: for a screen reader, for the crosshair, for a report's reader who cannot see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from crisisdesk.model.room import ChartData, SecondSeries
from crisisdesk.reports.chart_minutes import Buckets
from crisisdesk.reports.chart_scale import unheard
from crisisdesk.words import MISSING, Sentences, duration, number, when

_MOST: Final = 8  # flags told one by one


def second_name(second: SecondSeries, texts: Sentences) -> str:
    """What the second series counts."""
    if second.kind == "words":
        return f"«{second.label.get(texts.lang)}»"
    return second.label.get(texts.lang) if second.kind == "incident" else texts(f"chart.second.{second.kind}")


def point(data: ChartData, buckets: Buckets, place: int, texts: Sentences) -> str:
    """The numbers of one bucket; «no data» where nothing was heard and nothing arrived later either."""
    at = buckets.start + buckets.step * place
    said = when(at, data.zone, texts, ref=buckets.end)
    if buckets.step > timedelta(minutes=1):
        said = texts("chart.stretch", start=said, end=when(at + buckets.step, data.zone, texts, ref=buckets.end))
    if data.incident_from is not None and at >= data.incident_from:
        said = texts("chart.since_start", time=said, minutes=(at - data.incident_from) // timedelta(minutes=1))
    total = float(buckets.total[place])
    if not total and any(start <= at < end for start, end in unheard(data, buckets.start, buckets.end)):
        return texts("chart.point_silent", time=said)
    expected = number(round(float(buckets.middle[place]), 1), texts) if buckets.middle.size else MISSING
    words = texts(
        "chart.point",
        n=int(total),
        time=said,
        total=number(total, texts),
        originals=number(float(buckets.originals[place]), texts),
        reposts=number(float(buckets.reposts[place]), texts),
        expected=expected,
    )
    if data.second is not None and buckets.second.size:
        words += f" · {second_name(data.second, texts)} {number(float(buckets.second[place]), texts)}"
    return words


def summary(data: ChartData, buckets: Buckets, texts: Sentences) -> str:
    """All that the chart shows, in sentences: how much, the peak, the expected, what was not heard, our own acts."""
    zone, end = data.zone, buckets.end
    total = float(buckets.total.sum())
    said = [
        texts(
            "chart.told.total",
            n=int(total),
            start=when(buckets.start, zone, texts, ref=end),
            end=when(end, zone, texts),
            total=number(total, texts),
            reposts=number(float(buckets.reposts.sum()), texts),
        )
    ]
    if total:
        place = int(buckets.total.argmax())
        peak, at = float(buckets.total[place]), buckets.start + buckets.step * place
        time, step = when(at, zone, texts, ref=end), duration(buckets.step, texts, spoken=True)
        said.append(texts("chart.told.peak", n=int(peak), peak=number(peak, texts), time=time, step=step))
    if buckets.middle.size:
        usual = number(round(float(buckets.middle.sum()), 0), texts)
        above = int((buckets.total > buckets.high).sum())
        said.append(texts("chart.told.expected", n=above, expected=usual, above=above, of=len(buckets.total)))
    if data.second is not None and buckets.second.size:
        shown = number(float(buckets.second.sum()), texts)
        said.append(texts("chart.told.second", name=second_name(data.second, texts), total=shown))
    said += [
        texts("chart.told.silence", start=when(a, zone, texts, ref=end), end=when(b, zone, texts, ref=end))
        for a, b in unheard(data, buckets.start, end)
    ]
    said += _flags(data, buckets.start, end, texts)
    return " ".join(said)


def _flags(data: ChartData, start: datetime, end: datetime, texts: Sentences) -> list[str]:
    shown = [f for f in data.flags if start <= f.at <= end]
    said = [f"{when(f.at, data.zone, texts, ref=end)} {f.label.get(texts.lang)}." for f in shown[-_MOST:]]
    if len(shown) > _MOST:
        said.append(texts("chart.told.more", n=len(shown) - _MOST))
    return said
