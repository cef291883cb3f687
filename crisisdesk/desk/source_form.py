"""Setting a source up by hand: what its kind asks for, a trial before it is added, and taking it away with its secrets.

Everything here may ask the keyring, and a trial the network: call from a worker thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from crisisdesk.connectors.base import connectors
from crisisdesk.connectors.options import Option, connector_of, options_of, secret_name
from crisisdesk.desk.core import Core
from crisisdesk.desk.sources import Sources
from crisisdesk.model.errors import InputError, TransientError
from crisisdesk.model.mention import Gap, Mention
from crisisdesk.store import mentions, sources
from crisisdesk.vault import Vault
from crisisdesk.web import Web

PATIENCE: Final = 60.0
"""Seconds that a whole trial may take."""
GAPS_OF: Final = timedelta(days=7)
NETWORKS: Final = (
    "x", "facebook", "instagram", "youtube", "reddit", "mastodon", "bluesky", "telegram", "googleplay", "mail",
)  # fmt: skip
"""Where a brand's public speaks, so that a network without a source is named as one we do not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """A kind of source and what a person fills in for it; ``cost`` is US dollars per unit, as text."""

    kind: str
    options: tuple[Option, ...]
    cost: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A stored source as its form shows it: ``kept`` names the secrets that there are, never their values."""

    kind: str
    account: str
    label: str
    texts: Mapping[str, str]
    kept: frozenset[str]


class SourceForm:
    """What the window's form asks of the desk."""

    def __init__(self, core: Core, watched: Sources, vault: Vault) -> None:
        self._core = core
        self._sources = watched
        self._vault = vault

    def kinds(self) -> tuple[SourceKind, ...]:
        """Every kind of source that there is, by name."""
        return tuple(
            SourceKind(kind=kind, options=options_of(found), cost=found.limits.cost)
            for kind, found in sorted(connectors().items())
        )

    def kept_by(self) -> Literal["keyring", "memory"]:
        """Who keeps secrets: the system's keyring, or this session only."""
        return self._vault.kept_by

    def filled(self, kind: str, account: str) -> Filled:
        """A stored source; raises ``InputError`` when it is gone or cannot be set up by hand (an import)."""
        with self._core.read() as connection:
            row = sources.source_row(connection, kind, account)
        if row is None:
            raise InputError("sources.gone", account=account)
        connector = connector_of(kind)
        texts = {name: str(text) for name, text in (row.settings or {"address": account}).items()}
        secrets = [option.name for option in options_of(connector) if option.secret]
        kept = frozenset(name for name in secrets if self._vault.get(secret_name(connector, texts, name)))
        return Filled(kind=kind, account=account, label=row.label, texts=texts, kept=kept)

    def trial(
        self, kind: str, texts: Mapping[str, str], secrets: Mapping[str, str], *, patience: float = PATIENCE
    ) -> tuple[Mention, ...]:
        """The newest mentions that the source would bring, stored nowhere; raises the one thing that is wrong."""

        async def ask() -> tuple[Mention, ...]:
            async with asyncio.timeout(patience):
                return await self._sources.try_out(kind, texts, secrets, Web(now=self._core.clock.now))

        try:
            return asyncio.run(ask())
        except TimeoutError:
            raise TransientError("sources.trial_slow", seconds=round(patience)) from None

    def remove(self, kind: str, account: str) -> None:
        """Stop listening and forget its secrets; what was heard stays."""
        with self._core.read() as connection:
            row = sources.source_row(connection, kind, account)
        self._sources.remove(kind, account)
        if row is not None and kind in connectors():
            connector = connector_of(kind)
            texts = {name: str(text) for name, text in (row.settings or {"address": account}).items()}
            for option in options_of(connector):
                if option.secret:
                    self._vault.delete(secret_name(connector, texts, option.name))

    def gaps(self) -> tuple[Gap, ...]:
        """What was not heard in the last :data:`GAPS_OF`, newest first; a gap's source is ``kind:account``."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            return tuple(reversed(mentions.gaps(connection, now - GAPS_OF, now)))

    def unseen(self) -> tuple[str, ...]:
        """Networks that no source listens to, in the order of :data:`NETWORKS`."""
        there = {health.source for health in self._sources.list()}
        return tuple(kind for kind in NETWORKS if kind not in there and kind in connectors())
