"""F4 Escalada: the ladders, the card of the call to make now, who is who and what came of each call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.escalation import CallAttempt, CallCard, CallOutcome, Escalation, EscalationState
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Assignment, Incident
from crisisdesk.model.notification import Notification
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.reports.base import Document
from ui.actions import key_of
from ui.context import Context
from ui.pages.base import Doer, Page
from ui.report_file import PaperThread, write_document
from ui.theme import GAP, GUTTER
from ui.widgets.ask import Ask
from ui.widgets.button import Button
from ui.widgets.call_card import CardView
from ui.widgets.channels_view import ChannelsView
from ui.widgets.coverage_view import Ahead, CoverageView
from ui.widgets.duty import Duty
from ui.widgets.empty import EmptyState
from ui.widgets.keycap import KeyCap
from ui.widgets.ladders import CallHistory, LadderList, RoleList, role_words, scrolled
from ui.widgets.panel import Panel
from ui.widgets.truth_sheet import field_labels

LEFT, RIGHT = 280, 304
RUNNING: Final = (EscalationState.CALLING, EscalationState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class EscalationView:
    """What the page reads."""

    incident: Incident
    playbook: Playbook
    ladders: tuple[Escalation, ...]
    cards: tuple[CallCard, ...]
    attempts: tuple[CallAttempt, ...]
    assignments: tuple[Assignment, ...]
    contacts: tuple[Contact, ...]
    messages: tuple[Notification, ...] = ()

    @property
    def running(self) -> dict[str, Escalation]:
        """The newest ladder of each role."""
        return {ladder.role: ladder for ladder in sorted(self.ladders, key=lambda e: (e.started_at, e.id))}

    @property
    def names(self) -> dict[str, str]:
        """Slug → name."""
        return {contact.slug: contact.name for contact in self.contacts}


class EscalationPage(Page):
    """The escalation page."""

    name: ClassVar[str] = "escalation"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.EscalationChanged, ev.IncidentChanged, ev.ContactsChanged, ev.PlaybookChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: EscalationView | None = None
        self._arriving = True
        self._waiting: Callable[[], None] | None = None  # asked for before there was something to see
        self._chosen: int | None = None  # the attempt whose card is on the table
        self.ladders = LadderList(context)
        self.card = CardView(context)
        self.roles = RoleList(context)
        self.history = CallHistory(context)
        self.ask = Ask()
        self.coverage, self.channels = CoverageView(context), ChannelsView(context)
        self.tabs = {name: Button("", kind="chip") for name in ("now", "ahead", "channels")}
        self._nobody, self._empty = EmptyState(), EmptyState()
        self._lay_out()
        self.ladders.wanted.connect(self.show_role)
        self.card.outcome.connect(self._outcome)
        self.card.fact.connect(self._say_fact)
        self.card.ended.connect(self._end_call)
        self.roles.assigned.connect(self._assign)
        self._duty = Duty(context, self.coverage, self.refresh, self._print)
        self.retranslate()

    def _lay_out(self) -> None:
        self._left, self._middle = Panel("-", flush=True), Panel("-")
        self._who, self._calls = Panel("-", flush=True), Panel("-", flush=True)
        self._left.setFixedWidth(LEFT)
        self._left.body.addWidget(scrolled(self.ladders), 1)
        self._table = QStackedWidget()
        self._table.addWidget(self.card)
        self._table.addWidget(self._nobody)
        self.next = Button(on_press=self.next_card, kind="quiet")
        self.stop = Button(on_press=self._ask_stop, kind="quiet")
        for widget in (self.stop, self.next):
            self._middle.header.addWidget(widget)
        self._next_key = KeyCap(key_of("call.card", self.texts), self._middle)
        self._middle.header.addWidget(self._next_key)
        self._middle.body.addWidget(self.ask)
        self._middle.body.addWidget(self._table, 1)
        self._who.body.addWidget(scrolled(self.roles), 1)
        self._calls.body.addWidget(scrolled(self.history), 1)
        right = QWidget()
        right.setFixedWidth(RIGHT)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GUTTER)
        column.addWidget(self._who, 1)
        column.addWidget(self._calls, 1)
        desk = QWidget()
        line = QHBoxLayout(desk)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._left)
        line.addWidget(self._middle, 1)
        line.addWidget(right)
        nothing = Panel()
        nothing.body.addWidget(self._empty)
        self._work = QStackedWidget()
        self._work.addWidget(desk)
        self._work.addWidget(nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GAP)
        whole.addLayout(self._tab_line())
        self._tabs = QStackedWidget()
        for view in (self._work, self.coverage, self.channels):
            self._tabs.addWidget(view)
        whole.addWidget(self._tabs, 1)

    def _tab_line(self) -> QHBoxLayout:
        """Now, the days ahead, the channels."""
        line = QHBoxLayout()
        line.setSpacing(6)
        group = QButtonGroup(self)
        for number, button in enumerate(self.tabs.values()):
            group.addButton(button, number)
            line.addWidget(button)
        line.addStretch(1)
        self.tabs["now"].setChecked(True)
        group.idClicked.connect(self.show_tab)
        return line

    def show_tab(self, number: int) -> None:
        """Show a tab by its number."""
        list(self.tabs.values())[number].setChecked(True)
        self._tabs.setCurrentIndex(number)
        self.refresh()

    def actions_(self) -> Mapping[str, Doer]:
        """The next card, or the card of one ladder."""
        return {"call.card": lambda thing: self._show_ladder(thing) if isinstance(thing, int) else self.next_card()}

    # Reading

    def query(self) -> Callable[[], Any]:
        """Ladders, cards, calls and roles of the incident; or the days ahead; or the channels."""
        desk, incident_id = self.context.desk, self.incident_id
        if self._tabs.currentIndex() == 1:
            return self._duty.query(incident_id)
        if self._tabs.currentIndex() == 2:
            return lambda: (desk.channels.list(), desk.channels.vault.kept_by)

        def read() -> EscalationView | None:
            if incident_id is None:
                return None
            return EscalationView(
                desk.incidents.get(incident_id),
                desk.incidents.playbook(incident_id),
                desk.escalation.list(incident_id),
                desk.escalation.cards(incident_id),
                desk.escalation.attempts(incident_id),
                desk.incidents.assignments(incident_id),
                desk.contacts.list(),
                desk.notifications.list(incident_id),
            )

        return read

    def show_(self, view: Any) -> None:
        """Show what was read; the call that is being made stays on the table."""
        if isinstance(view, Ahead):
            self.coverage.put(view)
            return
        if isinstance(view, tuple):
            self.channels.set_kept(view[1])
            self.channels.put(*view)
            return
        self._shown = view
        self._work.setCurrentIndex(0 if view is not None else 1)
        if view is None:
            return
        zone, texts = view.incident.zone, self.texts
        running = view.running
        self.ladders.show_ladders(view.playbook, running, view.names, zone=zone)
        self.roles.show_roles(view.playbook, view.assignments, view.contacts)
        roles = {ladder.id: ladder.role for ladder in view.ladders}
        self.history.show_calls(view.playbook, view.attempts, roles, view.names, zone=zone, messages=view.messages)
        count = sum(ladder.state in RUNNING for ladder in running.values())
        self._left.set_title(texts("escalation.ladders.title"), texts("escalation.ladders.note", n=count))
        missing = self.roles.missing()
        self._who.set_title(
            texts("escalation.roles.title"), texts("escalation.roles.missing", n=missing) if missing else ""
        )
        self._calls.set_title(texts("escalation.history.title"), str(len(view.attempts)))
        self._show_card()
        focus = QApplication.focusWidget()
        if self._arriving and not (focus is not None and self.isAncestorOf(focus)):
            self.card.focus_first() if view.cards else self.ladders.focus_first()
        self._arriving = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def shown(self) -> None:
        """The keys of the page need the focus inside it, once there is something to see."""
        self._arriving = True

    def _show_card(self) -> None:
        shown, texts = self._shown, self.texts
        assert shown is not None
        count = len(shown.cards)
        waiting = texts("escalation.card.note", n=count) if count else texts("escalation.card.waiting_none")
        self._middle.set_title(texts("escalation.card.title"), f"{waiting} · {texts('escalation.card.offline')}")
        several = len(shown.cards) > 1
        self.next.setVisible(several)
        self._next_key.setVisible(several)
        self.stop.setVisible(bool(shown.cards) and not self.card.taken)
        if self.card.busy:
            return
        card = next((c for c in shown.cards if c.attempt.id == self._chosen), next(iter(shown.cards), None))
        self._table.setCurrentIndex(0 if card is not None else 1)
        self._chosen = card.attempt.id if card is not None else None
        self.ladders.set_chosen(card.escalation.role if card is not None else "")
        if card is not None:
            labels = field_labels(shown.playbook, texts)
            self.card.show_card(card, labels, shown.incident.zone)

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        for name, button in self.tabs.items():
            button.set_text(texts(f"escalation.tab.{name}"))
        self.next.set_text(texts("escalation.card.next"))
        self.stop.set_text(texts("escalation.ladders.stop"))
        self._nobody.set_text(texts("escalation.card.none"), texts("escalation.card.none_hint"))
        self._empty.set_text(texts("escalation.card.no_incident"), texts("escalation.card.no_incident_hint"))
        super().retranslate()

    def _print(self, document: Document, path: Path) -> None:
        """Write a document; it is told where it lies, or why it does not."""
        texts = self.texts

        def write() -> str:
            try:
                write_document(document, texts, path)
            except CrisisDeskError as error:
                return "▲ " + texts.error(error)
            return "✓ " + texts("escalation.coverage.printed", path=str(path))

        PaperThread(write, self.context).begin()

    # Ladders

    def show_role(self, role: str) -> None:
        """Show the card of a role; without one, ask whether its ladder begins."""
        shown = self._shown
        if shown is None:
            return
        card = next((c for c in shown.cards if c.escalation.role == role), None)
        running = shown.running.get(role)
        if card is not None:
            self._choose(card)
        elif running is None or running.state not in RUNNING:
            name, texts = role_words(shown.playbook, role, self.texts.lang), self.texts
            self.ask.ask(
                texts("escalation.ladders.start", role=name),
                texts("escalation.ladders.start_yes"),
                texts("escalation.ladders.start_no"),
                lambda reason: self._start(role, reason),
                hint=texts("escalation.ladders.start_hint"),
            )

    def next_card(self) -> None:
        """Show the next call that waits; from the last, the first again."""
        if self._tabs.currentIndex() != 0:
            self.show_tab(0)
        cards = self._shown.cards if self._shown is not None else ()
        self._waiting = None if self._shown is not None else self.next_card
        if cards:
            place = next((n for n, card in enumerate(cards) if card.attempt.id == self._chosen), -1)
            seen = self.card.isAncestorOf(QApplication.focusWidget() or self) and len(cards) > 1
            self._choose(cards[(place + 1) % len(cards)] if seen else cards[max(place, 0)])

    def _show_ladder(self, escalation_id: int) -> None:
        if self._tabs.currentIndex() != 0:
            self.show_tab(0)
        if self._shown is None:
            self._waiting = lambda: self._show_ladder(escalation_id)
            return
        card = next((c for c in self._shown.cards if c.escalation.id == escalation_id), None)
        self._choose(card) if card is not None else self.next_card()

    def _choose(self, card: CallCard) -> None:
        self.card.leave()
        self._chosen = card.attempt.id
        self._show_card()
        self.card.focus_first()

    def _start(self, role: str, reason: str) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.call(
                lambda: desk.escalation.start(incident_id, role, reason), lambda _ladder: self.refresh()
            )

    def _ask_stop(self) -> None:
        card, texts, desk = self.card.card, self.texts, self.context.desk
        if card is None:
            return
        ladder = card.escalation.id
        self.ask.ask(
            texts("escalation.ladders.stop_ask", role=card.role_name.get(texts.lang) or card.escalation.role),
            texts("escalation.ladders.stop_yes"),
            texts("escalation.ladders.start_no"),
            lambda reason: self.context.bridge.call(
                lambda: desk.escalation.stop(ladder, reason), lambda _ladder: self.refresh()
            ),
            needed=True,
        )

    # Calls

    def _outcome(self, card: CallCard, outcome: CallOutcome) -> None:
        """Record it; «contestó» is recorded with who takes it, «no se hace cargo» lets the ladder go on at once."""
        desk, asked = self.context.desk, self.card.asking or outcome is CallOutcome.ANSWERED
        refused = asked and outcome is CallOutcome.DECLINED
        note = self.texts("escalation.card.declined_note") if refused else ""

        def record() -> Escalation:
            ladder = desk.escalation.outcome(card.attempt.id, outcome, note)
            if outcome is CallOutcome.ANSWERED and ladder.state is EscalationState.CALLING:
                ladder = desk.escalation.acknowledge(ladder.id, card.attempt.contact_slug)
            return ladder

        self.context.bridge.call(record, lambda ladder: self._recorded(ladder, outcome))

    def _recorded(self, ladder: Escalation, outcome: CallOutcome) -> None:
        if outcome is CallOutcome.ANSWERED:
            self.card.show_taken(ladder)
        elif self.card.card is not None and self.card.card.escalation.id == ladder.id:
            self._end_call()
        self.refresh()

    def _end_call(self) -> None:
        self.card.leave()
        self._chosen = None
        self.refresh()

    def _say_fact(self, section: FactSection, key: str, value: Bilingual, who: str) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.call(lambda: desk.facts.say(incident_id, section, key, value, who))

    def _assign(self, role: str, slug: str) -> None:
        incident_id, desk = self.incident_id, self.context.desk
        if incident_id is not None:
            self.context.bridge.call(
                lambda: desk.incidents.assign(incident_id, role, slug), lambda _assignment: self.refresh()
            )

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The card's keys work wherever the focus is, but in a box that is being written."""
        if self._tabs.currentIndex() != 0:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape and self.roles.entry.isVisible():
            self.roles.close_entry()
        elif self._table.currentWidget() is not self.card or not self.card.press(event):
            super().keyPressEvent(event)
