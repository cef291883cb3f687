"""The VIP lists that an author is on: each a badge that takes them off, and a line that puts them on one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.author import Known
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.plain import one_line
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.panel import clear

_NAME = 40


class VipLists(QWidget):
    """What is typed and sent with Return toggles: on the list, or off it when they are on it already."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._mention = 0
        self._on: tuple[str, ...] = ()
        self.name = QLineEdit(maxLength=_NAME)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self, caseSensitivity=Qt.CaseSensitivity.CaseInsensitive)
        self.name.setCompleter(completer)
        self._badges = QVBoxLayout()
        self._badges.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._badges)
        line = QHBoxLayout()
        line.addWidget(self.name)
        column.addLayout(line)
        self.name.returnPressed.connect(self._toggle)

    def put(self, mention_id: int, on: tuple[str, ...], known: tuple[str, ...]) -> None:
        """Show the lists that the author of a mention is on, and offer the others."""
        texts = self._context.texts
        if mention_id != self._mention:
            self.name.clear()
        self._mention, self._on = mention_id, on
        self._names.setStringList([one_line(name, _NAME) for name in known])
        self.name.setPlaceholderText(texts("inbox.author.list"))
        self.name.setAccessibleName(texts("inbox.author.list"))
        clear(self._badges)
        for name in on:
            shown = one_line(name, _NAME)
            badge = Button(f"★ {shown} ✕", partial(self._change, name, on=False), kind="chip")
            badge.setCheckable(False)
            badge.setAccessibleName(texts("inbox.author.delist", name=shown))
            self._badges.addWidget(badge, 0, Qt.AlignmentFlag.AlignLeft)

    def badges(self) -> tuple[Button, ...]:
        """The badges in their order."""
        items = (self._badges.itemAt(n) for n in range(self._badges.count()))
        found = (item.widget() for item in items if item is not None)
        return tuple(one for one in found if isinstance(one, Button))

    def begin(self) -> None:
        """L: write the name of a list."""
        if self.isVisible():
            self.name.setFocus()

    def _toggle(self) -> None:
        name = " ".join(self.name.text().split())
        if name:
            same = next((one for one in self._on if one.casefold() == name.casefold()), None)
            self._change(same or name, on=same is None)

    def _change(self, name: str, *, on: bool) -> None:
        authors, mention = self._context.desk.authors, self._mention
        verb: Callable[[], Any] = partial(authors.enlist if on else authors.delist, mention, name)
        key = "inbox.author.listed" if on else "inbox.author.unlisted"

        def done(known: Known) -> None:
            self._context.say(self._context.texts(key, name=one_line(name, _NAME)))
            if mention == self._mention:
                self.name.clear()
                self.put(mention, known.lists, tuple(dict.fromkeys((*self._names.stringList(), *known.lists))))

        if mention:
            self._context.bridge.call(verb, done, self._failed)

    def _failed(self, error: CrisisDeskError) -> None:
        self._context.say(self._context.texts("inbox.judge.failed", error=self._context.texts.error(error)))
