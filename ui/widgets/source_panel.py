"""Adding a source, trying it out before, changing it and taking it away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.desk.source_form import Filled, SourceKind
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import Mention, SourceHealth
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.source_fields import SourceFields, costs


class SourcePanel(QWidget):
    """The kind, its form, and what can be done with it. The keyring and the network are asked off this thread.

    Signals:
        tried: the mentions that a trial found, newest first.
        changed: a source was added, changed or removed.
    """

    tried = Signal(object)
    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._kinds: dict[str, SourceKind] = {}
        self._filled: Filled | None = None
        self._wanted: tuple[str, str] | None = None
        self._sure = ""
        self._panel = Panel(" ")
        self.kind = QComboBox()
        self._kind = Field("", self.kind)
        self.fields = SourceFields(context.texts)
        self._kept = SafeLabel("", "small", wrap=True)
        self._cost = SafeLabel("", "promise", wrap=True)
        self.said = SafeLabel("", "muted", wrap=True)
        self.try_ = Button("", self._try)
        self.add = Button("", self._add, kind="primary")
        self.remove = Button("", self._remove, kind="quiet")
        self.new = Button("", self.begin, kind="quiet")
        self._lay_out()
        self.kind.activated.connect(lambda _n: self.begin())

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(GAP)
        for widget in (self._kind, self.fields):
            column.addWidget(widget)
        column.addStretch(1)
        self._panel.body.addWidget(scrolled(inside), 1)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        for button in (self.try_, self.add, self.new, self.remove):
            ends.addWidget(button)
        ends.addStretch(1)
        for label in (self._kept, self._cost, self.said):
            self._panel.footer.addWidget(label)
        self._panel.footer.addLayout(ends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)

    def put(self, kinds: tuple[SourceKind, ...], kept_by: str) -> None:
        """Show the kinds there are; what is being typed is not disturbed."""
        texts = self._context.texts
        chosen = self.kind.currentData()
        self._kinds = {one.kind: one for one in kinds}
        self._kind.set_label(texts("listening.kind"))
        self.kind.clear()
        named = ((texts(f"sources.kind.{k}") if texts.has(f"sources.kind.{k}") else k, k) for k in self._kinds)
        for name, kind in sorted(named, key=lambda pair: pair[0].casefold()):
            self.kind.addItem(name, kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen or "feed")))
        self._kept.setText(texts(f"notice.kept_by.{kept_by}"))
        if chosen is None:
            self.begin()
        else:
            self._say_words()

    def retranslate(self) -> None:
        """Say the form again; what was typed stays."""
        kind = self._kinds.get(self.kind.currentData())
        if kind is not None:
            texts, _secrets = self.fields.typed()
            label = self.fields.label.text()
            kept = self._filled.kept if self._filled else frozenset()
            account = self._filled.account if self._filled else ""
            self.fields.put(kind, Filled(kind=kind.kind, account=account, label=label, texts=texts, kept=kept))
            self._say_words()

    def begin(self) -> None:
        """An empty form of the chosen kind."""
        self._filled = self._wanted = None
        kind = self._kinds.get(self.kind.currentData())
        if kind is not None:
            self.fields.put(kind)
            self.tell("")
            self._say_words()

    def show_source(self, health: SourceHealth) -> None:
        """Fill the form with a stored source; one that cannot be set up by hand is told to be so."""
        self._wanted = (health.source, health.account)
        if health.source not in self._kinds:
            self.tell(self._context.texts("listening.by_itself"))
            return
        form, kind, account = self._context.desk.source_form, health.source, health.account
        self._context.bridge.read(lambda: form.filled(kind, account), self._show_filled, self._failed)

    def _show_filled(self, filled: Filled) -> None:
        if self._wanted != (filled.kind, filled.account):
            return
        self._filled = filled
        self.kind.setCurrentIndex(self.kind.findData(filled.kind))
        self.fields.put(self._kinds[filled.kind], filled)
        self.tell("")
        self._say_words()

    def tell(self, words: str, rank: str = "muted") -> None:
        """Say what came of it."""
        self._sure = ""
        self.said.setText(words)
        self.said.setVisible(bool(words))
        set_style(self.said, rank=rank)
        self._say_words()

    def _say_words(self) -> None:
        texts = self._context.texts
        there = self._filled is not None
        self._panel.set_title(texts("listening.change" if there else "listening.new"))
        kind = self._kinds.get(self.kind.currentData())
        cost = costs(kind.cost, texts) if kind else ""
        self._cost.setText(f"◆ {cost}" if cost else "")
        self._cost.setVisible(bool(cost))
        self.try_.set_text(texts("listening.try_sure" if self._sure == "try" else "listening.try"))
        self.add.set_text(texts("listening.save" if there else "listening.add"))
        self.new.set_text(texts("listening.another"))
        self.new.setVisible(there)
        self.remove.set_text(texts("preparation.source_remove_sure" if self._sure == "remove" else "listening.remove"))
        self.remove.set_kind("danger" if self._sure == "remove" else "quiet")
        self.remove.setVisible(there or self._wanted is not None)

    def _busy(self, busy: bool) -> None:
        for button in (self.try_, self.add, self.remove):
            button.setEnabled(not busy)

    def _try(self) -> None:
        kind = self._kinds.get(self.kind.currentData())
        if kind is None:
            return
        if kind.cost and self._sure != "try":
            self._sure = "try"
            self._say_words()
            return
        form, (texts, secrets) = self._context.desk.source_form, self.fields.typed()
        self.tell(self._context.texts("listening.trying"))
        self._busy(True)
        self._context.bridge.read(lambda: form.trial(kind.kind, texts, secrets), self._found, self._failed)

    def _found(self, found: tuple[Mention, ...]) -> None:
        self._busy(False)
        texts = self._context.texts
        if found:
            self.tell("✓ " + texts("listening.found", n=len(found)), "good")
        else:
            self.tell("◆ " + texts("listening.found_none"), "promise")
        self.tried.emit(found)

    def _add(self) -> None:
        kind = self._kinds.get(self.kind.currentData())
        if kind is None:
            return
        (texts, secrets), label = self.fields.typed(), self.fields.label.text().strip()
        watched = self._context.desk.sources
        self.tell(self._context.texts("listening.saving"))
        self._busy(True)
        # The keyring may wait for a person: not on the thread that writes.
        self._context.bridge.read(
            lambda: watched.add(kind.kind, texts, secrets, label=label), self._added, self._failed
        )

    def _added(self, _account: str) -> None:
        self._busy(False)
        self.begin()
        words = self._context.texts("preparation.feed_added")
        self.tell(f"✓ {words}", "good")
        self._context.say(words)
        self.changed.emit()

    def _remove(self) -> None:
        if self._wanted is None:
            return
        if self._sure != "remove":
            self._sure = "remove"
            self._say_words()
            return
        (kind, account), form = self._wanted, self._context.desk.source_form
        self._busy(True)
        self._context.bridge.read(lambda: form.remove(kind, account), self._removed, self._failed)

    def _removed(self, _done: object) -> None:
        self._busy(False)
        self.begin()
        self.tell("✓ " + self._context.texts("listening.removed"))
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._busy(False)
        self.tell(f"▲ {self._context.texts.error(error)}", "danger")
