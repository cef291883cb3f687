"""Escalation beyond the card: the days ahead, the channels and their trial, the red bar, a contact's week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit

from crisisdesk.model.contact import Channel, Contact, DayHours
from crisisdesk.model.errors import AuthError, InputError
from crisisdesk.model.events import ClockSet, NoticeShown, PagingChecked, Ticked
from crisisdesk.model.notification import Notification, NotificationState
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.pages_a import PagesDesk, Stage, stage
from tests.ui.test_escalation import calls, opened, wait_for
from ui.awake import Awake
from ui.pages.escalation import EscalationPage
from ui.widgets.contact_form import ContactForm, read_channels, read_week, said_week
from ui.widgets.ladders import CallHistory
from ui.widgets.paging_bar import PagingBar
from ui.widgets.safe import SafeLabel

Opened = tuple[EscalationPage, Stage]
Open = Callable[..., Opened]
__all__ = ["opened"]


def words(widget: Any) -> str:
    """Everything that a widget says."""
    labels = [label.text() for label in widget.findChildren(SafeLabel)]
    runs = ["".join(run.text for run in part._runs) for part in widget.findChildren(object) if hasattr(part, "_runs")]
    return "\n".join(labels + runs)


def tab(page: EscalationPage, around: Stage, qtbot: Any, name: str) -> None:
    qtbot.mouseClick(page.tabs[name], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: around.context.bridge.idle)


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_is_made_of_the_notifiers_settings_and_shows_no_secret(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "channels")
    form = page.channels.form
    token = form.editors["token"]
    assert set(form.editors) == {"token", "server", "inside"}
    assert isinstance(token, QLineEdit) and token.text() == "" and token.echoMode() is QLineEdit.EchoMode.Password
    assert "guardado en el llavero" in words(form)


def test_saving_sends_plain_values_and_secrets_apart(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "channels")
    form = page.channels.form
    token, server, inside = (form.editors[name] for name in ("token", "server", "inside"))
    assert isinstance(token, QLineEdit) and isinstance(server, QLineEdit) and isinstance(inside, QCheckBox)
    token.setText("s3creto")
    server.setText("https://mi.servidor.example")
    inside.setChecked(True)
    form.save.click()
    saved = wait_for(qtbot, around, "channels.save")
    plain = {"server": "https://mi.servidor.example", "inside": True}
    assert saved == ("telegram", plain, {"token": "s3creto"}, True)


def test_a_trial_says_what_came_of_it_or_why_not(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "channels")
    form = page.channels.form
    form.to.setText("42")
    form.trial.click()
    assert wait_for(qtbot, around, "paging.trial") == ("telegram", "42")
    qtbot.waitUntil(lambda: "aceptada" in form.said.text())
    around.desk.fail = AuthError("web.sign_in", host="api.telegram.org")
    form.trial.click()
    qtbot.waitUntil(lambda: form.said.text().startswith("▲") and "api.telegram.org" in form.said.text())


def test_what_cannot_be_saved_is_said_in_place(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "channels")
    around.desk.fail = InputError("notice.missing", kind="telegram", field="token")
    page.channels.form.save.click()
    qtbot.waitUntil(lambda: "le falta «token»" in page.channels.form.said.text())


def test_every_channel_has_a_form(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "channels")
    for kind in ("mail", "twilio_sms", "desktop", "webhook"):
        page.channels.choose(kind)
        qtbot.waitUntil(
            lambda kind=kind: page.channels.form._view is not None and page.channels.form._view.kind == kind
        )
        page.channels.form.typed()


# ── the days ahead ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "said"), [("es", "71 de 100"), ("en", "71 of 100")])
def test_coverage_says_its_number_why_and_the_gaps(opened: Open, qtbot: Any, lang: str, said: str) -> None:
    page, around = opened(lang=lang)
    tab(page, around, qtbot, "ahead")
    told = words(page.coverage)
    assert said in told and "Bruno Salcedo" in told and "−15" in told and "Legal" in told


def test_who_stands_in_is_asked_in_place_and_can_be_taken_back(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "ahead")
    form = page.coverage.stand_in
    form.save.click()
    assert form.problem.text() == "▲ Falta quién sustituye"
    form.person.setCurrentIndex(2)
    person = form.person.currentData()
    assert person
    form.save.click()
    assert form.problem.text() == "▲ Falta hasta cuándo"
    qtbot.keyClicks(form.start.line, "09:00")
    qtbot.keyClicks(form.end.line, "08:00")
    form.save.click()
    assert form.problem.text() == "▲ El final tiene que ser después del inicio"
    assert not calls(around, "rotations.stand_in")
    form.end.line.clear()
    qtbot.keyClicks(form.end.line, "18:00")
    qtbot.keyClicks(form.reason, "fiesta")
    around.desk.fail = InputError("rotation.backwards")
    form.save.click()
    qtbot.waitUntil(lambda: form.problem.text().startswith("▲") and form.reason.text() == "fiesta")
    form.save.click()
    saved = wait_for(qtbot, around, "rotations.stand_in")
    assert saved == ("guardia.noc", person, s.at("09:00"), s.at("09:00") + timedelta(hours=9), "fiesta")
    qtbot.waitUntil(lambda: form.reason.text() == "" and form.end.instant() is None)
    page.coverage.relieved.emit(1)
    assert wait_for(qtbot, around, "rotations.withdraw") == (1,)


def test_a_rotation_is_added_in_place_and_a_bad_hour_is_told(opened: Open, qtbot: Any) -> None:
    page, around = opened()
    tab(page, around, qtbot, "ahead")
    form = page.coverage.form
    for name, value in (("slug", "mesa"), ("members", "guardia.noc, jefe.redes"), ("hours", "x"), ("start", "7")):
        form.edits[name].setText(value)
    form.save.click()
    assert "168" in form.problem.text() and not calls(around, "rotations.save")
    form.edits["hours"].setText("12")
    form.save.click()
    (saved,) = wait_for(qtbot, around, "rotations.save")
    assert (saved.slug, saved.members, saved.turn_hours) == ("mesa", ("guardia.noc", "jefe.redes"), 12)  # type: ignore[attr-defined]


def test_the_call_tree_goes_on_paper(opened: Open, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.widgets.duty.documents", lambda: tmp_path)
    page, around = opened()
    tab(page, around, qtbot, "ahead")
    page.coverage.print.click()
    path = tmp_path / "arbol-de-llamadas.pdf"
    qtbot.waitUntil(path.exists, timeout=20_000)
    qtbot.waitUntil(lambda: any("arbol" in said for said in around.said), timeout=20_000)
    assert path.read_bytes().startswith(b"%PDF")


# ── what was sent ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (NotificationState.ATTEMPTED, "no se sabe si salió"),
        (NotificationState.ACCEPTED, "aceptado por el servicio"),
        (NotificationState.DELIVERED, "entregado"),
        (NotificationState.ACKNOWLEDGED, "se hizo cargo"),
        (NotificationState.FAILED, "no salió · slack.com pide"),
        (NotificationState.HELD, "espera a sus horas"),
    ],
)
def test_each_message_says_what_is_known_and_no_more(
    opened: Open, qtbot: Any, state: NotificationState, said: str
) -> None:
    _page, around = opened()
    history = CallHistory(around.context)
    qtbot.addWidget(history)
    one = Notification(
        id=1, incident_id=1, escalation_id=1, attempt_id=s.ATTEMPTS[0].id, contact_slug="a", kind="slack", address="U1",
        token="t", state=state, subject="s", body="b", due_at=s.NOW, error_key="web.sign_in",
        error_fields={"host": "slack.com"},
    )  # fmt: skip
    history.show_calls(s.PLAYBOOK, s.ATTEMPTS, {}, {}, zone=s.ZONE, messages=(one,))
    told = words(history)
    assert said.split(" · ", maxsplit=1)[0] in told
    assert ("slack.com" in told) == (state is NotificationState.FAILED)


# ── the red bar ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bar(qapp: QApplication, qtbot: Any) -> Iterator[tuple[PagingBar, Stage]]:
    around = stage(qapp, PagesDesk())
    made = PagingBar(around.context)
    qtbot.addWidget(made)
    yield made, around
    around.close()


def test_what_is_late_is_a_red_bar_until_it_is_not(bar: tuple[PagingBar, Stage], qtbot: Any) -> None:
    made, around = bar
    assert made.isHidden()
    since = around.desk.clock.now() - timedelta(minutes=3)
    around.desk.bus.publish([PagingChecked(2, since)])
    qtbot.waitUntil(lambda: not made.isHidden())
    assert "2 pendientes desde hace 3" in made.text()
    around.desk.bus.publish([PagingChecked(0, None)])
    qtbot.waitUntil(made.isHidden)


def test_a_core_that_no_longer_ticks_is_told(
    bar: tuple[PagingBar, Stage], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, around = bar
    around.desk.bus.publish([Ticked(around.desk.clock.now())])
    qtbot.waitUntil(made._ticked.isValid)
    monkeypatch.setattr("ui.widgets.paging_bar.SILENT_MS", -1)
    monkeypatch.setattr(type(made._ticked), "hasExpired", lambda self, ms: ms == -1, raising=False)
    made._beat()
    assert not made.isHidden() and "no late" in made.text()
    around.desk.bus.publish([Ticked(around.desk.clock.now())])
    qtbot.waitUntil(made.isHidden)


def test_news_of_the_clock_of_notices_and_of_the_unreached_is_said(bar: tuple[PagingBar, Stage], qtbot: Any) -> None:
    _, around = bar
    around.desk.contacts.name_of = lambda slug: "Jorge Ibarra"
    hostile = "<img src='/dev/zero'>"
    around.desk.bus.publish([ClockSet(-3600.0), NoticeShown(hostile, "cuerpo"), PagingChecked(0, None, "dir.general")])
    qtbot.waitUntil(lambda: len(around.said) >= 3)
    told = "\n".join(around.said)
    assert "3600" in told and hostile in told and "Jorge Ibarra" in told


def test_without_a_login_manager_it_says_that_sleep_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    awake = Awake()
    monkeypatch.setattr(awake, "_ask", lambda why: None)
    assert awake.hold(True, "crisis") == "unavailable"
    assert awake.hold(True, "crisis") == "unavailable" and awake.hold(False, "") == "off"
    monkeypatch.setattr(awake, "_ask", lambda why: object())
    assert awake.hold(True, "crisis") == "held" and awake.hold(False, "") == "off"


# ── a contact's channels and week ────────────────────────────────────────────────────────────────────────────────

DAYS = tuple(Texts("es")(f"preparation.contact.day{n}") for n in range(7))


def test_channels_are_read_as_they_are_said() -> None:
    assert read_channels("telegram 42, ntfy: tema-9") == (Channel("telegram", "42"), Channel("ntfy", "tema-9"))
    assert read_channels(" ") == ()
    for bad in ("telegram", "paloma 3", "ntfy "):
        with pytest.raises(ValueError):
            read_channels(bad)


def test_a_week_is_read_as_it_is_said() -> None:
    week = read_week("sáb, dom: no; vie: 8-15", DAYS)
    assert week == (DayHours(4, time(8), time(15)), DayHours(5), DayHours(6))
    assert read_week(said_week(week, DAYS), DAYS) == week
    for bad in ("sáb", "xyz: no", "lun: 8", "lun: 25-26", "lun: -"):
        with pytest.raises(ValueError):
            read_week(bad, DAYS)


def test_the_form_keeps_a_contacts_channels_and_week(qapp: QApplication, qtbot: Any, texts_es: Texts) -> None:
    form = ContactForm(texts_es, "America/Mexico_City")
    qtbot.addWidget(form)
    known = Contact(slug="a", name="Ana", phone="55 0000 0001", channels=(Channel("ntfy", "t-9"),), week=(DayHours(6),))
    form.put(known)
    assert form.edits["channels"].text() == "ntfy t-9" and form.edits["week"].text() == "dom: no"
    with qtbot.waitSignal(form.wanted) as asked:
        form.save.click()
    assert asked.args == [known]
    form.save.setEnabled(True)
    form.edits["week"].setText("domingo quizá")
    form.save.click()
    assert "dom" in form._fields["week"].findChildren(SafeLabel)[-1].text()
