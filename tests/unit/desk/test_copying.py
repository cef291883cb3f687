"""The hourly copy of a desk at work: what hinders it is told once, and a drill has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from crisisdesk.app import build_desk
from crisisdesk.model.errors import StoreFullError
from crisisdesk.model.events import Event, StoreTroubled
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import copies


@pytest.mark.parametrize("drill", [False, True])
def test_only_the_persons_own_desk_is_copied(tmp_path: Path, drill: bool) -> None:
    desk = build_desk(Settings(), profile(tmp_path), drill=drill)
    desk.copying.keep()
    desk.copying.keep()
    assert len(copies.of(desk.paths.database)) == (0 if drill else 1)
    assert (desk.copying.last() is None) == drill
    desk.close()


def test_a_hindrance_is_told_once_with_the_files_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreFullError("store.no_room_for_copy", path="crisisdesk.db")

    desk = build_desk(Settings(), profile(tmp_path))
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    room = copies.take_when_due
    monkeypatch.setattr(copies, "take_when_due", full)
    desk.copying.keep()
    desk.copying.keep()
    assert heard == [StoreTroubled("store.no_room_for_copy", "crisisdesk.db")]
    monkeypatch.setattr(copies, "take_when_due", room)
    desk.copying.keep()
    monkeypatch.setattr(copies, "take_when_due", full)
    desk.copying.keep()
    assert len(heard) == 2
    desk.close()
