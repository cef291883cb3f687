"""Secrets in the system's keyring, or in memory for this session where there is none; never on disk.

The first use looks for a keyring that really keeps what it is given (some accept and forget, some write plain text,
some ask on standard input) and that answers in time. Call from a worker thread: a locked keyring may ask the person.
"""

from __future__ import annotations

import logging
import secrets as random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final, Literal, TypeVar

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from crisisdesk.model.errors import VaultError

log = logging.getLogger(__name__)
T = TypeVar("T")

# keyrings.alt and keyrings.cryptfile write files and ask on standard input; null forgets; fail raises.
_REFUSED: Final = ("keyrings.", "keyring.backends.null", "keyring.backends.fail")


def _acceptable(backend: KeyringBackend) -> KeyringBackend | None:
    """The backend, the first acceptable one of a chain, or None."""
    kind = type(backend)
    if kind.__module__ == "keyring.backends.chainer":
        links: Iterable[KeyringBackend] = getattr(backend, "backends", ())
        return next((link for link in links if _acceptable(link) is not None), None)
    if kind.__module__.startswith(_REFUSED) or "plaintext" in kind.__qualname__.lower():
        return None
    return backend


class Vault:
    """Keeps secrets by name for one service.

    Args:
        service: the keyring's heading for our secrets; a throw-away profile has its own.
        timeout: seconds that the keyring may take, the person's typing included.
    """

    def __init__(self, service: str = "CrisisDesk", *, timeout: float = 60.0) -> None:
        self._service = service
        self._timeout = timeout
        self._lock = threading.Lock()  # held while the keyring is looked for
        self._seen_lock = threading.Lock()
        self._probed = False
        self._backend: KeyringBackend | None = None
        self._why: str | None = None
        self._memory: dict[str, str] = {}
        self._seen: frozenset[str] = frozenset()

    @property
    def kept_by(self) -> Literal["keyring", "memory"]:
        """Who keeps the secrets: the system's ``keyring``, or ``memory`` until the program ends."""
        return "memory" if self._keyring() is None else "keyring"

    @property
    def why(self) -> str | None:
        """The key of the sentence that says why secrets live in memory only, or None."""
        self._keyring()
        return None if self._why is None else f"errors.{self._why}"

    def get(self, name: str) -> str | None:
        """The secret ``name``, or None; raises :class:`VaultError` when the keyring does not give it."""
        backend = self._keyring()
        value = None if backend is None else self._ask(lambda: backend.get_password(self._service, name))
        if value is None:
            value = self._memory.get(name)
        self._remember(value)
        return value

    def set(self, name: str, secret: str) -> None:
        """Keep ``secret`` under ``name``; raises :class:`VaultError` when it cannot be read back."""
        self._remember(secret)
        backend = self._keyring()
        if backend is None:
            self._memory[name] = secret
            return

        def keep() -> str | None:
            backend.set_password(self._service, name, secret)
            return backend.get_password(self._service, name)

        if self._ask(keep) != secret:
            raise VaultError("vault.not_kept", name=name)
        self._memory.pop(name, None)

    def delete(self, name: str) -> None:
        """Forget ``name``; nothing happens when it is not there."""
        self._memory.pop(name, None)
        backend = self._keyring()
        if backend is not None and self.get(name) is not None:
            self._ask(lambda: backend.delete_password(self._service, name))

    def secrets(self) -> tuple[str, ...]:
        """Every secret that this session has seen, for redaction; answers at once even while a keyring is asking."""
        return tuple(self._seen)

    def probe(self) -> Literal["keyring", "memory"]:
        """Look for the keyring again, for instance after the person unlocked it; what memory holds stays."""
        with self._lock:
            self._probed = False
        return self.kept_by

    def _remember(self, secret: str | None) -> None:
        if secret:
            with self._seen_lock:
                self._seen |= {secret}

    def _keyring(self) -> KeyringBackend | None:
        with self._lock:
            if not self._probed:
                self._backend, self._why = self._look()
                self._probed = True
                if self._why:
                    log.info("secrets are kept in memory for this session (%s)", self._why)
            return self._backend

    def _look(self) -> tuple[KeyringBackend | None, str | None]:
        """Find a keyring that keeps, gives back and deletes a probe."""
        name, value = f"probe-{random.token_hex(8)}", random.token_urlsafe(24)
        try:
            found = self._ask(keyring.get_keyring)
            backend = _acceptable(found)
            if backend is None:
                return None, "vault.none" if type(found).__module__ == "keyring.backends.fail" else "vault.refused"

            def keeps() -> bool:
                backend.set_password(self._service, name, value)
                if backend.get_password(self._service, name) != value:
                    return False
                backend.delete_password(self._service, name)
                return backend.get_password(self._service, name) is None

            return (backend, None) if self._ask(keeps) else (None, "vault.forgets")
        except VaultError as error:
            return None, error.key

    def _ask(self, call: Callable[[], T]) -> T:
        """Run ``call`` in a thread with a deadline; whatever it raises becomes a :class:`VaultError`."""
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(call())
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=work, name="vault", daemon=True).start()
        try:
            return answer.result(self._timeout)
        except TimeoutError as error:
            raise VaultError("vault.silent") from error
        except keyring.errors.KeyringLocked as error:
            raise VaultError("vault.locked") from error
        except keyring.errors.NoKeyringError as error:
            raise VaultError("vault.none") from error
        except Exception as error:  # backends raise what their system raises: D-Bus, COM, ctypes
            raise VaultError("vault.failed", reason=type(error).__name__) from error
