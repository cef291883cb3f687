"""A watched folder: appended, half written, rotated, cut and killed in the middle; numbers of callers are hidden."""

from __future__ import annotations

import asyncio
import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.connectors.folder import LINES, PIECE, Folder, FolderSettings
from crisisdesk.model.errors import InputError, PermanentError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.web import Web

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
RUNS = 300
ZONE = "America/Mexico_City"
WEB = Web()
CDR = (
    '"","{caller}","800","ivr","""Ana Ruiz"" <{caller}>","SIP/t-1","SIP/9-2","Queue","q","2026-11-22 10:00:{s:02}",'
    '"2026-11-22 10:00:05","2026-11-22 10:02:00",120,115,"ANSWERED","DOCUMENTATION","{id}",""\n'
)


def source(folder: Path, phrase: str = "una frase larga") -> Folder:
    return Folder(FolderSettings(path=str(folder), zone=ZONE, phrase=phrase))


def poll(folder: Path, cursor: str = "", now: datetime = NOW) -> Page:
    return asyncio.run(source(folder).poll(WEB, cursor, now))


def drain(folder: Path, cursor: str = "", now: datetime = NOW) -> tuple[list[Mention], str, list[str]]:
    """Everything until there is no more: mentions, cursor, keys of what was rejected."""
    mentions: list[Mention] = []
    rejected: list[str] = []
    for _ in range(200):
        page = poll(folder, cursor, now)
        mentions += page.mentions
        rejected += [problem.key for problem in page.rejected]
        cursor = page.cursor
        if not page.more:
            return mentions, cursor, rejected
    raise AssertionError("it never ends")


