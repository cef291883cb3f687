"""A form's field: what it is called, where it is typed, and what is wrong with it, one under the other."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import set_style
from ui.widgets.safe import SafeLabel


class Field(QWidget):
    """A labelled editor with a line for a hint or a problem."""

    def __init__(self, label: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._label = SafeLabel(label, "muted")
        self._below = SafeLabel("", "small", wrap=True)
        for widget in (self._label, editor, self._below):
            column.addWidget(widget)
        self._hint = hint
        self.set_label(label)
        self.set_problem("")

    def set_label(self, label: str, hint: str | None = None) -> None:
        """Call the field something else."""
        self._label.setText(label)
        self.editor.setAccessibleName(label)
        if hint is not None:
            self._hint = hint
            self.set_problem("")

    def set_problem(self, problem: str) -> None:
        """Say what is wrong, with its mark; empty = nothing is, and the hint shows again."""
        self._below.setText(f"▲ {problem}" if problem else self._hint)
        self._below.setVisible(bool(problem or self._hint))
        set_style(self._below, rank="danger" if problem else "small")
        set_style(self.editor, state="error" if problem else "")
        self.editor.setAccessibleDescription(problem or self._hint)
