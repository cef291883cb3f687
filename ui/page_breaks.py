"""Where a document that was set on one endless page is cut into pages.

Qt's own pagination cuts rows in two and knows no heading that goes with what follows. So the document is set once
without pages, taken apart into pieces that must stay whole (a line, a row), and the pieces are laid on pages: headings
and lines that introduce a table go with it, a row goes over whole unless it is very high, no paragraph leaves a single
line behind or ahead, and a table's heading is repeated. It costs one setting, however long a table is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QTextBlock,
    QTextDocument,
    QTextFormat,
    QTextFrame,
    QTextTable,
    QTextTableCell,
)

HIGH_ROW: Final = 0.35
"""Of a page: a row that is higher may be cut between two of its lines."""
WHOLE_ROWS: Final = 4
"""A table of so few rows stays on one page, if it fits on one."""
WHOLE_TABLE: Final = 0.25
"""Of a page: a table that is not higher stays on one page."""
_EDGE: Final = 1.2  # screen pixels: a row's rule belongs to it, and that above a table to the table
_LINES: Final = 2  # of a paragraph that stay together at a page's end and at its beginning


class Strip(NamedTuple):
    """A horizontal part of the document, in its own units from its top."""

    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """What is painted on one page, from its top downwards; ``head`` is a table's heading that is repeated."""

    body: Strip
    head: Strip | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part that stays whole.

    Attributes:
        tied: it stands on one page with the next piece.
        fresh: it begins a page.
        head: the heading of its table, repeated when a page begins with this piece.
    """

    top: float
    bottom: float
    tied: bool = False
    fresh: bool = False
    head: Strip | None = None


def cut(doc: QTextDocument, height: float) -> list[Page]:
    """The pages of a document that was set without any, each at most ``height`` high; at least one."""
    pieces = list(_pieces(doc.rootFrame(), doc, height))
    if not pieces:
        return [Page(Strip(0.0, height))]
    pages: list[Page] = []
    start = pieces[0]
    bottom = start.top
    for group in _groups(pieces, height):
        first = group[0]
        room = height - (bottom - start.top) - _high(start.head)
        if bottom > start.top and (first.fresh or group[-1].bottom - bottom > room):
            pages.append(Page(Strip(start.top, min(bottom, first.top)), start.head))
            start = first
        bottom = group[-1].bottom
    pages.append(Page(Strip(start.top, bottom), start.head))
    return pages


def _high(strip: Strip | None) -> float:
    return 0.0 if strip is None else strip.bottom - strip.top


def _groups(pieces: list[Piece], height: float) -> Iterator[list[Piece]]:
    """The pieces that are tied together; ties of what would not fit on a page are let go."""
    group: list[Piece] = []
    for piece in pieces:
        if group and (piece.fresh or piece.bottom - group[0].top + _high(group[0].head) > height):
            yield group
            group = []
        group.append(piece)
        if not piece.tied:
            yield group
            group = []
    if group:
        yield group


def _pieces(frame: QTextFrame, doc: QTextDocument, height: float) -> Iterator[Piece]:
    """Every piece of the document, downwards; a heading and a short note right below it go with what comes next."""
    below_heading = False
    for thing in _things(frame):
        if isinstance(thing, QTextTable):
            yield from _table(thing, doc, height)
            below_heading = False
            continue
        heading = thing.blockFormat().headingLevel() > 0
        lines = _paragraph(thing, doc)
        leads = heading or (below_heading and len(lines) == 1)
        yield from (replace(piece, tied=True) for piece in lines) if leads else lines
        below_heading = heading


def _things(frame: QTextFrame) -> Iterator[QTextBlock | QTextTable]:
    """The blocks and tables of a frame in their order; frames in it are opened."""
    place = frame.begin()
    while not place.atEnd():
        inner = place.currentFrame()
        if inner is None:
            yield place.currentBlock()
        elif isinstance(inner, QTextTable):
            yield inner
        else:
            yield from _things(inner)
        place += 1


def _paragraph(block: QTextBlock, doc: QTextDocument) -> list[Piece]:
    """A block's lines; the first two stay together, and so do the last two."""
    rect = doc.documentLayout().blockBoundingRect(block)
    always = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    fresh = bool(block.blockFormat().pageBreakPolicy() & always)
    layout = block.layout()
    n = layout.lineCount()
    if n <= 2 * _LINES - 1:
        return [Piece(rect.top(), rect.bottom(), fresh=fresh)]
    tops = [rect.top() + layout.lineAt(i).y() for i in range(n)]
    ends = [*tops[1:], rect.bottom()]
    tied = {0, n - _LINES}
    return [Piece(tops[i], ends[i], tied=i in tied, fresh=fresh and i == 0) for i in range(n)]


