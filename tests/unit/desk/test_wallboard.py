"""The read-only board: off until turned on, only what a person chose, hostile texts inert; it ends with the desk."""

from __future__ import annotations

import asyncio
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from crisisdesk import serving
from crisisdesk.app import Desk
from crisisdesk.engine import Engine
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.wallboard import PUBLIC_PARTS, Part
from crisisdesk.reports import wallboard as report
from crisisdesk.texts import Texts
from tests.fakes.outbox import START, CountingReplier, desk_on, reply_of, text_of_ours

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202e&amp;\x07 </style><b>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", CountingReplier(tmp_path / "world"))
    yield built
    built.close()


@pytest.fixture
def engine(desk: Desk) -> Iterator[Engine]:
    made = Engine()
    desk.wallboards.use(made.submit)
    yield made
    assert made.stop()


class Read(HTMLParser):
    """What a browser would see: the tags, and the words outside of the style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data if self.tags[-1:] != ["style"] else ""


def seen(desk: Desk, lang: str = "es") -> Read:
    return Read(report.page(desk.wallboards.view(), Texts(lang)))


def lived(desk: Desk) -> int:
    """An incident with a text out, a fact, an answer to one person, and promises of every kind."""
    draft = text_of_ours(desk)
    incident = desk.drafts.view(draft).draft.incident_id
    desk.facts.say(incident, FactSection.KNOW, "alcance", Bilingual("falla el centro", "downtown fails"), "noc")
    desk.drafts.publish(draft, channel="mastodon", url="https://m.example/1", lang="es")
    answer, _mention = reply_of(desk, "Quejosa")
    desk.drafts.publish(answer, channel="mastodon", url="https://m.example/2", lang="es")
    for kind, what in (
        (CommitmentKind.RESOLUTION, "recuperar la red"), (CommitmentKind.INDIVIDUAL, "llamar a la vecina"),
        (CommitmentKind.INTERNAL, "avisar al consejo"),
    ):  # fmt: skip
        desk.commitments.promise(
            incident, Bilingual(what, what), START + timedelta(hours=2), kind=kind, owner="comunicacion", giver="noc",
            to_whom="@vecina" if kind is CommitmentKind.INDIVIDUAL else "",
        )  # fmt: skip
    return incident


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_off_and_without_a_running_desk_it_cannot_be_on(desk: Desk) -> None:
    assert desk.wallboards.standing().address == ""
    assert desk.wallboards.close().address == ""
    with pytest.raises(StepError) as caught:
        desk.wallboards.open()
    assert caught.value.key == "wallboard.not_running"


def test_with_nothing_chosen_or_a_taken_port_it_says_so_and_stays_off(desk: Desk, engine: Engine) -> None:
    other = Engine()
    server = serving.PageServer(desk.wallboards._fresh, "")
    address = other.submit(server.open(serving.LOOPBACK, 0)).result(10)
    port = int(address.rsplit(":", 1)[1].partition("/")[0])
    with pytest.raises(InputError) as caught:
        desk.wallboards.open(port=port)
    assert (caught.value.key, Texts("es").error(caught.value)) == (
        "wallboard.port_taken", f"El puerto {port} lo usa otro programa: elige otro.",
    )  # fmt: skip
    assert other.stop()
    desk.wallboards.choose(())
    with pytest.raises(InputError) as caught:
        desk.wallboards.open(port=0)
    assert caught.value.key == "wallboard.nothing"
    assert desk.wallboards.standing().address == ""


def test_the_network_is_opened_only_by_name_and_only_a_private_one(
    desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.wallboards.open(port=0).address.startswith("http://127.0.0.1:")

    def none() -> str:
        raise InputError("wallboard.no_network")

    monkeypatch.setattr(serving, "network_address", none)
    with pytest.raises(InputError):
        desk.wallboards.open(network=True, port=0)
    monkeypatch.setattr(serving, "network_address", lambda: "127.0.0.2")
    standing = desk.wallboards.open(network=True, port=0)
    assert standing.network and standing.address.startswith("http://127.0.0.2:")


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_calm_day_it_says_that_nothing_is_open(desk: Desk) -> None:
    assert "Sin incidencia abierta" in seen(desk).words
    assert "No open incident" in seen(desk, "en").words


def test_at_first_only_what_is_public_is_seen(desk: Desk) -> None:
    incident = lived(desk)
    assert desk.wallboards.parts() == PUBLIC_PARTS
    found = seen(desk).words
    for told in ("08:00", "recuperar la red", desk.drafts.list(incident)[-1].body.es):
        assert told in found
    for inner in ("Sin servicio", "Nivel", "falla el centro", "llamar a la vecina", "@vecina", "avisar al consejo"):
        assert inner not in found
    answers = [d for d in desk.drafts.list(incident) if d.mention_id is not None]
    assert answers and all(d.body.es not in found for d in answers)


@pytest.mark.parametrize("part", Part)
def test_each_part_is_seen_only_when_it_was_chosen(desk: Desk, part: Part) -> None:
    lived(desk)
    words = {
        Part.LEVEL: "Nivel 2", Part.EXECUTIVE: "falla el centro", Part.NEWS: "Próxima noticia",
        Part.PROMISES: "recuperar la red", Part.TEXTS: "dato servicio",
    }  # fmt: skip
    desk.wallboards.choose([part])
    found = seen(desk).words.replace("Próxima noticia prometida", "")
    assert words[part] in found
    others = [word for other, word in words.items() if other is not part]
    if part is Part.EXECUTIVE:  # it tells what is owed too
        others = ["dato servicio"]
    assert not any(word in found for word in others)


def test_what_was_chosen_is_kept_for_the_next_time(desk: Desk, tmp_path: Path) -> None:
    desk.wallboards.choose([Part.LEVEL, Part.NEWS])
    again = desk_on(tmp_path / "desk")
    assert again.wallboards.parts() == {Part.LEVEL, Part.NEWS} and again.wallboards.standing().address == ""
    again.close()


def test_a_promise_past_its_time_and_one_ahead_are_told_apart_in_words(desk: Desk) -> None:
    lived(desk)
    board = desk.wallboards.view()
    assert board.promises and board.news is not None
    page = report.page(replace(board, now=board.news + timedelta(minutes=5)), Texts("es"))
    assert 'class="late"' in page and 'class="due"' in page


def test_a_drill_is_marked(desk: Desk) -> None:
    text_of_ours(desk)
    assert "SIMULACRO" in Read(report.page(replace(desk.wallboards.view(), drill=True), Texts("es"))).words
    assert "SIMULACRO" not in seen(desk).words


def test_hostile_texts_are_plain_characters(desk: Desk) -> None:
    draft = text_of_ours(desk)
    incident = desk.drafts.view(draft).draft.incident_id
    desk.drafts.fill(draft, {"servicio": FieldValue(text=Bilingual(HOSTILE, HOSTILE))})
    desk.facts.say(incident, FactSection.KNOW, "alcance", Bilingual(HOSTILE, HOSTILE), HOSTILE)
    desk.drafts.publish(draft, channel=HOSTILE, url="https://m.example/1", lang="es")
    desk.wallboards.choose(Part)
    board = replace(desk.wallboards.view(), title=HOSTILE)
    for lang in ("es", "en"):
        read = Read(report.page(board, Texts(lang)))
        assert {"script", "img", "b"}.isdisjoint(read.tags) and read.tags.count("style") == 1
        assert "alert(1)" in read.words and "\u202e" not in read.words and "\x07" not in read.words


def test_its_style_is_the_one_that_its_policy_allows(desk: Desk) -> None:
    page = report.page(desk.wallboards.view(), Texts("es"))
    assert page.partition("<style>")[2].partition("</style>")[0] == report.style()
    assert "<" not in report.style() and "url(" not in report.style() and "@import" not in report.style()


# ── served ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_read_over_http_written_down_without_its_key_and_gone_when_turned_off(
    desk: Desk, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    incident = lived(desk)
    with caplog.at_level(logging.DEBUG):
        address = desk.wallboards.open(port=0).address
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200 and "recuperar la red" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address, data=b"x=1", timeout=10)
        assert refused.value.code == 405
        refused.value.close()
        assert desk.wallboards.standing().reads == 1
        desk.wallboards.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=10)
    key = address.rpartition("/")[2]
    kinds = [e.kind for e in desk.timeline.entries(incident)]
    assert {"wallboard.opened", "wallboard.closed"} <= set(kinds)
    assert key not in caplog.text
    assert key.encode() not in b"".join(file.read_bytes() for file in desk.paths.database.parent.glob("*.db*"))


def test_however_many_read_the_desk_is_asked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    view = desk.wallboards.view

    def counted() -> Any:
        made.append(1)
        return view()

    monkeypatch.setattr(desk.wallboards, "view", counted)

    async def many() -> None:
        pages = await asyncio.gather(*(desk.wallboards._fresh() for _ in range(50)))
        assert len(set(pages)) == 1

    asyncio.run(many())
    assert len(made) == 1


def test_what_was_being_made_when_somebody_chose_otherwise_is_shown_to_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(desk)
    desk.wallboards.choose([Part.LEVEL])
    view, asked = desk.wallboards.view, list[Part]()

    def slow() -> Any:
        found = view()
        if not asked:
            asked.append(Part.LEVEL)
            desk.wallboards.choose([Part.TEXTS])  # while the page is being made
        return found

    monkeypatch.setattr(desk.wallboards, "view", slow)
    shown = Read(asyncio.run(desk.wallboards._fresh()).decode()).words
    assert "Nivel 2" not in shown and "dato servicio" in shown


def test_it_ends_with_the_desk(desk: Desk) -> None:
    engine = Engine()
    desk.wallboards.use(engine.submit)
    address = desk.wallboards.open(port=0).address
    assert engine.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=10)
