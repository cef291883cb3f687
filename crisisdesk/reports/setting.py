"""Sets a document: as one file for a browser, and in the HTML subset that ``ui/paper.py`` puts on pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from resources import files

from crisisdesk import plain
from crisisdesk.reports import markdown_text
from crisisdesk.reports.base import Document
from crisisdesk.words import Sentences

PART: Final = "<!--part-->"
"""Where paper may begin another document, on a new page; no text can forge it, because ``<`` is escaped."""
_WORDS: Final = ("summary", "contents", "annexes", "spanish", "english", "no_text")


def web(doc: Document, texts: Sentences, *, chart: str = "") -> str:
    """The document as one file: no script, nothing loaded; ``chart`` is the address of its picture, if it has one."""
    return _html("incident.html").render(
        doc=doc,
        t=words_of(texts),
        css=Markup(files("templates", "reports", "incident.css").read_text("utf-8")),
        chart=chart,
    )


def printed(
    doc: Document,
    texts: Sentences,
    page_of: Callable[[str], str],
    *,
    chart: str = "",
    chart_px: tuple[int, int] = (0, 0),
) -> str:
    """The document for paper; ``page_of`` gives what to write for the page number of a section."""
    return _html("incident_print.html").render(
        doc=doc, t=words_of(texts), chart=chart, chart_px=chart_px, page_of=page_of, part=Markup(PART)
    )


def markdown(doc: Document, texts: Sentences) -> str:
    """The document as Markdown; every text escaped."""
    return markdown_text.page(doc, words_of(texts))


def filled(name: str, **fields: object) -> str:
    """The template ``name`` with its fields filled in, every one escaped."""
    return _html(name).render(**fields)


def words_of(texts: Sentences) -> dict[str, str]:
    """The few words that every document carries."""
    return {name: texts(f"report.{name}") for name in _WORDS}


def _source(name: str) -> str:
    return files("templates", "reports", name).read_text("utf-8")


@cache
def _html(name: str) -> Template:
    """A template that escapes whatever is put into it."""
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["soft"] = _soft
    return environment.get_template(name)


def _soft(text: str) -> str:
    """Let words of more than 60 letters break, which Qt would otherwise push off the page."""
    return plain.clamp(text, len(text) + 1, break_long=True)
