"""The newest entries of the timeline, one under the other: when, and what in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.timeline import Entry
from crisisdesk.words import entry_sentence, when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel, safe_tooltip

MOST_ROWS: Final = 60
_TONES: Final = {
    "alert.raised": "danger",
    "commitment.broken": "danger",
    "commitment.kept": "good",
    "draft.published": "good",
    "incident.resolved": "good",
    "commitment.made": "promise",
    "commitment.moved": "promise",
    "note.decision": "accent",
    "note.pending": "promise",
}


def entry_runs(entry: Entry, context: Context, zone: str) -> tuple[Run, ...]:
    """An entry's sentence; what it is stands out in its own tone up to the first colon or dot."""
    said = entry_sentence(entry, context.texts, zone)
    tone = _TONES.get(entry.kind)
    head = re.match(r"[^·]{1,40}?(?= ·|: )", said)  # the colon of 10:05 is no end
    if tone is None or head is None:
        return (Run(said),)
    return (Run(head[0], tone, bold=True), Run(said[head.end() :]))


class _Row(QWidget):
    def __init__(self, context: Context, entry: Entry, zone: str) -> None:
        super().__init__()
        self.entry = entry
        line = QHBoxLayout(self)
        line.setContentsMargins(INSET, 5, INSET, 5)
        line.setSpacing(GAP)
        now = context.desk.clock.now()
        time = SafeLabel(when(entry.occurred_at, zone, context.texts, ref=now), "muted")
        time.setFixedWidth(max(42, time.sizeHint().width()))
        line.addWidget(time, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(1)
        self.sentence = RunsLabel(context.theme, entry_runs(entry, context, zone))
        column.addWidget(self.sentence)
        if entry.late:
            recorded = when(entry.recorded_at, zone, context.texts, ref=entry.occurred_at)
            column.addWidget(SafeLabel(context.texts("room.timeline.late", time=recorded), "small"))
        line.addLayout(column, 1)
        safe_tooltip(self, entry.actor)


class TimelineStrip(QScrollArea):
    """Rows by entry: only what is new is built, so that a busy hour costs nothing."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._rows: dict[int, _Row] = {}
        self._look: tuple[str, str] = ("", "")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("ground", "clear")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(inner)

    def sentences(self) -> list[str]:
        """What stands there, newest first."""
        rows = sorted(self._rows.values(), key=self._column.indexOf)
        return [row.sentence.text() for row in rows]

    def set_entries(self, entries: Sequence[Entry], zone: str) -> None:
        """Show ``entries``, newest first."""
        shown = entries[:MOST_ROWS]
        if (zone, self._context.texts.lang) != self._look:
            self._forget(set(self._rows))
            self._look = (zone, self._context.texts.lang)
        now = {entry.id: entry for entry in shown}
        self._forget({n for n, row in self._rows.items() if now.get(n) != row.entry})
        for place, entry in enumerate(shown):
            row = self._rows.get(entry.id)
            if row is None:
                row = self._rows[entry.id] = _Row(self._context, entry, zone)
                self._column.insertWidget(place, row)
            elif self._column.indexOf(row) != place:
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)

    def _forget(self, ids: set[int]) -> None:
        for n in ids:
            row = self._rows.pop(n)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
