"""One text in several voices: a verb in green, a name in bold. Laid out as plain text, so it can never be markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.plain import clamp
from ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one voice: ``tone`` is a colour's name of the theme."""

    text: str
    tone: str = "text"
    bold: bool = False


class RunsLabel(QWidget):
    """Shows runs of text, wrapped; plain from beginning to end."""

    def __init__(self, theme: Theme, runs: Sequence[Run] = (), *, pixel_size: int = 13, limit: int = 500) -> None:
        super().__init__()
        self._theme = theme
        self._runs: tuple[Run, ...] = ()
        self._limit = limit
        self._pixel_size = pixel_size
        self._layout = QTextLayout()
        self._width = -1
        self._heights: dict[int, int] = {}  # a layout asks for the same few widths again and again
        self._natural = -1.0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_runs(runs)

    def text(self) -> str:
        """The whole text."""
        return "".join(run.text for run in self._runs)

    def set_runs(self, runs: Sequence[Run]) -> None:
        """Show ``runs``, each clamped."""
        shown = tuple(Run(clamp(run.text, self._limit), run.tone, run.bold) for run in runs)
        if shown != self._runs:
            self._runs = shown
            self.setAccessibleName(self.text())
            self._rebuild()

    def hasHeightForWidth(self) -> bool:
        """Its height follows its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text."""
        if width not in self._heights:
            self._heights[width] = self._lay_out(width)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """One line's width at most, and the height that goes with it."""
        if self._natural < 0:
            self._natural = self._natural_width()
        width = min(int(self._natural) + 2, 420)
        return QSize(width, self.heightForWidth(max(self.width(), 60) if self._width > 0 else width))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any column."""
        return QSize(40, self.fontMetrics().lineSpacing())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        self._lay_out(self.width())
        painter = QPainter(self)
        painter.setPen(self._theme.colour("text"))
        self._layout.draw(painter, QPointF(0, 0))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._rebuild()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._pixel_size)
        return font

    def _natural_width(self) -> float:
        option = QTextOption()
        layout = QTextLayout(self.text().replace("\n", " "), self._font())
        layout.setTextOption(option)
        layout.setFormats(self._formats())
        layout.beginLayout()
        line = layout.createLine()
        if line.isValid():
            line.setLineWidth(10_000)
        layout.endLayout()
        return layout.maximumWidth()

    def _formats(self) -> list[QTextLayout.FormatRange]:
        ranges, start = [], 0
        for run in self._runs:
            length = len(run.text.encode("utf-16-le", "replace")) // 2  # Qt counts UTF-16 units
            voice = QTextCharFormat()
            voice.setForeground(self._theme.colour(run.tone))
            if run.bold:
                voice.setFontWeight(QFont.Weight.DemiBold)
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = start, length, voice
            ranges.append(part)
            start += length
        return ranges

    def _rebuild(self) -> None:
        self._layout = QTextLayout(self.text().replace("\n", "\u2028"), self._font())
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats(self._formats())
        self._width = -1
        self._heights.clear()
        self._natural = -1.0
        self.updateGeometry()
        self.update()

    def _lay_out(self, width: int) -> int:
        if width != self._width:
            self._width = width
            self._layout.beginLayout()
            top = 0.0
            while (line := self._layout.createLine()).isValid():
                line.setLineWidth(max(width, 20))
                line.setPosition(QPointF(0, top))
                top += line.height() + 1
            self._layout.endLayout()
        lines = self._layout.lineCount()
        return int(sum(self._layout.lineAt(n).height() for n in range(lines)) + max(0, lines - 1) + 0.5)
