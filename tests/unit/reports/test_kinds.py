"""The situation and the timeline as documents of their own: true to the moment, complete, refused in words."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.errors import InputError
from crisisdesk.model.incident import TaskState
from crisisdesk.model.playbook import Audience
from crisisdesk.model.playbook import Bilingual as B
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import incident, written
from crisisdesk.reports.base import FORMATS, Document, Kind, Message, Table
from crisisdesk.texts import Texts
from tests.fakes import review

ES, EN = Texts("es"), Texts("en")


def going_on(minutes: float = 100) -> ReviewData:
    """The sample as it stood then: unresolved, one promise and one next news open, one task late and one to come."""
    full = review.review_data()
    now = review.after(minutes)
    owed = tuple(
        replace(c, state=CommitmentState.OPEN, ended_at=None, fulfilled_at=None, due_at=now + timedelta(minutes=left))
        for c, left in ((full.commitments[0], 24), (full.commitments[3], 19))
    )
    tasks = tuple(
        replace(full.tasks[0], id=n, state=TaskState.OPEN, done_at=None, due_at=now + timedelta(minutes=left))
        for n, left in enumerate((-5, 60, 3 * 24 * 60), start=1)
    )
    counts = tuple(c for c in full.chart.counts if c.minute < now)
    return replace(
        full, made_at=now, incident=replace(full.incident, resolved_at=None), commitments=owed, tasks=tasks,
        chart=replace(full.chart, counts=counts),
    )  # fmt: skip


def words_of(document: Document) -> str:
    told = [*document.lead, *(v for pair in document.facts for v in pair)]
    for section in document.sections:
        told.append(section.title)
        for block in section.blocks:
            if isinstance(block, Table):
                told += [cell.text for row in block.rows for cell in row]
            elif isinstance(block, Message):
                told += [block.title, block.es, block.en]
            else:
                told += getattr(block, "sentences", ())
    return " ".join(told).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("kind", "form"), [("situation", "csv"), ("situation", "zip"), ("timeline", "zip"), ("x", "md")]
)
def test_what_a_kind_does_not_come_as_is_refused_in_words(kind: str, form: str) -> None:
    with pytest.raises(InputError) as caught:
        written.checked(kind, form)
    for texts in (ES, EN):
        said = texts.error(caught.value)
        assert kind in said
        assert "review" in said if kind == "x" else "html, pdf, md" in said


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_but_paper_and_the_pack_is_bytes(kind: Kind) -> None:
    for form in set(FORMATS[kind]) - {"pdf", "zip"}:
        for cut in ("internal", "public"):
            assert written.content(review.review_data(), ES, form, kind=kind, cut=cut)


def test_the_situation_says_what_is_owed_and_how_long_is_left() -> None:
    document = incident.document(going_on(), ES, kind=Kind.SITUATION)
    said = words_of(document)
    assert "la incidencia lleva 1 h 40" in said
    assert "Próxima noticia al público a las 09:06: faltan 24 min." in said
    assert "Promesas abiertas: 2. Incumplidas y sin reparar: 0." in said
    owed = next(b for s in document.sections if s.key == "owed" for b in s.blocks if isinstance(b, Table))
    assert [row[2].text.replace("\u00a0", " ") for row in owed.rows] == ["◆ faltan 19 min", "◆ faltan 24 min"]
    assert not document.contents


def test_the_situation_counts_the_last_quarter_of_an_hour_and_the_one_before() -> None:
    data = going_on(100)
    lately, before = (
        sum(c.total for c in data.chart.counts if a <= c.minute < b)
        for a, b in ((review.after(85), review.after(100)), (review.after(70), review.after(85)))
    )
    assert lately and before and lately != before
    assert f"se oyeron {lately} menciones; en los 15 min anteriores, {before}." in words_of(
        incident.document(data, ES, kind=Kind.SITUATION)
    )


def test_a_late_promise_and_a_late_task_are_marked_and_a_broken_one_is_not_forgotten() -> None:
    data = going_on()
    late = replace(data.commitments[0], due_at=data.made_at - timedelta(minutes=3))
    broken = replace(review.review_data().commitments[3], remedied_at=None)
    document = incident.document(replace(data, commitments=(late, broken)), ES, kind=Kind.SITUATION)
    tables = {s.key: b for s in document.sections for b in s.blocks if isinstance(b, Table)}
    assert [row[2].text.replace("\u00a0", " ") for row in tables["owed"].rows] == [
        "▲ hace 3 min", "▲ incumplida, sin reparar",
    ]  # fmt: skip
    assert [row[2].tone for row in tables["tasks"].rows] == ["danger", ""]  # the one in three days only counts
    assert "Y 1 tarea más para después." in words_of(document)


def test_without_a_next_news_the_situation_says_so() -> None:
    silent = replace(going_on(), commitments=())
    for texts, told in ((ES, "No hay ninguna próxima noticia prometida"), (EN, "No next news is promised")):
        assert told in words_of(incident.document(silent, texts, kind=Kind.SITUATION))
    over = replace(silent, incident=review.review_data().incident)
    assert "No queda ninguna próxima noticia" in words_of(incident.document(over, ES, kind=Kind.SITUATION))


def test_the_team_reads_the_sheet_the_line_and_who_is_on_duty_and_the_public_does_not() -> None:
    data = going_on()
    book = data.playbook
    inside = tuple(replace(t, audience=Audience.INTERNAL) if t.id == "alcance" else t for t in book.templates)
    data = replace(data, playbook=replace(book, templates=inside))
    team = incident.document(data, ES, kind=Kind.SITUATION)
    assert [s.key for s in team.sections] == [
        "owed", "know", "dont_know", "doing", "said", "chart", "mentions", "line", "duty", "tasks",
    ]  # fmt: skip
    line = next(s for s in team.sections if s.key == "line").blocks
    assert [b.title for b in line if isinstance(b, Message)] == ["Alcance del corte"]
    duty = next(b for s in team.sections if s.key == "duty" for b in s.blocks if isinstance(b, Table))
    assert [row[1].text for row in duty.rows] == ["Inés Vega", "▲ nadie asignado", "Bruno Salcedo", "▲ nadie asignado"]
    everybody = incident.document(data, ES, cut="public", kind=Kind.SITUATION)
    assert [s.key for s in everybody.sections] == ["owed", "said", "chart", "mentions"]


def test_the_timeline_has_every_entry_with_its_row_in_the_chain_and_what_mattered_first() -> None:
    data = review.review_data()
    document = incident.document(data, ES, kind=Kind.TIMELINE)
    assert [s.key for s in document.sections] == ["chart", "turns", "timeline", "revisions"]
    tables = {s.key: b for s in document.sections for b in s.blocks if isinstance(b, Table)}
    assert [row[0].text for row in tables["timeline"].rows] == [str(e.id) for e in data.entries]
    starred = sum(e.starred for e in data.entries)
    assert starred and sum("★" in row[2].text for row in tables["turns"].rows) == starred
    assert len(tables["turns"].rows) < len(data.entries)
    assert any("anotado a las" in row[3].text for row in tables["timeline"].rows)
    for table in tables.values():
        assert sum(table.widths) == 100
        assert {len(row) for row in table.rows} == {len(table.head)} == {len(table.widths)}
    shared = incident.document(data, ES, cut="public", kind=Kind.TIMELINE)
    assert [s.key for s in shared.sections] == ["chart", "turns", "timeline"]
    assert "Inés Vega" not in words_of(shared)


def test_the_json_of_the_situation_counts_from_the_moment_it_was_made() -> None:
    data = going_on()
    got: dict[str, Any] = json.loads(written.content(data, ES, "json", kind=Kind.SITUATION))
    assert got["format"] == "crisisdesk.situation"
    assert [p["seconds_left"] for p in got["owed"]] == [24 * 60, 19 * 60]
    news = next(c for c in data.commitments if c.kind is CommitmentKind.NEXT_UPDATE)
    assert got["next_news"] == news.due_at.isoformat().replace("+00:00", "Z")
    assert [f["key"] for f in got["sheet"]["know"]] == ["alcance"]
    assert got["sheet"]["dont_know"] == []  # it was replaced
    told: dict[str, Any] = json.loads(written.content(data, ES, "json", kind=Kind.SITUATION, cut="public"))
    assert told["sheet"] == {"know": [], "dont_know": [], "doing": []}
    assert told["assignments"] == told["open_tasks"] == []
    assert "Salcedo" not in json.dumps(told, ensure_ascii=False)


def test_the_timeline_as_data_is_the_same_in_both_files() -> None:
    data = review.review_data()
    got: dict[str, Any] = json.loads(written.content(data, ES, "json", kind=Kind.TIMELINE))
    table = written.content(data, ES, "csv", kind=Kind.TIMELINE).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [e["id"] for e in got["timeline"]] == [int(r["id"]) for r in rows] == [e.id for e in data.entries]
    assert len(got["timeline_as_written"]) == len(data.originals)


def test_names_are_struck_from_the_titles_of_every_kind() -> None:
    told = replace(going_on(), incident=replace(going_on().incident, title="El corte que vio QUETZAL IBARRA"))
    told = replace(told, commitments=tuple(replace(c, what=B("Avisa Inés Vega", "x")) for c in told.commitments))
    for kind in Kind:
        for form in ("md", "json"):
            made = written.content(told, ES, form, kind=kind, cut="public").decode().lower()
            assert not re.search("ibarra|inés vega", made), (kind, form)
