"""The incident report: complete, true to its data, inert, and silent about people in the public cut."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from crisisdesk import words
from crisisdesk.model.chain import Link
from crisisdesk.model.errors import InputError
from crisisdesk.model.history import Calibration
from crisisdesk.model.playbook import Audience, Bilingual
from crisisdesk.model.review import ReviewData
from crisisdesk.model.room import ChartData, Flag
from crisisdesk.reports import charts, incident
from crisisdesk.reports.base import Cut, Kind, Message, Quote, Table, Words
from crisisdesk.reports.reader import Reader
from crisisdesk.reports.redaction import public
from crisisdesk.texts import Texts
from tests.fakes import review

ES, EN = Texts("es"), Texts("en")
VOID = {"meta", "img", "col", "br"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "div", "p", "h1", "h2", "h3", "dl", "dt", "dd", "section",
    "nav", "ol", "ul", "li", "a", "figure", "img", "figcaption", "table", "colgroup", "col", "thead", "tbody", "tr",
    "th", "td", "article", "header", "span", "blockquote", "footer",
}  # fmt: skip


class Page(HTMLParser):
    """Collects tags, attributes, ids and words, and checks that every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


def plain(text: str) -> str:
    return text.replace(words.NO_BREAK, " ")


def hostile_texts(shared: Path) -> list[str]:
    payloads = shared / "payloads"
    texts = json.loads((payloads / "mention_texts.json").read_text("utf-8"))
    cells = json.loads((payloads / "csv_formulas.json").read_text("utf-8"))
    values = [*(texts.values() if isinstance(texts, dict) else texts), *cells]
    return [value if isinstance(value, str) else str(value) for value in values]


def bare(text: str) -> ReviewData:
    """The hostile sample cut down to one of each kind, so that all texts can be tried."""
    data = review.hostile(text)
    return replace(data, entries=data.entries[:2], commitments=data.commitments[:1], published=data.published[:1])


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_cut_is_refused_in_words() -> None:
    with pytest.raises(InputError) as caught:
        incident.html(review.review_data(), ES, cut="secret")
    assert "internal, public" in ES.error(caught.value)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("cut", ["internal", "public"])
def test_an_incident_with_nothing_in_it(cut: str, kind: Kind) -> None:
    full = review.review_data()
    empty = replace(
        full, alert=None, milestones=(), entries=(), originals=(), published=(), commitments=(), facts=(), tasks=(),
        assignments=(), contacts=(), escalations=(), attempts=(), mentions=0, complaints=0, by_source=(), peak=None,
        examples=(), chart=replace(full.chart, counts=(), flags=(), expected=()), actor="",
        incident=replace(full.incident, resolved_at=None, level=0, title=""),
    )  # fmt: skip
    for texts in (ES, EN):
        page = Page(incident.html(empty, texts, cut=cut, kind=kind))
        assert "{" not in page.text
        assert not re.search(r"\breport\.[a-z]", page.text)
    said = {"review": "sigue sin resolverse", "situation": "la incidencia lleva", "timeline": "ninguna entrada"}
    assert said[kind] in incident.markdown(empty, ES, cut=cut, kind=kind)


# ── what it tells ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("cut", ["internal", "public"])
@pytest.mark.parametrize("texts", [ES, EN], ids=["es", "en"])
def test_it_is_one_closed_file(texts: Texts, cut: str, kind: Kind) -> None:
    page = Page(incident.html(review.review_data(), texts, cut=cut, kind=kind))
    assert set(page.tags) <= ALLOWED
    assert page.values("src")[0].startswith("data:image/png;base64,")
    assert len(page.values("src")) == 1
    policy = next(v for v in page.values("content") if "default-src" in v)
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert page.values("lang")[0] == texts.lang
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {h.removeprefix("#") for h in page.values("href") if h.startswith("#")} <= set(ids)
    assert not re.search(r"\{\w*\}|\breport\.[a-z]+|\bwords\.[a-z]+", page.text)


def test_every_section_of_the_brief_is_there_in_its_order() -> None:
    keys = [s.key for s in incident.document(review.review_data(), ES).sections]
    assert keys == [
        "chart", "milestones", "ledger", "calibration", "mentions", "answers", "duties", "followup",
        "said", "calls", "sheet", "tasks", "areas", "service", "timeline", "revisions", "method",
    ]  # fmt: skip
    shared = [s.key for s in incident.document(review.review_data(), ES, cut="public").sections]
    assert shared == ["chart", "milestones", "ledger", "mentions", "answers", "duties", "said", "timeline", "method"]


