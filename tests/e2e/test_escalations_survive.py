"""Due escalations and kill -9 of the real process: none is lost, whatever the moment. Depends on no speed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.fakes.many_ladders import desk_in, fired, kill, prepare, spawn

COUNT = 60


def test_no_due_escalation_is_lost_to_kill_minus_nine(tmp_path: Path) -> None:
    """Everything is due already; the process is killed after ever more commits that it told, and started again."""
    desk = desk_in(tmp_path)
    due = prepare(desk, COUNT, -timedelta(minutes=10), timedelta(minutes=5))
    desk.close()
    for commits in (0, 1, 26, COUNT):
        process = spawn(tmp_path)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if commits == COUNT:  # the last one is let finish: until it has told of every ladder that was left
            desk = desk_in(tmp_path)
            left = sum(not times for times in fired(desk, tuple(due)).values())
            desk.close()
            commits = left  # noqa: PLW2901
        told: set[str] = set()
        while len(told) < commits:
            line = process.stdout.readline()
            assert line, "it died by itself"
            told.add(line)
        kill(process)
    desk = desk_in(tmp_path)
    found = fired(desk, tuple(due))
    assert [i for i, times in found.items() if not times] == []
    assert all(min(times) >= due[i] for i, times in found.items())
    with desk.core.read() as connection:
        late = connection.exec_driver_sql("SELECT data FROM timeline WHERE kind = 'escalation.late'").scalars().all()
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert len(late) == sum(len(times) for times in found.values())  # each was over 5 s late, and says why
    assert all("CrisisDesk was closed" in data for data in late)
    desk.close()
