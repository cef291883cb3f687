"""The vault: a keyring that does not keep is found out, and nothing is ever written to disk."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from crisisdesk.model.errors import VaultError
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.vault import Vault
from tests.fakes.session_bus import without_services


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    return lambda backend: monkeypatch.setattr("keyring.core._keyring_backend", backend)


def test_without_a_keyring_memory_keeps_and_says_so(use: Callable[[KeyringBackend], None]) -> None:
    use(keyring.backends.fail.Keyring())
    vault = Vault()
    assert vault.kept_by == "memory"
    assert vault.why == "errors.vault.none"
    vault.set("token", "s3creto")
    assert vault.get("token") == "s3creto"
    vault.delete("token")
    vault.delete("token")
    assert vault.get("token") is None
    assert Vault().get("token") is None


def test_the_keyring_that_keeps_nothing_is_refused(use: Callable[[KeyringBackend], None]) -> None:
    use(keyring.backends.null.Keyring())
    assert (Vault().kept_by, Vault().why) == ("memory", "errors.vault.refused")


def test_plain_text_and_unknown_file_keyrings_are_refused(
    use: Callable[[KeyringBackend], None], memory_keyring: Any
) -> None:
    kind = type(memory_keyring)
    plain = type("PlaintextKeyring", (kind,), {"priority": 1})()
    alternative = type("EncryptedKeyring", (kind,), {"priority": 1, "__module__": "keyrings.alt.file"})()
    for backend in (plain, alternative):
        use(backend)
        vault = Vault()
        assert (vault.kept_by, vault.why) == ("memory", "errors.vault.refused")
        vault.set("token", "s3creto")
        assert backend.kept == {}


def test_a_chain_gives_its_first_acceptable_keyring(
    use: Callable[[KeyringBackend], None], memory_keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [keyring.backends.null.Keyring(), memory_keyring]
    monkeypatch.setattr(keyring.backends.chainer.ChainerBackend, "backends", links)
    use(keyring.backends.chainer.ChainerBackend())
    vault = Vault()
    vault.set("token", "s3creto")
    assert vault.kept_by == "keyring"
    assert memory_keyring.kept == {("CrisisDesk", "token"): "s3creto"}


def test_a_keyring_that_forgets_is_found_by_the_probe(memory_keyring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_keyring, "set_password", lambda *_: None)
    assert (Vault().kept_by, Vault().why) == ("memory", "errors.vault.forgets")


@pytest.mark.parametrize(
    ("raised", "key"),
    [
        (keyring.errors.KeyringLocked("dismissed"), "vault.locked"),
        (keyring.errors.PasswordSetError("no"), "vault.failed"),
        (RuntimeError("D-Bus is gone"), "vault.failed"),
        (EOFError(), "vault.failed"),
    ],
)
def test_what_a_keyring_raises_becomes_one_family(
    memory_keyring: Any, monkeypatch: pytest.MonkeyPatch, raised: Exception, key: str
) -> None:
    vault = Vault()
    assert vault.kept_by == "keyring"

    def fails(*_: object) -> None:
        raise raised

    monkeypatch.setattr(memory_keyring, "set_password", fails)
    monkeypatch.setattr(memory_keyring, "get_password", fails)
    for act in (lambda: vault.set("token", "s3creto"), lambda: vault.get("token"), lambda: vault.delete("token")):
        with pytest.raises(VaultError) as told:
            act()
        assert told.value.key == key
    assert Vault().why == f"errors.{key}"


def test_a_secret_that_is_not_read_back_is_told(memory_keyring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault()
    assert vault.kept_by == "keyring"
    monkeypatch.setattr(memory_keyring, "set_password", lambda *_: None)
    with pytest.raises(VaultError) as told:
        vault.set("token", "s3creto")
    assert told.value.key == "vault.not_kept"
    assert "s3creto" not in str(told.value)


@pytest.fixture
def prompt(memory_keyring: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A keyring that waits for a person; set the event to let it go."""
    answered = threading.Event()
    keep = memory_keyring.set_password

    def ask(*arguments: str) -> None:
        answered.wait(10)
        keep(*arguments)

    monkeypatch.setattr(memory_keyring, "set_password", ask)
    yield answered
    answered.set()


