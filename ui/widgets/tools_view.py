"""Where mentions come from: the sources with their health, a new feed, and how much it is a day."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import SourceHealth
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import SOURCES, Look
from ui.models.table import RowTable
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared


class ToolsView(QWidget):
    """The sources and the line that adds a feed.

    Signals:
        changed: a source was added or removed.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._sure = False
        self._panel = Panel(" ", flush=True)
        self._model: RowTable[SourceHealth] = RowTable(SOURCES, look, lambda one: (one.source, one.account))
        self.table = DataTable(self._model, context.theme, row=32)
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self.address = QLineEdit(maxLength=2000)
        self.label = QLineEdit(maxLength=80)
        self.label.setFixedWidth(170)
        self.add = Button("", self._add)
        self.remove = Button("", self._remove, kind="quiet")
        self.all = Button("", lambda: context.act("page.listening", None), kind="quiet")
        self._problem = SafeLabel("", "danger", wrap=True)
        self._volume = SafeLabel("", "muted", wrap=True)
        self._lay_out()
        self.table.chosen.connect(lambda _row: self._set_sure(False))
        for edit in (self.address, self.label):
            edit.returnPressed.connect(self._add)
            edit.textEdited.connect(lambda _text: self._say_problem(""))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for widget in (self.address, self.label, self.add, self.remove, self.all):
            line.addWidget(widget)
        line.setStretch(0, 1)
        self._panel.body.addWidget(self.table)
        self._panel.body.addWidget(self._none)
        self._panel.footer.addLayout(line)
        self._panel.footer.addWidget(self._problem)
        self._panel.footer.addWidget(self._volume)
        self._problem.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addStretch(1)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the sources."""
        texts = look.texts
        self._panel.set_title(texts("preparation.sources"), texts("preparation.sources_note"))
        self.table.setAccessibleName(texts("preparation.sources"))
        self._model.set_look(look)
        self._model.show(now.sources)
        self.table.fit_height(12)
        self.table.setVisible(bool(now.sources))
        self._none.setText(texts("preparation.no_sources"))
        self._none.setVisible(not now.sources)
        self.address.setPlaceholderText(texts("preparation.feed_address"))
        self.address.setAccessibleName(texts("preparation.feed_address"))
        self.label.setPlaceholderText(texts("preparation.feed_label"))
        self.label.setAccessibleName(texts("preparation.feed_label"))
        self.add.set_text(texts("preparation.feed_add"))
        self.all.set_text(texts("listening.all"))
        self._set_sure(False)
        total = sum(count for _channel, count in now.channels)
        daily = number(total / 28, texts, 0 if total >= 280 else 1)
        self._volume.setText(texts("preparation.daily_few" if total < 28 * 50 else "preparation.daily", n=daily))

    def _add(self) -> None:
        desk, address, label = self._context.desk, self.address.text().strip(), self.label.text().strip()
        if not address:
            self._say_problem(self._context.texts("preparation.feed_missing"))
            return
        self._context.bridge.call(lambda: desk.sources.add_feed(address, label), self._added, self._failed)

    def _added(self, _done: object) -> None:
        self.address.clear()
        self.label.clear()
        self._context.say(self._context.texts("preparation.feed_added"))
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._say_problem(self._context.texts.error(error))

    def _say_problem(self, problem: str) -> None:
        self._problem.setText(f"▲ {problem}")
        self._problem.setVisible(bool(problem))
        set_style(self.address, state="error" if problem else "")

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        texts = self._context.texts
        self.remove.set_text(texts("preparation.source_remove_sure" if sure else "preparation.source_remove"))
        self.remove.set_kind("danger" if sure else "quiet")
        self.remove.setVisible(self.table.current() is not None)

    def _remove(self) -> None:
        row = self.table.current()
        if not self._sure:
            self._set_sure(True)
        elif isinstance(row, SourceHealth):
            desk = self._context.desk
            self._context.bridge.call(
                lambda: desk.sources.remove(row.source, row.account), lambda _done: self.changed.emit(), self._failed
            )
