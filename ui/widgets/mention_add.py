"""One line that adds a mention by hand: text, channel, author; Enter saves."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.mention import IngestReport
from crisisdesk.words import problem_sentence
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel

_MOST = 100_000


class AddMention(QWidget):
    """The line; what was typed stays until the desk has saved it.

    Signals:
        done: it was saved.
    """

    done = Signal()

    def __init__(self, context: Context, key: str) -> None:
        super().__init__()
        self._context = context
        self._texts = context.texts
        self.text = QLineEdit(maxLength=_MOST)
        self.channel = QLineEdit(maxLength=60)
        self.author = QLineEdit(maxLength=200)
        for edit, widest in ((self.channel, 120), (self.author, 150)):
            edit.setMinimumWidth(72)
            edit.setMaximumWidth(widest)
        self._save = Button("", self._ask)
        self._problem = SafeLabel("", "danger", wrap=True)
        self._key = KeyCap(key)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for widget in (self.text, self.channel, self.author, self._save, self._key):
            line.addWidget(widget)
        for place, share in enumerate((5, 1, 1)):
            line.setStretch(place, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self._problem)
        for edit in (self.text, self.channel, self.author):
            edit.returnPressed.connect(self._ask)
        self.text.textEdited.connect(lambda _text: self.set_problem(""))
        self.retranslate()
        self.set_problem("")

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.text.setPlaceholderText(texts("inbox.add.text"))
        self.text.setAccessibleName(texts("inbox.add.text_name"))
        self.channel.setPlaceholderText(texts("inbox.add.channel"))
        self.channel.setAccessibleName(texts("inbox.add.channel"))
        self.author.setPlaceholderText(texts("inbox.add.author"))
        self.author.setAccessibleName(texts("inbox.add.author"))
        self._save.set_text(texts("inbox.add.save"))

    def set_problem(self, problem: str) -> None:
        """Say why it was not saved; the text stays."""
        self._problem.setText(f"▲ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))
        set_style(self.text, state="error" if problem else "")
        self.text.setAccessibleDescription(problem)

    def saved(self) -> None:
        """Make room for the next one; the channel stays, because the next often comes from the same place."""
        self.text.clear()
        self.author.clear()
        self.set_problem("")
        self._save.setEnabled(True)
        self.text.setFocus()

    def failed(self, problem: str) -> None:
        """Let the person mend it."""
        self._save.setEnabled(True)
        self.set_problem(problem)
        self.text.setFocus()

    def _ask(self) -> None:
        if not self._save.isEnabled():
            return
        if not self.text.text().strip():
            self.set_problem(self._texts("inbox.add.missing"))
            self.text.setFocus()
            return
        self._save.setEnabled(False)  # one Enter, one mention
        text, desk = self.text.text(), self._context.desk
        channel, author = self.channel.text().strip(), self.author.text().strip()
        self._context.bridge.call(
            lambda: desk.ingest.manual(text, author=author, channel=channel),
            self._told,
            lambda error: self.failed(self._texts("inbox.add.rejected", reason=self._texts.error(error))),
        )

    def _told(self, report: IngestReport) -> None:
        texts = self._texts
        if report.rejected:
            problem = report.rejected[0]
            reason = problem_sentence(problem, texts)
            self.failed(texts("inbox.add.rejected", reason=reason))
            return
        self.saved()
        self._context.say(texts("inbox.add.saved" if report.added else "inbox.add.repeated"))
        self.done.emit()
