"""Everything that leaves the house, from a desk that was fed every hostile text there is: none of it is live anywhere.

The incident's report alone is tried text by text in tests/unit/reports and test_paper.py; here all texts go the way of
real ones (sources, notes, promises, titles) into every report, every CSV and the evidence pack.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QFont, QTextDocument

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import measured
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.pipeline.measures import figures
from crisisdesk.reports import incident, measures, setting, tables, written
from crisisdesk.reports.base import Document, Kind
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.ui.test_paper import images, streams
from ui import paper

OWN = (
    "[ok](javascript:alert(1))", "![x](https://evil.example/a.png)", "<https://evil.example/>",
    "</style><script>x()</script>",
    "<!-- --><svg onload=x()>", "a\n\n# título\n\n- [ ] x", "[1]: https://evil.example/ 'x'\n[1]",
)  # fmt: skip
LIVE_IN_PDF = (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/SubmitForm", b"/GoToR", b"/OpenAction")
TAGS = {"script", "iframe", "object", "embed", "link", "base", "form", "input", "svg", "video", "audio", "source"}
_SAFE = {  # all that these attributes may hold
    "href": r"#[a-z_0-9-]+|https?://[^\s<>\"]+", "src": r"(data:image/png;base64,[A-Za-z0-9+/=]+)?",
    "style": r"width: \d+%", "action": "", "srcset": "", "background": "", "poster": "",
}  # fmt: skip
TEXTS = [Texts("es"), Texts("en")]


def payloads(shared: Path) -> list[str]:
    found = list(OWN)
    for name in ("mention_texts", "csv_formulas", "jinja_hostile"):
        found += [str(v) for v in json.loads((shared / "payloads" / f"{name}.json").read_text("utf-8"))]
    return found


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Desk]:
    clock = PlayClock(s.NOW)
    folder = tmp_path_factory.mktemp("fed")
    desk = build_desk(Settings(zone="America/Mexico_City", actor="<b>ana</b>"), profile(folder), clock=clock)
    texts = payloads(shared)
    one = desk.incidents.open(title=texts[10], level=3, started_at=s.NOW).id
    found = tuple(
        Mention(source="import", account="a", native_id=str(n), published_at=s.NOW, fetched_at=s.NOW, text=text[:5_000],
                author=text[:80], channel=text[:40], url="https://example.org/x" if n % 2 else "javascript:alert(1)")
        for n, text in enumerate(texts)
    )  # fmt: skip
    desk.ingest.page(Page(source="import", account="a", mentions=found))
    with desk.core.write():
        for text in texts:
            if text.strip() and text.isprintable():
                desk.timeline.note(one, text[:2_000])
        for text in texts[:12]:
            desk.commitments.promise(
                one, Bilingual(text[:200], text[:200]), s.NOW + s.minutes(30), kind=CommitmentKind.NEXT_UPDATE,
                to_whom=text[:80],
            )  # fmt: skip
    clock.move_to(s.NOW + s.minutes(40))
    desk.tick()
    yield desk
    desk.close()


def documents(desk: Desk, texts: Texts) -> Iterator[tuple[str, Document]]:
    for cut in ("internal", "public"):
        data = desk.review.data(1)
        for kind in Kind:
            yield f"{kind} {cut}", incident.document(data, texts, cut=cut, kind=kind)
        yield f"voice {cut}", measured.voice(desk.measures, texts, desk.measures.period(None, None, days=7), cut=cut)
    period = desk.measures.period(None, None)
    yield "roi", measured.roi(desk.measures, desk.preparation.get(), texts, period)


class Reader(HTMLParser):
    """Notes what could be live."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.live: list[str] = []
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in TAGS or any(name.startswith("on") for name in told):
            self.live.append(tag)
        if tag == "meta" and told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"]
        for name, safe in _SAFE.items():
            if name in told and not re.fullmatch(safe, told[name]):
                self.live.append(f"{name}={told[name][:40]}")


