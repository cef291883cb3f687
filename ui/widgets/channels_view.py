"""The channels through which ladders reach people: each with a form made from its settings, and a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.desk.channels import ChannelView, secret
from crisisdesk.model.errors import CrisisDeskError
from ui.context import Context
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel, clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel, clean_button_text

_LIST, _WIDEST = 280, 520
_STATE = {"": ("○", "muted"), "accepted": ("●", "good"), "delivered": ("✓", "good"), "unknown": ("◆", "promise"),
          "failed": ("▲", "danger")}  # fmt: skip


class ChannelForm(QWidget):
    """One notifier's settings: a line, a choice or a box for each field of its dataclass. Secrets are never shown.

    Signals:
        wanted: kind, plain values, secrets typed now, whether it is switched on.
        tried: kind and the address of a trial.
        unwanted: kind; switch it off and forget its secrets.
    """

    wanted = Signal(str, object, object, bool)
    tried = Signal(str, str)
    unwanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: ChannelView | None = None
        self._shown: object = None
        self.editors: dict[str, QWidget] = {}
        self._about = SafeLabel("", "muted", wrap=True)
        self.enabled = QCheckBox()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        self.save = Button("", self._ask, kind="primary")
        self.forget = Button("", self._forget, kind="quiet")
        self.to = QLineEdit(maxLength=200)
        self.trial = Button("", self._try)
        self.said = SafeLabel("", "muted", wrap=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addWidget(self._about)
        whole.addWidget(self.enabled)
        whole.addLayout(self._rows)
        ends = QHBoxLayout()
        for widget in (self.save, self.forget):
            ends.addWidget(widget)
        ends.addStretch(1)
        whole.addLayout(ends)
        line = QHBoxLayout()
        self.to.setMaximumWidth(_WIDEST - 100)
        line.addWidget(self.to, 1)
        line.addWidget(self.trial)
        line.addStretch(1)
        whole.addLayout(line)
        whole.addWidget(self.said)
        whole.addStretch(1)

    def put(self, view: ChannelView, address: str) -> None:
        """Show a notifier's settings; what is being typed into the same one is not disturbed."""
        texts = self._context.texts
        key = (view, texts.lang)
        if key == self._shown:
            return
        if self._view is None or self._view.kind != view.kind:
            self.to.setText(address)
        self._shown, self._view = key, view
        self._about.setText(texts(f"notice.about.{view.kind}") if texts.has(f"notice.about.{view.kind}") else "")
        self.enabled.setText(clean_button_text(texts("notice.use")))
        self.enabled.setChecked(view.enabled)
        clear(self._rows)
        self.editors = {}
        for field in view.fields:
            editor = self._editor(field, view)
            self.editors[field.name] = editor
            if isinstance(editor, QCheckBox):
                self._rows.addWidget(editor)
                continue
            key_ = f"notice.field.{field.name}"
            hint = texts("notice.field.kept") if field.name in view.kept else ""
            row = Field(texts(key_) if texts.has(key_) else field.name, editor, hint)
            row.setMaximumWidth(_WIDEST)
            self._rows.addWidget(row)
        self.save.set_text(texts("notice.save"))
        self.forget.set_text(texts("notice.forget"))
        self.trial.set_text(texts("notice.try"))
        self.to.setPlaceholderText(texts("notice.field.address_to"))
        self.to.setAccessibleName(texts("notice.field.address_to"))
        if view.tested:
            self.tell(f"{_STATE[view.tested][0]} {texts(f'notice.tested.{view.tested}')}")
        else:
            self.tell("")

    def tell(self, words: str) -> None:
        """Say what came of it."""
        self.said.setText(words)

    def _editor(self, field: Any, view: ChannelView) -> QWidget:
        texts = self._context.texts
        if isinstance(field.default, bool):
            box = QCheckBox(clean_button_text(texts(f"notice.field.{field.name}")))
            box.setChecked(bool(view.values.get(field.name, field.default)))
            return box
        if field.metadata.get("choices"):
            choice = QComboBox()
            choice.addItems([str(c) for c in field.metadata["choices"]])
            choice.setCurrentText(str(view.values.get(field.name, field.default)))
            return choice
        line = QLineEdit(maxLength=500)
        if secret(field):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        else:
            line.setText(str(view.values.get(field.name, field.default)))
        return line

    def typed(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Plain values, and the secrets that were typed now."""
        assert self._view is not None
        plain: dict[str, Any] = {}
        secrets: dict[str, str] = {}
        for field in self._view.fields:
            editor = self.editors[field.name]
            if isinstance(editor, QCheckBox):
                plain[field.name] = editor.isChecked()
            elif isinstance(editor, QComboBox):
                plain[field.name] = editor.currentText()
            elif isinstance(editor, QLineEdit):
                (secrets if secret(field) else plain)[field.name] = editor.text().strip()
        return plain, secrets

    def _ask(self) -> None:
        if self._view is not None:
            plain, secrets = self.typed()
            self.wanted.emit(self._view.kind, plain, secrets, self.enabled.isChecked())

    def _try(self) -> None:
        if self._view is not None:
            self.tell("…")
            self.tried.emit(self._view.kind, self.to.text().strip())

    def _forget(self) -> None:
        if self._view is not None:
            self.unwanted.emit(self._view.kind)


class ChannelsView(QWidget):
    """The list of channels and the form of the one that is chosen."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._kind = ""
        self._views: dict[str, ChannelView] = {}
        self._shown: object = None
        self._left, self._right = Panel(" ", flush=True), Panel(" ")
        self._left.setFixedWidth(_LIST)
        self._column_host = QWidget()
        self._column = QVBoxLayout(self._column_host)
        self._column.setContentsMargins(1, 0, 1, 0)
        self._column.setSpacing(0)
        self._left.body.addWidget(scrolled(self._column_host), 1)
        self.form = ChannelForm(context)
        area: QScrollArea = scrolled(self.form)
        self._right.body.addWidget(area, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._left)
        line.addWidget(self._right, 1)
        self.form.wanted.connect(self._save)
        self.form.tried.connect(self._try)
        self.form.unwanted.connect(self._forget)

    def put(self, views: Sequence[ChannelView], kept_by: str) -> None:
        """Show them; ``kept_by`` says who keeps the secrets."""
        texts = self._context.texts
        self._views = {view.kind: view for view in views}
        self._left.set_title(texts("notice.channels"), texts("notice.in_use", n=sum(v.enabled for v in views)))
        if not self._kind and views:
            self._kind = sorted(views, key=lambda v: (not v.enabled, v.kind))[0].kind
        key = (tuple(views), texts.lang, self._kind)
        if key != self._shown:
            self._shown = key
            clear(self._column)
            for view in sorted(views, key=lambda v: (not v.enabled, v.kind)):
                self._column.addWidget(self._row(view))
            self._column.addStretch(1)
        if self._kind in self._views:
            self._right.set_title(texts(f"notice.kind.{self._kind}"), texts(f"notice.kept_by.{kept_by}"))
            self.form.put(self._views[self._kind], "")

    def choose(self, kind: str) -> None:
        """Show the form of a channel."""
        self._kind, self._shown = kind, None
        self._context.bridge.read(self._context.desk.channels.list, self._listed)

    def _listed(self, views: Sequence[ChannelView]) -> None:
        self.put(views, self._kept)

    _kept = "keyring"

    def set_kept(self, kept_by: str) -> None:
        """Remember who keeps the secrets."""
        self._kept = kept_by

    def _row(self, view: ChannelView) -> PressRow:
        texts = self._context.texts
        name = texts(f"notice.kind.{view.kind}")
        state = texts("notice.on" if view.enabled else "notice.off")
        row = PressRow(self._context.theme, f"{name}: {state}")
        row.set_chosen(view.kind == self._kind)
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 8, 12, 9)
        line.addWidget(SafeLabel(name, "strong" if view.enabled else "muted", elide=True), 1)
        mark, tone = _STATE[view.tested] if view.enabled else _STATE[""]
        line.addWidget(RunsLabel(self._context.theme, (Run(f"{mark} {state}", tone),)))
        row.pressed.connect(lambda kind=view.kind: self.choose(kind))
        return row

    def _save(self, kind: str, values: object, secrets: object, enabled: bool) -> None:
        desk, texts = self._context.desk, self._context.texts
        assert isinstance(values, Mapping) and isinstance(secrets, Mapping)
        self._context.bridge.read(  # a locked keyring may wait for a person: not on the thread that writes
            lambda: desk.channels.save(kind, values, secrets, enabled=enabled),
            lambda _done: self._saved(texts("notice.saved")),
            self._failed,
        )

    def _saved(self, words: str) -> None:
        self.form.tell(f"✓ {words}")
        self._context.say(words)

    def _try(self, kind: str, address: str) -> None:
        desk = self._context.desk
        self._context.bridge.read(lambda: desk.paging.trial(kind, address), self._tried, self._failed)

    def _tried(self, result: str) -> None:
        self.form.tell(f"{_STATE[result][0]} {self._context.texts(f'notice.tested.{result}')}")

    def _failed(self, error: CrisisDeskError) -> None:
        self.form.tell(f"▲ {self._context.texts.error(error)}")

    def _forget(self, kind: str) -> None:
        desk, texts = self._context.desk, self._context.texts
        self._context.bridge.read(
            lambda: desk.channels.forget(kind), lambda _done: self._saved(texts("notice.forgotten")), self._failed
        )
