"""What every page is given: the desk, the bridge to it, the sentences and the look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crisisdesk.texts import Texts
from ui.bridge import Bridge
from ui.theme import Theme

if TYPE_CHECKING:
    from crisisdesk.app import Desk


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a page.

    Attributes:
        desk: everything a person can ask for; only through ``bridge.call`` and ``bridge.read``.
        texts: the sentences; its language changes in place, then pages are told to ``retranslate``.
        go: show a page by its name.
        act: do an action of ``ui/actions.py`` by its id, on a thing by its id or on nothing.
        say: show one line in the window's notice bar.
    """

    desk: Desk
    bridge: Bridge
    texts: Texts
    theme: Theme
    go: Callable[[str], None]
    act: Callable[[str, object | None], None]
    say: Callable[[str], None]

    @property
    def lang(self) -> str:
        """The language on screen: ``es`` or ``en``."""
        return self.texts.lang
