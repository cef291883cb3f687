"""A draft's text as the public will read it: what a person filled in is underlined, what is owed is a chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.plain import DETAIL_LIMIT, clamp
from ui.theme import Theme

LINE: Final = 24  # px from one line to the next
PAD: Final = "\N{NARROW NO-BREAK SPACE}"
# look → colour of text and box (no box when empty)
BOXED: Final = {
    "owed": "promise", "empty": "promise", "optional": "muted", "promise": "danger", "asked": "promise", "kept": "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text.

    Attributes:
        text: its words.
        look: ``plain``, ``filled``, ``time``, ``owed``, ``empty``, ``optional``, ``promise``, ``asked`` or ``kept``.
        field: the field it comes from; pressing on it goes there.
    """

    text: str
    look: str = "plain"
    field: str = ""

    @property
    def shown(self) -> str:
        """Its words as drawn, with room for the box around them."""
        text = clamp(self.text, DETAIL_LIMIT, break_long=True).replace("\n", "\u2028")
        return f"{PAD}{text}{PAD}" if self.look in BOXED else text


def _units(text: str) -> int:
    """Length in UTF-16 units, which is how Qt counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


class DraftText(QWidget):
    """Draws parts of text, wrapped, plain from beginning to end.

    Signals:
        field_pressed: a field's words were pressed; carries its name.
    """

    field_pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: tuple[Part, ...] = ()
        self._current = ""
        self._ranges: list[tuple[int, int, Part]] = []
        self._layout = QTextLayout()
        self._width = -1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._rebuild)

    def text(self) -> str:
        """The whole text as words."""
        return "".join(part.text for part in self._parts)

    def parts(self) -> tuple[Part, ...]:
        """What is drawn."""
        return self._parts

    def set_parts(self, parts: Sequence[Part], name: str = "") -> None:
        """Draw ``parts``; ``name`` is said before the text by a screen reader."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self._rebuild()
        self.setAccessibleName(name)
        self.setAccessibleDescription(clamp(self.text(), DETAIL_LIMIT))

    def set_current(self, field: str) -> None:
        """Show where the field that is being written stands."""
        if field != self._current:
            self._current = field
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Its height follows its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text."""
        return self._lay_out(width)

    def sizeHint(self) -> QSize:
        """As wide as it is, as high as its text."""
        width = self.width() if self._width > 0 else 320
        return QSize(width, self._lay_out(width))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any column."""
        return QSize(80, LINE)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._rebuild()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the field under the pointer."""
        for start, length, part in self._ranges:
            if part.field and any(box.contains(event.position()) for box in self._boxes(start, length)):
                self.field_pressed.emit(part.field)
                return
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the boxes, then the words."""
        self._lay_out(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for start, length, part in self._ranges:
            boxed, current = BOXED.get(part.look), part.field and part.field == self._current
            if not boxed and not current:
                continue
            pen = QPen(self._theme.colour(boxed or "accent"), 1.2)
            if part.look == "optional":
                pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen if boxed else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("band") if current else Qt.BrushStyle.NoBrush)
            for box in self._boxes(start, length):
                painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.colour("text"))
        self._layout.draw(painter, QPointF(0, 0))

    def _boxes(self, start: int, length: int) -> list[QRectF]:
        """The rectangles of a stretch of text, one per line."""
        boxes = []
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            first, last = max(start, line.textStart()), min(start + length, line.textStart() + line.textLength())
            if first < last:
                left, right = self._x(number, first), self._x(number, last)
                boxes.append(QRectF(left, line.y() - 1, max(right - left, 2), line.height() + 2))
        return boxes

    def _x(self, number: int, position: int) -> float:
        found = self._layout.lineAt(number).cursorToX(position)
        return float(found[0]) if isinstance(found, tuple) else float(str(found))

    def _format(self, part: Part) -> QTextCharFormat:
        voice = QTextCharFormat()
        voice.setForeground(self._theme.colour(BOXED.get(part.look, "text")))
        if part.look not in ("plain", "filled", "optional"):
            voice.setFontWeight(QFont.Weight.DemiBold)
        voice.setFontUnderline(part.look == "filled")
        return voice

    def _rebuild(self) -> None:
        font = QFont(self.font())
        font.setPixelSize(15)
        formats, start = [], 0
        self._ranges = []
        for part in self._parts:
            length = _units(part.shown)
            voice = QTextLayout.FormatRange()
            voice.start, voice.length, voice.format = start, length, self._format(part)
            formats.append(voice)
            self._ranges.append((start, length, part))
            start += length
        self._layout = QTextLayout("".join(part.shown for part in self._parts), font)
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats(formats)
        self._width = -1
        self.updateGeometry()
        self.update()

    def _lay_out(self, width: int) -> int:
        if width != self._width:
            self._width = width
            self._layout.beginLayout()
            top = 2.0
            while (line := self._layout.createLine()).isValid():
                line.setLineWidth(max(width - 2, 20))
                line.setPosition(QPointF(1, top))
                top += LINE
            self._layout.endLayout()
        return self._layout.lineCount() * LINE + 4
