"""The reports of one incident (review, situation, timeline), each set as a web page, for paper and as Markdown."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from crisisdesk import words
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import (
    charts,
    markdown_text,
    sections,
    sections_after,
    sections_internal,
    setting,
    situation,
    timeline_book,
)
from crisisdesk.reports.base import Cut, Document, Kind, Section, cut_named, kind_named, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.redaction import cut_of
from crisisdesk.words import Sentences

CHART_PX: Final = (1000, 380)
PRINT_CHART_PX: Final = (640, 280)
PRINT_CHART: Final = "crisisdesk:chart"
"""The address of the chart in :func:`print_html`; ``ui/paper.py`` is given the image for it."""


def document(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL, kind: str = Kind.REVIEW) -> Document:
    """Put a report together: sections in their order, only those that ``cut`` may read."""
    cut, kind = cut_named(cut), kind_named(kind)
    reader = Reader(cut_of(data, cut), texts, cut)
    incident = reader.data.incident
    title = shown(incident.title)
    lead, facts, made = _BUILT[kind]
    return Document(
        lang=texts.lang,
        cut=cut,
        banner=reader.say("banner.drill") if incident.drill else "",
        kicker=reader.say(f"kicker.{kind.value}_{cut.value}"),
        title=title,
        facts=facts(reader),
        lead=lead(reader),
        sections=made(reader),
        footer=reader.say("footer", name=shown(incident.name), title=title),
        head="" if data.head is None else reader.say("head_of_chain", head=data.head),
        contents=kind is not Kind.SITUATION,
    )


def _sections(reader: Reader) -> tuple[Section, ...]:
    """What a board reads first; the rows that it may want to look up are annexes, on pages of their own."""
    shared, internal = sections, sections_internal
    told: list[Callable[[Reader], Section]] = [shared.chart, shared.milestones, shared.ledger]
    if reader.internal:
        told.append(internal.calibration)
    told += [shared.mentions, shared.answers, sections_after.duties]
    if reader.internal:
        told.append(sections_after.followup)
    rows: list[Callable[[Reader], Section]] = [shared.said]
    if reader.internal:
        rows += [internal.calls, internal.sheet, internal.tasks]
        rows += [sections_after.areas] if reader.data.areas else []
        rows += [sections_after.service] if reader.data.call_centre and reader.data.call_centre.days else []
    rows.append(shared.timeline)
    if reader.internal:
        rows.append(internal.revisions)
    annexes = [replace(make(reader), annex=True) for make in (*rows, shared.method)]
    return (*(make(reader) for make in told), replace(annexes[0], new_page=True), *annexes[1:])


def _facts(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What stands in the head of the first page."""
    data, incident, texts = reader.data, reader.data.incident, reader.texts
    level = data.playbook.level(incident.level)
    started, ended = incident.started_at, incident.resolved_at
    made = words.when(data.made_at, reader.zone, texts, ref=started)
    values = {
        "code": shown(incident.name),
        "level": reader.say(
            "head.level_value", level=incident.level, name=reader.own(level.name) if level else words.MISSING
        ),
        "start": f"{words.day(started, reader.zone, texts)}, {words.when(started, reader.zone, texts)}",
        "end": reader.time(ended) if ended else reader.say("head.still"),
        "duration": reader.duration((ended or data.made_at) - started),
        "playbook": reader.say(
            "head.playbook_value", title=reader.own(data.playbook.title), version=incident.playbook_version
        ),
        "zone": words.zone_name(incident.zone, texts),
        "made": reader.say("head.made_by", time=made, who=shown(data.actor)) if data.actor else made,
    }
    return tuple((reader.say(f"head.{name}"), value) for name, value in values.items())


_Build = tuple[
    Callable[[Reader], tuple[str, ...]],
    Callable[[Reader], tuple[tuple[str, str], ...]],
    Callable[[Reader], tuple[Section, ...]],
]
_BUILT: Final[dict[Kind, _Build]] = {
    Kind.REVIEW: (sections.lead, _facts, _sections),
    Kind.SITUATION: (situation.lead, situation.facts, situation.parts),
    Kind.TIMELINE: (timeline_book.lead, timeline_book.facts, timeline_book.parts),
}
"""Each kind's summary, what stands in its head, and its sections."""


def html(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL, kind: str = Kind.REVIEW) -> str:
    """The report as one file for a browser: no script, nothing loaded, the chart inside."""
    image = base64.b64encode(_page_chart(cut_of(data, cut), texts)).decode("ascii")
    return setting.web(document(data, texts, cut=cut, kind=kind), texts, chart=f"data:image/png;base64,{image}")


def print_html(
    data: ReviewData,
    texts: Sentences,
    page_of: Callable[[str], str],
    *,
    cut: str = Cut.INTERNAL,
    kind: str = Kind.REVIEW,
) -> str:
    """The report in the HTML subset that ``ui/paper.py`` sets on pages; the chart stands at :data:`PRINT_CHART`.

    ``page_of`` gives what to write for the page number of a section (``ui.paper.page_token``).
    """
    return setting.printed(
        document(data, texts, cut=cut, kind=kind), texts, page_of, chart=PRINT_CHART, chart_px=PRINT_CHART_PX
    )


def markdown(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL, kind: str = Kind.REVIEW) -> str:
    """The report as Markdown without the chart; every text escaped, so that none becomes markup."""
    return markdown_text.page(document(data, texts, cut=cut, kind=kind), setting.words_of(texts))


def chart_png(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> bytes:
    """The chart for :data:`PRINT_CHART` on paper, as a PNG of :data:`PRINT_CHART_PX` four times as fine."""
    data = cut_of(data, cut)
    return charts.png(data.chart, size_px=PRINT_CHART_PX, scale=4.0, theme=charts.PRINT, texts=texts, title="")


def _page_chart(data: ReviewData, texts: Sentences) -> bytes:
    """The chart of the web page, wider and twice as fine."""
    return charts.png(data.chart, size_px=CHART_PX, scale=2.0, theme=charts.PRINT, texts=texts, title="")
