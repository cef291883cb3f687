"""Each webhook's dialect against a real HTTP peer: what it is sent, and what each of its answers means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from crisisdesk.model.contact import Channel, Contact
from crisisdesk.model.errors import (
    AuthError,
    CrisisDeskError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from crisisdesk.model.notification import NotificationState
from crisisdesk.notifiers.base import UNANSWERED, Message, Outside, Receipt, Reply, notifiers, quiet_mentions
from crisisdesk.notifiers.ntfy import Ntfy, NtfySettings
from crisisdesk.notifiers.slack import Slack, SlackSettings
from crisisdesk.notifiers.teams import Teams, TeamsSettings
from crisisdesk.notifiers.telegram import Telegram, TelegramSettings
from crisisdesk.notifiers.twilio import TwilioSettings
from crisisdesk.notifiers.twilio_sms import TwilioSms
from crisisdesk.notifiers.twilio_voice import TwilioVoice
from crisisdesk.notifiers.webhook import Webhook, WebhookSettings
from crisisdesk.texts import LANGUAGES, Texts, catalogue
from crisisdesk.web import Budgets, Web
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "CDCANARY-7c1e"
ACCOUNT = "AC" + "0" * 32
SID = "SM" + "a" * 32
CALL = "CA" + "b" * 32
NASTY = "<!channel> @everyone @here <@U123> & *bold* _x_ [a](https://malo.example) <script>"
MESSAGE = Message(
    token="tok_0123456789abcdef", to="", name="Ana", subject="CrisisDesk · nivel 3", body=NASTY, lang="es", level=3
)

TO = {
    "slack": "U123", "teams": "workflow", "telegram": "42", "ntfy": "guardia-7f", "twilio_sms": "55 0000 0101",
    "twilio_voice": "+52 55 0000 0101", "webhook": "guardia.noc",
}  # fmt: skip
PATHS = {
    "slack": "/api/chat.postMessage",
    "teams": "/flow",
    "telegram": f"/bot{SECRET}/sendMessage",
    "ntfy": "/",
    "twilio_sms": f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
    "twilio_voice": f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json",
    "webhook": "/hook",
}
GOOD = {
    "slack": reply(200, '{"ok": true, "ts": "1.2", "channel": "C1"}', content_type="application/json"),
    "teams": reply(202),
    "telegram": reply(200, '{"ok": true, "result": {"message_id": 9}}', content_type="application/json"),
    "ntfy": reply(200, '{"id": "n1", "event": "message"}', content_type="application/json"),
    "twilio_sms": reply(201, json.dumps({"sid": SID, "status": "queued"}), content_type="application/json"),
    "twilio_voice": reply(201, json.dumps({"sid": CALL, "status": "queued"}), content_type="application/json"),
    "webhook": reply(200, '{"id": "w1"}', content_type="application/json"),
}
IDS = {
    "slack": "1.2", "teams": "", "telegram": "42/9", "ntfy": "n1", "twilio_sms": SID, "twilio_voice": CALL,
    "webhook": "w1",
}  # fmt: skip
KINDS = sorted(TO)


def made(kind: str, server: FakeWeb) -> Any:
    here = server.url("").rstrip("/")
    twilio = TwilioSettings(account=ACCOUNT, token=SECRET, sender="+15550000000", server=here, inside=True)
    settings: dict[str, Any] = {
        "slack": SlackSettings(token=SECRET, server=here, inside=True),
        "teams": TeamsSettings(webhook=server.url("/flow"), inside=True),
        "telegram": TelegramSettings(token=SECRET, server=here, inside=True),
        "ntfy": NtfySettings(server=here, token=SECRET, acks="acuses-9x", inside=True),
        "twilio_sms": twilio,
        "twilio_voice": twilio,
        "webhook": WebhookSettings(webhook=server.url("/hook"), signing=SECRET, inside=True),
    }
    return notifiers()[kind](settings[kind])


def run(kind: str, *answers: Any, do: Callable[[Any, Outside], Awaitable[Any]] | None = None, **more: Any) -> Any:
    """Send one message to a peer that answers so: the receipt or the error, and what the peer was asked."""

    async def inside() -> tuple[Any, FakeWeb]:
        async with FakeWeb() as server:
            for path in {PATHS[kind], *more.get("paths", ())}:
                server.says(path, *answers)
            web = Web(budgets=more.get("budgets"), now=lambda: NOW)
            outside = Outside(web, lambda title, body: False, lambda: NOW)
            notifier = made(kind, server)
            message = Message(**{f.name: getattr(MESSAGE, f.name) for f in fields(Message)} | {"to": TO[kind]})
            try:
                return await (do(notifier, outside) if do else notifier.send(outside, message)), server
            except CrisisDeskError as error:
                return error, server

    return asyncio.run(inside())


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_answer_is_accepted_and_its_id_is_kept(kind: str) -> None:
    receipt, server = run(kind, GOOD[kind])
    assert receipt == Receipt(IDS[kind])
    (asked,) = server.asked
    assert asked.method == "POST"


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(401, '{"ok": false, "description": "Unauthorized"}'), AuthError),
        (reply(500, "down"), TransientError),
        (reply(503, "down", retry_after="30"), TransientError),
        (reply(400, '{"ok": false, "code": 21211, "message": "no"}'), PermanentError),
    ],
    ids=["401", "500", "503", "400"],
)
def test_each_refusal_is_told_apart(kind: str, answer: bytes, error: type[CrisisDeskError]) -> None:
    found, server = run(kind, answer)
    assert type(found) is error, found
    assert len(server.asked) == 1  # sending again is the ladder's business, never the notifier's
    assert found.key not in UNANSWERED
    for lang in LANGUAGES:
        said = Texts(lang).error(found)
        assert "{" not in said and SECRET not in said and "errors." not in said


@pytest.mark.parametrize("kind", KINDS)
def test_too_many_says_until_when(kind: str) -> None:
    body = '{"ok": false, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 7}}'
    found, _ = run(kind, reply(429, body, retry_after="7", content_type="application/json"))
    assert isinstance(found, RateLimitedError) and found.retry_at == NOW + timedelta(seconds=7)


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_time_out_nobody_says_sent(kind: str) -> None:
    found, _ = run(kind, silence, budgets=Budgets(read=0.2))
    assert isinstance(found, CrisisDeskError) and found.key in UNANSWERED


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_there_is_surely_not_sent(kind: str) -> None:
    async def gone(notifier: Any, outside: Outside) -> Any:
        raise AssertionError

    async def inside() -> CrisisDeskError:
        async with FakeWeb() as server:
            notifier = made(kind, server)
        with pytest.raises(CrisisDeskError) as caught:  # the peer has closed
            await notifier.send(
                Outside(Web(now=lambda: NOW), lambda title, body: False, lambda: NOW),
                Message(token="t", to=TO[kind], name="A", subject="s", body="b"),
            )
        return caught.value

    error = asyncio.run(inside())
    assert isinstance(error, TransientError) and error.key not in UNANSWERED


# ── what is sent wakes nobody else and is nobody's markup ────────────────────────────────────────────────────────


def test_an_at_is_kept_apart_from_the_word_behind_it() -> None:
    assert "@everyone" not in quiet_mentions("a @everyone") and "@here" not in quiet_mentions("@here")
    assert quiet_mentions("ana@correo.example") == "ana@correo.example"


def test_slack_reads_no_mention_and_no_markup() -> None:
    _, server = run("slack", GOOD["slack"])
    sent = json.loads(server.asked[0].body)
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert "<!channel>" not in sent["text"] and "&lt;!channel&gt;" in sent["text"] and "<" not in sent["text"]
    assert "@everyone" not in sent["text"] and sent["mrkdwn"] is False and sent["parse"] == "none"
    assert sent["channel"] == "U123"


@pytest.mark.parametrize(
    ("error", "kind"),
    [("invalid_auth", AuthError), ("channel_not_found", PermanentError), ("internal_error", TransientError)],
)
def test_slack_says_no_with_a_good_status(error: str, kind: type[CrisisDeskError]) -> None:
    found, _ = run("slack", reply(200, json.dumps({"ok": False, "error": error}), content_type="application/json"))
    assert type(found) is kind


def test_slack_without_a_token_uses_its_webhook() -> None:
    async def inside() -> tuple[Receipt, FakeWeb]:
        async with FakeWeb() as server:
            server.says("/services/T/B/x", reply(200, "ok"))
            slack = Slack(SlackSettings(webhook=server.url("/services/T/B/x"), inside=True))
            outside = Outside(Web(now=lambda: NOW), lambda title, body: False, lambda: NOW)
            return await slack.send(outside, MESSAGE), server

    receipt, server = asyncio.run(inside())
    assert receipt == Receipt() and "authorization" not in server.asked[0].headers


def test_teams_gets_runs_that_read_no_markdown() -> None:
    _, server = run("teams", GOOD["teams"])
    card = json.loads(server.asked[0].body)["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert "msteams" not in card and "@everyone" not in json.dumps(card)


def test_telegram_is_plain_and_has_two_buttons() -> None:
    _, server = run("telegram", GOOD["telegram"])
    sent = json.loads(server.asked[0].body)
    assert "parse_mode" not in sent and sent["link_preview_options"] == {"is_disabled": True}
    buttons = sent["reply_markup"]["inline_keyboard"][0]
    assert [b["callback_data"] for b in buttons] == ["ack:tok_0123456789abcdef", "no:tok_0123456789abcdef"]
    assert all(len(b["callback_data"].encode()) <= 64 for b in buttons)


def test_the_longest_telegram_is_within_its_limit() -> None:
    async def long(notifier: Any, outside: Outside) -> Any:
        return await notifier.send(outside, Message(token="t", to="42", name="A", subject="s", body="🚨" * 9000))

    _, server = run("telegram", GOOD["telegram"], do=long)
    text = json.loads(server.asked[0].body)["text"]
    assert len(text.encode("utf-16-le")) // 2 <= 4096


def test_telegrams_presses_are_fetched_and_confirmed_by_the_next_number() -> None:
    luis = {"first_name": "Luis", "last_name": "Gil"}
    updates = {
        "ok": True,
        "result": [
            {"update_id": 7, "callback_query": {"id": "q1", "from": {"first_name": "Ana"}, "data": "ack:t1"}},
            {"update_id": 8, "callback_query": {"id": "q2", "from": luis, "data": "no:t2"}},
            {"update_id": 9, "message": {"text": "hola"}},
            {"update_id": 10, "callback_query": {"id": "q3", "data": "otra:cosa"}},
            "basura",
        ],
    }

    async def listen(notifier: Any, outside: Outside) -> Any:
        return await notifier.replies(outside, "5")

    path = f"/bot{SECRET}/getUpdates"
    (found, cursor), server = run(
        "telegram", reply(200, json.dumps(updates), content_type="application/json"), do=listen, paths=[path]
    )
    assert json.loads(server.asked[0].body)["offset"] == 5
    assert cursor == "11"
    assert found == (
        Reply("t1", takes=True, by="Ana", handle="q1"),
        Reply("t2", takes=False, by="Luis Gil", handle="q2"),
    )


def test_telegram_tells_who_pressed_what_came_of_it() -> None:
    async def tell(notifier: Any, outside: Outside) -> Any:
        return await notifier.tell(outside, Reply("t", handle="q1"), "Ya respondió Luis.")

    path = f"/bot{SECRET}/answerCallbackQuery"
    _, server = run("telegram", reply(200, '{"ok": true, "result": true}'), do=tell, paths=[path])
    assert json.loads(server.asked[0].body) == {
        "callback_query_id": "q1", "text": "Ya respondió Luis.", "show_alert": True,
    }  # fmt: skip


def test_two_programs_on_one_bot_are_told_and_tried_again() -> None:
    async def listen(notifier: Any, outside: Outside) -> Any:
        return await notifier.replies(outside, "")

    path = f"/bot{SECRET}/getUpdates"
    found, _ = run("telegram", reply(409, '{"ok": false, "description": "Conflict"}'), do=listen, paths=[path])
    assert isinstance(found, TransientError)


def test_ntfys_buttons_carry_the_message_token_and_no_password() -> None:
    _, server = run("ntfy", GOOD["ntfy"])
    sent = json.loads(server.asked[0].body)
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert sent["topic"] == "guardia-7f" and sent["priority"] == 5 and sent["markdown"] is False
    assert [a["body"] for a in sent["actions"]] == ["ack:tok_0123456789abcdef", "no:tok_0123456789abcdef"]
    assert all(a["url"].endswith("/acuses-9x") and a["method"] == "POST" for a in sent["actions"])
    assert SECRET not in json.dumps(sent) and len(server.asked[0].body) < 4096


def test_ntfys_answers_are_fetched_line_by_line() -> None:
    lines = [
        '{"id": "a", "event": "open"}',
        '{"id": "b", "event": "message", "message": "ack:t1"}',
        "no es json",
        '{"id": "c", "event": "message", "message": "no:t2"}',
        '{"id": "d", "event": "message", "message": "<b>hola</b>"}',
    ]

    async def listen(notifier: Any, outside: Outside) -> Any:
        return await notifier.replies(outside, "a")

    (found, cursor), server = run("ntfy", reply(200, "\n".join(lines)), do=listen, paths=["/acuses-9x/json"])
    assert server.asked[0].target.endswith("poll=1&since=a")
    assert (found, cursor) == ((Reply("t1"), Reply("t2", takes=False)), "d")


def test_a_webhook_is_signed_over_its_time_and_body_and_has_its_key() -> None:
    _, server = run("webhook", GOOD["webhook"])
    asked = server.asked[0]
    stamp = asked.headers["x-crisisdesk-timestamp"]
    expected = hmac.new(SECRET.encode(), stamp.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-crisisdesk-signature"] == f"v1={expected}"
    assert asked.headers["idempotency-key"] == json.loads(asked.body)["id"] == MESSAGE.token


def test_sms_goes_to_a_number_that_the_network_knows() -> None:
    _, server = run("twilio_sms", GOOD["twilio_sms"])
    form = parse_qs(server.asked[0].body.decode())
    assert form["To"] == ["+525500000101"] and form["From"] == ["+15550000000"]
    assert server.asked[0].headers["authorization"].startswith("Basic ")


def test_a_call_cannot_be_commanded_by_its_text() -> None:
    _, server = run("twilio_voice", GOOD["twilio_voice"])
    twiml = parse_qs(server.asked[0].body.decode())["Twiml"][0]
    assert twiml.count("<") == 4 and "&lt;!channel&gt;" in twiml and 'language="es-MX"' in twiml


@pytest.mark.parametrize("phone", ["", "no", "12", "+0 00 00", "55"])
def test_a_number_that_cannot_be_dialled_is_refused_before_anything_is_sent(phone: str) -> None:
    async def send(notifier: Any, outside: Outside) -> Any:
        return await notifier.send(outside, Message(token="t", to=phone, name="A", subject="s", body="b"))

    found, server = run("twilio_sms", GOOD["twilio_sms"], do=send)
    assert isinstance(found, PermanentError) and found.key == "notice.number" and server.asked == []


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("twilio_sms", "queued", NotificationState.ACCEPTED),
        ("twilio_sms", "sent", NotificationState.ACCEPTED),
        ("twilio_sms", "delivered", NotificationState.DELIVERED),
        ("twilio_sms", "undelivered", NotificationState.FAILED),
        ("twilio_voice", "ringing", NotificationState.ACCEPTED),
        ("twilio_voice", "completed", NotificationState.DELIVERED),
        ("twilio_voice", "no-answer", NotificationState.FAILED),
    ],
)
def test_twilios_later_word_decides(kind: str, status: str, state: NotificationState) -> None:
    async def ask(notifier: Any, outside: Outside) -> Any:
        return await notifier.progress(outside, SID)

    what = "Messages" if kind == "twilio_sms" else "Calls"
    path = f"/2010-04-01/Accounts/{ACCOUNT}/{what}/{SID}.json"
    found, _ = run(kind, reply(200, json.dumps({"status": status})), do=ask, paths=[path])
    assert found is state


# ── every notifier through the same door ─────────────────────────────────────────────────────────────────────────


def test_the_folder_holds_these_notifiers() -> None:
    assert set(notifiers()) == {*TO, "mail", "desktop", "heartbeat"}


@pytest.mark.parametrize("kind", sorted(notifiers()))
def test_every_notifier_can_be_set_and_spoken_of(kind: str) -> None:
    notifier = notifiers()[kind]
    assert notifier.kind == kind and notifier.words <= {"llamada", "sms", "correo", "aviso", "chat"}
    for field in fields(notifier.Settings):
        assert field.default is not MISSING, "a form begins empty"
        for lang in LANGUAGES:
            assert f"notice.field.{field.name}" in catalogue(lang), field.name
    for lang in LANGUAGES:
        assert Texts(lang).has(f"notice.kind.{kind}") and Texts(lang).has(f"notice.about.{kind}")
    reached = Contact(
        slug="a", name="A", phone="55 0000 0101", email="a@correo.example", channels=(Channel("telegram", "1"),)
    )
    assert isinstance(notifier(notifier.Settings()).address(reached), str)


def test_secrets_are_marked_as_such() -> None:
    marked = {(k, f.name) for k, n in notifiers().items() for f in fields(n.Settings) if f.metadata.get("secret")}
    secretive = ("token", "password", "webhook", "signing", "acks", "imap_password")
    wanted = {(k, f.name) for k, n in notifiers().items() for f in fields(n.Settings) if f.name in secretive}
    assert marked == wanted


def test_types_are_used() -> None:
    assert {Ntfy, Slack, Teams, Telegram, TwilioSms, TwilioVoice, Webhook} <= set(notifiers().values())
