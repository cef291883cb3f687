"""The listening page on a real desk and a loopback server: a trial, a source added, one sentence for what is wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.connectors.base import connectors
from crisisdesk.model.mention import Gap, SourceHealth, SourceState
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import mentions, sources
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from tests.fakes.web import FakeWeb, reply
from ui.models.columns import Look
from ui.models.table import CELL_ROLE
from ui.pages.listening import ListeningPage
from ui.widgets.source_cells import HEALTH

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Diario</title>{items}</channel></rss>"""
ITEM = "<item><guid>{n}</guid><title>{text} {n}</title><pubDate>Tue, 10 Mar 2026 12:{n:02d}:00 GMT</pubDate></item>"
HOSTILE = "&lt;b onclick=x&gt;=HYPERLINK(1) \u202egnissim"


@pytest.fixture
def server() -> Iterator[FakeWeb]:
    """A server on loopback in a thread of its own."""
    loop, ready, fake = asyncio.new_event_loop(), threading.Event(), FakeWeb()
    stop = asyncio.Event()

    async def serve() -> None:
        async with fake:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield fake
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(
        Settings(zone="America/Mexico_City", actor="ana", brand="Iusacell"), profile(tmp_path / "desk"),
        clock=PlayClock(s.NOW),
    )  # fmt: skip
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, ListeningPage, desk, incident=None)


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def choose(made: Stage, kind: str, **texts: str) -> None:
    panel = made.page.panel
    panel.kind.setCurrentIndex(panel.kind.findData(kind))
    panel.begin()
    for name, text in texts.items():
        editor = panel.fields.editors[name]
        assert isinstance(editor, QLineEdit)
        editor.setText(text)


def cells(table: Any, column: int) -> list[Any]:
    return [table.model().index(row, column).data(CELL_ROLE) for row in range(table.model().rowCount())]


def test_every_kind_has_a_form_with_a_name_for_each_option_in_both_languages(made: Stage) -> None:
    texts = made.page.texts
    for lang in ("es", "en"):
        texts.lang = lang
        for kind, connector in connectors().items():
            if connector.__module__.startswith("crisisdesk."):
                assert texts.has(f"sources.kind.{kind}"), kind
            choose(made, kind)
            options = next(one.options for one in made.page.panel._kinds.values() if one.kind == kind)
            for option in options:
                assert texts.has(f"sources.option.{option.name}") or texts.has(
                    f"sources.option.{kind}_{option.name}"
                ), (kind, option.name)
                if option.name != "label":
                    editor = made.page.panel.fields.editors[option.name]
                    hidden = isinstance(editor, QLineEdit) and editor.echoMode() is QLineEdit.EchoMode.Password
                    assert hidden == option.secret
                    assert isinstance(editor, QCheckBox) == (option.type == "yes_no")


