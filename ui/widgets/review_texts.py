"""The two texts that follow an incident: how far each is, and the button that begins or opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.followup import Followup
from crisisdesk.model.incident import TaskState
from crisisdesk.model.playbook import POST_MORTEM, PRELIMINARY
from crisisdesk.model.review import ReviewData
from crisisdesk.texts import Texts
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel

_TEXTS: Final = {"preliminary": PRELIMINARY, "public": POST_MORTEM}


class ReviewTextsPanel(Panel):
    """A line for each text.

    Signals:
        begun: ``preliminary`` or ``public`` is to be begun, or opened.
    """

    begun = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self.buttons = {name: Button("", partial(self.begun.emit, name)) for name in _TEXTS}
        self._said = {name: SafeLabel("", "text", wrap=True) for name in _TEXTS}
        self._notes = {name: SafeLabel("", "small", wrap=True) for name in _TEXTS}
        for name, button in self.buttons.items():
            line, words = QHBoxLayout(), QVBoxLayout()
            line.setSpacing(GAP)
            words.setSpacing(2)
            words.addWidget(self._said[name])
            words.addWidget(self._notes[name])
            line.addLayout(words, 1)
            line.addWidget(button)
            self.body.addLayout(line)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.set_title(texts("review.texts.title"))
        for name, note in self._notes.items():
            note.setText(texts(f"review.texts.{name}_note"))

    def put(self, data: ReviewData, now: datetime) -> None:
        """Show how far each is."""
        texts, zone = self._context.texts, data.incident.zone
        for name, template in _TEXTS.items():
            drafts = (data.followup or Followup(due_at=None)).drafts
            newest = next((d for d in reversed(drafts) if d.template_id == template), None)
            state = _state(data, template, newest, lambda at: when(at, zone, texts, ref=now), texts)
            called = texts(f"review.texts.{name}")
            self._said[name].setText(f"{called}: {state}")
            begun = newest is not None and newest.state is not DraftState.PUBLISHED
            button = self.buttons[name]
            button.set_text(texts(f"review.texts.{'open' if begun else 'begin'}"))
            button.setAccessibleName(f"{button.text()} · {called}")
            button.setEnabled(name == "preliminary" or data.incident.resolved_at is not None)


def _state(
    data: ReviewData, template: str, draft: Draft | None, at: Callable[[datetime], str], texts: Texts
) -> str:
    if draft is not None and draft.state is DraftState.PUBLISHED:
        return texts("review.texts.published", time=at(draft.published_at or draft.updated_at))
    if draft is not None:
        return texts("review.texts.writing")
    if template == POST_MORTEM and data.incident.resolved_at is None:
        return texts("review.texts.not_over")
    due = next((t.due_at for t in data.tasks if t.template == template and t.state is TaskState.OPEN), None)
    return texts("review.texts.none_due", time=at(due)) if due is not None else texts("review.texts.none")
