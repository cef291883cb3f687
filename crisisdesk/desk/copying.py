"""Copies of the data file while the desk works: one each hour; what hinders it is told, and a disk nearly full."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import StoreError, StoreFullError
from crisisdesk.model.events import CopyHindered, Event
from crisisdesk.store import copies

LOW: Final = 500_000_000
"""Bytes free under which a person is told, while there is time to make room."""


class Copying:
    """The copies of one desk's data file; a drill has none."""

    def __init__(self, core: Core, path: Path, publish: Callable[[Iterable[Event]], None]) -> None:
        self._drill, self._path, self._publish = core.drill, path, publish
        self._told = ""

    def keep(self) -> None:
        """Take a copy when the last one is an hour old; a hindrance is told once, until it has gone."""
        if self._drill:
            return
        try:
            copies.take_when_due(self._path, datetime.now(UTC))  # by the computer's clock: a replay's is not the hour
            left = copies.free(self._path)
            if left < LOW:
                raise StoreFullError("store.low", path=self._path.name, left=f"{left / 1e6:.0f}")
        except StoreError as error:
            if error.key != self._told:
                self._publish([CopyHindered(error)])
            self._told = error.key
        else:
            self._told = ""

    def last(self) -> datetime | None:
        """When the newest copy was made, UTC; ``None`` = there is none yet."""
        there = copies.of(self._path)
        return there[0].made if there else None
