"""Paging from the step of a ladder to a real HTTP peer and back: at least once, honest, silent in a drill."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.desk.chain import anchor
from crisisdesk.model.contact import Channel, Contact
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.escalation import Escalation, EscalationState
from crisisdesk.model.events import Event, NoticeShown, PagingChecked
from crisisdesk.model.notification import Notification
from crisisdesk.notifiers.base import Reply
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.web import Budgets, Web
from tests.fakes.session_bus import without_services
from tests.fakes.web import FakeWeb, reply
from tests.unit.test_clock import Computer

CANARY = "CDCANARY-51fe"


class House:
    """A desk whose direction is reached by «aviso» only, on a computer whose clocks a test moves."""

    def __init__(self, folder: Path, server: FakeWeb, *, drill: bool = False) -> None:
        self.computer, self.server, self.folder, self.drill = Computer(), server, folder, drill
        self.events: list[Event] = []
        self.desk = self.open()
        changed = folder / "plan.yaml"
        text = self.desk.playbook.source
        text = text.replace("[llamada, sms]", "[aviso, sms]")
        text = text.replace("direccion.suplente, por: [llamada]", "direccion.suplente, por: [aviso]")
        changed.write_text(text, "utf-8")
        self.desk.playbooks.use(changed)
        ways = (Channel("telegram", "42"), Channel("ntfy", "tema-9"))
        people = ("dir.general", "dir.operaciones", "guardia.noc", "jefe.redes", "comunicacion.titular")
        for n, slug in enumerate(people):
            phone = f"55 0000 01{n:02d}"
            self.desk.contacts.save(Contact(slug=slug, name=slug.title(), phone=phone, channels=ways))

    def open(self) -> Desk:
        settings = Settings(zone="America/Mexico_City", actor="ana")
        desk = build_desk(settings, profile(self.folder / "desk"), clock=self.computer.clock(), drill=self.drill)
        desk.bus.subscribe(self.events.append)
        return desk

    def webhook(self) -> None:
        secrets = {"webhook": self.server.url("/hook"), "signing": CANARY}
        self.desk.channels.save("webhook", {"inside": True}, secrets, enabled=True)

    def telegram(self) -> None:
        here = self.server.url("").rstrip("/")
        self.desk.channels.save("telegram", {"server": here, "inside": True}, {"token": CANARY}, enabled=True)

    def incident(self, level: int = 3, **more: Any) -> int:
        found = self.desk.incidents.open(title="Sin servicio", level=level, **more).id
        self.desk.escalation.start(found, "direccion")
        return found

    def ladder(self, incident: int) -> Escalation:
        return next(e for e in self.desk.escalation.list(incident) if e.role == "direccion")

    def sent(self, incident: int) -> list[Notification]:
        mine = self.ladder(incident).id
        return [n for n in self.desk.notifications.list(incident) if n.escalation_id == mine]

    def told(self, incident: int) -> list[str]:
        entries = sorted(self.desk.timeline.entries(incident), key=lambda e: e.id)
        return [e.kind for e in entries if e.kind.startswith("notice.")]

    async def send(self, **more: Any) -> None:
        outside = self.desk.paging.outside(Web(now=self.desk.clock.now, **more))
        await self.desk.paging.dispatch(outside)
        await self.desk.paging.settled()

    async def hear(self) -> None:
        await self.desk.paging.listen(self.desk.paging.outside(Web(now=self.desk.clock.now)))

    def passes(self, seconds: float) -> None:
        self.computer.passes(seconds)
        self.desk.tick()


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """``lived(story)`` runs an async story with a house and its peer."""

    def live(story: Callable[[House], Awaitable[None]], *, drill: bool = False) -> None:
        async def run() -> None:
            async with FakeWeb() as server:
                house = House(tmp_path, server, drill=drill)
                try:
                    await story(house)
                finally:
                    house.desk.close()

        asyncio.run(run())

    yield live


def keys(house: House) -> list[str]:
    return [asked.headers["idempotency-key"] for asked in house.server.asked]


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


def test_a_step_goes_out_once_and_is_accepted(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply(200, '{"id": "w7"}', content_type="application/json"))
        incident = house.incident()
        await house.send()
        await house.send()
        (one,) = house.sent(incident)
        assert (one.state, one.provider_id, one.tries) == ("accepted", "w7", 1)
        bodies = [json.loads(asked.body) for asked in house.server.asked]
        assert {b["to"] for b in bodies} >= {"dir.general"} and all("Sin servicio" in b["body"] for b in bodies)
        assert house.told(incident)[:2] == ["notice.attempted", "notice.accepted"]

    lived(story)


def test_a_number_that_somebody_gave_us_goes_out_with_no_step(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply(200, '{"id": "w7"}', content_type="application/json"))
        desk = house.desk
        incident = desk.incidents.open(title="Sin servicio, lo cuenta el 55 1234 5678", level=1).id
        desk.ingest.manual("no tengo señal", author="vecina", channel="x")
        desk.handoffs.keep_phone(desk.mentions.latest(1)[0].id, "55 1234 5678", "sí")
        desk.escalation.start(incident, "direccion")
        await house.send()
        bodies = [asked.body.decode() for asked in house.server.asked]
        assert bodies and all("lo cuenta el" in body and "1234" not in body for body in bodies)

    lived(story)


@pytest.mark.parametrize("whole", [True, False], ids=["a drill's profile", "a drill in a real profile"])
def test_a_drill_sends_nothing_at_all(lived: Callable[..., None], whole: bool) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.telegram()
        house.server.says("/hook", reply())
        incident = house.incident()
        if not whole:
            with house.desk.core.write() as tx:
                tx.connection.exec_driver_sql("UPDATE incident SET drill = 1")
        for _ in range(40):
            house.passes(30)
            await house.send()
            await house.hear()
            await house.desk.paging.heartbeat(house.desk.paging.outside(Web()))
        assert house.desk.escalation.attempts(incident)  # the ladder did climb
        assert house.server.asked == []
        if whole:
            with pytest.raises(StepError):
                await house.desk.paging.test(house.desk.paging.outside(Web()), "webhook", "x")
            assert house.server.asked == [] and house.desk.notifications.list(incident) == ()

    lived(story, drill=whole)


def test_a_letter_bears_the_head_of_the_chain_and_nothing_else_does(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        plan = house.folder / "plan.yaml"
        plan.write_text(plan.read_text("utf-8").replace("[aviso, sms]", "[aviso, correo]"), "utf-8")
        house.desk.playbooks.use(plan)
        house.webhook()
        settings = {"server": "127.0.0.1", "sender": "mesa@example.org", "security": "none"}
        house.desk.channels.save("mail", settings, {}, enabled=True)
        boss = house.desk.contacts.get("dir.general")
        house.desk.contacts.save(replace(boss, email="general@example.org"))
        sent = {one.kind: one.body for one in house.sent(house.incident())}
        assert set(sent) == {"mail", "webhook"}
        found = re.search(r"\d+:[0-9a-f]{64}", sent["mail"])
        assert found is not None
        assert re.search(r"[0-9a-f]{64}", sent["webhook"]) is None
        verdict = house.desk.chain.verify((anchor(found[0]),))
        assert verdict.completeness.why == "after_anchor"  # it was the head when the letter was written

    lived(story)


def test_example_contacts_are_never_reached(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        for contact in house.desk.contacts.list():
            house.desk.contacts.save(replace(contact, example=True))
        incident = house.incident()
        await house.send()
        assert house.server.asked == [] and house.desk.notifications.list(incident) == ()

    lived(story)


def test_after_a_time_out_it_stays_attempted_and_goes_again_with_the_same_key(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", silence)
        incident = house.incident()
        await house.send(budgets=Budgets(read=0.2))
        (one,) = house.sent(incident)
        assert one.state == "attempted" and one.accepted_at is None and one.error_key == "web.silent"
        assert "notice.unknown" in house.told(incident) and "notice.accepted" not in house.told(incident)
        house.server.says("/hook", reply())
        house.passes(16)
        await house.send()
        (one,) = house.sent(incident)
        assert (one.state, one.tries) == ("accepted", 2)
        mine = [key for key in keys(house) if key == one.token]
        assert len(mine) == 2

    lived(story)


def test_four_time_outs_and_still_nobody_says_sent(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", silence)
        incident = house.incident()
        for _ in range(6):
            await house.send(budgets=Budgets(read=0.1))
            house.passes(16)
        (one, *_) = house.sent(incident)
        assert (one.state, one.tries, one.next_at) == ("attempted", 4, None)

    lived(story)


def test_too_many_waits_until_the_provider_says(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply(429, retry_after="40"))
        incident = house.incident()
        await house.send()
        (one,) = house.sent(incident)
        assert one.state == "waiting" and one.next_at == house.desk.clock.now() + timedelta(seconds=40)
        house.server.says("/hook", reply())
        before = len(house.server.asked)
        house.passes(30)
        await house.send()
        assert len(house.server.asked) == before
        house.passes(11)
        await house.send()
        assert house.sent(incident)[0].state == "accepted"

    lived(story)


def test_when_every_channel_fails_the_next_step_begins_at_once_and_is_told(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply(401))
        incident = house.incident()
        step = house.ladder(incident).step
        await house.send()
        assert house.sent(incident)[0].state == "failed"
        assert any(isinstance(e, PagingChecked) and e.unreached == "dir.general" for e in house.events)
        house.passes(1)
        assert house.ladder(incident).step == step + 1

    lived(story)


def test_what_was_lost_in_a_crash_goes_out_again_with_the_same_key(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply())
        incident = house.incident()
        taken = house.desk.notifications.claim(10)  # «attempted» on disk, and then the power goes
        assert taken and house.sent(incident)[0].state == "attempted"
        house.desk.close()
        house.desk = house.open()
        house.desk.notifications.recover()
        await house.send()
        (one,) = house.sent(incident)
        assert (one.state, one.tries) == ("accepted", 2) and one.token in keys(house)

    lived(story)


def press(update: int, data: str, name: str = "Ana") -> bytes:
    pressed = {"id": f"q{update}", "from": {"first_name": name}, "data": data}
    return reply(200, json.dumps({"ok": True, "result": [{"update_id": update, "callback_query": pressed}]}))


def test_a_button_takes_the_ladder_once_and_the_second_is_told_who(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.telegram()
        bot = f"/bot{CANARY}"
        house.server.says(f"{bot}/sendMessage", reply(200, '{"ok": true, "result": {"message_id": 3}}'))
        house.server.says(f"{bot}/answerCallbackQuery", reply(200, '{"ok": true, "result": true}'))
        incident = house.incident()
        await house.send()
        house.passes(6 * 60)
        await house.send()
        first, second = house.sent(incident)
        house.server.says(f"{bot}/getUpdates", press(1, f"ack:{first.token}"))
        await house.hear()
        ladder = house.ladder(incident)
        assert (ladder.state, ladder.ack_by) == (EscalationState.ACKNOWLEDGED, first.contact_slug)
        assert house.sent(incident)[0].state == "acknowledged"
        assert house.desk.paging.take(Reply(second.token, by="Luis"), "telegram") == "Ya respondió Dir.General."
        tellings = [json.loads(a.body) for a in house.server.asked if a.target.endswith("answerCallbackQuery")]
        assert [t["text"] for t in tellings] == ["Anotado: te haces cargo."]
        entry = next(e for e in house.desk.timeline.entries(incident) if e.kind == "escalation.acknowledged")
        assert entry.data["by"] == "telegram" and entry.data["note"] == "Ana"

    lived(story)


def test_a_button_that_declines_moves_the_ladder_on_at_once(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.telegram()
        bot = f"/bot{CANARY}"
        house.server.says(f"{bot}/sendMessage", reply(200, '{"ok": true, "result": {"message_id": 3}}'))
        house.server.says(f"{bot}/answerCallbackQuery", reply(200, '{"ok": true, "result": true}'))
        incident = house.incident()
        await house.send()
        (one,) = house.sent(incident)
        house.server.says(f"{bot}/getUpdates", press(1, f"no:{one.token}"))
        await house.hear()
        assert house.ladder(incident).step == 1 and house.ladder(incident).state is EscalationState.CALLING
        assert house.desk.escalation.attempts(incident)[-1].contact_slug == "dir.operaciones"

    lived(story)


def test_a_token_of_another_channel_or_of_nobody_does_nothing(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        incident = house.incident()
        (one,) = house.sent(incident)
        for reply_ in (Reply(one.token), Reply("nada"), Reply("")):
            assert house.desk.paging.take(reply_, "telegram") == "Ese aviso ya no existe."
        assert house.ladder(incident).state is EscalationState.CALLING

    lived(story)


def test_nobody_is_asked_for_answers_while_nothing_waits(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.telegram()
        await house.hear()
        assert house.server.asked == []

    lived(story)


def test_quiet_hours_hold_delivery_until_they_end_or_the_level_pierces(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply())
        now = house.desk.clock.now()
        for contact in house.desk.contacts.list():
            wakes, sleeps = time((now.hour + 3) % 24), time((now.hour + 9) % 24)
            house.desk.contacts.save(replace(contact, zone="UTC", from_hour=wakes, to_hour=sleeps))
        incident = house.incident(level=2)
        (one,) = house.sent(incident)
        assert one.state == "held" and one.next_at is not None and one.next_at > now + timedelta(hours=2)
        await house.send()
        assert house.server.asked == []
        house.desk.incidents.set_level(incident, 3, "empeora")
        await house.send()
        assert house.sent(incident)[0].state == "accepted"

    lived(story)


def test_an_acknowledgement_by_phone_drops_what_has_not_gone_out(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        incident = house.incident()
        house.desk.escalation.acknowledge(house.ladder(incident).id, "dir.general")
        assert [n.state for n in house.sent(incident)] == ["dropped"]

    lived(story)


def test_the_audit_tells_what_is_late_and_the_heartbeat_falls_silent(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.server.says("/alive", reply())
        house.desk.channels.save("heartbeat", {"inside": True}, {"webhook": house.server.url("/alive")}, enabled=True)
        outside = house.desk.paging.outside(Web(now=house.desk.clock.now))
        house.incident()
        house.desk.tick()
        assert house.desk.paging.audit() == PagingChecked(late=0, since=None)
        await house.desk.paging.heartbeat(outside)
        assert len(house.server.asked) == 1
        house.computer.passes(7 * 60)  # nobody ticks: the engine has died
        found = house.desk.paging.audit()
        assert found.late >= 1
        house.desk.paging.watch()
        assert found not in house.events  # one look may be a moment before the tick that does it all
        house.desk.paging.watch()
        assert found in house.events
        await house.desk.paging.heartbeat(outside)
        assert len(house.server.asked) == 1
        house.desk.tick()
        house.desk.paging.watch()
        assert house.events[-1] == PagingChecked(late=0, since=None)
        house.desk.paging.watch()
        assert sum(isinstance(event, PagingChecked) for event in house.events) == 2  # said once each

    lived(story)


def test_the_desktop_says_honestly_that_no_window_is_there(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.desk.channels.save("desktop", {}, {}, enabled=True)
        outside = house.desk.paging.outside(Web())
        with pytest.raises(Exception) as caught:
            await house.desk.paging.test(outside, "desktop", "")
        assert "no_window" in str(caught.value)
        house.desk.paging.window_opened()
        assert await house.desk.paging.test(outside, "desktop", "") == "accepted"
        assert any(isinstance(e, NoticeShown) for e in house.events)
        view = next(v for v in house.desk.channels.list() if v.kind == "desktop")
        assert view.tested == "accepted" and view.tested_at is not None

    lived(story)


def test_a_channel_that_was_switched_off_raises_no_alarm_for_what_it_had_sent(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.server.says("/hook", reply())
        incident = house.incident()
        await house.send()
        with house.desk.core.write() as tx:  # as a provider's that is asked later what became of it
            tx.connection.exec_driver_sql("UPDATE notification SET next_at = due_at")
        house.desk.channels.forget("webhook")
        assert house.sent(incident)[0].state == "accepted"
        for role in house.desk.escalation.list(incident):
            house.desk.escalation.stop(role.id, "prueba")
        house.computer.passes(3600)
        assert house.desk.paging.audit().late == 0

    lived(story)


def test_a_keyring_is_asked_once_and_again_after_a_change(lived: Callable[..., None], memory_keyring: Any) -> None:
    async def story(house: House) -> None:
        asked: list[str] = []
        get = memory_keyring.get_password
        memory_keyring.get_password = lambda service, name: (asked.append(name), get(service, name))[1]
        house.telegram()
        view = house.desk.channels.enabled()[0]
        asked.clear()
        for _ in range(3):
            house.desk.channels.armed(view)
        assert asked.count("notifier.telegram.token") == 1
        house.desk.channels.save("telegram", {}, {"token": "otro"}, enabled=True)
        again = house.desk.channels.armed(house.desk.channels.enabled()[0])
        assert again._settings.token == "otro"

    lived(story)


# ── settings and secrets ─────────────────────────────────────────────────────────────────────────────────────────


def test_secrets_are_in_the_keyring_and_nowhere_in_the_data_folder(
    lived: Callable[..., None], memory_keyring: Any
) -> None:
    async def story(house: House) -> None:
        house.webhook()
        house.telegram()
        house.server.says("/hook", reply(500))
        house.incident()
        await house.send()
        await house.hear()
        house.desk.store.close()
        for path in house.folder.rglob("*"):
            if path.is_file():
                assert CANARY.encode() not in path.read_bytes(), path
        assert CANARY in memory_keyring.kept.values()

    lived(story)


def test_an_empty_secret_leaves_the_one_that_is_kept_and_a_missing_one_is_told(lived: Callable[..., None]) -> None:
    async def story(house: House) -> None:
        with pytest.raises(InputError) as caught:
            house.desk.channels.save("telegram", {}, {}, enabled=True)
        assert caught.value.fields == {"kind": "telegram", "field": "token"}
        house.telegram()
        house.desk.channels.save("telegram", {"server": "https://otro.example"}, {"token": ""}, enabled=True)
        view = next(v for v in house.desk.channels.list() if v.kind == "telegram")
        assert view.kept == {"token"} and view.values["server"] == "https://otro.example"
        assert CANARY not in repr(view)
        house.desk.channels.forget("telegram")
        view = next(v for v in house.desk.channels.list() if v.kind == "telegram")
        assert not view.enabled and view.kept == frozenset()

    lived(story)


@pytest.mark.parametrize(("value", "good"), [("587", True), ("0", False), ("x", False), ("70000", False)])
def test_a_port_is_a_port(lived: Callable[..., None], value: str, good: bool) -> None:
    async def story(house: House) -> None:
        values = {"sender": "a@b.example", "server": "mail.example", "port": value}
        if good:
            house.desk.channels.save("mail", values, {}, enabled=True)
            assert next(v for v in house.desk.channels.list() if v.kind == "mail").values["port"] == 587
        else:
            with pytest.raises(InputError):
                house.desk.channels.save("mail", values, {}, enabled=True)

    lived(story)


KEYRING = """
import sys
from pathlib import Path
from crisisdesk.app import Desk
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.vault import Vault
vault = Vault("CrisisDesk test")
desk = Desk(Settings(zone="UTC", actor="ana"), profile(Path(sys.argv[1])), vault=vault)
if sys.argv[2] == "save":
    desk.channels.save("telegram", {}, {"token": "s3cr3to-ñ"}, enabled=True)
view = next(v for v in desk.channels.list() if v.kind == "telegram")
print(vault.kept_by, desk.channels.armed(view)._settings.token, flush=True)
desk.close()
"""


def test_a_token_survives_in_the_real_keyring_of_the_system(
    tmp_path: Path, needs_system: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """gnome-keyring on a bus of its own; the second program reads what the first kept."""
    needs_system("gnome-keyring-daemon")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    (tmp_path / "keep.py").write_text(KEYRING, "utf-8")
    program = f"{sys.executable} {tmp_path / 'keep.py'} {tmp_path / 'desk'}"
    script = textwrap.dedent(f"""
        printf 'testpass\\n' | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
        daemon=$!
        for n in $(seq 300); do secret-tool search a b >/dev/null 2>&1 && break; sleep 0.05; done
        {program} save && {program} read
        kill $daemon
    """)
    bus = needs_system("dbus-run-session")
    needs_system("secret-tool")
    command = [bus, without_services(tmp_path), "--", "bash", "-c", script]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    said = done.stdout.decode().split("\n")
    assert said[:2] == ["keyring s3cr3to-ñ"] * 2, done.stderr.decode()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "desk").rglob("*") if path.is_file())
    assert "s3cr3to-ñ".encode() not in kept
