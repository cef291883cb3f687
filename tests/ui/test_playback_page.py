"""The playback page on a real desk: keys, speeds, the board at its instant, another incident beside, nothing acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.mention import Mention
from crisisdesk.model.mention import Page as Found
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.playback import PlaybackPage

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = PlayClock(s.NOW - timedelta(hours=2))
    built = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "desk"), clock=clock)
    built.incidents.open(title="La de antes", level=2, started_at=clock.now())
    clock.move_to(s.NOW)
    one = built.incidents.open(title="<b>La de hoy</b>", level=3, started_at=s.NOW).id
    clock.move_to(s.NOW + 5 * MINUTE)
    built.timeline.note(one, "se llama al proveedor")
    clock.move_to(s.NOW + 10 * MINUTE)
    due = clock.now() + 30 * MINUTE
    built.commitments.promise(one, s.COMMITMENTS[0].what, due, kind=CommitmentKind.NEXT_UPDATE)
    clock.move_to(s.NOW + 21 * MINUTE)
    found = tuple(
        Mention(source="import", account="a", native_id=str(n), text=f"sin señal {n}", fetched_at=clock.now(),
                published_at=s.NOW + timedelta(seconds=20 * n))
        for n in range(60)
    )  # fmt: skip
    built.ingest.page(Found(source="import", account="a", mentions=found))
    clock.move_to(s.NOW + 50 * MINUTE)
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    found = stage(qtbot, qapp, PlaybackPage, desk, incident=2)
    found.settle()
    return found


def sentences(made: Stage) -> str:
    return " ".join(entry.text for entry in made.page.written.rows())


def test_it_begins_at_t0_and_shows_nothing_of_later(made: Stage) -> None:
    assert made.page.at == s.NOW
    assert "T+0" in made.page.bar.clock.text()
    assert "proveedor" not in sentences(made)
    made.page.seek(s.NOW + 6 * MINUTE)
    made.settle()
    assert "proveedor" in sentences(made)
    assert made.page.ledger.rowCount() == 0
    assert made.page.bar.count.text().startswith("18 ")
    made.page.seek(s.NOW + 11 * MINUTE)
    made.settle()
    assert made.page.ledger.rowCount() == 1
    made.page.seek(s.NOW + 6 * MINUTE)  # and back again
    made.settle()
    assert made.page.ledger.rowCount() == 0
    assert made.page.bar.count.text().startswith("18 ")
    assert not made.page.grab().isNull()


def test_keys_play_pause_walk_and_change_the_speed(made: Stage) -> None:
    page, bot = made.page, made.qtbot
    bot.keyClick(page, Qt.Key.Key_Space)
    assert page.playing
    bot.keyClick(page, Qt.Key.Key_Space)
    assert not page.playing
    page.seek(s.NOW + MINUTE)
    bot.keyClick(page, Qt.Key.Key_Right)
    assert page.at == s.NOW + 5 * MINUTE
    bot.keyClick(page, Qt.Key.Key_Right)
    assert page.at == s.NOW + 10 * MINUTE
    bot.keyClick(page, Qt.Key.Key_Left)
    assert page.at == s.NOW + 5 * MINUTE
    speed = page._speed
    bot.keyClick(page, Qt.Key.Key_Plus)
    assert page._speed > speed
    for _ in range(9):
        bot.keyClick(page, Qt.Key.Key_Minus)
    assert page._speed == 1
    made.settle()


@pytest.mark.parametrize("speed", [1, 60, 3600])
def test_real_seconds_are_worth_so_many_of_the_film(made: Stage, speed: int) -> None:
    made.page.set_speed(speed)
    made.page.advance(0.2)
    assert made.page.at == s.NOW + timedelta(seconds=0.2 * speed)
    made.settle()


def test_at_the_end_it_stands_still_and_begins_again(made: Stage) -> None:
    page = made.page
    page.toggle()
    page.set_speed(3600)
    page.advance(600)
    assert not page.playing
    assert page.at == page._film.end
    page.toggle()
    assert page.playing
    assert page.at == s.NOW
    page.hide()
    assert not page.playing  # out of sight nothing runs
    made.settle()


def test_another_incident_beside_it_at_the_same_distance_from_its_t0(made: Stage) -> None:
    page = made.page
    page.compare(1)
    made.settle()
    page.seek(s.NOW + 2 * MINUTE)
    made.settle()
    assert page.panels["beside"].isVisible()
    assert page.beside.rowCount()
    assert page._film.chart.second.label.es == "La de antes"
    page.compare(0)
    made.settle()
    assert not page.panels["beside"].isVisible()


def test_nothing_in_it_acts(made: Stage) -> None:
    page, desk = made.page, made.desk
    page.seek(s.NOW + 11 * MINUTE)
    made.settle()
    before = desk.chain.head()
    for table in page.tables.values():
        made.qtbot.keyClick(table, Qt.Key.Key_Return)
    made.settle()
    assert made.acted == []
    assert desk.chain.head() == before


def test_without_incidents_it_says_so(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    desk = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(tmp_path / "calm"))
    found = stage(qtbot, qapp, PlaybackPage, desk, incident=None)
    found.settle()
    assert found.page._stack.currentIndex() == 1
    found.page.toggle()
    assert not found.page.playing
    desk.close()


def test_while_the_slider_is_dragged_no_picture_is_drawn_and_at_rest_it_is_right(
    made: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, drawn = made.page, []
    made.qtbot.waitUntil(lambda: page.chart.ready() and not page._rest.isActive())
    draw = page.context.bridge.draw
    monkeypatch.setattr(page.context.bridge, "draw", lambda *args: (drawn.append(1), draw(*args)))
    page._rest.setInterval(60_000)  # the hand does not rest
    for minute in (20, 3, 15, 12):
        page.seek(s.NOW + minute * MINUTE)
        made.settle()
        shown = page.chart.shown()
        assert shown is not None
        assert int(shown[1].total.sum()) == page._scene.mentions == 3 * minute
    assert drawn == []
    assert page._rest.isActive()
    page._rest.setInterval(0)
    made.qtbot.waitUntil(lambda: bool(drawn) and page.chart.ready())
    assert page.chart.shown()[0].flags == page._scene.flags
    assert page.chart.fits()
