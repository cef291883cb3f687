"""The three ways out of a promise in free text: no time yet, register it, or take the words out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.playbook import Bilingual
from crisisdesk.texts import Texts
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.draft_editor import DraftEditor
from ui.widgets.draft_pieces import without_sentence, without_words
from ui.widgets.draft_saver import DraftSaver


class PromiseWays(QObject):
    """Does what a person chose for a promise that the check found.

    Signals:
        started: the text without a time that was opened (a ``Draft``).
        registered: a promise has entered the ledger.
    """

    started = Signal(object)
    registered = Signal()

    def __init__(
        self,
        context: Context,
        editor: DraftEditor,
        saver: DraftSaver,
        next_at: Callable[[], datetime],
        incident: Callable[[], int | None],
    ) -> None:
        super().__init__()
        self._context, self._editor, self._saver = context, editor, saver
        self._next_at, self._incident = next_at, incident
        editor.promise.no_time.connect(lambda _found: self._no_time())
        editor.promise.removed.connect(lambda _found: self._remove())
        editor.promise.registered.connect(self._register)

    def _remove(self) -> None:
        self._editor.replace_promises(lambda text, words, _lang: without_words(text, words))
        self._saver.flush()

    def _no_time(self) -> None:
        """The honest way out: no hour of solution, but the hour of the next news."""
        next_at, incident_id, desk = self._next_at(), self._incident(), self._context.desk
        self._editor.replace_promises(
            lambda text, words, lang: without_sentence(text, words, Texts(lang)("drafting.promise.instead"))
        )
        announced = self._editor.announce(next_at)
        self._saver.flush()
        if not announced and incident_id is not None:
            self._context.bridge.call(lambda: desk.commitments.no_time(incident_id, next_at), self.started.emit)

    def _register(self, what: Bilingual, due: datetime, giver: str, told: tuple[str, str]) -> None:
        incident_id, desk = self._incident(), self._context.desk
        if incident_id is not None:
            known, known_by = told
            self._context.bridge.call(
                lambda: desk.commitments.promise(
                    incident_id, what, due, kind=CommitmentKind.RESOLUTION, giver=giver, known=known, known_by=known_by
                ),
                self._registered,
            )

    def _registered(self, promise: Commitment) -> None:
        texts = self._context.texts
        said = when(promise.due_at, promise.zone, texts, ref=self._context.desk.clock.now())
        self._context.say("✓ " + texts("drafting.promise.registered", time=said))
        self.registered.emit()
