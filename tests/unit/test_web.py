"""Whatever a server does, a request ends soon, small, and in the right class of error."""

from __future__ import annotations

import asyncio
import gc
import gzip
import logging
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model.errors import (
    AuthError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    TransientError,
    WebError,
)
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.web import UNANSWERED, Answer, Budgets, Web, json_of
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Only the slow servers meet short budgets: a busy machine must not turn another fault into slowness.
SILENT = Budgets(read=0.2)
SLOW = Budgets(total=0.3)


def fetch(prepare: Callable[[FakeWeb], None], path: str = "/x", **options: Any) -> tuple[Answer | WebError, FakeWeb]:
    """One request to a server that ``prepare`` set up."""

    async def run() -> tuple[Answer | WebError, FakeWeb]:
        async with FakeWeb() as server:
            prepare(server)
            options.setdefault("allow_private", server.permits)
            web = Web(budgets=options.pop("budgets", None), now=lambda: NOW)
            try:
                return await web.get(options.pop("url", None) or server.url(path), **options), server
            except WebError as error:
                return error, server

    return asyncio.run(run())


def failed(found: Answer | WebError, kind: type[WebError], key: str) -> WebError:
    """The error, told in both languages without a hole."""
    assert isinstance(found, WebError), found
    assert (type(found), found.key) == (kind, key)
    for lang in LANGUAGES:
        sentence = Texts(lang).error(found)
        assert "{" not in sentence and not sentence.startswith("errors.")
    return found


def answered(found: Answer | WebError) -> Answer:
    assert isinstance(found, Answer), found
    return found


def test_a_good_answer() -> None:
    found, server = fetch(
        lambda s: s.says("/x", reply(200, b"hola", etag='"7"')), params={"q": "sin luz"}, headers={"Authorization": "t"}
    )
    answer = answered(found)
    assert (answer.status, answer.body, answer.headers["etag"], answer.host) == (200, b"hola", '"7"', "127.0.0.1")
    (asked,) = server.asked
    assert asked.target == "/x?q=sin+luz"
    assert asked.headers["authorization"] == "t"
    assert asked.headers["accept-encoding"] == "gzip, deflate"


def test_the_query_of_the_address_is_kept() -> None:
    _, server = fetch(lambda s: None, "/x?q=1&q=2")
    assert server.asked[0].target == "/x?q=1&q=2"


def test_conditional_request() -> None:
    found, server = fetch(lambda s: s.says("/x", reply(304, etag='"7"')), etag='"7"', modified="yesterday")
    assert (answered(found).status, answered(found).body) == (304, b"")
    assert server.asked[0].headers["if-none-match"] == '"7"'
    assert server.asked[0].headers["if-modified-since"] == "yesterday"


@pytest.mark.parametrize(
    ("status", "kind", "key"),
    [
        (401, AuthError, "web.sign_in"),
        (403, AuthError, "web.forbidden"),
        (407, AuthError, "web.proxy_sign_in"),
        (404, PermanentError, "web.not_found"),
        (410, PermanentError, "web.gone"),
        (400, PermanentError, "web.rejected"),
        (408, TransientError, "web.server"),
        (500, TransientError, "web.server"),
        (503, TransientError, "web.server"),
        (300, PermanentError, "web.rejected"),
    ],
)
def test_statuses(status: int, kind: type[WebError], key: str) -> None:
    failed(fetch(lambda s: s.says("/x", reply(status)))[0], kind, key)


