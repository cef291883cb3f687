"""What everybody who took part says of how it went; who has not been heard yet stands first."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import Feedback, Followup
from ui.context import Context
from ui.models.columns import DANGER_MARK, outside
from ui.widgets.button import Button
from ui.widgets.panel import Panel, clear, rule
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel

_SAID = ("well", "badly", "change")


class ReviewVoices(Panel):
    """Who is still to be heard, what was said, and the lines that add a voice.

    Signals:
        changed: somebody was heard; read again.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self._incident = 0
        self._followup = Followup(due_at=None)
        self._wanting = SafeLabel("", "muted", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.who = QLineEdit(maxLength=80)
        self._names = QStringListModel(self)
        self.who.setCompleter(QCompleter(self._names, self))
        self.lines = {name: QLineEdit(maxLength=2_000) for name in _SAID}
        self.add = Button("", self.add_)
        self.problem = SafeLabel("", "danger", wrap=True)
        self.body.addWidget(self._wanting)
        self.body.addLayout(self._rows)
        for edit in (self.who, *self.lines.values()):
            self.footer.addWidget(edit)
            edit.returnPressed.connect(self.add_)
        self.footer.addWidget(self.add)
        self.footer.addWidget(self.problem)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.set_title(texts("review.voices.title"))
        for name, edit in (("who", self.who), *self.lines.items()):
            edit.setPlaceholderText(texts(f"review.voices.{name}"))
            edit.setAccessibleName(texts(f"review.voices.{name}"))
        self.add.set_text(texts("review.voices.add"))
        self._tell("")

    def put(self, incident_id: int, followup: Followup) -> None:
        """Show these; what is being typed stays."""
        texts = self._context.texts
        self._incident, self._followup = incident_id, followup
        everybody = followup.participants
        wanting = [outside(one.name, 60) for one in everybody if not one.heard]
        heard = len(everybody) - len(wanting)
        self.set_note(texts("review.voices.note", n=heard, of=len(everybody)) if everybody else "")
        self._wanting.setText(texts("review.voices.wanting", names=", ".join(wanting)))
        self._wanting.setVisible(bool(wanting))
        self._names.setStringList([one.name for one in everybody])
        clear(self._rows)
        for n, voice in enumerate(followup.feedback):
            if n:
                self._rows.addWidget(rule())
            self._put(voice)

    def _put(self, voice: Feedback) -> None:
        texts = self._context.texts
        name = outside(self._followup.name(voice.who, texts.lang), 80)
        self._rows.addWidget(SafeLabel(name, "strong", wrap=True))
        for key in _SAID:
            said = getattr(voice, key)
            if said:
                self._rows.addWidget(Row(texts(f"review.voices.said.{key}"), outside(said, 2_000), label_width=84))

    def add_(self) -> None:
        """Keep what the lines hold."""
        desk, incident = self._context.desk, self._incident
        typed = " ".join(self.who.text().split())
        who = next((p.key for p in self._followup.participants if p.name.casefold() == typed.casefold()), typed)
        said = {name: edit.text() for name, edit in self.lines.items()}
        self._context.bridge.once(self, lambda: desk.followups.hear(incident, who, **said), self._added, self._failed)

    def _added(self, _voice: Feedback) -> None:
        for edit in (self.who, *self.lines.values()):
            edit.clear()
        self._tell("")
        self.who.setFocus()
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._tell(self._context.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"{DANGER_MARK} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
