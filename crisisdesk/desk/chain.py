"""The timeline's chain: its key out of the keyring, its head kept beside the data file, and the check of both."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.model.chain import Anchor, Link, Verdict
from crisisdesk.model.errors import InputError, VaultError
from crisisdesk.store import attachments, chain
from crisisdesk.store.chain import Key
from crisisdesk.vault import Vault

log = logging.getLogger(__name__)

SIDECAR: Final = "sidecar"
GIVEN: Final = "given"
_NAME: Final = "timeline-key"
_LONGEST: Final = 1_000  # characters of a line of the side file


class Chain:
    """Seals, anchors and verifies.

    Args:
        vault: keeps the key; where it has no keyring nothing is sealed, for a key that ends with the program proves
            nothing the next day.
        beside: the side file of heads, one JSON object a line.
    """

    def __init__(self, core: Core, vault: Vault, beside: Path) -> None:
        self._core = core
        self._vault = vault
        self._beside = beside
        self._kept = self.head()  # only what this session wrote is kept: a look must not vouch for what it found

    def open(self) -> bool:
        """Take (or make) the key, so that rows from now on are sealed; whether there is one. May ask the person."""
        self._core.key = key_of(self._vault, make=True) or self._core.key
        return self.sealing

    @property
    def sealing(self) -> bool:
        """Whether rows written now are sealed."""
        return self._core.key is not None

    def head(self) -> Link | None:
        """The newest link."""
        with self._core.read() as connection:
            return chain.head(connection)

    def anchor(self) -> Link | None:
        """Write the head into the side file if it moved since this desk was opened or last kept it; the head."""
        found = self.head()
        if found is not None and found != self._kept:
            at = self._core.clock.now().astimezone(UTC).isoformat()
            line = json.dumps({"row": found.row, "digest": found.digest, "at": at})
            try:
                with self._beside.open("a", encoding="ascii", newline="\n") as file:
                    file.write(line + "\n")
                self._kept = found
            except OSError:
                log.warning("the head of the timeline could not be kept beside the data file")
        return found

    def anchors(self) -> tuple[Anchor, ...]:
        """The heads of the side file; lines that are none are left out."""
        try:
            lines = self._beside.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return ()
        found = []
        for line in lines:
            with contextlib.suppress(InputError, ValueError, KeyError, TypeError, RecursionError):
                value = json.loads(line[:_LONGEST])
                found.append(anchor(f"{value['row']}:{value['digest']}", SIDECAR))
        return tuple(found)

    def verify(self, given: tuple[Anchor, ...] = ()) -> Verdict:
        """Check the whole timeline against its seals, the side file and the anchors given, and its files."""
        key = self._core.key
        keys = {} if key is None else {key.id: key.secret}
        with self._core.read() as connection:
            found = chain.verify(connection, (*self.anchors(), *given), keys)
            files, attached = attachments.verify(connection)
        return replace(found, files=files, attached=attached)


def key_of(vault: Vault, *, make: bool = False) -> Key | None:
    """This computer's key, made when wanted and not there; ``None`` where no keyring gives one. May ask the person."""
    try:
        if vault.kept_by != "keyring":
            return None
        text = vault.get(_NAME)
        if text is None:
            if not make:
                return None
            text = secrets.token_hex(32)
            vault.set(_NAME, text)
        return Key(bytes.fromhex(text))
    except (VaultError, ValueError):
        log.info("nothing is sealed: the keyring gives no key")
        return None


def anchor(text: str, where: str = GIVEN) -> Anchor:
    """An anchor as people write it, ``ROW:DIGEST``; InputError when it is none."""
    row, _, digest = text.strip().partition(":")
    digest = digest.strip().lower()
    if not (
        row.isascii()
        and row.isdigit()
        and len(row) < 19
        and len(digest) == 64
        and set(digest) <= set("0123456789abcdef")
    ):
        raise InputError("chain.no_anchor", text=text[:80])
    return Anchor(row=int(row), digest=digest, where=where)
