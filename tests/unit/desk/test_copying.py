"""The hourly copy of a desk at work: what hinders it is told once, and a drill has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.errors import StoreFullError
from crisisdesk.model.events import CopyHindered, Event
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import copies
from crisisdesk.texts import Texts


@pytest.mark.parametrize("drill", [False, True])
def test_only_the_persons_own_desk_is_copied(tmp_path: Path, drill: bool) -> None:
    desk = build_desk(Settings(), profile(tmp_path), drill=drill)
    desk.copying.keep()
    desk.copying.keep()
    assert len(copies.of(desk.paths.database)) == (0 if drill else 1)
    assert (desk.copying.last() is None) == drill
    desk.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(Settings(), profile(tmp_path))
    yield built
    built.close()


@pytest.fixture
def heard(desk: Desk) -> list[Event]:
    """What the desk tells."""
    told: list[Event] = []
    desk.bus.subscribe(told.append)
    return told


def keys(heard: list[Event]) -> list[str]:
    return [event.error.key for event in heard if isinstance(event, CopyHindered)]


def test_a_hindrance_is_told_once_until_it_has_gone(
    desk: Desk, heard: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFullError("store.no_room_for_copy", path="crisisdesk.db")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(copies, "take_when_due", full)
        desk.copying.keep()
        desk.copying.keep()
    assert keys(heard) == ["store.no_room_for_copy"]
    desk.copying.keep()
    monkeypatch.setattr(copies, "take_when_due", full)
    desk.copying.keep()
    assert keys(heard) == ["store.no_room_for_copy"] * 2


def test_a_disk_nearly_full_is_told_while_there_is_room(
    desk: Desk, heard: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "free", lambda _: 499_000_000)
    desk.copying.keep()
    assert len(copies.of(desk.paths.database)) == 1
    assert keys(heard) == ["store.low"]
    (told,) = heard
    assert isinstance(told, CopyHindered)
    said = Texts("es").error(told.error)
    assert "Quedan 499 MB" in said and "crisisdesk.db" in said
