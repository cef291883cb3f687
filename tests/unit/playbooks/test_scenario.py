"""The shipped scenario: the same at every call, in step with the playbook, and clear when its file is broken."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import files

from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import ScenarioError
from crisisdesk.model.playbook import FieldKind, Playbook
from crisisdesk.playbooks.acts import VERBS
from crisisdesk.playbooks.read import read
from crisisdesk.playbooks.scenario import Scenario, read_scenario
from crisisdesk.texts import Texts

TEXT = files("scenarios", "iusacell-0700-1100.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def story() -> Scenario:
    return read_scenario(TEXT, "iusacell.yaml")


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return read(files("playbooks", "caida-de-servicio.yaml").read_bytes(), "playbook")


def test_mentions_are_the_same_at_every_call(story: Scenario) -> None:
    mentions = story.mentions()
    assert mentions == read_scenario(TEXT, "again.yaml").mentions()
    assert len({mention.native_id for mention in mentions}) == len(mentions)
    times = [mention.published_at for mention in mentions]
    assert times == sorted(times)
    assert story.quiet_start <= times[0] and times[-1] < story.end
    assert {mention.source for mention in mentions} == {"scenario"}
    assert all("{" not in mention.text for mention in mentions)


def test_the_amount_and_the_languages_are_as_told(story: Scenario) -> None:
    mentions = story.mentions()
    assert 12_000 <= len(mentions) <= 16_000
    english = sum(mention.lang == "en" for mention in mentions) / len(mentions)
    assert 0.07 < english < 0.13
    assert 0.15 < sum(mention.is_repost for mention in mentions) / len(mentions) < 0.35
    assert sum(len(pool) for kind in story.sentences.values() for pool in kind.values()) >= 120
    assert {mention.channel for mention in mentions} == {channel.name for channel in story.channels}
    assert {"teléfono", "correo"} <= {channel.name for channel in story.channels}  # people read them as they stand


def test_the_curve_is_quiet_then_rises_with_two_peaks(story: Scenario) -> None:
    per_five = Counter(
        (local.hour, local.minute // 5 * 5)
        for local in (mention.published_at.astimezone(story.day.zone) for mention in story.mentions())
    )
    assert max(count for (hour, _), count in per_five.items() if hour < 7) <= 20
    assert per_five[7, 5] > 60
    assert per_five[8, 15] > 330 and per_five[10, 40] > 330
    assert per_five[9, 15] < 280
    assert per_five[11, 30] < 50


def test_history_is_two_quiet_weeks_before_the_texts(story: Scenario) -> None:
    history = story.history()
    assert len(history) == 14 * 24 * 60
    assert history[-1][0] + timedelta(minutes=1) == story.quiet_start
    assert history == story.history()
    assert max(count for _, count in history) < 15


def test_ids_never_meet_between_injects_and_mentions(story: Scenario) -> None:
    spoken = [inject for inject in story.injects if inject.mention]
    assert len(spoken) >= 4
    assert {inject.kind for inject in story.injects} == {"llamada", "prensa", "regulador", "portavoz", "rumor"}
    texts = {mention.text for mention in story.mentions()}
    assert all(inject.text.es in texts for inject in spoken)


def test_contacts_cover_the_playbook_and_can_call_nobody(story: Scenario, playbook: Playbook) -> None:
    slugs = {slug for role in playbook.roles for slug in (role.holder, role.deputy)}
    needed = {slug for slug in slugs if playbook.role(slug) is None}
    assert needed == {contact.slug for contact in story.contacts}
    for contact in story.contacts:
        assert contact.example
        assert contact.phone.startswith("55 0000 01")
        assert contact.email.endswith(".example")


def test_the_script_follows_the_playbook(story: Scenario, playbook: Playbook) -> None:
    tasks = {task.id for phase in playbook.phases for task in phase.tasks}
    for act in story.acts:
        if "task" in act.fields:
            assert act.fields["task"] in tasks
        if "role" in act.fields:
            assert playbook.role(str(act.fields["role"])) is not None
        if act.do == "incidents.set_phase":
            assert act.fields["phase"] in {phase.id for phase in playbook.phases}
        if act.do == "escalation.outcome":
            assert playbook.ladder(str(act.fields["role"])) is not None


def test_every_published_text_has_its_fields_and_its_approvals(story: Scenario, playbook: Playbook) -> None:
    for act in story.acts:
        if act.do != "drafts.publish":
            continue
        template = playbook.template(str(act.fields["template"]))
        values = act.fields["values"]
        assert template is not None and isinstance(values, dict)
        assert set(values) <= {field.name for field in template.fields}
        for field in template.fields:
            value = values.get(field.name, FieldValue())
            assert field.optional or not value.empty, (template.id, field.name)
            if field.kind in (FieldKind.TIME, FieldKind.NEXT_UPDATE, FieldKind.PROMISE) and not value.empty:
                assert value.instant is not None
            if field.kind in (FieldKind.NEXT_UPDATE, FieldKind.PROMISE) and value.instant is not None:
                assert value.instant > act.at
            if field.kind is FieldKind.PROMISE and value.instant is not None:
                assert value.giver
        if not template.pre_cleared:
            assert act.fields.get("approvals", {}).keys() == set(template.approves)  # type: ignore[attr-defined]


def test_every_public_promise_of_news_is_met_in_time(story: Scenario) -> None:
    owed: datetime | None = None
    internal = {"interno", "guion_llamadas", "ivr", "regulador", "prensa_espera"}
    for act in story.acts:
        values = act.fields.get("values")
        if act.do != "drafts.publish" or act.fields["template"] in internal or not isinstance(values, dict):
            continue
        assert owed is None or act.at <= owed
        owed = next((v.instant for name, v in values.items() if name.startswith("proxima")), owed)


def test_the_story_has_both_paths_of_a_promise_in_order(story: Scenario) -> None:
    local = {
        (act.do, str(act.fields.get("template", ""))): f"{act.at.astimezone(story.day.zone):%H:%M}"
        for act in reversed(story.acts)
    }
    assert local["incidents.open", ""] == "07:06"
    assert local["drafts.publish", "primer_mensaje"] == "07:12"
    assert local["drafts.publish", "sin_hora"] == "07:28"
    assert local["drafts.publish", "con_hora"] == "08:41"
    assert local["drafts.publish", "cambio_hora"] == "09:42"
    assert local["drafts.publish", "promesa_incumplida"] == "10:36"
    assert local["drafts.publish", "resolucion"] == "10:56"
    order = [local[do, ""] for do in ("incidents.open", "commitments.move", "incidents.resolve", "incidents.close")]
    assert order == sorted(order)
    moved = next(act for act in story.acts if act.do == "commitments.move")
    assert moved.fields["which"] is CommitmentKind.RESOLUTION
    assert moved.fields["due_at"] == datetime(2026, 3, 10, 16, 30, tzinfo=UTC)


def test_acts_come_in_the_order_of_their_times(story: Scenario) -> None:
    times = [act.at for act in story.acts]
    assert times == sorted(times)
    assert {act.do for act in story.acts} <= {do for do, _ in VERBS.values()}
    assert story.start <= times[0] and times[-1] < story.end


BROKEN = [
    ("unreadable", "escenario: iusacell", "\tescenario: iusacell"),
    ("unreadable", 'titulo: {es: "', 'titulo: {es: &x "'),
    ("unknown_key_near", "semilla: 711", "semila: 711"),
    ("unknown_key", "semilla: 711", "qqqqqq: 711"),
    ("missing_key", "marca: Iusacell\n", ""),
    ("duplicate_key", "semilla: 711", "semilla: 711\nsemilla: 712"),
    ("bad_value", "fecha: 2026-03-10", "fecha: 2026-02-30"),
    ("bad_value", 'empieza: "06:50"', 'empieza: "6:50"'),
    ("bad_value", 'termina: "11:40"', 'termina: "05:40"'),
    ("bad_value", '  "07:06": 190', '  "25:03": 190'),
    ("bad_value", '  "07:06": 190', '  "07:06": muchas'),
    ("bad_value", "normal: [3, 2,", "normal: [3,"),
    ("bad_value", "tipos: {calma: 70,", "tipos: {desconocido: 70,"),
    ("bad_value", "haz: abrir_incidencia", "haz: abrir_puerta"),
    ("bad_value", "resultado: buzon", "resultado: quizas"),
    ("bad_value", "firma: corregido", "firma: prometido"),
    ("bad_value", "veredicto: falso", "veredicto: quizas"),
    ("bad_value", "cuantas: 3", "cuantas: muchas"),
    ("missing_key", "tipo: cliente_ayuda, ", ""),
    ("missing_key", ", motivo: Explica a otros cómo llamar por wifi", ""),
    ("bad_value", '{a_las: "11:36", haz: cerrar}', '{a_las: "06:36", haz: cerrar}'),
    ("missing_key", "haz: asignar, papel: legal,", "haz: asignar,"),
    ("bad_value", "mastodon: {parte: 20 %", "mastodon: {parte: 20"),
]


@pytest.mark.parametrize(("key", "old", "new"), BROKEN)
def test_a_broken_scenario_says_where(key: str, old: str, new: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "broken.yaml")
    assert caught.value.key == f"scenario.{key}", caught.value
    line = caught.value.fields["line"]
    assert isinstance(line, int)
    assert abs(line - TEXT[: TEXT.index(old)].count("\n") - 1) <= 1 or key == "missing_key"
    for lang in ("es", "en"):
        sentence = Texts(lang).error(caught.value)
        assert "broken.yaml" in sentence and str(line) in sentence
        assert "{" not in sentence.replace("{…}", "")


def test_a_list_is_no_scenario() -> None:
    with pytest.raises(ScenarioError):
        read_scenario("- a\n", "x")


LINES = TEXT.split("\n")


@settings(max_examples=25)
@given(st.integers(0, len(LINES) - 1), st.text(max_size=5), st.booleans())
def test_no_edit_brings_the_reader_down(index: int, garbage: str, delete: bool) -> None:
    lines = list(LINES)
    lines[index : index + 1] = [] if delete else [lines[index] + garbage]
    try:
        read_scenario("\n".join(lines), "edited.yaml")
    except ScenarioError as error:
        line = error.fields["line"]
        assert isinstance(line, int) and line >= 1


CUT = '  - {desde: "%s", hasta: "%s", que_pasa: {es: a, en: b}}\n'


@pytest.mark.parametrize(
    "cuts",
    [
        [("08:00", "08:00")],
        [("08:10", "08:00")],
        [("06:00", "07:00")],
        [("11:00", "11:40")],
        [("08:00", "08:30"), ("08:20", "08:40")],
    ],
)
def test_a_network_cut_that_cannot_be_is_told(cuts: list[tuple[str, str]]) -> None:
    text = TEXT.replace("\nhistoria:", "\ncortes:\n" + "".join(CUT % cut for cut in cuts) + "\nhistoria:", 1)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "broken.yaml")
    assert caught.value.key == "scenario.bad_silence"
    assert caught.value.fields["line"] == text[: text.index("cortes:")].count("\n") + 1 + len(cuts)
    assert "desde" in Texts("es").error(caught.value)


def test_what_is_said_in_a_cut_arrives_at_its_end(story: Scenario) -> None:
    text = TEXT.replace("\nhistoria:", "\ncortes:\n" + CUT % ("08:00", "08:30") + "\nhistoria:", 1)
    deaf = read_scenario(text, "cut.yaml")
    mentions = deaf.mentions()
    (cut,) = deaf.silences
    assert sorted((m.native_id, m.published_at) for m in mentions) == sorted(
        (m.native_id, m.published_at) for m in story.mentions()
    )
    arrived = [m.fetched_at for m in mentions]
    assert arrived == sorted(arrived)
    assert not [at for at in arrived if cut.start <= at < cut.end]
    assert all(m.fetched_at == m.published_at for m in mentions if not cut.start <= m.published_at < cut.end)


def test_what_is_expected_is_read_and_a_dismissal_wants_its_reason() -> None:
    assert read_scenario(TEXT, "a.yaml").expected.incident
    told = read_scenario(TEXT.replace("\nhistoria:", "\nesperado: {incidencia: no}\n\nhistoria:", 1), "a.yaml")
    assert not told.expected.incident and told.expected.level == 0
    act = '\n  - {a_las: "07:05", haz: descartar_alerta%s}'
    for words, fine in ((", motivo: x", True), ("", False)):
        text = TEXT.replace("\nguion:", "\nguion:" + act % words, 1)
        if fine:
            assert read_scenario(text, "a.yaml").acts[0].do == "alerts.dismiss"
            continue
        with pytest.raises(ScenarioError) as caught:
            read_scenario(text, "a.yaml")
        assert caught.value.key == "scenario.missing_key"
