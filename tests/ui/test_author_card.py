"""The author's card: says what is known, keeps what a person says, and shows no hostile name as anything but text."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.model.author import Acts, AuthorCard, Known, Level, Relation
from crisisdesk.model.erasure import Erasure
from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.mention import Mention, StoredMention, Verdict
from tests.fakes import samples as s
from tests.fakes.pages_b import DeskB, Stage, stage
from ui.models.columns import MENTIONS, Look
from ui.pages.inbox import InboxPage

CARD = AuthorCard(
    source="x", person="7", known=Known(relation=Relation.PRESS, vip=True), mentions=214, first_at=s.NOW, negative=30,
    followers=12_000, acts=Acts(starts=10, answers=30, asks=7, forwards=3), level=Level.CONTRIBUTOR,
)  # fmt: skip


@pytest.fixture
def inbox(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    desk = DeskB(tmp_path)
    desk.authors.card = lambda mention_id: CARD
    return stage(qtbot, qapp, InboxPage, desk)


def test_what_could_not_be_kept_is_said(inbox: Stage) -> None:
    inbox.desk.fail = StoreBusyError("store.busy")
    inbox.page.side.author.vip.click()
    inbox.settle()
    assert inbox.said[-1].startswith("No se cambió")


def test_the_card_says_what_is_known(inbox: Stage) -> None:
    card = inbox.page.side.author
    assert card.isVisible() and card.relation.currentData() == "press" and card.vip.isChecked()
    told = card.told.text().replace("\u00a0", " ")
    assert "214 menciones" in told and "60 % negativas" in told and "seguidores" in told
    assert card.acts.text() == "Colaborador: en 50 leídas, inicia 10, responde 30, pregunta 7, reenvía 3"


def test_choosing_a_relation_keeps_it_for_the_chosen_mention(inbox: Stage) -> None:
    card, row = inbox.page.side.author, inbox.page.table.current()
    at = card.relation.findData("employee")
    card.relation.setCurrentIndex(at)
    card.relation.activated.emit(at)
    inbox.settle()
    assert inbox.desk.calls[-1] == ("authors.say", (row.id, Relation.EMPLOYEE, True))


def test_an_author_who_is_nobody_has_no_card(inbox: Stage) -> None:
    inbox.desk.authors.card = lambda mention_id: None
    inbox.page.table.select(4)
    inbox.settle()
    assert not inbox.page.side.author.isVisible()


def test_l_names_a_list_and_return_puts_the_author_on_it_or_takes_them_off(inbox: Stage, qtbot: Any) -> None:
    lists, row = inbox.page.side.author.lists, inbox.page.table.current()
    inbox.desk.fail = StoreBusyError("store.busy")
    inbox.page.table.setFocus()
    qtbot.keyClick(inbox.page.table, Qt.Key.Key_L)
    assert lists.name.hasFocus()
    qtbot.keyClicks(lists.name, " <b>Prensa</b> ")
    qtbot.keyClick(lists.name, Qt.Key.Key_Return)
    inbox.settle()
    assert inbox.said[-1].startswith("No se cambió") and lists.name.text()
    inbox.desk.fail = None
    qtbot.keyClick(lists.name, Qt.Key.Key_Return)
    inbox.settle()
    assert inbox.desk.calls[-1] == ("authors.enlist", (row.id, "<b>Prensa</b>"))
    (badge,) = lists.badges()
    assert badge.text() == "★ <b>Prensa</b> ✕" and lists.name.text() == ""
    lists.name.setText("<B>prensa</b>")
    qtbot.keyClick(lists.name, Qt.Key.Key_Return)
    inbox.settle()
    assert inbox.desk.calls[-1] == ("authors.delist", (row.id, "<b>Prensa</b>"))
    assert lists.badges() == ()


def test_a_vip_bears_a_star_in_the_list_for_the_eye_and_the_ear(texts_es: Any) -> None:
    column = next(one for one in MENTIONS if one.heading == "inbox.column.author")
    look = Look(texts_es, "America/Mexico_City", s.NOW, vips={("x", "7"), ("x", "Ana")})
    people = (
        ({"author": "Ana", "author_id": "7"}, "★", "Ana, VIP"),
        ({"author": "Ana"}, "★", "Ana, VIP"),
        ({"author": "Ana", "author_id": "8"}, "", ""),
        ({"author": "Ana", "author_id": "7", "is_repost": True}, "★ ↻", "Ana, VIP, reenvío"),
    )
    for fields, mark, spoken in people:
        said = Mention(source="x", account="", native_id="1", text="t", published_at=s.NOW, fetched_at=s.NOW, **fields)
        cell = column.cell(StoredMention(1, said, Verdict()), look)
        assert (cell.mark, cell.spoken.replace("\u2068", "").replace("\u2069", "")) == (mark, spoken)


def test_erasing_by_law_tells_what_it_takes_wants_a_reason_and_asks_twice(inbox: Stage) -> None:
    looked, erased = [], []
    told = Erasure(mentions=214, quotes=9, entries=3, files=1, left=(7,), packs=("<b>acta</b>.zip",))
    inbox.desk.authors.erasures = SimpleNamespace(
        look=lambda mention: looked.append(mention) or told,
        erase=lambda mention, reason: erased.append((mention, reason)) or told,
    )
    part, row = inbox.page.side.author.erase, inbox.page.table.current()
    part.begin.click()
    inbox.settle()
    assert looked == [row.id] and part.form.isVisible()
    said = " ".join(label.text() for label in part.form.findChildren(QLabel) if label.isVisible())
    assert "menciones: 214" in said and "filas 7" in said and "<b>acta</b>.zip" in said
    part.form.redact.click()
    part.form.reason.setText("lo pide la persona")
    part.form.redact.click()
    assert erased == []
    part.form.redact.click()
    inbox.settle()
    assert erased == [(row.id, "lo pide la persona")] and inbox.said[-1].startswith("Borrado (menciones: 214")
    part.begin.click()
    inbox.settle()
    inbox.page.table.select(4)
    inbox.settle()
    assert not part.form.isVisible()  # what was being typed about one person is not asked about another
