"""Listening: every source with its health, what we do not see and why, and the form that adds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from crisisdesk.desk.source_form import SourceKind
from crisisdesk.model.events import Event, SourceHealthChanged
from crisisdesk.model.mention import Gap, Mention, SourceHealth
from ui.context import Context
from ui.models.columns import Look
from ui.models.table import RowTable
from ui.pages.base import Page
from ui.theme import GAP, GUTTER, INSET
from ui.widgets.data_table import DataTable
from ui.widgets.feed_list import FeedList
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.source_cells import FOUND, GAPS, HEALTH, kind_name
from ui.widgets.source_panel import SourcePanel

_FORM = 430


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    sources: tuple[SourceHealth, ...]
    dead: tuple[SourceHealth, ...]
    unseen: tuple[str, ...]
    gaps: tuple[Gap, ...]
    kinds: tuple[SourceKind, ...]
    kept_by: str
    look: Look


class ListeningPage(Page):
    """Sources."""

    name: ClassVar[str] = "listening"
    wants: ClassVar[tuple[type[Event], ...]] = (SourceHealthChanged,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        look = Look(self.texts, context.desk.zone, context.desk.clock.now())
        self._sources: RowTable[SourceHealth] = RowTable(HEALTH, look, lambda one: (one.source, one.account))
        self.table = DataTable(self._sources, context.theme, row=48, lines=2)
        self._gaps: RowTable[Gap] = RowTable(GAPS, look, lambda one: (one.source, one.start, one.reason))
        self.gaps = DataTable(self._gaps, context.theme, row=44)
        self._found: RowTable[Mention] = RowTable(FOUND, look, lambda one: (one.source, one.account, one.native_id))
        self.found = DataTable(self._found, context.theme, row=30)
        self.panel = SourcePanel(context)
        self.feeds = FeedList(context)
        self._none = SafeLabel("", "muted", wrap=True)
        self._no_gaps = SafeLabel("", "muted", wrap=True)
        self.unseen = SafeLabel("", "promise", wrap=True)
        self.dead = SafeLabel("", "danger", wrap=True)
        self._lay_out()
        self.table.chosen.connect(self._chosen)
        self.panel.tried.connect(self._show_found)
        self.panel.changed.connect(self._changed)
        self.feeds.changed.connect(self._changed)
        self.retranslate()

    def _lay_out(self) -> None:
        self._list, self._below = Panel(" ", flush=True), Panel(" ", flush=True)
        for label in (self._none, self._no_gaps):
            label.setContentsMargins(INSET, 0, INSET, INSET)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list.body.addWidget(self.table, 1)
        self._list.body.addWidget(self._none, 1)
        for widget in (self.dead, self.unseen, self.feeds):
            self._list.footer.addWidget(widget)
        for part in (self.gaps, self.found, self._no_gaps):
            self._below.body.addWidget(part, 1)
        self.found.hide()
        left = QVBoxLayout()
        left.setSpacing(GUTTER)
        left.addWidget(self._list, 3)
        left.addWidget(self._below, 2)
        self.panel.setFixedWidth(_FORM)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addLayout(left, 1)
        whole.addWidget(self.panel)
        self._list.footer.setSpacing(GAP)

    def query(self) -> Callable[[], View]:
        """Sources, gaps and kinds; who keeps secrets is asked of the keyring."""
        desk, texts = self.context.desk, self.texts

        def read() -> View:
            form = desk.source_form
            look = Look(texts, desk.zone, desk.clock.now())
            return View(
                desk.sources.list(), desk.sources.dead(), form.unseen(), form.gaps(), form.kinds(), form.kept_by(), look
            )

        return read

    def show_(self, view: Any) -> None:
        """Put it on screen."""
        assert isinstance(view, View)
        texts, look = view.look.texts, view.look
        for model in (self._sources, self._gaps, self._found):
            model.set_look(look)
        self._sources.show(view.sources)
        self._gaps.show(view.gaps)
        self.table.setVisible(bool(view.sources))
        self._none.setVisible(not view.sources)
        self.panel.put(view.kinds, view.kept_by)
        names = ", ".join(kind_name(kind, texts) for kind in view.unseen)
        self.unseen.setText(f"◆ {texts('listening.unseen', names=names)}" if names else "")
        self.unseen.setVisible(bool(names))
        self.dead.setText(f"▲ {texts('listening.dead', n=len(view.dead), names=_few(view.dead))}" if view.dead else "")
        self.dead.setVisible(bool(view.dead))
        self._say_below()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self._list.set_title(texts("preparation.sources"), texts("preparation.sources_note"))
        self.table.setAccessibleName(texts("preparation.sources"))
        self._none.setText(texts("listening.none"))
        self._no_gaps.setText(texts("listening.no_gaps"))
        self.feeds.retranslate()
        self.panel.retranslate()
        self._say_below()
        self.refresh()

    def shown(self) -> None:
        """The keys walk the sources."""
        self.table.setFocus()

    def _say_below(self) -> None:
        texts, trial = self.texts, self._found.rowCount() > 0
        title, note = ("found_title", "found_note") if trial else ("gaps", "gaps_note")
        self._below.set_title(texts(f"listening.{title}"), texts(f"listening.{note}"))
        self.found.setAccessibleName(texts("listening.found_title"))
        self.gaps.setAccessibleName(texts("listening.gaps"))
        self.found.setVisible(trial)
        self.gaps.setVisible(not trial and self._gaps.rowCount() > 0)
        self._no_gaps.setVisible(not trial and self._gaps.rowCount() == 0)

    def _chosen(self, row: object) -> None:
        if isinstance(row, SourceHealth):
            self._show_found(())
            self.panel.show_source(row)

    def _show_found(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._found.show(found)
        self._say_below()

    def _changed(self) -> None:
        self._show_found(())
        self.refresh()


def _few(rows: tuple[SourceHealth, ...]) -> str:
    named = [row.label or row.account for row in rows[:5]]
    return ", ".join(name[:60] for name in named) + (" …" if len(rows) > len(named) else "")