def test_told_to_wait() -> None:
    error = failed(fetch(lambda s: s.says("/x", reply(429, retry_after="20")))[0], RateLimitedError, "web.rate_limited")
    assert isinstance(error, RateLimitedError) and error.retry_at == NOW + timedelta(seconds=20)
    error = failed(
        fetch(lambda s: s.says("/x", reply(429, retry_after="99999")))[0], RateLimitedError, "web.rate_limited_capped"
    )
    assert isinstance(error, RateLimitedError) and error.retry_at == NOW + timedelta(seconds=900)
    error = failed(fetch(lambda s: s.says("/x", reply(503, retry_after="20")))[0], TransientError, "web.server")
    assert isinstance(error, TransientError) and error.retry_at == NOW + timedelta(seconds=20)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://h/x", "javascript:1", "", "http://", "http://[::1", "http://h:99999/", "http://a b/"],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(RefusedError) as caught:
        asyncio.run(Web().get(url))
    failed(caught.value, RefusedError, "web.address")


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(RefusedError) as caught:
        asyncio.run(Web().get("http://ana:clave@example.org/"))
    assert "clave" not in str(failed(caught.value, RefusedError, "web.credentials"))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"]
)
def test_private_addresses_are_refused_at_the_start_and_after_a_redirect(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = asyncio.BaseEventLoop.getaddrinfo

    async def resolve(self: Any, name: Any, port: Any, **more: Any) -> Any:
        return await real(self, "127.0.0.1" if name == "2130706433" else name, port, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    with pytest.raises(RefusedError) as caught:
        asyncio.run(Web().get(f"http://{host}:9/secret"))
    failed(caught.value, RefusedError, "web.private")
    found, server = fetch(lambda s: s.says("/x", reply(302, location=f"http://{host}:9/secret")))
    failed(found, RefusedError, "web.private")
    assert len(server.asked) == 1


def test_permission_is_for_one_port_only() -> None:
    found, _ = fetch(lambda s: s.says("/x", reply(200)), allow_private=frozenset({"127.0.0.1:1"}))
    failed(found, RefusedError, "web.private")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[::1", "", "ftp://h/", "http://u:p@h/"])
def test_redirects_that_are_not_followed(location: str) -> None:
    failed(fetch(lambda s: s.says("/x", reply(302, location=location)))[0], RefusedError, "web.bad_redirect")


def test_redirects_without_end() -> None:
    found, server = fetch(lambda s: s.says("/x", reply(302, location="/x")))
    failed(found, RefusedError, "web.redirects")
    assert len(server.asked) == 6


def test_a_permanent_move_is_reported_and_a_temporary_one_is_not() -> None:
    def move(status: int) -> Callable[[FakeWeb], None]:
        return lambda s: (s.says("/x", reply(status, location="/y")), s.says("/y", reply(200, b"y")))[0]

    found, server = fetch(move(301))
    assert answered(found).moved == server.url("/y") == answered(found).url
    assert answered(fetch(move(302))[0]).moved == ""


def test_headers_stay_with_their_origin_and_cookies_die() -> None:
    def prepare(server: FakeWeb) -> None:
        there = server.url("/y", host="localhost")
        server.says("/x", reply(302, location=there, set_cookie="a=1"))
        server.says("/y", reply(200, b"ok"))

    found, server = fetch(prepare, headers={"Authorization": "Bearer CANARY"}, etag='"7"')
    assert answered(found).body == b"ok"
    assert "authorization" in server.asked[0].headers
    assert "authorization" not in server.asked[1].headers
    assert "cookie" not in server.asked[1].headers


async def slowly(writer: Any, head: bytes) -> None:
    writer.write(head)
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endlessly(writer: Any) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n[")
    while True:
        writer.write(b"A" * 65536)
        await writer.drain()


async def hanging(writer: Any) -> None:
    await asyncio.sleep(60)


async def continuing(writer: Any) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()


Talk = Callable[[Any], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"
FAULTS: list[tuple[bytes | Talk, type[WebError], str]] = [
    (endlessly, RefusedError, "web.too_large"),
    (reply(200, bytes(11_000_000)), RefusedError, "web.too_large"),
    (reply(200, gzip.compress(bytes(200_000_000), 1, mtime=0), content_encoding="gzip"), RefusedError, "web.too_large"),
    (reply(200, b"{}", content_encoding=", ".join(["gzip"] * 200)), RefusedError, "web.encoding"),
    (reply(200, b"not gzip at all", content_encoding="gzip"), TransientError, "web.damaged"),
    (reply(200, gzip.compress(b"x" * 999, mtime=0)[:-5], content_encoding="gzip"), TransientError, "web.damaged"),
    (lambda w: slowly(w, OK + b"Content-Length: 100000\r\n\r\n"), RefusedError, "web.slow"),
    (lambda w: slowly(w, OK + b"X-Slow: "), RefusedError, "web.slow"),
    (continuing, RefusedError, "web.slow"),
    (hanging, TransientError, "web.silent"),
    (OK + b"Content-Length: 9000\r\n\r\nshort", TransientError, "web.damaged"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n1000\r\ncut", TransientError, "web.damaged"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\nabc\r\n0\r\n\r\n", TransientError, "web.damaged"),
    (OK + b"X: " + b"a" * 1_000_000, TransientError, "web.damaged"),
    (b"\x00\x91garbage" * 50, TransientError, "web.damaged"),
    (b"", TransientError, "web.damaged"),
]


@pytest.mark.parametrize(("answer", "kind", "key"), FAULTS)
def test_faults_end_soon_in_the_right_class(answer: bytes | Talk, kind: type[WebError], key: str) -> None:
    budgets = {"web.slow": SLOW, "web.silent": SILENT}.get(key)
    started = time.perf_counter()
    failed(fetch(lambda s: s.says("/x", answer), budgets=budgets)[0], kind, key)
    assert time.perf_counter() - started < 10  # far below the hour that a hanging server would take


def test_nobody_there_and_no_such_name() -> None:
    async def closed_port() -> int:
        async with FakeWeb() as server:
            return server.port

    port = asyncio.run(closed_port())
    with pytest.raises(TransientError) as caught:
        asyncio.run(Web().get(f"http://127.0.0.1:{port}/", allow_private=frozenset({f"127.0.0.1:{port}"})))
    failed(caught.value, TransientError, "web.unreachable")
    with pytest.raises(TransientError) as caught:
        asyncio.run(Web().get("http://no-such-name.invalid/"))
    failed(caught.value, TransientError, "web.no_name")


def test_one_host_is_asked_by_two_at_a_time() -> None:
    busy = most = 0

    async def counted(writer: Any) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.02)
        busy -= 1
        writer.write(reply(200, b"ok"))
        await writer.drain()

    async def run() -> None:
        async with FakeWeb() as server:
            server.says("/x", counted)
            web = Web()
            await asyncio.gather(*(web.get(server.url("/x"), allow_private=server.permits) for _ in range(6)))

    asyncio.run(run())
    assert most == 2


def test_logs_and_errors_hold_the_host_and_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found, _ = fetch(lambda s: None, "/path-CANARY?token=CANARY", headers={"Authorization": "CANARY"})
    ours = [record for record in caplog.records if record.name.startswith(("crisisdesk", "httpx"))]
    assert ours and not any("CANARY" in record.getMessage() for record in ours)
    assert "CANARY" not in repr(found)
    good, _ = fetch(lambda s: s.says("/x", reply(200, b"CANARY")), "/x?token=CANARY")
    assert "CANARY" not in repr(good)


def test_a_proxy_is_used_only_when_set_and_never_to_reach_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert answered(fetch(lambda s: s.says("/x", reply(200, b"direct")))[0]).body == b"direct"

    async def run() -> tuple[bytes, str, str]:
        async with FakeWeb() as server:
            server.says("http://example.org/x", reply(200, b"through"))
            web = Web(proxy=f"http://ana:clave@127.0.0.1:{server.port}")
            answer = await web.get("http://example.org/x")
            with pytest.raises(RefusedError) as caught:
                await web.get("http://localhost/x")
            return answer.body, server.asked[0].headers["proxy-authorization"], caught.value.key

    body, login, key = asyncio.run(run())
    assert (body, key) == (b"through", "web.private")
    assert login.startswith("Basic ")


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def certificate(folder: Path, name: str, days: int) -> tuple[Path, Path]:
    """A self-signed certificate for ``name`` that ends in ``days`` days, and its key."""
    x509 = pytest.importorskip("cryptography.x509", reason="making certificates needs the library cryptography")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return cert_file, key_file


@pytest.mark.parametrize(
    ("name", "days", "trusted", "key"),
    [
        ("localhost", 30, False, "web.tls_unknown"),
        ("localhost", -1, True, "web.tls_expired"),
        ("other.example", 30, True, "web.tls_name"),
        ("localhost", 30, True, ""),
    ],
)
def test_certificates(tmp_path: Path, name: str, days: int, trusted: bool, key: str) -> None:
    cert_file, key_file = certificate(tmp_path, name, days)
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(cert_file, key_file)
    client_side = ssl.create_default_context(cafile=str(cert_file)) if trusted else None

    async def run() -> Answer | WebError:
        async with FakeWeb(server_side) as server:
            server.says("/x", reply(200, b"safe"))
            server.says("/down", reply(302, location=f"http://localhost:{server.port}/x"))
            web = Web(context=client_side)
            try:
                answer = await web.get(server.url("/x", host="localhost"), allow_private=server.permits)
            except WebError as error:
                return error
            with pytest.raises(RefusedError) as caught:
                await web.get(server.url("/down", host="localhost"), allow_private=server.permits)
            failed(caught.value, RefusedError, "web.downgrade")
            return answer

    found = asyncio.run(run())
    if key:
        failed(found, RefusedError, key)
    else:
        assert answered(found).body == b"safe"


def test_a_handshake_that_never_ends_leaves_no_socket() -> None:
    async def run() -> None:
        async with FakeWeb() as server:  # it waits for a request in plain text
            address = server.url("/", host="127.0.0.1").replace("http:", "https:")
            await Web(budgets=SLOW).get(address, allow_private=server.permits)

    with pytest.raises(RefusedError) as caught:
        asyncio.run(run())
    failed(caught.value, RefusedError, "web.slow")
    gc.collect()  # an open socket would warn now


def test_a_plain_port_asked_for_tls() -> None:
    def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            await Web().get(f"https://{place}/", allow_private=frozenset({place}))

    with pytest.raises(WebError) as caught:
        asyncio.run(run())
    assert caught.value.key in ("web.tls", "web.unreachable")


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def json_answer(body: bytes, kind: str = "application/json") -> Answer:
    return Answer(status=200, headers={"content-type": kind}, body=body, url="https://example.org/api?token=1")


def test_json_of() -> None:
    assert json_of(json_answer(b'{"a":"\xff"}')) == {"a": "\ufffd"}
    for body, key in ((b"<html>Sign in", "web.is_page"), (b"[NaN]", "web.unexpected"), (b"", "web.unexpected")):
        with pytest.raises(PermanentError) as caught:
            json_of(json_answer(body))
        failed(caught.value, PermanentError, key)


# ── the collected hostile server ─────────────────────────────────────────────────────────────────────────────────

COLLECTED = {
    "ok": None, "endless": RefusedError, "slowheaders": WebError, "slowbody": WebError, "hang": WebError,
    "gzip?104857600": RefusedError, "manyencodings": RefusedError, "badgzip": TransientError, "loop": RefusedError,
    "redir_file": RefusedError, "redir_loopback": None, "redir_meta": RefusedError, "redir_bad": RefusedError,
    "deepjson": PermanentError, "bigint": PermanentError, "nan": PermanentError, "surrogate": None, "typeswap": None,
    "manykeys": WebError, "html": PermanentError, "empty": PermanentError, "badutf8": None, "badcharset": None,
    "charset_bomb": None, "429s": RateLimitedError, "429date": RateLimitedError, "429huge": RateLimitedError,
    "429neg": RateLimitedError, "429bad": RateLimitedError, "500": TransientError, "502": TransientError,
    "503": TransientError, "truncchunk": TransientError, "badchunk": TransientError, "short": TransientError,
    "hugeheader": TransientError, "manyheaders": TransientError, "flood100": WebError, "garbage": TransientError,
    "sse_silent": WebError, "sse_line": RefusedError, "nothing-here": PermanentError,
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(shared: Path) -> Iterator[int]:
    child = subprocess.Popen(
        [sys.executable, str(shared / "payloads" / "hostile_server.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    yield int(child.stdout.readline())
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.mark.parametrize("path", COLLECTED)
def test_the_collected_faults(path: str, hostile: int) -> None:
    place = f"127.0.0.1:{hostile}"

    async def run() -> Any:
        slow = path in ("slowheaders", "slowbody", "hang", "sse_silent", "flood100")
        web = Web(budgets=Budgets(read=0.5, total=0.9) if slow else None)
        return json_of(await web.get(f"http://{place}/{path}", allow_private=frozenset({place})))

    kind = COLLECTED[path]
    if kind is None:
        asyncio.run(run())
        return
    with pytest.raises(kind):
        asyncio.run(run())


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────


def send(*answers: Any, **options: Any) -> tuple[Answer | WebError, FakeWeb]:
    """One POST to a server that gives these answers."""

    async def run() -> tuple[Answer | WebError, FakeWeb]:
        async with FakeWeb() as server:
            server.says("/hook", *answers)
            web = Web(budgets=options.pop("budgets", None), now=lambda: NOW)
            head = {"Content-Type": "application/json", "Idempotency-Key": "k1"}
            options.setdefault("allow_private", server.permits)
            try:
                return await web.post(server.url("/hook"), b'{"a": 1}', headers=head, **options), server
            except WebError as error:
                return error, server

    return asyncio.run(run())


def test_what_is_posted_arrives_once_with_its_headers() -> None:
    answer, server = send(reply(202, '{"id": 7}', content_type="application/json"))
    assert isinstance(answer, Answer) and answer.status == 202 and json_of(answer) == {"id": 7}
    (asked,) = server.asked
    assert (asked.method, asked.body, asked.headers["idempotency-key"]) == ("POST", b'{"a": 1}', "k1")


def test_a_post_follows_no_redirect() -> None:
    for status in (301, 302, 303, 307, 308):
        found, server = send(reply(status, location="/elsewhere"))
        failed(found, RefusedError, "web.bad_redirect")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind", "key"),
    [
        (400, PermanentError, "web.rejected"),
        (401, AuthError, "web.sign_in"),
        (403, AuthError, "web.forbidden"),
        (404, PermanentError, "web.not_found"),
        (500, TransientError, "web.server"),
        (503, TransientError, "web.server"),
    ],
)
def test_a_refused_post_says_what_kind_of_refusal(status: int, kind: type[WebError], key: str) -> None:
    failed(send(reply(status, "no"))[0], kind, key)


def test_a_post_that_must_wait_says_until_when() -> None:
    error = failed(send(reply(429, retry_after="7"))[0], RateLimitedError, "web.rate_limited")
    assert isinstance(error, RateLimitedError) and error.retry_at == NOW + timedelta(seconds=7)


def test_a_status_that_was_asked_for_comes_with_its_body() -> None:
    answer, _ = send(reply(429, '{"retry": 3}'), also=frozenset({429}))
    assert isinstance(answer, Answer) and (answer.status, answer.body) == (429, b'{"retry": 3}')


def test_after_silence_nobody_knows_whether_a_post_was_taken() -> None:
    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    error = failed(send(silence, budgets=SILENT)[0], TransientError, "web.silent")
    assert error.key in UNANSWERED


def test_a_post_reaches_no_private_address_unasked() -> None:
    found, server = send(reply(), allow_private=frozenset())
    failed(found, RefusedError, "web.private")
    assert server.asked == []