def test_numbers_equal_a_recount() -> None:
    data = review.review_data()
    window = [c for c in data.chart.counts if review.T0 <= c.minute <= review.RESOLVED]
    total, complaints = sum(c.total for c in window), sum(c.complaints for c in window)
    text = plain(Page(incident.html(data, ES)).text)
    assert plain(f"Se contaron {words.number(total, ES)} menciones, {words.percent(complaints / total, ES)}") in text
    assert plain(f"Quejas: {words.number(complaints, ES)} de {words.number(total, ES)}") in text
    states = [c.state.value for c in data.commitments if c.kind.value == "resolution"]
    outcome = f"{states.count('kept')} cumplida · {states.count('broken')} incumplida"
    assert f"Promesas con hora: {len(states)} ({outcome})" in text
    updates = [c for c in data.commitments if c.kind.value == "next_update"]
    kept = sum(c.state.value == "kept" for c in updates)
    assert f"Próximas noticias cumplidas a su hora: {kept} de {len(updates)}" in text
    assert f"Textos publicados: {len(data.published)}" in text


def test_tables_have_a_row_for_each_thing() -> None:
    data = review.review_data()
    sections = {s.key: s for s in incident.document(data, ES).sections}

    def rows(key: str) -> int:
        return len(next(b for b in sections[key].blocks if isinstance(b, Table)).rows)

    assert rows("milestones") == len(data.milestones)
    assert rows("ledger") == len(data.commitments)
    assert rows("calls") == len(data.attempts)
    assert rows("sheet") == sum(f.replaced_by is None for f in data.facts)
    assert rows("tasks") == len(data.tasks)
    assert rows("timeline") == len(data.entries)
    assert rows("revisions") == sum(e.revises is not None for e in data.originals)
    assert sum(isinstance(b, Message) for b in sections["said"].blocks) == len(data.published)
    assert sum(isinstance(b, Quote) for b in sections["mentions"].blocks) == len(data.examples)
    for section in sections.values():
        for table in (b for b in section.blocks if isinstance(b, Table)):
            assert sum(table.widths) == 100
            assert {len(row) for row in table.rows} <= {len(table.head)} == {len(table.widths)}


def test_state_is_a_mark_and_not_colour_alone() -> None:
    text = Page(incident.html(review.review_data(), ES)).text
    assert "▲ incumplida" in text
    assert "✓ cumplida" in text
    assert plain(words.duration(review.MINUTE, ES)) in plain(text)
    assert "▲ 1 min tarde" in plain(text)


@pytest.mark.parametrize(("answers", "line"), [(1, "una respuesta a una persona"), (2, "2 respuestas a personas")])
def test_answers_to_people_are_counted_and_not_set_among_the_texts(answers: int, line: str) -> None:
    full = review.review_data()
    told = tuple(replace(full.published[-1], id=900 + n, mention_id=n) for n in range(1, answers + 1))
    data = replace(full, published=(*full.published, *told))
    (section,) = [s for s in incident.document(data, ES).sections if s.key == "said"]
    assert sum(isinstance(b, Message) for b in section.blocks) == len(full.published)
    last = section.blocks[-1]
    assert isinstance(last, Words) and line in last.sentences[0]
    assert data.own_texts == full.published


def test_published_texts_stand_in_both_languages_whatever_the_reader_speaks() -> None:
    data = review.review_data()
    for texts in (ES, EN):
        text = Page(incident.html(data, texts)).text
        for draft in data.published:
            assert draft.body.es in text
            assert draft.body.en in text


def test_the_original_stands_beside_its_correction() -> None:
    data = review.review_data()
    text = Page(incident.html(data, ES)).text
    assert "quizá a las 09:00», de palabra. No se promete. " in text
    assert review._CORRECTED in text


def test_a_drill_is_unmistakable() -> None:
    for texts, word in ((ES, "SIMULACRO"), (EN, "DRILL")):
        data = review.review_data(drill=True)
        assert word in Page(incident.html(data, texts)).text
        assert word in incident.print_html(data, texts, str)
        assert incident.markdown(data, texts).splitlines()[0].startswith(f"> **{word}")
        assert word not in incident.html(review.review_data(), texts)


