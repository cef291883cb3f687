"""What sends for a stored source: its connector with its secrets filled in, where it can."""

from __future__ import annotations

from crisisdesk.connectors.base import Listener, Poster, Replier
from crisisdesk.desk.core import Core
from crisisdesk.desk.listeners import Listeners
from crisisdesk.store import sources


class Senders:
    """Finds connectors by their place; asking the keyring may wait for a person, so call from a worker thread."""

    def __init__(self, core: Core, listeners: Listeners) -> None:
        self._core = core
        self._listeners = listeners

    def connector(self, source: str, account: str) -> Listener | None:
        """The connector of a stored source, else ``None``."""
        with self._core.read() as connection:
            row = sources.source_row(connection, source, account)
        return self._listeners(row) if row is not None else None

    def replier(self, source: str, account: str) -> Replier | None:
        """What answers for a stored source, when its connector can answer at all."""
        connector = self.connector(source, account)
        return connector if isinstance(connector, Replier) else None

    def poster(self, source: str, account: str) -> Poster | None:
        """What posts for a stored source, when its connector can post at all."""
        connector = self.connector(source, account)
        return connector if isinstance(connector, Poster) else None
