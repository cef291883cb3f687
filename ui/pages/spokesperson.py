"""Spokesperson mode: who answers, to whom, and the cleared lines; one press copies a line with the name under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.desk.spokesperson import ClearedLine, SaidLine
from crisisdesk.model import events as ev
from crisisdesk.model.contact import Contact
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.pages.base import Page
from ui.theme import GUTTER
from ui.widgets.draft_form import QuietCombo
from ui.widgets.empty import EmptyState
from ui.widgets.field import Field
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel, clear
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow
from ui.widgets.safe import SafeLabel

SIDE_WIDTH = 392


@dataclass(frozen=True, slots=True)
class SpokespersonView:
    """What the page reads."""

    zone: str
    lines: tuple[ClearedLine, ...]
    speakers: tuple[Contact, ...]
    said: tuple[SaidLine, ...]


class SpokespersonPage(Page):
    """The page of who answers by name."""

    name: ClassVar[str] = "spokesperson"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.DraftChanged, ev.FactsChanged, ev.CommitmentChanged, ev.IncidentChanged, ev.ContactsChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: SpokespersonView | None = None
        self._arriving = True
        self.speaker = QuietCombo("")
        self.to = QLineEdit(maxLength=200)
        self._speaker, self._to = Field("", self.speaker), Field("", self.to)
        self._lines, self._said = Panel("-", flush=True), Panel("-", flush=True)
        self._line_rows, self._said_rows = PressList(), QWidget()
        self._empty, self._nothing = EmptyState(), EmptyState()
        self._rows = QStackedWidget()
        self._work = QStackedWidget()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._said_rows)
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        asking = QHBoxLayout()
        asking.setContentsMargins(12, 0, 12, 8)
        asking.setSpacing(GUTTER)
        asking.addWidget(self._speaker, 1)
        asking.addWidget(self._to, 1)
        self._rows.addWidget(scrolled(self._line_rows))
        self._rows.addWidget(self._empty)
        self._lines.body.addLayout(asking)
        self._lines.body.addWidget(self._rows, 1)
        self._said.body.addWidget(scrolled(self._said_rows), 1)
        self._said.setFixedWidth(SIDE_WIDTH)
        desk = QWidget()
        line = QHBoxLayout(desk)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._lines, 1)
        line.addWidget(self._said)
        nothing = Panel()
        nothing.body.addWidget(self._nothing)
        self._work.addWidget(desk)
        self._work.addWidget(nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.addWidget(self._work)

    def query(self) -> Callable[[], SpokespersonView | None]:
        """The lines that stand, who may speak, and what was said."""
        desk, incident_id = self.context.desk, self.incident_id

        def read() -> SpokespersonView | None:
            if incident_id is None:
                return None
            mode = desk.spokesperson
            zone = desk.incidents.get(incident_id).zone
            return SpokespersonView(zone, mode.lines(incident_id), mode.speakers(incident_id), mode.said(incident_id))

        return read

    def show_(self, view: Any) -> None:
        """Show them; the speaker and whom it is for stay."""
        before, self._shown = self._shown, view
        self._work.setCurrentIndex(0 if view is not None else 1)
        if view is None:
            return
        if before is None or before.speakers != view.speakers:
            chosen = self.speaker.currentData()
            self.speaker.clear()
            for person in view.speakers:
                self.speaker.addItem(clamp(", ".join(filter(None, (person.name, person.title))), 80), person.slug)
            self.speaker.setCurrentIndex(max(self.speaker.findData(chosen), 0))
        self._rows.setCurrentIndex(0 if view.lines and view.speakers else 1)
        key = "empty" if view.speakers else "nobody"
        self._empty.set_text(self.texts(f"spokesperson.{key}"), self.texts(f"spokesperson.{key}_hint"))
        self._line_rows.show_rows((line, self._line_row(line, view.zone)) for line in view.lines)
        self._show_said(view)
        self._arriving = self._arriving and not self._line_rows.walk()

    def shown(self) -> None:
        """The keys walk the lines."""
        self._arriving = not self._line_rows.walk()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        self._lines.set_title(texts("spokesperson.title"), texts("spokesperson.hint"))
        self._speaker.set_label(texts("spokesperson.speaker"))
        self._to.set_label(texts("spokesperson.to"))
        self._nothing.set_text(texts("spokesperson.no_incident"), texts("spokesperson.no_incident_hint"))
        super().retranslate()

    def rows(self) -> tuple[PressRow, ...]:
        """The lines in their order."""
        return self._line_rows.rows()

    def _line_row(self, line: ClearedLine, zone: str) -> PressRow:
        texts, lang = self.texts, self.texts.lang
        at = when(line.since, zone, texts, ref=self.context.desk.clock.now())
        origin = texts("spokesperson.origin", what=line.purpose.get(lang), time=at)
        if line.cleared_by:
            origin += " · " + texts("spokesperson.cleared", who=", ".join(line.cleared_by))
        row = PressRow(self.context.theme, line.text.get(lang))
        column = QVBoxLayout(row)
        column.setContentsMargins(12, 8, 12, 9)
        column.setSpacing(2)
        column.addWidget(SafeLabel(line.text.get(lang), "text", wrap=True))
        column.addWidget(SafeLabel(origin, "small", elide=True))
        row.pressed.connect(lambda: self.say_(line))
        return row

    def _show_said(self, view: SpokespersonView) -> None:
        note = "" if view.said else self.texts("spokesperson.said_none")
        self._said.set_title(self.texts("spokesperson.said"), note)
        column = self._said_rows.layout()
        assert isinstance(column, QVBoxLayout)
        clear(column)
        for one in view.said[:30]:
            at = when(one.at, view.zone, self.texts, ref=self.context.desk.clock.now())
            head = " · ".join(filter(None, (at, one.who, self.texts("spokesperson.for", who=one.to) if one.to else "")))
            entry = QWidget()
            inside = QVBoxLayout(entry)
            inside.setContentsMargins(12, 6, 12, 6)
            inside.setSpacing(1)
            inside.addWidget(SafeLabel(head, "muted", wrap=True))
            inside.addWidget(SafeLabel(one.text, "text", wrap=True))
            column.addWidget(entry)
        column.addStretch(1)

    def say_(self, line: ClearedLine) -> None:
        """Copy a line with the speaker's name under it; what is no longer cleared is refused by the desk."""
        incident_id, desk, lang = self.incident_id, self.context.desk, self.texts.lang
        speaker, to = str(self.speaker.currentData() or ""), self.to.text().strip()
        if incident_id is None or not speaker:
            return

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.context.say("✓ " + self.texts("spokesperson.copied", text=clamp(text, 80)))
            self.refresh()

        self.context.bridge.call(lambda: desk.spokesperson.say(incident_id, line.digest, speaker, lang, to), copied)