def _table(table: QTextTable, doc: QTextDocument, height: float) -> list[Piece]:
    """A table's rows; its heading goes with the first of them, and its last one is never alone on a page."""
    rows = _rows(table, doc)
    heads = min(table.format().toTableFormat().headerRowCount(), len(rows) - 1)
    head = Strip(rows[0].top, rows[heads - 1].bottom) if heads > 0 else None
    high = rows[-1].bottom - rows[0].top
    whole = high < WHOLE_TABLE * height or (len(rows) <= WHOLE_ROWS and high < height)
    pieces: list[Piece] = []
    for n, row in enumerate(rows):
        tied = whole or n <= heads - 1 or n == len(rows) - 2
        above = head if n >= heads else None
        if not whole and n >= heads and row.bottom - row.top > HIGH_ROW * height:
            parts = [Piece(part.top, part.bottom, head=above) for part in _lines_of(table, n, row, doc)]
            pieces += [replace(part, tied=i == 0) for i, part in enumerate(parts[:-1])]
            pieces.append(replace(parts[-1], tied=tied))
        else:
            pieces.append(Piece(row.top, row.bottom, tied=tied, head=above))
    return [*pieces[:-1], replace(pieces[-1], tied=False)]


def _rows(table: QTextTable, doc: QTextDocument) -> list[Strip]:
    """Where each row of a table is, its rule included.

    Reckoned from where the words are: the rectangle that Qt gives for a table is lower by its margin and padding.
    """
    layout, pixel = doc.documentLayout(), _pixel(doc)
    first = min(
        layout.blockBoundingRect(cell.firstCursorPosition().block()).top()
        - (cell.format().toTableCellFormat().topPadding() + _EDGE) * pixel
        for cell in _cells(table, 0)
    )
    ends = [max(_bottom(cell, layout, pixel) for cell in _cells(table, n)) for n in range(table.rows())]
    return [Strip(top, bottom) for top, bottom in pairwise([first, *ends])]


def _bottom(cell: QTextTableCell, layout: QAbstractTextDocumentLayout, pixel: float) -> float:
    """Where a cell ends, with the rule below it."""
    last = cell.lastCursorPosition().block()
    below = cell.format().toTableCellFormat().bottomPadding() + last.blockFormat().bottomMargin() + _EDGE
    return layout.blockBoundingRect(last).bottom() + below * pixel


def _pixel(doc: QTextDocument) -> float:
    """Paddings and margins are in screen pixels, everything else in the dots of the paper."""
    device = doc.documentLayout().paintDevice()
    return device.logicalDpiY() / 96 if device else 1.0


def _cells(table: QTextTable, row: int) -> Iterator[QTextTableCell]:
    column = 0
    while column < table.columns():
        cell = table.cellAt(row, column)
        yield cell
        column += max(1, cell.columnSpan())


def _lines_of(table: QTextTable, n: int, row: Strip, doc: QTextDocument) -> list[Strip]:
    """A row, cut wherever no line of any of its cells stands."""
    layout = doc.documentLayout()
    spans = []
    for cell in _cells(table, n):
        block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().block()
        while block.isValid():
            top, lines = layout.blockBoundingRect(block).top(), block.layout()
            for i in range(lines.lineCount()):
                line = lines.lineAt(i)
                spans.append(Strip(top + line.y(), top + line.y() + line.height()))
            if block == last:
                break
            block = block.next()
    cuts, reach = [row.top], row.top
    for span in sorted(spans):
        if span.top >= reach > row.top:
            cuts.append(reach)
        reach = max(reach, span.bottom)
    return [Strip(top, bottom) for top, bottom in pairwise([*cuts, row.bottom])]
