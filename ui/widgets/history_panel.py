"""«¿Es comparable?»: a person's yes sends a duration into the history; and whether the estimates were right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from crisisdesk.desk.risk import Standing
from crisisdesk.words import calibration_lines, number
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel


class HistoryPanel(Panel):
    """The panel of the review.

    Signals:
        answered: whether the incident is a case to compare with.
    """

    answered = Signal(bool)

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self._asked = SafeLabel("", "text", wrap=True)
        self._said = SafeLabel("", "muted", wrap=True)
        self.yes = Button(on_press=lambda: self.answered.emit(True))
        self.no = Button(on_press=lambda: self.answered.emit(False), kind="quiet")
        self._bands = SafeLabel("", "text", wrap=True)
        self._known = SafeLabel("", "muted", wrap=True)
        line = QHBoxLayout()
        line.addWidget(self.yes)
        line.addWidget(self.no)
        line.addStretch(1)
        self.body.addWidget(self._asked)
        self.body.addWidget(self._said)
        self.body.addLayout(line)
        self.body.addWidget(self._bands)
        self.body.addWidget(self._known)

    def show_standing(self, one: Standing | None) -> None:
        """Show where the incident stands; a drill is never asked about."""
        self.setVisible(one is not None)
        if one is None:
            return
        texts = self._context.texts
        self.set_title(texts("review.history.title"), "")
        said = ""
        if one.drill:
            asked = texts("review.history.drill")
        else:
            key = "asked" if one.ended else "asked_open"
            asked = texts(f"review.history.{key}", n=number(round(one.minutes), texts))
            if one.past is not None:
                answer = "yes_said" if one.past.comparable else "no_said"
                said = texts(f"review.history.{answer}", who=one.past.noted_by)
        self._asked.setText(asked)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        undecided = one.past is None
        self.yes.set_text(texts("review.history.yes"))
        self.no.set_text(texts("review.history.no"))
        self.yes.setVisible(not one.drill and (undecided or (one.past is not None and not one.past.comparable)))
        self.no.setVisible(not one.drill and (undecided or (one.past is not None and one.past.comparable)))
        lines = [texts("review.history.scored")] if one.mine or one.all else []
        for name, bands in (("mine", one.mine), ("all", one.all)):
            told = calibration_lines(bands, texts)
            lines += [f"{texts(f'review.history.{name}')} {line}" for line in told]
        self._bands.setText("\n".join(lines) or texts("review.history.unscored"))
        few = "few" if one.cases < one.minimum else "enough"
        self._known.setText(texts(f"review.history.{few}", n=one.cases, minimum=one.minimum))
