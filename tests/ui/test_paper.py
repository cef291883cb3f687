"""The page-setter: real pages, nothing from outside, the file whole or not at all."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSizeF, QUrl
from PySide6.QtGui import QImage, QPdfWriter, QTextDocument

from crisisdesk.model.errors import InputError
from crisisdesk.reports import incident
from crisisdesk.texts import Texts
from tests.fakes import review
from ui import page_breaks, paper

ES = Texts("es")


@pytest.fixture(scope="module")
def chart() -> bytes:
    return incident.chart_png(review.review_data(), ES)


def images(content: bytes) -> int:
    """How many pictures a PDF holds, apart from their masks."""
    return len(re.findall(rb"/Subtype\s*/Image", content))


def streams(content: bytes) -> bytes:
    """All that is compressed in a PDF."""
    parts = []
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            parts.append(found[1])
    return b"".join(parts)


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_page_size_is_refused(qapp: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        paper.write_pdf("<p>x</p>", tmp_path / "a.pdf", title="x", page="A0")
    assert "A4, Letter" in ES.error(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_and_leaves_nothing(qapp: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        paper.write_pdf("<p>x</p>", tmp_path / "nowhere" / "a.pdf", title="x")
    assert "nowhere" in ES.error(caught.value)
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(InputError):
        paper.write_pdf("<p>x</p>", tmp_path / "folder.pdf", title="x")
    assert [p.name for p in tmp_path.iterdir()] == ["folder.pdf"]


def test_a_broken_image_is_left_out(qapp: Any, tmp_path: Path) -> None:
    for content in (b"", b"not an image", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        assert paper.write_pdf("<img src='a'>", tmp_path / "a.pdf", title="x", image_name="a", image=content) == 1


# ── nothing from outside ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_document_loads_only_its_own_image(qapp: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(0xFF112233)
    assert picture.save(str(secret))
    own = QImage(7, 7, QImage.Format.Format_RGB32)
    doc = paper.SafeDoc("own", own)
    kind = QTextDocument.ResourceType.ImageResource.value
    for name in (str(secret), f"file://{secret}", "//host/share/x.png", "http://127.0.0.1/x.png", "/dev/zero"):
        assert doc.loadResource(kind, QUrl(name)).width() == 1
    assert doc.loadResource(kind, QUrl("own")).width() == 7

    empty = tmp_path / "tried.pdf"
    paper.write_pdf(f"<p>a</p><img src='{secret}' width='40' height='40'>", empty, title="x")
    assert b"\x11\x22\x33" * 20 not in streams(empty.read_bytes())


def test_hostile_texts_make_a_document_without_links_or_pictures(
    qapp: Any, tmp_path: Path, shared: Path, chart: bytes
) -> None:
    texts = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    cells = json.loads((shared / "payloads" / "csv_formulas.json").read_text("utf-8"))
    values = [*(texts.values() if isinstance(texts, dict) else texts), *cells]
    clean = tmp_path / "clean.pdf"
    one = review.review_data()
    paper.write_pdf(incident.print_html(one, ES, paper.page_token), clean, title="x")
    for value in values:
        data = review.hostile(str(value))
        data = replace(
            data, entries=data.entries[:2], published=data.published[:1], commitments=data.commitments[:1]
        )
        html = incident.print_html(data, ES, paper.page_token)
        path = tmp_path / "a.pdf"
        paper.write_pdf(html, path, title=str(value)[:80].encode("utf-8", "replace").decode(), footer="x")
        content = path.read_bytes()
        assert b"/URI" not in content, str(value)[:80]
        assert images(content) <= images(clean.read_bytes()), str(value)[:80]


def test_hostile_texts_stay_words_for_another_reader_of_markdown(qapp: Any, shared: Path) -> None:
    for value in json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8")):
        data = review.hostile(str(value))
        data = replace(
            data, entries=data.entries[:2], published=data.published[:1], commitments=data.commitments[:1]
        )
        doc = QTextDocument()
        doc.setMarkdown(incident.markdown(data, ES))
        html = doc.toHtml()
        assert "<img" not in html, str(value)[:80]
        assert "href=" not in html, str(value)[:80]
        assert "<script" not in html


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["A4", "Letter"])
@pytest.mark.parametrize("cut", ["internal", "public"])
def test_the_report_becomes_pages_with_its_chart_and_fonts(
    qapp: Any, tmp_path: Path, chart: bytes, page: str, cut: str
) -> None:
    path = tmp_path / "report.pdf"
    seen: list[tuple[int, int]] = []

    def page_words(number: int, count: int) -> str:
        seen.append((number, count))
        return ES("report.page", page=number, pages=count)

    count = paper.write_pdf(
        incident.print_html(review.review_data(), ES, paper.page_token, cut=cut), path, title="Sin servicio", page=page,
        footer="pie", page_words=page_words, image_name=incident.PRINT_CHART, image=chart,
    )  # fmt: skip
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert 3 <= count <= 10
    assert seen == [(n, count) for n in range(1, count + 1)]
    assert images(content) >= 1
    assert b"/FontFile2" in content
    assert [p.name for p in tmp_path.iterdir()] == ["report.pdf"]


def test_contents_carry_the_page_of_each_section(qapp: Any) -> None:
    html = "<p>" + "|".join(paper.page_token(name) for name in ("first", "second", "none")) + "</p>"
    html += "<h2><a name='first'></a>1</h2><h2 style='page-break-before: always'><a name='second'></a>2</h2><p>x</p>"
    buffer = QBuffer(QByteArray())
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    doc = paper._document(html, writer, QSizeF(4_000, 6_000), "", QImage())
    paper._number_contents(doc, paper._section_pages(doc, page_breaks.cut(doc, 6_000)))
    assert doc.firstBlock().text() == "1|2|"


def test_a_long_timeline_keeps_its_rows_whole(qapp: Any, tmp_path: Path) -> None:
    data = review.review_data()
    many = replace(data, entries=data.entries * 8)
    path = tmp_path / "long.pdf"
    short = paper.write_pdf(incident.print_html(data, ES, paper.page_token), path, title="x")
    assert paper.write_pdf(incident.print_html(many, ES, paper.page_token), path, title="x") >= short + 5


def test_the_same_place_is_replaced_whole(qapp: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")
    paper.write_pdf("<p>new</p>", path, title="x")
    assert path.read_bytes().startswith(b"%PDF-")
