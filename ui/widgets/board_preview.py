"""What somebody before the read-only board reads now, part by part."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.wallboard import Part, Wallboard
from crisisdesk.words import countdown, duration, when
from ui.context import Context
from ui.models.columns import outside
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel, clear
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel

_TEXT: Final = 600


class BoardPreview(Panel):
    """The board's parts in the language on screen; the board itself is the browser's to set."""

    def __init__(self, context: Context) -> None:
        super().__init__("-")
        self._context = context
        self._shown: tuple[str, Wallboard] | None = None
        self._calm = EmptyState()
        inside = QWidget()
        inside.setProperty("ground", "clear")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, GAP, 0)
        self._column.setSpacing(GAP)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        self.body.addWidget(self._calm, 1)
        self.body.addWidget(self._scroll, 1)

    def show_board(self, board: Wallboard) -> None:
        """Show what is on the board at this instant; what already stands there is not made anew."""
        texts = self._context.texts
        shown = (texts.lang, replace(board, now=board.now.replace(second=0, microsecond=0)))
        if shown == self._shown:
            return
        self._shown = shown
        self.set_title(texts("wallboard.pane.preview"), texts("wallboard.pane.preview_note"))
        self._calm.set_text(texts("wallboard.page.calm"), texts("wallboard.pane.preview_calm"))
        self._calm.setVisible(not board.live)
        self._scroll.setVisible(board.live)
        clear(self._column)
        if board.live:
            self._put_head(board)
            self._put_promises(board)
            self._put_texts(board)
            self._column.addStretch(1)

    def _section(self, key: str) -> None:
        self._column.addWidget(SafeLabel(self._context.texts(f"wallboard.page.{key}").upper(), "section"))

    def _put_head(self, board: Wallboard) -> None:
        texts = self._context.texts
        if board.drill:
            self._column.addWidget(Badge(texts("wallboard.page.drill"), "drill"))
        title = outside(board.title, 200) or texts("wallboard.page.live")
        self._column.addWidget(SafeLabel(title, "title", wrap=True))
        if board.level and board.since is not None:
            name, elapsed = board.level_name.get(texts.lang), duration(board.now - board.since, texts)
            said = texts("wallboard.page.level", n=board.level, name=outside(name, 60), elapsed=elapsed)
            self._column.addWidget(SafeLabel(said, "danger", wrap=True))
        if board.more:
            self._column.addWidget(SafeLabel(texts("wallboard.page.more", n=board.more), "muted"))
        if board.news is not None:
            self._section("news")
            self._column.addWidget(SafeLabel(when(board.news, board.zone, texts, ref=board.now), "owed"))
            self._column.addWidget(SafeLabel(countdown(board.news, board.now, texts), "promise"))
        if told := board.executive.get(texts.lang):
            self._section("executive")
            self._column.addWidget(SafeLabel(told, wrap=True, limit=2_000))

    def _put_promises(self, board: Wallboard) -> None:
        if Part.PROMISES not in board.parts:
            return
        texts = self._context.texts
        self._section("promises")
        for one in board.promises:
            at, left = when(one.due_at, board.zone, texts, ref=board.now), countdown(one.due_at, board.now, texts)
            self._column.addWidget(Row(at, outside(one.what.get(texts.lang), 300), left))
        if not board.promises:
            self._column.addWidget(SafeLabel(texts("wallboard.page.no_promises"), "muted"))

    def _put_texts(self, board: Wallboard) -> None:
        if Part.TEXTS not in board.parts:
            return
        texts = self._context.texts
        self._section("texts")
        for one in board.texts:
            at = when(one.at, board.zone, texts, ref=board.now)
            self._column.addWidget(Row(at, outside(one.text, _TEXT), outside(one.channel, 60) or "—"))
        if not board.texts:
            self._column.addWidget(SafeLabel(texts("wallboard.page.no_texts"), "muted"))
