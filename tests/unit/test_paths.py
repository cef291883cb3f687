"""A file is written whole or not at all; a folder that cannot be a profile is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model.errors import StoreError
from crisisdesk.paths import profile, put_file


def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("yesterday's")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as caught:
        put_file(path, b"today's")
    assert caught.value.filename == str(path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"] and path.read_text() == "yesterday's"


def test_a_missing_folder_is_what_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        put_file(tmp_path / "gone" / "report.html", b"x")
    assert caught.value.filename == str(tmp_path / "gone")


def test_a_link_goes_on_to_lead_where_it_led(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    put_file(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_a_device_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    put_file(pipe, b"through")
    assert os.read(reader, 20) == b"through" and pipe.is_fifo()
    os.close(reader)


def test_the_longest_name_that_a_disk_takes_can_be_written(tmp_path: Path) -> None:
    put_file(tmp_path / ("r" * 255), b"x")


@pytest.mark.parametrize("under", ["", "deeper"])
def test_a_file_is_no_folder_for_a_profile(tmp_path: Path, under: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        profile(tmp_path / "file" / under)
    told: Any = caught.value.fields["reason"]
    assert caught.value.key == "store.no_profile" and told.kind == "no_folder"
