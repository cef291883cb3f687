"""Every action with its key, in one table: menus, key caps, shortcuts and the Ctrl+K palette all read it.

``NextItem.key`` holds an id of this table. A page says in :meth:`ui.pages.base.Page.actions` which of them it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtGui import QKeySequence

from crisisdesk.texts import Texts


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    Attributes:
        id: ``noun.verb``; its words are ``ui.action.<id>`` with ``_`` for the dot.
        key: shortcut in Qt's portable form, or empty.
        page: name of the page that does it, or empty for the window itself.
        local: the key works only while that page shows and no text is being written (one letter, Return).
        listed: whether the palette offers it; what needs a row to act on is not offered.
    """

    id: str
    key: str = ""
    page: str = ""
    local: bool = False
    listed: bool = True

    def text(self, texts: Texts) -> str:
        """What it does, in words."""
        return texts(f"ui.action.{self.id.replace('.', '_')}")


PAGES: Final = (
    "room", "inbox", "drafting", "escalation", "commitments", "timeline", "review", "measures", "preparation",
)  # fmt: skip

MORE_PAGES: Final = {
    "listening": "Ctrl+Shift+F", "query": "Ctrl+Shift+Q", "seer": "Ctrl+Shift+S", "playback": "Ctrl+Shift+R",
    "spokesperson": "Ctrl+Shift+D", "areas": "Ctrl+Shift+G", "community": "Ctrl+Shift+C", "wallboard": "Ctrl+Shift+W",
}  # fmt: skip
"""Pages that the rail does not show: reached by the palette, or by their key."""

ACTIONS: Final[tuple[Action, ...]] = (
    *(Action(f"page.{name}", f"F{n}", name) for n, name in enumerate(PAGES, 1)),
    *(Action(f"page.{name}", key, name) for name, key in MORE_PAGES.items()),
    Action("palette.open", "Ctrl+K", listed=False),
    Action("draft.holding", "Ctrl+1", "drafting"),
    Action("call.card", "Ctrl+2", "escalation"),
    Action("note.write", "Ctrl+N", "room"),
    Action("promise.new", "Ctrl+P", "commitments"),
    Action("promise.none", "Ctrl+Shift+P", "room"),
    Action("handover.copy", "Ctrl+Shift+H", "commitments"),
    Action("executive.copy", "Ctrl+Shift+E", "commitments"),
    Action("history.yes", page="commitments"),
    Action("history.no", page="commitments"),
    Action("facts.sheet", "Ctrl+T", "drafting"),
    Action("apology.build", "Ctrl+Shift+A", "drafting"),
    Action("text.last", "Ctrl+L", "room"),
    Action("campaigns.stop", "Ctrl+0", "room"),
    Action("incident.new", "Ctrl+Shift+O", "room"),
    Action("incident.level", "Ctrl+Shift+L", "room"),
    Action("mention.add", "Ctrl+M", "inbox"),
    Action("mention.import", "Ctrl+I", "inbox"),
    Action("chart.negative", "Alt+5", "room"),
    Action("chart.complaints", "Alt+6", "room"),
    Action("chart.words", "Alt+7", "room"),
    Action("chart.sensitivity", "Alt+8", "room"),
    *(Action(f"chart.{kind}", page="room") for kind in ("png", "svg", "csv")),
    Action("chart.hours", "Alt+1", "room"),
    Action("chart.day", "Alt+2", "room"),
    Action("chart.week", "Alt+3", "room"),
    Action("chart.incident", "Alt+4", "room"),
    Action("evidence.pack", page="review"),
    Action("report.situation", page="review"),
    Action("report.timeline", page="review"),
    Action("review.add", page="review"),
    Action("review.voice", page="review"),
    Action("review.change", page="review"),
    Action("review.preliminary", page="review"),
    Action("review.public", page="review"),
    Action("strategy.choose", page="preparation"),
    Action("replay.pause", "Ctrl+Shift+Space"),
    Action("theme.light"),
    Action("theme.dark"),
    Action("theme.system"),
    Action("lang.es"),
    Action("lang.en"),
    # On the row or the alert in sight.
    Action("alert.open", "Return", "room", local=True, listed=False),
    Action("alert.snooze", "Z", "room", local=True, listed=False),
    Action("concern.seen", "V", "room", local=True, listed=False),
    Action("alert.dismiss", "X", "room", local=True, listed=False),
    Action("update.write", "A", "drafting", local=True),
    Action("promise.answer", "P", "commitments", local=True, listed=False),
    Action("apology.write", "D", "drafting", local=True, listed=False),
    Action("task.finish", "T", "room", local=True, listed=False),
    Action("task.write", "W", "drafting", local=True, listed=False),
    # On a thing by its id.
    Action("area.send", page="areas"),
    Action("rumour.note", page="community"),
    Action("idea.note", page="community"),
    Action("expert.ask", page="community", listed=False),
    Action("kudos.give", page="community", listed=False),
    Action("area.show", page="areas", listed=False),
    Action("review.show", page="review", listed=False),
    Action("review.action", page="review", listed=False),
    Action("draft.open", page="drafting", listed=False),
    Action("alert.mentions", page="inbox", listed=False),
    Action("chart.mentions", page="inbox", listed=False),
    Action("mentions.sought", page="inbox", listed=False),
    Action("commitment.show", page="commitments", listed=False),
    Action("entry.show", page="timeline", listed=False),
)  # fmt: skip

_BY_ID: Final = {action.id: action for action in ACTIONS}


def action(action_id: str) -> Action | None:
    """The action called ``action_id``."""
    return _BY_ID.get(action_id)


def key_text(key: str, texts: Texts) -> str:
    """A key as a key cap shows it: ``Ctrl+2`` → «Ctrl 2», ``Return`` → «Intro»."""
    if key == "Return":
        return texts("ui.key.return")
    return _cap(key)


@cache  # a room asks for some hundred at each read
def _cap(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")


def key_of(action_id: str, texts: Texts) -> str:
    """The key cap's text of an action; empty when it has no key."""
    found = _BY_ID.get(action_id)
    return key_text(found.key, texts) if found is not None and found.key else ""
