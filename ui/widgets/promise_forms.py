"""What can be done with a promise, in place: move it with a reason, withdraw it, repair it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.commitment import RemedyKind
from crisisdesk.plain import clamp
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.draft_form import QuietCombo
from ui.widgets.field import Field
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit

Givers = Sequence[tuple[str, str]]


class GiverChoice(QuietCombo):
    """Who gives the time: roles, those that may first."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._givers: tuple[tuple[str, str], ...] = ()

    def set_givers(self, givers: Givers) -> None:
        """Offer these roles: id and words."""
        if tuple(givers) != self._givers:
            self._givers = tuple(givers)
            self.clear()
            self.addItem("—", "")
            for role, words in givers:
                self.addItem(clamp(words, 60), role)

    def giver(self) -> str:
        """The role chosen, or empty."""
        return str(self.currentData() or "")


class InPlace(QFrame):
    """A small form that stands where it is needed; Escape puts it away.

    It speaks first and hides then: who listens takes the focus, which would else jump to whatever comes next.

    Signals:
        left: put away without doing anything.
    """

    left = Signal()

    def __init__(
        self,
        context: Context,
        title: str,
        save: str,
        kind: str = "callout",
        cancel: str = "commitments.move.cancel",
    ) -> None:
        super().__init__()
        self.setProperty("panel", kind)
        self.context = context
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(INSET, 10, INSET, INSET)
        self.column.setSpacing(GAP)
        self._words = (title, save, cancel)
        self.heading = SafeLabel("", "heading", wrap=True)
        self.column.addWidget(self.heading)
        self.save_button = Button(on_press=self.save, kind="primary")
        self._cancel = Button(on_press=self.leave, kind="quiet", key="Esc")
        self._fields: list[tuple[Field, Callable[[], str]]] = []
        self._labels: list[tuple[Field, str]] = []
        self._row: QHBoxLayout | None = None
        self.hide()
        InPlace.retranslate(self)

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.context.texts
        title, save, cancel = (texts(key) for key in self._words)
        self.heading.setText(title)
        self.save_button.set_text(save)
        self._cancel.set_text(cancel)
        for field, label in self._labels:
            field.set_label(texts(label))

    def begin_row(self) -> None:
        """The fields that follow stand side by side."""
        self._row = QHBoxLayout()
        self._row.setSpacing(GAP)
        self.column.addLayout(self._row)

    def add(self, label: str, editor: QWidget, problem: Callable[[], str]) -> None:
        """Add a field; ``problem`` says what is wrong with it now, or nothing."""
        field = Field(self.context.texts(label), editor)
        self._labels.append((field, label))
        self._fields.append((field, problem))
        if self._row is None:
            self.column.addWidget(field)
        else:
            self._row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        if isinstance(editor, QLineEdit):
            editor.returnPressed.connect(self.save)

    def add_buttons(self, first: Button | None = None) -> None:
        """The last row: do it, or leave it; ``first`` stands before both."""
        line = QHBoxLayout()
        if first is not None:
            line.addWidget(first)
        line.addWidget(self.save_button)
        line.addWidget(self._cancel)
        line.addStretch(1)
        self.column.addLayout(line)

    def good(self) -> bool:
        """Whether everything needed is there; says what is not and goes to the first."""
        problems = [(field, problem()) for field, problem in self._fields]
        for field, said in problems:
            field.set_problem(said)
        wrong = next((field for field, said in problems if said), None)
        if wrong is not None:
            wrong.editor.setFocus()
        return wrong is None

    def calm(self) -> None:
        """Forget what was wrong."""
        for field, _problem in self._fields:
            field.set_problem("")

    def save(self) -> None:
        """Do it."""
        raise NotImplementedError

    def leave(self) -> None:
        """Put it away."""
        self.left.emit()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def due_problem(self, time: TimeEdit) -> str:
        """What is wrong with a time to come."""
        texts, instant = self.context.texts, time.instant()
        if instant is None:
            return texts("commitments.move.need_due")
        return texts("commitments.move.past") if instant <= self.context.desk.clock.now() else ""

    def need(self, there: bool, key: str) -> str:
        """The sentence ``key`` unless it is there."""
        return "" if there else self.context.texts(key)


