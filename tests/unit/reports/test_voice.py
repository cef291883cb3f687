"""The voice of the customer: what people said, inert, without names in public and never from private words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.__main__ import main
from crisisdesk.app import build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import measured
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.reports import setting
from crisisdesk.reports.base import Document, Table
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts

NOW = datetime(2026, 3, 20, 18, 0, tzinfo=UTC)
LAST = date(2026, 3, 20)
ATTACK = "<script>alert(1)</script> pésimo servicio ![x](http://a.invalid/i.png)"


def mention(n: int, text: str, days: float, **more: object) -> Mention:
    at = NOW - timedelta(days=days)
    return Mention(source="import", account="a", native_id=str(n), author=f"@persona{n}", channel="foro", text=text,
                   published_at=at, fetched_at=at, **more)  # type: ignore[arg-type]  # fmt: skip


SAID = (
    mention(1, ATTACK, 1),
    mention(2, "pésimo, sin servicio; mi teléfono es 55 1234", 1.5, private=True),
    mention(3, "sin servicio otra vez, pésimo, @vecina_27", 2),
    mention(4, "sin servicio la semana pasada", 9),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk = build_desk(Settings(zone="America/Mexico_City"), profile(tmp_path / "p"), clock=PlayClock(NOW))
    desk.ingest.page(Page(source="import", account="a", mentions=SAID))
    desk.close()
    return tmp_path / "p"


def document(folder: Path, cut: str, lang: str = "es") -> tuple[Document, str]:
    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder), clock=PlayClock(NOW))
    texts = Texts(lang)
    try:
        doc = measured.voice(desk.measures, texts, desk.measures.period(None, LAST, days=7), cut=cut)
    finally:
        desk.close()
    return doc, setting.web(doc, texts)


def test_counts_stand_beside_the_week_before(folder: Path) -> None:
    doc, _ = document(folder, "internal")
    assert doc.lead[0].startswith("3 menciones (+2")
    table = next(block for block in doc.sections[0].blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]][:3] == ["foro", "3", "1"]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_public_cut_names_nobody_and_no_area(folder: Path, lang: str) -> None:
    doc, page = document(folder, "public", lang)
    assert "@persona" not in page and "vecina" not in page and "areas" not in [section.key for section in doc.sections]
    inner, whole = document(folder, "internal", lang)
    assert "@persona1" in whole and "@vecina_27" in whole and "areas" in [section.key for section in inner.sections]


@pytest.mark.parametrize("cut", ["internal", "public"])
def test_private_words_are_never_quoted_and_all_others_are_inert(folder: Path, cut: str) -> None:
    doc, page = document(folder, cut)
    assert "55 1234" not in page
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "](http" not in setting.markdown(doc, Texts("es"))


def test_the_command_writes_both_reports(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for what, form in (("voice", "html"), ("voice", "md"), ("roi", "html"), ("roi", "md")):
        out = tmp_path / f"{what}.{form}"
        words = ["report", what, "--data-dir", str(folder), "--format", form, "--to", "2026-03-20", "--out", str(out)]
        assert main(words) == 0
        assert out.stat().st_size > 500
    for what, more in (("roi", ["--cut", "public"]), ("voice", ["--format", "csv"])):
        out = tmp_path / "no"
        assert main(["report", what, "--data-dir", str(folder), *more, "--out", str(out)]) == 2
        assert not out.exists()
