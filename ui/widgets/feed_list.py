"""A list of feeds (OPML) from another reader: chosen, taken in, and what became of each line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.connectors.opml import LARGEST
from crisisdesk.model.errors import CrisisDeskError, InputError
from crisisdesk.model.fault import fault_of
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.choose import choose_file
from ui.widgets.safe import SafeLabel

_NAMED = 3


class FeedList(QWidget):
    """The line that takes an OPML file in.

    Signals:
        changed: feeds were added.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.path = QLineEdit(maxLength=4000)
        self._choose = Button("", self._ask_where, kind="quiet")
        self.take = Button("", self._take)
        self.said = SafeLabel("", "muted", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.path, 1)
        line.addWidget(self._choose)
        line.addWidget(self.take)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(line)
        whole.addWidget(self.said)
        self.path.returnPressed.connect(self._take)
        self.tell("")

    def retranslate(self) -> None:
        """Say it again."""
        texts = self._context.texts
        self.path.setPlaceholderText(texts("listening.opml_path"))
        self.path.setAccessibleName(texts("listening.opml_path"))
        self._choose.set_text(texts("listening.choose"))
        self.take.set_text(texts("listening.opml_take"))

    def tell(self, words: str, rank: str = "muted") -> None:
        """Say what came of it."""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        set_style(self.said, rank=rank)

    def _ask_where(self) -> None:
        choose_file(self, self.path.setText, "OPML (*.opml *.xml);;* (*)")

    def _take(self) -> None:
        wanted = Path(self.path.text().strip()).expanduser()
        if not self.path.text().strip():
            self.tell("▲ " + self._context.texts("listening.opml_missing"), "danger")
            return
        watched = self._context.desk.sources

        def take() -> tuple[int, int, tuple[str, ...]]:
            try:
                with wanted.open("rb") as file:
                    body = file.read(LARGEST + 1)
            except OSError as error:
                raise InputError("sources.opml_unread", path=wanted.name, reason=fault_of(error)) from None
            return watched.add_feeds(body, wanted.name)

        self.take.setEnabled(False)
        self._context.bridge.call(take, self._taken, self._failed)

    def _taken(self, report: tuple[int, int, tuple[str, ...]]) -> None:
        new, known, refused = report
        texts = self._context.texts
        self.take.setEnabled(True)
        words = texts("listening.opml_report", new=new, known=known, refused=len(refused))
        if refused:
            named = " · ".join(refused[:_NAMED])
            words = f"{words} {texts('listening.opml_refused', addresses=named)}"
        self.tell(f"{'◆' if refused else '✓'} {words} {texts('listening.opml_dead_later')}", "text")
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self.take.setEnabled(True)
        self.tell(f"▲ {self._context.texts.error(error)}", "danger")
