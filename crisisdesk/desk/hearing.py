"""How well one source is heard, from what is stored of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from crisisdesk.connectors.options import connector_of
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.model.source import Budget
from crisisdesk.store.sources import SourceRow

LATE_AFTER = timedelta(minutes=15)


def health(row: SourceRow, now: datetime, *, live: bool = False, cut: bool = False) -> SourceHealth:
    """How well we hear one source; ``live`` when it tells by itself, ``cut`` when it did."""
    lag = (now - row.last_ok).total_seconds() if row.last_ok else None
    if row.error_key and row.failures >= 1:
        state = SourceState.FAILING
    elif row.polled and (lag is None or lag > max(LATE_AFTER, _pace(row.source) * 3).total_seconds()):
        state = SourceState.LATE
    else:
        state = SourceState.GOOD
    return SourceHealth(
        source=row.source,
        account=row.account,
        label=row.label or row.account,
        state=state,
        last_ok=row.last_ok,
        lag_seconds=lag,
        error_key=row.error_key,
        error_fields=tuple(sorted(row.error_fields.items())),
        budget=None if row.budget is None else msgspec.convert(row.budget, Budget),
        live=live,
        cut=cut,
    )


def _pace(kind: str) -> timedelta:
    """A source's own pace, as far as it is known here."""
    try:
        return timedelta(seconds=connector_of(kind).limits.pace)
    except InputError:
        return timedelta(0)
