"""Other signals in the room: told as plain characters in both languages, opened and marked as seen by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.concern import Concern, ConcernKind, ConcernState
from crisisdesk.model.playbook import Bilingual, MentionType
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import rows
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.room import RoomPage
from ui.widgets.concern_strip import rarity, sentence

FIGURES: dict[ConcernKind, dict[str, object]] = {
    ConcernKind.SAFETY: {"count": 3},
    ConcernKind.REACH: {"author": "<b>famosa</b>", "followers": 1_250_000},
    ConcernKind.VIP: {"count": 2, "names": "<b>ana</b>, beto", "persons": [["x", "7"], ["x", "8"]]},
    ConcernKind.NEGATIVE: {"share": 81, "count": 62, "usual": 24},
    ConcernKind.BACKLOG: {"count": 15, "types": [["<b>queja", 12], ["otra", 3]]},
    ConcernKind.CALMED: {"since": "2026-11-22T11:20:00+00:00"},
    ConcernKind.DIED: {"since": "2026-11-22T11:20:00+00:00", "names": "Diario <i>"},
}


def concern(kind: ConcernKind, **changes: Any) -> Concern:
    values: dict[str, Any] = {
        "id": 1, "kind": kind, "state": ConcernState.OPEN, "opened_at": s.NOW - timedelta(minutes=4),
        "updated_at": s.NOW, "return_days": 60.0, "mention_ids": (1, 2), "figures": FIGURES[kind],
    }  # fmt: skip
    return Concern(**values | changes)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(Settings(zone=s.ZONE, actor="ana"), profile(tmp_path), clock=PlayClock(s.NOW))
    with built.core.write() as tx:
        for kind in (ConcernKind.REACH, ConcernKind.SAFETY):
            rows.concerns.insert(tx.connection, concern(kind))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, RoomPage, desk, incident=None)


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("kind", list(ConcernKind))
def test_every_kind_has_its_words(kind: ConcernKind, lang: str) -> None:
    texts = Texts(lang)  # type: ignore[arg-type]
    said = sentence(concern(kind), texts, s.ZONE)
    assert "{" not in said
    for value in FIGURES[kind].values():
        if isinstance(value, int) and value < 1_000:
            assert str(value) in said
    assert "60" in rarity(concern(kind), texts)
    assert rarity(concern(kind, return_days=365_000.0), texts) == texts("room.concern.rare_years")


def press(made: Stage, qtbot: Any, expected: int) -> None:
    """The key, and what the window does with the action that it asks for."""
    qtbot.keyClick(made.page, Qt.Key.Key_V)
    assert made.acted[-1] == ("concern.seen", expected)
    made.page.actions_()["concern.seen"](expected)
    made.settle()


def test_the_newest_is_seen_by_its_key_and_the_next_takes_its_place(made: Stage, desk: Desk, qtbot: Any) -> None:
    strip = made.page.situation.concerns
    assert [one.kind for one in strip.shown] == [ConcernKind.SAFETY, ConcernKind.REACH]
    press(made, qtbot, 2)
    assert [one.kind for one in strip.shown] == [ConcernKind.REACH]
    seen = desk.concerns.list(open_only=False)[0]
    assert (seen.state, seen.seen_by) == (ConcernState.SEEN, "ana")
    press(made, qtbot, 1)
    assert not strip.isVisible()


def test_names_from_outside_are_plain_characters(made: Stage) -> None:
    said = sentence(concern(ConcernKind.REACH), made.page.texts, s.ZONE)
    assert "<b>famosa</b>" in said


def test_what_waits_is_told_by_the_playbooks_names() -> None:
    kind = MentionType(id="queja", name=Bilingual("Queja de servicio", "Complaint"))
    playbook = replace(s.PLAYBOOK, mention_types=(kind,))
    told = concern(ConcernKind.BACKLOG, figures={"count": 12, "types": [[kind.id, 12]]})
    said = sentence(told, Texts("es"), s.ZONE, playbook)
    assert said == "12 menciones esperan respuesta fuera de plazo: Queja de servicio 12"
