"""The desk's query: kept in the data file, used by sources without a restart, tried on history, counted by hand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import Mention, Page, Sentiment
from crisisdesk.model.source import Query, Tombstone
from crisisdesk.model.voice import Heard, Rival, Watched
from crisisdesk.pipeline import share
from crisisdesk.query import of_words
from crisisdesk.store import sources

BRAND = {"terms": "iusacell", "phrases": "la telefónica", "handles": "@Iusacell_MX", "exclude": "fútbol"}
NOW = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)


def hear(desk: Desk, *said: tuple[str, str], hours: float = 1.0, source: str = "import") -> None:
    now = desk.clock.now()
    found = tuple(
        Mention(
            source=source, account="a", native_id=f"{hours}-{n}", author=author, text=text,
            published_at=now - timedelta(hours=hours, seconds=n), fetched_at=now, channel="foro",
        )
        for n, (author, text) in enumerate(said)
    )  # fmt: skip
    desk.ingest.page(Page(source=source, account="a", mentions=found))


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


# ── what a person typed ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("parts", "rivals", "key"),
    [
        ({}, "", "queries.empty"),
        ({"exclude": "fútbol", "langs": "es"}, "", "queries.empty"),
        ({"terms": "a", "langs": "español"}, "", "queries.lang"),
        ({"terms": "a"}, "Telcel\ntelcel: otra", "queries.rival_twice"),
        ({"terms": "a"}, ": telcel", "queries.rival_nameless"),
        ({"terms": "a"}, "\n".join(f"R{n}" for n in range(21)), "queries.many_rivals"),
        ({"terms": ",".join(f"w{n}" for n in range(201))}, "", "queries.many"),
        ({"terms": "x" * 201}, "", "queries.long"),
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(
    desk: Desk, parts: dict[str, str], rivals: str, key: str
) -> None:
    before = desk.queries.current()
    with pytest.raises(InputError) as error:
        desk.queries.save(desk.queries.read(parts, rivals, ""))
    assert error.value.key == key
    assert desk.queries.current() == before


def test_a_query_survives_a_restart(open_desk: Callable[[], Desk]) -> None:
    desk = open_desk()
    read = desk.queries.read(BRAND, "Telcel: telcel, @telcel, #todomexico\nUnefon", "@iusacell_ayuda, Iusacell Prensa")
    assert read.rivals == (
        Rival("Telcel", Query(terms=("telcel",), handles=("telcel",), hashtags=("todomexico",))),
        Rival("Unefon", Query(terms=("Unefon",))),
    )
    assert read.query.handles == ("Iusacell_MX",) and read.own == ("iusacell_ayuda", "Iusacell Prensa")
    desk.queries.save(read)
    assert open_desk().queries.current() == read


def test_sources_ask_for_the_new_query_without_a_restart(desk: Desk) -> None:
    desk.sources.add("mastodon", {"base_url": "https://mastodon.example"}, {})
    with desk.core.read() as connection:
        (row,) = sources.sources(connection)
    before = desk._listeners(row)
    assert desk._listeners(row) is before
    desk.queries.save(desk.queries.read(BRAND, "", ""))
    after = desk._listeners(row)
    assert after is not before
    assert after._query.terms == ("iusacell",)  # type: ignore[attr-defined]


def test_until_a_person_writes_one_the_brand_is_the_query() -> None:
    assert of_words(["Iusacell", "sin señal", "@iusacell", "#iusacell", " ", "Iusacell"]) == Query(
        terms=("Iusacell",), phrases=("sin señal",), handles=("iusacell",), hashtags=("iusacell",)
    )


# ── tried on history ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trial_counts_what_it_finds_and_what_each_word_brings(desk: Desk) -> None:
    hear(
        desk, ("ana", "IUSACELL no funciona"), ("luis", "la telefonica otra vez"), ("eva", "hoy llueve"),
        ("leo", "fútbol de Iusacell"), ("sol", "hola @iusacell_mx e iusacell"), ("mar", "mi iusacellito"),
    )  # fmt: skip
    hear(desk, ("ana", "iusacell hace un mes"), hours=24 * 30)
    tested = desk.queries.test(desk.queries.read(BRAND, "", ""), 7)
    assert (tested.looked, tested.found, tested.cut) == (6, 3, False)
    assert dict(tested.words) == {"iusacell": 2, "la telefónica": 1, "@Iusacell_MX": 1}
    assert {row.mention.author for row in tested.examples} == {"ana", "luis", "sol"}
    assert {row.mention.author for row in tested.missed} == {"eva", "leo", "mar"}
    assert tested.channels == (("foro", 3),)
    none = desk.queries.test(desk.queries.read({"terms": "telcel"}, "", ""), 7)
    assert (none.found, none.words, none.examples) == (0, (("telcel", 0),), ())
    assert desk.queries.current() != desk.queries.read(BRAND, "", "")  # a trial keeps nothing


def test_more_than_can_be_looked_at_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crisisdesk.desk.queries.MOST", 3)
    hear(desk, *[(f"p{n}", "iusacell") for n in range(4)])
    desk.queries.save(desk.queries.read(BRAND, "", ""))
    tested, voices = desk.queries.test(desk.queries.current(), 7), desk.queries.voices(7, "Iusacell")
    assert (tested.cut, tested.looked, voices.cut, voices.counted) == (True, 3, True, 3)


# ── share of voice and the four ──────────────────────────────────────────────────────────────────────────────────


def test_the_numbers_can_be_counted_again_by_hand_from_the_exported_csv(desk: Desk) -> None:
    hear(
        desk, ("ana", "iusacell es pésimo, sin señal"), ("ana", "gracias iusacell, excelente"),
        ("", "iusacell y telcel"), ("Iusacell_MX", "iusacell informa"),
        ("luis", "telcel tampoco"), ("=cmd()", "iusacell, sin servicio"),
    )  # fmt: skip
    hear(desk, ("eva", "iusacell ayer"), ("luis", "telcel ayer"), ("eva", "hoy llueve"), hours=30)
    desk.queries.save(desk.queries.read(BRAND, "Telcel: telcel", "iusacell prensa"))
    voices = desk.queries.voices(7, "Iusacell")
    rows = rows_of(desk.queries.table(7, "Iusacell"))
    assert len(rows) == voices.counted == 9 and voices.own == 1
    assert b"cmd" not in desk.queries.table(7, "Iusacell") and b"ana" not in desk.queries.table(7, "Iusacell")
    public = [row for row in rows if row["own"] == "0"]
    total = sum(int(row[name]) for row in public for name in ("Iusacell", "Telcel"))
    for one in voices.shares:
        mine = [row for row in public if row[one.name] == "1"]
        good = sum(row["sentiment"] in ("positive", "neutral") for row in mine)
        assert (one.mentions, one.favourable, one.total) == (len(mine), good, total)
    brand = [row for row in public if row["Iusacell"] == "1"]
    day = (desk.clock.now() - timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    authors = Counter(row["voice"] for row in brand if row["voice"] != "0")
    four = voices.four
    assert (four.last_day, four.all_last_day) == (
        sum(row["utc"] > day for row in brand), sum(row["utc"] > day for row in public),
    )  # fmt: skip
    assert four.positive == sum(row["sentiment"] == "positive" for row in brand)
    assert four.negative == sum(row["sentiment"] == "negative" for row in brand)
    assert (four.authors, four.signed) == (len(authors), authors.total())
    assert four.repeated == sum(n > 1 for n in authors.values())
    # and by the eye: ana twice, one unsigned, one with a formula's name, eva yesterday
    assert (four.last_day, four.all_last_day, four.authors, four.repeated, four.signed) == (4, 5, 3, 1, 4)
    assert [(one.mentions, one.total) for one in voices.shares] == [(5, 8), (3, 8)]


def test_words_that_are_gone_count_no_more(desk: Desk) -> None:
    hear(desk, ("ana", "iusacell"))
    desk.queries.save(desk.queries.read(BRAND, "", ""))
    gone = Tombstone("import", "a", "1.0-0", desk.clock.now())
    desk.ingest.page(Page(source="import", account="a", tombstones=(gone,)))
    voices = desk.queries.voices(7, "Iusacell")
    assert (voices.counted, voices.shares[0].mentions, voices.shares[0].total) == (0, 0, 0)


def test_an_account_is_ours_with_its_server_and_whatever_its_case(clock: PlayClock) -> None:
    watched = Watched(query=Query(terms=("iusacell",), handles=("Iusacell_MX",)), own=("Prensa",))
    names = ("@iusacell_mx", "iusacell_mx@mastodon.social", "PRENSA", "otra", "")
    rows = [Heard(NOW, "a", name, "", "iusacell", "", "", Sentiment.NEUTRAL) for name in names]
    assert [row.own for row in share.sort_out(rows, watched)] == [True, True, True, False, False]


row = st.builds(
    Heard, st.just(NOW), st.sampled_from(["a", "b"]), st.sampled_from(["", "ana", "Ana", "luis", "nuestra"]),
    st.sampled_from(["", "1"]), st.sampled_from(["iusacell", "telcel", "iusacell telcel", "nada"]), st.just(""),
    st.just(""), st.sampled_from(list(Sentiment)),
)  # fmt: skip


@given(st.lists(row, max_size=30))
def test_counts_hold_together_whatever_was_said(rows: list[Any]) -> None:
    watched = Watched(
        query=Query(terms=("iusacell",)), rivals=(Rival("T", Query(terms=("telcel",))),), own=("nuestra",)
    )
    counted = share.sort_out(rows, watched)
    both = share.shares(counted, ("I", "T"))
    assert sum(one.mentions for one in both) == both[0].total == both[1].total
    assert all(0 <= one.favourable <= one.mentions for one in both)
    four = share.four(counted, NOW)
    assert four.repeated <= four.authors <= four.signed <= both[0].mentions
    assert four.last_day <= four.all_last_day
    assert four.positive + four.negative <= both[0].mentions
    public = [r for r, c in zip(rows, counted, strict=True) if not c.own]
    assert all(r.author.lower() != "nuestra" for r in public)
    assert both[0].mentions == sum("iusacell" in r.text for r in public)
