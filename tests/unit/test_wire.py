"""Addresses, waiting times, packed bytes and JSON are read with suspicion."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.wire import BadEncoding, BadJson, Inflater, is_public, json_value, names_private, retry_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1", "192.0.2.1", "198.18.0.1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "private"),
    [("localhost", True), ("a.local", True), ("2130706433", True), ("0x7f.1", True), ("127.1", True), ("::1", True),
     ("10.0.0.1", True), ("example.org", False), ("1.1.1.1", False), ("4chan.org", False)],
)  # fmt: skip
def test_names_that_say_they_are_private(host: str, private: bool) -> None:
    assert names_private(host) is private


@pytest.mark.parametrize(
    ("headers", "seconds", "capped"),
    [
        ({}, 60, False),
        ({"retry-after": "2"}, 2, False),
        ({"retry-after": "-5"}, 1, False),
        ({"retry-after": "soon"}, 60, False),
        ({"retry-after": "99999999999999999999"}, 900, True),
        ({"retry-after": "9" * 500}, 60, False),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30, False),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:30 GMT", "date": "Sun, 22 Nov 2026 11:00:20 GMT"}, 10, False),
        ({"retry-after": "Sun, 99 Nov 2026 25:61:61 GMT"}, 60, False),
        ({"x-rate-limit-reset": str(int((NOW + timedelta(seconds=40)).timestamp()))}, 40, False),
        ({"x-ratelimit-reset": "2026-11-22T12:01:30.000Z"}, 90, False),
        ({"x-ratelimit-reset": "37.5"}, 37.5, False),
        ({"ratelimit-reset": "2026-11-22T18:00:00Z"}, 900, True),
    ],
)
def test_every_dialect_of_waiting(headers: dict[str, str], seconds: float, capped: bool) -> None:
    assert retry_after(headers, NOW) == (seconds, capped)


@given(st.text(max_size=60), st.text(max_size=60))
def test_waiting_is_always_between_a_second_and_a_quarter_of_an_hour(told: str, date: str) -> None:
    seconds, _ = retry_after({"retry-after": told, "date": date}, NOW)
    assert 1 <= seconds <= 900


def unpacked(encoding: str, *chunks: bytes) -> bytes:
    inflater = Inflater(encoding)
    body = b"".join(piece for chunk in chunks for piece in inflater.feed(chunk))
    inflater.finish()
    return body


@given(st.binary(max_size=2000), st.integers(1, 64))
def test_each_encoding_gives_back_what_was_packed(data: bytes, step: int) -> None:
    raw = zlib.compressobj(wbits=-15)
    packings = {
        "": data,
        "identity": data,
        "gzip": gzip.compress(data, mtime=0),
        "X-GZIP": gzip.compress(data, mtime=0) + gzip.compress(b"two", mtime=0),
        "deflate": zlib.compress(data),
    }
    for encoding, packed in packings.items():
        chunks = [packed[at : at + step] for at in range(0, len(packed), step)]
        assert unpacked(encoding, *chunks) == data + (b"two" if encoding == "X-GZIP" else b"")
    assert unpacked("deflate", raw.compress(data) + raw.flush()) == data


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "compress"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        Inflater(encoding)


@pytest.mark.parametrize("packed", [b"not gzip at all", gzip.compress(b"x" * 1000, mtime=0)[:-9]])
def test_broken_packing(packed: bytes) -> None:
    with pytest.raises(BadEncoding):
        unpacked("gzip", packed)


def test_a_bomb_comes_in_small_pieces() -> None:
    pieces = Inflater("gzip").feed(gzip.compress(bytes(50_000_000)))
    assert max(len(next(pieces)) for _ in range(3)) <= 1 << 18


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[" * 200_000 + b"]" * 200_000, b"[" * 70 + b"]" * 70, b'{"id":' + b"9" * 5000 + b"}", b"[NaN]",
        b"[-Infinity]", b"[1e999]", b"[" + b"1," * 600_000 + b"1]",
    ],
)  # fmt: skip
def test_json_that_no_honest_source_sends(body: bytes) -> None:
    with pytest.raises(BadJson):
        json_value(body)


def test_json_with_bad_utf8_is_read() -> None:
    assert json_value(b'\xef\xbb\xbf{"text":"\xff ok","n":[1,2.5]}') == {"text": "\ufffd ok", "n": [1, 2.5]}
