"""Pages for paper: sets a report's HTML with Qt and writes it as a PDF, with page numbers and nothing from outside.

The document can load one thing only, the image it is given. Everything happens in memory; the file appears whole or
not at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QRegularExpression, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextCursor,
    QTextDocument,
)

from crisisdesk.model.errors import InputError
from crisisdesk.model.fault import fault_of
from crisisdesk.paths import put_file
from crisisdesk.reports.setting import PART
from ui import page_breaks
from ui.page_breaks import Page, Strip

PAGES: Final = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
_FAMILIES: Final = ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans Condensed", "DejaVu Sans")
_RESOLUTION: Final = 600
_MARGINS_MM: Final = QMarginsF(20, 18, 20, 22)
_FOOTER_MM: Final = 10.0
_INK: Final = "#16202C"
_FAINT: Final = "#4E5D6E"
# Where a page number will stand; private letters, which no text that went through ``plain.clamp`` can forge usefully:
# at worst it shows a page number.
_PAGE_OF_QT: Final = QRegularExpression("\ue000[a-z_]+\ue001")


def page_token(section: str) -> str:
    """What the template writes where the page number of ``section`` belongs."""
    return f"\ue000{section}\ue001"


class SafeDoc(QTextDocument):
    """A document that loads no file and no address, only the image it was given under its own name."""

    def __init__(self, image_name: str, image: QImage) -> None:
        super().__init__()
        self._image_name = image_name
        self._image = image
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._nothing.fill(Qt.GlobalColor.transparent)

    def loadResource(self, kind: int, name: QUrl | str) -> QImage:
        """The one image, or an invisible pixel; an empty answer would make Qt look for the file itself."""
        asked = name.toString() if isinstance(name, QUrl) else name
        return self._image if asked == self._image_name and not self._image.isNull() else self._nothing


def write_pdf(
    html: str,
    path: Path | str,
    *,
    title: str,
    page: str = "A4",
    footer: str = "",
    page_words: Callable[[int, int], str] = lambda number, count: f"{number} / {count}",
    image_name: str = "",
    image: bytes = b"",
) -> int:
    """Set ``html`` on pages and write the PDF; returns the number of pages. Needs a QGuiApplication.

    Args:
        html: in Qt's subset; :func:`page_token` may stand where a page number belongs.
        path: replaced whole.
        title: of the PDF's properties.
        page: ``A4`` or ``Letter``.
        footer: left side of every page's foot, two lines at most; the second is never cut.
        page_words: from page number and count to the words at the right side of the foot.
        image_name: the address that ``html`` uses for ``image``.
        image: a PNG.

    Raises:
        InputError: ``report.page`` for an unknown page size, ``report.write`` when the file cannot be written.
    """
    if page not in PAGES:
        raise InputError("report.page", page=page, known=", ".join(PAGES))
    content, count = pdf_bytes(
        html, title=title, page=page, footer=footer, page_words=page_words, image_name=image_name, image=image
    )
    _replace(Path(path), content)
    return count


def pdf_bytes(
    html: str,
    *,
    title: str,
    page: str,
    footer: str,
    page_words: Callable[[int, int], str],
    image_name: str,
    image: bytes,
) -> tuple[bytes, int]:
    """The PDF's bytes and its number of pages; see :func:`write_pdf`."""
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_RESOLUTION)
    writer.setTitle(title)
    writer.setCreator("CrisisDesk")
    layout = QPageLayout(
        QPageSize(PAGES[page]), QPageLayout.Orientation.Portrait, _MARGINS_MM, QPageLayout.Unit.Millimeter
    )
    writer.setPageLayout(layout)
    area = layout.paintRectPixels(_RESOLUTION)
    size = QSizeF(area.width(), area.height())
    picture = _decoded(image)
    docs = [_document(part, writer, size, image_name, picture) for part in _parts(html)]
    cuts = [page_breaks.cut(doc, size.height()) for doc in docs]
    pages: dict[str, int] = {}
    for n, (doc, made) in enumerate(zip(docs, cuts, strict=True)):
        before = sum(map(len, cuts[:n]))
        pages |= {name: before + page for name, page in _section_pages(doc, made).items()}
    _number_contents(docs[0], pages)
    count = sum(map(len, cuts))
    painter = QPainter(writer)
    number = 0
    for doc, made in zip(docs, cuts, strict=True):
        for one in made:
            if number:
                writer.newPage()
            number += 1
            _paint(doc, one, painter, size)
            _foot(painter, size, footer, page_words(number, count))
    painter.end()
    buffer.close()
    return bytes(store.data()), count


