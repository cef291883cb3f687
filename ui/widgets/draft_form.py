"""A template as a form: one row per field, Spanish and English side by side, times in the incident's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.draft import DraftState, DraftView, FieldValue
from crisisdesk.model.playbook import Bilingual, FieldKind, Playbook, TemplateField
from crisisdesk.plain import clamp
from crisisdesk.words import unlabelled, when
from ui.context import Context
from ui.theme import set_style
from ui.widgets.clock_reading import Toward
from ui.widgets.panel import clear
from ui.widgets.promise_evidence import Evidence
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit

LABEL_WIDTH: Final = 132
LONGEST: Final = 2_000
TIMES: Final = frozenset({FieldKind.TIME, FieldKind.PROMISE, FieldKind.NEXT_UPDATE, FieldKind.DATE})
OWED: Final = frozenset({FieldKind.PROMISE, FieldKind.NEXT_UPDATE})
SAME_IN_BOTH: Final = frozenset({FieldKind.LINK, FieldKind.PERSON})


@dataclass(frozen=True, slots=True)
class FormWords:
    """What a form needs to know beside the draft: the zone, the roles that may give a time, all roles, and people."""

    zone: str
    givers: tuple[tuple[str, str], ...]
    people: Mapping[str, str]

    @classmethod
    def of(cls, playbook: Playbook, zone: str, lang: str, people: Mapping[str, str]) -> FormWords:
        """The words for a playbook: roles that may give a time come first."""
        allowed = playbook.commitments.may_give_time
        roles = sorted(playbook.roles, key=lambda role: role.id not in allowed)
        return cls(zone, tuple((role.id, role.name.get(lang) or role.id) for role in roles), people)


class TypedLine(QLineEdit):
    """One language of a field. Return on an empty line takes what the truth sheet suggests, else goes on."""

    taken = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(maxLength=LONGEST)
        self.setAccessibleName(name)
        self.suggestion = ""

    def suggest(self, text: str, shown: str) -> None:
        """Offer ``text``; ``shown`` stands in the empty line."""
        self.suggestion = text
        self.setPlaceholderText(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the suggestion or goes to the next field; with Ctrl it is the page's."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            event.ignore()
            return
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not self.text().strip() and self.suggestion:
            self.taken.emit()
        else:
            self.focusNextChild()


class QuietCombo(QComboBox):
    """A choice that the wheel changes only while it has the focus."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to what scrolls."""
        if event.type() == QEvent.Type.Wheel and not self.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class ComboLine(QLineEdit):
    """The line inside a choice that may also be typed: the choice has the border, not the line."""

    def __init__(self, longest: int) -> None:
        super().__init__(maxLength=longest)
        self.setStyleSheet("border: 0; padding: 0; min-height: 0; background: transparent;")


class FieldRow(QObject):
    """One field: what it is called and where it is typed.

    Signals:
        edited: a person changed it.
    """

    edited = Signal()

    def __init__(self, field: TemplateField, label: str, context: Context) -> None:
        super().__init__()
        self.field, self.label_text, self.context = field, label, context
        self.dirty = False
        self.suggestion: FieldValue | None = None
        self.label = SafeLabel("", "muted", wrap=True)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.editors: tuple[QWidget, ...] = ()

    def value(self) -> FieldValue:
        """What stands in it now."""
        raise NotImplementedError

    def put(self, value: FieldValue) -> None:
        """Show a stored value."""
        raise NotImplementedError

    def suggest(self, value: FieldValue | None) -> None:
        """Offer a value, or nothing."""
        self.suggestion = value

    def take(self) -> None:
        """Take what is suggested into an empty field."""
        if self.suggestion is not None and self.value().empty:
            self.put(self.suggestion)
            self._changed()

    def focused(self) -> bool:
        """Whether a person is in it."""
        return any((editor.focusProxy() or editor).hasFocus() for editor in self.editors)

    def mark(self) -> None:
        """Show whether it blocks: an empty required field has its ◆."""
        missing = self.value().empty and not self.field.optional
        self.label.setText(f"◆ {self.label_text}" if missing else self.label_text)
        set_style(self.label, rank="promise" if missing else "muted")
        said = self.context.texts("drafting.form.empty_name", label=self.label_text)
        if self.editors:
            self.editors[0].setAccessibleDescription(said if missing else "")

    def _changed(self) -> None:
        self.dirty = True
        self.mark()
        self.edited.emit()


