"""What a due step costs bounds how many are late after a start. Statements are counted: seconds tell of the machine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.fakes.many_ladders import desk_in, fired, prepare


def test_a_due_step_costs_a_dozen_statements(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    due = prepare(desk, 50, timedelta(seconds=-2), timedelta(seconds=1))
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        desk.tick()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert all(fired(desk, tuple(due)).values())
    desk.close()
    assert len(said) / len(due) <= 13
