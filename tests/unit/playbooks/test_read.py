"""The shipped playbook is sound, files in English read alike, and no edit brings the reader down."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import files

from crisisdesk.model.errors import PlaybookError
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Audience, FieldKind, Measure, Playbook
from crisisdesk.playbooks import vocabulary
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.playbooks.scenario import read_scenario

SHIPPED = files("playbooks", "caida-de-servicio.yaml").read_text("utf-8")
SMALL = (Path(__file__).resolve().parents[2] / "data" / "playbooks" / "small.yaml").read_text("utf-8")
TODAY = date(2026, 11, 22)
TEMPLATES = (
    "primer_mensaje", "alcance", "actualizacion", "sin_hora", "con_hora", "cambio_hora", "promesa_incumplida",
    "disculpa", "respuesta_individual", "pasar_a_privado", "resolucion", "compensacion", "correccion_rumor",
    "aviso_fraude", "prensa_espera", "regulador", "interno", "guion_llamadas", "ivr", "analisis_preliminar",
    "post_publico",
)  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Playbook:
    return read(SHIPPED, "caida-de-servicio.yaml")


def test_the_shipped_playbook_has_nothing_to_mend() -> None:
    scenario = read_scenario(files("scenarios", "iusacell-0700-1100.yaml").read_bytes(), "scenario")
    contacts = {contact.slug: contact for contact in scenario.contacts}
    playbook, findings = inspect(SHIPPED, "caida-de-servicio.yaml", today=TODAY, contacts=contacts)
    assert findings == ()
    assert playbook is not None and playbook.source == SHIPPED


def test_the_shipped_playbook_is_whole(shipped: Playbook) -> None:
    assert [level.number for level in shipped.levels] == [4, 3, 2, 1]
    assert tuple(template.id for template in shipped.templates) == TEMPLATES
    assert len(shipped.mention_types) == 17
    assert len(shipped.call_questions) == 6
    woken = {role for level in shipped.levels for role in level.wakes}
    assert woken == {ladder.role for ladder in shipped.ladders}
    phases = ["escuchar", "responder", "informar", "conectar", "resolver", "compensar", "realimentar"]
    assert [phase.id for phase in shipped.phases] == phases


def test_fields_have_the_kinds_that_the_ledger_needs(shipped: Playbook) -> None:
    def kinds(template_id: str) -> dict[str, FieldKind]:
        template = shipped.template(template_id)
        assert template is not None
        return {field.name: field.kind for field in template.fields}

    assert kinds("primer_mensaje")["proxima_actualizacion"] is FieldKind.NEXT_UPDATE
    assert kinds("primer_mensaje")["inicio"] is FieldKind.TIME
    assert kinds("con_hora")["promesa"] is FieldKind.PROMISE
    assert kinds("cambio_hora")["hora_nueva"] is FieldKind.PROMISE
    assert kinds("cambio_hora")["hora_anterior"] is FieldKind.TIME
    assert kinds("promesa_incumplida")["promesa_rota"] is FieldKind.TIME
    assert kinds("pasar_a_privado")["promesa_llamada"] is FieldKind.PROMISE
    assert kinds("regulador")["siguiente_informe"] is FieldKind.NEXT_UPDATE
    assert kinds("correccion_rumor")["donde_comprobar"] is FieldKind.LINK


def test_no_time_needs_only_three_things_and_a_broken_promise_a_remedy(shipped: Playbook) -> None:
    no_time, broken = shipped.template("sin_hora"), shipped.template("promesa_incumplida")
    assert no_time is not None and broken is not None
    required = {field.name for field in no_time.fields if not field.optional}
    assert required == {"por_que_no_hay_hora", "que_hacemos", "proxima"}
    assert "remedio" in {field.name for field in broken.fields if not field.optional}


def test_every_field_has_a_label_in_both_languages(shipped: Playbook) -> None:
    for template in shipped.templates:
        for field in template.fields:
            assert field.label.es and field.label.en
            assert "_" not in field.label.es + field.label.en


def test_an_optional_field_stands_alone_in_its_sentence(shipped: Playbook) -> None:
    # An empty one takes its sentence with it; words of the message must not go too.
    for template in shipped.templates:
        for text in (template.text.es, template.text.en):
            for field in template.fields:
                if field.optional:
                    assert "{" + field.name + "}." in text, (template.id, field.name)


def test_thresholds_are_said_back(shipped: Playbook) -> None:
    book_levels = {level.number: level for level in shipped.levels}
    assert book_levels[3].activates[0].measure is Measure.MENTIONS_RATIO
    assert book_levels[4].activates[4].subject == "emergencia_personas"
    assert shipped.falls_if is not None and shipped.falls_if.window == timedelta(minutes=60)


def test_a_file_in_english_reads_like_one_in_spanish() -> None:
    english = (Path(__file__).resolve().parents[2] / "data" / "playbooks" / "english.yaml").read_text("utf-8")
    playbook, findings = inspect(english, "english.yaml", today=TODAY)
    assert findings == ()
    assert playbook is not None
    assert playbook.sector == "ecommerce"
    assert playbook.levels[0].activates[0].value == 5.0
    assert playbook.mention_types[1].owner == ""
    assert playbook.ladders[0].steps[1].to == "comms.suplente"
    assert playbook.template("holding") is not None


def test_field_marks_and_mappings_are_understood() -> None:
    campos = "campos: {servicio: texto opcional, inicio: hora, proxima: {tipo: proxima, es: Luego, en: Later}}"
    text = SMALL.replace("campos: [servicio, inicio, proxima]", campos, 1)
    playbook, findings = inspect(text, "x", today=TODAY)
    assert findings == () and playbook is not None
    fields = {field.name: field for field in playbook.templates[0].fields}
    assert fields["servicio"].optional and fields["servicio"].kind is FieldKind.TEXT
    assert fields["proxima"].label.es == "Luego"
    assert fields["proxima"].kind is FieldKind.NEXT_UPDATE
    update = playbook.template("actualizacion")
    assert update is not None and [field.optional for field in update.fields] == [False, False, True, False]


def test_the_error_carries_everything_that_is_wrong() -> None:
    with pytest.raises(PlaybookError) as caught:
        read("playbook: x\nversion: uno\n", "x.yaml")
    assert caught.value.key == "playbook.invalid"
    assert caught.value.fields["n"] == sum(f.severity is Severity.ERROR for f in caught.value.findings)
    assert {f.key for f in caught.value.findings} >= {"bad_whole", "missing_section"}


def test_spanish_and_english_keys_never_mean_two_things() -> None:
    for context, names in vocabulary.KEYS.items():
        assert len(set(names.values())) == len(names), context
        for spanish, english in names.items():
            if english in names:
                assert english == spanish or context == "mencion", (context, english)


LINES = SHIPPED.split("\n")


@settings(max_examples=40)
@given(st.data())
def test_no_edit_of_the_shipped_playbook_brings_the_reader_down(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        edit = data.draw(st.sampled_from(["delete", "double", "garble", "shift", "cut", "swap"]))
        if edit == "delete":
            del lines[index]
        elif edit == "double":
            lines.insert(index, lines[index])
        elif edit == "shift":
            lines[index] = " " + lines[index]
        elif edit == "cut":
            lines[index] = lines[index][: data.draw(st.integers(0, max(len(lines[index]), 1)))]
        elif edit == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[index], lines[other] = lines[other], lines[index]
        else:
            at = data.draw(st.integers(0, len(lines[index])))
            lines[index] = lines[index][:at] + data.draw(st.text(max_size=6)) + lines[index][at:]
    text = "\n".join(lines)
    playbook, findings = inspect(text, "edited.yaml", today=TODAY)
    last = text.count("\n") + 1
    assert all(1 <= finding.line <= last for finding in findings)
    assert (playbook is None) == any(finding.severity is Severity.ERROR for finding in findings)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=300)))
def test_any_text_is_a_playbook_or_an_error(source: str | bytes) -> None:
    with pytest.raises(PlaybookError) as caught:
        read(source, "any.yaml")
    assert caught.value.findings[0].line >= 1


def test_who_reads_a_text_is_said_or_known_by_its_name() -> None:
    book = read(SHIPPED, "x")
    assert book.audience_of("primer_mensaje") is Audience.PUBLIC
    assert book.audience_of("interno") is Audience.INTERNAL and book.audience_of("ivr") is Audience.CALLERS
    assert book.audience_of("respuesta_individual") is Audience.PERSON
    text = SHIPPED.replace("  alcance:\n", "  alcance:\n    audiencia: interno\n", 1)
    assert read(text, "x").audience_of("alcance") is Audience.INTERNAL
    wrong = inspect(text.replace("audiencia: interno", "audiencia: todos"), "x")[1]
    assert [(f.key, f.read) for f in wrong] == [("bad_choice", "todos")]
