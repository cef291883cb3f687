"""The seer's page on a real desk: arrows as wide as their counts, what is missing said, what was seen kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import Mention
from crisisdesk.model.mention import Page as Found
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.seer import SeerPage
from ui.widgets.seer_view import WIDEST, width_of

SAID = (
    ("por qué iusacell no tiene señal", "es", "https://a.com.mx/1"), ("por qué iusacell no tiene señal", "es", ""),
    ("por qué telcel no tiene señal", "es", ""), ("por qué telcel cobra más", "es", "https://b.es/2"),
    ("por qué iusacell <b>cobra</b>", "", ""),
)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(
        Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "desk"), clock=PlayClock(s.NOW)
    )
    found = tuple(
        Mention(source="import", account="a", native_id=str(n), text=text, lang=lang, url=url,
                published_at=s.NOW - timedelta(minutes=n + 1), fetched_at=s.NOW)
        for n, (text, lang, url) in enumerate(SAID)
    )  # fmt: skip
    built.ingest.page(Found(source="import", account="a", mentions=found))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, SeerPage, desk, incident=None)


def look(made: Stage, left: str = "por qué iusacell", right: str = "por qué telcel") -> None:
    made.page.left.setText(left)
    made.page.right.setText(right)
    made.page.look.click()
    made.settle()


def test_both_sides_are_told_to_a_screen_reader_too(made: Stage) -> None:
    look(made)
    assert "no tiene señal: 2 / 1" in made.page.view.accessibleDescription()
    assert "5 menciones" in made.page.said.text()
    assert not made.page.view.grab().isNull()


def test_an_arrow_is_as_wide_as_its_count() -> None:
    assert width_of(10, 10) == WIDEST and width_of(5, 10) == WIDEST / 2
    assert width_of(0, 10) == 0 == width_of(0, 0)
    assert width_of(1, 10_000) >= 1  # it can still be seen


def test_a_missing_beginning_is_said_and_what_was_typed_stays(made: Stage) -> None:
    look(made, right="¿?")
    assert made.page.said.text().startswith("▲") and made.page.left.text() == "por qué iusacell"
    assert made.page.look.isEnabled() and not made.page.keep.isEnabled()


def test_languages_and_countries_are_offered_as_far_as_they_are_known(made: Stage) -> None:
    look(made)
    page = made.page
    assert [page.country.itemData(n) for n in range(page.country.count())] == ["", "ES", "MX"]
    page.country.setCurrentIndex(page.country.findData("MX"))
    page.country.activated.emit(page.country.currentIndex())
    made.settle()
    assert page.country.currentData() == "MX"
    assert page.view.accessibleDescription() == "no tiene señal: 1 / 0"
    assert [page.lang.itemData(n) for n in range(page.lang.count())] == ["", "es"]


def test_nobody_who_goes_on_so_is_said(made: Stage) -> None:
    look(made, "por qué unefon", "por qué movistar")
    assert made.page.texts("seer.nothing") in made.page.said.text()


def test_what_was_seen_is_kept_in_the_incident(made: Stage) -> None:
    look(made)
    assert not made.page.keep.isEnabled()  # no incident yet
    with pytest.raises(InputError, match="no_incident"):
        made.desk.seer.keep(None, made.desk.seer.look("iusacell", "telcel", 7))
    incident = made.desk.incidents.open(title="Caída", level=2)
    made.page.set_incident(incident.id)
    made.page.keep.click()
    made.settle()
    (entry,) = [one for one in made.desk.timeline.entries(incident.id) if one.kind == "seer.seen"]
    for lang, word in (("es", "Vidente"), ("en", "Seer")):
        sentence = entry_sentence(entry, Texts(lang), made.desk.zone)
        assert word in sentence and "«por qué iusacell» 3" in sentence and "no tiene señal 2/1" in sentence
    assert made.page.said.text().startswith("✓")
