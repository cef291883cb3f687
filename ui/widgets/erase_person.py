"""Erasing the author of a mention by law: what it would take is told first, with a reason, and asked twice."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.erasure import Erasure
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.words import erasure_sentence
from ui.context import Context
from ui.widgets.away_form import AwayForm
from ui.widgets.button import Button


class ErasePerson(QWidget):
    """The form, and the quiet button that opens it: ``begin`` stands where its owner puts it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._mention = 0
        self.begin = Button("", self.look, kind="quiet")
        self.form = AwayForm(context.texts)
        self.form.redacted.connect(self._erase)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.form)

    def put(self, mention_id: int) -> None:
        """The author of another mention; a form that was open for somebody else closes."""
        if mention_id != self._mention:
            self._mention = mention_id
            self.form.hide()
        self.begin.set_text(self._context.texts("inbox.erase.begin"))

    def look(self) -> None:
        """Tell what erasing them would take; nothing is erased by it."""
        desk, mention = self._context.desk, self._mention
        if mention:
            self._context.bridge.call(
                lambda: (mention, desk.authors.erasures.look(mention)), self._looked, self._failed
            )

    def _looked(self, answer: tuple[int, Erasure]) -> None:
        mention, told = answer
        if mention == self._mention:
            self.form.ask(mention, erasure_sentence(told, self._context.texts, done=False), removable=False)

    def _erase(self, mention: int, reason: str) -> None:
        desk = self._context.desk
        self._context.bridge.call(lambda: desk.authors.erasures.erase(mention, reason), self._erased, self._failed)

    def _erased(self, done: Erasure) -> None:
        self._context.say(erasure_sentence(done, self._context.texts, done=True))

    def _failed(self, error: CrisisDeskError) -> None:
        self._context.say(self._context.texts.error(error))
