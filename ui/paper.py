"""Pages for paper: sets a report's HTML with Qt and writes it as a PDF, with page numbers and nothing from outside.

The document can load one thing only, the image it is given. Everything happens in memory; the file appears whole or
not at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
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
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
)

from crisisdesk.model.errors import InputError
from crisisdesk.reports.base import LONG_TABLE
from crisisdesk.reports.setting import PART

PAGES: Final = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
_FAMILIES: Final = ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans Condensed", "DejaVu Sans")
_RESOLUTION: Final = 600
_MARGINS_MM: Final = QMarginsF(20, 18, 20, 22)
_FOOTER_MM: Final = 10.0
_ROOM_BELOW_HEADING: Final = 0.18
_BELOW_HEADING: Final = 2  # blocks between a heading and its table: a note at most
_SMALL_TABLE: Final = 4
_WHOLE_ROWS_UP_TO: Final = LONG_TABLE  # each push sets the table again, which takes too long in a very long one
_MOST_PUSH: Final = 0.08
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
    pages: dict[str, int] = {}
    for doc in docs:
        before = sum(max(1, done.pageCount()) for done in docs[: docs.index(doc)])
        pages |= {name: before + page for name, page in _section_pages(doc, size.height()).items()}
    _number_contents(docs[0], pages)
    counts = [max(1, doc.pageCount()) for doc in docs]
    numbers = [page_words(n, sum(counts)) for n in range(1, sum(counts) + 1)]
    painter = QPainter(writer)
    for doc, count in zip(docs, counts, strict=True):
        _paint(doc, painter, writer, size, footer, numbers[:count])
        del numbers[:count]
        if numbers:
            writer.newPage()
    painter.end()
    buffer.close()
    return bytes(store.data()), sum(counts)


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
    doc.setPageSize(size)
    doc.setHtml(html)
    _keep_together(doc, size.height())
    return doc


def _keep_together(doc: QTextDocument, page_height: float) -> None:
    """Begin a new page before a heading with little room below it, and before a small table that would be cut."""
    layout = doc.documentLayout()
    heading, since = QTextBlock(), 0
    block = doc.begin()
    while block.isValid():
        heading, since = (block, 0) if block.blockFormat().headingLevel() == 2 else (heading, since + 1)
        top = layout.blockBoundingRect(block).top()
        left = page_height - top % page_height
        table = QTextCursor(block).currentTable()
        if table is None and block.blockFormat().headingLevel() == 2 and left < _ROOM_BELOW_HEADING * page_height:
            _break_before(block)
        elif table is not None and table.firstCursorPosition().block() == block:
            high = layout.frameBoundingRect(table).bottom() - top
            if left < high < page_height and table.rows() <= _SMALL_TABLE:
                if heading.isValid() and since <= _BELOW_HEADING and not _breaks(heading):
                    _break_before(heading)  # it goes with its table
                    block = block.next()
                    continue
                frame = table.format()
                frame.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                table.setFormat(frame)
            elif left < high and table.rows() <= _WHOLE_ROWS_UP_TO:
                _whole_rows(doc, table, page_height)
        block = block.next()


def _whole_rows(doc: QTextDocument, table: QTextTable, page_height: float) -> None:
    """Push the rows that a page's end would cut over to the next page, by room above their words.

    Qt itself moves a row whose first lines do not fit, and keeps that room above them: so it is just enough for the
    first line not to fit, and a row that would need much of it is cut between two lines instead.
    """
    layout = doc.documentLayout()
    per_pixel = layout.paintDevice().logicalDpiY() / 96  # paddings are in screen pixels, everything else in dots
    columns = range(table.columns())
    for row in range(table.format().toTableFormat().headerRowCount(), table.rows()):
        cells = [table.cellAt(row, column) for column in columns]
        top = min(layout.blockBoundingRect(cell.firstCursorPosition().block()).top() for cell in cells)
        end = max(layout.blockBoundingRect(cell.lastCursorPosition().block()).bottom() for cell in cells)
        left = page_height - top % page_height
        push = left - 0.8 * min(_line_height(cell.firstCursorPosition().block()) for cell in cells)
        if left < end - top < page_height / 2 and push < _MOST_PUSH * page_height:
            edit = cells[0].firstCursorPosition()
            edit.beginEditBlock()  # one layout for the whole row
            for cell in cells:
                style = cell.format().toTableCellFormat()
                style.setTopPadding(style.topPadding() + max(0.0, push) / per_pixel)
                cell.setFormat(style)
            edit.endEditBlock()


def _line_height(block: QTextBlock) -> float:
    layout = block.layout()
    return layout.lineAt(0).height() if layout.lineCount() else 0.0


def _breaks(block: QTextBlock) -> bool:
    return bool(block.blockFormat().pageBreakPolicy() & QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)


def _break_before(block: QTextBlock) -> None:
    style = block.blockFormat()
    style.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    QTextCursor(block).setBlockFormat(style)


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


def _section_pages(doc: QTextDocument, page_height: float) -> dict[str, int]:
    """The page on which each named anchor of the document stands, from 1."""
    pages: dict[str, int] = {}
    layout = doc.documentLayout()
    block = doc.begin()
    while block.isValid():
        part = block.begin()
        while not part.atEnd():
            for name in part.fragment().charFormat().anchorNames():
                pages[name] = int(layout.blockBoundingRect(block).top() // page_height) + 1
            part += 1
        block = block.next()
    return pages


def _paint(
    doc: QTextDocument, painter: QPainter, writer: QPdfWriter, size: QSizeF, footer: str, numbers: list[str]
) -> None:
    """Every page's part of the document, and its foot below."""
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, QColor(_INK))
    foot_font = _font()
    foot_font.setPointSizeF(8.0)
    high = _FOOTER_MM / 25.4 * _RESOLUTION
    foot = QRectF(0, size.height() + high / 2, size.width(), high)
    for i, number in enumerate(numbers):
        if i:
            writer.newPage()
        view = QRectF(0, i * size.height(), size.width(), size.height())
        painter.save()
        painter.translate(0, -view.top())
        painter.setClipRect(view)
        context.clip = view
        doc.documentLayout().draw(painter, context)
        painter.restore()
        painter.setFont(foot_font)
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
    """Write beside ``path`` and move it there, so that nobody ever sees half a file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError("report.write", path=str(path), reason=error.strerror or str(error)) from error
