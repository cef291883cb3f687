"""The measures: drills never count, shares say over how many, and the counts are those of a hand count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.preparation import ASSUMPTIONS
from crisisdesk.pipeline.measures import counted
from crisisdesk.words import figure_value
from tests.fakes import recount
from tests.fakes import samples as s
from tests.fakes.pages_b import DeskB, stage
from ui import measures_file
from ui.pages.measures import MeasuresPage, per_channel, per_day
from ui.widgets.figures_view import MOST

VOLUME = st.lists(st.tuples(st.dates(date(2026, 3, 1), date(2026, 3, 17)), st.sampled_from("abc"), st.integers(0, 99)))


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_a_read_that_fails_is_told_by_the_window_and_the_page_stays(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    desk = DeskB(tmp_path)
    made = stage(qtbot, qapp, MeasuresPage, desk)
    told: list[object] = []
    made.page.context.bridge.failed.connect(told.append)

    def busy(_period: object) -> Any:
        raise StoreBusyError("store.busy")

    desk.measures.rows = busy
    made.page.refresh()
    made.settle()
    assert len(told) == 1 and made.page.channels.model().rowCount() == 3


def test_a_drill_profile_counts_nothing(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path, drill=True))
    assert made.page._empty.isVisible() and "simulacro" in words(made.page._empty)
    assert made.page.first.model().rowCount() == 0


def test_a_drill_among_real_incidents_is_left_out_and_said(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    desk = DeskB(tmp_path)
    desk._incidents.append(replace(s.INCIDENT, id=2, drill=True))
    made = stage(qtbot, qapp, MeasuresPage, desk)
    assert made.page.first.model().rowCount() == 1
    assert "1 simulacro queda fuera" in made.page._drills.text()


def test_nothing_yet_says_what_will_bring_numbers(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    desk = DeskB(tmp_path, calm=True)
    made = stage(qtbot, qapp, MeasuresPage, desk, lang="en")
    assert made.page._empty.isVisible()


def test_the_period_changes_the_days(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    assert len(made.page.bars._days) == 7
    made.page.periods[28].click()
    made.settle()
    assert len(made.page.bars._days) == 28 and "28 días" in made.page._volume._note.text()


def test_the_first_message_stands_against_its_target(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    cells = [made.page.first.model().index(0, column).data() for column in range(4)]
    assert cells == ["Sin servicio de voz y datos", "T+15\u00a0min", "T+10\u00a0min", "en plazo"]


@given(VOLUME)
def test_days_and_channels_add_up_to_the_rows(volume: list[tuple[date, str, int]]) -> None:
    today = date(2026, 3, 17)
    days = per_day(volume, today, 28)
    assert len(days) == 28 and days[-1][0] == today
    assert sum(n for _d, n in days) == sum(n for _d, _c, n in volume) == sum(n for _c, n in per_channel(volume))


def test_promises_stand_by_area_with_their_n_and_nobody_knows_is_a_dash(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    model, figures = made.page.scores.model(), {(f.key, f.of): f for f in made.page._view.figures}
    areas = sorted(of for key, of in figures if key == "promises.area.made")
    shown = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert shown[:2] == ["Todas las promesas", "Próximas noticias"] and sorted(shown[2:]) == areas
    for row, (group, of) in enumerate(made.page.scores._whose):
        kept = figures[f"{group}.kept", of]
        told = model.index(row, 2).data()
        assert told == "—" if kept.value is None else told == figure_value(kept, made.page.texts)
        assert int(model.index(row, 1).data()) == figures[f"{group}.made", of].value


def test_every_number_of_the_summary_opens_its_rows(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    page = made.page
    for sheet, keys in (
        (page.scores, [(f"{group}.kept", of) for group, of in page.scores._whose]),
        (page.channels, [("volume.channel", of) for of in page._listed]),
        (page.first, [("first_message.median", "")]),
    ):
        for row, key in enumerate(keys):
            at(made, "summary")
            sheet.select(row)
            made.qtbot.keyClick(sheet, Qt.Key.Key_Return)
            made.settle()
            assert page._stack.currentWidget() is page.figures
            assert (page.figures.figures.current().key, page.figures.figures.current().of) == key
    page.figures.pick("no.such.figure")
    assert page.figures.figures.current() is not None


def at(made: Any, name: str) -> Any:
    made.page.views[name].click()
    made.settle()
    return made.page._stack.currentWidget()


def test_every_figure_opens_the_rows_that_it_was_counted_from(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    view = at(made, "figures")
    model = view.figures.model()
    assert model.rowCount() > 40
    for place in range(model.rowCount()):
        view.figures.select(place)
        figure = view.figures.current()
        shown, rows = view.rows.model().rowCount(), counted(figure, made.page._view.rows)
        assert shown == min(len(rows), MOST)
        assert view.rows.isVisible() == bool(rows)


def test_enter_on_a_row_goes_where_it_is_shown_whole(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    view = at(made, "figures")
    keys = [view.figures.model().row_at(n).key for n in range(view.figures.model().rowCount())]
    for key, action in (("response.median", "chart.mentions"), ("promises.kept", "commitment.show")):
        view.figures.select(keys.index(key))
        view.rows.setFocus()
        view.rows.select(0)
        qtbot.keyClick(view.rows, Qt.Key.Key_Return)
        assert made.acted[-1][0] == action


def test_a_channel_narrows_mentions_and_answers(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    made.page._channel = "x"
    made.page.refresh()
    made.settle()
    assert {row.channel for row in made.page._view.rows.mentions} == {"x"}
    assert made.page.channel.currentData() == "x"


def test_the_four_curves_stay_four_and_an_unknown_day_is_a_hole(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    view = at(made, "service")
    assert list(view.curves) == ["cost", "length", "satisfaction", "detraction"]
    cost = view.curves["cost"]
    assert [value is None for _day, value in cost._days] == [n == 3 for n in range(7)]
    assert "no se sabe" in cost.accessibleDescription()
    view.lines["mail"].click()
    assert view._stack.currentIndex() == 1


def test_the_return_is_unknown_until_its_figures_are_said(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    view = at(made, "return")
    assert "no se puede dar un resultado" in words(view).lower() and "Falta por decir" in words(view)
    assert len(view.assumptions.figures) == len(ASSUMPTIONS)


def test_rows_and_reports_are_written_among_the_documents(
    qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures_file, "documents", lambda: tmp_path)
    made = stage(qtbot, qapp, MeasuresPage, DeskB(tmp_path))
    made.page.export.click()
    made.settle()
    folder = next(path for path in tmp_path.iterdir() if path.name.startswith("medidas-"))
    assert recount.differences(folder) == [] and str(folder) in made.said[-1]
    for name in ("roi", "voice"):
        before = len(made.said)
        made.page.returned.reports[name].click()
        qtbot.waitUntil(lambda before=before: len(made.said) > before, timeout=20_000)
    assert sum(path.read_bytes().startswith(b"%PDF") for path in tmp_path.glob("*.pdf")) == 2
