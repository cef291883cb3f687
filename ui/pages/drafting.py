"""F3 Redacción: the truth sheet, a text in two languages from one form, and what must be settled before it is out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.draft import Draft, DraftState, DraftView, FieldValue
from crisisdesk.model.fact import FactSection
from crisisdesk.model.playbook import Bilingual, FieldKind
from crisisdesk.plain import safe_link
from crisisdesk.words import when
from ui.context import Context
from ui.pages.base import Doer, Page
from ui.theme import GUTTER
from ui.widgets.apology_builder import ApologyBuilder
from ui.widgets.apology_ways import ApologyWays
from ui.widgets.draft_copies import DraftCopies
from ui.widgets.draft_editor import DraftEditor
from ui.widgets.draft_form import FormWords
from ui.widgets.draft_picker import DraftPicker
from ui.widgets.draft_promise_ways import PromiseWays
from ui.widgets.draft_saver import DraftSaver
from ui.widgets.draft_side import DraftSide
from ui.widgets.draft_snapshot import DraftSnapshot, read_drafting, start_task
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel
from ui.widgets.truth_sheet import TruthSheet, field_labels

SHEET_WIDTH: Final = 300
SIDE_WIDTH: Final = 268
HOLDING, UPDATE = "primer_mensaje", "actualizacion"


class DraftingPage(Page):
    """The drafting page."""

    name: ClassVar[str] = "drafting"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.FactsChanged, ev.DraftChanged, ev.CommitmentChanged, ev.IncidentChanged, ev.ContactsChanged,
        ev.OutgoingChanged, ev.ReplyLockChanged, ev.CallBackChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._draft_id: int | None = None
        self._fresh = False
        self._arriving = True
        self._serial = 0
        self._shown: DraftSnapshot | None = None
        self._view: DraftView | None = None
        self._going_on = False
        self._copied_lang = ""
        self.sheet = TruthSheet(context)
        self.picker = DraftPicker(context)
        self.editor = DraftEditor(context)
        self.side = DraftSide(context)
        self.apology = ApologyBuilder(context)
        self.saver = DraftSaver(context, self.editor.form.value)
        self._empty = EmptyState()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.side.setFixedWidth(SIDE_WIDTH)
        self.sheet.setFixedWidth(SHEET_WIDTH)
        self._middle = QStackedWidget()
        for part in (self.picker, self.editor, self.apology):
            self._middle.addWidget(part)
        nothing = Panel()
        nothing.body.addWidget(self._empty)
        desk = QWidget()
        line = QHBoxLayout(desk)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self.sheet)
        line.addWidget(self._middle, 1)
        line.addWidget(self.side)
        self._work = QStackedWidget()
        self._work.addWidget(desk)
        self._work.addWidget(nothing)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.addWidget(self._work)
        self.side.hide()

    def _connect(self) -> None:
        self.sheet.form.said.connect(self._say_fact)
        self.picker.draft_chosen.connect(self.open_draft)
        self.picker.last_wanted.connect(self.copy_last)
        self.editor.edited.connect(self._edited)
        self.editor.left.connect(self.close_draft)
        self.editor.discarded.connect(self._discard)
        self._ways = PromiseWays(self.context, self.editor, self.saver, self._next_at, lambda: self.incident_id)
        self._ways.started.connect(self._started)
        self._ways.registered.connect(self.refresh)
        self._apologies = ApologyWays(self.context, self.apology, lambda: self.incident_id)
        self._apologies.begun.connect(self.close_draft)
        self._apologies.started.connect(self._started)
        self.apology.left.connect(self._to_list)
        self.editor.edited.connect(self.side.reply.typed)
        self.saver.saved.connect(self._saved)
        self.saver.failed.connect(self._not_saved)
        self.side.field_wanted.connect(self.editor.form.go_to)
        self.side.approvals.given.connect(self._approve)
        self.side.approvals.objected.connect(self._object)
        self.side.approvals.asked.connect(self._ask)
        for chosen in (self.picker.template_chosen, self.sheet.correction_wanted):
            chosen.connect(self.start)
        self._copies = DraftCopies(self.context, self.side.publish)
        self._copies.copied.connect(self.refresh)
        self.side.publish.copy_wanted.connect(self._copy)
        self.side.publish.open_wanted.connect(lambda address: QDesktopServices.openUrl(QUrl(address)))
        self.side.publish.published.connect(self._publish)
        self.side.publish.channel_changed.connect(self.editor.set_channel)

    # Reading

    def actions_(self) -> Mapping[str, Doer]:
        """What other pages and keys ask of this one."""
        return {
            "draft.holding": lambda _thing: self._start_kind(HOLDING),
            "update.write": lambda _thing: self._start_kind(UPDATE),
            "facts.sheet": lambda _thing: self.sheet.open_form(),
            "task.write": self._start_task,
            "apology.write": self._open_thing,
            "apology.build": self._apologies.begin,
            "draft.open": self._open_thing,
        }

    def query(self) -> Callable[[], DraftSnapshot | None]:
        """The incident's facts and texts, and the open draft."""
        desk, incident_id, draft_id, serial = self.context.desk, self.incident_id, self._draft_id, self._serial
        return lambda: None if incident_id is None else read_drafting(desk, incident_id, draft_id, serial)

    def show_(self, view: Any) -> None:
        """Show what was read; what is being written is left alone."""
        self._shown = view
        self._work.setCurrentIndex(0 if view is not None else 1)
        if view is None:
            return
        zone = view.incident.zone
        labels, people = field_labels(view.playbook, self.texts), tuple(view.people.values())
        self.sheet.show_facts(view.facts, labels, people, zone=zone, owed=view.to_correct)
        self.picker.show_choices(view.playbook, view.drafts, zone=zone)
        if self._draft_id is None:
            self._to_list()
            focus = QApplication.focusWidget()
            if self._arriving and not (focus is not None and self.isAncestorOf(focus)):
                self.picker.focus_first()
            self._arriving = False
        elif view.view is not None and view.view.draft.id == self._draft_id:
            unchanged = view.serial == self._serial and not self.saver.dirty
            if unchanged or self.editor.draft_id != self._draft_id:
                self._show_draft(view.view)

    def shown(self) -> None:
        """The keys of the page need the focus inside it, once there is something to see."""
        self._arriving = True

    def _show_draft(self, view: DraftView) -> None:
        shown = self._shown
        assert shown is not None
        self._view = view
        words = FormWords.of(shown.playbook, shown.incident.zone, self.texts.lang, shown.people)
        fresh, self._fresh = self._fresh, False
        self._middle.setCurrentWidget(self.editor)
        self.side.show()
        self.editor.show_view(view, words, self._next_at(), answers=shown.answers, fresh=fresh)
        self.side.show_view(view, shown)

    def _next_at(self) -> datetime:
        """The next news that this text announces, or would at the incident's pace."""
        assert self._shown is not None
        fields = self._view.template.fields if self._view is not None else ()
        values = self._values()
        given = [values[f.name].instant for f in fields if f.kind is FieldKind.NEXT_UPDATE and f.name in values]
        ahead = [instant for instant in given if instant is not None and instant > self._shown.now]
        return ahead[0] if ahead else self._shown.next_news

    def _values(self) -> dict[str, FieldValue]:
        written = self.editor.form.values() if self.editor.draft_id == self._draft_id else {}
        return {**(self._view.draft.values if self._view is not None else {}), **written}

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        self._empty.set_text(*(self.texts(f"drafting.picker.no_incident{end}") for end in ("", "_hint")))
        for part in (self.sheet.form, self.side, self.editor, self.apology):
            part.retranslate()
        super().retranslate()

    def set_incident(self, incident_id: int | None) -> None:
        """Show another incident's texts."""
        if incident_id != self.incident_id:
            self._follow(None)
        super().set_incident(incident_id)

    # Opening and closing

    def start(self, template_id: str) -> None:
        """Open a draft of a template."""
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.saver.flush()
            self.context.bridge.call(lambda: desk.drafts.start(incident_id, template_id), self._started)

    def open_draft(self, draft_id: int) -> None:
        """Open a draft or a published text."""
        if draft_id != self._draft_id:
            self._follow(draft_id)
            self._fresh = True
            self.side.publish.begin()
            self.editor.tell_saved("")
        self.refresh()

    def close_draft(self) -> None:
        """Back to the list; what was written is saved."""
        self._follow(None)
        self._to_list()
        self.picker.focus_first()
        self.refresh()

    def _follow(self, draft_id: int | None) -> None:
        self.saver.follow(draft_id)
        self._going_on = False
        self._draft_id, self._view, self._copied_lang = draft_id, None, ""
        self._serial += 1

    def _to_list(self) -> None:
        self._middle.setCurrentWidget(self.picker if self.apology.plan is None else self.apology)
        self.side.hide()

    def _started(self, draft: Draft) -> None:
        self.open_draft(draft.id)

    def _start_kind(self, template_id: str) -> None:
        """Start a known kind of text; a playbook without it begins with its first template."""
        playbook = self._shown.playbook if self._shown is not None else self.context.desk.playbook
        if playbook.template(template_id) is None and playbook.templates:
            template_id = playbook.templates[0].id
        self.start(template_id)

    def _open_thing(self, thing: object | None) -> None:
        """Open a draft by its id; without one the page as it is."""
        if isinstance(thing, int):
            self.open_draft(thing)

    def _start_task(self, thing: object | None) -> None:
        """Open the text that a task asks for, by the task's id."""
        incident_id, desk = self.incident_id, self.context.desk
        if isinstance(thing, int) and incident_id is not None:
            self.context.bridge.call(
                lambda: start_task(desk, incident_id, thing),
                lambda draft: self._started(draft) if draft is not None else None,
            )

    # Writing

    def _edited(self, name: str) -> None:
        self._serial += 1
        self.editor.tell_saved(self.texts("drafting.form.saving"))
        self.saver.note(name)

    def _saved(self, view: DraftView, values: dict[str, FieldValue]) -> None:
        self.editor.form.saved(values)
        self._view = view
        if not self.saver.dirty and self._shown is not None:
            self.editor.tell_saved("✓ " + self.texts("drafting.form.saved"))
            self.editor.show_problems(view)
            self.side.show_view(view, self._shown)
        if self._going_on and self.saver.settled:
            self.proceed()

    def _not_saved(self, reason: str) -> None:
        self._going_on = False
        self.editor.tell_unsaved(reason)

    def _discard(self) -> None:
        draft_id, desk = self._draft_id, self.context.desk
        if draft_id is not None:
            self.saver.drop()
            self.context.bridge.call(lambda: desk.drafts.discard(draft_id))
            self.close_draft()

    def _say_fact(self, section: FactSection, key: str, value: Bilingual, who: str) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.call(lambda: desk.facts.say(incident_id, section, key, value, who))

    # Going out

    def _approve(self, role: str, who: str) -> None:
        self._answer(lambda approvals, draft_id: approvals.agree(draft_id, role, who))

    def _object(self, role: str, who: str, reason: str) -> None:
        self._answer(lambda approvals, draft_id: approvals.oppose(draft_id, role, who, reason))

    def _ask(self) -> None:
        self._answer(lambda approvals, draft_id: approvals.ask(draft_id))

    def _answer(self, verb: Callable[[Any, int], object]) -> None:
        draft_id, desk = self._draft_id, self.context.desk
        if draft_id is not None:
            self.saver.flush()
            self.context.bridge.call(lambda: verb(desk.drafts.approvals, draft_id), lambda _done: self.refresh())

    def _copy(self, lang: str, channel: str) -> None:
        self._copied_lang = lang
        if self._draft_id is not None:
            self.saver.flush()
            self._copies.copy(self._draft_id, lang, channel)

    def copy_last(self) -> None:
        """Copy the last published text in the language on screen."""
        self._copies.copy_last(self._shown)

    def _publish(self, channel: str, url: str, at: datetime) -> None:
        draft_id, desk, lang = self._draft_id, self.context.desk, self._copied_lang
        if draft_id is not None and (not url or safe_link(url)):
            self.saver.flush()
            self.context.bridge.call(
                lambda: desk.drafts.publish(draft_id, channel=channel, url=url, at=at, lang=lang), self._published
            )

    def _published(self, draft: Draft) -> None:
        if self._shown is not None and draft.published_at is not None:
            time = when(draft.published_at, self._shown.incident.zone, self.texts)
            self.context.say("✓ " + self.texts("drafting.publish.done", time=time))
        self.side.publish.close_form()
        self.close_draft()

    def proceed(self) -> None:
        """Ctrl+Return: the next step on the way out — mend what blocks, copy, say that it is out."""
        if self._view is None or self._draft_id is None:
            return
        self.saver.flush()
        self._going_on = not self.saver.settled  # what was just written decides: go on once it is stored
        if self._going_on:
            return
        if not self._view.publishable:
            self.editor.form.go_to_empty()
        elif self._view.draft.state is DraftState.COPIED:
            self.side.publish.ask()
        else:
            self._copy(self.texts.lang, self.side.publish.channel_name())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters choose a template; Escape goes back; Ctrl+Return goes on; Ctrl+U takes the suggestions."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        writing = self._middle.currentWidget() is self.editor
        if event.key() == Qt.Key.Key_Escape and writing:
            self._escape()
        elif writing and control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.proceed()
        elif writing and control and event.key() == Qt.Key.Key_U:
            self.editor.form.take_suggestions()
        elif writing or control or not event.text() or not self.picker.choose_key(event.text()):
            super().keyPressEvent(event)

    def _escape(self) -> None:
        """Out of the innermost thing; nothing that was written is lost."""
        if self.side.publish.asking:
            self.side.publish.close_form()
        else:
            self.close_draft()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing unsaved behind."""
        self.saver.flush()
        super().hideEvent(event)
