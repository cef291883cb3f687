"""Copies of the data file while the desk works: one each hour, and what hinders it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import StoreError
from crisisdesk.model.events import Event, StoreTroubled
from crisisdesk.store import copies


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
        except StoreError as error:
            if error.key != self._told:
                self._publish([StoreTroubled(error.key, self._path.name)])
            self._told = error.key
        else:
            self._told = ""

    def last(self) -> datetime | None:
        """When the newest copy was made, UTC; ``None`` = there is none yet."""
        there = copies.of(self._path)
        return there[0].made if there else None
