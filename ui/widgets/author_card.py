"""The author of the chosen mention: what they are to us, how much they said, and how they take part."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.author import AuthorCard, Known, Relation
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import StoredMention
from crisisdesk.words import number, percent, when
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.erase_person import ErasePerson
from ui.widgets.safe import SafeLabel, safe_tooltip
from ui.widgets.vip_lists import VipLists

_NONE: Final = "-"


class AuthorCardView(QWidget):
    """Reads the card of a mention's author in the background, and keeps what a person says of them.

    Args:
        place: where L begins to write the name of a VIP list.
    """

    def __init__(self, context: Context, place: QWidget | None = None) -> None:
        super().__init__()
        self._context = context
        self._mention = 0
        self.lists = VipLists(context)
        self.relation = QComboBox()
        self.vip = Button("VIP", self._say, kind="chip")
        self.told = SafeLabel("", "small", wrap=True)
        self.acts = SafeLabel("", "small", wrap=True)
        self.erase = ErasePerson(context)
        line = QHBoxLayout()
        line.addWidget(self.relation)
        line.addWidget(self.vip)
        line.addStretch(1)
        line.addWidget(self.erase.begin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.lists)
        column.addWidget(self.told)
        column.addWidget(self.acts)
        column.addWidget(self.erase)
        self.relation.activated.connect(lambda _index: self._say())
        if place is not None:
            key = QShortcut(QKeySequence("L"), place, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(self.lists.begin)
        self.hide()

    def show_author(self, row: StoredMention | None) -> None:
        """Show the author of a mention, or nobody."""
        self._mention = row.id if row is not None else 0
        if row is None:
            self.hide()
            return
        desk, mention = self._context.desk, row.id
        self._context.bridge.read(
            lambda: (mention, desk.authors.card(mention), tuple(desk.authors.lists())),
            self._show,
            lambda _error: self.hide(),
        )

    def _show(self, answer: tuple[int, AuthorCard | None, tuple[str, ...]]) -> None:
        mention, card, lists = answer
        if mention != self._mention or self.relation.view().isVisible():
            return
        self.setVisible(card is not None)
        if card is None:
            return
        texts, zone = self._context.texts, self._context.desk.zone
        self.relation.clear()
        self.relation.addItem(texts("inbox.author.nobody"), _NONE)
        for one in Relation:
            self.relation.addItem(texts(f"inbox.author.{one.value}"), one.value)
        self.relation.setAccessibleName(texts("inbox.author.relation"))
        known = card.known.relation.value if card.known.relation else _NONE
        self.relation.setCurrentIndex(self.relation.findData(known))
        self.vip.setChecked(card.known.vip)
        self.lists.put(mention, card.known.lists, lists)
        self.erase.put(mention)
        share = percent(card.negative / card.acts.all, texts) if card.acts.all else ""
        said = [
            texts("inbox.author.mentions", n=card.mentions, shown=number(card.mentions, texts),
                  since=when(card.first_at, zone, texts, ref=self._context.desk.clock.now())),
            texts("inbox.author.negative", share=share) if share else "",
            texts("inbox.detail.followers", n=number(card.followers, texts)) if card.followers is not None else "",
        ]  # fmt: skip
        self.told.setText(" · ".join(filter(None, said)))
        counted = {name: getattr(card.acts, name) for name in ("starts", "answers", "asks", "forwards")}
        level = texts(f"inbox.author.level.{card.level.value}") if card.level else texts("inbox.author.level.none")
        self.acts.setText(texts("inbox.author.acts", level=level, n=card.acts.all, **counted))
        safe_tooltip(self.acts, texts("inbox.author.method"))

    def _say(self) -> None:
        desk, mention = self._context.desk, self._mention
        chosen = str(self.relation.currentData())
        relation = None if chosen == _NONE else Relation(chosen)
        vip = self.vip.isChecked()
        if mention:
            self._context.bridge.call(lambda: desk.authors.say(mention, relation, vip=vip), self._kept, self._failed)

    def _kept(self, _known: Known) -> None:
        self._context.say(self._context.texts("inbox.author.kept"))

    def _failed(self, error: CrisisDeskError) -> None:
        self._context.say(self._context.texts("inbox.judge.failed", error=self._context.texts.error(error)))
