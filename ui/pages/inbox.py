"""F2 Bandeja: every mention, newest first, read whole beside the table; import and typing one in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.inbox import Fold, Listed, Place, Sought, Window
from crisisdesk.model.mention import StoredMention
from crisisdesk.plain import one_line
from ui.context import Context
from ui.models.columns import MENTIONS, Look
from ui.models.table import RowTable
from ui.pages.base import Doer, Page
from ui.theme import GAP, GUTTER
from ui.widgets.import_panel import ImportPanel
from ui.widgets.inbox_acts import InboxActs
from ui.widgets.inbox_counts import InboxView
from ui.widgets.inbox_list import InboxList
from ui.widgets.inbox_rows import InboxRows
from ui.widgets.mention_side import MentionSide

PAGE = 200
_TYPING_MS = 200
_LOOK_MS = 3_000


class InboxPage(Page):
    """The inbox."""

    name: ClassVar[str] = "inbox"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.MentionsAdded, ev.MentionsChanged, ev.AlertRaised, ev.AlertChanged, ev.PlaybookChanged, ev.ReplayMoved,
        ev.VerdictsChanged, ev.MentionsAssigned, ev.AreasChanged, ev.OutgoingChanged, ev.CommunityChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._filter = Sought()
        self._shown: InboxView | None = None
        self._newer = 0
        self._mark: object = None
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self._model: RowTable[Listed] = RowTable(MENTIONS, look, lambda row: row.id)
        self._model.older_wanted.connect(self._fetch_older)
        self.rows = InboxRows(self._model)
        self.list = InboxList(
            context, self._model, chips=self._set_chips, widen=self._leave_alert, importing=self.open_import,
            first=self._anew,
        )
        self.table, self.filters, self.search = self.list.table, self.list.filters, self.list.search
        self.add = self.list.add
        self.river = QWidget()
        self.side = MentionSide(context, look, self.table.current, self.river)
        self.detail = self.side.detail
        self.importing = ImportPanel(context)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._set_search)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._look_at_others)
        self._lay_out()
        self.acts = InboxActs(context, self.table, self.side.types, self.river, self)
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self.river)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self.list, 1)
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
        self.table.selectionModel().selectionChanged.connect(lambda *_ranges: self._say_counts())
        self.table.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self.add.done.connect(self.refresh)
        self.detail.told.connect(self.context.say)
        self.side.types.judged.connect(self._judged)
        self.filters.changed.connect(self._use)
        self.filters.kept.connect(lambda name, sought: self._change_filters("kept", name, sought))
        self.filters.dropped.connect(lambda name: self._change_filters("dropped", name, None))
        self.importing.done.connect(self.close_import)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("/", self._to_search), ("J", lambda: self._step(1)), ("K", lambda: self._step(-1)),
            ("I", self.open_import), ("C", self.list.complaints.click), ("D", self.list.danger.click),
            ("O", self.detail.open_link), ("Y", self.detail.copy_text), ("Esc", self._escape),
            ("V", self._show_person), ("G", self.toggle), ("Shift+D", self.list.first.click),
        )  # fmt: skip
        for key, do in keys:
            shortcut = QShortcut(QKeySequence(key), self.river, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    # Reading

    def query(self) -> Callable[[], InboxView]:
        """The newest page under the filter."""
        desk, wanted, texts = self.context.desk, self._filter, self.texts
        unfolded, first = tuple(self.rows.unfolded), _may_lead(wanted)

        def read() -> InboxView:
            mark = desk.assignees.mark()
            danger = desk.mentions.danger(wanted) if first else ()
            page = desk.mentions.window(PAGE, sought=wanted)
            inside = {fold: desk.mentions.members(fold) for fold in unfolded}
            alert = desk.alerts.get(wanted.alert_id) if wanted.alert_id is not None else None
            types = {kind.id: kind.name for kind in desk.playbook.mention_types}
            look = Look(texts, desk.zone, desk.clock.now(), types, desk.authors.vips())
            sources = desk.mentions.heard_from()
            kinds, saved = tuple(desk.playbook.mention_types), desk.inbox_filters.all()
            people, areas = desk.assignees.names(), desk.areas.list()
            total = desk.mentions.count()
            return InboxView(
                wanted, page, danger, inside, total, alert, look, kinds, sources, saved, people, areas, mark
            )

        return read

    def show_(self, view: Any) -> None:
        """Put the newest page on screen; rows that stay do not move."""
        if not isinstance(view, InboxView) or view.filter != self._filter:
            return
        before, self._shown, self._mark = self._shown, view, view.mark
        self._model.set_look(view.look)
        top = view.danger if self.list.first.isChecked() else ()
        here = self.table.current()
        if before is not None and before.filter == view.filter:
            self.rows.renew(view.page, top, dict(view.unfolded))
            self._keep(here)
        else:
            self._newer = 0
            self.rows.begin(view.page, top)
            self.table.scrollToTop()
        if not self.table.currentIndex().isValid():
            self.table.select(0)
        self._say_counts()
        self.side.types.set_types(view.kinds)
        self.filters.put(view.filter, view.look.types, view.sources, view.saved, view.people, view.areas)
        if before is not None and before.mark != view.mark:
            self._ask_who_has()
        self._choose(self.table.current())

    def shown(self) -> None:
        """The keys walk the mentions; while they are in sight, what another desk on this file does is looked for."""
        self._looking.start()
        if self._stack.currentWidget() is self.river:
            self.table.setFocus()

    def retranslate(self) -> None:
        """Say everything again."""
        self.side.set_title(self.texts("inbox.detail.title"))
        self.list.retranslate()
        self.importing.retranslate()
        self._say_counts()
        self.refresh()

    def _say_counts(self) -> None:
        if self._shown is not None:
            self.list.say_counts(self._shown, self._newer)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is looked for."""
        self._looking.stop()
        super().hideEvent(event)

    def _look_at_others(self) -> None:
        if self.context.bridge.idle:
            self.context.bridge.read(self.context.desk.assignees.mark, self._seen, lambda _error: None)

    def _seen(self, mark: object) -> None:
        if mark != self._mark:
            self._mark = mark
            self.refresh()

    def _ask_who_has(self) -> None:
        """Rows far below the newest page are told too who has them now."""
        held, desk = tuple(row.id for row in self._model.rows()), self.context.desk
        self.context.bridge.read(lambda: desk.assignees.of(held), self._show_who_has, lambda _error: None)

    def _show_who_has(self, has: Mapping[int, str]) -> None:
        for row in self._model.rows():
            if row.assignee != has.get(row.id, ""):
                self.rows.change(replace(row, assignee=has.get(row.id, "")))
        self._choose(self.table.current())

    def _fetch_older(self) -> None:
        desk, wanted, last, shown = self.context.desk, self._filter, self.rows.last, self.rows.folds()

        def read() -> tuple[Sought, int | None, Window]:
            return wanted, last, desk.mentions.window(PAGE, before=last, sought=wanted, shown=shown)

        self.context.bridge.read(read, self._add_older, self._older_failed)

    def _add_older(self, answer: tuple[Sought, int | None, Window]) -> None:
        wanted, last, window = answer
        if wanted == self._filter and last == self.rows.last:
            self.rows.append(window)
            self._say_counts()
        else:
            self._model.fetch_failed()

    def _older_failed(self, error: CrisisDeskError) -> None:
        self._model.fetch_failed()
        self.context.say(self.texts("inbox.older_failed", error=self.texts.error(error)))

    # Choosing and filtering

    def _choose(self, row: Listed | None) -> None:
        self.side.show_row(row, self._model.look())

    def _judged(self, row: StoredMention) -> None:
        held = self._model.row_at(self._model.position(row.id))
        if held is not None:
            self.rows.change(replace(held, verdict=row.verdict))
        self._choose(self.table.current())

    def _keep(self, here: Listed | None) -> None:
        """The keys stay on their mention, or on the row into which it was folded; the view does not move."""
        now = self.table.current()
        if here is None or (now is not None and now.id == here.id):
            return
        at = self._model.position(here.id)
        if at < 0 and here.fold is not None:
            at = self.rows.position(here.fold)
        self.table.select(at, scroll=False)

    def toggle(self) -> None:
        """G: show what the chosen row stands for, or fold it again."""
        row, desk = self.table.current(), self.context.desk
        if row is None or row.fold is None or row.place is Place.ALONE:
            self.context.say(self.texts("inbox.fold.none"))
        elif row.place is Place.FOLDED:
            fold = row.fold
            self.context.bridge.read(lambda: (fold, desk.mentions.members(fold)), self._unfold)
        else:
            self.table.select(self.rows.fold(row.fold))

    def _unfold(self, answer: tuple[Fold, tuple[Listed, ...]]) -> None:
        fold, rows = answer
        here = self.table.current()
        self.rows.unfold(fold, rows)
        self._keep(here)
        head = self._model.row_at(self.rows.position(fold))
        if head is not None and head.many > len(rows):
            self.context.say(self.texts("inbox.fold.part", n=len(rows), many=head.many))

    def _anew(self) -> None:
        """Danger first, or all by their time."""
        if self._shown is not None:
            self.rows.begin(self._shown.page, self._shown.danger if self.list.first.isChecked() else ())
            self.table.scrollToTop()
            self.table.select(0)
        self.refresh()

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
        complaint, safety = self.list.complaints.isChecked(), self.list.danger.isChecked()
        self._use(replace(self._filter, complaint=complaint, safety=safety))

    def _leave_alert(self) -> None:
        self._use(replace(self._filter, alert_id=None, start=None, end=None, author=None))

    def _use(self, wanted: Sought) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self.list.complaints.setChecked(wanted.complaint)
            self.list.danger.setChecked(wanted.safety)
            self.refresh()
        narrowed = (wanted.alert_id, wanted.start, wanted.author)
        self.list.narrowed.setVisible(any(one is not None for one in narrowed))

    def _escape(self) -> None:
        """Clear the search and the filters; what is being typed in below stays."""
        self.search.clear()
        self.list.complaints.setChecked(False)
        self._use(Sought())
        self.table.setFocus()

    def show_alert(self, alert_id: object | None) -> None:
        """Show the mentions of one alert («Ver las 214»)."""
        self.close_import()
        self.search.clear()
        self.list.complaints.setChecked(False)
        self._use(Sought(alert_id=alert_id if isinstance(alert_id, int) else None))
        self.table.setFocus()

    def show_stretch(self, stretch: object | None) -> None:
        """Show the mentions of a stretch of time, ``(start, end)``: what was clicked on the chart."""
        if isinstance(stretch, tuple):
            self.close_import()
            self.search.clear()
            self.list.complaints.setChecked(False)
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


def _may_lead(sought: Sought) -> bool:
    """Whether danger stands first: not in what was searched for or one person said, which is read in its order."""
    return not sought.search and sought.author is None and not sought.safety
