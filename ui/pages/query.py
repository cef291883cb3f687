"""What we listen for: the query and its trial on what was heard, share of voice, and the four numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout

from crisisdesk.model.errors import CrisisDeskError, InputError
from crisisdesk.model.events import Event, PreparationChanged
from crisisdesk.model.fault import fault_of
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.voice import Tested, Voices, Watched
from crisisdesk.paths import put_file
from crisisdesk.settings import load
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import Look, outside
from ui.models.table import RowTable
from ui.pages.base import Page
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.data_table import DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel
from ui.widgets.query_form import QueryForm
from ui.widgets.safe import SafeLabel
from ui.widgets.sheet import Sheet
from ui.widgets.source_cells import STORED
from ui.widgets.voice_cells import four_cells, share_cells

PERIODS: Final = (1, 7, 28)
_FORM: Final = 400
_SHARES: Final = (
    ("voice.column.brand", 0, False),
    ("voice.column.mentions", 90, True),
    ("voice.column.share", 80, True),
    ("voice.column.favourable", 100, True),
)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    watched: Watched
    voices: Voices
    look: Look


class QueryPage(Page):
    """The query."""

    name: ClassVar[str] = "query"
    wants: ClassVar[tuple[type[Event], ...]] = (PreparationChanged,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._days = 7
        self._view: View | None = None
        self._result: Tested | None = None
        look = Look(self.texts, context.desk.zone, context.desk.clock.now())
        self.form = QueryForm(self.texts)
        self.said = SafeLabel("", "muted", wrap=True)
        self.save = Button("", self._save, kind="primary")
        self.test = Button("", self._test)
        self.periods = {days: Button("", kind="chip") for days in PERIODS}
        self.shares = Sheet(_SHARES, look, context.theme)
        self.four = four_cells()
        self.method = SafeLabel("", "small", wrap=True)
        self.export = Button("", self._ask_where, kind="quiet")
        self.counted = SafeLabel("", "strong", wrap=True)
        self.words = SafeLabel("", "muted", wrap=True)
        self.found, self.missed = Button("", kind="chip"), Button("", kind="chip")
        self._rows: RowTable[StoredMention] = RowTable(STORED, look, lambda one: one.id)
        self.examples = DataTable(self._rows, context.theme, row=30)
        self._untested = EmptyState()
        self._lay_out()
        self._tell("")
        self.retranslate()

    def _lay_out(self) -> None:
        self._left, self._voice, self._tested = Panel(" "), Panel(" "), Panel(" ")
        self._left.setFixedWidth(_FORM)
        self._left.body.addWidget(self.form, 1)
        ends = QHBoxLayout()
        for button in (self.save, self.test):
            ends.addWidget(button)
        ends.addStretch(1)
        self._left.footer.addWidget(self.said)
        self._left.footer.addLayout(ends)
        group = QButtonGroup(self)
        for days, chip in self.periods.items():
            group.addButton(chip)
            chip.setChecked(days == self._days)
            chip.clicked.connect(lambda _on=False, days=days: self._set_days(days))
            self._voice.header.addWidget(chip)
        self._voice.header.addWidget(self.export)
        numbers = QHBoxLayout()
        numbers.setSpacing(GUTTER)
        for one in self.four.values():
            numbers.addWidget(one, 1)
        self._voice.body.addLayout(numbers)
        self._voice.body.addWidget(self.shares)
        self._voice.body.addWidget(self.method)
        which = QButtonGroup(self)
        self.found.setChecked(True)
        for chip in (self.found, self.missed):
            which.addButton(chip)
            chip.clicked.connect(self._show_rows)
            self._tested.header.addWidget(chip)
        for label in (self.counted, self.words):
            self._tested.body.addWidget(label)
        self._tested.body.addWidget(self.examples, 1)
        self._tested.body.addWidget(self._untested, 1)
        self.examples.hide()
        right = QVBoxLayout()
        right.setSpacing(GUTTER)
        right.addWidget(self._voice)
        right.addWidget(self._tested, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._left)
        whole.addLayout(right, 1)
        self._tested.body.setSpacing(GAP)

    def query(self) -> Callable[[], View]:
        """What we listen for, and what is counted with it."""
        desk, texts, days = self.context.desk, self.texts, self._days

        def read() -> View:
            look = Look(texts, desk.zone, desk.clock.now())
            return View(desk.queries.current(), desk.queries.voices(days, self._brand()), look)

        return read

    def show_(self, view: Any) -> None:
        """Put it on screen; what is being typed is not disturbed."""
        assert isinstance(view, View)
        self._view = view
        self.form.put(view.watched)
        texts, voices = view.look.texts, view.voices
        self._rows.set_look(view.look)
        self.shares.put([share_cells(share, view.look) for share in voices.shares], view.look)
        for name, one in self.four.items():
            one.put(name, voices.four, texts)
        counted = texts("voice.counted", n=number(voices.counted, texts, 0), own=number(voices.own, texts, 0))
        cut = f" {texts('voice.cut')}" if voices.cut else ""
        self.method.setText(f"{texts('voice.method')} {counted}{cut}")

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self._left.set_title(texts("voice.query"), texts("voice.query_note"))
        self._voice.set_title(texts("voice.share"), "")
        self.found.set_text(texts("voice.show_found"))
        self.missed.set_text(texts("voice.show_missed"))
        self._show_rows()
        self.examples.setAccessibleName(texts("voice.tested"))
        self.shares.setAccessibleName(texts("voice.share"))
        for days, chip in self.periods.items():
            chip.set_text(texts("voice.days", n=days))
        self.save.set_text(texts("voice.save"))
        self.test.set_text(texts("voice.test"))
        self.export.set_text(texts("voice.export"))
        self.form.retranslate()
        self.refresh()

    def shown(self) -> None:
        """Counted anew each time it is looked at, and not with every mention: it reads all of them."""
        self.refresh()

    def _brand(self) -> str:
        return load(self.context.desk.paths.settings)[0].brand or self.texts("voice.us")

    def _set_days(self, days: int) -> None:
        self._days = days
        self.refresh()

    def _save(self) -> None:
        queries, typed = self.context.desk.queries, self.form.typed()
        self.context.bridge.call(lambda: queries.save(queries.read(*typed)), self._saved, self._failed)

    def _saved(self, _done: object) -> None:
        self.form.settle()
        self._tell("✓ " + self.texts("voice.saved"))
        self.context.say(self.texts("voice.saved"))
        self.refresh()

    def _test(self) -> None:
        queries, typed, days = self.context.desk.queries, self.form.typed(), self._days
        self._tell("")
        self.test.setEnabled(False)
        self.context.bridge.read(lambda: queries.test(queries.read(*typed), days), self._show_tested, self._failed)

    def _show_tested(self, tested: Tested) -> None:
        self.test.setEnabled(True)
        texts = self.texts
        key = "voice.found_cut" if tested.cut else "voice.found"
        self.counted.setText(texts(key, found=number(tested.found, texts, 0), looked=number(tested.looked, texts, 0)))
        words = [f"{outside(word, 40)} {number(n, texts, 0)}" for word, n in tested.words[:12]]
        words += [f"{outside(name, 40)}: {number(n, texts, 0)}" for name, n in tested.channels[:4]]
        self.words.setText(" · ".join(words))
        self._result = tested
        self._show_rows()

    def _show_rows(self) -> None:
        """The newest that the query finds, or those it misses: what one did not think of is among them."""
        missed = self.missed.isChecked()
        self._tested.set_title(self.texts("voice.tested"), self.texts(f"voice.{'missed' if missed else 'tested'}_note"))
        tested = self._result is not None
        for part in (self.counted, self.words, self.examples, self.found, self.missed):
            part.setVisible(tested)
        self._untested.setVisible(not tested)
        self._untested.set_text(self.texts("voice.untested"), self.texts("voice.untested_hint"))
        if self._result is not None:
            self._rows.show(self._result.missed if missed else self._result.examples)

    def _failed(self, error: CrisisDeskError) -> None:
        self.test.setEnabled(True)
        self._tell(f"▲ {self.texts.error(error)}")

    def _tell(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def _ask_where(self) -> None:
        choose_save(self, self.write, "voces.csv" if self.texts.lang == "es" else "voices.csv")

    def write(self, path: str) -> None:
        """Write the counted rows to ``path``."""
        queries, days, brand = self.context.desk.queries, self._days, self._brand()

        def run() -> str:
            try:
                put_file(Path(path), queries.table(days, brand))
            except OSError as error:
                raise InputError("queries.not_written", path=Path(path).name, reason=fault_of(error)) from None
            return Path(path).name

        self.context.bridge.read(run, self._written, self._failed)

    def _written(self, name: str) -> None:
        self.context.say(self.texts("voice.written", name=name))
