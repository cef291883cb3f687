"""«Hoja de la verdad»: what we know, don't know and do, who says so and when; facts are added in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.fact import Correction, Fact, FactSection
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import unlabelled, when
from ui.actions import key_of
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.draft_form import ComboLine
from ui.widgets.keycap import KeyCap
from ui.widgets.panel import Panel, clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

LABEL_WIDTH: Final = 96
UPDATE: Final = "actualizacion"


def field_labels(playbook: Playbook, texts: Texts) -> dict[str, str]:
    """What the playbook calls each field that a fact can feed: name → label."""
    fields = (field for template in playbook.templates for field in template.fields)
    found: dict[str, str] = {}
    for field in fields:
        found.setdefault(field.name, field.label.get(texts.lang) or unlabelled(field.name, texts))
    return found


class FactRow(PressRow):
    """One fact; pressing it opens the form to say it anew."""

    def __init__(self, context: Context, fact: Fact, label: str, zone: str) -> None:
        texts = context.texts
        super().__init__(context.theme, lined=False)
        self.fact = fact
        value = fact.value.get(context.lang)
        time = when(fact.said_at, zone, texts, ref=context.desk.clock.now())
        unknown = fact.section is FactSection.DONT_KNOW
        self.said = RunsLabel(
            context.theme,
            (
                Run("◆ ", "promise", bold=True) if unknown else Run(""),
                Run(value, "promise" if unknown else "text"),
                Run(f"  {texts('drafting.sheet.source', who=fact.said_by, time=time)}", "muted"),
                Run("  " + texts("drafting.sheet.proofs", n=len(fact.proofs)), "good") if fact.proofs else Run(""),
            ),
        )
        spoken = texts("drafting.sheet.row", label=label, value=value, who=fact.said_by, time=time)
        self.setAccessibleName(clamp(spoken))
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 5, 4, 5)
        line.setSpacing(GAP)
        named = SafeLabel(label, "muted", wrap=True)
        named.setFixedWidth(LABEL_WIDTH)
        line.addWidget(named, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.said, 1)


class FactForm(QWidget):
    """Add a fact without leaving the page.

    Signals:
        said: section, key, value (a ``Bilingual``), who says so.
        closed: the person is done.
    """

    said = Signal(object, str, object, str)
    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._labels: Mapping[str, str] = {}
        self.sections = QButtonGroup(self)
        self.key, self._key_line = QComboBox(), ComboLine(60)
        self.key.setLineEdit(self._key_line)
        self.key.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.es = QLineEdit(maxLength=1_000)
        self.en = QLineEdit(maxLength=1_000)
        self.said_by = QLineEdit(maxLength=120)
        self.save = Button(on_press=self._save, kind="primary")
        self._close = Button(on_press=self.closed.emit, kind="quiet", key="Esc")
        self._problem = SafeLabel("", "danger", wrap=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for place in range(len(FactSection)):
            chip = Button(kind="chip")
            self.sections.addButton(chip, place)
            chips.addWidget(chip)
        chips.addStretch(1)
        whole.addLayout(chips)
        for line in (self.key, self.es, self.en, self.said_by):
            whole.addWidget(line)
        whole.addWidget(self._problem)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self._close)
        buttons.addStretch(1)
        whole.addLayout(buttons)
        self.sections.button(0).setChecked(True)
        self._key_line.returnPressed.connect(self.es.setFocus)
        for before, after in ((self.es, self.en), (self.en, self.said_by)):
            before.returnPressed.connect(after.setFocus)
        self.said_by.returnPressed.connect(self._save)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for section, chip in zip(FactSection, self.sections.buttons(), strict=True):
            chip.setText(texts(f"drafting.sheet.{section}"))
            chip.setAccessibleName(texts(f"drafting.sheet.{section}"))
        self._key_line.setPlaceholderText(texts("drafting.sheet.key_hint"))
        self.key.setAccessibleName(texts("drafting.sheet.key"))
        for line, key in ((self.es, "es"), (self.en, "en"), (self.said_by, "said_by")):
            line.setPlaceholderText(texts(f"drafting.sheet.{key}"))
            line.setAccessibleName(texts(f"drafting.sheet.{key}"))
        self.save.set_text(texts("drafting.sheet.save"))
        self._close.set_text(texts("drafting.sheet.cancel"))
        self._say("")

    def set_choices(self, labels: Mapping[str, str], people: Sequence[str]) -> None:
        """Offer the playbook's fields as keys, and people as sources."""
        if labels != self._labels:
            self._labels = dict(labels)
            typed = self.key.currentText()
            self.key.clear()
            for name, label in labels.items():
                self.key.addItem(clamp(label, 60), name)
            self.key.setEditText(typed)
        completer = QCompleter([clamp(name, 80) for name in people], self.said_by)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.said_by.setCompleter(completer)

    def begin(self, fact: Fact | None = None) -> None:
        """Start anew, or from a fact that is to be said differently."""
        self._say("")
        if fact is not None:
            self.sections.button(list(FactSection).index(fact.section)).setChecked(True)
            self.key.setEditText(self._labels.get(fact.key, fact.key))
            self.es.setText(fact.value.es)
            self.en.setText(fact.value.en)
            self.es.setFocus()
            self.es.selectAll()
        else:
            for line in (self.es, self.en):
                line.clear()
            self.key.setEditText("")
            self.key.setFocus()

    def section(self) -> FactSection:
        """The section chosen."""
        return tuple(FactSection)[max(self.sections.checkedId(), 0)]

    def key_name(self) -> str:
        """The key: a field's own name when its label was chosen, else what was typed."""
        typed = self.key.currentText().strip()
        return next((name for name, label in self._labels.items() if typed in (clamp(label, 60), name)), typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the form; what was typed stays in it."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _say(self, problem: str) -> None:
        self._problem.setText(f"▲ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))

    def _save(self) -> None:
        texts = self._context.texts
        value = Bilingual(self.es.text().strip(), self.en.text().strip())
        if self.section() is FactSection.DONT_KNOW and not (value.es or value.en):
            value = Bilingual(*(type(texts)(lang)("drafting.sheet.unknown") for lang in ("es", "en")))
        who = self.said_by.text().strip()
        checks = (
            (bool(self.key_name()), "need_key", self.key),
            (bool(value.es or value.en), "need_value", self.es),
            (bool(who), "need_said_by", self.said_by),
        )
        for good, key, editor in checks:
            if not good:
                self._say(texts(f"drafting.sheet.{key}"))
                editor.setFocus()
                return
        self.said.emit(self.section(), self.key_name(), value, who)
        self.begin()


class TruthSheet(Panel):
    """The panel. ``form.said`` asks for a new fact.

    Signals:
        correction_wanted: the template of the text that would correct what is out.
    """

    correction_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__("-")
        self._context = context
        self._shown: tuple[object, ...] = ()
        self.form = FactForm(context)
        self.add = Button(on_press=self.open_form)
        inside = QWidget()
        inside.setProperty("ground", "clear")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(0)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.setContentsMargins(8, 0, 4, 8)
        self.body.addWidget(area, 1)
        self._foot_line = QWidget()
        line = QHBoxLayout(self._foot_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.add)
        line.addWidget(KeyCap(key_of("facts.sheet", context.texts), self._foot_line))
        line.addStretch(1)
        self.footer.addWidget(self._foot_line)
        self.footer.addWidget(self.form)
        self.form.hide()
        self.form.closed.connect(self.close_form)

    def show_facts(
        self,
        facts: Sequence[Fact],
        labels: Mapping[str, str],
        people: Sequence[str],
        *,
        zone: str,
        owed: Sequence[Correction] = (),
    ) -> None:
        """Show the sheet as it stands."""
        texts = self._context.texts
        self.form.set_choices(labels, people)
        key = (tuple(facts), tuple(labels.items()), zone, self._context.lang, tuple(owed))
        if key == self._shown:
            return
        self._shown = key
        self.add.set_text(texts("drafting.sheet.add"))
        doubts = sum(fact.section is FactSection.DONT_KNOW for fact in facts)
        known = texts("drafting.sheet.known", n=len(facts) - doubts)
        said = texts("drafting.sheet.count", known=known, doubts=texts("drafting.sheet.doubts", n=doubts))
        self.set_title(texts("drafting.sheet.title"), said)
        clear(self._column)
        self._corrections(owed, labels, zone)
        for section in FactSection:
            self._section(section, [fact for fact in facts if fact.section is section], labels, zone)
        self._column.addStretch(1)

    def _corrections(self, owed: Sequence[Correction], labels: Mapping[str, str], zone: str) -> None:
        """«Corregir»: published texts that used a fact which has changed; pressing one writes the update."""
        if not owed:
            return
        texts, lang = self._context.texts, self._context.lang
        heading = SafeLabel("▲ " + texts("drafting.sheet.correct").upper(), "danger")
        heading.setContentsMargins(4, 4, 0, 4)
        self._column.addWidget(heading)
        for correction in owed:
            label = labels.get(correction.field) or correction.field
            said = texts(
                "drafting.sheet.correct_row",
                time=when(correction.published_at, zone, texts, ref=self._context.desk.clock.now()),
                channel=clamp(correction.channel, 40) or "—",
                label=label,
                old=clamp(correction.said.value.get(lang), 80),
                new=clamp(correction.stands.value.get(lang), 80),
            )
            row = PressRow(self._context.theme, said, lined=False)
            line = QHBoxLayout(row)
            line.setContentsMargins(4, 5, 4, 5)
            line.addWidget(RunsLabel(self._context.theme, (Run("◆ ", "promise", bold=True), Run(said))), 1)
            row.pressed.connect(lambda: self.correction_wanted.emit(UPDATE))
            self._column.addWidget(row)

    def rows(self) -> tuple[FactRow, ...]:
        """The facts on screen."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(row for row in widgets if isinstance(row, FactRow))

    def open_form(self, fact: Fact | None = None) -> None:
        """Open the form below the sheet."""
        self._foot_line.hide()
        self.form.show()
        self.form.begin(fact)

    def close_form(self) -> None:
        """Back to the sheet."""
        self.form.hide()
        self._foot_line.show()
        self.add.setFocus()

    def _section(self, section: FactSection, facts: Sequence[Fact], labels: Mapping[str, str], zone: str) -> None:
        texts = self._context.texts
        heading = SafeLabel(texts(f"drafting.sheet.{section}").upper(), "section")
        heading.setContentsMargins(4, 4 if section is FactSection.KNOW else 12, 0, 4)
        self._column.addWidget(heading)
        if not facts:
            nothing = SafeLabel(texts(f"drafting.sheet.nothing_{section}"), "muted", wrap=True)
            nothing.setContentsMargins(4, 2, 0, 2)
            self._column.addWidget(nothing)
        for fact in facts:
            label = labels.get(fact.key) or unlabelled(fact.key, texts)
            row = FactRow(self._context, fact, label, zone)
            row.pressed.connect(lambda fact=fact: self.open_form(fact))
            self._column.addWidget(row)