def dangerous(cell: str) -> bool:
    """Whether a spreadsheet could take it for a formula: our own reading of it, not the program's."""
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return False
    for char in cell:
        first = unicodedata.normalize("NFKC", char)[:1]
        if first in "=+-@%|;":
            return True
        if not (char.isspace() or char in "\"'`´“”‘’«»" or unicodedata.category(char)[0] in "CZM") or char == "'":
            return False
    return False


def check_csv(content: bytes, name: str) -> None:
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not dangerous(cell), (name, cell[:60])
            assert not set(cell) & set("\r\n\t"), (name, cell[:60])


@pytest.mark.parametrize("texts", TEXTS, ids=["es", "en"])
def test_no_web_page_runs_or_loads_anything(fed: Desk, texts: Texts) -> None:
    for name, document in documents(fed, texts):
        page = Reader(setting.web(document, texts))
        assert page.live == [], name
        assert page.policy.startswith("default-src 'none'"), name
        assert "script" not in page.policy


@pytest.mark.parametrize("texts", TEXTS, ids=["es", "en"])
def test_no_markdown_becomes_markup_for_another_reader(fed: Desk, texts: Texts) -> None:
    for name, document in documents(fed, texts):
        made = setting.markdown(document, texts)
        free = re.sub(r"\\.", "", made)
        for mark in ("<", "](", "![", "`", "{{", "{%", "javascript:", "https://", "http://"):
            assert mark not in free, (name, mark)
        doc = QTextDocument()
        doc.setDefaultFont(QFont("DejaVu Sans", 10))  # headings are sized from it
        doc.setMarkdown(made)
        html = doc.toHtml()
        for tag in ("<img", "href=", "<script"):
            assert tag not in html, name


@pytest.mark.parametrize("texts", TEXTS[:1], ids=["es"])
def test_no_pdf_holds_anything_but_words_and_its_chart(qapp: Any, fed: Desk, texts: Texts, tmp_path: Path) -> None:
    for name, document in documents(fed, texts):
        path = tmp_path / "a.pdf"
        html = setting.printed(document, texts, paper.page_token)
        paper.write_pdf(html, path, title=document.title, footer=document.foot)
        content = path.read_bytes()
        assert content.startswith(b"%PDF")
        for mark in LIVE_IN_PDF:
            assert mark not in content, (name, mark)
            assert mark + b" " not in streams(content), (name, mark)
        assert images(content) == 0, name  # without its chart it has none at all


def test_no_cell_of_any_csv_is_a_formula(fed: Desk) -> None:
    for cut in ("internal", "public"):
        with zipfile.ZipFile(io.BytesIO(tables.csv_zip(fed.review.data(1), TEXTS[0], cut=cut))) as archive:
            for name in archive.namelist():
                check_csv(archive.read(name), name)
        check_csv(written.content(fed.review.data(1), TEXTS[0], "csv", kind=Kind.TIMELINE, cut=cut), f"timeline {cut}")
    period = fed.measures.period(None, None)
    rows = fed.measures.rows(period)
    for name, content in measures.csv_files(rows, figures(rows)).items():
        check_csv(content, name)


@pytest.mark.parametrize("cut", ["internal", "public"])
def test_nothing_in_the_pack_is_live(fed: Desk, tmp_path: Path, cut: str, shared: Path) -> None:
    path = tmp_path / "pack.zip"
    fed.evidence.pack(1, path, TEXTS[0], cut=cut)
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    for name, content in inside.items():
        if name.endswith(".html"):
            page = Reader(content.decode())
            assert page.live == [], name
            assert page.policy.startswith("default-src 'none'")
        elif name.endswith(".csv"):
            check_csv(content, name)
        elif name.endswith(".md"):
            assert "<" not in re.sub(r"\\.", "", content.decode()), name
        elif name.endswith((".jsonl", ".json", ".tsv")):
            assert content.isascii(), name
    if cut == "internal":
        told = [json.loads(line)["text"] for line in inside["mentions.jsonl"].splitlines()]
        assert len(told) >= len(set(payloads(shared))) - 3  # exact bytes for machines, however hostile
        assert "<script>alert(1)</script>" in told
