"""Channels: what is set for each notifier. Plain values in the data file, secrets in the keyring and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import ContactsChanged
from crisisdesk.notifiers.base import notifiers
from crisisdesk.store import notifiers as store
from crisisdesk.vault import Vault

_KEPT = "·kept"  # among the values: the names of the secrets that the keyring holds
_SOMETHING = "·"  # stands for a secret where only its being there matters


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """A notifier as the form shows it.

    Attributes:
        values: plain values by field, defaults where nothing is set.
        kept: names of the secrets that are kept; the secrets themselves are never read for a form.
        tested: key of what the last trial came to (``notice.tested.*``), or empty.
    """

    kind: str
    fields: tuple[Any, ...]
    values: Mapping[str, Any]
    kept: frozenset[str]
    enabled: bool
    tested_at: datetime | None = None
    tested: str = ""


class Channels:
    """Keeps the settings of notifiers."""

    def __init__(self, core: Core, vault: Vault) -> None:
        self._core = core
        self._vault = vault
        self._armed: dict[str, tuple[ChannelView, Any]] = {}  # a locked keyring is asked once, not at every beat

    @property
    def vault(self) -> Vault:
        """Who keeps the secrets."""
        return self._vault

    def list(self) -> tuple[ChannelView, ...]:
        """Every notifier there is, by kind."""
        with self._core.read() as connection:
            known = {row.kind: row for row in store.all_set(connection)}
        found = []
        for kind, notifier in sorted(notifiers().items()):
            row = known.get(kind)
            values = dict(row.values) if row else {}
            kept = frozenset(values.pop(_KEPT, ()))
            plain = {f.name: values.get(f.name, f.default) for f in fields(notifier.Settings) if not secret(f)}
            found.append(
                ChannelView(
                    kind=kind,
                    fields=fields(notifier.Settings),
                    values=plain,
                    kept=kept,
                    enabled=bool(row and row.enabled),
                    tested_at=row.tested_at if row else None,
                    tested=row.tested if row else "",
                )
            )
        return tuple(found)

    def save(self, kind: str, values: Mapping[str, Any], secrets: Mapping[str, str], *, enabled: bool) -> None:
        """Keep what was filled in; an empty secret leaves the one that is kept. InputError names what is missing.

        Secrets go to the keyring first: call from a worker thread, a locked keyring may ask the person.
        """
        notifier = notifiers().get(kind)
        if notifier is None:
            raise InputError("notice.unknown_kind", kind=kind)
        before = next(view for view in self.list() if view.kind == kind)
        kept = set(before.kept) | {name for name, secret_ in secrets.items() if secret_}
        plain: dict[str, Any] = {}
        for field in fields(notifier.Settings):
            if secret(field):
                missing = field.metadata.get("required") and field.name not in kept
            else:
                plain[field.name] = _typed(kind, field, values.get(field.name, before.values[field.name]))
                missing = field.metadata.get("required") and plain[field.name] in ("", None)
            if missing and enabled:
                raise InputError("notice.missing", kind=kind, field=field.name)
        self._armed.pop(kind, None)
        for name, value in secrets.items():
            if value:
                self._vault.set(_secret_name(kind, name), value)
        with self._core.write() as tx:
            store.put(tx.connection, kind, values=plain | {_KEPT: sorted(kept)}, enabled=enabled)
            tx.emit(ContactsChanged())

    def forget(self, kind: str) -> None:
        """Switch a notifier off and forget its secrets."""
        self._armed.pop(kind, None)
        view = next((view for view in self.list() if view.kind == kind), None)
        for name in view.kept if view else ():
            self._vault.delete(_secret_name(kind, name))
        with self._core.write() as tx:
            store.put(tx.connection, kind, values={}, enabled=False, cursor="")
            tx.emit(ContactsChanged())

    def enabled(self) -> tuple[ChannelView, ...]:
        """The notifiers that are switched on."""
        return tuple(view for view in self.list() if view.enabled)

    def unarmed(self, view: ChannelView) -> Any:
        """The notifier without its secrets, good enough to tell whom it reaches."""
        return self._made(view, dict.fromkeys(view.kept, _SOMETHING))

    def armed(self, view: ChannelView) -> Any:
        """The notifier with its secrets; VaultError when the keyring does not give them. Blocks: a worker thread."""
        known = self._armed.get(view.kind)
        if known is not None and (known[0].values, known[0].kept) == (view.values, view.kept):
            return known[1]
        found = {name: self._vault.get(_secret_name(view.kind, name)) for name in view.kept}
        gone = next((name for name, value in found.items() if value is None), None)
        if gone is not None:
            raise InputError("notice.missing", kind=view.kind, field=gone)
        self._armed[view.kind] = (view, self._made(view, found))
        return self._armed[view.kind][1]

    @staticmethod
    def _made(view: ChannelView, secrets: Mapping[str, Any]) -> Any:
        notifier = notifiers()[view.kind]
        names = {field.name for field in view.fields}
        given = {name: value for name, value in {**view.values, **secrets}.items() if name in names}
        return notifier(notifier.Settings(**given))


def secret(field: Any) -> bool:
    """Whether a settings field goes to the keyring."""
    return bool(field.metadata.get("secret"))


def _secret_name(kind: str, field: str) -> str:
    return f"notifier.{kind}.{field}"


def _typed(kind: str, field: Any, value: Any) -> Any:
    """A typed-in value as the field's default is typed."""
    choices = field.metadata.get("choices")
    if choices and value not in choices:
        raise InputError("notice.choice", kind=kind, field=field.name, choices=", ".join(choices))
    if isinstance(field.default, bool):
        return bool(value)
    if isinstance(field.default, int):
        text = str(value).strip()
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise InputError("notice.port", kind=kind, field=field.name)
        return int(text)
    return str(value).strip()
