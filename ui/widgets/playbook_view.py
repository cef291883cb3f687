"""The playbook in use, what the checks say about it, and trying another file without losing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.playbook import Level, Playbook
from crisisdesk.playbooks.phrases import echo
from crisisdesk.words import duration
from ui.context import Context
from ui.models.columns import Cell, Look, outside
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.choose import choose_file
from ui.widgets.findings import Findings
from ui.widgets.panel import Panel, clear
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared, overdue
from ui.widgets.sheet import Sheet

Inspected = tuple[Playbook | None, tuple[Finding, ...]]


def level_cells(level: Level, look: Look) -> tuple[Cell, ...]:
    """Number and name, its thresholds as sentences, how often it speaks, and whom it wakes."""
    texts = look.texts
    rules = "  ·  ".join(echo(one, texts.lang) for one in level.activates) or texts("preparation.no_threshold")
    pace = texts("preparation.every", duration=duration(level.public_cadence, texts)) if level.public_cadence else "—"
    return (
        Cell(text=str(level.number), bold=True),
        Cell(text=level.name.get(texts.lang), bold=True),
        Cell(text=rules),
        Cell(text=pace, token="muted"),
    )


def _day(one: date, look: Look) -> str:
    return look.texts("words.day_year", day=one.day, month=look.texts(f"words.month.m{one.month}"), year=one.year)


class PlaybookView(QWidget):
    """Shows the playbook in use; another file is looked at first and used only when nothing blocks.

    Signals:
        changed: another playbook is in use.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._look = look
        self._path: Path | None = None
        theme = context.theme
        self._current = Panel(" ")
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        self.levels = Sheet(
            (("", 36, True), ("preparation.column.level", 130, False), ("preparation.column.threshold", 0, False),
             ("preparation.column.cadence", 120, False)), look, theme, row=62, lines=3)  # fmt: skip
        self._checks = Panel(" ", flush=True)
        self.findings = Findings(look, theme)
        self._other = Panel(" ")
        self.path = QLineEdit(maxLength=4000)
        self._choose = Button("", self._ask_where)
        self.look_at = Button("", self.inspect)
        self._verdict = Badge()
        self._said = SafeLabel("", wrap=True)
        self.use = Button("", self._use, kind="primary")
        self._leave = Button("", self.leave, kind="quiet")
        self.other_findings = Findings(look, theme)
        self.path.returnPressed.connect(self.inspect)
        self._lay_out()
        self.leave()

    def _lay_out(self) -> None:
        self._current.body.addLayout(self._facts)
        self._current.body.addWidget(self.levels)
        self._checks.body.addWidget(self.findings)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.path, 1)
        line.addWidget(self._choose)
        line.addWidget(self.look_at)
        verdict = QHBoxLayout()
        verdict.setSpacing(GAP)
        verdict.addWidget(self._verdict)
        verdict.addWidget(self._said, 1)
        verdict.addWidget(self.use)
        verdict.addWidget(self._leave)
        self._other.body.addLayout(line)
        self._other.body.addLayout(verdict)
        self._other.body.addWidget(self.other_findings)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        for panel in (self._current, self._other, self._checks):
            whole.addWidget(panel)
        whole.addStretch(1)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the playbook in use."""
        self._look = look
        texts, book = look.texts, now.playbook
        self._current.set_title(texts("preparation.playbook_in_use"), outside(book.title.get(texts.lang), 120))
        clear(self._facts)
        name = texts("preparation.playbook_name", id=book.id, version=book.version)
        self._add("name", name, texts("preparation.language_list", list=", ".join(book.languages)))
        reviewed = _day(book.reviewed, look) if book.reviewed else texts("preparation.never")
        note = texts("preparation.review_overdue") if overdue(book, now.today) else ""
        self._add("reviewed", reviewed, f"◆ {note}" if note else "")
        self._add("owner", outside(book.owner, 80) or "—")
        counts = texts(
            "preparation.contents", roles=len(book.roles), ladders=len(book.ladders), phases=len(book.phases),
            tasks=sum(len(phase.tasks) for phase in book.phases), templates=len(book.templates),
        )  # fmt: skip
        self._add("contents", counts)
        self.levels.put([level_cells(level, look) for level in sorted(book.levels, key=lambda one: -one.number)], look)
        self.levels.setAccessibleName(texts("preparation.levels"))
        self._put_checks(now.findings)
        self._retranslate()

    def _put_checks(self, findings: Sequence[Finding]) -> None:
        texts = self._look.texts
        self._checks.set_title(texts("preparation.findings"), texts("preparation.finding_count", n=len(findings)))
        self.findings.put_findings(findings, self._look)
        self.findings.setVisible(bool(findings))

    def _add(self, name: str, value: str, note: str = "") -> None:
        self._facts.addWidget(Row(self._look.texts(f"preparation.playbook.{name}"), value, note, label_width=110))

    def _retranslate(self) -> None:
        texts = self._look.texts
        self._other.set_title(texts("preparation.other_playbook"), texts("preparation.other_hint"))
        self.path.setPlaceholderText(texts("preparation.path"))
        self.path.setAccessibleName(texts("preparation.path"))
        self._choose.set_text(texts("preparation.choose_file"))
        self.look_at.set_text(texts("preparation.look_at"))
        self.use.set_text(texts("preparation.use"))
        self._leave.set_text(texts("preparation.leave"))

    # Another file

    def inspect(self) -> None:
        """Look at the file without using it."""
        path = Path(self.path.text().strip()).expanduser()
        desk = self._context.desk
        self._path = path
        read: Callable[[], Inspected] = lambda: desk.playbooks.inspect(path)  # noqa: E731
        self._context.bridge.read(read, self._inspected, self._failed)

    def _inspected(self, found: Inspected) -> None:
        playbook, findings = found
        texts = self._look.texts
        errors = sum(one.severity is Severity.ERROR for one in findings)
        kind = "danger" if playbook is None else "promise" if findings else "done"
        self._verdict.set_badge(texts(f"preparation.verdict.{kind}"), kind)
        said = texts("preparation.verdict_counts", errors=errors, warnings=len(findings) - errors)
        if playbook is None:
            said = f"{said}. {texts('preparation.old_stays')}"
        else:
            name = texts("preparation.playbook_name", id=playbook.id, version=playbook.version)
            said = f"{outside(playbook.title.get(texts.lang), 80)} ({name}): {said}"
        self._said.setText(said)
        self.other_findings.put_findings(findings, self._look)
        self.other_findings.setVisible(bool(findings))
        self._show_verdict(usable=playbook is not None)

    def _failed(self, error: CrisisDeskError) -> None:
        texts = self._look.texts
        self._verdict.set_badge(texts("preparation.verdict.danger"), "danger")
        self._said.setText(f"{texts.error(error)} {texts('preparation.old_stays')}")
        self.other_findings.hide()
        self._show_verdict(usable=False)

    def _show_verdict(self, *, usable: bool) -> None:
        for widget in (self._verdict, self._said, self._leave):
            widget.show()
        self.use.setVisible(usable)

    def leave(self) -> None:
        """Forget the other file."""
        self._path = None
        for widget in (self._verdict, self._said, self.use, self._leave, self.other_findings):
            widget.hide()

    def _use(self) -> None:
        desk, path = self._context.desk, self._path
        if path is not None:
            self._context.bridge.call(lambda: desk.playbooks.use(path), self._used, self._failed)

    def _used(self, playbook: Playbook) -> None:
        self.leave()
        self.path.clear()
        self._context.say(self._look.texts("preparation.used", id=playbook.id, version=playbook.version))
        self.changed.emit()

    def _ask_where(self) -> None:
        choose_file(self, self._chosen, self._look.texts("preparation.file_filter"))

    def _chosen(self, file: str) -> None:
        self.path.setText(file)
        self.inspect()
