"""The chosen mention at the right of the inbox: clock, author, the mention itself and the keys that judge it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QWidget

from crisisdesk.model.inbox import FoldState, Listed, Place
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.office import Due
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import Look
from ui.widgets.author_card import AuthorCardView
from ui.widgets.ladders import scrolled
from ui.widgets.mention_view import MentionView
from ui.widgets.panel import Panel
from ui.widgets.reply_due import ReplyDue
from ui.widgets.safe import SafeLabel
from ui.widgets.type_keys import TypeKeys

_WIDE: Final = 384


class MentionSide(Panel):
    """Everything about one mention, one under the other; what takes time to read comes in when it is there.

    Args:
        current: the mention that is chosen.
        place: where the number keys and L count.
    """

    def __init__(
        self, context: Context, look: Look, current: Callable[[], StoredMention | None], place: QWidget
    ) -> None:
        super().__init__(" ")
        self._context = context
        self._look = look
        self._shown = 0
        self.due = ReplyDue()
        self.fold = SafeLabel("", "small", wrap=True)
        self.author = AuthorCardView(context, place)
        self.detail = MentionView(context.bridge, look)
        self.types = TypeKeys(context, current, place)
        self.body.addWidget(self.due)
        self.body.addWidget(self.fold)
        self.body.addWidget(self.author)
        self._scroll = scrolled(self.detail)  # what does not fit is walked to, never pressed together
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self.types)
        self.author.erase.form.opened.connect(self._scroll.setHidden)  # there is no room for both
        self.setFixedWidth(_WIDE)

    def show_row(self, row: StoredMention | None, look: Look) -> None:
        """Show a mention, or that none is chosen."""
        self._look, self._shown = look, row.id if row is not None else 0
        self.detail.show_mention(row, look)
        self.author.show_author(row)
        self.fold.hide()
        if row is None:
            self.due.hide()
            return
        desk = self._context.desk
        if isinstance(row, Listed) and row.fold is not None and row.place is not Place.ALONE:
            fold = row.fold
            self._context.bridge.read(
                lambda: (row, desk.replies.state_of(fold)), self._show_fold, lambda _error: None
            )
        self._context.bridge.read(
            lambda: (row.id, desk.reply_clock.standing(row), desk.clock.now()), self._show_due, lambda _error: None
        )

    def _show_due(self, answer: tuple[int, tuple[Due | None, bool], datetime]) -> None:
        mention_id, (due, answered), now = answer
        if mention_id == self._shown:
            self.due.show_due(due, answered, self._look.texts, self._look.zone, now)

    def _show_fold(self, answer: tuple[Listed, FoldState]) -> None:
        """How far the people of the chosen row's fold have been answered, and the keys that go on."""
        row, state = answer
        if row.id != self._shown or row.fold is None:
            return
        texts = self._look.texts
        counts = {
            name: number(getattr(state, name), texts)
            for name in ("mentions", "read", "people", "answered", "begun", "left")
        }
        kind = "flood" if row.fold.flood else "same"
        told = "part" if kind == "same" and state.read < state.mentions else kind
        said = texts(f"inbox.fold.state_{told}", n=state.people, **counts)
        keys = texts(f"inbox.fold.keys_{kind}" if row.place is Place.FOLDED else "inbox.fold.keys_unfolded")
        self.fold.setText(f"{said} {keys}")
        self.fold.show()
