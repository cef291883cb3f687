"""F5 Promesas: the ledger of what we owe and to whom; the honest choice first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.draft import Draft
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.words import when
from ui.actions import key_of
from ui.context import Context
from ui.models.columns import Look
from ui.pages.base import Doer, Page
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.draft_form import FormWords
from ui.widgets.durations_file import DurationsFile
from ui.widgets.empty import EmptyState
from ui.widgets.flow import Flow
from ui.widgets.keycap import KeyCap, with_key
from ui.widgets.ladders import scrolled
from ui.widgets.ledger import LedgerList, in_order, individual, score, score_words
from ui.widgets.ledger_notes import LedgerNotes
from ui.widgets.no_time import NoTime
from ui.widgets.panel import Panel
from ui.widgets.promise_detail import PromiseDetail
from ui.widgets.promise_ends import PromiseEnds
from ui.widgets.promise_form import PromiseForm

DETAIL_WIDTH: Final = 392


@dataclass(frozen=True, slots=True)
class CommitmentsView:
    """What the page reads; ``people`` are the words for slugs and roles."""

    incident: Incident
    playbook: Playbook
    ledger: tuple[Commitment, ...]
    people: Mapping[str, str]
    open_count: int


class CommitmentsPage(Page):
    """The ledger's page."""

    name: ClassVar[str] = "commitments"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.CommitmentChanged, ev.CommitmentBroken, ev.CommitmentDueSoon, ev.IncidentChanged, ev.ContactsChanged,
        ev.DraftChanged, ev.CallBackChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: CommitmentsView | None = None
        self._chosen: int | None = None
        self._arriving = True
        self._waiting: Callable[[], None] | None = None  # asked for before there was something to see
        self.ledger = LedgerList(context)
        self.detail = PromiseDetail(context)
        self.no_time = NoTime(context)
        self.notes = LedgerNotes(context)
        self.form = PromiseForm(context)
        self.old = DurationsFile(context, self._look())
        self._none, self._empty, self._nothing = EmptyState(), EmptyState(), EmptyState()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._list, self._side = Panel("-", flush=True), Panel("-")
        self._rows = QStackedWidget()
        self._rows.addWidget(scrolled(self.ledger))
        self._rows.addWidget(self._empty)
        asking = QVBoxLayout()
        asking.setContentsMargins(12, 0, 12, 0)
        asking.setSpacing(GAP)
        asking.addWidget(self.no_time)
        asking.addWidget(self.form)
        asking.addWidget(self.old)
        self._list.body.addLayout(asking)
        self._list.body.addWidget(self._rows, 1)
        self.none_button = Button(on_press=self.ask_no_time, kind="primary")
        self.individual = Button(on_press=lambda: self.ask_promise(CommitmentKind.INDIVIDUAL), key="I")
        line = Flow(2 * GAP)
        self.internal = Button(on_press=lambda: self.ask_promise(CommitmentKind.INTERNAL), key="N")
        keys = (key_of("promise.new", self.texts), "I", "N")
        for button, key in zip((self.none_button, self.individual, self.internal), keys, strict=True):
            line.addWidget(with_key(button, key))
        self.batch = Button(on_press=self.close_individual, key="B")
        self._batch_key = KeyCap("B", self._list)
        batch = QHBoxLayout()
        batch.setSpacing(GAP)
        batch.addWidget(self.batch)
        batch.addWidget(self._batch_key)
        batch.addStretch(1)
        self._list.footer.addLayout(line)
        self._list.footer.addLayout(batch)
        self.earlier = Button(on_press=self.ask_durations, kind="quiet", key="H")
        self._list.header.addWidget(self.earlier)
        self._list.header.addWidget(KeyCap("H", self._list))
        self._one = QStackedWidget()
        self._one.addWidget(scrolled(self.detail))
        self._one.addWidget(self._none)
        self._side.body.addWidget(self._one, 1)
        self._side.setFixedWidth(DETAIL_WIDTH)
        desk = QWidget()
        columns = QHBoxLayout(desk)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(GUTTER)
        columns.addWidget(self._list, 1)
        columns.addWidget(self._side)
        nothing = Panel()
        nothing.body.addWidget(self._nothing)
        self._work = QStackedWidget()
        self._work.addWidget(desk)
        self._work.addWidget(nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.addWidget(self._work)

    def _connect(self) -> None:
        self.ledger.chosen.connect(self._choose)
        self.no_time.agreed.connect(self._say_no_time)
        self.no_time.promise.connect(lambda: self.ask_promise(CommitmentKind.RESOLUTION))
        self.no_time.left.connect(self._to_ledger)
        self.form.made.connect(self._promise)
        self.form.asked.connect(self._weigh_time)
        self.form.left.connect(self._to_ledger)
        self.form.no_time.connect(self.ask_no_time)
        self.old.left.connect(self._to_ledger)
        self.old.taken.connect(self.refresh)
        detail = self.detail
        for form in (self.form, detail.move_form, detail.withdraw_form, detail.remedy_form):
            form.left.connect(self.refresh)
        detail.update_wanted.connect(lambda: self.context.act("update.write", self._chosen))
        detail.url_wanted.connect(lambda address: QDesktopServices.openUrl(QUrl(address)))
        self._ends = PromiseEnds(self.context, detail, self.ledger.focus)
        self._ends.changed.connect(self.refresh)
        self._ends.opened.connect(self._open_draft)

    def actions_(self) -> Mapping[str, Doer]:
        """A new promise begins with the honest one; a promise by its id is shown."""
        return {
            "promise.new": lambda _thing: self.ask_no_time(),
            "promise.answer": self._answer,
            "commitment.show": self._answer,
            "handover.copy": lambda _thing: self.notes.copy(self.incident_id),
            "executive.copy": lambda _thing: self.notes.copy(self.incident_id, executive=True),
            "history.yes": lambda _thing: self.notes.mark(self.incident_id, comparable=True),
            "history.no": lambda _thing: self.notes.mark(self.incident_id, comparable=False),
        }

    # Reading

    def query(self) -> Callable[[], CommitmentsView | None]:
        """The incident's ledger."""
        desk, incident_id, lang = self.context.desk, self.incident_id, self.texts.lang

        def read() -> CommitmentsView | None:
            if incident_id is None:
                return None
            playbook = desk.incidents.playbook(incident_id)
            people = {contact.slug: contact.name for contact in desk.contacts.list()}
            people |= {role.id: role.name.get(lang) or role.id for role in playbook.roles}
            ledger = desk.commitments.list(incident_id)
            count = len(desk.commitments.list(incident_id, open_only=True))
            return CommitmentsView(desk.incidents.get(incident_id), playbook, ledger, people, count)

        return read

    def show_(self, view: Any) -> None:
        """Show the ledger and the promise chosen."""
        self._shown = view
        self._work.setCurrentIndex(0 if view is not None else 1)
        if view is None:
            return
        texts = self.texts
        counted = texts("commitments.ledger.note", n=view.open_count)
        self._list.set_title(texts("commitments.ledger.title"), f"{counted} · {score_words(score(view.ledger), texts)}")
        self._rows.setCurrentIndex(0 if view.ledger else 1)
        self.ledger.show_ledger(view.ledger, view.people)
        waiting_for_us = len(individual(view.ledger))
        self.batch.set_text(texts("commitments.ledger.batch", n=waiting_for_us))
        for widget in (self.batch, self._batch_key):
            widget.setVisible(waiting_for_us > 1)
        self._show_chosen()
        focus = QApplication.focusWidget()
        if self._arriving and not (focus is not None and self.isAncestorOf(focus)):
            self.ledger.focus(self._chosen)
        self._arriving = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _weigh(self) -> None:
        """One primary button in sight: the honest one, unless a form asks for something."""
        forms = (self.no_time, self.form, self.old)
        asking = self.detail.asking or any(form.isVisibleTo(self) for form in forms)
        self.none_button.set_kind("plain" if asking else "primary")

    def _show_chosen(self) -> None:
        shown = self._shown
        assert shown is not None
        ordered = [c for _name, rows in in_order(shown.ledger) for c in rows]
        chosen = next((c for c in ordered if c.id == self._chosen), next(iter(ordered), None))
        self._one.setCurrentIndex(0 if chosen is not None else 1)
        self._chosen = chosen.id if chosen is not None else None
        self.ledger.set_chosen(self._chosen)
        if chosen is not None:
            self.detail.show_promise(chosen, shown.playbook, shown.people, self._givers())
        self._weigh()

    def _givers(self) -> tuple[tuple[str, str], ...]:
        assert self._shown is not None
        shown = self._shown
        return FormWords.of(shown.playbook, shown.incident.zone, self.texts.lang, shown.people).givers

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        self._side.set_title(texts("commitments.detail.title"))
        for form in (self.form, self.detail.move_form, self.detail.withdraw_form, self.detail.remedy_form):
            form.retranslate()
        self.none_button.set_text(texts("commitments.ledger.no_time"))
        self.individual.set_text(texts("commitments.ledger.individual"))
        self.internal.set_text(texts("commitments.ledger.internal"))
        self.earlier.set_text(texts("commitments.old.button"))
        self._none.set_text(texts("commitments.detail.none"), texts("commitments.detail.none_hint"))
        self._empty.set_text(texts("commitments.ledger.empty"), texts("commitments.ledger.empty_hint"))
        self._nothing.set_text(texts("commitments.ledger.no_incident"), texts("commitments.ledger.no_incident_hint"))
        super().retranslate()

    def shown(self) -> None:
        """The keys of the page need the focus inside it, once there is something to see."""
        self._arriving = True

    def _choose(self, commitment_id: int) -> None:
        if commitment_id != self._chosen and self._shown is not None:
            self._chosen = commitment_id
            self._show_chosen()

    def _answer(self, thing: object | None) -> None:
        """Show a promise, ready for its keys."""
        if isinstance(thing, int):
            self._chosen = thing
        if self._shown is None:
            self._waiting = self._to_ledger
        else:
            self._show_chosen()
            self.ledger.focus(self._chosen)

    def _to_ledger(self) -> None:
        self.ledger.focus(self._chosen)
        self._weigh()

    # New promises

    def ask_no_time(self) -> None:
        """«Sin hora todavía»: one key, and Return agrees."""
        shown = self._shown
        if shown is None:
            self._waiting = self.ask_no_time
        else:
            self.form.hide()
            self.old.hide()
            level = shown.playbook.level(shown.incident.level)
            cadence = level.public_cadence if level is not None else None
            self.no_time.start(shown.incident.zone, self.context.desk.clock.now(), cadence)
            self._weigh()

    def ask_promise(self, kind: CommitmentKind) -> None:
        """Ask for a promise to one person, to somebody inside, or to the public."""
        if self._shown is not None:
            self.no_time.hide()
            self.old.hide()
            self.form.begin(kind, self._shown.incident.zone, self._givers())
            self._weigh()

    def ask_durations(self) -> None:
        """Look at a file of durations from before the desk."""
        shown = self._shown
        if shown is not None:
            self.no_time.hide()
            self.form.hide()
            self.old.start(shown.incident.id, shown.playbook, shown.incident.level, self._look())
            self._weigh()

    def _look(self) -> Look:
        return Look(self.texts, self.context.desk.zone, self.context.desk.clock.now())

    def _say_no_time(self, next_at: datetime) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.call(lambda: desk.commitments.no_time(incident_id, next_at), self._open_draft)

    def _weigh_time(self, due: datetime) -> None:
        """Ask the history about the time that is being typed; only the newest answer is shown."""
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.read(
                lambda: desk.risk.weigh(incident_id, due),
                lambda view: self.form.show_risk(view) if self.form.time.instant() == due else None,
            )

    def close_individual(self) -> None:
        """«Ya funciona»: close every individual promise of the incident at once."""
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is None or self._shown is None or not individual(self._shown.ledger):
            return

        def done(counted: tuple[int, int]) -> None:
            kept, late = counted
            said = self.texts("commitments.ledger.batch_said", kept=kept, late=late)
            self.context.say("✓ " + said)
            self.refresh()

        self.context.bridge.call(lambda: desk.commitments.close_individual(incident_id), done)

    def _promise(self, kind: CommitmentKind, what: Bilingual, to_whom: str, due: datetime, giver: str) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        told: dict[str, Any] = {"kind": kind, "to_whom": to_whom, "giver": giver}
        if self.form.weight.beyond:
            told |= {"known": self.form.known.text().strip(), "known_by": self.form.known_by.text().strip()}
        self.ledger.focus(self._chosen)
        if incident_id is not None:
            self.context.bridge.call(
                lambda: desk.commitments.promise(incident_id, what, due, **told),
                self._promised,
            )

    def _promised(self, commitment: Commitment) -> None:
        time = when(commitment.due_at, commitment.zone, self.texts, ref=self.context.desk.clock.now())
        said = self.texts("commitments.new.said", what=commitment.what.get(self.texts.lang), time=time)
        self.context.say("✓ " + said)
        self._chosen = commitment.id
        self.refresh()

    def _open_draft(self, draft: Draft) -> None:
        self.refresh()
        self.context.act("draft.open", draft.id)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """C, M, R and A act on the promise chosen; I and N make one, H looks at old durations."""
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_I:
            self.ask_promise(CommitmentKind.INDIVIDUAL)
        elif event.key() == Qt.Key.Key_N:
            self.ask_promise(CommitmentKind.INTERNAL)
        elif event.key() == Qt.Key.Key_H:
            self.ask_durations()
        elif event.key() == Qt.Key.Key_B:
            self.close_individual()
        elif self.detail.press(event.key()):
            self._weigh()
        else:
            super().keyPressEvent(event)
