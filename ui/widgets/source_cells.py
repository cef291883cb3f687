"""What the lists of the listening page show: a source's health, a mention on trial, a stretch that was not heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from crisisdesk.model.mention import Gap, Mention, SourceHealth, SourceState, StoredMention
from crisisdesk.texts import Texts
from crisisdesk.words import duration, number
from ui.models.columns import DANGER_MARK, GOOD_MARK, WARNING_MARK, Cell, Column, Look, outside

_MARKS: Final = {
    SourceState.GOOD: (GOOD_MARK, "good"),
    SourceState.LATE: (WARNING_MARK, "promise"),
    SourceState.FAILING: (DANGER_MARK, "danger"),
    SourceState.BLIND: (DANGER_MARK, "muted"),
}


def kind_name(kind: str, texts: Texts) -> str:
    """A kind of source in words."""
    key = f"sources.kind.{kind}"
    return texts(key) if texts.has(key) else kind


def _label(row: SourceHealth, look: Look) -> Cell:
    mark, token = _MARKS[row.state]
    named = outside(row.label or row.account, 80)
    under = kind_name(row.source, look.texts)
    if row.label and row.label != row.account:
        under = f"{under} · {outside(row.account, 120)}"
    said = look.texts(f"preparation.source_state.{row.state}")
    return Cell(text=named, mark=mark, mark_token=token, under=under, bold=True, spoken=f"{named}. {under}. {said}")


def _state(row: SourceHealth, look: Look) -> Cell:
    texts = look.texts
    said = texts(f"preparation.source_state.{row.state}")
    if not row.error_key:
        return Cell(text=said, token="muted")
    told = outside(texts(f"errors.{row.error_key}", **dict(row.error_fields)), 400)
    return Cell(text=told, token="danger" if row.state is SourceState.FAILING else "text", spoken=f"{said}. {told}")


def _heard(row: SourceHealth, look: Look) -> Cell:
    if row.last_ok is None:
        return Cell(text=look.texts("preparation.never"), token="muted")
    lag = look.texts("listening.lag", duration=duration(timedelta(seconds=row.lag_seconds or 0), look.texts))
    if row.cut:  # it is still asked at its pace
        return Cell(text=look.texts("listening.cut"), under=lag, mark=WARNING_MARK, mark_token="promise")
    if not row.live:
        return Cell(text=look.time(row.last_ok), under=lag)
    return Cell(text=look.texts("listening.live"), under=lag, mark=GOOD_MARK, mark_token="good")


def _quota(row: SourceHealth, look: Look) -> Cell:
    budget = row.budget
    if budget is None or budget.remaining is None:
        return Cell(text="—", token="muted", spoken=look.texts("listening.quota_unknown"))
    left = number(budget.remaining, look.texts, 0)
    if budget.limit is not None:
        left = look.texts("listening.quota_of", left=left, limit=number(budget.limit, look.texts, 0))
    under = look.texts("listening.quota_reset", time=look.time(budget.reset_at)) if budget.reset_at else ""
    low = budget.limit is not None and budget.remaining * 10 < budget.limit
    return Cell(text=left, under=under, mark=WARNING_MARK if low else "", mark_token="promise")


HEALTH: Final[Sequence[Column[SourceHealth]]] = (
    Column(heading="preparation.column.source", cell=_label, width=220),
    Column(heading="preparation.column.state", cell=_state),
    Column(heading="preparation.column.last_ok", cell=_heard, width=118),
    Column(heading="listening.column.quota", cell=_quota, width=112, number=True, least=560),
)


def _author(row: Mention, look: Look) -> Cell:
    return Cell(text=outside(row.author, 60) or "—", token="muted")


FOUND: Final[Sequence[Column[Mention]]] = (
    Column(
        heading="inbox.column.time",
        cell=lambda row, look: Cell(text=look.time(row.published_at), token="muted"),
        width=118,
    ),
    Column(heading="inbox.column.author", cell=_author, width=120),
    Column(
        heading="inbox.column.text",
        cell=lambda row, look: (
            Cell(text=outside(row.text)) if row.text.strip() else Cell(text=look.texts("inbox.no_text"), token="muted")
        ),
    ),
)


def _gap_span(row: Gap, look: Look) -> Cell:
    end = look.time(row.end) if row.end else look.texts("listening.still")
    return Cell(text=f"{look.time(row.start)} – {end}", mark="" if row.end else DANGER_MARK, mark_token="danger")


def _gap_why(row: Gap, look: Look) -> Cell:
    key = row.reason or "listening.no_answer"
    return Cell(text=look.texts(key))


def _gap_source(row: Gap, look: Look) -> Cell:
    kind, _, account = row.source.partition(":")
    return Cell(text=kind_name(kind, look.texts), under=outside(account, 120))


STORED: Final[Sequence[Column[StoredMention]]] = (
    Column(
        heading="inbox.column.time",
        cell=lambda row, look: Cell(text=look.time(row.mention.published_at), token="muted"),
        width=118,
    ),
    Column(heading="inbox.column.author", cell=lambda row, look: _author(row.mention, look), width=120, least=560),
    Column(heading="inbox.column.text", cell=lambda row, look: Cell(text=outside(row.mention.text))),
)

GAPS: Final[Sequence[Column[Gap]]] = (
    Column(heading="preparation.column.source", cell=_gap_source, width=180),
    Column(heading="listening.column.unheard", cell=_gap_span, width=170),
    Column(heading="listening.column.why", cell=_gap_why),
)
