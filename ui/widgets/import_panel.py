"""Importing a file in the inbox's place: choose, look, change how it is read, import, see the result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.connectors.table import Guess
from crisisdesk.connectors.table import guess as guess_again
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.inbox import Listed
from crisisdesk.model.mention import IngestReport, Verdict
from crisisdesk.words import number, percent, problem_sentence, when, zone_name
from ui.context import Context
from ui.models.columns import MENTIONS, Look
from ui.models.table import RowTable
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.choose import choose_file
from ui.widgets.data_table import DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.import_form import Change, ImportForm
from ui.widgets.import_result import ImportResult
from ui.widgets.keycap import KeyCap
from ui.widgets.panel import Panel, rule
from ui.widgets.safe import SafeLabel

_FORM: Final = 372
_PREVIEWED: Final = MENTIONS[:4]  # time, channel, author, text: what the file itself says


class ImportPanel(QWidget):
    """The whole way of one file; nothing is written before «Importar».

    Signals:
        done: back to the inbox.
    """

    done = Signal()
    _moved = Signal(float)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._texts = context.texts
        self._path: Path | None = None
        self._guess: Guess | None = None
        self._asked = 0
        self._stop = threading.Event()
        self._running = False
        look = self._look()
        self.path = QLineEdit(maxLength=4000)
        self._choose = Button("", self._ask_file)
        self._read = Button("", self.read)
        self._back = Button("", self._leave, kind="quiet")
        self.form = ImportForm(self._texts)
        self._model: RowTable[Listed] = RowTable(_PREVIEWED, look, lambda row: row.id)
        self.preview = DataTable(self._model, context.theme, row=30)
        self._facts = SafeLabel("", "muted", wrap=True)
        self._problems = SafeLabel("", wrap=True, limit=2_000)
        self._empty = EmptyState()
        self.result = ImportResult(look, context.theme)
        self.run_button = Button("", self.run, kind="primary")
        self.stop_button = Button("", self.stop)
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self._said = SafeLabel("", "muted", wrap=True)
        self._lay_out()
        self._connect()
        self._show_stage(self._empty)
        self.retranslate()

    def _look(self) -> Look:
        desk = self._context.desk
        return Look(self._texts, desk.zone, desk.clock.now())

    def _lay_out(self) -> None:
        self._panel = Panel(" ", flush=True)
        self._panel.header.addWidget(self._back)
        self._panel.header.addWidget(KeyCap("Esc"))
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 8)
        head.setSpacing(GAP)
        head.addWidget(self.path, 1)
        head.addWidget(self._choose)
        head.addWidget(self._read)
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for part in (self._facts, self._problems):
            part.setContentsMargins(12, 0, 12, 0)
            column.addWidget(part)
        column.addWidget(self.preview, 1)
        self._rows = rows
        self._stack = QStackedWidget()
        for stage in (self._empty, rows, self.result):
            self._stack.addWidget(stage)
        self._panel.body.addLayout(head)
        self._panel.body.addWidget(self._stack, 1)
        self._foot = QWidget()
        under = QVBoxLayout(self._foot)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(0)
        under.addWidget(rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 10, 12, 10)
        foot.setSpacing(GAP)
        under.addLayout(foot)
        for widget in (self.run_button, self.stop_button, self._said, self.bar):
            foot.addWidget(widget)
        foot.setStretch(2, 1)
        foot.setStretch(3, 1)
        self._panel.body.addWidget(self._foot)
        self._side = Panel(" ")
        self._side.setFixedWidth(_FORM)
        scroll = QScrollArea()
        self.form.setProperty("ground", "clear")
        scroll.setWidget(self.form)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.body.addWidget(scroll)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._panel, 1)
        whole.addWidget(self._side)

    def _connect(self) -> None:
        self.path.returnPressed.connect(self.read)
        self.form.changed.connect(self._change)
        self.result.see.connect(self._leave)
        self.result.another.connect(self.start)
        self.result.replay.connect(self._replay)
        self._moved.connect(self._show_progress)
        escape = QShortcut(QKeySequence("Esc"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._leave)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self._panel.set_title(texts("import.title"), texts("import.hint"))
        self._side.set_title(texts("import.format.title"), "")
        self.path.setPlaceholderText(texts("import.path"))
        self.path.setAccessibleName(texts("import.path_name"))
        self._choose.set_text(texts("import.choose"))
        self._read.set_text(texts("import.read"))
        self._back.set_text(texts("import.back"))
        self._empty.set_text(texts("import.empty_title"), texts("import.empty_body"))
        self.run_button.set_text(texts("import.run"))
        self.stop_button.set_text(texts("import.cancel"))
        self.bar.setAccessibleName(texts("import.progress_name"))
        self.preview.setAccessibleName(texts("import.preview_name"))
        self.form.retranslate()
        self._model.set_look(self._look())

    def _show_stage(self, stage: QWidget) -> None:
        self._stack.setCurrentWidget(stage)
        looking = stage is self._rows
        self._side.setVisible(looking)
        self._foot.setVisible(looking)
        self.run_button.setVisible(not self._running)
        self.stop_button.setVisible(self._running)
        self.bar.setVisible(self._running)
        for widget in (self.path, self._choose, self._read, self.form):
            widget.setEnabled(not self._running)

    # Choosing and looking

    def start(self) -> None:
        """Begin with another file, unless one is being imported."""
        if not self._running:
            self._path = self._guess = None
            self.path.clear()
            self._said.setText("")
            self._show_stage(self._empty)
        self.path.setFocus()

    def _ask_file(self) -> None:
        choose_file(self, self.open_file, self._texts("import.filter"))

    def open_file(self, file: str) -> None:
        """Look at a file."""
        self.path.setText(file)
        self.read()

    def read(self) -> None:
        """Guess how the file in the path field is made, and show its first rows."""
        if self._running or not self.path.text().strip():
            return
        path = self._path = Path(self.path.text().strip()).expanduser()
        self._empty.set_text(self._texts("import.reading"))
        desk = self._context.desk
        self._guess_with(lambda: desk.importing.guess(path))

    def _change(self, change: Change) -> None:
        path, now = self._path, self._context.desk.clock.now()
        if path is not None:
            self._guess_with(lambda: guess_again(path, change.zone, now=now, **change.given))

    def _guess_with(self, read: Callable[[], Guess]) -> None:
        self._asked += 1
        asked = self._asked
        self._context.bridge.read(lambda: (asked, read()), self._guessed, self._not_guessed)

    def _guessed(self, answer: tuple[int, Guess]) -> None:
        asked, guess = answer
        if asked != self._asked:
            return
        texts = self._texts
        self._guess = guess
        self.form.put(guess)
        rows = [Listed(number_, mention, Verdict()) for number_, mention in enumerate(guess.mentions)]
        self._model.set_look(self._look())
        self._model.show(rows)
        facts = [texts("import.preview")]
        if guess.rows:
            facts.append(
                texts(
                    "import.rows_exact" if guess.rows_exact else "import.rows",
                    n=guess.rows,
                    shown=number(guess.rows, texts),
                )
            )
        if guess.mentions:
            first = guess.mentions[0].published_at
            facts.append(
                texts(
                    "import.times_read",
                    time=when(first, guess.zone, texts, ref=self._context.desk.clock.now()),
                    zone=zone_name(guess.zone, texts),
                )
            )
        self._facts.setText(" · ".join(facts))
        said = [texts(note.key, **dict(note.fields)) for note in guess.notes]
        said += [
            f"{texts('import.problem.row', row=one.row)}: {problem_sentence(one, texts)}" for one in guess.problems
        ]
        self._problems.setText("\n".join(f"◆ {one}" for one in said[:6]))
        self._problems.setVisible(bool(said))
        self._said.setText("")
        self.run_button.setEnabled("text" in guess.columns)
        if "text" not in guess.columns:
            self._said.setText(f"▲ {texts('import.no_text_column')}")
        self._show_stage(self._rows)

    def _not_guessed(self, error: CrisisDeskError) -> None:
        said = self._texts.error(error)
        if self._guess is None:
            self._empty.set_text(said, self._texts("import.hint"))
            self._show_stage(self._empty)
        else:
            self._said.setText(f"▲ {said}")
            self.form.put(self._guess)

    # Importing

    def run(self) -> None:
        """Import the file as it is shown to be read."""
        path, guess, desk = self._path, self._guess, self._context.desk
        if path is None or guess is None or self._running:
            return
        self._stop.clear()
        self._running = True
        self.window().installEventFilter(self)
        self._show_progress(0.0)
        self._show_stage(self._rows)
        self.stop_button.setFocus()

        def progress(share: float) -> bool:
            self._moved.emit(share)
            return not self._stop.is_set()

        self._context.bridge.call(
            lambda: desk.importing.run(path, guess, progress=progress), self._imported, self._failed
        )

    def stop(self) -> None:
        """Stop after the rows that are being written; they stay."""
        if self._running:
            self._stop.set()
            self._said.setText(self._texts("import.stopping"))
            self.stop_button.setEnabled(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that closes does not wait for the rest of the file."""
        if event.type() == QEvent.Type.Close:
            self._stop.set()
        return super().eventFilter(watched, event)

    def _show_progress(self, share: float) -> None:
        self.bar.setValue(round(share * 1000))
        if self._running and not self._stop.is_set():
            self._said.setText(self._texts("import.running", percent=percent(share, self._texts)))

    def _ended(self) -> None:
        self._running = False
        self.window().removeEventFilter(self)
        self.stop_button.setEnabled(True)

    def _imported(self, report: IngestReport) -> None:
        self._ended()
        self._said.setText("")
        self.result.put(report, stopped=self._stop.is_set(), look=self._look())
        self._show_stage(self.result)

    def _failed(self, error: CrisisDeskError) -> None:
        self._ended()
        self._show_stage(self._rows)
        self._said.setText(f"▲ {self._texts.error(error)}")

    def _replay(self) -> None:
        if self._path is not None:
            self._context.act("replay.start", str(self._path))

    def _leave(self) -> None:
        """Back to the inbox; an import goes on, and its result waits here."""
        self.done.emit()
