"""The door that connectors come through, the worked example of docs/connectors.md, and how text is stored."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.connectors import base
from crisisdesk.connectors.base import TEXT_LIMIT, connectors, credible, fingerprint, language, stored
from crisisdesk.model.errors import PermanentError
from crisisdesk.web import Web
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[3] / "docs" / "connectors.md"


@pytest.fixture
def example() -> Iterator[ModuleType]:
    (source,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    module = ModuleType("connector_example")
    sys.modules[module.__name__] = module  # dataclasses look there
    exec(compile(source, str(DOCS), "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


def test_the_worked_example(example: ModuleType) -> None:
    first = [
        {"number": 7, "at": "2026-11-22T10:00:00Z", "words": "sin luz", "link": "javascript:1"},
        {"number": 8, "at": "9999-01-01T00:00:00Z", "words": "y\u0000a"},
        {"number": "x"},
        3,
    ]

    async def run() -> None:
        async with FakeWeb() as server:
            server.says("/b", reply(200, json.dumps(first)), reply(200, "[]"), reply(200, "<html>"))
            board = example.Board(example.BoardSettings(address=server.url("/b"), allow_private=server.permits))
            web = Web()
            page = await board.poll(web, "", NOW)
            assert [(m.native_id, m.text, m.url, m.date_doubtful) for m in page.mentions] == [
                ("7", "sin luz", "", False),
                ("8", "y\ufffda", "", True),
            ]
            assert [problem.row for problem in page.rejected] == [3, 4]
            again = await board.poll(web, page.cursor, NOW)
            assert (again.mentions, again.cursor, again.checked) == ((), "8", NOW)
            assert server.asked[1].target == "/b?after=8"
            with pytest.raises(PermanentError):
                await board.poll(web, page.cursor, NOW)

    asyncio.run(run())


def test_third_parties_come_through_the_same_door(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        EntryPoint("board", "connector_example:CONNECTOR", base.GROUP),
        EntryPoint("feed", "connector_example:Impostor", base.GROUP),
    ]
    example.Impostor = type("Impostor", (), {"kind": "feed"})
    monkeypatch.setattr(base, "entry_points", lambda group: entries if group == base.GROUP else [])
    connectors.cache_clear()
    try:
        found = connectors()
        assert found["board"] is example.Board
        assert found["feed"] is not example.Impostor
    finally:
        connectors.cache_clear()


@given(st.text(st.characters(exclude_categories=[])))
def test_stored_text_can_be_stored(text: str) -> None:
    kept = stored(text)
    kept.encode("utf-8")
    assert "\0" not in kept and len(kept) == len(text)


def test_stored_text_ends_at_its_limit() -> None:
    assert len(stored("ñ" * (TEXT_LIMIT + 1))) == TEXT_LIMIT
    assert stored("abc", 2) == "ab"


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4), st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_other_words_have_another_fingerprint(one: list[str], other: list[str]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_dates_that_can_be_true() -> None:
    assert credible(NOW + timedelta(minutes=9), NOW)
    assert not credible(NOW + timedelta(minutes=11), NOW)
    assert not credible(datetime(1970, 1, 1, tzinfo=UTC), NOW)


@pytest.mark.parametrize(
    ("tag", "primary"), [("es-MX", "es"), ("EN_us", "en"), ("spa", "spa"), ("klingon", ""), ("und", ""), ("", "")]
)
def test_languages(tag: str, primary: str) -> None:
    assert language(tag) == primary
