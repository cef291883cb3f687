"""What the inbox is narrowed by: one box for each thing, and sets of them kept under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.mention import Sentiment
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from ui.widgets.button import Button

_LANGUAGES: Final = ("es", "en", "pt")
_ANY: Final = "*"
_NAME: Final = 40


class InboxFilters(QWidget):
    """A line of boxes above the list.

    Signals:
        changed: the :class:`Sought` that they say, its search left as it was given.
        kept: a name and the filters to keep under it.
        dropped: a name that is not wanted any more.
    """

    changed = Signal(object)
    kept = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._sought = Sought()
        self._saved: dict[str, Sought] = {}
        self.boxes = {name: QComboBox() for name in ("saved", "type", "sentiment", "language", "reply", "source")}
        self.name = QLineEdit(maxLength=_NAME)
        self.keep = Button("", self._keep, kind="quiet")
        self.drop = Button("", self._drop, kind="quiet")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(6)
        for name, box in self.boxes.items():
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(72)
            box.activated.connect(self._recall if name == "saved" else self._tell)
            line.addWidget(box, 1)
        self.name.setFixedWidth(90)
        self.name.returnPressed.connect(self._keep)
        for widget in (self.name, self.keep, self.drop):
            line.addWidget(widget)
        self.put(Sought(), {}, (), {})

    def put(
        self,
        sought: Sought,
        types: Mapping[str, Bilingual],
        sources: Sequence[str],
        saved: Mapping[str, Sought],
    ) -> None:
        """Show what the inbox is narrowed by, and what it can be."""
        self._sought, self._saved = sought, dict(saved)
        texts = self._texts
        same = [name for name, one in saved.items() if replace(one, search="") == replace(sought, search="")]
        named = [(name, one_line(name, _NAME)) for name in saved]
        self._offer("saved", named, same[0] if same and sought else _ANY)
        kinds = [(key, name.get(texts.lang)) for key, name in types.items()]
        self._offer("type", [("", texts("inbox.detail.no_type")), *kinds], _ANY if sought.type is None else sought.type)
        tones = [(one.value, texts(f"inbox.mark.{one.value}")) for one in Sentiment]
        self._offer("sentiment", tones, sought.sentiment or _ANY)
        languages = [(one, texts(f"inbox.language.{one}")) for one in _LANGUAGES]
        self._offer("language", languages, sought.language or _ANY)
        self._offer("reply", [(one.value, texts(f"inbox.reply.{one.value}")) for one in Reply], sought.reply or _ANY)
        self._offer("source", [(one, one_line(one, 40)) for one in sources], sought.source or _ANY)
        self.name.setPlaceholderText(texts("inbox.filter.name"))
        self.name.setAccessibleName(texts("inbox.filter.name"))
        self.keep.set_text(texts("inbox.filter.keep"))
        self.drop.set_text(texts("inbox.filter.drop"))
        self.drop.setVisible(self.boxes["saved"].currentData() != _ANY)

    def _offer(self, name: str, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        box = self.boxes[name]
        if box.view().isVisible():  # somebody is choosing
            return
        box.setAccessibleName(self._texts(f"inbox.filter.{name}"))
        wanted = [(_ANY, self._texts(f"inbox.filter.{name}")), *choices]
        if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] != wanted:
            box.clear()
            for key, text in wanted:
                box.addItem(text, key)
        box.setCurrentIndex(max(0, box.findData(str(chosen))))

    def _tell(self, _index: int = 0) -> None:
        self.changed.emit(self._said())

    def _said(self) -> Sought:
        data = {name: str(box.currentData()) for name, box in self.boxes.items()}
        chosen = {name: value for name, value in data.items() if value != _ANY}
        return replace(
            self._sought,
            type=chosen.get("type"),
            sentiment=Sentiment(chosen["sentiment"]) if "sentiment" in chosen else None,
            language=chosen.get("language", ""),
            reply=Reply(chosen["reply"]) if "reply" in chosen else None,
            source=chosen.get("source", ""),
        )

    def _recall(self, _index: int = 0) -> None:
        found = self._saved.get(str(self.boxes["saved"].currentData()))
        self.changed.emit(found if found is not None else Sought(search=self._sought.search))

    def _keep(self) -> None:
        name = " ".join(self.name.text().split())
        if not name or not self._sought:
            self.name.setFocus()
            return
        self.name.clear()
        self.kept.emit(name, self._sought)

    def _drop(self) -> None:
        self.dropped.emit(str(self.boxes["saved"].currentData()))
