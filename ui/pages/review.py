"""F7 Revisión: one incident told with its own data, and written as a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.desk.risk import Standing
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.events import (
    CommitmentChanged,
    DraftChanged,
    EscalationChanged,
    Event,
    IncidentChanged,
    PlaybookChanged,
    ReviewChanged,
    TimelineAdded,
)
from crisisdesk.model.fault import fault_of
from crisisdesk.model.followup import ReviewAction
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.review import ReviewData
from crisisdesk.plain import clamp
from crisisdesk.reports.base import Kind
from ui.context import Context
from ui.models.columns import Look
from ui.pages.base import Doer, Page
from ui.theme import GUTTER
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel
from ui.widgets.report_bar import ReportBar
from ui.widgets.review_after import ReviewAfter
from ui.widgets.review_playbook import ReviewPlaybook
from ui.widgets.review_view import ReviewView

_ONE_ROW: Final = 1500

VIEWS: Final = ("past", "after", "playbook")
_STATE_KINDS = {IncidentState.ACTIVE: "danger", IncidentState.RESOLVED: "good", IncidentState.CLOSED: "done"}


@dataclass(frozen=True, slots=True)
class Review:
    """What the page shows: all incidents, newest first, and the data of one."""

    incidents: tuple[Incident, ...]
    data: ReviewData | None
    look: Look
    standing: Standing | None = None


def _report_file() -> ModuleType:
    """The writer of reports, loaded by the ``draw`` thread: its figures take the better part of a second."""
    return import_module("ui.report_file")


class ReviewPage(Page):
    """The review of the incident on screen, or of any other that is chosen here."""

    name: ClassVar[str] = "review"
    wants: ClassVar[tuple[type[Event], ...]] = (
        IncidentChanged, TimelineAdded, CommitmentChanged, DraftChanged, EscalationChanged, PlaybookChanged,
        ReviewChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._chosen: int | None = None
        self._data: ReviewData | None = None
        self._sure = False
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self.which = QComboBox()
        self._state = Badge()
        self.close_button = Button("", self._ask_close)
        self._no = Button("", lambda: self._set_sure(False), kind="quiet")
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        self.bar = ReportBar(self.texts, folder)
        self.view = ReviewView(context, look)
        self.after = ReviewAfter(context)
        self.playbook = ReviewPlaybook(context, look)
        self.views = {name: Button("", partial(self.open_view, name), kind="chip") for name in VIEWS}
        self._only = QButtonGroup(self)
        self._wanted: int | None = None
        self._look = look
        self._empty = EmptyState()
        self._lay_out()
        self.which.activated.connect(self._choose)
        self.bar.wanted.connect(self.export)
        self.after.changed.connect(self.refresh)
        self.after.begun.connect(self._begin_text)
        self.after.proposed.connect(self._propose)
        self.playbook.changed.connect(self.refresh)
        self.view.history.answered.connect(self._mark)
        self.bar.problem.connect(context.say)
        self.retranslate()

    def _lay_out(self) -> None:
        head = Panel()
        head.body.setContentsMargins(12, 8, 12, 8)
        first = QHBoxLayout()
        first.setSpacing(8)
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.which.setMinimumWidth(300)
        self.which.setMaximumWidth(640)
        for widget in (self.which, self._state, self.close_button, self._no):
            first.addWidget(widget)
        first.addStretch(1)
        self._head_rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head_rows.setSpacing(8)
        self._head_rows.addLayout(first)
        self._head_rows.addWidget(self.bar, 1)
        head.body.addLayout(self._head_rows)
        self._views = QWidget()
        chips = QHBoxLayout(self._views)
        chips.setContentsMargins(0, 0, 0, 0)
        chips.setSpacing(8)
        for chip in self.views.values():
            self._only.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.views["past"].setChecked(True)
        self._stack = QStackedWidget()
        for sheet in (self.view, self.after, self.playbook, self._empty):
            self._stack.addWidget(sheet)
        self._head = head
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(head)
        whole.addWidget(self._views)
        whole.addWidget(self._stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two rows at the top of a narrow page, one of a wide one."""
        super().resizeEvent(event)
        wide = self.width() >= _ONE_ROW
        self._head_rows.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def set_incident(self, incident_id: int | None) -> None:
        """Follow the window to another incident."""
        self._chosen = None
        super().set_incident(incident_id)

    def query(self) -> Callable[[], Review]:
        """The incidents, and the data of the chosen one, of the one on screen, or of the newest."""
        desk, texts, wanted = self.context.desk, self.texts, self._chosen or self.incident_id

        def read() -> Review:
            incidents = tuple(desk.incidents.list())
            known = {incident.id for incident in incidents}
            one = wanted if wanted in known else incidents[0].id if incidents else None
            data = desk.review.data(one) if one is not None else None
            look = Look(texts, data.incident.zone if data else desk.zone, desk.clock.now())
            return Review(incidents, data, look, desk.risk.standing(one) if one is not None else None)

        return read

    def show_(self, view: Any) -> None:
        """Put the review on screen."""
        assert isinstance(view, Review)
        data = self._data = view.data
        for widget in (self._head, self._views):
            widget.setVisible(data is not None)
        self._show_view()
        if data is None:
            return
        self._fill_choice(view.incidents, data.incident.id)
        state = data.incident.state
        self._state.set_badge(self.texts(f"review.incident_state.{state}"), _STATE_KINDS[state])
        self.view.set_review(data, view.look)
        self.view.history.show_standing(view.standing)
        self.after.put(data, view.look.now)
        self._look = view.look
        self._fill_playbook()
        if self._wanted is not None:
            self.after.actions_.take(self._wanted)
            self._wanted = None
        self._set_sure(False)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self.which.setAccessibleName(texts("review.incident_name"))
        self._empty.set_text(texts("review.none_title"), texts("review.none_body"))
        self.bar.retranslate()
        self.after.retranslate()
        self.playbook.retranslate()
        for name, chip in self.views.items():
            chip.set_text(texts(f"review.view.{name}"))
        self._set_sure(False)
        self.refresh()

    def open_view(self, name: str) -> None:
        """Show one of the sheets."""
        self.views[name].setChecked(True)
        self._show_view()
        self._fill_playbook()

    def _fill_playbook(self) -> None:
        """The playbook's text is filled in when it is looked at: colouring it takes its time."""
        if self._data is not None and self.views["playbook"].isChecked():
            self.playbook.put(self._data, self._look, self.context.desk.playbook)

    def _show_view(self) -> None:
        sheets: dict[str, QWidget] = {"past": self.view, "after": self.after, "playbook": self.playbook}
        chosen = next(name for name, chip in self.views.items() if chip.isChecked())
        self._stack.setCurrentWidget(sheets[chosen] if self._data is not None else self._empty)

    def _fill_choice(self, incidents: tuple[Incident, ...], shown: int) -> None:
        texts = self.texts
        self.which.clear()
        for incident in incidents:
            said = texts("review.incident", title=clamp(incident.title, 80), name=incident.name)
            self.which.addItem(f"{texts('review.drill')} · {said}" if incident.drill else said, incident.id)
        self.which.setCurrentIndex(self.which.findData(shown))

    def _choose(self, place: int) -> None:
        self._chosen = self.which.itemData(place)
        self.refresh()

    def _mark(self, comparable: bool) -> None:
        """«Sí, es comparable»: how long it lasted enters the history, or does not."""
        desk, data = self.context.desk, self._data
        if data is not None:
            self.context.bridge.call(lambda: desk.risk.mark(data.incident.id, comparable), lambda _past: self.refresh())

    # Closing

    def _set_sure(self, sure: bool) -> None:
        """Ask once more, in place; a closed incident cannot be opened again."""
        texts, data = self.texts, self._data
        self._sure = sure
        state = data.incident.state if data is not None else IncidentState.CLOSED
        self.close_button.setVisible(state is not IncidentState.CLOSED)
        self.close_button.setEnabled(state is IncidentState.RESOLVED)
        self.close_button.set_text(texts("review.close_sure" if sure else "review.close"))
        self.close_button.set_kind("danger" if sure else "plain")
        self.close_button.setAccessibleDescription(texts("review.close_first") if state is IncidentState.ACTIVE else "")
        self._no.set_text(texts("review.close_no"))
        self._no.setVisible(sure)

    def _ask_close(self) -> None:
        if not self._sure:
            self._set_sure(True)
            return
        desk, data = self.context.desk, self._data
        if data is not None:
            self.context.bridge.call(lambda: desk.incidents.close(data.incident.id), self._closed, self._not_closed)

    def _closed(self, _done: object) -> None:
        self.context.say(self.texts("review.closed"))
        self.refresh()

    def _not_closed(self, error: CrisisDeskError) -> None:
        self.context.say(self.texts.error(error))
        self._set_sure(False)

    # Report

    def export(self, form: str, public: bool, folder: Path, kind: str = Kind.REVIEW) -> None:
        """Write the report into ``folder``; the notice bar says where, or why not."""
        data, texts = self._data, self.texts
        if data is None:
            return
        self.context.say(texts("review.export.busy", format=form.upper()))
        if form == "zip":
            self._pack(data.incident, public, folder)
            return
        self.context.bridge.draw(_report_file, lambda module: self._write(module, data, form, public, folder, kind))

    def _pack(self, incident: Incident, public: bool, folder: Path) -> None:
        """The evidence pack: the one export that is itself an act, so the desk writes it."""
        desk, texts = self.context.desk, self.texts
        mark = f"-{texts('review.export.public_mark')}" if public else ""
        path = folder / f"{incident.name}-{texts('evidence.file')}{mark}.zip"
        cut = "public" if public else "internal"
        self.context.bridge.call(
            lambda: desk.evidence.pack(incident.id, path, texts, cut=cut),
            lambda digest: self.context.say(texts("evidence.done", file=str(path), digest=digest)),
            lambda error: self.context.say(texts.error(error)),
        )

    def actions_(self) -> Mapping[str, Doer]:
        """What this page does for the whole window."""
        return {
            "evidence.pack": lambda _ref: self.bar.ask("zip", Kind.REVIEW),
            "report.situation": lambda _ref: self.bar.ask("pdf", Kind.SITUATION),
            "report.timeline": lambda _ref: self.bar.ask("pdf", Kind.TIMELINE),
            "review.add": lambda _ref: self._write_in(self.after.actions_.what),
            "review.voice": lambda _ref: self._write_in(self.after.voices.who),
            "review.change": lambda _ref: self._propose(None),
            "review.preliminary": lambda _ref: self._begin_text("preliminary"),
            "review.public": lambda _ref: self._begin_text("public"),
            "review.show": self._show_incident,
            "review.action": self._show_action,
        }

    def _propose(self, action: ReviewAction | None) -> None:
        """Write a change of the playbook, from an action or from nothing."""
        self.open_view("playbook")
        if action is not None:
            self.playbook.begin(action)
        else:
            self.playbook.why.setFocus()

    def _begin_text(self, which: str) -> None:
        """Begin one of the texts that follow, or open it where somebody is at it."""
        desk = self.context.desk
        incident = self._data.incident.id if self._data is not None else self.incident_id
        if incident is not None:
            begin = desk.review_texts.preliminary if which == "preliminary" else desk.review_texts.post_mortem
            self.context.bridge.call(lambda: begin(incident), lambda draft: self.context.act("draft.open", draft.id))

    def _write_in(self, line: QLineEdit) -> None:
        self.open_view("after")
        line.setFocus()

    def _show_incident(self, incident_id: object | None) -> None:
        self.open_view("after")
        if isinstance(incident_id, int):
            self._chosen = incident_id
            self.refresh()

    def _show_action(self, action_id: object | None) -> None:
        if not isinstance(action_id, int):
            return
        desk = self.context.desk

        def found(action: ReviewAction) -> None:
            self._wanted = action.id
            self._show_incident(action.incident_id)

        self.context.bridge.read(lambda: desk.followups.get(action_id), found)

    def _write(
        self, module: ModuleType, data: ReviewData, form: str, public: bool, folder: Path, kind: str
    ) -> None:
        texts = self.texts
        path = module.report_path(folder, data, form, public=public, texts=texts, kind=kind)

        def write() -> str:
            try:
                module.write_report(form, data, texts, path, public=public, kind=kind)
            except OSError as error:
                return texts("review.export.failed", file=path.name, reason=fault_of(error))
            except CrisisDeskError as error:
                return texts.error(error)
            return texts("review.export.done", file=str(path))

        if form == "pdf":
            module.PaperThread(write, self.context).begin()
        else:
            self.context.bridge.draw(write, self.context.say)
