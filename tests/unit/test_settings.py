"""Settings: a broken file never stops the start, and what a person wrote is kept."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk import settings as module
from crisisdesk.settings import FALLBACK_ZONE, Settings, load, save, system_zone
from crisisdesk.texts import LANGUAGES, Texts


@pytest.mark.parametrize(
    "content",
    [b"language = ", b"\xff\xfe\x00", b"[a]\n[a]\n", b"language = 'es'\nlanguage = 'en'\n", b"a = " + b"[" * 5000],
    ids=["cut", "not utf-8", "table twice", "key twice", "deep"],
)
def test_a_broken_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    assert load(path) == (Settings(), "errors.settings.broken")
    kept = list(tmp_path.glob("settings.toml.broken-*"))
    assert [file.read_bytes() for file in kept] == [content]
    assert not path.exists()


def test_a_file_that_cannot_be_read_gives_defaults(tmp_path: Path) -> None:
    folder = tmp_path / "settings.toml"
    folder.mkdir()
    assert load(folder) == (Settings(), "errors.settings.unreadable")


@pytest.mark.parametrize(
    "line",
    [
        'language = "fr"',
        "language = 3",
        'theme = "pink"',
        'zone = "Mars/Olympus"',
        'zone = "../../etc/passwd"',
        'zone = ""',
        "brand = 7",
        'terms = "one"',
        "terms = [1, 2]",
        'playbook = ""',
        "actor = true",
        "return_days = 0",
        "return_days = true",
        "return_days = nan",
        'return_days = "7"',
    ],
)
def test_a_bad_value_gives_way_to_its_default_and_the_rest_holds(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    other = 'actor = "Ana"' if not line.startswith("actor") else 'brand = "Ana"'
    path.write_text(f"{line}\n{other}\n", "utf-8")
    loaded, told = load(path)
    assert told == "errors.settings.bad_value"
    assert "Ana" in (loaded.actor, loaded.brand)
    name = line.split(" ", maxsplit=1)[0]
    assert getattr(loaded, name) == getattr(Settings(), name)


def test_no_file_means_defaults_and_nothing_to_tell(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == (Settings(), None)


def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save(path, Settings(brand="Tren Rápido"))
    before = path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, Settings(brand="Otra"))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


def test_saving_over_a_broken_file_keeps_the_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("mine = ", "utf-8")
    save(path, Settings(brand="Ñandú"))
    assert load(path) == (Settings(brand="Ñandú"), None)
    assert [file.read_text("utf-8") for file in tmp_path.glob("*.broken-*")] == ["mine = "]


def test_comments_and_unknown_keys_survive(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('# mine\nlanguage = "en"  # for now\nfuture = [1, 2]\n\n[later]\nx = 1\n', "utf-8")
    loaded, told = load(path)
    assert (loaded.language, told) == ("en", None)
    save(path, replace(loaded, language="es", brand="Ñandú", terms=("tren", "vía")))
    text = path.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert 'language = "es"  # for now' in text
    assert "future = [1, 2]" in text
    assert "[later]\nx = 1" in text
    assert load(path) == (replace(loaded, language="es", brand="Ñandú", terms=("tren", "vía")), None)


def test_defaults_are_not_written_so_that_they_can_improve(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save(path, Settings())
    assert path.read_text("utf-8") == ""


_words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(
    brand=_words, terms=st.lists(_words, max_size=4), days=st.floats(0.1, 365), language=st.sampled_from(["es", "en"])
)
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, brand: str, terms: list[str], days: float, language: str
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    wanted = Settings(brand=brand, terms=tuple(terms), return_days=days, language=language)
    save(path, wanted)
    assert load(path) == (wanted, None)


def test_the_zone_comes_from_the_system_or_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Madrid")
    assert system_zone() == "Europe/Madrid"
    monkeypatch.setenv("TZ", ":America/Bogota")
    assert system_zone() == "America/Bogota"
    monkeypatch.setattr(module, "_known_zone", lambda name: False)
    assert system_zone() == FALLBACK_ZONE


def test_a_system_without_a_login_name_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(module.getpass, "getuser", nobody)
    assert Settings().actor == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_setting_has_its_help(lang: str) -> None:
    texts = Texts(lang)
    assert [option.name for option in fields(Settings) if not texts.has(option.metadata["help"])] == []
    for key in ("broken", "unreadable", "bad_value"):
        assert texts.has(f"errors.settings.{key}")