def write(path: Path, text: str, *, append: bool = False, at: datetime = NOW) -> None:
    with path.open("a" if append else "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_a_call_log_is_read_line_by_line_as_it_grows(tmp_path: Path) -> None:
    log = tmp_path / "Master.csv"
    write(log, CDR.format(caller="5512345678", s=1, id="1.1") + CDR.format(caller="201", s=2, id="1.2"))
    found, cursor, rejected = drain(tmp_path)
    (call,) = found  # 201 is an extension
    assert (call.native_id, call.text, call.channel) == ("1.1", "ANSWERED · 115 s", "phone")
    assert call.published_at == datetime(2026, 11, 22, 16, 0, 1, tzinfo=UTC) and call.private and rejected == []
    line = CDR.format(caller="+52 55 9999 0000", s=3, id="1.3")
    write(log, line[:40], append=True)
    assert drain(tmp_path, cursor)[0] == []  # half a line waits
    write(log, line[40:], append=True)
    found, cursor, _ = drain(tmp_path, cursor)
    assert [m.native_id for m in found] == ["1.3"]
    assert drain(tmp_path, cursor)[0] == []


def test_a_number_is_never_stored(tmp_path: Path) -> None:
    write(tmp_path / "Master.csv", CDR.format(caller="+52 55 1234 5678", s=1, id="1.1"))
    write(tmp_path / "queue_log", "1795341600|9.9|soporte|NONE|ENTERQUEUE||5512345678|1\n")
    write(tmp_path / "w.csv", "fecha,remitente,mensaje\n2026-11-22 10:00,+52 (55) 1234-5678,no hay señal hoy\n")
    found, cursor, _ = drain(tmp_path)
    assert len(found) == 3
    for mention in found:
        said = repr(mention) + cursor
        assert "12345678" not in said.replace(" ", "").replace("-", "") and "Ana Ruiz" not in said
    cdr, table = (next(m.author for m in found if m.text.startswith(start)) for start in ("ANSWERED", "no hay"))
    assert cdr == table and cdr.startswith("5255… #")  # the same caller, however it is written
    others = asyncio.run(source(tmp_path, "otra frase larga").poll(WEB, "", NOW))
    assert {m.author for m in others.mentions}.isdisjoint({m.author for m in found})


def test_a_queue_log_counts_a_call_once(tmp_path: Path) -> None:
    events = ("ENTERQUEUE||5512345678|1", "ABANDON|1|1|95", "RINGNOANSWER|1000")
    write(tmp_path / "queue_log", "".join(f"1795341600|7.1|soporte|NONE|{event}\n" for event in events) + "roto\n")
    found, _, rejected = drain(tmp_path)
    assert [(m.native_id, m.text) for m in found] == [("7.1", "ENTERQUEUE · soporte")]
    assert found[0].published_at == datetime.fromtimestamp(1795341600, UTC) or found[0].date_doubtful
    assert rejected == ["importing.columns"]


def test_exports_bring_their_columns(tmp_path: Path) -> None:
    write(tmp_path / "tiktok.jsonl", "".join(json.dumps({"id": n, "create_time": 1795341600, "text": f"va {n}",
          "username": "ana"}) + "\n" for n in range(3)))  # fmt: skip
    write(tmp_path / "chat.csv", 'Fecha;Autor;Mensaje\r\n22/11/2026 09:30;Luis;"dos\nlíneas"\r\n')
    found, _, rejected = drain(tmp_path)
    assert {m.text for m in found} == {"va 0", "va 1", "va 2", "dos\nlíneas"} and rejected == []
    (chat,) = (m for m in found if m.author == "Luis")
    assert chat.published_at == datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


def test_a_rotated_file_goes_on_and_a_new_one_begins(tmp_path: Path) -> None:
    log = tmp_path / "Master.csv"
    write(log, CDR.format(caller="5512345678", s=1, id="1"))
    _, cursor, _ = drain(tmp_path)
    write(log, CDR.format(caller="5512345678", s=2, id="2"), append=True)
    log.rename(tmp_path / "Master.csv.1")
    write(log, CDR.format(caller="5512345678", s=3, id="3"))
    found, cursor, _ = drain(tmp_path, cursor)
    assert sorted(m.native_id for m in found) == ["2", "3"]
    write(log, CDR.format(caller="5512345678", s=4, id="4"))  # cut and written anew, as long as before
    assert [m.native_id for m in drain(tmp_path, cursor)[0]] == ["4"]


def test_a_last_line_without_an_end_counts_once_it_has_stood(tmp_path: Path) -> None:
    log = tmp_path / "chat.csv"
    write(log, "fecha,autor,mensaje\n2026-11-22 09:30,Luis,sin señal desde ayer\n2026-11-22 09:31,Eva,yo tampoco tengo")
    found, cursor, _ = drain(tmp_path)
    assert [m.author for m in found] == ["Luis"]
    later = NOW + timedelta(minutes=11)
    found, cursor, _ = drain(tmp_path, cursor, later)
    assert [m.author for m in found] == ["Eva"]
    assert drain(tmp_path, cursor, later)[0] == []
    write(log, "\n", append=True, at=later)
    again, _, _ = drain(tmp_path, cursor, later)
    assert [m.native_id for m in again] == [m.native_id for m in found]  # the data file counts it once


def test_what_is_broken_stops_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "fecha,autor,mensaje\n2026-11-22 09:30,Luis,una pantalla de 5\" rota\n" + "x," * 9 + "\n"
          + "".join(f"2026-11-22 09:31,Eva,mensaje número {n}\n" for n in range(4_000)))  # fmt: skip
    good = '{"created_at":"2026-11-22T09:00:00Z","text":"entera %d"}\n'
    write(tmp_path / "long.jsonl", good % 1 + "y" * (2 * PIECE) + "\n" + good % 2)
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 10 + b"\n")
    (tmp_path / ".hidden.csv").write_text("fecha,autor,mensaje\n2026-11-22 09:30,Luis,no\n")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    found, _, rejected = drain(tmp_path)
    texts = {m.text for m in found}
    assert len([t for t in texts if t.startswith("mensaje")]) == 4_000 and {"entera 1", "entera 2"} <= texts
    assert "importing.line_too_long" in rejected and "importing.columns" in rejected
    assert not any("root" in t for t in texts)
    for page in (poll(tmp_path, "basura"), poll(tmp_path, '{"v": 1, "files": [7]}')):
        assert len(page.mentions) <= 2 * LINES


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PermanentError) as caught:
        poll(tmp_path / "nada", "c")
    assert caught.value.key == "sources.no_such_folder"
    with pytest.raises(InputError):
        Folder(FolderSettings(path=str(tmp_path), zone="Marte/Olimpo", phrase="x"))


def test_three_hundred_killed_desks_lose_and_double_nothing(tmp_path: Path) -> None:
    """The exchange writes in pieces that end anywhere and rotates; the desk is killed between reading and storing."""
    for seed in range(RUNS):
        dice = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        log, pending, number, rotated = folder / "Master.csv", "", 0, 0
        stored: dict[str, int] = {}
        cursor = ""
        for _ in range(12):
            for _ in range(dice.randrange(4)):
                number += 1
                pending += CDR.format(caller="5512345678", s=number % 60, id=f"{seed}.{number}")
            cut = dice.randrange(len(pending) + 1)
            write(log, pending[:cut], append=True)
            pending = pending[cut:]
            if dice.random() < 0.15:
                write(log, pending, append=True)
                pending, rotated = "", rotated + 1
                log.rename(folder / f"Master.csv.{rotated}")
                write(log, "")
            page = asyncio.run(source(folder).poll(WEB, cursor, NOW))
            if dice.random() < 0.7:  # else killed before it was stored
                for mention in page.mentions:
                    stored[mention.native_id] = stored.get(mention.native_id, 0) + 1
                cursor = page.cursor
        write(log, pending, append=True)
        for mention in drain(folder, cursor)[0]:
            stored[mention.native_id] = stored.get(mention.native_id, 0) + 1
        assert stored == {f"{seed}.{n}": 1 for n in range(1, number + 1)}, seed
