"""Until when a mention wants its first reply, and how that was counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.office import Due
from crisisdesk.texts import Texts
from crisisdesk.words import duration, when
from ui.theme import set_style
from ui.widgets.safe import SafeLabel, safe_tooltip


def sum_of(due: Due, texts: Texts, zone: str) -> str:
    """«10:00 + 15 min = 10:15», or the desk's hours one by one, so that anybody can count it again."""
    if not due.office:
        parts = {
            "asked": when(due.asked, zone, texts),
            "wait": duration(due.wait, texts),
            "due": when(due.at, zone, texts, ref=due.asked),
        }
        return texts("inbox.due.wall", **parts)
    shown = due.counted if len(due.counted) <= 4 else (*due.counted[:2], *due.counted[-1:])
    told = [
        texts(
            "inbox.due.stretch",
            start=when(start, zone, texts, ref=due.asked),
            end=when(end, zone, texts),
            long=duration(end - start, texts),
        )
        for start, end in shown
    ]
    if len(shown) < len(due.counted):
        told.insert(2, "…")
    return texts("inbox.due.office", parts=" + ".join(told), wait=duration(due.wait, texts))


class ReplyDue(QWidget):
    """One line with the time, one with the sum; the sum is also what a screen reader and the tooltip say."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.line = SafeLabel("", "strong", wrap=True)
        self.sum = SafeLabel("", "small", wrap=True)
        column.addWidget(self.line)
        column.addWidget(self.sum)
        self.show_due(None, False, Texts("es"), "UTC", None)

    def show_due(self, due: Due | None, answered: bool, texts: Texts, zone: str, now: datetime | None) -> None:
        """Show the clock of one mention; nothing where its type wants no reply."""
        self.setVisible(due is not None and now is not None)
        if due is None or now is None:
            return
        at = when(due.at, zone, texts, ref=now)
        left = due.at - now
        if answered:
            self.line.setText("✓ " + texts("inbox.due.answered"))
        elif left < timedelta(0):
            self.line.setText("▲ " + texts("inbox.due.over", time=at, late=duration(-left, texts)))
        else:
            self.line.setText("○ " + texts("inbox.due.until", time=at, left=duration(left, texts)))
        set_style(self.line, rank="good" if answered else "danger" if left < timedelta(0) else "strong")
        told = sum_of(due, texts, zone)
        self.sum.setText(told)
        safe_tooltip(self.line, told)
        self.line.setAccessibleDescription(told)
