"""A panel: a card with a header, a body and, when asked for, a footer."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.theme import GAP, INSET
from ui.widgets.safe import SafeLabel


def rule(kind: str = "true") -> QFrame:
    """A hairline: across (``true``) or down (``column``)."""
    line = QFrame()
    line.setProperty("rule", kind)
    return line


def clear(layout: QLayout) -> None:
    """Take everything out of ``layout`` and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


class Panel(QFrame):
    """A card.

    Attributes:
        header: the row of title and note; add what stands at its right end.
        body: what the panel holds; without margins when ``flush``, for lists.

    A title that somebody wrote takes as many lines as it needs: ``wrap``.
    """

    def __init__(
        self, title: str = "", note: str = "", *, flush: bool = False, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "true")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        self._head = QWidget()
        self.header = QHBoxLayout(self._head)
        self.header.setContentsMargins(INSET, 10, INSET, 8)
        self.header.setSpacing(GAP)
        self._title = SafeLabel(title, "heading", wrap=wrap)
        self._note = SafeLabel(note, "muted", elide=True)
        self.header.addWidget(self._title, 1 if wrap else 0)
        self.header.addWidget(self._note, 0 if wrap else 1)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(*((0, 0, 0, 0) if flush else (INSET, 0, INSET, INSET)))
        self.body.setSpacing(GAP)
        self._foot_rule = rule()
        self._foot = QWidget()
        self._foot_layout: QVBoxLayout | None = None
        whole.addWidget(self._head)
        whole.addLayout(self.body, 1)
        whole.addWidget(self._foot_rule)
        whole.addWidget(self._foot)
        self._foot_rule.hide()
        self._foot.hide()
        self._head.setVisible(bool(title))

    @property
    def footer(self) -> QVBoxLayout:
        """The footer, below a hairline; it appears when first asked for."""
        if self._foot_layout is None:
            self._foot_layout = QVBoxLayout(self._foot)
            self._foot_layout.setContentsMargins(INSET, 10, INSET, 10)
            self._foot_layout.setSpacing(GAP)
            self._foot_rule.show()
            self._foot.show()
        return self._foot_layout

    def set_footer_visible(self, visible: bool) -> None:
        """Show the footer, or leave it out."""
        self._foot_rule.setVisible(visible)
        self._foot.setVisible(visible)

    def set_title(self, title: str, note: str | None = None) -> None:
        """Say another title, and another note unless it is ``None``."""
        self._title.setText(title)
        self._head.setVisible(bool(title))
        if note is not None:
            self._note.setText(note)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Say another note beside the title."""
        self._note.setText(note)
