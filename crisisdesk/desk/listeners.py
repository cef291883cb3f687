"""The connectors of the stored sources, with their settings, their secrets and what we listen for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from crisisdesk.connectors.base import Listener
from crisisdesk.connectors.options import (
    QUERY,
    build,
    connector_of,
    places,
    query_of,
    secret_name,
    settings_of,
)
from crisisdesk.model.source import Query
from crisisdesk.store.sources import SourceRow
from crisisdesk.vault import Vault


class Listeners:
    """Makes each connector once and keeps it: it may hold a session that is costly to begin.

    Args:
        vault: keeps the secrets. Asking it may wait for a person, so call from a worker thread.
        query: what the desk listens for; a source whose settings name a part of a query has one of its own.
    """

    def __init__(self, vault: Vault, query: Callable[[], Query]) -> None:
        self._vault = vault
        self._query = query
        self._made: dict[tuple[str, str], tuple[str, Listener]] = {}
        self._secrets: dict[tuple[str, str], frozenset[str]] = {}

    def __call__(self, row: SourceRow) -> Listener:
        """The connector of a stored source."""
        texts = {name: str(text) for name, text in (row.settings or {"address": row.account}).items()}
        query = self._asked(texts)
        mark = json.dumps([sorted(texts.items()), repr(query)])
        known = self._made.get((row.source, row.account))
        if known is not None and known[0] == mark:
            return known[1]
        connector = connector_of(row.source)
        told: set[str] = set()

        def secret(name: str) -> str | None:
            found = self._vault.get(secret_name(connector, texts, name))
            told.update((found,) if found else ())
            return found

        made = self.make(connector, texts, secret, query)
        self._made[row.source, row.account] = (mark, made)
        self._secrets[row.source, row.account] = frozenset(told)
        return made

    def secrets(self, row: SourceRow) -> frozenset[str]:
        """The secrets that a source's connector was made with, so that they can be kept out of what is stored."""
        return self._secrets.get((row.source, row.account), frozenset())

    def make(
        self,
        connector: Any,
        texts: Mapping[str, str],
        secret: Callable[[str], str | None],
        query: Query | None = None,
    ) -> Listener:
        """A connector that is kept nowhere; an address that a person wrote may lie inside this network."""
        settings = settings_of(connector, texts, secret, permits=places(texts))
        return build(connector, settings, self._asked(texts) if query is None else query)

    def keep(self, connector: Any, texts: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Put a source's secrets into the keyring; an empty one leaves what is there."""
        for name, secret in secrets.items():
            if secret:
                self._vault.set(secret_name(connector, texts, name), secret)
        self._made.clear()

    def kept(self, connector: Any, texts: Mapping[str, str], name: str) -> str | None:
        """A secret of a source, or ``None``."""
        return self._vault.get(secret_name(connector, texts, name))

    def _asked(self, texts: Mapping[str, str]) -> Query:
        own = {name: texts[name] for name in QUERY if texts.get(name)}
        return query_of(own) if own else self._query()
