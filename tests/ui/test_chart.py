"""The live chart in the window: no redraw is lost, no number is doubled, every part can be reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from crisisdesk.model.events import MentionsAdded
from crisisdesk.model.mention import Gap, MinuteCount
from crisisdesk.model.room import ChartData, SecondSeries
from crisisdesk.reports import charts
from crisisdesk.reports.chart_minutes import Minutes
from crisisdesk.texts import Texts
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui.bridge import Bridge
from ui.context import Context
from ui.shots import settle
from ui.theme import Theme
from ui.widgets.chart import ChartView
from ui.window import make_window

END = samples.at("07:19")
MINUTE = timedelta(minutes=1)
LONG = 30_000  # ms; a busy machine draws slowly
Shown = tuple[ChartView, Context]


def data(minutes: int = 120, **changes: Any) -> ChartData:
    start = END - minutes * MINUTE
    counts = tuple(MinuteCount(start + i * MINUTE, 20, 8, 5, 4) for i in range(minutes))
    chart = ChartData(
        start=start, end=END, step=MINUTE, counts=counts, expected=((0.5, 2.0, 4.5),) * (minutes + 60), gaps=(),
        flags=(), incident_from=None, zone=samples.ZONE,
    )  # fmt: skip
    return replace(chart, **changes)


@pytest.fixture
def shown(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Shown]]:
    bridges: list[Bridge] = []

    def make(chart: ChartData | None = None, *, grows: bool = False) -> Shown:
        theme = Theme("dark")
        theme.apply(qapp)
        bridge = Bridge()
        bridges.append(bridge)
        context = Context(
            FakeDesk(), bridge, Texts("es"), theme, lambda _n: None, lambda _a, _r: None, lambda _w: None  # type: ignore[arg-type]
        )  # fmt: skip
        view = ChartView(context)
        qtbot.addWidget(view)
        view.resize(600, 320)
        view.show()
        held = chart or data()
        view.set_live(held, Minutes(held, grows=grows))
        qtbot.waitUntil(view.ready, timeout=LONG)
        return view, context

    yield make
    for bridge in bridges:
        bridge.close()


def colours(view: ChartView) -> np.ndarray:
    """The widget as it is on screen, shape (height, width, 3)."""
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine() // 4, 4)
    return rows[:, : picture.width(), :3].astype(int)


def share(view: ChartView, token: str) -> float:
    """How much of the widget has a token's colour."""
    colour = QColor(getattr(view._context.theme.tokens, token))
    wanted = np.array([colour.red(), colour.green(), colour.blue()])
    return float((np.abs(colours(view) - wanted).max(axis=2) <= 2).mean())


def complete(view: ChartView) -> bool:
    """Figures at the left, originals and reposts are all there."""
    assert view._pictures is not None
    panel = QColor(view._context.theme.tokens.panel)
    margin = colours(view)[20:-30, 4 : int(view._pictures.plot.left()) - 2]
    figures = np.abs(margin - [panel.red(), panel.green(), panel.blue()]).max(axis=2) > 60
    return figures.sum() > 20 and all(share(view, token) > 0.02 for token in ("bars", "reposts"))


# ── the known trap: a missing draw ───────────────────────────────────────────────────────────────────────────────


