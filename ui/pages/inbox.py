"""F2 Bandeja: every mention, newest first, read whole beside the table; import and typing one in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.inbox import Sought
from crisisdesk.model.mention import IngestReport, StoredMention
from crisisdesk.plain import one_line
from ui.actions import key_of
from ui.context import Context
from ui.models.columns import MENTIONS, Look
from ui.models.table import RowTable
from ui.pages.base import Doer, Page
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.import_panel import ImportPanel
from ui.widgets.inbox_counts import InboxView, counts, narrowing
from ui.widgets.inbox_filters import InboxFilters
from ui.widgets.keycap import KeyCap
from ui.widgets.mention_add import AddMention
from ui.widgets.mention_side import MentionSide
from ui.widgets.panel import Panel

PAGE = 200
_TYPING_MS = 200


class InboxPage(Page):
    """The inbox."""

    name: ClassVar[str] = "inbox"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.MentionsAdded, ev.AlertRaised, ev.AlertChanged, ev.PlaybookChanged, ev.ReplayMoved, ev.VerdictsChanged
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._filter = Sought()
        self._shown: InboxView | None = None
        self._newer = 0
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self._model: RowTable[StoredMention] = RowTable(MENTIONS, look, lambda row: row.id)
        self._model.older_wanted.connect(self._fetch_older)
        self.table = DataTable(self._model, context.theme)
        self.filters = InboxFilters(self.texts)
        self.river = QWidget()
        self.side = MentionSide(context, look, self.table.current, self.river)
        self.detail = self.side.detail
        self.search = QLineEdit(clearButtonEnabled=True, maxLength=200)
        self.add = AddMention(self.texts, key_of("mention.add", self.texts))
        self.importing = ImportPanel(context)
        self._complaints = Button("", self._set_chips, kind="chip", key="C")
        self._danger = Button("", self._set_chips, kind="chip", key="D")
        self._alert = Button("", self._leave_alert, kind="chip")
        self._import = Button("", self.open_import, key="I")
        self._empty = EmptyState()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._set_search)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._list = Panel(flush=True)
        self._alert.hide()
        self.search.setFixedWidth(220)
        chips = (self._alert, self._danger, self._complaints)
        for widget in (*chips, self.search, KeyCap("/"), self._import, KeyCap("I")):
            self._list.header.addWidget(widget)
        self._rows = QStackedWidget()
        self._rows.addWidget(self.table)
        self._rows.addWidget(self._empty)
        self._list.body.addWidget(self.filters)
        self._list.body.addWidget(self._rows, 1)
        self._list.footer.addWidget(self.add)
        line = QHBoxLayout(self.river)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._list, 1)
        line.addWidget(self.side)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.river)
        self._stack.addWidget(self.importing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GAP)
        whole.addWidget(self._stack)

    def _connect(self) -> None:
        self.table.chosen.connect(self._choose)
        self.table.newer.connect(self._count_newer)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.add.wanted.connect(self._save)
        self.detail.told.connect(self.context.say)
        self.side.types.judged.connect(self._judged)
        self.filters.changed.connect(self._use)
        self.filters.kept.connect(lambda name, sought: self._change_filters("kept", name, sought))
        self.filters.dropped.connect(lambda name: self._change_filters("dropped", name, None))
        self.importing.done.connect(self.close_import)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("/", self._to_search), ("J", lambda: self._step(1)), ("K", lambda: self._step(-1)),
            ("I", self.open_import), ("C", self._complaints.click), ("D", self._danger.click),
            ("O", self.detail.open_link), ("Y", self.detail.copy_text), ("Esc", self._escape),
            ("R", self.reply), ("E", self.to_area),
            ("Shift+R", lambda: self.reply(over=True)), ("V", self._show_person),
        )  # fmt: skip
        for key, do in keys:
            shortcut = QShortcut(QKeySequence(key), self.river, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)
        for key, action in (("Shift+G", "kudos.give"), ("Shift+I", "deed.note")):
            shortcut = QShortcut(QKeySequence(key), self.river, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._hand_on, action))

    # Reading

    def query(self) -> Callable[[], InboxView]:
        """The newest page under the filter."""
        desk, wanted, texts = self.context.desk, self._filter, self.texts

        def read() -> InboxView:
            rows = desk.mentions.latest(PAGE, sought=wanted)
            alert = desk.alerts.get(wanted.alert_id) if wanted.alert_id is not None else None
            types = {kind.id: kind.name for kind in desk.playbook.mention_types}
            look = Look(texts, desk.zone, desk.clock.now(), types)
            sources = desk.mentions.heard_from()
            kinds, saved = tuple(desk.playbook.mention_types), desk.inbox_filters.all()
            return InboxView(wanted, rows, desk.mentions.count(), alert, look, kinds, sources, saved)

        return read

    def show_(self, view: Any) -> None:
        """Put the newest page on screen; rows that stay do not move."""
        if not isinstance(view, InboxView) or view.filter != self._filter:
            return
        before, self._shown = self._shown, view
        self._model.set_look(view.look)
        more = len(view.rows) >= PAGE
        if before is not None and before.filter == view.filter:
            self._model.merge(view.rows, more=more)
        else:
            self._newer = 0
            self._model.show(view.rows, more=more)
            self.table.scrollToTop()
        if not self.table.currentIndex().isValid():
            self.table.select(0)
        self._say_counts()
        self.side.types.set_types(view.kinds)
        self.filters.put(view.filter, view.look.types, view.sources, view.saved)
        self._choose(self.table.current())

    def shown(self) -> None:
        """The keys walk the mentions."""
        if self._stack.currentWidget() is self.river:
            self.table.setFocus()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self.side.set_title(texts("inbox.detail.title"))
        self.search.setPlaceholderText(texts("inbox.search"))
        self.search.setAccessibleName(texts("inbox.search_name"))
        self.table.setAccessibleName(texts("inbox.table_name"))
        self._complaints.set_text(texts("inbox.only_complaints"))
        self._danger.set_text(texts("inbox.only_danger"))
        self._import.set_text(texts("inbox.import"))
        self.add.retranslate()
        self.importing.retranslate()
        self._say_counts()
        self.refresh()

    def _say_counts(self) -> None:
        texts, view = self.texts, self._shown
        self._list.set_title(texts("inbox.title"))
        if view is None:
            return
        more = self._model.canFetchMore(self.table.rootIndex())
        self._list.set_note(counts(view, len(self._model.rows()), more, self._newer, texts))
        chip = narrowing(view, texts)
        self._alert.setVisible(bool(chip))
        self._alert.setChecked(bool(chip))
        self._alert.set_text(f"{chip} ✕")
        self._rows.setCurrentIndex(0 if view.rows else 1)
        part = "none_" if view.total else ""
        self._empty.set_text(texts(f"inbox.empty.{part}title"), texts(f"inbox.empty.{part}body"))

    def _fetch_older(self) -> None:
        last = self._model.row_at(self._model.rowCount() - 1)
        if last is None:
            return
        desk, wanted = self.context.desk, self._filter

        def read() -> tuple[Sought, tuple[StoredMention, ...]]:
            rows = desk.mentions.latest(
                PAGE,
                before=last.id,
                sought=wanted,
            )
            return wanted, rows

        self.context.bridge.read(read, self._add_older, self._older_failed)

    def _add_older(self, answer: tuple[Sought, tuple[StoredMention, ...]]) -> None:
        wanted, rows = answer
        if wanted == self._filter:
            self._model.append(rows, more=len(rows) >= PAGE)
            self._say_counts()

    def _older_failed(self, error: CrisisDeskError) -> None:
        self._model.fetch_failed()
        self.context.say(self.texts("inbox.older_failed", error=self.texts.error(error)))

    # Choosing and filtering

    def _choose(self, row: StoredMention | None) -> None:
        self.side.show_row(row, self._model.look())

    def _judged(self, row: StoredMention) -> None:
        self._model.renew(row)
        self._choose(self.table.current())

    def _show_person(self) -> None:
        """V: everything that the author of the chosen mention said; Esc leaves it."""
        row = self.table.current()
        if row is not None and (row.mention.author_id or row.mention.author):
            self._use(Sought(author=(row.mention.source, row.mention.author_id or row.mention.author)))

    def _change_filters(self, done: str, name: str, sought: Sought | None) -> None:
        desk, texts = self.context.desk, self.texts

        def change() -> None:
            if sought is None:
                desk.inbox_filters.drop(name)
            else:
                desk.inbox_filters.keep(name, sought)

        def told(_nothing: None) -> None:
            self.context.say(texts(f"inbox.filter.{done}", name=one_line(name, 40)))
            self.refresh()

        self.context.bridge.call(change, told, lambda error: self.context.say(texts.error(error)))

    def _step(self, by: int) -> None:
        self.table.step(by)
        self.table.setFocus()

    def reply(self, *, over: bool = False) -> None:
        """R: begin the answer to the chosen mention, in F3; Shift+R takes it over from whoever is answering."""
        row, desk = self.table.current(), self.context.desk
        if row is None:
            return
        mention = row.id

        def begin() -> Draft:
            if over:
                desk.reply_locks.take(mention, over=True)
            return desk.replies.start(mention)

        self.context.bridge.call(begin, lambda draft: self.context.act("draft.open", draft.id), self._not_begun)

    def to_area(self) -> None:
        """E: send the chosen mention to an area."""
        row = self.table.current()
        if row is not None:
            self.context.act("area.send", row.id)

    def _not_begun(self, error: CrisisDeskError) -> None:
        key = "inbox.reply_held" if error.key == "lock.held" else "inbox.reply_not"
        self.context.say(self.texts(key, error=self.texts.error(error)))

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _on_scroll(self, value: int) -> None:
        if value == 0 and self._newer:
            self._newer = 0
            self._say_counts()

    def _count_newer(self, rows: int) -> None:
        self._newer += rows

    def _set_search(self) -> None:
        self._use(replace(self._filter, search=self.search.text().strip()))

    def _set_chips(self) -> None:
        complaint, safety = self._complaints.isChecked(), self._danger.isChecked()
        self._use(replace(self._filter, complaint=complaint, safety=safety))

    def _leave_alert(self) -> None:
        self._use(replace(self._filter, alert_id=None, start=None, end=None, author=None))

    def _use(self, wanted: Sought) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._complaints.setChecked(wanted.complaint)
            self._danger.setChecked(wanted.safety)
            self.refresh()
        narrowed = (wanted.alert_id, wanted.start, wanted.author)
        self._alert.setVisible(any(one is not None for one in narrowed))

    def _escape(self) -> None:
        """Clear the search and the filters; what is being typed in below stays."""
        self.search.clear()
        self._complaints.setChecked(False)
        self._use(Sought())
        self.table.setFocus()

    def show_alert(self, alert_id: object | None) -> None:
        """Show the mentions of one alert («Ver las 214»)."""
        self.close_import()
        self.search.clear()
        self._complaints.setChecked(False)
        self._use(Sought(alert_id=alert_id if isinstance(alert_id, int) else None))
        self.table.setFocus()

    def show_stretch(self, stretch: object | None) -> None:
        """Show the mentions of a stretch of time, ``(start, end)``: what was clicked on the chart."""
        if isinstance(stretch, tuple):
            self.close_import()
            self.search.clear()
            self._complaints.setChecked(False)
            self._use(Sought(start=stretch[0], end=stretch[1]))
            self.table.setFocus()

    def show_sought(self, sought: object | None) -> None:
        """Show what another page looks for."""
        if isinstance(sought, Sought):
            self.close_import()
            self.search.setText(sought.search)
            self._use(sought)
            self.table.setFocus()

    # Adding

    def focus_add(self, _ref: object | None = None) -> None:
        """Put the cursor where a mention is typed in."""
        self.close_import()
        self.add.text.setFocus()

    def _save(self, text: str, channel: str, author: str) -> None:
        desk = self.context.desk
        self.context.bridge.call(
            lambda: desk.ingest.manual(text, author=author, channel=channel), self._saved, self._not_saved
        )

    def _saved(self, report: IngestReport) -> None:
        if report.rejected:
            problem = report.rejected[0]
            reason = self.texts(f"errors.{problem.key}", **dict(problem.fields))
            self.add.failed(self.texts("inbox.add.rejected", reason=reason))
            return
        self.add.saved()
        self.context.say(self.texts("inbox.add.saved" if report.added else "inbox.add.repeated"))
        self.refresh()

    def _not_saved(self, error: CrisisDeskError) -> None:
        self.add.failed(self.texts("inbox.add.rejected", reason=self.texts.error(error)))

    def open_import(self, _ref: object | None = None) -> None:
        """Show the import panel in the page's place."""
        self._stack.setCurrentWidget(self.importing)
        self.importing.start()

    def close_import(self) -> None:
        """Back to the list."""
        self._stack.setCurrentWidget(self.river)
        self.table.setFocus()
        self.refresh()

    def actions_(self) -> Mapping[str, Doer]:
        """What this page does for the whole window."""
        return {
            "mention.add": self.focus_add,
            "alert.mentions": self.show_alert,
            "chart.mentions": self.show_stretch,
            "mentions.sought": self.show_sought,
            "mention.import": self.open_import,
        }

    def _hand_on(self, action: str) -> None:
        """Shift+G, Shift+I: the community's page goes on with the chosen mention."""
        row = self.table.current()
        if row is not None:
            self.context.act(action, row.id)
