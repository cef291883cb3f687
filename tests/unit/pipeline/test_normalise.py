"""Whatever a source gives becomes something that can be stored."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention, StoredMention
from crisisdesk.pipeline.classify import Classifier, Lexicon
from crisisdesk.pipeline.explain import explain
from crisisdesk.pipeline.normalise import NAME_LIMIT, TEXT_LIMIT, normalise

NOW = datetime(2026, 5, 4, 7, 3, tzinfo=UTC)
PLAIN = Mention(source="import", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text="sin señal")


def given_with(**changes: object) -> Mention:
    return normalise(replace(PLAIN, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["published_at", "fetched_at"])
def test_an_instant_without_zone_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        given_with(**{field: datetime(2026, 5, 4)})


@pytest.mark.parametrize(
    "claimed",
    [
        NOW + timedelta(minutes=11),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2004, 12, 31, tzinfo=UTC),
    ],
)
def test_a_date_that_cannot_be_is_marked_and_replaced(claimed: datetime) -> None:
    found = given_with(published_at=claimed)
    assert found.published_at == NOW
    assert found.date_doubtful


def test_a_credible_date_is_kept_in_utc() -> None:
    claimed = datetime(2026, 5, 4, 1, 0, tzinfo=timezone(timedelta(hours=-6)))
    found = given_with(published_at=claimed)
    assert found.published_at == claimed
    assert found.published_at.tzinfo is UTC
    assert not found.date_doubtful
    assert not given_with(published_at=NOW + timedelta(minutes=9)).date_doubtful


def test_what_cannot_be_stored_is_replaced() -> None:
    assert given_with(text="a\x00b\ud800c").text == "a\ufffdb\ufffdc"
    assert given_with(author="ana\udfff  \n gómez").author == "ana\ufffd gómez"


def test_lengths_are_bounded() -> None:
    found = given_with(text="x" * 300_000, author="y" * 5_000, channel="z" * 5_000, native_id="9" * 9_000)
    assert len(found.text) == TEXT_LIMIT
    assert len(found.author) == len(found.channel) == NAME_LIMIT
    assert len(found.native_id) == 500


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://ana:secret@example.org/", "https://ana@example.org",
     "//x.org", "https://", "https://exa mple.org", "http://[::1", "https://example.org:99999/", "data:text/html,x",
     "x" * 3_000, "https://example.org/" + "a" * 2_000, "https://example.org/\n<b>"],
)  # fmt: skip
def test_only_plain_web_addresses_stay(url: str) -> None:
    assert given_with(url=url).url == ""


def test_a_web_address_stays_as_it_is() -> None:
    assert given_with(url=" https://example.org/a?b=c#d ").url == "https://example.org/a?b=c#d"


@pytest.mark.parametrize(
    ("tag", "kept"), [("ES-mx", "es"), ("en_US", "en"), ("und", ""), ("", ""), ("español", ""), ("x" * 99, "")]
)
def test_a_language_is_its_primary_tag(tag: str, kept: str) -> None:
    assert given_with(lang=tag).lang == kept


def test_counts_below_zero_are_unknown() -> None:
    found = given_with(likes=-1, reposts=10**30, followers=7)
    assert (found.likes, found.followers) == (None, 7)
    assert found.reposts == 2**53


@given(st.text(), st.text(), st.text(max_size=60))
def test_twice_is_once(text: str, author: str, url: str) -> None:
    found = given_with(text=text, author=author, url=url)
    assert normalise(found) == found
    found.text.encode()


def test_hostile_texts_pass_quickly_through_the_whole_pipeline(shared: Path) -> None:
    texts: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    texts += ["x" * 100_000, "no " * 40_000, "http://" * 14_000, "#a" * 50_000]
    texts += ["e\u0301" * 50_000, "sin señal " * 9_000]
    judge = Classifier((), Lexicon.load())
    for text in texts:
        begun = time.perf_counter()
        mention = given_with(text=text, author=text, channel=text, url=text, lang=text, native_id=text)
        stored = StoredMention(1, mention, judge.verdict(mention))
        told = explain([stored] * 3, [stored])
        assert time.perf_counter() - begun < 1.0  # 0.1 s when nothing else runs
        assert len(told.terms) <= 5
        json.dumps([*told.terms, *stored.verdict.words]).encode()
