"""The query's page on a real desk: what is typed is tried, kept, counted, exported; an error keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.mention import Mention
from crisisdesk.model.mention import Page as Found
from crisisdesk.paths import profile
from crisisdesk.settings import Settings, save
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.models.table import CELL_ROLE
from ui.pages.query import QueryPage


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    paths = profile(tmp_path / "desk")
    settings = Settings(zone="America/Mexico_City", actor="ana", brand="Iusacell")
    save(paths.settings, settings)
    built = build_desk(settings, paths, clock=PlayClock(s.NOW))
    said = ("iusacell sin señal", "<b>iusacell</b> y telcel", "telcel", "hoy llueve")
    found = tuple(
        Mention(source="import", account="a", native_id=str(n), author=f"p{n}", text=text,
                published_at=s.NOW - timedelta(minutes=n + 1), fetched_at=s.NOW)
        for n, text in enumerate(said)
    )  # fmt: skip
    built.ingest.page(Found(source="import", account="a", mentions=found))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, QueryPage, desk, incident=None)


def shares(made: Stage) -> list[list[str]]:
    model = made.page.shares.model()
    return [
        [model.index(row, column).data(CELL_ROLE).text for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_it_begins_with_the_brand(made: Stage) -> None:
    assert made.page.form.lines["terms"].text() == "Iusacell"
    assert shares(made)[0][:2] == ["Iusacell", "2"]


def test_a_trial_shows_counts_and_examples_as_plain_characters(made: Stage) -> None:
    made.page.form.lines["terms"].setText("iusacell, unefon")
    made.page.test.click()
    made.settle()
    assert "2 de 4" in made.page.counted.text() and "unefon 0" in made.page.words.text()
    model = made.page.examples.model()
    assert [model.index(row, 2).data(CELL_ROLE).text.strip("\u2068\u2069") for row in range(2)] == [
        "iusacell sin señal", "<b>iusacell</b> y telcel",
    ]  # fmt: skip
    made.page.missed.click()
    assert [model.index(row, 2).data(CELL_ROLE).text.strip("\u2068\u2069") for row in range(model.rowCount())] == [
        "telcel", "hoy llueve",
    ]  # fmt: skip
    made.page.found.click()
    assert model.rowCount() == 2


def test_what_is_saved_counts_at_once_and_an_error_keeps_what_was_typed(made: Stage) -> None:
    made.page.form.rivals.setPlainText("Telcel: telcel")
    made.page.save.click()
    made.settle()
    rows = shares(made)
    assert [row[:2] for row in rows] == [["Iusacell", "2"], ["Telcel", "2"]]
    assert rows[0][2].startswith("50")
    made.page.form.lines["terms"].setText("")
    made.page.save.click()
    made.settle()
    assert made.page.said.text().startswith("▲")
    assert made.page.form.rivals.toPlainText() == "Telcel: telcel"
    assert made.page.form.lines["terms"].text() == ""
    assert made.desk.queries.current().query.terms == ("Iusacell",)


def test_what_is_being_typed_is_not_disturbed(made: Stage) -> None:
    made.page.form.lines["terms"].setText("a medio escrib")
    made.page.refresh()
    made.settle()
    assert made.page.form.lines["terms"].text() == "a medio escrib"


def test_the_four_have_their_formula_on_hover_and_for_a_screen_reader(made: Stage) -> None:
    for lang, word in (("es", "menciones"), ("en", "mentions")):
        made.page.texts.lang = lang
        made.page.retranslate()
        made.settle()
        strength = made.page.four["strength"]
        assert word in strength.toolTip() and "2 ÷ 4" in strength.toolTip()
        assert "2 ÷ 4" in strength.accessibleDescription()
        assert strength.value.text().startswith("50")


def test_the_export_is_written_or_says_why_not(made: Stage, tmp_path: Path) -> None:
    made.page.write(str(tmp_path / "v.csv"))
    made.settle()
    assert (tmp_path / "v.csv").read_bytes() == made.desk.queries.table(7, "Iusacell")
    made.page.write(str(tmp_path / "none" / "v.csv"))
    made.settle()
    assert made.page.said.text().startswith("▲") and "v.csv" in made.page.said.text()
