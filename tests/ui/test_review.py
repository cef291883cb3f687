"""The review: nothing claimed that did not happen, reports written or the reason told, closing asked twice."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from crisisdesk.desk.risk import Standing
from crisisdesk.model.errors import StepError
from crisisdesk.model.history import PastCase
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.review import Milestone, PromiseScore
from crisisdesk.pipeline.risk import calibration
from crisisdesk.reports.base import FORMATS, Kind
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.pages_b import DeskB, Stage, stage
from ui.models.columns import Look
from ui.pages.review import ReviewPage
from ui.widgets.review_view import milestone_cells, score_sentence


@pytest.fixture
def made(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    return stage(qtbot, qapp, ReviewPage, DeskB(tmp_path))


@pytest.fixture
def look(texts_es: Texts) -> Look:
    return Look(texts_es, s.ZONE, s.NOW)


def resolve(made: Stage, state: IncidentState = IncidentState.RESOLVED) -> None:
    data = made.desk.review.data(1)
    made.desk.review.data = lambda _id: replace(data, incident=replace(data.incident, state=state))
    made.page.refresh()
    made.settle()


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_a_folder_that_does_not_exist_is_told_and_nothing_is_written(made: Stage, tmp_path: Path) -> None:
    made.page.bar.folder.setText(str(tmp_path / "no"))
    made.page.bar.formats["html"].click()
    made.settle()
    assert "no existe" in made.said[-1]


def test_a_folder_that_refuses_writing_is_told(made: Stage, tmp_path: Path) -> None:
    blocked = tmp_path / f"{s.INCIDENT.name}.md"
    blocked.mkdir()
    made.page.export("md", False, tmp_path)
    made.settle()
    assert "No se pudo escribir" in made.said[-1]


def test_closing_is_refused_while_the_incident_is_open(made: Stage) -> None:
    assert not made.page.close_button.isEnabled()
    assert "resuelta" in made.page.close_button.accessibleDescription()


def test_a_close_that_the_desk_refuses_is_told(made: Stage) -> None:
    resolve(made)
    made.desk.fail = StepError("incident.cannot_close")
    made.page.close_button.click()
    made.page.close_button.click()
    made.settle()
    assert made.said and "incidents.close" not in made.verbs()


def test_closing_asks_twice_and_in_place(made: Stage) -> None:
    resolve(made)
    made.page.close_button.click()
    assert "incidents.close" not in made.verbs() and made.page.close_button.text() == "Sí, cerrarla"
    made.page._no.click()
    assert made.page.close_button.text() == "Cerrar incidencia"
    made.page.close_button.click()
    made.page.close_button.click()
    made.settle()
    assert "incidents.close" in made.verbs()


@pytest.mark.parametrize("public", [False, True])
def test_every_format_is_written(made: Stage, tmp_path: Path, public: bool) -> None:
    wanted = [(kind, form) for kind, forms in FORMATS.items() for form in forms if form != "zip"]
    for kind, form in wanted:
        made.page.export(form, public, tmp_path, kind)
    made.qtbot.waitUntil(lambda: len(made.said) == 2 * len(wanted), timeout=30_000)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    mark = "-publico" if public else ""
    base = f"{s.INCIDENT.name}{mark}"
    now, book = (f"{s.INCIDENT.name}-{name}{mark}" for name in ("situacion", "cronologia"))
    assert set(written) == {
        *(f"{base}.{end}" for end in ("html", "pdf", "md", "csv.zip", "json")),
        *(f"{now}.{end}" for end in ("html", "pdf", "md", "json")),
        *(f"{book}.{end}" for end in ("html", "pdf", "md", "csv", "json")),
    }
    assert all(content.startswith(b"%PDF") for name, content in written.items() if name.endswith(".pdf"))
    assert json.loads(written[f"{now}.json"])["format"] == "crisisdesk.situation"
    assert json.loads(written[f"{book}.json"])["format"] == "crisisdesk.timeline"
    assert written[f"{base}.pdf"].startswith(b"%PDF")
    assert json.loads(written[f"{base}.json"])["incident"]["name"] == s.INCIDENT.name
    with zipfile.ZipFile(tmp_path / f"{base}.csv.zip") as archive:
        assert "timeline.csv" in archive.namelist()


def test_only_what_a_kind_of_report_comes_as_is_offered(made: Stage, tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []
    made.page.export = lambda form, _public, _folder, kind: asked.append((form, kind))
    made.page.bar.wanted.disconnect()
    made.page.bar.wanted.connect(made.page.export)
    made.page.bar.folder.setText(str(tmp_path))
    for act, kind in (("report.situation", Kind.SITUATION), ("report.timeline", Kind.TIMELINE)):
        made.page.actions_()[act](None)
        offered = tuple(name for name, button in made.page.bar.formats.items() if not button.isHidden())
        assert (asked[-1], offered) == (("pdf", kind), FORMATS[kind])


def test_the_evidence_pack_is_written_by_the_desk_and_its_digest_said(made: Stage, tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []

    def pack(incident: int, path: Path, _texts: Texts, *, cut: str) -> str:
        asked.append((incident, path.name, cut))
        return "ab" * 32

    made.desk.evidence = SimpleNamespace(pack=pack)
    made.page.bar.folder.setText(str(tmp_path))
    made.page.bar.public.setChecked(True)
    made.page.actions_()["evidence.pack"](None)
    made.settle()
    assert asked == [(1, f"{s.INCIDENT.name}-evidencia-publico.zip", "public")]
    assert "ab" * 32 in made.said[-1]
    made.desk.evidence.pack = lambda *_args, **_more: made.desk._did("pack")
    made.desk.fail = StepError("incident.cannot_close")
    made.page.export("zip", False, tmp_path)
    made.settle()
    assert made.said[-1] == made.page.texts.error(StepError("incident.cannot_close"))


@pytest.mark.parametrize(
    ("target", "took", "said"),
    [
        (15, 10, "en plazo"),
        (15, 15, "en plazo"),
        (5, 10, "5\u00a0min tarde"),
        (15, None, "todavía no"),
        (None, 4, "sin objetivo"),
    ],
)
def test_a_milestone_claims_only_what_is_known(look: Look, target: int | None, took: int | None, said: str) -> None:
    one = Milestone(
        key="first_message",
        target=None if target is None else timedelta(minutes=target),
        took=None if took is None else timedelta(minutes=took),
    )
    cells = milestone_cells(one, look)
    assert cells[0].text == "Primer mensaje" and cells[3].text == said
    assert (cells[3].mark == "▲") == ("tarde" in said) and (cells[3].mark == "✓") == (said == "en plazo")


def test_the_share_kept_counts_only_what_ended(look: Look) -> None:
    score = PromiseScore(made=6, kept=3, moved=1, withdrawn=0, broken=1, open=1, median_lateness=None)
    assert score_sentence(score, look).replace("\u00a0", " ") == "3 de 4 (75 %)"
    assert score_sentence(replace(score, made=0, kept=0, broken=0), look) == "ninguna hecha"
    assert score_sentence(replace(score, made=2, kept=0, broken=0), look) == "2 hechas, aún sin vencer"


def test_a_broken_promise_says_how_late_it_was_kept_after_all(made: Stage) -> None:
    made.desk.break_promise()
    made.page.refresh()
    made.settle()
    rows = [made.page.view.promises.model().index(row, 3).data() for row in range(2)]
    assert "incumplida, 9\u00a0min tarde" in rows


def standing(**more: Any) -> Standing:
    base = Standing(
        past=None, minutes=230, ended=True, drill=False, cases=7, minimum=8, mine=(),
        all=calibration([(0.1, False)] * 7 + [(0.15, True)] * 2),
    )  # fmt: skip
    return replace(base, **more)


def test_a_persons_yes_sends_the_duration_into_the_history(made: Stage) -> None:
    made.desk.standing = standing()
    made.page.refresh()
    made.settle()
    panel = made.page.view.history
    said = words(panel)
    assert "Duró 230 min. ¿Es comparable" in said and "Hay 7 casos comparables; con menos de 8 no se estima" in said
    assert "de 9 promesas con riesgo de hasta 20 %, fallaron 2 (se esperaban 1)" in said.replace("\u00a0", " ")
    panel.yes.click()
    made.settle()
    assert ("risk.mark", (1, True)) in made.desk.calls
    past = PastCase(
        id=1, incident_id=1, playbook_id="x", cause="y", level=3, minutes=230.0, open=False, comparable=True,
        noted_at=s.NOW, noted_by="ana",
    )  # fmt: skip
    made.desk.standing = standing(past=past)
    made.page.refresh()
    made.settle()
    assert "Está en el historial (ana)" in words(panel)
    assert not panel.yes.isVisible() and panel.no.isVisible()


def test_a_drill_is_never_asked_about(made: Stage) -> None:
    made.desk.standing = standing(drill=True)
    made.page.refresh()
    made.settle()
    panel = made.page.view.history
    assert "nunca entra" in words(panel) and not panel.yes.isVisible() and not panel.no.isVisible()


def test_without_incidents_it_says_so(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, ReviewPage, DeskB(tmp_path, calm=True), incident=None, lang="en")
    assert made.page._empty.isVisible() and not made.page.bar.isVisible()
    assert "Nothing to review yet" in words(made.page._empty)


def test_every_milestone_has_a_name_in_both_languages(texts_es: Texts, texts_en: Texts) -> None:
    for key in ("detected", "opened", "first_call", "first_message", "scope", "first_time", "resolved"):
        assert texts_es.has(f"review.milestone.{key}") and texts_en.has(f"review.milestone.{key}")
