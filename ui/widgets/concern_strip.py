"""Other signals than the rise, a line each: what was seen, how rare it is, its mentions, and «seen»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.concern import Concern, ConcernKind
from crisisdesk.model.playbook import Playbook
from crisisdesk.texts import Texts
from crisisdesk.words import number, when
from ui.actions import key_of
from ui.context import Context
from ui.models.columns import outside
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel

MOST: Final = 3
_HOUR: Final = timedelta(hours=1)
_YEAR: Final = 365


def _types(told: object, playbook: Playbook | None, texts: Texts) -> str:
    """Types of mentions with their numbers, as the playbook calls them: «Queja 12 · Consulta 3»."""
    said = []
    for name, count in told if isinstance(told, list | tuple) else ():
        kind = playbook.mention_type(name) if playbook else None
        said.append(f"{outside(kind.name.get(texts.lang) if kind else str(name), 40)} {number(count, texts)}")
    return " · ".join(said)


def sentence(concern: Concern, texts: Texts, zone: str, playbook: Playbook | None = None) -> str:
    """What was seen, in words; names from outside stay plain characters."""
    told = dict(concern.figures)
    since, count, followers = told.get("since"), told.get("count"), told.get("followers")
    at = when(datetime.fromisoformat(since), zone, texts, ref=concern.updated_at) if isinstance(since, str) else ""
    return texts(
        f"room.concern.{concern.kind}",
        n=count or 0,
        count=number(count, texts) if isinstance(count, int) else "",
        author=outside(str(told.get("author", "")), 40),
        followers=number(followers, texts) if isinstance(followers, int) else "",
        share=told.get("share", ""),
        usual=told.get("usual", ""),
        names=outside(str(told.get("names", "")), 80),
        since=at,
        types=_types(told.get("types"), playbook, texts),
    )


def rarity(concern: Concern, texts: Texts) -> str:
    """How rare it is, in words."""
    if concern.return_days >= 2 * _YEAR:
        return texts("room.concern.rare_years")
    return texts("room.concern.rare", n=round(concern.return_days))


class ConcernStrip(QWidget):
    """The signals that nobody has looked at, newest first; hidden when there is none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.shown: tuple[Concern, ...] = ()
        self._compact = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def set_compact(self, compact: bool) -> None:
        """In a small window only the newest, from the next time that they are shown."""
        self._compact = compact

    def set_concerns(self, concerns: Sequence[Concern], zone: str, playbook: Playbook | None = None) -> None:
        """Show the newest of ``concerns``."""
        self.shown = tuple(concerns[: 1 if self._compact else MOST])
        clear(self._column)
        for concern in self.shown:
            self._column.addWidget(self._line(concern, zone, playbook))
        self.setVisible(bool(self.shown))

    def _line(self, concern: Concern, zone: str, playbook: Playbook | None) -> QWidget:
        texts = self._context.texts
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        danger = concern.kind is ConcernKind.SAFETY
        said = RunsLabel(self._context.theme, pixel_size=12)
        said.set_runs(
            (
                Run("▲ " if danger else "◆ ", "danger" if danger else "promise", bold=True),
                Run(sentence(concern, texts, zone, playbook), bold=danger),
                Run(f" · {rarity(concern, texts)}", "muted"),
            )
        )
        row.addWidget(said, 1)
        if concern.mention_ids:
            stretch = (concern.opened_at - _HOUR, concern.updated_at)
            show = texts("room.concern.mentions")
            row.addWidget(Button(show, lambda: self._context.act("chart.mentions", stretch), kind="quiet"))
        key = key_of("concern.seen", texts) if concern is self.shown[0] else ""
        seen = Button(texts("room.concern.seen"), lambda: self._context.act("concern.seen", concern.id), kind="quiet")
        if key:
            seen.set_key(key)
        row.addWidget(seen)
        return line
