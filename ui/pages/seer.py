"""The seer: two beginnings side by side, and how people go on, from our own stored mentions."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from crisisdesk.desk.seer import Sight
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.words import number
from ui.context import Context
from ui.pages.base import Page
from ui.theme import GUTTER, set_style
from ui.widgets.button import Button
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.seer_view import SeerView

PERIODS: Final = (1, 7, 28)
_ANY: Final = ""


class SeerPage(Page):
    """The seer; it asks nobody outside."""

    name: ClassVar[str] = "seer"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._days = 7
        self._sight: Sight | None = None
        self.left, self.right = QLineEdit(maxLength=100), QLineEdit(maxLength=100)
        self.lang, self.country = QComboBox(), QComboBox()
        self.periods = {days: Button("", kind="chip") for days in PERIODS}
        self.look = Button("", self.see, kind="primary")
        self.keep = Button("", self._keep)
        self.view = SeerView(context.theme, self.texts)
        self.said = SafeLabel("", "muted", wrap=True)
        self._lay_out()
        for line in (self.left, self.right):
            line.returnPressed.connect(self.see)
        for choice in (self.lang, self.country):
            choice.activated.connect(lambda _n: self._see_again())
        self.retranslate()

    def _lay_out(self) -> None:
        self._panel = Panel(" ")
        line = QHBoxLayout()
        for stem in (self.left, self.right):
            line.addWidget(stem, 1)
        for button in (self.look, self.keep):
            line.addWidget(button)
        group = QButtonGroup(self)
        for days, chip in self.periods.items():
            group.addButton(chip)
            chip.setChecked(days == self._days)
            chip.clicked.connect(lambda _on=False, days=days: self._set_days(days))
            self._panel.header.addWidget(chip)
        self._panel.header.addWidget(self.lang)
        self._panel.header.addWidget(self.country)
        self._panel.body.addLayout(line)
        self._panel.body.addWidget(self.said)
        self._panel.body.addWidget(scrolled(self.view), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.addWidget(self._panel)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self._panel.set_title(texts("seer.title"), texts("seer.note"))
        for line, key in ((self.left, "left"), (self.right, "right")):
            line.setPlaceholderText(texts(f"seer.{key}"))
            line.setAccessibleName(texts(f"seer.{key}"))
        for days, chip in self.periods.items():
            chip.set_text(texts("voice.days", n=days))
        self.look.set_text(texts("seer.look"))
        self.keep.set_text(texts("seer.keep"))
        self.lang.setAccessibleName(texts("seer.lang"))
        self.country.setAccessibleName(texts("seer.country"))
        if self._sight is None:
            self._offer(self.lang, (), _ANY, "lang")
            self._offer(self.country, (), _ANY, "country")
            self._tell(texts("seer.begin"))
        else:
            self._show(self._sight)
        self.set_keeping()

    def shown(self) -> None:
        """The first beginning is typed first."""
        self.left.setFocus()
        self.set_keeping()

    def set_keeping(self) -> None:
        """What was seen can be kept once there is something, and an incident."""
        self.keep.setEnabled(self._sight is not None and self.incident_id is not None)

    def set_incident(self, incident_id: int | None) -> None:
        """Keep what is seen in another incident."""
        super().set_incident(incident_id)
        self.set_keeping()

    def _set_days(self, days: int) -> None:
        self._days = days
        self._see_again()

    def _see_again(self) -> None:
        if self._sight is not None:
            self.see()

    def see(self) -> None:
        """Look at both beginnings."""
        seer, left, right, days = self.context.desk.seer, self.left.text(), self.right.text(), self._days
        lang, country = str(self.lang.currentData() or ""), str(self.country.currentData() or "")
        self.look.setEnabled(False)
        self.context.bridge.read(
            lambda: seer.look(left, right, days, lang=lang, country=country), self._show, self._failed
        )

    def _show(self, sight: Sight) -> None:
        self._sight = sight
        self.look.setEnabled(True)
        self._offer(self.lang, sight.langs, sight.lang, "lang")
        self._offer(self.country, sight.countries, sight.country, "country")
        self.view.put(sight.left, sight.right, sight.seen)
        texts = self.texts
        words = texts("seer.looked_cut" if sight.cut else "seer.looked", n=number(sight.looked, texts, 0))
        seen = sight.seen
        if not (seen.left or seen.shared or seen.right):
            words = f"{texts('seer.nothing')} {words}"
        self._tell(words)
        self.set_keeping()

    def _offer(self, choice: QComboBox, counts: tuple[tuple[str, int], ...], chosen: str, name: str) -> None:
        texts = self.texts
        choice.clear()
        choice.addItem(texts(f"seer.any_{name}"), _ANY)
        for value, count in counts:
            if value:
                choice.addItem(texts("seer.choice", value=value, n=number(count, texts, 0)), value)
        unknown = sum(count for value, count in counts if not value)
        choice.setAccessibleDescription(texts("seer.unknown", n=number(unknown, texts, 0)))
        choice.setCurrentIndex(max(0, choice.findData(chosen)))

    def _keep(self) -> None:
        seer, sight, incident = self.context.desk.seer, self._sight, self.incident_id
        if sight is not None:
            self.context.bridge.call(lambda: seer.keep(incident, sight), self._kept, self._failed)

    def _kept(self, _done: object) -> None:
        self._tell("✓ " + self.texts("seer.kept"), "good")
        self.context.say(self.texts("seer.kept"))

    def _failed(self, error: CrisisDeskError) -> None:
        self.look.setEnabled(True)
        self._tell(f"▲ {self.texts.error(error)}", "danger")

    def _tell(self, words: str, rank: str = "muted") -> None:
        self.said.setText(words)
        set_style(self.said, rank=rank)