class TextRow(FieldRow):
    """A text in both languages, or one text for both."""

    def __init__(self, field: TemplateField, label: str, context: Context) -> None:
        super().__init__(field, label, context)
        langs = ("",) if field.kind in SAME_IN_BOTH else ("es", "en")
        texts = context.texts
        self.lines = tuple(TypedLine(f"{label}, {texts(f'drafts.lang.{la}')}" if la else label) for la in langs)
        self.editors = self.lines
        self._fact: int | None = None
        for line in self.lines:
            line.textEdited.connect(self._typed)
            line.taken.connect(self.take)
            line.setProperty("field", field.name)

    def value(self) -> FieldValue:
        """Both languages; the fact it came from while its words were not touched."""
        return FieldValue(text=Bilingual(self.lines[0].text(), self.lines[-1].text()), fact_id=self._fact)

    def put(self, value: FieldValue) -> None:
        """Show both languages."""
        self._fact = value.fact_id
        for line, text in zip(self.lines, (value.text.es, value.text.en), strict=False):
            if line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)
        self.mark()

    def suggest(self, value: FieldValue | None) -> None:
        """Show the suggestion where the line is empty."""
        super().suggest(value)
        pair = (value.text.es, value.text.en) if value is not None else ("", "")
        for line, text in zip(self.lines, pair, strict=False):
            shown = self.context.texts("drafting.form.suggestion", value=clamp(text, 80)) if text else ""
            line.suggest(text, shown)

    def _typed(self, _text: str) -> None:
        self._fact = None
        self._changed()


class TimeRow(FieldRow):
    """A time; a promise also says who gives it, and above the limit what speaks for it."""

    def __init__(self, field: TemplateField, label: str, context: Context, words: FormWords, incident_id: int) -> None:
        super().__init__(field, label, context)
        owed, day_only = field.kind in OWED, field.kind is FieldKind.DATE
        toward = Toward.FUTURE if owed or day_only else Toward.PAST
        self.time = TimeEdit(context, toward=toward, owed=owed, day_only=day_only, name=label)
        self.time.set_zone(words.zone)
        self.time.line.setProperty("field", field.name)
        self.time.changed.connect(self._changed)
        self.time.submitted.connect(self.time.focusNextChild)
        self.giver = QuietCombo(context.texts("drafting.form.giver"))
        self.giver.setProperty("field", field.name)
        self.giver.addItem(context.texts("drafting.form.giver"), "")
        for role, name in words.givers:
            self.giver.addItem(clamp(name, 60), role)
        self.giver.activated.connect(lambda _index: self._changed())
        self.evidence = Evidence(context)
        self.editors: tuple[QWidget, ...] = (self.time,)
        if field.kind is FieldKind.PROMISE:
            self.editors = (self.time, self.giver, self.evidence.known, self.evidence.known_by)
            self.time.changed.connect(self._weigh)
            self.evidence.edited.connect(self._changed)
            for edit in (self.evidence.known, self.evidence.known_by):
                edit.setProperty("field", field.name)
        self._zone, self._people, self._incident_id = words.zone, words.people, incident_id

    def _weigh(self) -> None:
        if self.field.kind is FieldKind.PROMISE:
            self.evidence.weigh(self._incident_id, self.time.instant())

    def value(self) -> FieldValue:
        """The instant and who gives it."""
        giver = str(self.giver.currentData() or "") if self.field.kind is FieldKind.PROMISE else ""
        known, known_by = self.evidence.told
        return FieldValue(instant=self.time.instant(), giver=giver, known=known, known_by=known_by)

    def put(self, value: FieldValue) -> None:
        """Show the instant and the giver."""
        if value.instant != self.time.instant() or not self.time.line.text():
            self.time.set_instant(value.instant)
        if value.giver and self.giver.findData(value.giver) < 0:
            self.giver.addItem(clamp(self._people.get(value.giver, value.giver), 60), value.giver)
        self.giver.setCurrentIndex(max(self.giver.findData(value.giver), 0))
        self.evidence.put(value.known, value.known_by)
        self._weigh()
        self.mark()

    def suggest(self, value: FieldValue | None) -> None:
        """Show the suggested time in the empty line."""
        super().suggest(value)
        hint = self.context.texts("drafting.time.hint")
        if value is not None and value.instant is not None:
            hint = when(value.instant, self._zone, self.context.texts)
        self.time.line.setPlaceholderText(hint)


