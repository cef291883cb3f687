"""Where pages end: nothing is lost, doubled or cut through, and headings go with what follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSizeF
from PySide6.QtGui import QImage, QPdfWriter, QTextDocument

from crisisdesk.reports import incident
from crisisdesk.reports.base import Kind
from crisisdesk.texts import Texts
from tests.fakes import review
from ui import page_breaks, paper
from ui.page_breaks import Page

WIDTH, HEIGHT = 4_000.0, 6_000.0
HEAD = "<thead><tr><th>Hora</th><th>Qué</th></tr></thead>"


class Set(NamedTuple):
    """A document that was set, with what it needs to live."""

    doc: QTextDocument
    writer: QPdfWriter
    buffer: QBuffer


@pytest.fixture
def setter(qapp: Any) -> Iterator[Any]:
    kept: list[Set] = []

    def put(html: str) -> QTextDocument:
        buffer = QBuffer(QByteArray())
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setResolution(600)
        doc = paper._document(html, writer, QSizeF(WIDTH, HEIGHT), "", QImage())
        kept.append(Set(doc, writer, buffer))
        return doc

    yield put


def lines(doc: QTextDocument) -> list[tuple[float, float, str]]:
    """Every line with its top, its bottom and its words."""
    found, block = [], doc.begin()
    while block.isValid():
        top, layout = doc.documentLayout().blockBoundingRect(block).top(), block.layout()
        for n in range(layout.lineCount()):
            line = layout.lineAt(n)
            words = block.text()[line.textStart() : line.textStart() + line.textLength()]
            found.append((top + line.y(), top + line.y() + line.height(), words))
        block = block.next()
    return found


def check(doc: QTextDocument, pages: list[Page]) -> None:
    """Pages follow one another, none is too high, and each line stands whole on exactly one."""
    for before, after in pairwise(pages):
        assert before.body.bottom <= after.body.top
    for page in pages:
        head = 0.0 if page.head is None else page.head.bottom - page.head.top
        assert 0 < page.body.bottom - page.body.top + head <= HEIGHT
    for top, bottom, words in lines(doc):
        if words.strip():
            assert sum(on(page, top, bottom) for page in pages) == 1, (top, bottom, words[:40])


def words_on(doc: QTextDocument, page: Page) -> str:
    return " ".join(words for top, bottom, words in lines(doc) if on(page, top, bottom))


def on(page: Page, top: float, bottom: float) -> bool:
    return page.body.top <= top + 1 and bottom <= page.body.bottom + 1


def test_nothing_to_say_is_still_a_page(setter: Any) -> None:
    for html in ("", "<p></p>", "<table></table>"):
        assert len(page_breaks.cut(setter(html), HEIGHT)) == 1


def test_a_row_higher_than_a_page_is_cut_between_lines(setter: Any) -> None:
    for row in (
        f"<td>{'palabra ' * 3_000}</td><td>corto</td>",
        f"<td>{'palabra ' * 3_000}</td><td>{'otra ' * 2_500}</td>",
        "<td>" + "<p>línea</p>" * 300 + "</td><td>" + "<p>x</p>" * 250 + "</td>",
    ):
        short = "<tr><td>07:00</td><td>a</td></tr>"
        doc = setter(f"<table>{HEAD}{short}<tr>{row}</tr>{short}</table>")
        pages = page_breaks.cut(doc, HEIGHT)
        check(doc, pages)
        assert len(pages) >= 3
        assert all(page.head is not None for page in pages[1:])


def test_a_word_without_end_and_a_paragraph_of_pages(setter: Any) -> None:
    doc = setter(f"<p>{'x' * 40_000}</p><p>{'palabra ' * 4_000}</p>")
    pages = page_breaks.cut(doc, HEIGHT)
    check(doc, pages)
    assert len(pages) >= 3


@pytest.mark.parametrize("rows", [60, 900])
def test_a_long_table_repeats_its_heading_and_cuts_no_row(setter: Any, rows: int) -> None:
    body = "".join(f"<tr><td>0{n % 10}:00</td><td>{'fila ' * (1 + n % 60)}</td></tr>" for n in range(rows))
    doc = setter(f"<h2>Cronología</h2><p>nota</p><table>{HEAD}{body}</table><p>fin</p>")
    pages = page_breaks.cut(doc, HEIGHT)
    check(doc, pages)
    assert pages[0].head is None
    assert len({page.head for page in pages[1:]}) == 1 and pages[1].head is not None
    started = [words_on(doc, page)[:3] for page in pages[1:]]
    assert all(first[0] == "0" and first[2] == ":" for first in started)  # each begins with a row's first cell
    assert page_breaks.cut(doc, HEIGHT) == pages


def test_a_heading_goes_with_what_follows_wherever_the_page_ends(setter: Any) -> None:
    table = f"<table>{HEAD}" + "".join(f"<tr><td>{n}</td><td>fila</td></tr>" for n in range(30)) + "</table>"
    for filled in range(20, 60):
        rest = "<h2>Otro</h2><p>apunte</p><p>texto</p>" + "<p>cola</p>" * 90
        doc = setter("<p>línea</p>" * filled + "<h2>Título</h2><p>nota</p>" + table + rest)
        pages = page_breaks.cut(doc, HEIGHT)
        check(doc, pages)
        for page in pages:
            told = words_on(doc, page)
            if "Título" in told:
                assert "nota Hora Qué 0 fila" in told
            if "Otro" in told:
                assert "apunte texto" in told
            assert not told.endswith(("Título", "nota", "Otro", "apunte", "Qué"))


def test_a_small_table_stays_whole_and_a_last_row_is_not_alone(setter: Any) -> None:
    small = "<table>" + "<tr><td>a</td><td>b</td></tr>" * 3 + "</table>"
    for filled in range(30, 60):
        doc = setter("<p>línea</p>" * filled + small)
        check(doc, page_breaks.cut(doc, HEIGHT))
        assert sum("a" in words_on(doc, p).split() for p in page_breaks.cut(doc, HEIGHT)) == 1
    long = f"<table>{HEAD}" + "".join(f"<tr><td>{n}</td><td>fila</td></tr>" for n in range(70)) + "</table>"
    for filled in range(0, 30, 3):
        doc = setter("<p>línea</p>" * filled + long)
        last = page_breaks.cut(doc, HEIGHT)[-1]
        assert "68 fila 69 fila" in words_on(doc, last)


def test_no_single_line_of_a_paragraph_is_left_behind_or_ahead(setter: Any) -> None:
    for filled in range(20, 60):
        doc = setter("<p>línea</p>" * filled + f"<p>{'palabra ' * 60}</p>")
        pages = page_breaks.cut(doc, HEIGHT)
        check(doc, pages)
        said = [(top, bottom) for top, bottom, words in lines(doc) if "palabra" in words]
        assert all(sum(on(page, *line) for line in said) != 1 for page in pages)


def test_a_new_page_is_begun_where_it_is_asked_for_and_never_left_empty(setter: Any) -> None:
    fresh = "<h2 style='page-break-before: always'>{}</h2><p>texto</p>"
    doc = setter(fresh.format("uno") + fresh.format("dos") + "<p>x</p>" * 10 + fresh.format("tres"))
    pages = page_breaks.cut(doc, HEIGHT)
    check(doc, pages)
    assert [words_on(doc, page).split()[0] for page in pages] == ["uno", "dos", "tres"]


@pytest.mark.parametrize("kind", Kind)
def test_no_report_loses_a_line(setter: Any, kind: Kind) -> None:
    for lang in ("es", "en"):
        doc = setter(incident.print_html(review.review_data(), Texts(lang), paper.page_token, kind=kind))
        pages = page_breaks.cut(doc, HEIGHT)
        check(doc, pages)
        assert len(pages) > 1
