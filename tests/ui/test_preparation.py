"""Preparation: a broken playbook never takes a good one's place; states come from rules; forms keep what was typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import SourceState
from crisisdesk.model.playbook import Bilingual, MentionType
from crisisdesk.model.preparation import (
    ASSUMPTIONS,
    AmbassadorText,
    Assumption,
    Guidelines,
    Preparation,
    Training,
)
from crisisdesk.playbooks.health import Health, Part
from crisisdesk.settings import Settings, load
from tests.fakes import samples as s
from tests.fakes.pages_b import ERROR, WARNING, DeskB, Stage, stage
from ui.pages.preparation import PreparationPage
from ui.widgets.contact_form import read_hour
from ui.widgets.seven_steps import Prepared, State, steps

REAL = Contact(slug="ana.com", name="Ana Robles", phone="55 0000 0001", verified_at=datetime(2026, 3, 1, tzinfo=UTC))
TYPE = MentionType(
    id="queja", name=Bilingual("Queja", "Complaint"), owner="comunidad", first_reply=timedelta(minutes=15)
)
GAPPED = Part(name="people", held=3, asked=4, failed=("contacts_known",), lacks=())
READY = Preparation(
    trainings=(Training(id=1, day=date(2026, 1, 10), what="Primera media hora"),),
    ambassador=(AmbassadorText(id=1, phase="responder", text=Bilingual("Lo sabemos", "We know"),
                               expires=date(2026, 12, 31)),),
    guidelines=Guidelines(never_say=Bilingual("Nada de culpas", "No blame")),
    assumptions=tuple(Assumption(name=n, value="10", source="Finanzas", day=date(2026, 1, 1)) for n in ASSUMPTIONS),
)  # fmt: skip


@pytest.fixture
def made(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    return stage(qtbot, qapp, PreparationPage, DeskB(tmp_path))


@pytest.fixture
def now() -> Prepared:
    roles = tuple(replace(role, holder="ana.com", deputy="ana.com") for role in s.ROLES)
    book = replace(s.PLAYBOOK, mention_types=(TYPE,), roles=roles, reviewed=date(2026, 3, 1))
    return Prepared(
        playbook=book, findings=(), contacts=(REAL,), sources=s.SOURCES[:1], channels=(("x", 280),), drills=(),
        settings=Settings(), today=date(2026, 3, 17), preparation=READY,
        by_source=((s.SOURCES[0].source, s.SOURCES[0].account, 280),), last_drill=date(2026, 2, 1),
    )  # fmt: skip


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def look_at(made: Stage, path: Path, *, there: bool = True) -> Any:
    if there:
        path.write_text("playbook: x\n")
    made.page.show_section("plan")
    made.page.playbook.path.setText(str(path))
    made.page.playbook.inspect()
    made.settle()
    return made.page.playbook


# The playbook


def test_a_playbook_that_cannot_be_read_is_told_and_the_old_one_stays(made: Stage, tmp_path: Path) -> None:
    view = look_at(made, tmp_path / "nada.yaml", there=False)
    assert "Sigue en uso el manual de antes" in words(view) and not view.use.isVisible()
    assert made.desk.playbook is s.PLAYBOOK


def test_a_broken_playbook_names_line_reading_and_mending_and_cannot_be_used(made: Stage, tmp_path: Path) -> None:
    view = look_at(made, tmp_path / "mal.yaml")
    table = view.other_findings.model()
    assert [table.index(row, 0).data() for row in (0, 1)] == [str(ERROR.line), str(WARNING.line)]
    assert table.index(0, 2).data() == "nivles"
    assert all(table.index(0, column).data() for column in range(4))
    assert table.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole).startswith("error")
    assert not view.use.isVisible()
    assert made.desk.playbook is s.PLAYBOOK


def test_a_playbook_that_breaks_between_check_and_use_does_not_take_over(made: Stage, tmp_path: Path) -> None:
    view = look_at(made, tmp_path / "bien.yaml")
    made.desk._inspect = lambda _path: (None, (ERROR,))  # type: ignore[method-assign]
    view.use.click()
    made.settle()
    assert made.desk.playbook is s.PLAYBOOK and "▲" in words(view)


def test_a_usable_playbook_is_used_only_when_asked(made: Stage, tmp_path: Path) -> None:
    view = look_at(made, tmp_path / "bien.yaml")
    assert made.desk.playbook.version != 9
    view.use.click()
    made.settle()
    assert made.desk.playbook.version == 9
    assert "versión 9" in words(view._current)


# The team


def test_a_contact_without_a_name_or_with_a_bad_hour_is_not_sent(made: Stage) -> None:
    form = made.page.team.form
    form.put(None)
    form.edits["slug"].setText("nueva")
    form.edits["from_hour"].setText("tarde")
    form.save.click()
    made.settle()
    assert "contacts.save" not in made.verbs() and words(form).count("▲") == 2
    assert form.edits["slug"].text() == "nueva"


def test_a_contact_that_the_desk_refuses_stays_in_the_form(made: Stage) -> None:
    form = made.page.team.form
    form.put(REAL)
    form.edits["phone"].setText("sin número")
    form.save.click()
    made.settle()
    assert form.edits["phone"].text() == "sin número" and "▲" in words(form)
    assert form.save.isEnabled()


def test_another_phone_is_not_verified_any_more(made: Stage) -> None:
    form = made.page.team.form
    for phone, verified in (("55 0000 0001", True), ("55 0000 9999", False)):
        form.put(REAL)
        form.edits["phone"].setText(phone)
        form.save.click()
        made.settle()
        saved = made.desk.calls[-1][1][0]
        assert isinstance(saved, Contact) and (saved.verified_at is not None) == verified and not saved.example


def test_deleting_asks_twice(made: Stage) -> None:
    made.page.show_section("team")
    made.page.team.table.select(0)
    form = made.page.team.form
    form.delete.click()
    assert "contacts.delete" not in made.verbs()
    form.delete.click()
    made.settle()
    assert made.desk.calls[-1][0] == "contacts.delete"


def test_a_role_without_anybody_says_nobody(made: Stage) -> None:
    table = made.page.team.roles.model()
    place = next(n for n, role in enumerate(s.ROLES) if role.id == "legal")
    assert table.index(place, 1).data() == "nadie"


def test_hours_are_read_or_refused() -> None:
    assert read_hour("") is None
    hour = read_hour("7:30")
    assert hour is not None and (hour.hour, hour.minute) == (7, 30)
    for typed in ("25", "7:61", "siete"):
        with pytest.raises(ValueError):
            read_hour(typed)


# Sources, drills, settings


def test_a_feed_that_is_refused_stays_in_the_line(made: Stage) -> None:
    made.desk.fail = InputError("feed.address", address="no es una dirección")
    made.page.tools.address.setText("no es una dirección")
    made.page.tools.add.click()
    made.settle()
    assert made.page.tools.address.text() == "no es una dirección" and "▲" in words(made.page.tools)


def test_a_feed_is_added(made: Stage) -> None:
    made.page.tools.address.setText("https://noticias.example/rss")
    made.page.tools.label.setText("Noticias")
    made.qtbot.keyClick(made.page.tools.label, Qt.Key.Key_Return)
    made.settle()
    assert ("sources.add_feed", ("https://noticias.example/rss", "Noticias")) in made.desk.calls


def test_a_drill_is_asked_of_the_window(made: Stage) -> None:
    made.page.drills.buttons["iusacell-0700-1100"].click()
    assert made.acted == [("drill.start", "iusacell-0700-1100")]


def test_language_and_look_change_at_once_and_are_kept(made: Stage) -> None:
    made.page.settings.languages["en"].click()
    made.page.settings.themes["dark"].click()
    made.settle()
    assert made.acted == [("lang.en", None), ("theme.dark", None)]
    kept = load(made.desk.paths.settings)[0]
    assert (kept.language, kept.theme) == ("en", "dark")


def test_settings_are_saved_and_a_zone_that_is_none_is_refused(made: Stage) -> None:
    form = made.page.settings
    form.edits["zone"].setText("Marte/Norte")
    form.save.click()
    made.settle()
    assert not made.desk.paths.settings.exists() and "▲" in words(form)
    form.edits["zone"].setText("Europe/Madrid")
    form.edits["country"].setText("zz")
    form.save.click()
    made.settle()
    assert not made.desk.paths.settings.exists() and "No se conocen los festivos" in words(form)
    form.edits["country"].setText("es")
    form.edits["brand"].setText("Iusatel")
    form.edits["terms"].setText("iusa, la de la señal ,")
    form.save.click()
    made.settle()
    kept = load(made.desk.paths.settings)[0]
    assert (kept.zone, kept.brand, kept.terms) == ("Europe/Madrid", "Iusatel", ("iusa", "la de la señal"))
    assert kept.country == "ES"


def test_what_is_typed_survives_a_read(made: Stage) -> None:
    made.page.settings.edits["brand"].setText("a medias")
    made.page.refresh()
    made.settle()
    assert made.page.settings.edits["brand"].text() == "a medias"


# The seven steps


def state_of(now: Prepared, name: str) -> State:
    return next(step.state for step in steps(now) if step.name == name)


def test_everything_in_place_is_ready(now: Prepared) -> None:
    assert [step.state for step in steps(now)] == [State.DONE] * 7


@pytest.mark.parametrize(
    ("name", "change", "state"),
    [
        ("research", {"channels": ()}, State.MISSING),
        ("research", {"channels": (("x", 3),)}, State.PARTLY),
        ("team", {"preparation": replace(READY, trainings=())}, State.PARTLY),
        ("team", {"today": date(2027, 1, 11)}, State.PARTLY),
        ("guidelines", {"preparation": replace(READY, ambassador=())}, State.PARTLY),
        ("guidelines", {"preparation": replace(READY, guidelines=Guidelines())}, State.PARTLY),
        ("guidelines", {"today": date(2027, 1, 1)}, State.PARTLY),
        ("tools", {"by_source": ()}, State.PARTLY),
        ("roi", {"preparation": replace(READY, assumptions=())}, State.MISSING),
        ("roi", {"preparation": replace(READY, assumptions=READY.assumptions[1:])}, State.PARTLY),
        ("roi", {"today": date(2027, 1, 2)}, State.PARTLY),
        ("team", {"contacts": ()}, State.MISSING),
        ("team", {"contacts": (replace(REAL, example=True),)}, State.PARTLY),
        ("team", {"contacts": (replace(REAL, phone=""),)}, State.MISSING),
        ("plan", {"findings": (ERROR,)}, State.MISSING),
        ("plan", {"findings": (WARNING,)}, State.PARTLY),
        ("plan", {"today": date(2030, 1, 1)}, State.PARTLY),
        ("plan", {"last_drill": None}, State.PARTLY),
        ("plan", {"last_drill": date(2025, 2, 1)}, State.PARTLY),
        ("plan", {"health": Health(parts=(GAPPED,), reminders=())}, State.PARTLY),
        ("tools", {"sources": ()}, State.MISSING),
        ("tools", {"sources": (replace(s.SOURCES[0], state=SourceState.FAILING),)}, State.PARTLY),
    ],
)
def test_a_step_is_green_only_by_rule(now: Prepared, name: str, change: dict[str, Any], state: State) -> None:
    assert state_of(replace(now, **change), name) is state


def test_a_type_without_owner_or_time_is_a_gap(now: Prepared) -> None:
    for gap in (replace(TYPE, owner=""), replace(TYPE, first_reply=None)):
        assert state_of(replace(now, playbook=replace(now.playbook, mention_types=(gap,))), "processes") is State.PARTLY
    silent = replace(TYPE, answer=False, owner="", first_reply=None)
    assert state_of(replace(now, playbook=replace(now.playbook, mention_types=(silent,))), "processes") is State.DONE


def test_the_steps_are_told_with_their_state_and_walked_by_keys(made: Stage) -> None:
    spoken = made.page.steps.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("2 · Equipo. a medias.")
    made.page.steps.setFocus()
    made.qtbot.keyClick(made.page.steps, Qt.Key.Key_J)
    assert made.page._stack.currentWidget() is made.page._scrolls["team"]


def test_enter_on_a_role_without_anybody_begins_its_contact(made: Stage) -> None:
    made.desk._contacts = []
    made.page.show_section("team")
    made.page.refresh()
    made.settle()
    made.page.team.roles.select(0)
    made.qtbot.keyClick(made.page.team.roles, Qt.Key.Key_Return)
    assert made.page.team.form.edits["slug"].text() == s.ROLES[0].holder
    assert made.page.team.form.edits["name"].hasFocus()
