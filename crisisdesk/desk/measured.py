"""Documents over a period, put together from the measures: the return on investment, the voice of the customer."""

from __future__ import annotations

from decimal import Decimal

from crisisdesk.desk.measures import Measures
from crisisdesk.model.measure import Period
from crisisdesk.model.preparation import Preparation
from crisisdesk.pipeline.measures import figures
from crisisdesk.pipeline.roi import returned
from crisisdesk.reports import roi as roi_report
from crisisdesk.reports import voice as voice_report
from crisisdesk.reports.base import Cut, Document
from crisisdesk.words import Sentences


def roi(measures: Measures, kept: Preparation, texts: Sentences, period: Period) -> Document:
    """The return on investment of ``period``."""
    rows = measures.rows(period)
    found = returned(rows, figures(rows), figures_of(kept), kept.currency)
    return roi_report.document(rows, found, kept, texts, made_at=measures.now(), zone=measures.zone)


def figures_of(kept: Preparation) -> dict[str, Decimal]:
    """The assumptions that somebody has said, as exact numbers."""
    return {one.name: Decimal(one.value) for one in kept.assumptions}


def voice(measures: Measures, texts: Sentences, period: Period, *, cut: str = Cut.INTERNAL) -> Document:
    """The voice of the customer in ``period``."""
    rows = measures.rows(period)
    week = voice_report.Week(
        rows=rows,
        before=measures.rows(measures.before(period)),
        figures=figures(rows),
        ideas=measures.quotes(voice_report.to_quote(rows, ideas=True)),
        complaints=measures.quotes(voice_report.to_quote(rows, ideas=False)),
        made_at=measures.now(),
        zone=measures.zone,
    )
    return voice_report.document(week, texts, cut=cut)