class MoveForm(InPlace):
    """A new time, why, and who gives it.

    Signals:
        moved: the new instant, the reason, the giver.
    """

    moved = Signal(object, str, str)

    def __init__(self, context: Context) -> None:
        super().__init__(context, "commitments.move.title", "commitments.move.save")
        self.time, self.reason = TimeEdit(context, owed=True), QLineEdit(maxLength=500)
        self.giver = GiverChoice(context.texts("commitments.move.giver"))
        self.add("commitments.move.due", self.time, lambda: self.due_problem(self.time))
        self.add(
            "commitments.move.reason", self.reason,
            lambda: self.need(bool(self.reason.text().strip()), "commitments.move.need_reason"),
        )  # fmt: skip
        self.add(
            "commitments.move.giver", self.giver,
            lambda: self.need(bool(self.giver.giver()), "commitments.move.need_giver"),
        )  # fmt: skip
        self.add_buttons()

    def begin(self, zone: str, givers: Givers) -> None:
        """Ask; the time begins empty, so that nobody keeps the old one by mistake."""
        self.time.set_zone(zone)
        self.time.set_instant(None)
        self.reason.clear()
        self.giver.set_givers(givers)
        self.giver.setCurrentIndex(0)
        self.calm()
        self.show()
        self.time.setFocus()

    def save(self) -> None:
        """Hand over the new time."""
        if self.good():
            self.moved.emit(self.time.instant(), self.reason.text().strip(), self.giver.giver())
            self.hide()


class WithdrawForm(InPlace):
    """Why there is no time any more.

    Signals:
        withdrawn: the reason.
    """

    withdrawn = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(context, "commitments.withdraw.title", "commitments.withdraw.save")
        self.reason = QLineEdit(maxLength=500)
        self.add(
            "commitments.withdraw.reason", self.reason,
            lambda: self.need(bool(self.reason.text().strip()), "commitments.withdraw.need_reason"),
        )  # fmt: skip
        self.add_buttons()

    def begin(self) -> None:
        """Ask."""
        self.reason.clear()
        self.calm()
        self.show()
        self.reason.setFocus()

    def save(self) -> None:
        """Hand over the reason."""
        if self.good():
            self.withdrawn.emit(self.reason.text().strip())
            self.hide()


class RemedyForm(InPlace):
    """A broken promise: what was said, and what makes it good.

    Signals:
        chosen: a :class:`RemedyKind` and its words.
    """

    chosen = Signal(object, str)

    def __init__(self, context: Context) -> None:
        super().__init__(context, "commitments.remedy.title", "commitments.remedy.save", "danger")
        self.said = SafeLabel("", "text", wrap=True)
        self.due = SafeLabel("", "muted", wrap=True)
        self.kinds = QButtonGroup(self)
        self._problem = SafeLabel("", "danger", wrap=True)
        self.text = QLineEdit(maxLength=500)
        self.column.addWidget(self.said)
        self.column.addWidget(self.due)
        line = QHBoxLayout()
        for place, kind in enumerate(RemedyKind):
            chip = Button(context.texts(f"commitments.remedy.{kind}"), kind="chip")
            self.kinds.addButton(chip, place)
            line.addWidget(chip)
        line.addStretch(1)
        self.column.addLayout(line)
        self.column.addWidget(self._problem)
        self.add(
            "commitments.remedy.text", self.text,
            lambda: self.need(bool(self.text.text().strip()), "commitments.remedy.need_text"),
        )  # fmt: skip
        self.add_buttons()
        self._problem.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        super().retranslate()
        self.heading.setText("▲ " + self.context.texts("commitments.remedy.title"))
        for kind, chip in zip(RemedyKind, self.kinds.buttons(), strict=True):
            chip.setText(self.context.texts(f"commitments.remedy.{kind}"))
            chip.setAccessibleName(chip.text())

    def begin(self, quoted: str, due: str, approves: str) -> None:
        """Show the promise as it was said."""
        texts = self.context.texts
        self.said.setText(texts("commitments.remedy.promised", quoted=quoted))
        self.due.setText(" · ".join(filter(None, (due, approves))))
        self.kinds.setExclusive(False)
        for chip in self.kinds.buttons():
            chip.setChecked(False)
        self.kinds.setExclusive(True)
        self.text.clear()
        self.calm()
        self._problem.hide()
        self.show()

    def kind(self) -> RemedyKind | None:
        """What was chosen."""
        place = self.kinds.checkedId()
        return tuple(RemedyKind)[place] if place >= 0 else None

    def save(self) -> None:
        """Hand over the remedy; both its kind and its words are needed."""
        kind = self.kind()
        self._problem.setText("▲ " + self.context.texts("commitments.remedy.need_kind"))
        self._problem.setVisible(kind is None)
        if self.good() and kind is not None:
            self.chosen.emit(kind, self.text.text().strip())
