"""F6 Cronología: every act with when it happened and when it was written down; notes, stars, corrections, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QScrollArea, QStackedWidget, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.events import Event, IncidentChanged, TimelineAdded
from crisisdesk.model.fault import fault_of
from crisisdesk.model.timeline import Entry
from crisisdesk.paths import put_file
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import ENTRIES, Look
from ui.models.timeline import GROUPS, Filter, TimelineView
from ui.models.window import WindowTable
from ui.pages.base import Doer, Page
from ui.theme import GUTTER, INSET
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.data_table import TALL_ROW, DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.entry_view import EntryView
from ui.widgets.flow import Flow
from ui.widgets.keycap import KeyCap
from ui.widgets.note_edit import NoteEdit, Wanted
from ui.widgets.panel import Panel
from ui.widgets.timeline_files import TimelineFiles

FORMATS: Final = ("csv", "json")
_TYPING_MS: Final = 200
_DETAIL: Final = 384
_FIRST: Final = 120  # entries that come with the list itself
_AROUND: Final = 100


class TimelinePage(Page):
    """The timeline of the incident on screen."""

    name: ClassVar[str] = "timeline"
    wants: ClassVar[tuple[type[Event], ...]] = (TimelineAdded, IncidentChanged)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._filter = Filter()
        self._shown: TimelineView | None = None
        self._show_next: int | None = None
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self._model: WindowTable[Entry] = WindowTable(ENTRIES, look, lambda entry: entry.id)
        self._fetching = False
        self.table = DataTable(self._model, context.theme, row=TALL_ROW, lines=2)
        self.detail = EntryView(look, desk.clock.now)
        self.note = NoteEdit(self.texts, desk.clock.now, desk.zone)
        self.search = QLineEdit(clearButtonEnabled=True, maxLength=200)
        self.groups = {name: Button("", kind="chip") for name in GROUPS}
        self._order = Button("", self._turn_round, kind="quiet", key="R")
        self._exports = {name: Button("", partial(self._ask_where, name)) for name in FORMATS}
        self._empty = EmptyState()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._set_search)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._list = Panel(" ", flush=True)
        self.search.setFixedWidth(200)
        for widget in (self._order, self.search, KeyCap("/")):
            self._list.header.addWidget(widget)
        chips = QWidget()
        line = Flow(4)
        chips.setLayout(line)
        line.setContentsMargins(INSET, 0, INSET, 8)
        group = QButtonGroup(self)
        for button in self.groups.values():
            group.addButton(button)
            line.addWidget(button)
        self.groups["all"].setChecked(True)
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)
        self._rows.addWidget(self._empty)
        self._list.body.setSpacing(0)
        self._list.body.addWidget(chips)
        self._list.body.addWidget(self._rows, 1)
        self._list.footer.addWidget(self.note)
        self._side = Panel(" ")
        self._side.setFixedWidth(_DETAIL)
        scroll = QScrollArea(widgetResizable=True)  # an entry can have many files
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.detail.setProperty("ground", "clear")
        scroll.setWidget(self.detail)
        self._side.body.addWidget(scroll)
        ends = QHBoxLayout()
        for button in self._exports.values():
            ends.addWidget(button)
        ends.addStretch(1)
        self._side.footer.addLayout(ends)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._list, 1)
        whole.addWidget(self._side)

    def _connect(self) -> None:
        self.table.chosen.connect(self._choose)
        self._model.lacking.connect(self._fetch_soon)
        self.table.opened.connect(lambda _entry: self.detail.start_edit())
        for name, button in self.groups.items():
            button.clicked.connect(lambda _checked=False, name=name: self._use(replace(self._filter, group=name)))
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.note.wanted.connect(self._write)
        self.detail.starred.connect(self._star)
        self.detail.corrected.connect(self._correct)
        self.detail.originals_wanted.connect(self._read_originals)
        self.detail.removed.connect(self._remove)
        self.detail.redacted.connect(self._redact)
        self.files = TimelineFiles(self.context, self.note, self.detail, self.refresh)
        self.detail.place_wanted.connect(self._place)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("A", self.files.choose), ("I", self._place),
            ("/", self.search.setFocus), ("J", lambda: self._step(1)), ("K", lambda: self._step(-1)),
            ("S", self.detail.toggle_star), ("E", self.detail.start_edit), ("V", self.detail.want_originals),
            ("N", self.note.text.setFocus), ("R", self._turn_round), ("Esc", self._escape),
        )  # fmt: skip
        for key, do in keys:
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    # Reading

    def query(self) -> Callable[[], TimelineView]:
        """The ids under the filter, and the entries that are in sight."""
        desk, rule, texts, incident_id = self.context.desk, self._filter, self.texts, self.incident_id
        first, last = self._in_sight()
        held = {*self._model.keys()[first : last + 1]} | {self._show_next or 0}

        def read() -> TimelineView:
            look = Look(texts, desk.zone, desk.clock.now())
            if incident_id is None:
                return TimelineView(None, rule, (), (), 0, look)
            ids = desk.timeline.order(
                incident_id, GROUPS[rule.group], starred=rule.group == "starred", oldest_first=rule.oldest_first,
                search=rule.search, lang=texts.lang,
            )  # fmt: skip
            whole = rule.group == "all" and not rule.search
            total = len(ids) if whole else desk.timeline.count(incident_id)
            wanted = [n for place, n in enumerate(ids) if place < _FIRST or n in held]
            return TimelineView(incident_id, rule, ids, desk.timeline.some(incident_id, wanted), total, look)

        return read

    def _in_sight(self) -> tuple[int, int]:
        """First and last position on screen."""
        first = max(self.table.rowAt(0), 0)
        return first, first + self.table.viewport().height() // TALL_ROW + 1

    def _fetch_soon(self) -> None:
        if not self._fetching:
            self._fetching = True
            QTimer.singleShot(0, self, self._fetch)

    def _fetch(self) -> None:
        """Read what is in sight and a little around it."""
        desk, incident_id = self.context.desk, self.incident_id
        first, last = self._in_sight()
        ids = self._model.lacks(first - _AROUND, last + _AROUND)
        if incident_id is None or not ids:
            self._fetching = False
            self._model.hold(())
            return
        self.context.bridge.read(lambda: desk.timeline.some(incident_id, ids), self._fetched, self._not_fetched)

    def _fetched(self, entries: tuple[Entry, ...]) -> None:
        self._fetching = False
        self._model.hold(entries)
        if self._model.lacks(*self._in_sight()):  # it was scrolled on meanwhile
            self._fetch_soon()
        self._choose(self.table.current())

    def _not_fetched(self, error: CrisisDeskError) -> None:
        self._fetching = False
        self.context.bridge.failed.emit(error)

    def show_(self, view: Any) -> None:
        """Put the entries on screen; rows that stay do not move."""
        if not isinstance(view, TimelineView) or view.filter != self._filter or view.incident_id != self.incident_id:
            return
        before, self._shown = self._shown, view
        chosen = self._model.key_at(self.table.currentIndex().row())
        self._model.set_look(view.look)
        self._model.show(view.ids)
        self._model.hold(view.held, only=True)
        if self._show_next is not None:
            self.table.select(self._model.position(self._show_next))
            self._show_next = None
        elif before is None or before.filter != view.filter or not self.table.currentIndex().isValid():
            same = before is not None and before.filter == view.filter
            self.table.select(max(self._model.position(chosen), 0) if same else 0)
        self._say_counts()
        self._choose(self.table.current())

    def shown(self) -> None:
        """The keys walk the entries."""
        self.table.setFocus()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self._side.set_title(texts("timeline_page.detail.title"))
        self.search.setPlaceholderText(texts("timeline_page.search"))
        self.search.setAccessibleName(texts("timeline_page.search_name"))
        self.table.setAccessibleName(texts("timeline_page.table_name"))
        for name, button in self.groups.items():
            button.set_text(texts(f"timeline_page.group.{name}"))
        for name, button in self._exports.items():
            button.set_text(texts(f"timeline_page.export_{name}"))
        self.note.retranslate()
        self._say_counts()
        self.refresh()

    def _say_counts(self) -> None:
        texts, view = self.texts, self._shown
        self._list.set_title(texts("timeline_page.title"))
        self._order.set_text(texts("timeline_page.oldest" if self._filter.oldest_first else "timeline_page.newest"))
        has_incident = self.incident_id is not None
        self.note.setEnabled(has_incident)
        for button in self._exports.values():
            button.setEnabled(has_incident and view is not None and view.total > 0)
        if view is None:
            return
        said = texts("timeline_page.count", n=len(view.ids), shown=number(len(view.ids), texts))
        if len(view.ids) < view.total:
            said = texts("timeline_page.count_of", shown=said, total=number(view.total, texts))
        self._list.set_note(said)
        self._rows.setCurrentIndex(0 if view.ids else 1)
        part = "filtered" if view.total else "none" if has_incident else "calm"
        self._empty.set_text(texts(f"timeline_page.empty.{part}"), texts(f"timeline_page.empty.{part}_hint"))

    # Choosing and filtering

    def _choose(self, entry: Entry | None) -> None:
        self.detail.show_entry(entry, self._model.look())

    def _step(self, by: int) -> None:
        self.table.step(by)
        self.table.setFocus()

    def _set_search(self) -> None:
        self._use(replace(self._filter, search=self.search.text().strip()))

    def _turn_round(self) -> None:
        self._use(replace(self._filter, oldest_first=not self._filter.oldest_first))

    def _use(self, rule: Filter) -> None:
        if rule != self._filter:
            self._filter = rule
            self.groups[rule.group].setChecked(True)
            self.refresh()

    def _escape(self) -> None:
        """Close the correction, else clear the filters; a note being typed stays."""
        self.note.leave_place()
        if self.detail.editing:
            self.detail.stop_edit()
        else:
            self.search.clear()
            self._use(Filter(oldest_first=self._filter.oldest_first))
        self.table.setFocus()

    def show_entry(self, entry_id: object | None) -> None:
        """Show one entry, whatever the filter was."""
        if isinstance(entry_id, int):
            self._show_next = entry_id
            self.search.clear()
            self._filter = Filter(oldest_first=self._filter.oldest_first)
            self.groups["all"].setChecked(True)
            self.refresh()

    # Writing

    def _place(self) -> None:
        """The note being written goes between the entry on screen and the one that followed it."""
        entry, row = self.detail.entry, self.table.currentIndex().row()
        if entry is None or row < 0:
            return
        later = self._model.row_at(row + 1 if self._filter.oldest_first else row - 1)
        if later is None:  # nothing has followed yet: what comes now comes after it
            self.note.text.setFocus()
        else:
            self.note.put_between(entry, later)

    def _write(self, note: Wanted) -> None:
        desk, incident_id = self.context.desk, self.incident_id
        if incident_id is not None:
            self.context.bridge.call(
                lambda: desk.timeline.note(
                    incident_id, note.text, note.kind, note.occurred_at, files=note.files, between=note.between
                ),
                self._written,
                self._not_written,
            )

    def _written(self, entry: Entry) -> None:
        self.note.saved()
        self.show_entry(entry.id)

    def _not_written(self, error: CrisisDeskError) -> None:
        self.note.set_problem(self.texts.error(error))

    def _star(self, entry_id: int, on: bool) -> None:
        desk = self.context.desk
        self.context.bridge.call(lambda: desk.timeline.star(entry_id, on), lambda _done: self.refresh())

    def _correct(self, entry_id: int, text: str, occurred_at: datetime | None, reason: str) -> None:
        desk = self.context.desk
        self.context.bridge.call(
            lambda: desk.timeline.revise(entry_id, text, occurred_at, reason), self._corrected, self._not_corrected
        )

    def _remove(self, entry_id: int, reason: str) -> None:
        desk = self.context.desk
        self.context.bridge.call(lambda: desk.timeline.remove(entry_id, reason), self._corrected, self._not_corrected)

    def _redact(self, entry_id: int, reason: str) -> None:
        desk = self.context.desk
        self.context.bridge.call(lambda: desk.timeline.redact(entry_id, reason), self._corrected, self._not_corrected)

    def _corrected(self, _entry: object) -> None:
        self.detail.saved()
        self.refresh()

    def _not_corrected(self, error: CrisisDeskError) -> None:
        self.detail.failed(self.texts.error(error))

    def _read_originals(self, entry_id: int) -> None:
        desk, incident_id = self.context.desk, self.incident_id
        if incident_id is None:
            return

        def read() -> tuple[Entry, ...]:
            written = desk.timeline.entries(incident_id, originals=True)
            return tuple(sorted((e for e in written if entry_id in (e.id, e.revises)), key=lambda e: e.id))

        self.context.bridge.read(read, self._show_originals)

    def _show_originals(self, versions: tuple[Entry, ...]) -> None:
        entry = self.detail.entry
        if entry is not None and versions and versions[0].id in (entry.id, entry.data.get("entry")):
            self.detail.show_originals(versions)

    # Export

    def _ask_where(self, kind: str) -> None:
        choose_save(self, lambda file: self.export(Path(file), kind), f"{self.texts('timeline_page.file')}.{kind}")

    def export(self, path: Path, kind: str) -> None:
        """Write the timeline as ``csv``, or the whole incident with it and its originals as ``json``."""
        desk, texts, incident_id = self.context.desk, self.texts, self.incident_id
        if incident_id is None:
            return

        def write() -> str:
            from crisisdesk.reports import tables

            data = desk.review.data(incident_id)
            content = tables.timeline_csv(data, texts) if kind == "csv" else tables.json(data).encode("utf-8")
            try:
                put_file(path, content)
            except OSError as error:
                return texts("timeline_page.not_exported", file=path.name, reason=fault_of(error))
            return texts("timeline_page.exported", n=len(data.entries), file=path.name)

        self.context.bridge.read(write, self.context.say)

    def actions_(self) -> Mapping[str, Doer]:
        """What this page does for the whole window."""
        return {"entry.show": self.show_entry}