@pytest.mark.parametrize("cut", ["internal", "public"])
def test_every_format_bears_the_head_of_the_chain(cut: str) -> None:
    head = Link(row=412, prev="0" * 64, content="1" * 64, digest="ab" * 32)
    data = replace(review.review_data(), head=head)
    for texts in (ES, EN):
        assert f"412:{'ab' * 32}" in Page(incident.html(data, texts, cut=cut)).text
        assert f"412:{'ab' * 32}" in incident.markdown(data, texts, cut=cut).splitlines()[-1].replace("\\", "")
        assert incident.document(data, texts, cut=cut).foot.endswith(f"412:{'ab' * 32}")
    assert "412" not in incident.document(review.review_data(), ES).foot


# ── the public cut ───────────────────────────────────────────────────────────────────────────────────────────────


def secrets(data: ReviewData) -> set[str]:
    people = {value for c in data.contacts for value in (c.name, c.slug, c.phone, c.email) if value}
    authors = {m.mention.author for m in data.examples} | {m.mention.url for m in data.examples}
    notes = {e.text for e in (*data.entries, *data.originals) if e.text}
    inside = {"Elena Prats", "parte de obra 118", "captura de pantalla", "lo hizo dirección", "la hora ya está dada"}
    return people | authors | notes | inside


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("texts", [ES, EN], ids=["es", "en"])
def test_the_public_cut_names_nobody(texts: Texts, kind: Kind) -> None:
    data = review.review_data()
    made = [
        incident.html(data, texts, cut="public", kind=kind),
        incident.markdown(data, texts, cut="public", kind=kind).replace("\\", ""),
        incident.print_html(data, texts, str, cut="public", kind=kind),
    ]
    for text in made:
        assert [secret for secret in secrets(data) if secret in text] == []
    inside = incident.html(data, texts)
    assert "Quetzal Ibarra" in inside
    assert "@vecina_1" in inside


def test_names_of_contacts_are_struck_wherever_they_stand() -> None:
    data = review.review_data()
    told = replace(
        data,
        incident=replace(data.incident, title="El corte que vio QUETZAL IBARRA"),
        commitments=tuple(replace(c, remedy="lo paga Inés Vega (55 0000 0101)") for c in data.commitments),
        examples=tuple(
            replace(m, mention=replace(m.mention, text="@vecina_9 dice que Inés Vega no contesta"))
            for m in data.examples
        ),
    )
    text = incident.html(told, ES, cut="public").lower()
    for secret in ("ibarra", "inés vega", "55 0000 0101", "@vecina_9"):
        assert secret not in text


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.PUBLIC])
def test_a_text_that_was_not_for_the_public_is_not_in_its_cut(audience: Audience) -> None:
    full = review.review_data()
    book, draft = full.playbook, full.published[2]
    meant = tuple(replace(t, audience=audience) if t.id == draft.template_id else t for t in book.templates)
    entries = tuple(
        replace(e, data=e.data | {"template_id": draft.template_id})
        if e.data.get("template") == {"es": "Alcance del corte", "en": "Scope of the outage"}
        else e
        for e in full.entries
    )
    told = replace(full, playbook=replace(book, templates=meant), entries=entries)
    assert len(public(told).published) == len(public(full).published) - 1
    assert len(public(told).entries) == len(public(full).entries) - 1
    assert len(public(told).chart.flags) == len(public(full).chart.flags) - 1
    for kind in Kind:
        made = incident.print_html(told, ES, str, cut="public", kind=kind)
        made += incident.markdown(told, ES, cut="public", kind=kind)
        assert draft.body.es not in made
        assert "Alcance del corte" not in made


def test_the_chart_of_the_public_cut_bears_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    full = review.review_data()
    task = Flag(at=review.after(20), kind="task", label=Bilingual("Pausar campañas", "Pause campaigns"))
    told = replace(full, chart=replace(full.chart, flags=(*full.chart.flags, task)))
    drawn: list[ChartData] = []

    def png(chart: ChartData, **_look: object) -> bytes:
        drawn.append(chart)
        return b""

    monkeypatch.setattr(charts, "png", png)
    for cut in ("internal", "public"):
        incident.html(told, ES, cut=cut)
        incident.chart_png(told, ES, cut=cut)
    assert [task in chart.flags for chart in drawn] == [True, True, False, False]


