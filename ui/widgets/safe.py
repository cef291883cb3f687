"""The only widgets that show text from outside: never markup, never links, never more than a screen can bear."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QSizePolicy, QWidget

from crisisdesk.plain import CELL_LIMIT, DETAIL_LIMIT, clamp

PLAIN = Qt.TextFormat.PlainText


class SafeLabel(QLabel):
    """A label for any text: plain, clamped, without links; optionally wrapped, cut with «…», or selectable.

    Args:
        text: what to show, from anywhere.
        rank: how it looks: title, heading, text, strong, muted, small, section, owed, promise, danger, good, draft.
        wrap: break into lines; with ``elide`` the end of one line is cut instead.
        selectable: the person may select and copy it.
        limit: most code points shown.
    """

    def __init__(
        self,
        text: str = "",
        rank: str = "text",
        *,
        wrap: bool = False,
        elide: bool = False,
        selectable: bool = False,
        limit: int = CELL_LIMIT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self.setOpenExternalLinks(False)
        self.setProperty("rank", rank)
        self._limit = limit
        self._elide = elide
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse if selectable else flags.NoTextInteraction)
        self.setWordWrap(wrap and not elide)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text``, clamped."""
        shown = clamp(text, self._limit)
        if shown != self.text():
            super().setText(shown)

    def minimumSizeHint(self) -> QSize:
        """A label that is cut may become as narrow as it must."""
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._elide else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, its end cut with «…» where asked."""
        width = self.contentsRect().width()
        if not self._elide or self.fontMetrics().horizontalAdvance(self.text()) <= width:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)
        role = self.foregroundRole()
        self.style().drawItemText(
            painter, self.contentsRect(), int(self.alignment()), self.palette(), self.isEnabled(), shown, role
        )


class PlainView(QPlainTextEdit):
    """A read-only view of a long text from outside; it is as high as its text when ``grows``."""

    def __init__(self, text: str = "", *, grows: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("view", "true")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self._grows = grows
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show ``text``, clamped to the detail view's limit."""
        self.setPlainText(clamp(text, DETAIL_LIMIT, break_long=True))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._grows:
            lines = max(1, int(self.document().size().height()))
            self.setFixedHeight(min(lines, 30) * self.fontMetrics().lineSpacing() + 14)


def safe_tooltip(widget: QWidget, text: str) -> None:
    """Give ``widget`` a tooltip that shows ``text`` as it is."""
    widget.setToolTip(f"<qt>{escape(clamp(text))}</qt>" if text else "")


def clean_button_text(text: str) -> str:
    """``text`` for a button, menu or tab: clamped to one line, ``&`` shown as itself."""
    return clamp(text, 80).replace("\n", " ").replace("&", "&&")


def make_plain(root: QWidget) -> None:
    """The belt: every label below ``root`` is made plain, whoever made it.

    A filter on the whole application did this before each label was first drawn, and took two fifths of the window's
    thread, since every event of the program went through it.
    """
    for label in root.findChildren(QLabel):
        label.setTextFormat(PLAIN)
