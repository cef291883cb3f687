"""The playbook's text with line numbers, and what a check found beside the line that it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crisisdesk.model.finding import Finding, Severity
from crisisdesk.plain import clamp
from crisisdesk.playbooks.check import as_json
from crisisdesk.texts import Texts
from ui.models.columns import DANGER_MARK, WARNING_MARK
from ui.theme import Theme

_KEY: Final = re.compile(r"^\s*(?:- )?\{?\s*([A-Za-z_][\w.-]*)(?=:(?:\s|$))")
_COMMENT: Final = re.compile(r"(?:^|\s)(#.*)$")
_NOTE_GAP: Final = 24
_LEAST_NOTE: Final = 90


class _Colours(QSyntaxHighlighter):
    """Keys in the accent, comments in the second rank; nothing else, the words are what matters."""

    def __init__(self, edit: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(edit.document())
        self._theme = theme

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        if len(text) > 2_000:
            return
        if match := _KEY.match(text):
            self.setFormat(match.start(1), len(match[1]), self._theme.colour("accent"))
        if (match := _COMMENT.search(text)) and text.count('"', 0, match.start(1)) % 2 == 0:
            look = QTextCharFormat()
            look.setForeground(self._theme.colour("muted"))
            self.setFormat(match.start(1), len(match[1]), look)


class _Margin(QWidget):
    """The line numbers with their marks."""

    def __init__(self, edit: YamlEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:
        """As wide as the longest number."""
        return QSize(self._edit.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers in sight."""
        self._edit.paint_margin(event)


class YamlEdit(QPlainTextEdit):
    """An editor of plain text. Tab leaves it (a playbook has no tabs); Enter keeps the indent.

    Findings are painted behind the end of their line and never enter the text.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._notes: dict[int, tuple[bool, str]] = {}
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        self.setFont(font)
        self.setStyleSheet("QPlainTextEdit { font-family: '" + font.family().replace("'", "") + "'; font-size: 12px; }"
                           "QAbstractScrollArea::corner { background: transparent; border: 0; }")  # fmt: skip
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._colours = _Colours(self, theme)
        self._margin = _Margin(self)
        self.blockCountChanged.connect(lambda _count: self._fit())
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._margin.update)
        theme.changed.connect(self._colours.rehighlight)
        self._fit()

    # What was found

    def set_findings(self, findings: Sequence[Finding], texts: Texts) -> None:
        """Show these beside their lines; the worst of a line first."""
        notes: dict[int, tuple[bool, str]] = {}
        for finding in sorted(findings, key=lambda one: one.severity is not Severity.ERROR):
            error = finding.severity is Severity.ERROR
            notes.setdefault(finding.line, (error, clamp(str(as_json(finding, texts)["message"]), 300)))
        if notes != self._notes:
            self._notes = notes
            self.viewport().update()
            self._margin.update()

    def note_of(self, line: int) -> str:
        """What stands beside a 1-based line, or nothing."""
        return self._notes.get(line, (False, ""))[1]

    # The text

    def replace_text(self, text: str) -> None:
        """Put another text in as one act that can be undone, changing only what differs; the cursor stays."""
        old = self.toPlainText()
        if old == text:
            return
        head = 0
        most = min(len(old), len(text))
        while head < most and old[head] == text[head]:
            head += 1
        tail = 0
        while tail < most - head and old[-1 - tail] == text[-1 - tail]:
            tail += 1
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(_units(old, head))
        cursor.setPosition(_units(old, len(old) - tail), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[head : len(text) - tail])
        cursor.endEditBlock()
        self._go(cursor.block().blockNumber() + 1, take_focus=False)

    def go_to(self, line: int) -> None:
        """Put the cursor on a 1-based line and go there."""
        self._go(line, take_focus=True)

    def show_line(self, line: int) -> None:
        """Put the cursor on a 1-based line; the focus stays where it is."""
        self._go(line, take_focus=False)

    def _go(self, line: int, *, take_focus: bool) -> None:
        block = self.document().findBlockByNumber(max(line, 1) - 1)
        if block.isValid():
            cursor = self.textCursor()
            cursor.setPosition(block.position())
            self.setTextCursor(cursor)
            self.centerCursor()
        if take_focus:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A new line begins where the one before it did."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            text = self.textCursor().block().text()
            self.textCursor().insertText("\n" + text[: len(text) - len(text.lstrip(" "))])
            self.ensureCursorVisible()
            return
        super().keyPressEvent(event)

    # Painting

    def margin_width(self) -> int:
        """Pixels for the mark and the longest number."""
        digits = max(3, len(str(self.blockCount())))
        return 26 + self.fontMetrics().horizontalAdvance("9") * digits

    def _fit(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
            self.viewport().update()
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The margin is as high as the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_width(), inside.height()))

    def _visible(self) -> Sequence[tuple[int, QRect, str]]:
        """1-based number, place and text of every line in sight."""
        found = []
        block, offset = self.firstVisibleBlock(), self.contentOffset()
        bottom = self.viewport().height()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(offset).toRect()
            if place.top() > bottom:
                break
            found.append((block.blockNumber() + 1, place, block.text()))
            block = block.next()
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, then what was found behind the end of each line."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        width, scrolled = self.viewport().width(), self.horizontalScrollBar().value()
        for number, place, text in self._visible():
            if number not in self._notes:
                continue
            error, said = self._notes[number]
            metrics = self.fontMetrics()
            left = max(metrics.horizontalAdvance(text) - scrolled + _NOTE_GAP, _NOTE_GAP)
            left = min(left, width - min(max(width // 2, _LEAST_NOTE), 420))
            room = QRect(left, place.top(), width - left - 6, metrics.lineSpacing())
            painter.fillRect(room.adjusted(-8, 0, 6, 0), self._theme.colour("panel"))
            painter.setPen(self._theme.colour("danger" if error else "promise"))
            mark = DANGER_MARK if error else WARNING_MARK
            shown = metrics.elidedText(f"{mark} {said}", Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.end()

    def paint_margin(self, event: QPaintEvent) -> None:
        """The numbers in sight, ▲ and ◆ beside those with a finding."""
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), self._theme.colour("panel"))
        here = self.textCursor().blockNumber() + 1
        right = self._margin.width() - 8
        for number, place, _text in self._visible():
            colour: QColor = self._theme.colour("text" if number == here else "muted")
            line = QRect(0, place.top(), right, self.fontMetrics().lineSpacing())
            painter.setPen(colour)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(number))
            if number in self._notes:
                error = self._notes[number][0]
                painter.setPen(self._theme.colour("danger" if error else "promise"))
                mark = DANGER_MARK if error else WARNING_MARK
                painter.drawText(line.adjusted(4, 0, 0, 0), int(Qt.AlignmentFlag.AlignLeft), mark)
        painter.end()


def _units(text: str, at: int) -> int:
    """A position in code points as Qt counts it, in UTF-16 units."""
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
