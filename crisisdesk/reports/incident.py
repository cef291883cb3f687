"""The incident report: one document, set as a web page, as pages for paper and as Markdown."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from resources import files

from crisisdesk import plain, words
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import charts, markdown_text, sections, sections_internal
from crisisdesk.reports.base import Cut, Document, Section, cut_named, shown
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.redaction import public
from crisisdesk.words import Sentences

CHART_PX: Final = (1000, 380)
PRINT_CHART_PX: Final = (640, 280)
PRINT_CHART: Final = "crisisdesk:chart"
"""The address of the chart in :func:`print_html`; ``ui/paper.py`` is given the image for it."""
_WORDS: Final = ("summary", "contents", "spanish", "english", "no_text")


def document(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> Document:
    """Put the report together: sections in their order, only those that ``cut`` may read."""
    cut = cut_named(cut)
    reader = Reader(data if cut is Cut.INTERNAL else public(data), texts, cut)
    incident = reader.data.incident
    title = shown(incident.title)
    return Document(
        lang=texts.lang,
        cut=cut,
        banner=reader.say("banner.drill") if incident.drill else "",
        kicker=reader.say(f"kicker.{cut.value}"),
        title=title,
        facts=_facts(reader),
        lead=sections.lead(reader),
        sections=_sections(reader),
        footer=reader.say("footer", name=shown(incident.name), title=title),
    )


def _sections(reader: Reader) -> tuple[Section, ...]:
    shared, internal = sections, sections_internal
    made: list[Callable[[Reader], Section]] = [shared.chart, shared.milestones, shared.said, shared.ledger]
    if reader.internal:
        made += [internal.calls, internal.sheet, internal.tasks]
    made += [shared.mentions, shared.timeline]
    if reader.internal:
        made.append(internal.revisions)
    return tuple(make(reader) for make in (*made, shared.method))


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


def html(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> str:
    """The report as one file for a browser: no script, nothing loaded, the chart inside."""
    image = base64.b64encode(_page_chart(data, texts)).decode("ascii")
    return _html("incident.html").render(
        doc=document(data, texts, cut=cut),
        t=_words(texts),
        css=Markup(files("templates", "reports", "incident.css").read_text("utf-8")),
        chart=f"data:image/png;base64,{image}",
    )


def print_html(
    data: ReviewData, texts: Sentences, page_of: Callable[[str], str], *, cut: str = Cut.INTERNAL
) -> str:
    """The report in the HTML subset that ``ui/paper.py`` sets on pages; the chart stands at :data:`PRINT_CHART`.

    ``page_of`` gives what to write for the page number of a section (``ui.paper.page_token``).
    """
    return _html("incident_print.html").render(
        doc=document(data, texts, cut=cut),
        t=_words(texts),
        chart=PRINT_CHART,
        chart_px=PRINT_CHART_PX,
        page_of=page_of,
    )


def markdown(data: ReviewData, texts: Sentences, *, cut: str = Cut.INTERNAL) -> str:
    """The report as Markdown without the chart; every text escaped, so that none becomes markup."""
    return markdown_text.page(document(data, texts, cut=cut), _words(texts))


def chart_png(data: ReviewData, texts: Sentences) -> bytes:
    """The chart for :data:`PRINT_CHART` on paper, as a PNG of :data:`PRINT_CHART_PX` four times as fine."""
    return charts.png(data.chart, size_px=PRINT_CHART_PX, scale=4.0, theme=charts.PRINT, texts=texts, title="")


def _page_chart(data: ReviewData, texts: Sentences) -> bytes:
    """The chart of the web page, wider and twice as fine."""
    return charts.png(data.chart, size_px=CHART_PX, scale=2.0, theme=charts.PRINT, texts=texts, title="")


def _words(texts: Sentences) -> dict[str, str]:
    return {name: texts(f"report.{name}") for name in _WORDS}


def _source(name: str) -> str:
    return files("templates", "reports", name).read_text("utf-8")


@cache
def _html(name: str) -> Template:
    """A template that escapes whatever is put into it."""
    setting = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    setting.filters["soft"] = _soft
    return setting.get_template(name)


def _soft(text: str) -> str:
    """Let words of more than 60 letters break, which Qt would otherwise push off the page."""
    return plain.clamp(text, len(text) + 1, break_long=True)