def test_nothing_is_missing_after_a_resize(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    assert complete(view)
    for size in ((900, 500), (320, 180), (1400, 700)):
        view.resize(*size)
        assert share(view, "bars") > 0.002  # the old pictures until the new ones come
        qtbot.waitUntil(view.ready, timeout=LONG)
        assert complete(view)
        assert view._pictures is not None
        assert view._pictures.ground.width() == size[0]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_is_missing_after_a_change_of_theme(shown: Callable[..., Shown], qtbot: Any, mode: Any) -> None:
    view, context = shown()
    context.theme.apply(QApplication.instance(), "light" if mode == "dark" else "dark")  # type: ignore[arg-type]
    qtbot.waitUntil(view.ready, timeout=LONG)
    context.theme.apply(QApplication.instance(), mode)  # type: ignore[arg-type]
    qtbot.waitUntil(view.ready, timeout=LONG)
    assert complete(view)
    assert share(view, "panel") > 0.1


def test_larger_letters_are_drawn_larger(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    assert view._pictures is not None
    before = view._pictures.plot
    font = QFont(view.font())
    font.setPixelSize(26)
    view.setStyleSheet("font-size: 26px")
    view.setFont(font)
    qtbot.waitUntil(lambda: view.ready() and view._pictures is not None and view._pictures.plot != before, timeout=LONG)
    assert view._pictures.plot.left() > 1.5 * before.left()
    assert complete(view)


def test_another_screen_is_drawn_anew(shown: Callable[..., Shown], qtbot: Any, monkeypatch: Any) -> None:
    view, _ = shown()
    monkeypatch.setattr(view, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(view, QEvent(QEvent.Type.DevicePixelRatioChange))
    qtbot.waitUntil(view.ready, timeout=LONG)
    assert view._pictures is not None
    assert view._pictures.ground.width() == 1200
    assert view._pictures.plot.right() < 600


def test_what_changed_out_of_sight_is_drawn_when_shown(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, context = shown()
    view.hide()
    context.theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]
    view.put([MinuteCount(END - MINUTE, 900, 0, 0, 0)])
    assert not view.ready()
    view.show()
    qtbot.waitUntil(view.ready, timeout=LONG)
    assert view._pictures is not None
    assert view._pictures.place.highest >= 900


# ── live counts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_count_is_shown_at_once_and_twice_is_once(shown: Callable[..., Shown]) -> None:
    view, _ = shown()
    before = share(view, "bars")
    more = [MinuteCount(END - n * MINUTE, 24, 0, 0, 0) for n in range(1, 40)]
    assert view.put(more)
    assert share(view, "bars") > before  # without waiting for a thread
    assert view.ready()  # the scale still holds: nothing to draw
    assert not view.put(more)
    assert view.shown() is not None
    assert view.shown()[1].total[-39:].tolist() == [24.0] * 39  # type: ignore[index]


def test_a_spike_beyond_the_scale_is_cut_until_the_new_scale_is_drawn(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    view.put([MinuteCount(END - MINUTE, 5_000, 100, 0, 0)])
    assert not view.ready()
    assert complete(view)
    qtbot.waitUntil(view.ready, timeout=LONG)
    assert view._pictures is not None
    assert view._pictures.place.highest >= 5_000


def test_counts_from_outside_the_stretch_change_nothing(shown: Callable[..., Shown]) -> None:
    view, _ = shown()
    assert not view.put([MinuteCount(END + 5 * MINUTE, 9, 0, 0, 0), MinuteCount(END - timedelta(days=9), 9, 0, 0, 0)])


def test_the_chart_moves_on_and_its_window_follows(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    view._zoom(0.5, None)
    assert view.span() == (END - 60 * MINUTE, END)
    view.move_on(END + 3 * MINUTE)
    assert view.span() == (END - 57 * MINUTE, END + 3 * MINUTE)
    qtbot.waitUntil(view.ready, timeout=LONG)
    view._pan(-0.5)
    looked_at = view.span()
    view.move_on(END + 4 * MINUTE)
    assert view.span() == looked_at  # who looks at the past is left there


def test_the_pictures_are_the_reports_figure(shown: Callable[..., Shown]) -> None:
    """Bars painted here and bars drawn by matplotlib stand on the same pixels, but for edges of one pixel."""
    rising = tuple(MinuteCount(END - (120 - i) * MINUTE, i, i // 3, 0, i // 2) for i in range(120))
    gap = (Gap("x", END - 100 * MINUTE, END - 80 * MINUTE),)
    view, context = shown(data(counts=rising, gaps=gap, second=SecondSeries(kind="negative")))
    view.clearFocus()
    tokens = context.theme.tokens
    theme = charts.ChartTheme(**{name: getattr(tokens, name) for name in charts.ChartTheme.__slots__})
    whole = charts.render(view.shown()[0], size_px=(600, 320), scale=1.0, theme=theme, texts=context.texts)  # type: ignore[index]
    drawn = np.frombuffer(whole.rgba, np.uint8).reshape(whole.height, whole.width, 4)[:, :, :3].astype(int)
    assert (np.abs(drawn - colours(view)).max(axis=2) > 40).mean() < 0.012


# ── zoom, pan, crosshair ─────────────────────────────────────────────────────────────────────────────────────────


def test_keys_zoom_pan_and_go_back(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    qtbot.keyClicks(view, "+")
    assert view.span() == (END - 60 * MINUTE, END)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.span() == (END - 68 * MINUTE, END - 8 * MINUTE)
    for _ in range(20):
        qtbot.keyClicks(view, "+")
    start, end = view.span() or (END, END)
    assert end - start == timedelta(minutes=10)
    qtbot.keyClicks(view, "0")
    assert view.span() == (END - 120 * MINUTE, END)


def test_the_future_cannot_be_looked_at(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    for _ in range(5):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.span() == (END - 120 * MINUTE, END)


def test_what_lies_further_back_is_asked_for(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    with qtbot.waitSignal(view.wanted) as asked:
        qtbot.keyClicks(view, "-")
    start, end = asked.args
    assert (start, end) == (END - 240 * MINUTE, END)


def test_the_wheel_zooms_about_the_pointer(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    assert view._pictures is not None
    at = QPointF(view._pictures.x_of(END - 60 * MINUTE), 150)
    none = Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, turn)
    start, end = view.span() or (END, END)
    assert end - start == 96 * MINUTE
    assert abs((start + (end - start) / 2) - (END - 60 * MINUTE)) <= MINUTE


def test_dragging_pans_and_a_click_shows_the_mentions(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    view._zoom(0.5, None)
    qtbot.waitUntil(view.ready, timeout=LONG)
    taken: list[tuple[datetime, datetime]] = []
    view.chosen.connect(lambda start, end: taken.append((start, end)))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    qtbot.mouseMove(view, QPoint(420, 150))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(420, 150))
    start, end = view.span() or (END, END)
    assert end < END
    assert end - start == 60 * MINUTE
    assert taken == []
    qtbot.waitUntil(view.ready, timeout=LONG)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    assert len(taken) == 1
    assert taken[0][1] - taken[0][0] == MINUTE
    assert start <= taken[0][0] < end


def test_the_crosshair_by_keyboard_ends_at_the_mentions(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.accessibleDescription().startswith("05:19 · 20 menciones · 12 originales · 8 reenvíos · lo esperado 2")
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.accessibleDescription().startswith("05:19")
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [END - 120 * MINUTE, END - 119 * MINUTE]


def test_without_a_crosshair_return_is_left_to_the_page(shown: Callable[..., Shown], qtbot: Any) -> None:
    view, _ = shown()
    with qtbot.assertNotEmitted(view.chosen):
        qtbot.keyClick(view, Qt.Key.Key_Return)


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_screen_reader_hears_the_numbers(shown: Callable[..., Shown]) -> None:
    counts = (*data().counts[:-1], MinuteCount(END - MINUTE, 74, 30, 40, 40))
    gap = (Gap("x", END - 100 * MINUTE, END - 80 * MINUTE),)
    flags = samples.chart().flags
    view, _ = shown(data(counts=counts, gaps=gap, flags=flags))
    said = view.accessibleDescription()
    assert said.startswith("De 05:19 a 07:19: 2454 menciones, 982 de ellas reenvíos.")
    peak, silence = "El máximo, 74 menciones en 1 minuto, a las 07:18.", "Sin datos de 05:39 a 05:59."
    for part in (peak, "unas 240", silence, "07:12 primer mensaje."):
        assert part in said


# ── in the room ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_mentions_change_the_chart_without_another_read(qapp: QApplication, qtbot: Any) -> None:
    desk = FakeDesk()
    reads: list[object] = []
    chart = desk.room.chart
    desk.room.chart = lambda *args, **more: (reads.append(args), chart(*args, **more))[1]
    window = make_window(desk)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    settle(window)
    before = len(reads)
    panel = window.page("room").chart  # type: ignore[attr-defined]
    last = panel._minutes.end - MINUTE
    for n in range(40):
        desk.bus.publish([MentionsAdded(1, last, (MinuteCount(last, 500 + n, 0, 0, 0),))])
    qtbot.waitUntil(lambda: panel.view.shown()[1].total[-1] == 539, timeout=LONG)
    settle(window)
    assert len(reads) == before
    window.close()


def test_a_click_on_the_chart_opens_the_inbox_on_that_minute(qapp: QApplication, qtbot: Any) -> None:
    window = make_window(FakeDesk())  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    settle(window)
    at = samples.NOW.replace(second=0, microsecond=0) - MINUTE
    window.page("room").chart.view.chosen.emit(at, at + MINUTE)  # type: ignore[attr-defined]
    inbox: Any = window.page("inbox")
    qtbot.waitUntil(lambda: inbox._shown is not None, timeout=LONG)
    assert inbox.isVisible()
    rows = inbox._model.rows()
    assert rows
    assert all(at <= row.mention.published_at < at + MINUTE for row in rows)
    assert "de 07:17 a 07:18" in inbox.list.narrowed.text()
    window.close()