def _parts(html: str) -> list[str]:
    """The documents that ``html`` asks for, each with the same style; a change in one does not set the others again."""
    head, body, rest = html.partition("<body>")
    parts = [part for part in rest.split(PART) if part.strip().removesuffix("</html>").strip() not in ("", "</body>")]
    return [head + body + part for part in parts] if body and parts else [html]


def _document(html: str, writer: QPdfWriter, size: QSizeF, image_name: str, image: QImage) -> SafeDoc:
    doc = SafeDoc(image_name, image)
    doc.setUndoRedoEnabled(False)
    doc.setDocumentMargin(0)
    doc.documentLayout().setPaintDevice(writer)
    doc.setDefaultFont(_font())
    doc.setTextWidth(size.width())  # no height: the pages are cut afterwards
    doc.setHtml(html)
    return doc


def _font() -> QFont:
    """The first of our families that this machine has, else the application's font; 9.5 pt."""
    known = set(QFontDatabase.families())
    family = next((name for name in _FAMILIES if name in known), QGuiApplication.font().family())
    font = QFont(family)
    font.setPointSizeF(9.5)
    if hasattr(QFont, "Tag"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _decoded(png: bytes) -> QImage:
    """The image; PNG is the only format, since others could pull in files."""
    image = QImage()
    if png:
        image.loadFromData(png, "PNG")
    return image


def _number_contents(doc: QTextDocument, pages: dict[str, int]) -> None:
    """Write the page numbers where the tokens stand; the lines keep their height, so nothing moves."""
    edit = QTextCursor(doc)
    edit.beginEditBlock()  # one layout for all of them
    cursor = doc.find(_PAGE_OF_QT)
    while not cursor.isNull():
        cursor.insertText(str(pages.get(cursor.selectedText()[1:-1], "")))
        cursor = doc.find(_PAGE_OF_QT, cursor)
    edit.endEditBlock()


def _section_pages(doc: QTextDocument, made: list[Page]) -> dict[str, int]:
    """The page on which each named anchor of the document stands, from 1."""
    pages: dict[str, int] = {}
    layout = doc.documentLayout()
    ends = [page.body.bottom for page in made]
    block = doc.begin()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            for name in part.fragment().charFormat().anchorNames():
                pages[name] = min(bisect_right(ends, layout.blockBoundingRect(block).top()), len(made) - 1) + 1
            part += 1
        block = block.next()
    return pages


def _paint(doc: QTextDocument, page: Page, painter: QPainter, size: QSizeF) -> None:
    """A page's part of the document, below the repeated heading of its table."""
    if page.head is not None:
        _strip(doc, page.head, 0.0, painter, size)
    high = 0.0 if page.head is None else page.head.bottom - page.head.top
    _strip(doc, page.body, high, painter, size)


def _strip(doc: QTextDocument, strip: Strip, at: float, painter: QPainter, size: QSizeF) -> None:
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, QColor(_INK))
    view = QRectF(0, strip.top, size.width(), strip.bottom - strip.top)
    painter.save()
    painter.translate(0, at - strip.top)
    painter.setClipRect(view)
    context.clip = view
    doc.documentLayout().draw(painter, context)
    painter.restore()


def _foot(painter: QPainter, size: QSizeF, footer: str, number: str) -> None:
    """What stands below a page: two lines at the left, the page's number at the right."""
    font = _font()
    font.setPointSizeF(8.0)
    high = _FOOTER_MM / 25.4 * _RESOLUTION
    foot = QRectF(0, size.height() + high / 2, size.width(), high)
    painter.setFont(font)
    painter.setPen(QColor(_FAINT))
    top = Qt.AlignmentFlag.AlignTop
    room = painter.fontMetrics().horizontalAdvance(number) + 200
    line, _, second = footer.partition("\n")
    left = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(size.width()) - room)
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | top, left)
    below = foot.translated(0, painter.fontMetrics().lineSpacing())
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft | top, second)
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight | top, number)


def _replace(path: Path, content: bytes) -> None:
    try:
        put_file(path, content)
    except OSError as error:
        raise InputError("report.write", path=str(path), reason=fault_of(error)) from error
