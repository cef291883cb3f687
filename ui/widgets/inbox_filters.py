"""What the inbox is narrowed by: one box for each thing; sets of them are kept under a name, on a line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.model.area import Area
from crisisdesk.model.inbox import MINE, Reply, Sought
from crisisdesk.model.mention import Sentiment
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from ui.widgets.button import Button
from ui.widgets.flow import Flow

_LANGUAGES: Final = ("es", "en", "pt")
_ANY: Final = "*"
_NAME: Final = 40
_NARROW: Final = ("type", "sentiment", "language", "reply", "assignee", "hours", "source", "area")
_HOURS: Final = (1, 4, 24, 72, 168)
"""How far back the box of the time goes, in hours until now."""


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
        self.boxes = {name: QComboBox() for name in (*_NARROW, "saved")}
        self.name = QLineEdit(maxLength=_NAME)
        self.keep = Button("", self._keep, kind="quiet")
        self.drop = Button("", self._drop, kind="quiet")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 6, 12, 6)
        whole.setSpacing(6)
        line = Flow(6, even=True)
        whole.addLayout(line)
        for name, box in self.boxes.items():
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(100)
            box.activated.connect(self._recall if name == "saved" else self._tell)
            if name != "saved":
                line.addWidget(box)
        self._kept = QWidget()
        kept = QHBoxLayout(self._kept)
        kept.setContentsMargins(0, 0, 0, 0)
        kept.setSpacing(6)
        self.name.returnPressed.connect(self._keep)
        kept.addWidget(self.boxes["saved"], 2)
        kept.addWidget(self.name, 2)
        kept.addWidget(self.keep)
        kept.addWidget(self.drop)
        kept.addStretch(3)
        whole.addWidget(self._kept)
        self.put(Sought(), {}, (), {})

    def put(
        self,
        sought: Sought,
        types: Mapping[str, Bilingual],
        sources: Sequence[str],
        saved: Mapping[str, Sought],
        people: Sequence[str] = (),
        areas: Sequence[Area] = (),
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
        since = [(str(hours), texts("inbox.since", n=hours)) for hours in sorted({*_HOURS, sought.hours} - {0})]
        self._offer("hours", since, str(sought.hours) if sought.hours else _ANY)
        has = [(MINE, texts("inbox.assign.mine")), ("", texts("inbox.assign.unassigned"))]
        named_people = sorted({*people, sought.assignee or MINE} - {MINE})
        has += [(one, texts("inbox.assign.of", name=one_line(one, 40))) for one in named_people]
        self._offer("assignee", has, _ANY if sought.assignee is None else sought.assignee)
        self._offer("area", [(str(a.id), one_line(a.name, 40)) for a in areas], str(sought.area or _ANY))
        self.boxes["area"].setVisible(bool(areas))
        self.name.setPlaceholderText(texts("inbox.filter.name"))
        self.name.setAccessibleName(texts("inbox.filter.name"))
        self.keep.set_text(texts("inbox.filter.keep"))
        self.drop.set_text(texts("inbox.filter.drop"))
        self.drop.setVisible(self.boxes["saved"].currentData() != _ANY)
        self.boxes["saved"].setVisible(bool(saved))
        self._kept.setVisible(bool(saved) or bool(sought))

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
            hours=int(chosen.get("hours", 0)),
            assignee=chosen.get("assignee"),
            area=int(chosen["area"]) if "area" in chosen else None,
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
