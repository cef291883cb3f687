"""Sets of the inbox's filters that a person keeps under a name."""

from __future__ import annotations

from typing import Final

import msgspec

from crisisdesk.desk.authors import vip_lists
from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.model.inbox import Sought
from crisisdesk.plain import one_line
from crisisdesk.store import sources
from crisisdesk.store.database import Connection

KEY: Final = "inbox_filters"
MANY: Final = 50
VIP: Final = "VIP · "


class InboxFilters:
    """Keeps filters in the data file, so that everybody at it has them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self) -> dict[str, Sought]:
        """Name → filter, by name; after those that were kept, one for each VIP list."""
        with self._core.read() as connection:
            vips = {f"{VIP}{name}": Sought(vip=name) for name in vip_lists(connection)}
            return self._stored(connection) | vips

    def keep(self, name: str, sought: Sought) -> None:
        """Keep a filter; one of that name is replaced.

        Raises:
            InputError: no name, nothing sought, or too many are kept.
        """
        name = one_line(" ".join(name.split()), 40)
        if name.startswith(VIP):
            raise InputError("inbox_filter.vip")
        if not name or not sought:
            raise InputError("inbox_filter.empty")
        with self._core.write() as tx:
            known = self._stored(tx.connection) | {name: sought}
            if len(known) > MANY:
                raise InputError("inbox_filter.many", most=MANY)
            sources.set_meta(tx.connection, KEY, {n: msgspec.to_builtins(one) for n, one in known.items()})

    def drop(self, name: str) -> None:
        """Forget a filter; nothing happens when there is none of that name. InputError: it is a VIP list's own."""
        if name.startswith(VIP):
            raise InputError("inbox_filter.vip")
        with self._core.write() as tx:
            known = self._stored(tx.connection)
            known.pop(name, None)
            sources.set_meta(tx.connection, KEY, {n: msgspec.to_builtins(one) for n, one in known.items()})

    @staticmethod
    def _stored(connection: Connection) -> dict[str, Sought]:
        found = sources.get_meta(connection, KEY) or {}
        return {name: msgspec.convert(found[name], Sought) for name in sorted(found)}
