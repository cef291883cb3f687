"""What is done to the chosen mentions by a key: answer, hand on to an area or the community, give to somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.inbox import Candidate, Listed, Place
from ui.context import Context
from ui.models.columns import outside
from ui.widgets.chooser import Choice, Picker
from ui.widgets.data_table import DataTable
from ui.widgets.type_keys import TypeKeys

NOBODY: Final = ""
_KEYS: Final = "123456789"


class InboxActs(QObject):
    """The keys of the chosen mentions.

    Args:
        place: where the keys count.
        types: judges the chosen mention.
        page: what the list of people, or of types, opens over.
    """

    def __init__(
        self, context: Context, table: DataTable, types: TypeKeys, place: QWidget, page: QWidget
    ) -> None:
        super().__init__(page)
        self._context = context
        self._table = table
        self._types = types
        self.picker = Picker(page, table.setFocus)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("R", self.reply), ("Shift+R", partial(self.reply, over=True)), ("A", self.assign), ("T", self.judge),
            ("E", partial(self._hand_on, "area.send")), ("Shift+G", partial(self._hand_on, "kudos.give")),
            ("Shift+I", partial(self._hand_on, "idea.note")),
            ("Shift+Q", partial(self._hand_on, "expert.ask")),
        )  # fmt: skip
        for key, do in keys:
            shortcut = QShortcut(QKeySequence(key), place, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    # Answering and handing on

    def reply(self, *, over: bool = False) -> None:
        """R: begin the answer to the chosen mention, in F3; Shift+R takes it over from whoever is answering.

        On a folded row it is the answer to the next person in it whom nobody has begun to answer.
        """
        row, desk = self._current(), self._context.desk
        if row is None:
            return
        fold = row.fold if row.place is Place.FOLDED and not over else None

        def begin() -> Draft:
            if fold is not None:
                return desk.replies.start_next(fold)
            if over:
                desk.reply_locks.take(row.id, over=True)
            return desk.replies.start(row.id)

        self._context.bridge.call(begin, lambda draft: self._context.act("draft.open", draft.id), self._not_begun)

    def _not_begun(self, error: CrisisDeskError) -> None:
        key = "inbox.reply_held" if error.key == "lock.held" else "inbox.reply_not"
        self._context.say(self._context.texts(key, error=self._context.texts.error(error)))

    def _hand_on(self, action: str) -> None:
        """E, Shift+G, Shift+I: another page goes on with the chosen mention."""
        row = self._current()
        if row is not None:
            self._context.act(action, row.id)

    def judge(self) -> None:
        """T: say what the chosen mention is, by the name of its type; the first nine have a number as well."""
        texts = self._context.texts
        kinds = [(kind.id, kind.name.get(texts.lang) or kind.id) for kind in self._types.types]
        keys = _KEYS.ljust(len(kinds))
        choices = [Choice(one, name, key=key.strip()) for (one, name), key in zip(kinds, keys, strict=False)]
        choices.append(Choice("", texts("inbox.detail.no_type"), key="0"))
        if self._current() is not None and kinds:
            name = texts("inbox.judge.which")
            self.picker.ask(choices, self._types.judge_as, hint=name, name=name, none=texts("inbox.judge.none"))

    # Giving to somebody

    def assign(self) -> None:
        """A: say who has the chosen mentions; the list of people opens over the page."""
        rows = self._table.chosen_rows()
        if rows:
            desk = self._context.desk
            self._context.bridge.read(desk.assignees.candidates, partial(self._ask_whom, rows))

    def _ask_whom(self, rows: Sequence[Listed], people: Sequence[Candidate]) -> None:
        texts = self._context.texts
        choices = [self._choice(one, key) for one, key in zip(people, _KEYS.ljust(len(people)), strict=False)]
        if any(row.assignee for row in rows):
            choices.append(Choice(NOBODY, texts("inbox.assign.nobody"), key="0"))
        self.picker.ask(
            choices,
            lambda name: self.give(rows, name),
            hint=texts("inbox.assign.hint", n=sum(row.many if row.place is Place.FOLDED else 1 for row in rows)),
            name=texts("inbox.assign.name"),
            none=texts("inbox.assign.none"),
        )

    def _choice(self, one: Candidate, key: str) -> Choice:
        texts = self._context.texts
        name, role = outside(one.name, 60), outside(one.role.get(texts.lang), 60)
        waiting = texts("inbox.assign.waiting", n=one.waiting) if one.waiting else ""
        text = texts("inbox.assign.me", name=name) if one.mine else name
        return Choice(one.name, text, " · ".join(filter(None, (role, waiting))), key.strip())

    def give(self, rows: Sequence[Listed], name: str) -> None:
        """Give mentions to somebody, or to nobody; a folded row is all that it stands for."""
        desk, texts = self._context.desk, self._context.texts

        def told(n: int) -> None:
            key = "inbox.assign.done" if name else "inbox.assign.undone"
            self._context.say(texts(key if n else "inbox.assign.same", n=n, name=outside(name, 60)))

        def give() -> int:
            ids = [row.id for row in rows]
            for fold in (row.fold for row in rows if row.place is Place.FOLDED):
                ids += desk.mentions.ids_in(fold) if fold is not None else ()
            return desk.assignees.assign(ids, name) if name else desk.assignees.unassign(ids)

        self._context.bridge.call(
            give,
            told,
            lambda error: self._context.say(texts("inbox.assign.failed", error=texts.error(error))),
        )

    def _current(self) -> Listed | None:
        row = self._table.current()
        return row if isinstance(row, Listed) else None