def test_an_unknown_kind_of_entry_is_not_public() -> None:
    data = review.review_data()
    kept = {e.kind for e in public(data).entries}
    assert "note.decision" not in kept
    assert "call.outcome" not in kept
    assert "draft.published" in kept
    strange = replace(data.entries[0], kind="plugin.secret")
    assert public(replace(data, entries=(strange,))).entries == ()


# ── nothing of a mention is live ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", Kind)
def test_hostile_texts_stay_words_in_html(shared: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    monkeypatch.setattr(incident, "_page_chart", lambda *_: b"")  # drawn with such labels in test_charts.py
    for text in hostile_texts(shared):
        page = Page(incident.html(bare(text), ES, kind=kind))
        assert set(page.tags) <= ALLOWED, text[:80]
        assert len(page.values("src")) == 1
        for link in page.values("href"):
            assert link.startswith(("#", "http://", "https://")), text[:80]
        assert not [name for name, _ in page.attributes if name.startswith("on")]


@pytest.mark.parametrize("kind", Kind)
def test_hostile_texts_stay_words_on_paper(shared: Path, kind: Kind) -> None:
    for text in hostile_texts(shared):
        page = Page(incident.print_html(bare(text), ES, str, kind=kind).replace("<br>", ""))
        assert set(page.tags) <= ALLOWED, text[:80]
        assert page.values("src") == [incident.PRINT_CHART]
        assert page.values("href") == []


@pytest.mark.parametrize("kind", Kind)
def test_hostile_texts_stay_words_in_markdown(shared: Path, kind: Kind) -> None:
    for text in hostile_texts(shared):
        made = incident.markdown(bare(text), ES, kind=kind)
        free = re.sub(r"\\.", "", made)
        assert "<" not in free, text[:80]
        assert "](" not in free, text[:80]
        assert "![" not in free
        assert "`" not in free
        assert "{{" not in free
        assert not re.search(r"https?://|javascript:|file:", free), text[:80]


def test_a_huge_text_is_cut() -> None:
    assert len(incident.html(bare("x" * 1_000_000), ES)) < 700_000


def test_markdown_keeps_its_tables_whole() -> None:
    for line in incident.markdown(review.hostile("a | b\n| c | d"), ES).splitlines():
        if line.startswith("| ") and line.endswith(" |"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (4, 5, 6, 7)


def test_whether_the_estimated_risk_was_right_is_in_the_team_s_report_only() -> None:
    one = Calibration(low=0.0, high=0.2, promises=9, broken=2, expected=1.2)
    two = Calibration(low=0.2, high=0.5, promises=1, broken=0, expected=0.4)
    data = replace(review.review_data(), calibration=(two,), calibration_all=(one, two))
    said = {
        "es": ("¿Acertó el riesgo estimado?", "de 9 promesas con riesgo de hasta 20 %, fallaron 2 (se esperaban 1,2)"),
        "en": ("Whether the estimated risk was right", "9 promises"),
    }
    for lang, (title, line) in said.items():
        texts = Texts(lang)
        for made in (incident.html(data, texts), incident.print_html(data, texts, str), incident.markdown(data, texts)):
            plain = made.replace("\\", "")
            assert title in plain and line in plain and plain.index(title) < plain.rindex(line)
        for made in (incident.html(data, texts, cut="public"), incident.markdown(data, texts, cut="public")):
            assert title not in made and line not in made.replace("\\", "")
    assert public(data).calibration == public(data).calibration_all == ()


def test_without_an_estimate_that_came_due_the_report_says_so() -> None:
    assert "Ninguna promesa con estimación ha vencido todavía." in incident.html(review.review_data(), Texts("es"))


def test_a_few_of_many_are_not_none() -> None:
    reader = Reader(review.review_data(), ES, Cut.INTERNAL)
    said = [plain(reader.share(part, 2_639)) for part in (0, 7, 14, 2_639)]
    assert said == ["0 %", "<1 %", "1 %", "100 %"]
    assert reader.share(1, 0) == words.MISSING
