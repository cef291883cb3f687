"""A replay whose data file cannot be written for a while: nothing is skipped and nothing is doubled."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.errors import StoreFullError


def test_a_full_disk_in_the_middle_skips_no_mention(desk: Desk, tmp_path: Path) -> None:
    rows = [f"{n},2026-01-05T10:{n // 10:02d}:{n % 10:02d}Z,u{n},{'hola ' * 400}{n}" for n in range(300)]
    file = tmp_path / "m.csv"
    file.write_text("\n".join(["id,created_at,author,text", *rows]) + "\n", "utf-8")
    desk.play_file(file, paused=True)
    for _ in range(5):
        desk.replay.leap()
    before = desk.mentions.count()
    assert 0 < before < 300
    with desk.core.write() as tx:
        raw = tx.connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(StoreFullError):
        while desk.replay.leap():
            pass
    stopped = desk.mentions.count()
    assert before <= stopped < 300 and desk.replay.added == stopped
    raw.execute("PRAGMA max_page_count=1000000")
    while desk.replay.leap():
        pass
    assert (desk.mentions.count(), desk.replay.added, desk.replay.duplicates) == (300, 300, 0)
    counted = desk.room.chart(timedelta(hours=2)).counts
    assert sum(c.total for c in counted) == 300


def test_an_act_that_fails_at_its_very_end_puts_position_and_detector_back(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},2026-01-05T10:{n:02d}:30Z,u{n},hola {n}" for n in range(40)]
    file = tmp_path / "m.csv"
    file.write_text("\n".join(["id,created_at,author,text", *rows]) + "\n", "utf-8")
    desk.play_file(file, paused=True)
    keep, failures = desk.replay._keep, iter([False] * 9 + [True] * 2)

    def failing(connection: object, at: object = None) -> None:
        keep(connection, at)  # type: ignore[arg-type]
        if next(failures, False):
            raise StoreFullError("store.full", path="x")

    monkeypatch.setattr(desk.replay, "_keep", failing)
    failed = 0
    while not desk.replay.ended:
        try:
            desk.replay.leap()
        except StoreFullError:
            failed += 1
            assert desk.replay.added == desk.mentions.count()
    assert failed == 2
    assert (desk.mentions.count(), desk.replay.added, desk.replay.duplicates) == (40, 40, 0)
