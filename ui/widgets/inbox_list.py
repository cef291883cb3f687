"""The left of the inbox: the rows, what narrows them above, the line that types one in below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QStackedWidget

from crisisdesk.model.inbox import Listed
from ui.actions import key_of
from ui.context import Context
from ui.models.table import RowTable
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.inbox_counts import InboxView, counts, narrowing
from ui.widgets.inbox_filters import InboxFilters
from ui.widgets.keycap import KeyCap
from ui.widgets.mention_add import AddMention
from ui.widgets.panel import Panel


class InboxList(Panel):
    """Shows rows; what to do about a chip or a key is its page's.

    Args:
        chips: what a press of one of the two chips does.
        widen: leave what another page narrowed the list to.
        importing: open the import.
        first: danger stands first, or no longer.
    """

    def __init__(
        self,
        context: Context,
        model: RowTable[Listed],
        *,
        chips: Callable[[], object],
        widen: Callable[[], object],
        importing: Callable[[], object],
        first: Callable[[], object],
    ) -> None:
        super().__init__(flush=True)
        self._texts = texts = context.texts
        self._model = model
        self.table = DataTable(model, context.theme, many=True)
        self.filters = InboxFilters(texts)
        self.search = QLineEdit(clearButtonEnabled=True, maxLength=200)
        self.add = AddMention(context, key_of("mention.add", texts))
        self.complaints = Button("", chips, kind="chip", key="C")
        self.danger = Button("", chips, kind="chip", key="D")
        self.first = Button("", first, kind="chip", key=context.texts("inbox.first_key"))
        self.first.setChecked(True)
        self.narrowed = Button("", widen, kind="chip")
        self._import = Button("", importing, key="I")
        self.empty = EmptyState()
        self._rows = QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        self.narrowed.hide()
        self.first.hide()
        self.search.setFixedWidth(220)
        chips = (self.narrowed, self.first, self.danger, self.complaints)
        for widget in (*chips, self.search, KeyCap("/"), self._import, KeyCap("I")):
            self.header.addWidget(widget)
        self._rows.addWidget(self.table)
        self._rows.addWidget(self.empty)
        self.body.addWidget(self.filters)
        self.body.addWidget(self._rows, 1)
        self.footer.addWidget(self.add)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.set_title(texts("inbox.title"))
        self.search.setPlaceholderText(texts("inbox.search"))
        self.search.setAccessibleName(texts("inbox.search_name"))
        self.table.setAccessibleName(texts("inbox.table_name"))
        self.complaints.set_text(texts("inbox.only_complaints"))
        self.danger.set_text(texts("inbox.only_danger"))
        self.first.set_key(texts("inbox.first_key"))
        self._import.set_text(texts("inbox.import"))
        self.add.retranslate()

    def say_counts(self, view: InboxView, newer: int) -> None:
        """How many there are, what they are narrowed to, and what to do while there are none."""
        texts = self._texts
        more = self._model.canFetchMore(self.table.rootIndex())
        self.set_note(counts(view, len(self._model.rows()), more, newer, len(self.table.chosen_rows()), texts))
        chip = narrowing(view, texts)
        self.narrowed.setVisible(bool(chip))
        self.narrowed.setChecked(bool(chip))
        self.narrowed.set_text(f"{chip} ✕")
        self.first.setVisible(bool(view.danger))
        self.first.set_text(texts("inbox.danger_first", n=len(view.danger)))
        self._rows.setCurrentIndex(0 if view.rows else 1)
        part = "none_" if view.total else ""
        self.empty.set_text(texts(f"inbox.empty.{part}title"), texts(f"inbox.empty.{part}body"))

    def current(self) -> Any:
        """The row that the keys are on, or ``None``."""
        return self.table.current()
