"""packaging/dev.py: what it says when something is missing, and what it never does."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("crisisdesk_dev", ROOT / "packaging" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Answers = Callable[[list[str]], tuple[int, str]]


@pytest.fixture
def asked(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every command that dev.py would have run quietly; each of them succeeds."""
    commands: list[list[str]] = []

    def quietly(command: list[str], **_: Any) -> tuple[int, str]:
        commands.append([str(part) for part in command])
        return 0, ""

    monkeypatch.setattr(dev, "quietly", quietly)
    return commands


def test_an_unknown_command_shows_the_help(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["nonsense"]) == 2
    assert "packaging/dev.py test" in capsys.readouterr().out
    assert dev.main([]) == 0


def test_an_old_python_is_told_which_one_is_needed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.Stop, match=r"Python 3\.11-3\.13 needed"):
        dev.base_python()


def test_another_python_on_the_path_is_used(
    dev: ModuleType, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/opt/python3.12" if name == "python3.12" else None)
    assert dev.base_python() == "/opt/python3.12"


def test_without_the_right_to_install_the_exact_command_is_shown(
    dev: ModuleType, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "may_install", lambda: None)
    assert not dev.apt_install(["libegl1", "libgl1"], "Qt misses libEGL.so.1")
    told = capsys.readouterr().err
    assert "Qt misses libEGL.so.1. Run:  sudo apt-get install -y --no-install-recommends libegl1 libgl1" in told
    assert asked == []


def test_the_package_lists_are_read_once(
    dev: ModuleType, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "may_install", lambda: ["sudo", "-n"])
    assert dev.apt_install(["a"], "one")
    assert dev.apt_install(["b"], "two")
    assert [command[-1] for command in asked] == ["update", "a", "b"]
    assert all(command[:3] == ["sudo", "-n", "env"] for command in asked)


def test_a_failing_apt_is_told_and_not_fatal(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "may_install", list)
    monkeypatch.setattr(dev, "quietly", lambda command: (100, "E: Unable to locate package"))
    assert not dev.apt_install(["nope"], "missing")
    assert "E: Unable to locate package" in capsys.readouterr().err


def test_missing_libraries_are_found_by_ldd(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugin = tmp_path / "libqxcb.so"
    plugin.touch()
    told = (
        f"{plugin}:\n\tlibxcb-icccm.so.4 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n"
        "\tlibQt6Core.so.6 => not found\n\tlibxcb-icccm.so.4 => not found\n"
    )
    monkeypatch.setattr(dev, "quietly", lambda command: (0, told))
    monkeypatch.setattr(dev.shutil, "which", lambda name: name)
    assert dev.missing_libraries([plugin, tmp_path / "absent.so"]) == ["libxcb-icccm.so.4"]
    assert dev.missing_libraries([tmp_path / "absent.so"]) == []


def test_qt_without_its_libraries_stops_and_a_screen_without_its_own_does_not(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[list[str]] = []
    monkeypatch.setattr(dev, "apt_install", lambda packages, why: wanted.append(packages))
    monkeypatch.setattr(dev, "has_fonts", lambda: True)
    monkeypatch.setattr(dev, "qt_files", lambda: {"qt": [], "screen": ["xcb"]})
    monkeypatch.setattr(dev, "missing_libraries", lambda files: ["libxcb-icccm.so.4"] if files else [])
    assert dev.system_parts() is False
    assert wanted == [["libxcb-icccm4"]]
    monkeypatch.setattr(dev, "qt_files", lambda: {"qt": ["core"], "screen": []})
    monkeypatch.setattr(dev, "missing_libraries", lambda files: ["libEGL.so.1"] if files else [])
    with pytest.raises(dev.Stop, match=r"libEGL\.so\.1"):
        dev.system_parts()


def test_a_lock_with_an_address_is_refused(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1 \\\n    --hash=sha256:00\n", "utf-8")

    def resolve(command: list[str], **_: Any) -> tuple[int, str]:
        Path(command[-1]).write_text("b @ https" + "://files.example/b.whl\n", "utf-8")
        return 0, ""

    monkeypatch.setattr(dev, "LOCK", lock)
    monkeypatch.setattr(dev, "quietly", resolve)
    monkeypatch.setattr(dev.shutil, "which", lambda *_, **__: "uv")
    assert dev.main(["lock"]) == 1
    assert "the old lock is kept" in capsys.readouterr().err
    assert lock.read_text("utf-8").startswith("a==1")
    assert list(tmp_path.iterdir()) == [lock]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_without_a_screen_the_desk_plays_by_itself(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    ran: list[list[str]] = []

    def aloud(command: list[object], *, extra: dict[str, str] | None = None) -> int:
        ran.append([*map(str, command[2:]), *(extra or {})])
        return 1

    monkeypatch.setattr(dev, "setup", lambda: 0)
    monkeypatch.setattr(dev, "aloud", aloud)
    assert dev.main(["run"]) == 1
    assert ran.pop() == ["ui.start", "demo", "--auto", "--speed", "max", "--out", str(ROOT / "out"), "QT_QPA_PLATFORM"]
    monkeypatch.setenv("DISPLAY", ":0")
    dev.main(["run", "--", "--lang", "en"])
    assert ran.pop() == ["ui.start", "demo", "--lang", "en"]
    dev.main(["run", "--", "doctor"])
    assert ran.pop() == ["ui.start", "doctor"]


def test_every_step_runs_even_when_one_fails(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps: list[str] = []

    def follow(command: list[object], extra: dict[str, str]) -> tuple[int, str]:
        steps.append(Path(str(command[0])).name if len(command) < 4 and command[1:2] != ["-m"] else str(command[2]))
        return (1, "") if len(steps) == 1 else (0, "3 passed in 0.1s")

    monkeypatch.setattr(dev, "setup", lambda: 0)
    monkeypatch.setattr(dev, "test_parts", lambda: None)
    monkeypatch.setattr(dev, "follow", follow)
    assert dev.main(["test"]) == 1
    assert steps == ["ruff", "mypy", "lint-imports", "pytest"]
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[-1] == "3 passed in 0.1s"
    assert any(line.startswith("ruff     failed") for line in lines)
    assert any(line.startswith("tests    passed") for line in lines)


def test_the_files_of_the_tests_lie_in_memory_only_where_it_has_room(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/shm").is_dir():
        pytest.skip("needs the folder in memory, /dev/shm")
    monkeypatch.setattr(dev, "ROOM", 1 << 62)
    with dev.place_for_tests() as extra:
        assert "PYTEST_DEBUG_TEMPROOT" not in extra and extra["PYTHONDONTWRITEBYTECODE"] == ""
    monkeypatch.setattr(dev, "ROOM", 0)
    with dev.place_for_tests() as extra:
        folder = Path(extra["PYTEST_DEBUG_TEMPROOT"])
        (folder / "left").write_text("x")
    assert not folder.exists()


CRASH = "worker 'gw1' crashed while running 'tests/ui/test_a.py::test_x'\n"


@pytest.mark.parametrize(
    ("printed", "again"),
    [
        (CRASH + "FAILED tests/ui/test_a.py::test_x\n", ["tests/ui/test_a.py::test_x"]),
        (CRASH + "FAILED tests/ui/test_a.py::test_x\nFAILED tests/ui/test_b.py::test_y - assert 1\n", []),
        (CRASH + "\x1b[31mERROR\x1b[0m tests/ui/test_b.py::test_y\n", []),
        ("FAILED tests/ui/test_b.py::test_y - assert 1\n", []),
        ("3 passed\n", []),
    ],
)
def test_only_a_test_whose_process_died_is_run_once_more(dev: ModuleType, printed: str, again: list[str]) -> None:
    """A test that failed by itself is never asked a second time."""
    assert dev.only_crashed(printed.splitlines(keepends=True)) == again
