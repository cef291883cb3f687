"""Share of voice and Socialmention's four, as they are shown: each with the counts that it is made of."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.voice import Four, Share
from crisisdesk.texts import Texts
from crisisdesk.words import number, percent
from ui.models.columns import Cell, Look, outside
from ui.widgets.safe import SafeLabel, safe_tooltip

FOUR: Final = ("strength", "sentiment", "passion", "reach")


def share_cells(share: Share, look: Look) -> tuple[Cell, ...]:
    """One brand's row."""
    texts = look.texts

    def part(count: int) -> Cell:
        if not share.total:
            return Cell(text="—", token="muted")
        return Cell(text=percent(count / share.total, texts, 1), spoken=f"{count} / {share.total}")

    return (
        Cell(text=outside(share.name, 60), bold=True),
        Cell(text=number(share.mentions, texts, 0)),
        part(share.mentions),
        part(share.favourable),
    )


def parts(name: str, counts: Four) -> tuple[int, int]:
    """The two counts that one of the four is made of."""
    return {
        "strength": (counts.last_day, counts.all_last_day),
        "sentiment": (counts.positive, counts.negative),
        "passion": (counts.repeated, counts.authors),
        "reach": (counts.authors, counts.signed),
    }[name]


class Number(QWidget):
    """One of the four: its name, its value, the two counts; its formula on hover and for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self._name = SafeLabel("", "muted")
        self.value = SafeLabel("", "heading")
        self._counts = SafeLabel("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for label in (self._name, self.value, self._counts):
            column.addWidget(label)

    def put(self, name: str, counts: Four, texts: Texts) -> None:
        """Show it; nothing is made up where there is nothing to divide by."""
        upper, lower = parts(name, counts)
        self._name.setText(texts(f"voice.{name}"))
        if name == "sentiment":
            value = f"{number(upper, texts, 0)} : {number(lower, texts, 0)}" if upper or lower else "—"
        else:
            value = percent(upper / lower, texts, 1) if lower else "—"
        self.value.setText(value)
        self._counts.setText("" if name == "sentiment" else f"{number(upper, texts, 0)} / {number(lower, texts, 0)}")
        formula = texts(f"voice.formula.{name}", upper=upper, lower=lower)
        safe_tooltip(self, formula)
        self.setAccessibleName(f"{texts(f'voice.{name}')}: {value}")
        self.setAccessibleDescription(formula)


def four_cells() -> dict[str, Number]:
    """The four, by name."""
    return {name: Number() for name in FOUR}
