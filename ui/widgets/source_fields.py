"""The form of one source, built from its kind's options: required ones first, secrets as passwords, its own search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.connectors.options import QUERY, Option
from crisisdesk.desk.source_form import Filled, SourceKind
from crisisdesk.texts import Texts
from crisisdesk.words import number
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import clear
from ui.widgets.safe import clean_button_text

LONGEST: Final = 20_000
"""Characters of a line: a service account's key is a whole JSON text."""


class SourceFields(QWidget):
    """One editor for each option; a secret that is kept is never shown, and an empty line leaves it as it is."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._kind: SourceKind | None = None
        self.editors: dict[str, QWidget] = {}
        self.label = QLineEdit(maxLength=80)
        self.own_search = Button("", kind="chip")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self._search = QWidget()
        self._parts = QVBoxLayout(self._search)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(GAP)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        self._name = Field("", self.label)
        whole.addLayout(self._rows)
        whole.addWidget(self._name)
        whole.addWidget(self.own_search, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addWidget(self._search)
        self.own_search.toggled.connect(self._search.setVisible)
        self._search.hide()

    def put(self, kind: SourceKind, filled: Filled | None = None) -> None:
        """Show the options of a kind, empty or as a stored source has them."""
        texts = self._texts
        self._kind = kind
        has = filled.texts if filled else {}
        kept = filled.kept if filled else frozenset()
        clear(self._rows)
        clear(self._parts)
        self.editors = {}
        for option in sorted(kind.options, key=lambda one: not one.required):
            if option.name != "label":
                self._rows.addWidget(self._row(kind.kind, option, has.get(option.name), option.name in kept))
        for name in QUERY:
            line = QLineEdit(has.get(name, ""), maxLength=2_000)
            self.editors[name] = line
            self._parts.addWidget(Field(texts(f"listening.part.{name}"), line))
        self.label.setText(filled.label if filled and filled.label != filled.account else "")
        self._name.set_label(texts("sources.option.label"))
        self.own_search.set_text(texts("listening.own_search"))
        self.own_search.setChecked(any(has.get(name) for name in QUERY))

    def typed(self) -> tuple[dict[str, str], dict[str, str]]:
        """What stands in the lines now, and the secrets that were typed."""
        assert self._kind is not None
        secret = {option.name for option in self._kind.options if option.secret}
        plain: dict[str, str] = {}
        secrets: dict[str, str] = {}
        for name, editor in self.editors.items():
            if name in QUERY and not self.own_search.isChecked():
                continue
            (secrets if name in secret else plain)[name] = _value(editor)
        return {n: text for n, text in plain.items() if text}, {n: text for n, text in secrets.items() if text}

    def _row(self, kind: str, option: Option, value: str | None, kept: bool) -> QWidget:
        texts = self._texts
        name = _first(texts, (f"sources.option.{kind}_{option.name}", f"sources.option.{option.name}"), option.name)
        now = option.default if value is None else value
        if option.type == "yes_no":
            box = QCheckBox(clean_button_text(name))
            box.setChecked(now == "yes")
            self.editors[option.name] = box
            return box
        if option.choices:
            choice = QComboBox()
            choice.addItems(list(option.choices))
            choice.setCurrentText(now)
            self.editors[option.name] = choice
            return Field(name, choice)
        line = QLineEdit(now if not option.secret else "", maxLength=LONGEST)
        if option.secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self.editors[option.name] = line
        told = f"sources.hint.{option.name}"
        hint = texts(told) if texts.has(told) else texts("listening.with_commas") if option.type == "list" else ""
        if kept:
            hint = texts("listening.kept")
        return Field(name if option.required else texts("listening.optional", name=name), line, hint)


def _first(texts: Texts, keys: tuple[str, ...], name: str) -> str:
    return next((texts(key) for key in keys if texts.has(key)), name)


def _value(editor: QWidget) -> str:
    if isinstance(editor, QCheckBox):
        return "yes" if editor.isChecked() else "no"
    if isinstance(editor, QComboBox):
        return editor.currentText()
    assert isinstance(editor, QLineEdit)
    return editor.text().strip()


def costs(cost: Mapping[str, str], texts: Texts) -> str:
    """What a source costs, in one sentence, or nothing where it is free."""
    if not cost:
        return ""
    units = "; ".join(
        texts("listening.price", unit=_first(texts, (f"listening.unit.{unit}",), unit), price=_price(price, texts))
        for unit, price in cost.items()
    )
    return texts("listening.cost", units=units)


def _price(price: str, texts: Texts) -> str:
    """An exact price in the reader's figures."""
    return number(float(price), texts, len(price.partition(".")[2]))