def test_a_keyring_that_does_not_answer_does_not_hold_the_program(prompt: threading.Event) -> None:
    vault = Vault(timeout=0.05)
    assert (vault.kept_by, vault.why) == ("memory", "errors.vault.silent")
    vault.set("token", "s3creto")
    prompt.set()
    assert vault.probe() == "keyring"
    assert vault.get("token") == "s3creto", "what memory held stays"
    vault.set("token", "otro")
    assert Vault().get("token") == "otro"


def test_redaction_never_waits_for_a_prompt(prompt: threading.Event) -> None:
    vault = Vault(timeout=5)
    asking = threading.Thread(target=lambda: vault.set("token", "s3creto"))
    asking.start()
    while not vault.secrets():
        threading.Event().wait(0.001)
    assert asking.is_alive()
    assert vault.secrets() == ("s3creto",)
    prompt.set()
    asking.join(5)


def test_the_keyring_keeps_and_gives_back(memory_keyring: Any) -> None:
    vault = Vault()
    assert (vault.kept_by, vault.why) == ("keyring", None)
    assert memory_keyring.kept == {}, "the probe leaves nothing"
    assert vault.get("token") is None
    vault.set("token", "s3creto-ñ")
    assert Vault().get("token") == "s3creto-ñ"
    assert Vault("CrisisDesk drill").get("token") is None
    vault.delete("token")
    assert memory_keyring.kept == {}
    assert "s3creto-ñ" in vault.secrets(), "what was seen stays masked"


def test_memory_writes_no_file(use: Callable[[KeyringBackend], None], own_home: Path) -> None:
    use(keyring.backends.fail.Keyring())
    vault = Vault()
    vault.set("token", "CDCANARY-1f6b")
    assert vault.get("token")
    assert [file for file in own_home.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_sentence(lang: str) -> None:
    texts = Texts(lang)
    for key in ("none", "refused", "forgets", "locked", "silent", "failed", "not_kept"):
        assert texts.has(f"errors.vault.{key}")


_CHILD = """
    import keyring, secretstorage
    from crisisdesk.model.errors import VaultError
    from crisisdesk.vault import Vault

    vault = Vault()
    assert vault.kept_by == "keyring", vault.why
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.SecretService"
    vault.set("token", "s3creto-ñ")
    vault.set("long", "x" * 20_000)
    assert Vault().get("token") == "s3creto-ñ"
    assert len(Vault().get("long")) == 20_000
    vault.delete("long")
    assert Vault().get("long") is None
    with secretstorage.dbus_init() as bus:
        secretstorage.get_default_collection(bus).lock()
    try:
        vault.get("token")
    except VaultError as error:
        assert error.key == "vault.locked", error.key
    else:
        raise AssertionError("a locked keyring gave the secret")
    print("all held")
"""


def test_a_real_secret_service(needs_system: Callable[[str], str], own_home: Path, tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the Secret Service is Linux's keyring")
    daemon = needs_system("gnome-keyring-daemon")
    session = needs_system("dbus-run-session")
    child = tmp_path / "child.py"
    child.write_text(textwrap.dedent(_CHILD), "utf-8")
    # The daemon stays in the foreground of its own job and ends with the session's shell.
    script = (
        f'printf "testpass\\n" | "{daemon}" --foreground --unlock --components=secrets >/dev/null 2>&1 & '
        f'daemon=$!; trap "kill $daemon" EXIT; '
        f'for n in $(seq 100); do "{sys.executable}" -c "import sys, secretstorage as s; '
        f'b = s.dbus_init(); sys.exit(not s.check_service_availability(b))" && break; sleep 0.1; done; '
        f'"{sys.executable}" "{child}"'
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"}
    done = subprocess.run(
        [session, without_services(tmp_path), "--", "bash", "-c", script],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )
    assert "all held" in done.stdout, done.stdout + done.stderr
    assert (own_home / "xdg_data_home" / "keyrings").is_dir(), "the keyring was the test's own"