def test_a_trial_shows_the_last_ten_as_plain_characters_and_keeps_nothing(made: Stage, server: FakeWeb) -> None:
    items = "".join(ITEM.format(n=n, text=HOSTILE) for n in range(1, 15))
    server.says("/f", reply(200, RSS.format(items=items)))
    choose(made, "feed", address=server.url("/f"))
    made.page.panel.try_.click()
    made.settle()
    found = made.page.found
    assert found.isVisible() and found.model().rowCount() == 10
    shown = [cell.text for cell in cells(found, 2)]
    assert "14" in shown[0] and "5" in shown[-1]
    assert all("\u202e" not in text for text in shown)
    assert "✓" in made.page.panel.said.text() and "10" in made.page.panel.said.text()
    assert made.desk.sources.list() == () and made.desk.mentions.count() == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(404), "404"),
        (reply(200, "<html><body>hola</body></html>", content_type="text/html"), "▲"),
        (reply(401), "▲"),
        (reply(200, b"\x00\xff\x00garbage"), "▲"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_the_form_keeps_what_was_typed(
    made: Stage, server: FakeWeb, answer: bytes, said: str
) -> None:
    server.says("/f", answer)
    address = server.url("/f")
    choose(made, "feed", address=address)
    made.page.panel.try_.click()
    made.settle()
    assert made.page.panel.said.text().startswith("▲") and said in made.page.panel.said.text()
    assert made.page.panel.try_.isEnabled()
    assert made.page.panel.fields.editors["address"].text() == address


def test_what_is_missing_is_named(made: Stage) -> None:
    choose(made, "mastodon")
    made.page.panel.add.click()
    made.settle()
    assert made.page.panel.said.text().startswith("▲")
    assert made.desk.sources.list() == ()


def test_a_secret_goes_to_the_keyring_and_never_to_the_data_file(made: Stage, server: FakeWeb) -> None:
    choose(made, "mastodon", base_url=server.url(""), token="tootoken-123")
    assert "llavero" in words(made.page.panel)  # who keeps it is said before anything is typed
    made.page.panel.add.click()
    made.settle()
    (health,) = made.desk.sources.list()
    with made.desk.core.read() as connection:
        row = sources.source_row(connection, health.source, health.account)
    assert row is not None and "tootoken-123" not in repr(row)
    filled = made.desk.source_form.filled(health.source, health.account)
    assert filled.kept == {"token"}
    made.page.table.select(0)
    made.settle()
    token = made.page.panel.fields.editors["token"]
    assert token.text() == "" and made.page.texts("listening.kept") in words(made.page.panel)
    made.page.panel.remove.click()
    assert made.desk.sources.list() != ()  # the first press only asks
    made.page.panel.remove.click()
    made.settle()
    assert made.desk.sources.list() == ()
    made.desk.sources.add("mastodon", {"base_url": server.url("")}, {})
    assert made.desk.source_form.filled(health.source, health.account).kept == frozenset()


def test_a_source_may_have_a_search_of_its_own(made: Stage, server: FakeWeb) -> None:
    choose(made, "feed", address=server.url("/f"))
    made.page.panel.fields.editors["terms"].setText("telcel, unefon")
    made.page.panel.add.click()
    made.settle()
    (health,) = made.desk.sources.list()
    assert "terms" not in made.desk.source_form.filled("feed", health.account).texts  # only when it is asked for
    made.page.table.select(0)
    made.settle()
    made.page.panel.fields.own_search.click()
    made.page.panel.fields.editors["terms"].setText("telcel, unefon")
    made.page.panel.add.click()
    made.settle()
    assert made.desk.source_form.filled("feed", health.account).texts["terms"] == "telcel, unefon"


def test_what_costs_money_says_so_and_is_tried_only_after_a_second_press(made: Stage, server: FakeWeb) -> None:
    server.says("*", reply(401))
    choose(made, "x", handle="iusacell", token="t", base_url=server.url(""))
    assert "0,005 USD" in words(made.page.panel)
    made.page.panel.try_.click()
    made.settle()
    assert server.asked == []
    assert made.page.panel.try_.text() == made.page.texts("listening.try_sure")
    made.page.panel.try_.click()
    made.settle()
    assert len(server.asked) == 1 and made.page.panel.said.text().startswith("▲")


def test_networks_without_a_source_are_named(made: Stage, server: FakeWeb) -> None:
    assert "X, " in made.page.unseen.text() and "Mastodon" in made.page.unseen.text()
    made.desk.sources.add("mastodon", {"base_url": server.url("")}, {})
    made.page.refresh()
    made.settle()
    assert "Mastodon" not in made.page.unseen.text()


def test_a_hole_is_listed_with_its_reason(made: Stage) -> None:
    hole = Gap("reddit:r", s.NOW.replace(hour=1), s.NOW.replace(hour=2), "sources.gap.depth")
    with made.desk.core.write() as tx:
        mentions.open_gap(tx.connection, hole.source, hole.start, hole.end, hole.reason)
    made.page.refresh()
    made.settle()
    assert [cell.text for cell in cells(made.page.gaps, 2)] == [made.page.texts("sources.gap.depth")]


def test_a_list_of_feeds_comes_in_with_its_report_and_a_broken_one_with_its_line(made: Stage, tmp_path: Path) -> None:
    feeds = "".join(f'<outline xmlUrl="https://f{n}.example/rss" text="F{n}"/>' for n in range(200))
    path = tmp_path / "feeds.opml"
    path.write_text(f'<opml><body>{feeds}<outline xmlUrl="file:///etc/passwd"/></body></opml>')
    made.page.feeds.path.setText(str(path))
    for report in ("Nuevas: 200. Ya estaban: 0. Rechazadas: 1.", "Nuevas: 0. Ya estaban: 200. Rechazadas: 1."):
        made.page.feeds.take.click()
        made.settle()
        assert report in made.page.feeds.said.text() and "file:///etc/passwd" in made.page.feeds.said.text()
    assert len(made.desk.sources.list()) == 200
    path.write_text("<opml><body>")
    made.page.feeds.take.click()
    made.settle()
    assert made.page.feeds.said.text().startswith("▲")
    made.page.feeds.path.setText(str(tmp_path / "none.opml"))
    made.page.feeds.take.click()
    made.settle()
    assert "none.opml" in made.page.feeds.said.text()
    assert made.page.feeds.take.isEnabled()


def test_health_tells_the_error_and_what_is_gone_is_named(made: Stage, server: FakeWeb) -> None:
    made.desk.sources.add("feed", {"address": server.url("/gone")}, {}, label="Foro viejo")
    with made.desk.core.write() as tx:
        sources.update_source(
            tx.connection, "feed", server.url("/gone"), failures=3, error_key="web.gone",
            error_fields={"host": "foro.example", "status": "410"},
            budget={"remaining": 4, "limit": 100, "reset_at": None},
        )  # fmt: skip
    made.page.refresh()
    made.settle()
    assert made.page.dead.isVisible() and "Foro viejo" in made.page.dead.text()
    assert "foro.example" in cells(made.page.table, 1)[0].text
    assert (cells(made.page.table, 3)[0].text, cells(made.page.table, 3)[0].mark) == ("4 de 100", "◆")
    assert made.desk.sources.list()[0].state is SourceState.FAILING


@pytest.mark.parametrize(
    ("state", "said"), [({"live": True}, "En directo"), ({"cut": True}, "Directo cortado"), ({}, "07:17")]
)
def test_what_tells_by_itself_says_whether_it_does(texts_es: Texts, state: dict[str, bool], said: str) -> None:
    heard = s.NOW - timedelta(minutes=1)
    row = SourceHealth(
        source="mastodon", account="a", label="M", state=SourceState.GOOD, last_ok=heard, lag_seconds=60, **state
    )  # type: ignore[arg-type]
    cell = HEALTH[2].cell(row, Look(texts_es, s.ZONE, s.NOW))
    assert (cell.text, cell.under) == (said, "hace 1\N{NO-BREAK SPACE}min")
    assert bool(cell.mark) is bool(state)  # never by colour alone


def test_the_language_changes_and_what_was_typed_stays(made: Stage) -> None:
    choose(made, "feed", address="https://a.example/rss")
    made.page.texts.lang = "en"
    made.page.retranslate()
    made.settle()
    assert made.page.panel.fields.editors["address"].text() == "https://a.example/rss"
    assert "Add source" in made.page.panel.add.text()
