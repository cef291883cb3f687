"""Files of mentions: every row is a mention or is told by its number, whatever the file is like."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.connectors import tablefile
from crisisdesk.connectors.columns import FIELDS
from crisisdesk.connectors.dates import Order
from crisisdesk.connectors.table import Guess, Note, account_of, guess, read
from crisisdesk.connectors.tablefile import Broken, csv_records
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.mention import Mention, RowProblem
from crisisdesk.texts import LANGUAGES, Texts

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = "id,created_at,author,text\n1,2018-09-09T16:15:00Z,ana,Sin luz\n"


def put(folder: Path, content: str | bytes, name: str = "menciones.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def whole(path: Path, how: Guess | None = None, **options: Any) -> tuple[list[Mention], list[RowProblem]]:
    how = how or guess(path, "America/Caracas", now=NOW)
    pages = list(read(path, how, now=NOW, **options))
    return [m for page in pages for m in page.mentions], [r for page in pages for r in page.rejected]


def told(problems: list[RowProblem]) -> list[tuple[int, str]]:
    """Number and key of each problem, all of which have a sentence in both languages."""
    for problem in problems:
        for lang in LANGUAGES:
            sentence = Texts(lang)(problem.key, **dict(problem.fields))
            assert sentence != problem.key and "{" not in sentence
    return [(problem.row, problem.key.removeprefix("importing.")) for problem in problems]


# ── files that cannot be read at all ─────────────────────────────────────────────────────────────────────────────

REFUSED: list[tuple[str, bytes, str]] = [
    ("a.csv", b"", "empty"),
    ("a.csv", b" \r\n\n", "empty"),
    ("a.csv", b"\xef\xbb\xbf", "empty"),
    ("a.csv.gz", gzip.compress(b"", mtime=0), "empty"),
    ("a.zip", b"PK\x03\x04xxxx", "zip"),
    ("a.csv", b"PK\x03\x04xxxx", "zip"),
    ("a.xlsx", b"PK\x03\x04xxxx", "spreadsheet"),
    ("a.xls", b"\xd0\xcf\x11\xe0xxxx", "spreadsheet"),
    ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "not_text"),
    ("a.csv", bytes(range(256)) * 20, "not_text"),
    ("a.csv.gz", b"\x1f\x8bgarbage-and-no-gzip", "damaged"),
    ("a.csv.gz", gzip.compress(bytes(range(256)) * 12, mtime=0)[:50], "damaged"),
]


@pytest.mark.parametrize(("name", "content", "key"), REFUSED)
def test_one_clear_sentence(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    with pytest.raises(ImportFileError) as caught:
        guess(put(tmp_path, content, name))
    assert caught.value.key == f"importing.{key}"
    for lang in LANGUAGES:
        assert "{" not in Texts(lang).error(caught.value) and name in Texts(lang).error(caught.value)


def test_no_file_a_folder_and_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, key in ((tmp_path / "no.csv", "missing"), (tmp_path, "folder")):
        with pytest.raises(ImportFileError) as caught:
            guess(path)
        assert caught.value.key == f"importing.{key}"
    path = put(tmp_path, GOOD)

    def denied(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "denied")  # root in a container may read everything

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ImportFileError) as caught:
        guess(path)
    assert caught.value.key == "importing.no_permission"


def test_unknown_charset_and_zone(tmp_path: Path) -> None:
    path = put(tmp_path, GOOD)
    for options, key in (({"charset": "klingon"}, "charset"), ({"charset": "zlib_codec"}, "charset")):
        with pytest.raises(ImportFileError) as caught:
            guess(path, **options)
        assert caught.value.key == f"importing.{key}"
    with pytest.raises(ImportFileError) as caught:
        guess(path, "Mars/Olympus")
    assert caught.value.key == "importing.zone"


# ── guessing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_separator_and_charset(tmp_path: Path, delimiter: str, charset: str) -> None:
    rows = [["Fecha", "Hora", "Usuario", "Mensaje", "Enlace", "Red"]]
    rows += [["13/09/2018", f"16:{n:02}", "José", f"Señal, caída; ¡{n}!", "https://e.org/1", "x"] for n in range(30)]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path = put(tmp_path, out.getvalue().encode(charset))
    how = guess(path, "America/Caracas", now=NOW)
    assert (how.delimiter, how.charset, how.order) == (delimiter, charset, Order.DAY_FIRST)
    assert how.columns == {
        "published_at": "Fecha", "published_time": "Hora", "author": "Usuario", "text": "Mensaje", "url": "Enlace",
        "channel": "Red",
    }  # fmt: skip
    assert (how.rows, how.rows_exact, len(how.preview), len(how.mentions)) == (30, True, 20, 20)
    mentions, problems = whole(path, how)
    assert not problems and len({m.native_id for m in mentions}) == 30
    assert mentions[0].published_at == datetime(2018, 9, 13, 20, 0, tzinfo=UTC)
    assert (mentions[0].author, mentions[0].text, mentions[0].channel) == ("José", "Señal, caída; ¡0!", "x")


def test_order_of_day_and_month_is_said_when_open(tmp_path: Path) -> None:
    path = put(tmp_path, "id,fecha,texto\n1,03/04/2021 10:00,a\n2,04/04/2021,b\n")
    how = guess(path, now=NOW)
    assert Note(key="importing.note.order_open") in how.notes
    assert how.mentions[0].published_at.month == 4
    how = guess(path, order=Order.MONTH_FIRST, now=NOW)
    assert not how.notes and how.mentions[0].published_at.month == 3
    closed = put(tmp_path, "id,fecha,texto\n1,03/04/2021 10:00,a\n2,04/13/2021,b\n", "b.csv")
    assert guess(closed, now=NOW).order is Order.MONTH_FIRST


def test_columns_by_their_content_and_no_header(tmp_path: Path) -> None:
    path = put(tmp_path, "".join(f"{n},2018-09-09 16:{n:02},Otra vez sin luz en la calle\n" for n in range(10, 20)))
    how = guess(path, now=NOW)
    assert not how.has_header
    assert how.columns == {"published_at": "2", "text": "3"}
    assert {note.key for note in how.notes} == {"importing.note.no_header", "importing.note.no_id_column"}
    assert len(whole(path, how)[0]) == 10


def test_repeated_and_empty_column_names(tmp_path: Path) -> None:
    how = guess(put(tmp_path, "id,text,text,,created_at\n1,a,b,c,2018-09-09\n"), now=NOW)
    assert how.header == ("id", "text", "text (2)", "4", "created_at")
    assert how.columns["text"] == "text"
    assert how.mentions[0].text == "a"


def test_a_person_may_choose_other_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "k,when,words,more\n1,2018-09-09,uno,dos\n")
    how = guess(path, now=NOW)
    columns = {"native_id": "k", "published_at": "when", "text": "more"}
    assert guess(path, columns=columns, now=NOW).mentions[0].text == "dos"
    assert whole(path, replace(how, columns=columns))[0][0].native_id == "1"
    assert told(whole(path, replace(how, columns={"text": "gone"}))[1]) == [(1, "no_date")]


def test_nothing_to_reject_in_a_header_without_rows(tmp_path: Path) -> None:
    path = put(tmp_path, "id,created_at,text\n")
    assert guess(path, now=NOW).rows == 0
    assert whole(path) == ([], [])


def test_the_number_of_rows_of_a_long_file_is_about_right(tmp_path: Path) -> None:
    rows = "".join(f"{n},2018-09-09T16:15:00Z,{'palabra ' * 20}{n}\n" for n in range(20_000))
    for path in (put(tmp_path, GOOD + rows), put(tmp_path, gzip.compress((GOOD + rows).encode()), "m.csv.gz")):
        how = guess(path, now=NOW)
        assert not how.rows_exact
        assert how.rows == pytest.approx(20_001, rel=0.1)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_bad_rows_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "id,text,created_at\n"
        "1,bien,2018-09-09T16:15:00Z\n"
        '2,"sin cerrar,2018-09-09\n'
        "3,de,más,columnas\n"
        "\n"
        "4\n"
        "5,x,ayer\n"
        ",,2018-09-09\n"
        "6,,2018-09-09\n"
        f"7,{'x' * 140_000},2018-09-09\n"
        '8,"nul \0 dentro",2018-09-09,,\n'
        '9,dijo "hola",2018-09-09\n'
        '10,"dos\nlíneas",2018-09-09\n'
        '11,"a" b,2018-09-09\n',
    )
    mentions, problems = whole(path)
    assert told(problems) == [
        (2, "quote"), (3, "columns"), (4, "no_date"), (5, "bad_date"), (6, "no_text"), (8, "field_too_long"),
    ]  # fmt: skip
    assert [m.native_id for m in mentions] == ["1", "6", "8", "9", "10", "11"]
    assert [m.text for m in mentions] == ["bien", "", "nul \ufffd dentro", 'dijo "hola"', "dos\nlíneas", "a b"]


def test_json_lines(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"id": 4, "created_at": 1536509700, "user": {"screen_name": "ana"}, "full_text": "sin luz", "lang": "es-VE"},
        [1, 2],
        None,
        {"id": "5", "created_at": "2018-09-09", "full_text": {"nested": 1}},
        {"id": "6", "created_at": "2018-09-09", "full_text": "\ud800 solo", "retweet_count": 3, "is_retweet": True},
    ]
    text = "\n".join([*map(json.dumps, lines), '{"id":"7","full_text":', "", '{"id":"8","x":NaN}', "[" * 100_000])
    path = put(tmp_path, text, "m.jsonl")
    mentions, problems = whole(path)
    assert told(problems) == [
        (2, "not_object"), (3, "not_object"), (4, "not_plain"), (6, "bad_json"), (7, "bad_json"), (8, "bad_json"),
    ]  # fmt: skip
    assert [(m.native_id, m.text, m.lang) for m in mentions] == [("4", "sin luz", "es"), ("6", "\ufffd solo", "")]
    assert mentions[0].author == "ana"
    assert mentions[0].published_at == datetime(2018, 9, 9, 16, 15, tzinfo=UTC)
    assert (mentions[1].is_repost, mentions[1].reposts) == (True, 3)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array_and_one_that_breaks_off(tmp_path: Path, indent: int | None) -> None:
    rows = [{"id": str(n), "date": "2018-09-09", "text": "t" * 500} for n in range(5_000)]
    text = json.dumps([*rows, 7], indent=indent)
    mentions, problems = whole(put(tmp_path, text, "m.json"))
    assert [m.native_id for m in mentions] == [str(n) for n in range(5_000)]
    assert told(problems) == [(5_001, "not_object")]
    mentions, problems = whole(put(tmp_path, text[: len(text) // 2], "half.json"))
    assert 2_400 < len(mentions) < 2_600
    assert told(problems) == [(len(mentions) + 1, "json_ends")]


def test_a_packed_file_that_breaks_off(tmp_path: Path) -> None:
    rows = "".join(f"{n},2018-09-09T16:15:00Z,ana,{os.urandom(400).hex()}\n" for n in range(4_000))
    packed = gzip.compress((GOOD + rows).encode())
    path = put(tmp_path, packed[: len(packed) * 3 // 4], "m.csv.gz")
    mentions, problems = whole(path)
    assert len(mentions) > 2_000
    assert told(problems)[-1] == (len(mentions) + len(problems), "ends_here")


def test_a_packed_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, gzip.compress(GOOD.encode() + b"\n" * 20_000_000), "m.csv.gz")
    how = guess(path, now=NOW)
    monkeypatch.setattr(tablefile, "RATIO_FREE_BYTES", 1_000_000)
    with pytest.raises(ImportFileError) as caught:
        whole(path, how)
    assert caught.value.key == "importing.bomb"
    monkeypatch.setattr(tablefile, "UNPACKED_LIMIT", 2_000_000)
    monkeypatch.setattr(tablefile, "RATIO_FREE_BYTES", 1 << 40)
    with pytest.raises(ImportFileError) as caught:
        whole(path, how)
    assert caught.value.key == "importing.too_large"


def test_an_endless_line(tmp_path: Path) -> None:
    path = put(tmp_path, GOOD + "2,2018-09-09,x," + "y," * 700_000 + "\n3,2018-09-09,ana,después\n")
    mentions, problems = whole(path, guess(put(tmp_path, GOOD, "g.csv"), now=NOW))
    assert told(problems) == [(2, "line_too_long")]
    assert [m.native_id for m in mentions] == ["1", "3"]


def test_a_row_without_id_has_the_same_one_next_time(tmp_path: Path) -> None:
    path = put(tmp_path, "fecha,autor,texto\n2018-09-09,ana,uno\n2018-09-09,ana,uno\n2018-09-09,luis,uno\n")
    first, second = whole(path)[0], whole(path)[0]
    assert first == second
    assert len({m.native_id for m in first}) == 2


@pytest.mark.parametrize("when", ["9999-01-01", "1970-01-01", "2026-11-23"])
def test_a_date_that_cannot_be_true(tmp_path: Path, when: str) -> None:
    (mention,), _ = whole(put(tmp_path, f"id,date,text\n1,{when},x\n"))
    assert mention.date_doubtful and mention.published_at == mention.fetched_at == NOW


def test_the_other_columns(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "id,date,text,url,is_repost,likes,reposts,followers,lang\n"
        "1,2018-09-09,x,javascript:alert(1),si,12.0,-4,99999999999999999999,ES_mx\n"
        "2,2018-09-09,RT @ana: x,https://e.org/a,0,muchos,7,nan,klingon\n",
    )
    (first, second), _ = whole(path)
    assert (first.url, first.is_repost, first.likes, first.reposts, first.followers) == ("", True, 12, None, None)
    assert (second.url, second.is_repost, second.likes, second.reposts) == ("https://e.org/a", True, None, 7)
    assert (first.lang, second.lang) == ("es", "")
    assert first.account == "menciones" and first.source == "import"


def test_local_times_that_come_twice_are_said_once(tmp_path: Path) -> None:
    path = put(tmp_path, "id,date,text\n" + "".join(f"{n},25/10/2026 02:{n:02},x\n" for n in range(5)))
    notes: list[Note] = []
    mentions, _ = whole(path, guess(path, "Europe/Madrid", now=NOW), note=notes.append)
    assert mentions[0].published_at == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert notes == [Note(key="importing.note.repeated_hour", fields=(("n", "5"),))]


def test_pages_and_progress(tmp_path: Path) -> None:
    path = put(tmp_path, GOOD + "".join(f"{n},2018-09-09,ana,{'x' * 200}\n" for n in range(2, 2_001)))
    seen: list[int] = []
    pages = list(read(path, guess(path, now=NOW), now=NOW, batch=300, position=seen.append))
    assert [len(page.mentions) for page in pages] == [300] * 6 + [200]
    assert seen == sorted(seen) and seen[-1] == path.stat().st_size and seen[0] < seen[-1]


@pytest.mark.parametrize(
    ("name", "account"),
    [("caso.csv.gz", "caso"), ("a.b.JSONL", "a.b"), ("x", "x"), (".csv", ".csv"), ("mal\n\u202e.csv", "mal\\n\\u202e")],
)
def test_the_account_is_the_stem(name: str, account: str) -> None:
    assert account_of(Path(name)) == account


def test_every_note_and_field_has_its_words() -> None:
    for lang in LANGUAGES:
        texts = Texts(lang)
        for key in ("no_header", "no_date_column", "no_text_column", "no_id_column", "order_open", "repeated_hour"):
            assert texts.has(f"importing.note.{key}")
        for name in FIELDS:
            assert texts.has(f"importing.field.{name}")


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=20), st.sampled_from(",;\t|"))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert list(csv_records(io.StringIO(out.getvalue(), newline=""), delimiter)) == rows


@given(st.text(st.sampled_from('ab",;\n\r\0 '), max_size=300))
def test_any_text_ends_in_rows_or_broken_rows(text: str) -> None:
    for row in csv_records(io.StringIO(text, newline=""), ","):
        assert isinstance(row, list | Broken)


# ── real files ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_of_the_real_incidents_is_accounted_for(shared: Path) -> None:
    for path in sorted((shared / "data" / "incidents").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        how = guess(path, "America/Caracas", now=NOW)
        mentions, problems = whole(path, how)
        assert (len(mentions), problems, how.rows) == (len(rows), [], len(rows))
        assert [m.native_id for m in mentions] == [row["id"].strip() for row in rows]
        assert sum(m.text == "" for m in mentions) == sum(row["text"] == "" for row in rows)


@pytest.mark.parametrize(
    ("name", "count", "problems"),
    [
        ("import_bad.csv", 2, [(2, "quote"), (3, "columns"), (4, "no_date"), (5, "bad_date")]),
        ("import_bad.jsonl", 0, [(1, "no_date"), (2, "bad_json"), (3, "not_object"), (4, "not_object"), (5, "no_date"),
                                 (6, "no_date"), (7, "not_plain"), (8, "bad_json"), (9, "bad_json")]),
        ("import_bigfield.csv", 0, [(1, "no_date")]),
        ("import_latin1.csv", 0, [(1, "no_date")]),
        ("import_utf16.csv", 0, [(1, "no_date")]),
    ],
)  # fmt: skip
def test_the_collected_bad_files(shared: Path, name: str, count: int, problems: list[tuple[int, str]]) -> None:
    path = shared / "payloads" / name
    how = guess(path, now=NOW)
    mentions, rejected = whole(path, how)
    assert (len(mentions), told(rejected)) == (count, problems)
    assert how.charset == {"import_latin1.csv": "cp1252", "import_utf16.csv": "utf-16"}.get(name, "utf-8")


@pytest.mark.parametrize("name", ["zip_bomb_40MB.zip", "bomb_2000.png", "zip_slip.zip"])
def test_the_collected_archives(shared: Path, name: str) -> None:
    with pytest.raises(ImportFileError):
        guess(shared / "payloads" / name)
