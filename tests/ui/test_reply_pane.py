"""Answering from the window: the plan first, one press one act, and every doubt has its buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from crisisdesk.app import Desk
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import AmbiguousError, NotAllowedError, TransientError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import Limits
from crisisdesk.texts import Texts
from tests.fakes.outbox import START, CountingReplier, desk_on
from ui.bridge import Bridge
from ui.context import Context
from ui.pages.inbox import InboxPage
from ui.theme import Theme
from ui.widgets.proofs import Proofs
from ui.widgets.reply_pane import ReplyPane

HOSTILE = "<b>no</b> tengo &amp; señal <img src='file:///etc/passwd'> \u202egnp.exe"


class Scene:
    """A desk with an answer begun, and the pane beside it."""

    def __init__(self, app: QApplication, folder: Path, lang: str = "es") -> None:
        self.replier = CountingReplier(folder / "world")
        self.folder = folder
        self.desk = desk_on(folder / "desk", self.replier)
        self.desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
        self.incident = self.desk.incidents.open(title="Sin servicio", level=2).id
        said = Mention(source="mastodon", account="m", native_id="1", text=HOSTILE, author="<i>ana</i>",
                       published_at=START, fetched_at=START)  # fmt: skip
        self.desk.ingest.page(Page(source="mastodon", account="m", mentions=(said,)))
        self.mention = self.desk.mentions.latest(limit=1)[0].id
        theme = Theme("light")
        theme.apply(app, "light")
        self.acted: list[tuple[str, object | None]] = []
        self.said: list[str] = []
        self.context = Context(
            cast(Desk, self.desk), Bridge(self.desk.bus), Texts(lang), theme, lambda _page: None,
            lambda action, thing=None: self.acted.append((action, thing)), self.said.append,
        )  # fmt: skip

    def begin(self) -> ReplyPane:
        draft = self.desk.replies.start(self.mention)
        words = FieldValue(text=Bilingual("estamos revisando la zona", "we are checking the area"))
        self.view = self.desk.drafts.fill(draft.id, {"situacion": words, "siguiente_paso": words})
        assert self.view.publishable, self.view.problems
        pane = ReplyPane(self.context)
        pane.show_view(self.view)
        return pane

    def state(self) -> OutgoingState:
        return self.desk.outbox.list(self.incident)[-1].state


@pytest.fixture
def scene(qapp: QApplication, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(qapp, tmp_path)
    yield made
    made.context.bridge.close()
    made.desk.close()


@pytest.fixture
def pane(scene: Scene, qtbot: Any) -> ReplyPane:
    made = scene.begin()
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made.looks["es"].isVisibleTo(made))
    return made


def planned(pane: ReplyPane, qtbot: Any) -> None:
    pane.looks["es"].click()
    qtbot.waitUntil(lambda: pane.plan is not None)


def shows(pane: ReplyPane, key: str) -> bool:
    wanted = pane._context.texts(f"replies.pane.{key}")
    return any(b.accessibleName() == wanted and b.isVisibleTo(pane) for b in pane.findChildren(QPushButton))


def button(pane: ReplyPane, key: str) -> QPushButton:
    wanted = pane._context.texts(f"replies.pane.{key}")
    return next(b for b in pane.findChildren(QPushButton) if b.accessibleName() == wanted and b.isVisibleTo(pane))


def until(qtbot: Any, scene: Scene, state: OutgoingState) -> None:
    qtbot.waitUntil(lambda: bool(scene.desk.outbox.list(scene.incident)) and scene.state() is state)


def test_the_plan_is_shown_whole_and_nothing_leaves_before_the_press(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    assert not pane.send.isVisibleTo(pane)
    planned(pane, qtbot)
    assert pane.plan is not None and scene.replier.keys() == []
    assert json.loads(pane.payload.toPlainText()) == dict(pane.plan.payload)
    for part in (str(pane.plan.length), "500", "0.015"):
        assert part in pane.facts.text()
    pane.back.click()
    assert pane.plan is None and scene.desk.outbox.list(scene.incident) == ()
    planned(pane, qtbot)
    with qtbot.waitSignal(pane.sent):
        pane.send.click()
        pane.send.click()  # a nervous finger
    assert scene.state() is OutgoingState.SENT and len(scene.replier.keys()) == 1
    qtbot.waitUntil(lambda: not pane._ask.isVisibleTo(pane))


def test_a_plan_of_words_that_have_changed_is_gone(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    planned(pane, qtbot)
    words = FieldValue(text=Bilingual("ya hay señal", "there is signal again"))
    pane.show_view(scene.desk.drafts.fill(scene.view.draft.id, {"situacion": words}))
    assert pane.plan is None and not pane.send.isVisibleTo(pane)


def test_what_does_not_fit_cannot_be_sent(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    scene.replier.limits, scene.replier.limit = Limits(), 12
    planned(pane, qtbot)
    assert not pane.send.isEnabled()
    assert pane._context.texts("replies.pane.too_long") in pane.facts.text()


def test_a_doubt_is_a_person_s_to_end(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    def cut() -> None:
        raise AmbiguousError("web.cut", host="m.example")

    scene.replier.after, scene.replier.remembers = cut, False
    planned(pane, qtbot)
    pane.send.click()
    until(qtbot, scene, OutgoingState.UNKNOWN)
    qtbot.waitUntil(lambda: shows(pane, "look"))
    for key in ("look", "it_is_out", "again", "not_out"):
        assert button(pane, key).isEnabled()
    button(pane, "look").click()  # the platform does not know: the doubt stays
    qtbot.waitUntil(lambda: not pane.said.isVisibleTo(pane))
    assert scene.state() is OutgoingState.UNKNOWN
    qtbot.waitUntil(lambda: shows(pane, "it_is_out"))
    button(pane, "it_is_out").click()
    until(qtbot, scene, OutgoingState.SENT)
    assert len(scene.replier.keys()) == 1


def test_a_second_answer_is_sent_by_a_press_of_its_own(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    planned(pane, qtbot)
    with scene.desk.core.acting_as("<b>luis</b>"):
        pane.send.click()
        until(qtbot, scene, OutgoingState.SENT)
    draft = scene.desk.replies.start(scene.mention)
    words = FieldValue(text=Bilingual("ya tenemos más datos", "we know more now"))
    pane.show_view(scene.desk.drafts.fill(draft.id, {"situacion": words, "siguiente_paso": words}))
    qtbot.waitUntil(lambda: pane.answered.isVisibleTo(pane) and pane.looks["es"].isVisibleTo(pane))
    assert "<b>luis</b>" in pane.answered.text()
    planned(pane, qtbot)
    assert not pane.second.isVisibleTo(pane)
    pane.send.click()
    qtbot.waitUntil(lambda: pane.second.isVisibleTo(pane))
    assert len(scene.replier.keys()) == 1
    pane.second.click()
    qtbot.waitUntil(lambda: len(scene.replier.keys()) == 2)
    qtbot.waitUntil(lambda: not pane.second.isVisibleTo(pane))


def test_without_a_network_it_waits_and_is_confirmed_again_by_hand(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    def offline() -> None:
        raise TransientError("web.offline", host="m.example")

    scene.replier.before = offline
    planned(pane, qtbot)
    pane.send.click()
    until(qtbot, scene, OutgoingState.QUEUED)
    scene.replier.before = lambda: None
    for _ in range(3):
        scene.desk.tick()
        pane.refresh()
    qtbot.waitUntil(lambda: shows(pane, "again"))
    assert scene.replier.keys() == []
    button(pane, "again").click()
    until(qtbot, scene, OutgoingState.SENT)
    assert len(scene.replier.keys()) == 1


def test_who_answers_is_seen_and_taking_over_is_a_press(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    other = desk_on(scene.folder / "desk")
    other.core.actor = "Luis"
    other.reply_locks.take(scene.mention, over=True)
    other.reply_locks.typing(scene.mention)
    pane.refresh()
    qtbot.waitUntil(lambda: pane.take.isVisibleTo(pane))
    assert "Luis" in pane.lock.text() and "escribiendo" in pane.lock.text()
    assert not pane.looks["es"].isEnabled()
    pane.take.click()
    qtbot.waitUntil(lambda: not pane.take.isVisibleTo(pane))
    assert scene.desk.reply_locks.mine(scene.desk.reply_locks.of(scene.mention))
    pane.typed("situacion")
    qtbot.waitUntil(lambda: bool((lock := scene.desk.reply_locks.of(scene.mention)) and lock.typed_at))
    other.close()


def test_what_the_network_refuses_offers_its_page(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    def refuse(*_: object) -> None:
        raise NotAllowedError("sources.x_not_summoned", link="https://x.com/intent/post?in_reply_to=1")

    scene.replier.plan = refuse  # type: ignore[method-assign, assignment]
    pane.looks["es"].click()
    qtbot.waitUntil(lambda: pane.open_link.isVisibleTo(pane))
    assert pane.plan is None


def test_a_drill_offers_nothing_to_send(scene: Scene, pane: ReplyPane, qtbot: Any) -> None:
    scene.desk.core.drill = True
    pane.refresh()
    qtbot.waitUntil(lambda: not pane._ask.isVisibleTo(pane))
    assert pane.said.text() == pane._context.texts("errors.outgoing.drill")


def test_the_mention_is_plain_characters(pane: ReplyPane) -> None:
    shown = [label for label in pane.findChildren(QLabel) if "tengo" in label.text()]
    assert shown and all("\u202e" not in label.text() for label in shown)
    assert "<b>no</b>" in shown[0].text()


def test_r_begins_the_answer_and_says_who_is_quicker(scene: Scene, qtbot: Any) -> None:
    page = InboxPage(scene.context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.table.current() is not None)
    page.acts.reply()
    qtbot.waitUntil(lambda: bool(scene.acted))
    (draft,) = scene.desk.replies.of(scene.mention)
    assert scene.acted == [("draft.open", draft.id)]
    other = desk_on(scene.folder / "desk")
    other.core.actor = "Luis"
    other.reply_locks.take(scene.mention, over=True)
    page.acts.reply()
    qtbot.waitUntil(lambda: bool(scene.said))
    assert "Luis" in scene.said[0]
    page.acts.reply(over=True)
    qtbot.waitUntil(lambda: len(scene.acted) == 2)
    assert scene.desk.reply_locks.mine(scene.desk.reply_locks.of(scene.mention))
    other.close()
    page.hide()


def test_the_proof_of_what_is_out_can_be_copied_and_corrected(scene: Scene, qtbot: Any) -> None:
    scene.begin()
    scene.desk.drafts.publish(scene.view.draft.id, channel="mastodon", url="https://m.example/1", lang="es")

    def proofs() -> tuple[Any, ...]:
        return scene.desk.drafts.view(scene.view.draft.id).publications

    shown = Proofs(scene.context)
    qtbot.addWidget(shown)
    shown.show_proofs(proofs(), "America/Bogota")
    named = {b.accessibleName(): b for b in shown.findChildren(QPushButton)}
    named["Copiar la prueba"].click()
    assert proofs()[0].digest in QApplication.clipboard().text()
    assert "https://m.example/1" in QApplication.clipboard().text()
    named["Corregir con un texto nuevo"].click()
    assert scene.acted == [("update.write", None)]
    shown.show_proofs((), "America/Bogota")
    assert not shown.isVisibleTo(shown.parentWidget() or shown)
