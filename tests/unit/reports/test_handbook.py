"""The handbook: everything of the playbook is in it, in both languages, and whatever the playbook holds it is inert."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources import files

from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.playbooks.phrases import echo
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.reports import handbook, setting
from crisisdesk.reports.base import Message, Table
from crisisdesk.texts import Texts
from tests.unit.reports.test_incident import ALLOWED, Page

SHIPPED = sorted(entry.name for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml"))
TODAY = date(2026, 11, 25)
HOSTILE = (
    '<script>fetch("http://198.51.100.7/")</script>', '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}{% raw %}",
    "<a href='javascript:alert(1)'>x</a>", "\u202eotxet", "]]><svg/onload=alert(1)>",
)  # fmt: skip


def playbook(name: str) -> Playbook:
    return read(files("playbooks", name).read_bytes(), name)


def made(book: Playbook, lang: str = "es", file: str = "a.yaml") -> str:
    return handbook.html(book, Texts(lang), file=file, echo=echo, today=TODAY)


def printed(book: Playbook, lang: str = "es") -> str:
    texts = Texts(lang)
    document = handbook.document(book, texts, file="a.yaml", echo=echo, today=TODAY)
    return setting.printed(document, texts, lambda section: f"[{section}]")


def words(text: str) -> str:
    return Page(text).text


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_task_template_ladder_and_type_is_in_it(name: str, lang: str) -> None:
    book = playbook(name)
    for text in (words(made(book, lang)), words(printed(book, lang))):
        for template in book.templates:
            assert template.text.es in text and template.text.en in text, template.id
        for phase in book.phases:
            assert all(task.do.get(lang) in text for task in phase.tasks)
        for row in book.mention_types:
            assert row.name.get(lang) in text and row.note.get(lang) in text
            assert all(word in text for word in row.words)
        assert all(ladder.if_nobody.get(lang) in text for ladder in book.ladders)
        assert all(level.name.get(lang) in text for level in book.levels)
        assert all(question.get(lang) in text for question in book.call_questions)
        assert all(caution.get(lang) in text for caution in book.cautions)
        assert not re.search(r"\b(?:handbook|words|report)\.[a-z]", text)  # no sentence is missing


@pytest.mark.parametrize("name", SHIPPED)
def test_the_first_fifteen_minutes_are_one_section_in_the_order_of_time(name: str) -> None:
    book = playbook(name)
    document = handbook.document(book, Texts("es"), file=name, echo=echo, today=TODAY)
    first = document.sections[0]
    assert first.title == "Los primeros 15 minutos" and first.new_page and document.sections[1].new_page
    tasks = [task for phase in book.phases for task in phase.tasks if task.before <= handbook.FIRST]
    table = next(block for block in first.blocks if isinstance(block, Table))
    assert len(table.rows) == len(tasks) > 3
    minutes = [int(row[1].text.removeprefix("T+").split("\u00a0")[0].split()[0]) for row in table.rows]
    assert minutes == sorted(minutes)
    assert [block.title for block in first.blocks if isinstance(block, Message)] == [
        t.purpose.es for t in book.templates if t.id == "primer_mensaje"
    ]


@pytest.mark.parametrize("bad", HOSTILE)
def test_whatever_the_playbook_holds_it_is_inert(bad: str) -> None:
    source = files("playbooks", "caida-de-servicio.yaml").read_text("utf-8")
    quoted = "'" + bad.replace("'", "''") + "'"
    for old in (
        "{es: Caída de servicio, en: Service outage}",
        "{es: Anotar qué sabemos y qué no, en: Write down what we know and what we do not}",
        "{es: Primer mensaje, en: Holding statement}", "{es: Peligro para personas, en: Danger to people}",
        "{es: Crisis, en: Crisis}", "{es: Escuchar, en: Listen}",
    ):  # fmt: skip
        assert old in source
        source = source.replace(old, f"{{es: {quoted}, en: {quoted}}}", 1)
    source = source.replace("titular: legal.titular", f"titular: {quoted}", 1)
    book, _ = inspect(source, "x.yaml")
    assert book is not None
    for text in (made(book, "es", bad), made(book, "en", bad)):
        page = Page(text)
        assert set(page.tags) <= ALLOWED
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name in ("src", "href") and not value.startswith("#")]
        assert "default-src 'none'" in text and "\u202e" not in text
    assert "<script" not in printed(book) and "<img" not in printed(book)


@given(st.text(max_size=60))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_title_leaves_a_whole_page(title: str) -> None:
    book = playbook("caida-de-servicio.yaml")
    page = Page(made(replace(book, title=Bilingual(title, title), templates=book.templates[:1])))
    assert set(page.tags) <= ALLOWED


def test_a_bare_playbook_is_printed_too() -> None:
    book = replace(
        playbook("caida-de-servicio.yaml"), levels=(), roles=(), ladders=(), phases=(), mention_types=(), templates=(),
        compensation=(), call_questions=(), reviewed=None, falls_if=None, drill_every=None, owner="",
    )  # fmt: skip
    assert "Los primeros 15 minutos" in words(made(book))