class DraftForm(QWidget):
    """All fields of a draft.

    Signals:
        edited: a person changed the field with this name.
        entered: the focus came into the field with this name.
    """

    edited = Signal(str)
    entered = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._rows: dict[str, FieldRow] = {}
        self._shown: tuple[object, ...] = ()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        whole.addLayout(self._grid)
        whole.addStretch(1)

    def show_view(self, view: DraftView, words: FormWords) -> None:
        """Show a draft; what a person is writing right now is left alone."""
        key = (view.draft.id, view.template, words, self._context.lang)
        if key != self._shown:
            self._build(view, words)
            self._shown = key
        locked = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        for name, row in self._rows.items():
            if locked or not (row.dirty or row.focused()):
                row.put(view.draft.values.get(name, FieldValue()))
            row.suggest(None if locked else view.suggestions.get(name))
            self._lock(row, locked)
            row.mark()

    def rows(self) -> dict[str, FieldRow]:
        """The rows by the field's name."""
        return dict(self._rows)

    def value(self, name: str) -> FieldValue:
        """What stands in a field now."""
        return self._rows[name].value() if name in self._rows else FieldValue()

    def values(self) -> dict[str, FieldValue]:
        """All that stands in the form now."""
        return {name: row.value() for name, row in self._rows.items()}

    def put(self, name: str, value: FieldValue) -> None:
        """Write into a field as if a person had."""
        if name in self._rows:
            self._rows[name].put(value)
            self._rows[name].dirty = True
            self.edited.emit(name)

    def saved(self, values: dict[str, FieldValue]) -> None:
        """These values are stored: what has not changed since is clean."""
        for name, value in values.items():
            if name in self._rows and self._rows[name].value() == value:
                self._rows[name].dirty = False

    def suggested(self) -> tuple[str, ...]:
        """Names of the empty fields that have a suggestion."""
        return tuple(n for n, row in self._rows.items() if row.suggestion is not None and row.value().empty)

    def take_suggestions(self) -> None:
        """Take every suggestion into its empty field and go to the first that is still empty."""
        for name in self.suggested():
            self._rows[name].take()
        self.go_to_empty()

    def go_to(self, name: str) -> None:
        """Put the cursor into a field."""
        if name in self._rows and self._rows[name].editors:
            self._rows[name].editors[0].setFocus()

    def go_to_empty(self) -> None:
        """Put the cursor into the first required field that is empty, else into the first field."""
        empty = (n for n, row in self._rows.items() if row.value().empty and not row.field.optional)
        self.go_to(next(empty, next(iter(self._rows), "")))

    def _build(self, view: DraftView, words: FormWords) -> None:
        clear(self._grid)
        for row in self._rows.values():
            row.deleteLater()
        self._rows = {}
        for place, field in enumerate(view.template.fields):
            row = self._row(field, words, view.draft.incident_id)
            self._rows[field.name] = row
            row.edited.connect(lambda name=field.name: self.edited.emit(name))
            self._grid.addWidget(row.label, place, 0)
            self._place(row, place)
            for editor in row.editors:
                editor.show()  # at once, so that it can take the focus
                (editor.focusProxy() or editor).installEventFilter(self)

    def _row(self, field: TemplateField, words: FormWords, incident_id: int) -> FieldRow:
        label = field.label.get(self._context.lang) or unlabelled(field.name, self._context.texts)
        if field.optional:
            label = f"{label} · {self._context.texts('drafting.form.optional')}"
        if field.kind in TIMES:
            return TimeRow(field, label, self._context, words, incident_id)
        return TextRow(field, label, self._context)

    def _place(self, row: FieldRow, place: int) -> None:
        if isinstance(row, TimeRow):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(row.time, 1)
            whole = QVBoxLayout()
            whole.setSpacing(4)
            whole.addLayout(line)
            if row.field.kind is FieldKind.PROMISE:
                line.addWidget(row.giver, 1)
                whole.addWidget(row.evidence)
            self._grid.addLayout(whole, place, 1, 1, 2)
        elif len(row.editors) == 1:
            self._grid.addWidget(row.editors[0], place, 1, 1, 2)
        else:
            for column, editor in enumerate(row.editors, 1):
                self._grid.addWidget(editor, place, column)

    def _lock(self, row: FieldRow, locked: bool) -> None:
        if isinstance(row, TimeRow):
            row.time.set_read_only(locked)
            row.giver.setEnabled(not locked)
            if locked:
                row.evidence.weigh(None, None)
        elif isinstance(row, TextRow):
            for line in row.lines:
                line.setReadOnly(locked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell where the focus is."""
        if event.type() == QEvent.Type.FocusIn and watched.property("field"):
            self.entered.emit(str(watched.property("field")))
        return super().eventFilter(watched, event)
