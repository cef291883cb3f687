"""The call card: whom, the number, what to say, the six questions and what came of it. No network is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.escalation import CallCard, CallOutcome, Escalation
from crisisdesk.model.fact import FactSection
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.call_questions import Questions
from ui.widgets.countdown import Countdown
from ui.widgets.keycap import KeyCap
from ui.widgets.panel import rule
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

OUTCOMES: Final = tuple(CallOutcome)  # keys 1 to 4, in this order
_BIG: Final = "font-size: {size}px; font-weight: 600; background: transparent; border: 0; padding: 0;"


class OutcomeBar(QWidget):
    """Keys 1 to 4: what came of the call.

    Signals:
        chosen: a :class:`CallOutcome`.
    """

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self.buttons: dict[CallOutcome, Button] = {}
        for key, outcome in enumerate(OUTCOMES, 1):
            kind = "primary" if outcome is CallOutcome.ANSWERED else "plain"
            button = Button(kind=kind, key=str(key))
            button.clicked.connect(lambda _checked=False, outcome=outcome: self.chosen.emit(outcome))
            self.buttons[outcome] = button
            line.addWidget(KeyCap(str(key), self))
            line.addWidget(button)
            line.addSpacing(6)
        line.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        for outcome, button in self.buttons.items():
            button.set_text(self._context.texts(f"escalation.outcome.{outcome}"))


class CardView(QWidget):
    """One card.

    Signals:
        outcome: the card and what came of it; «contestó» only once it is said whether they take it.
        fact: section, key, value (a ``Bilingual``), who says so.
        ended: the person has read the card of a call that is over.
    """

    outcome = Signal(object, object)
    fact = Signal(object, str, object, str)
    ended = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.card: CallCard | None = None
        self.taken = False
        self._zone = "UTC"
        self._step = SafeLabel("", "muted", elide=True)
        self._left = Countdown(context, rank="strong")
        self._left_label = SafeLabel("", "muted")
        self._name = SafeLabel("", "title", elide=True)
        self._name.setStyleSheet(_BIG.format(size=26))
        self._title = SafeLabel("", "muted", elide=True)
        self.phone = QLineEdit(readOnly=True)
        self.phone.setStyleSheet(_BIG.format(size=36))
        self.copy = Button(on_press=self.copy_number, key="Y")
        self._quiet = Badge()
        self._script = RunsLabel(context.theme)
        self.outcomes = OutcomeBar(context)
        self.questions = Questions(context)
        self._lay_out()
        self.outcomes.chosen.connect(self.choose)
        self.questions.answered.connect(self._answered)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("ground", "clear")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(GAP)
        top = QHBoxLayout()
        top.addWidget(self._step, 1)
        top.addWidget(self._left_label)
        top.addWidget(self._left)
        column.addLayout(top)
        column.addWidget(self._name)
        column.addWidget(self._title)
        number = QHBoxLayout()
        number.addWidget(self.phone, 1)
        number.addWidget(self.copy)
        number.addWidget(KeyCap("Y", self))
        column.addLayout(number)
        column.addWidget(self._quiet)
        column.addWidget(self.outcomes)
        column.addWidget(self._question_box())
        script = QFrame()
        script.setProperty("panel", "callout")
        said = QVBoxLayout(script)
        said.setContentsMargins(INSET, GAP, INSET, GAP)
        said.addWidget(self._script)
        column.addWidget(script)
        column.addWidget(rule())
        column.addWidget(self.questions)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _question_box(self) -> QFrame:
        """«¿Se hace cargo?», in place after key 1."""
        self._box = QFrame()
        self._box.setProperty("panel", "good")
        line = QHBoxLayout(self._box)
        line.setContentsMargins(INSET, GAP, INSET, GAP)
        line.setSpacing(GAP)
        self._asked = SafeLabel("", "strong", wrap=True)
        self.yes = Button(on_press=lambda: self._decide(True), kind="primary", key="Intro")
        self.no = Button(on_press=lambda: self._decide(False), key="N")
        self.done = Button(on_press=self.ended.emit, key="Esc")
        line.addWidget(self._asked, 1)
        for button in (self.yes, self.no, self.done):
            line.addWidget(button)
        self._box.hide()
        return self._box

    def show_card(self, card: CallCard, labels: Mapping[str, str], zone: str) -> None:
        """Show a card; the same card again keeps what is being written."""
        texts, lang = self._context.texts, self._context.lang
        same = self.card is not None and self.card.attempt.id == card.attempt.id
        self.card, self._zone = card, zone
        ladder, attempt = card.escalation, card.attempt
        role = card.role_name.get(lang) or ladder.role
        self._step.setText(
            texts(
                "escalation.card.step", role=role, n=attempt.step + 1, m=card.step_count, round=attempt.round,
                repeat=card.repeat,
            )
        )  # fmt: skip
        self._left_label.setText(texts("escalation.card.next_step") if ladder.step_due_at is not None else "")
        self._left.set_due(ladder.step_due_at)
        self._name.setText(card.contact_name)
        self._title.setText(card.contact_title)
        self._title.setVisible(bool(card.contact_title))
        self.phone.setText(clamp(card.phone, 40) or texts("escalation.card.no_phone"))
        self.phone.setAccessibleName(texts("escalation.card.phone"))
        self.copy.set_text(texts("escalation.card.copy"))
        self.copy.setEnabled(bool(card.phone))
        self._quiet.set_badge(texts("escalation.card.quiet")[:58], "promise")
        self._quiet.setVisible(card.quiet_hours)
        heading = texts("escalation.card.script")
        self._script.set_runs((Run(f"{heading}: ", "muted"), Run(card.script.get(lang))))
        self.outcomes.retranslate()
        self.questions.show_questions(card.questions, labels, card.contact_name, keep=same)
        if not same:
            self.taken = False
            self._ask(False)

    def focus_first(self) -> None:
        """Put the focus where the call begins."""
        self.outcomes.buttons[CallOutcome.ANSWERED].setFocus()

    def leave(self) -> None:
        """Put the card away: this call is over, or another is wanted."""
        self.card, self.taken = None, False
        self._box.hide()
        self.outcomes.show()

    def copy_number(self) -> None:
        """Put the number on the clipboard."""
        if self.card is not None and self.card.phone:
            QGuiApplication.clipboard().setText(self.card.phone)
            self._context.say("✓ " + self._context.texts("escalation.card.copied"))

    def choose(self, outcome: CallOutcome) -> None:
        """Say what came of the call; «contestó» asks first whether they take it."""
        if self.card is None or self.taken:
            return
        if outcome is CallOutcome.ANSWERED:
            self._ask(True)
        else:
            self.outcome.emit(self.card, outcome)

    def show_taken(self, ladder: Escalation) -> None:
        """They took it: the questions stay until the call is over."""
        texts = self._context.texts
        self.taken = True
        until = when(ladder.ack_expires_at, self._zone, texts) if ladder.ack_expires_at is not None else "—"
        who = self.card.contact_name if self.card is not None else ""
        self._asked.setText("✓ " + texts("escalation.card.taken", who=clamp(who, 60), time=until))
        self._box.show()
        self.outcomes.hide()
        for button in (self.yes, self.no):
            button.hide()
        self.done.set_text(texts("escalation.card.done"))
        self.done.show()
        self._left.set_due(None)
        self._left_label.setText("")
        self.questions.focus_first()

    @property
    def busy(self) -> bool:
        """Whether a person is in the middle of this call: another card must not take its place."""
        return self.card is not None and (self.taken or self.asking or self.questions.writing)

    @property
    def asking(self) -> bool:
        """Whether it is being asked if they take it."""
        return self._box.isVisibleTo(self) and not self.taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys 1 to 4, Return and N while it is asked, Y copies the number, Escape ends."""
        if not self.press(event):
            super().keyPressEvent(event)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key says; whether it said anything."""
        key = event.key()
        number = key - Qt.Key.Key_1
        if 0 <= number < len(OUTCOMES) and not self.taken:
            self.choose(OUTCOMES[number])
        elif self.asking and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_N, Qt.Key.Key_Escape):
            self._ask(False) if key == Qt.Key.Key_Escape else self._decide(key != Qt.Key.Key_N)
        elif self.taken and key == Qt.Key.Key_Escape:
            self.ended.emit()
        elif key == Qt.Key.Key_Y:
            self.copy_number()
        else:
            return False
        return True

    def _ask(self, asked: bool) -> None:
        texts = self._context.texts
        self._asked.setText(texts("escalation.card.ask"))
        self.yes.set_text(texts("escalation.card.ask_yes"))
        self.no.set_text(texts("escalation.card.ask_no"))
        self._box.setVisible(asked)
        self.outcomes.setVisible(not asked)
        self.yes.show()
        self.no.show()
        self.done.hide()
        if asked:
            self.yes.setFocus()

    def _decide(self, takes: bool) -> None:
        if self.card is None or not self.asking:
            return
        self.outcome.emit(self.card, CallOutcome.ANSWERED if takes else CallOutcome.DECLINED)
        if not takes:
            self._ask(False)
            self.focus_first()

    def _answered(self, key: str, answer: str) -> None:
        """An answer becomes a fact, said by the person on the line; an empty one is what they do not know."""
        who = self.card.contact_name if self.card is not None else ""
        if answer:
            value = Bilingual(answer, "") if self._context.lang == "es" else Bilingual("", answer)
            self.fact.emit(FactSection.KNOW, key, value, who)
        else:
            value = Bilingual(*(Texts(lang)("drafting.sheet.unknown") for lang in ("es", "en")))
            self.fact.emit(FactSection.DONT_KNOW, key, value, who)
