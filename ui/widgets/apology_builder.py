"""The apology in four steps, as the strategy asks for it; it ends as an ordinary draft under the ordinary rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.desk.apologies import ApologyPlan, Part
from crisisdesk.model.commitment import RemedyKind
from crisisdesk.model.playbook import Bilingual
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import PlainView, SafeLabel
from ui.widgets.time_edit import TimeEdit

_UNFIT: Final = {"rumor": "unfit_rumour"}


class PartRow(QWidget):
    """One part of the apology, in both languages."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = (QLineEdit(maxLength=1000), QLineEdit(maxLength=1000))
        self._label = SafeLabel("", "strong", wrap=True)
        self._problem = SafeLabel("", "danger", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for line in self.lines:
            row.addWidget(line, 1)
        column.addWidget(self._label)
        column.addLayout(row)
        column.addWidget(self._problem)
        self._problem.hide()

    def say(self, label: str, hints: tuple[str, str]) -> None:
        """Call it something."""
        self._label.setText(label)
        for line, hint in zip(self.lines, hints, strict=True):
            line.setPlaceholderText(hint)
            line.setAccessibleName(f"{label}, {hint}")

    def text(self) -> Bilingual:
        """What stands in it."""
        return Bilingual(self.lines[0].text().strip(), self.lines[1].text().strip())

    def put(self, text: Bilingual) -> None:
        """Show a text."""
        for line, words in zip(self.lines, (text.es, text.en), strict=True):
            line.setText(words)
            line.setCursorPosition(0)

    def set_problem(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self._problem.setText(f"▲ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))


class ApologyBuilder(Panel):
    """Asks for the parts in their order.

    Signals:
        built: the parts (``Part`` → ``Bilingual``), the day of the prevention or ``None``, the kind of remedy.
        left: put away.
        wizard_wanted: nobody has decided a strategy yet.
    """

    built = Signal(object, object, object)
    left = Signal()
    wizard_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__("-")
        self._context = context
        self.plan: ApologyPlan | None = None
        self._key: object = None
        self._kept: dict[object, dict[Part, Bilingual]] = {}
        self._quoted = PlainView(grows=True)
        self._cluster = SafeLabel("", "text", wrap=True)
        self._unfit = SafeLabel("", "promise", wrap=True)
        self.wizard = Button(on_press=self.wizard_wanted.emit)
        self.rows: Mapping[Part, PartRow] = {part: PartRow() for part in Part}
        self.kinds = QButtonGroup(self)
        self._kind_problem = SafeLabel("", "danger", wrap=True)
        self.by = TimeEdit(context, day_only=True)
        self._by = Field("", self.by)
        self._hint = SafeLabel("", "muted", wrap=True)
        self.save_button = Button(on_press=self.save, kind="primary", key="Ctrl+Return")
        self._cancel = Button(on_press=self.leave, kind="quiet", key="Esc")
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("ground", "clear")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, INSET, 0)
        column.setSpacing(12)
        for widget in (self._quoted, self._cluster, self._unfit):
            column.addWidget(widget)
        first = QHBoxLayout()
        first.addWidget(self.wizard)
        first.addStretch(1)
        column.addLayout(first)
        for part, row in self.rows.items():
            column.addWidget(row)
            if part is Part.REMEDY:
                chips = QHBoxLayout()
                for place, _kind in enumerate(RemedyKind):
                    chip = Button(kind="chip")
                    self.kinds.addButton(chip, place)
                    chips.addWidget(chip)
                chips.addStretch(1)
                column.addLayout(chips)
                column.addWidget(self._kind_problem)
        column.addWidget(self._by)
        column.addWidget(self._hint)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        ends.addWidget(self.save_button)
        ends.addWidget(self._cancel)
        ends.addStretch(1)
        self.footer.addLayout(ends)
        self._kind_problem.hide()

    def begin(self, plan: ApologyPlan, zone: str, key: object = None) -> None:
        """Ask for what the plan needs; what owning it says is proposed, to be changed.

        Args:
            key: whose apology it is; what was written for it before is there again.
        """
        self.plan, self._key = plan, key
        remedy = plan.promise.remedy if plan.promise is not None else ""
        said = {Part.OWN: plan.owns, Part.REMEDY: Bilingual(remedy, "")} | self._kept.get(key, {})
        for part, row in self.rows.items():
            row.put(said.get(part, Bilingual()))
            row.set_problem("")
        self.kinds.setExclusive(False)
        for place, kind in enumerate(RemedyKind):
            self.kinds.button(place).setChecked(plan.promise is not None and plan.promise.remedy_kind is kind)
        self.kinds.setExclusive(True)
        self._kind_problem.hide()
        self.by.set_zone(zone)
        self.by.set_instant(None)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        plan, texts = self.plan, self._context.texts
        if plan is None:
            return
        lang, promise = texts.lang, plan.promise
        self.set_title(texts("apology.title_promise" if promise else "apology.title"))
        quoted = (promise.quoted.get(lang) or promise.what.get(lang)) if promise is not None else ""
        self._quoted.set_text(texts("apology.promised", text=quoted) if quoted else "")
        self._quoted.setVisible(bool(quoted))
        cluster = texts("apology.cluster", cluster=texts(f"strategy.cluster.{plan.counsel.cluster}"))
        raised = [texts(f"strategy.raised.{reason}") for reason in plan.counsel.raised]
        undecided = "" if plan.decided else texts("apology.undecided")
        self._cluster.setText(" ".join(filter(None, (cluster, undecided, *raised))))
        reason = texts(f"apology.{_UNFIT.get(plan.counsel.cluster, 'unfit_victim')}")
        self._unfit.setText("◆ " + texts("apology.unfit", reason=reason))
        self._unfit.setVisible(not plan.fits)
        self.wizard.set_text(texts("apology.decide"))
        self.wizard.setVisible(not plan.decided)
        for part, row in self.rows.items():
            key = "required" if part in plan.required else "optional"
            row.say(
                texts(f"apology.{key}", part=texts(f"apology.part.{part}")), (texts("apology.es"), texts("apology.en"))
            )
        for place, kind in enumerate(RemedyKind):
            chip = self.kinds.button(place)
            chip.setText(texts(f"commitments.remedy.{kind}"))
            chip.setAccessibleName(chip.text())
            chip.setVisible(promise is not None)
        self._by.set_label(texts("apology.by"))
        self._by.setVisible(any(field.name == "fecha" for field in plan.template.fields))
        self._hint.setText(texts("apology.hint", template=plan.template.purpose.get(lang)))
        self.save_button.set_text(texts("apology.save"))
        self._cancel.set_text(texts("apology.cancel"))

    def save(self) -> None:
        """Hand over the parts; what is required and missing is said where it is missing."""
        plan, texts = self.plan, self._context.texts
        if plan is None:
            return
        said = {part: row.text() for part, row in self.rows.items()}
        lacking = [part for part in plan.required if not (said[part].es or said[part].en)]
        for part, row in self.rows.items():
            row.set_problem(texts(f"errors.apology.missing_{part}") if part in lacking else "")
        unchosen = plan.promise is not None and self.kinds.checkedId() < 0
        self._kind_problem.setText("▲ " + texts("apology.remedy_kind"))
        self._kind_problem.setVisible(unchosen)
        if lacking:
            next(row for part, row in self.rows.items() if part in lacking).lines[0].setFocus()
        elif not unchosen:
            kind = tuple(RemedyKind)[max(self.kinds.checkedId(), 0)]
            by: datetime | None = self.by.instant() if self._by.isVisibleTo(self) else None
            self.built.emit(said, by, kind)

    def done(self) -> None:
        """The draft holds it now."""
        self.plan = None
        self._kept.pop(self._key, None)
        self.left.emit()

    def leave(self) -> None:
        """Put it away; what was written is kept for the next time."""
        if self.plan is not None:
            self._kept[self._key] = {part: row.text() for part, row in self.rows.items()}
        self.plan = None
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Return opens the draft, Escape leaves."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save()
        else:
            super().keyPressEvent(event)
