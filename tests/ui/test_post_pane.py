"""A text of our own from the window: account and plan first, one press one act, and every doubt has its buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from crisisdesk.app import Desk
from crisisdesk.desk.posts import Way
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import AmbiguousError, TransientError, WebError
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.texts import Texts
from tests.fakes.outbox import CountingReplier, desk_on, text_of_ours
from ui.bridge import Bridge
from ui.context import Context
from ui.theme import Theme
from ui.widgets.post_pane import PostPane

HOSTILE = "<b>marca</b>@m.example \u202e&amp;"
WAYS = (Way("mastodon", "marca", "marca@m.example"), Way("bluesky", "marca", HOSTILE))


class Scene:
    """A desk with a text that may go out, and the pane beside it."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.poster = CountingReplier(folder / "world")
        self.desk = desk_on(folder / "desk", self.poster)
        self.ways: tuple[Way, ...] = WAYS
        self.desk.posts.ways = lambda: self.ways  # type: ignore[method-assign]
        theme = Theme("light")
        theme.apply(app, "light")
        self.context = Context(
            cast(Desk, self.desk), Bridge(self.desk.bus), Texts("es"), theme, lambda _page: None,
            lambda _action, _thing=None: None, lambda _said: None,
        )  # fmt: skip
        self.draft = text_of_ours(self.desk)
        self.pane = PostPane(self.context)
        self.show()

    def show(self) -> None:
        self.pane.show_view(self.desk.drafts.view(self.draft))

    def state(self) -> OutgoingState | None:
        sent = self.desk.posts.of(self.draft).sent
        return sent[-1].state if sent else None

    def look(self, qtbot: Any, lang: str = "es") -> None:
        self.pane.looks[lang].click()
        qtbot.waitUntil(lambda: self.pane.plan is not None)

    def button(self, key: str) -> QPushButton | None:
        wanted = self.context.texts(key)
        found = (b for b in self.pane.findChildren(QPushButton) if b.accessibleName() == wanted)
        return next((b for b in found if b.isVisibleTo(self.pane)), None)


@pytest.fixture
def scene(qapp: QApplication, tmp_path: Path, qtbot: Any) -> Iterator[Scene]:
    made = Scene(qapp, tmp_path)
    qtbot.addWidget(made.pane)
    qtbot.waitUntil(lambda: not made.pane.isHidden() and made.pane.place.count() == 2)
    yield made
    made.context.bridge.close()
    made.desk.close()


def raising(error: WebError) -> Any:
    def act() -> None:
        raise error

    return act


def test_without_a_source_that_posts_there_is_no_such_pane(scene: Scene, qtbot: Any) -> None:
    scene.ways = ()
    scene.show()
    qtbot.waitUntil(scene.pane.isHidden)


def test_the_plan_is_shown_whole_and_nothing_leaves_before_the_press(scene: Scene, qtbot: Any) -> None:
    pane = scene.pane
    assert not pane.view.send.isVisibleTo(pane)
    pane.place.setCurrentIndex(1)
    scene.look(qtbot, "en")
    assert pane.plan is not None and scene.poster.keys() == []
    assert json.loads(pane.view.payload.toPlainText()) == dict(pane.plan.payload)
    for part in (str(pane.plan.length), "500", "0.015"):
        assert part in pane.view.facts.text()
    pane.view.back.click()
    assert pane.plan is None and scene.state() is None
    scene.look(qtbot, "en")
    with qtbot.waitSignal(pane.sent):
        pane.view.send.click()
        pane.view.send.click()  # a nervous finger
    (row,) = scene.desk.posts.of(scene.draft).sent
    assert (row.state, row.source, row.lang) == (OutgoingState.SENT, "bluesky", "en")
    assert len(scene.poster.keys()) == 1
    scene.show()
    qtbot.waitUntil(lambda: scene.button("posting.pane.open_reply") is not None)
    assert pane._ask.isVisibleTo(pane)  # the other account still has to hear it
    assert scene.desk.drafts.view(scene.draft).draft.state is DraftState.PUBLISHED


def test_what_may_not_go_out_offers_no_plan_and_words_that_changed_take_it_away(scene: Scene, qtbot: Any) -> None:
    scene.look(qtbot)
    empty = FieldValue(text=Bilingual("", ""))
    scene.pane.show_view(scene.desk.drafts.fill(scene.draft, {"servicio": empty}))
    assert scene.pane.plan is None and not scene.pane.view.send.isVisibleTo(scene.pane)
    assert not scene.pane.looks["es"].isEnabled()


def test_what_waited_is_confirmed_again_by_hand_with_its_words_in_sight(scene: Scene, qtbot: Any) -> None:
    scene.poster.before = raising(TransientError("web.offline", host="m.example"))
    scene.look(qtbot)
    scene.pane.view.send.click()
    qtbot.waitUntil(lambda: scene.state() is OutgoingState.QUEUED)
    scene.poster.before = lambda: None
    for _ in range(3):
        scene.desk.tick()
        scene.pane.refresh()
    qtbot.waitUntil(lambda: scene.button("replies.pane.again") is not None)
    assert scene.poster.keys() == []
    words = scene.desk.posts.of(scene.draft).sent[0].plan.text
    assert any(words in label.text() for label in scene.pane.findChildren(QLabel))
    again = scene.button("replies.pane.again")
    assert again is not None
    again.click()
    qtbot.waitUntil(lambda: scene.state() is OutgoingState.SENT)
    assert len(scene.poster.keys()) == 1


def test_a_doubt_is_a_person_s_to_end(scene: Scene, qtbot: Any) -> None:
    scene.poster.after = raising(AmbiguousError("web.cut", host="m.example"))
    scene.poster.remembers = False
    scene.look(qtbot)
    scene.pane.view.send.click()
    qtbot.waitUntil(lambda: scene.button("replies.pane.look") is not None)
    keys = ("replies.pane.look", "replies.pane.it_is_out", "replies.pane.again", "posting.pane.not_out")
    assert all(scene.button(key) is not None for key in keys)
    out = scene.button("replies.pane.it_is_out")
    assert out is not None
    out.click()
    qtbot.waitUntil(lambda: scene.state() is OutgoingState.SENT)


def test_an_account_s_name_is_plain_characters(scene: Scene) -> None:
    shown = scene.pane.place.itemText(1)
    assert "<b>marca</b>" in shown and "\u202e" not in shown


def test_an_error_of_the_network_is_one_sentence_in_place(scene: Scene, qtbot: Any) -> None:
    def refuse(*_: object) -> None:
        raise TransientError("web.offline", host="m.example")

    scene.poster.plan_post = refuse  # type: ignore[method-assign, assignment]
    scene.pane.looks["es"].click()
    qtbot.waitUntil(lambda: scene.pane.said.text().startswith("▲ "))
    assert scene.pane.plan is None
