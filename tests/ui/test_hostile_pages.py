"""Every hostile text on the pages of the areas and of the community: plain characters only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from crisisdesk.model.area import Area, Asked, Board, Route, RouteState, Signature
from crisisdesk.model.author import Acts, Crowd, Member, Voice
from crisisdesk.model.community import (
    Expert,
    Idea,
    IdeaState,
    IdeaStep,
    Kudos,
    Question,
    Rumour,
    RumourReach,
    RumourVerdict,
    Withdrawn,
)
from crisisdesk.model.mention import Mention, StoredMention, Verdict
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.engagement import spread
from crisisdesk.plain import DETAIL_LIMIT, clamp
from tests.fakes import samples as s
from tests.fakes.pages_a import PagesDesk, stage
from ui.models.community import SECTIONS, Circle
from ui.pages.areas import AreasPage
from ui.pages.community import CommunityPage

NOW = s.at("07:18")


@pytest.fixture(scope="module")
def hostile(shared: Path) -> list[str]:
    texts: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    assert len(texts) >= 42
    return texts


def plain_labels(page: QWidget) -> list[str]:
    labels = page.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    return [label.text() for label in labels]


def board(text: str) -> Board:
    said = Mention(source="x", account="", native_id="1", published_at=NOW, fetched_at=NOW, text=text, author=text,
                   url=text)  # fmt: skip
    area = Area(id=1, name=text, owner=text)
    signed = Signature(state=RouteState.RECEIVED, by=text, at=NOW, text=text)
    route = Route(
        id=1, area_id=1, incident_id=None, mention_id=1, cause=text, ask=text, due_at=NOW + timedelta(hours=1),
        state=RouteState.RECEIVED, sent_by=text, sent_at=NOW, signatures=(signed,),
    )  # fmt: skip
    asked = Asked(route=route, area=area, mention=StoredMention(1, said, Verdict()))
    return Board(areas=(area,), asked=(asked,), waiting={1: 1}, late={})


def circle(text: str) -> Circle:
    rumour = Rumour(
        id=1, incident_id=1, claim=text, words=(text,), verdict=RumourVerdict.FALSE, noted_by=text, noted_at=NOW,
        evidence=text, decided_by=text, decided_at=NOW,
        past=(Withdrawn(verdict=RumourVerdict.TRUE, evidence=text, decided_by=text, decided_at=NOW, by=text, at=NOW,
                        reason=text),),
    )  # fmt: skip
    asked = Question(id=1, incident_id=1, source=text, author=text, topic=text, text=text, mention_id=1, asked_by=text,
                     asked_at=NOW)  # fmt: skip
    later = Mention(source="x", account="", native_id="1", published_at=NOW, fetched_at=NOW, text=text)
    heard = StoredMention(1, later, Verdict())
    both = Bilingual(text, text)
    voice = Voice(source=text, person=text, name=text, acts=Acts(starts=1))
    return Circle(
        rumours=((rumour, RumourReach(mentions=1, authors=1, followers=1, last=NOW, after=1)),),
        ideas=(Idea(id=1, incident_id=1, said=both, did=both, mention_ids=(1,), by=text, at=NOW, state=IdeaState.DONE,
                    steps=(IdeaStep(state=IdeaState.DONE, by=text, at=NOW, words=both),)),),
        questions=((replace(asked, answer=text, answered_at=NOW, told_by=text), None), (replace(asked, id=2), heard)),
        kudos=(Kudos(id=1, mention_id=1, source=text, author=text, reason=text, by=text, at=NOW,
                     undone_at=NOW, undone_by=text, undone_reason=text),),
        advocates=((text, text, 3),),
        experts=(
            Expert(id=1, source=text, author=text, topics=(text,), consent=text, added_by=text, added_at=NOW),
        ),
        vips={text: (Member(source=text, person=text, name=text, by=text, at=NOW),)},
        crowd=Crowd(mentions=1, nameless=0, since=NOW, voices=spread([voice])),
    )  # fmt: skip


def test_the_areas_show_them_as_written(hostile: list[str], qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp, PagesDesk())
    page = AreasPage(around.context)
    qtbot.addWidget(page)
    page.resize(1302, 682)
    for text in hostile:
        page.show_(board(text))
        page.grab()
        assert clamp(text) in plain_labels(page)  # what was asked, at the right
        if text:
            assert page.text.toPlainText().replace("\u200b", "") == clamp(text, DETAIL_LIMIT).replace("\u200b", "")
    around.close()


def test_the_community_shows_them_as_written(hostile: list[str], qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp, PagesDesk())
    page = CommunityPage(around.context)
    qtbot.addWidget(page)
    page.resize(1302, 682)
    for section in SECTIONS:
        page.open_section(section)
        for text in hostile:
            page.show_(circle(text))
            page.grab()
            assert clamp(text) in plain_labels(page)
    around.close()
