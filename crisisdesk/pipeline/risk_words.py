"""The risk of a promise in words: a count, a frequency of a hundred, an interval; never a naked percentage."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crisisdesk.pipeline.render import day
from crisisdesk.pipeline.risk import LIMIT, Estimate
from crisisdesk.texts import Texts


def hundred(share: float | None) -> int:
    """A share as so many of a hundred."""
    return round(100 * (share or 0.0))


def length(minutes: float, texts: Texts) -> str:
    """Minutes as said: whole hours from two on, else minutes."""
    whole = round(minutes)
    if whole >= 120 and whole % 60 == 0:
        return texts("risk.length.hours", n=whole // 60)
    return texts("risk.length.minutes", n=whole)


def moment(minutes: float, texts: Texts, start: datetime | None, zone: str) -> str:
    """A minute since the beginning as a local time, with its date when that is another day; or as a length."""
    if start is None:
        return texts("risk.when.after", length=length(minutes, texts))
    local, first = (at.astimezone(ZoneInfo(zone)) for at in (start + timedelta(minutes=minutes), start))
    one = "one" if local.hour == 1 else "many"
    dated = "at_" if local.date() == first.date() else "dated_"
    return texts(f"risk.when.{dated}{one}", time=f"{local:%H:%M}", day=day(local, texts.lang))


def risk_line(found: Estimate, texts: Texts, *, start: datetime | None = None, zone: str = "UTC") -> str:
    """«De 11 averías parecidas…», or that nothing can be said; open cases are named."""
    if found.frequency is None:
        if not found.cases:
            return texts("risk.no_cases")
        few = found.at_risk < found.cases and found.elapsed > 0
        if few and not found.at_risk:
            return texts("risk.few_none", n=found.cases)
        return texts("risk.few_now" if few else "risk.few", n=found.at_risk, cases=found.cases)
    new, one = ("_new" if found.elapsed <= 0 else ""), ("_one" if found.over == 1 else "")
    line = texts(
        f"risk.told{new}{one}",
        n=found.at_risk,
        over=found.over,
        elapsed=length(found.elapsed, texts),
        promise=length(found.promise, texts),
        when=moment(found.promise, texts, start, zone),
        hundred=hundred(found.frequency),
        low=hundred(found.low),
        high=hundred(found.high),
    )
    return f"{line} {texts('risk.open', n=found.unknown)}" if found.unknown else line


def sure_line(
    sure: Estimate | None,
    texts: Texts,
    *,
    limit: float = LIMIT,
    start: datetime | None = None,
    zone: str = "UTC",
) -> str:
    """«Para fallar menos de 20: di las 12:10.», with how often that one fails; or that no time is so sure."""
    if sure is None:
        return texts("risk.none_sure", limit=hundred(limit))
    told = texts("risk.sure", limit=hundred(limit), when=moment(sure.promise, texts, start, zone))
    own = texts("risk.sure_told", hundred=hundred(sure.frequency), low=hundred(sure.low), high=hundred(sure.high))
    return f"{told} {own}"
