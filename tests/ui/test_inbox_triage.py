"""Triage by keys, filters under a name, and the clock of the first reply with its sum."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget

from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.mention import Sentiment
from crisisdesk.model.office import Due
from crisisdesk.model.playbook import Bilingual, MentionType
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.pages_b import DeskB, Stage, mention, stage
from ui.bridge import Bridge
from ui.models.columns import Look
from ui.pages.inbox import InboxPage
from ui.widgets.inbox_filters import InboxFilters
from ui.widgets.mention_view import MentionView
from ui.widgets.reply_due import ReplyDue, sum_of

KINDS = (
    MentionType(id="queja", name=Bilingual("Queja", "Complaint")),
    MentionType(id="elogio", name=Bilingual("Elogio", "Praise")),
)


@pytest.fixture
def inbox(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    desk = DeskB(tmp_path)
    desk.playbook = SimpleNamespace(mention_types=KINDS)  # type: ignore[assignment]
    return stage(qtbot, qapp, InboxPage, desk)


def press(made: Stage, key: Qt.Key) -> None:
    made.page.table.setFocus()
    made.qtbot.keyClick(made.page.table, key)
    made.settle()


# Keys


def test_a_number_that_no_type_has_does_nothing(inbox: Stage) -> None:
    press(inbox, Qt.Key.Key_9)
    assert "verdicts.correct" not in inbox.verbs()


def test_what_cannot_be_undone_says_why(inbox: Stage) -> None:
    inbox.desk.fail = StepError("verdict.no_label", id=1)
    press(inbox, Qt.Key.Key_U)
    assert inbox.said[-1].startswith("No se cambió")


def test_numbers_say_the_type_and_u_takes_it_back(inbox: Stage) -> None:
    inbox.page.table.select(2)
    row = inbox.page.table.current()
    press(inbox, Qt.Key.Key_2)
    assert inbox.desk.calls[-1] == ("verdicts.correct", (row.id, "elogio"))
    assert "Elogio" in inbox.said[-1]
    press(inbox, Qt.Key.Key_0)
    assert inbox.desk.calls[-1] == ("verdicts.correct", (row.id, ""))
    press(inbox, Qt.Key.Key_U)
    assert inbox.desk.calls[-1] == ("verdicts.undo", (row.id,))
    assert inbox.page.table.current().id == row.id


def test_numbers_typed_into_the_search_are_text(inbox: Stage) -> None:
    inbox.page.search.setFocus()
    inbox.qtbot.keyClicks(inbox.page.search, "12")
    assert inbox.page.search.text() == "12" and "verdicts.correct" not in inbox.verbs()


def test_the_legend_names_the_keys(inbox: Stage) -> None:
    assert "1 Queja · 2 Elogio" in inbox.page.side.types.legend.text()


def test_v_shows_one_person_and_escape_leaves(inbox: Stage) -> None:
    inbox.page.table.select(3)
    row = inbox.page.table.current()
    press(inbox, Qt.Key.Key_V)
    assert inbox.page._filter == Sought(author=("import", row.mention.author))
    assert inbox.page.list.narrowed.isVisible()
    press(inbox, Qt.Key.Key_Escape)
    assert inbox.page._filter == Sought() and not inbox.page.list.narrowed.isVisible()


def test_d_shows_who_speaks_of_danger_by_harm_and_not_by_reach(inbox: Stage) -> None:
    press(inbox, Qt.Key.Key_D)
    assert inbox.page._filter == Sought(safety=True)
    press(inbox, Qt.Key.Key_C)
    assert inbox.page._filter == Sought(safety=True, complaint=True)
    press(inbox, Qt.Key.Key_D)
    assert inbox.page._filter == Sought(complaint=True)
    press(inbox, Qt.Key.Key_Escape)
    assert inbox.page._filter == Sought() and not inbox.page.list.complaints.isChecked()


# Filters


def filters(qtbot: Any, sought: Sought, saved: dict[str, Sought]) -> InboxFilters:
    made = InboxFilters(Texts("es"))
    qtbot.addWidget(made)
    made.put(sought, {"queja": Bilingual("Queja", "Complaint")}, ("import", "x"), saved)
    return made


def choose(made: InboxFilters, name: str, key: str) -> None:
    box = made.boxes[name]
    at = box.findData(key)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def test_each_box_narrows_and_the_search_stays(qtbot: Any) -> None:
    made = filters(qtbot, Sought(search="señal"), {})
    told: list[Sought] = []
    made.changed.connect(told.append)
    chosen = {"type": "", "sentiment": "negative", "language": "pt", "reply": "overdue", "source": "x"}
    for name, key in chosen.items():
        choose(made, name, key)
    assert told[-1] == Sought(
        search="señal", type="", sentiment=Sentiment.NEGATIVE, language="pt", reply=Reply.OVERDUE, source="x"
    )
    choose(made, "type", "*")
    assert told[-1].type is None


def test_a_filter_without_a_name_or_that_filters_nothing_is_not_kept(qtbot: Any) -> None:
    made = filters(qtbot, Sought(), {})
    kept: list[object] = []
    made.kept.connect(lambda *given: kept.append(given))
    made.name.setText("nada")
    made.keep.click()
    made.put(Sought(source="x"), {}, ("x",), {})
    made.name.setText("   ")
    made.keep.click()
    assert not kept
    made.name.setText(" de  x ")
    made.keep.click()
    assert kept == [("de x", Sought(source="x"))]


def test_a_kept_filter_is_called_back_and_dropped(inbox: Stage) -> None:
    wanted = Sought(complaint=True, source="import")
    inbox.desk.inbox_filters.all = lambda: {"<b>quejas</b>": wanted}
    inbox.page.refresh()
    inbox.settle()
    choose(inbox.page.filters, "saved", "<b>quejas</b>")
    inbox.settle()
    assert inbox.page._filter == wanted and inbox.page.filters.drop.isVisible()
    inbox.page.filters.drop.click()
    inbox.settle()
    assert ("inbox_filters.drop", ("<b>quejas</b>",)) in inbox.desk.calls


def test_a_filter_that_cannot_be_kept_says_why(inbox: Stage) -> None:
    inbox.desk.fail = InputError("inbox_filter.many", most=50)
    inbox.page.filters.kept.emit("otro", Sought(source="x"))
    inbox.settle()
    assert "50" in inbox.said[-1]


# The clock

ASKED = datetime(2026, 3, 20, 16, 30, tzinfo=UTC)


def test_the_sum_by_the_wall_can_be_counted_again() -> None:
    wait = timedelta(minutes=15)
    due = Due(asked=ASKED, wait=wait, at=ASKED + wait, counted=((ASKED, ASKED + wait),))
    assert sum_of(due, Texts("es"), "Europe/Madrid").replace("\u00a0", " ") == "17:30 + 15 min = 17:45"


def test_the_sum_in_office_hours_names_each_stretch() -> None:
    first, then = (ASKED, ASKED + timedelta(minutes=30)), datetime(2026, 3, 23, 8, 0, tzinfo=UTC)
    due = Due(
        asked=ASKED, wait=timedelta(hours=2), at=then + timedelta(minutes=90), office=True,
        counted=(first, (then, then + timedelta(minutes=90))),
    )  # fmt: skip
    told = sum_of(due, Texts("en"), "Europe/Madrid")
    assert "17:30–18:00" in told and "10:30" in told and "answering hours" in told


@pytest.mark.parametrize(("late", "answered", "mark"), [(5, False, "▲"), (-5, False, "○"), (5, True, "✓")])
def test_the_clock_says_its_state_in_a_sign_and_words(qtbot: Any, late: int, answered: bool, mark: str) -> None:
    clock = ReplyDue()
    qtbot.addWidget(clock)
    wait = timedelta(minutes=15)
    due = Due(asked=ASKED, wait=wait, at=ASKED + wait, counted=((ASKED, ASKED + wait),))
    clock.show_due(due, answered, Texts("es"), "UTC", due.at + timedelta(minutes=late))
    assert clock.line.text().startswith(mark) and "+" in clock.line.accessibleDescription()
    clock.show_due(None, False, Texts("es"), "UTC", ASKED)
    assert clock.isHidden()


# Hostile texts in everything that shows a mention here


@pytest.fixture(scope="module")
def hostile(shared: Path) -> list[str]:
    found: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    assert len(found) == 42
    return found


def plain_only(widget: QWidget) -> None:
    """Every label reads plain text, and no document has markup or has asked for a file."""
    for label in widget.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText and not label.openExternalLinks()
    documents: list[QObject] = list(widget.findChildren(QTextDocument))
    for document in documents:
        assert isinstance(document, QTextDocument)
        formats = document.allFormats()
        assert not any(one.isImageFormat() or one.isTableFormat() or one.isListFormat() for one in formats)


def widgets() -> dict[str, Callable[[Any, str], QWidget]]:
    """Each widget of the inbox that shows what somebody said, showing it."""

    def view(qtbot: Any, text: str) -> QWidget:
        bridge = Bridge()
        made = MentionView(bridge, Look(Texts("es"), s.ZONE, s.NOW))
        bridge.close()
        made.show_mention(mention(1, text, author=text, url=text, account=text, channel=text), made._look)
        return made

    def named(qtbot: Any, text: str) -> QWidget:
        made = InboxFilters(Texts("es"))
        made.put(Sought(source=text), {}, (text,), {text: Sought(source=text)})
        return made

    return {"view": view, "filters": named}


@pytest.mark.parametrize("name", list(widgets()))
def test_hostile_texts_stay_plain_characters(
    qtbot: Any, hostile: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []
    monkeypatch.setattr(QTextDocument, "loadResource", lambda *given: loaded.append(given))
    for text in hostile:
        made = widgets()[name](qtbot, text)
        qtbot.addWidget(made)
        made.grab()
        plain_only(made)
    assert not loaded
