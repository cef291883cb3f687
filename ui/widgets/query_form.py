"""The query as a person writes it: words with commas, competitors one a line, our own accounts."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.source import Query
from crisisdesk.model.voice import Watched
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.field import Field
from ui.widgets.ladders import scrolled

PARTS: Final = ("terms", "phrases", "handles", "hashtags", "exclude", "langs")


class QueryForm(QWidget):
    """What is typed stays until it is saved, whatever the desk reads meanwhile."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._shown: Watched | None = None
        self.lines = {name: QLineEdit(maxLength=8_000) for name in PARTS}
        self.own = QLineEdit(maxLength=4_000)
        self.rivals = QPlainTextEdit()
        self.rivals.setTabChangesFocus(True)
        self.rivals.setFixedHeight(66)
        self._fields = {name: Field("", line) for name, line in self.lines.items()}
        self._own, self._rivals = Field("", self.own), Field("", self.rivals)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(GAP)
        for field in (*self._fields.values(), self._own, self._rivals):
            column.addWidget(field)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inside))

    def retranslate(self) -> None:
        """Say the names again."""
        for name, field in self._fields.items():
            field.set_label(self._texts(f"listening.part.{name}"))
        self._own.set_label(self._texts("voice.own"), self._texts("voice.own_hint"))
        self._rivals.set_label(self._texts("voice.rivals"), self._texts("voice.rivals_hint"))

    def put(self, watched: Watched) -> None:
        """Show what is kept, unless a person is typing something else."""
        if watched == self._shown or (self._shown is not None and self.typed() != _texts(self._shown)):
            return
        self._shown = watched
        parts, rivals, own = _texts(watched)
        for name, line in self.lines.items():
            line.setText(parts[name])
        self.rivals.setPlainText(rivals)
        self.own.setText(own)

    def settle(self) -> None:
        """What was typed is kept now: the next reading may show it."""
        self._shown = None

    def typed(self) -> tuple[dict[str, str], str, str]:
        """The parts, the competitors and our accounts, as :meth:`crisisdesk.desk.queries.Queries.read` wants them."""
        parts = {name: line.text().strip() for name, line in self.lines.items()}
        return parts, self.rivals.toPlainText().strip(), self.own.text().strip()


def _texts(watched: Watched) -> tuple[dict[str, str], str, str]:
    parts = {name: ", ".join(getattr(watched.query, name)) for name in PARTS}
    rivals = "\n".join(f"{rival.name}: {_words(rival.query)}" for rival in watched.rivals)
    return parts, rivals, ", ".join(watched.own)


def _words(query: Query) -> str:
    marked = [*query.terms, *query.phrases, *(f"@{w}" for w in query.handles), *(f"#{w}" for w in query.hashtags)]
    return ", ".join(marked)
