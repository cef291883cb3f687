"""A text that promises is caught, one that tells the past or cannot say is left alone; every finding has its reason."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from resources import files

from crisisdesk.pipeline.lint import RULES, Context, lint
from crisisdesk.pipeline.reading import lines
from crisisdesk.texts import LANGUAGES, Texts
from tests.bench.lint import SETS, TONE_SETS, TONES, label, score, sentences, tone_score, tones


def rules(text: str, lang: str | None = None, **rest: object) -> list[str]:
    return [hit.rule for hit in lint(text, lang, **rest)]  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_why(rule: str, lang: str) -> None:
    assert Texts(lang).has(f"lint.{rule}")


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_labelled_sentences_stay_above_the_floor(name: str, lang: str) -> None:
    rows = [s for s in sentences(name) if s.lang == lang]
    found = score([(s.label, label(s)) for s in rows])
    assert found["precision"] >= 0.9 and found["recall"] >= 0.9, found
    assert 0.4 <= found["with"] / found["sentences"] <= 0.6


def test_the_labelled_sentences_are_many_and_each_stands_in_one_set() -> None:
    both = [s.text for name in SETS for s in sentences(name)]
    assert len(both) >= 300
    assert len(set(both)) == len(both)


@pytest.mark.parametrize(
    ("rule", "lang", "text"),
    [
        ("blame.customer", "es", "Fue un error de los usuarios al configurar el equipo."),
        ("blame.customer", "es", "Si hubieras leído el aviso no te habría pasado."),
        ("blame.customer", "en", "You should have updated the app."),
        ("blame.third_party", "es", "No es culpa nuestra, fue el proveedor."),
        ("blame.third_party", "en", "Our supplier let us down."),
        ("minimising", "es", "Fue solo una pequeña incidencia."),
        ("minimising", "es", "Apenas unos pocos clientes lo notaron."),
        ("minimising", "en", "It was just a minor glitch."),
        ("apology.conditional", "es", "Lamentamos si alguien se molestó."),
        ("apology.conditional", "es", "Pedimos disculpas por las molestias que esto pudiera causar."),
        ("apology.conditional", "en", "We are sorry if anyone was affected."),
        ("apology.conditional", "en", "We apologise for any inconvenience."),
        ("cause.unverified", "es", "El servicio falla debido a un corte de fibra."),
        ("cause.unverified", "en", "The outage was caused by a software bug."),
        ("data.public", "es", "Envíanos tu número de cuenta por aquí."),
        ("data.public", "en", "Please reply with your phone number."),
        ("data.secret", "es", "Mándanos tu contraseña por mensaje directo."),
        ("data.secret", "en", "Send us your card number by DM."),
        ("absolute.outage", "es", "Hay una caída total del servicio."),
        ("absolute.outage", "en", "Everything is down."),
        ("absolute.claim", "es", "Esto nunca volverá a pasar."),
        ("absolute.claim", "en", "This will never happen again."),
        ("certainty", "es", "Definitivamente, es un corte local."),
        ("certainty", "en", "We guarantee a good service."),
    ],
)
def test_each_rule_bites(rule: str, lang: str, text: str) -> None:
    assert rule in rules(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "Sentimos las molestias. Estamos investigando."),
        ("es", "Asumimos la responsabilidad y pedimos disculpas."),
        ("es", "Investigamos la causa y todavía no la conocemos."),
        (
            "es",
            "Escríbenos por mensaje directo con un teléfono. Nunca te pediremos contraseñas ni números de tarjeta.",
        ),
        ("es", "No podemos asegurar que haya terminado."),
        ("es", "La voz falla en Jalisco; los datos funcionan."),
        ("es", "No es una caída total: fallan las llamadas."),
        ("en", "We are sorry. We are investigating."),
        ("en", "We take full responsibility and we apologise."),
        ("en", "We do not know what caused it yet."),
        ("en", "Write to us by direct message with a phone number. We will never ask for your password."),
        ("en", "We cannot guarantee that it is over."),
        ("en", "Voice fails in the north; data works."),
    ],
)
def test_an_honest_text_is_left_alone(lang: str, text: str) -> None:
    assert rules(text, lang) == []


@pytest.mark.parametrize("name", ["promise.es", "promise.en", "tone.es", "tone.en"])
def test_no_pattern_holds_a_backspace(name: str) -> None:
    """In a quoted TOML string a single ``\\b`` is one, and the pattern would never match."""

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from strings(part)

    table = tomllib.loads(files("lexicons", f"{name}.toml").read_text("utf-8"))
    assert [text for text in strings(table) if re.search(r"[\x00-\x1f]", text)] == []


# ── what the desk knows ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_time_that_stands_in_the_ledger_is_no_finding() -> None:
    text = "Esperamos recuperarlo antes de las 11:00"
    assert rules(text, "es") == ["promise.time"]
    assert rules(text, "es", allowed=["11:00"]) == []
    assert rules(text, "es", context=Context(registered=("11:00",))) == []
    assert rules("Antes de las 1:00 estará", "es", allowed=["11:00"]) == ["promise.time"]


def test_a_sentence_is_not_said_twice() -> None:
    last = "Sentimos las molestias. Seguimos trabajando con tres cuadrillas en el tramo norte."
    again = Context(recent=(last,))
    assert rules("Seguimos trabajando con  4 cuadrillas en el tramo norte!", "es", context=again) == []
    found = lint("Novedades. Seguimos trabajando con tres cuadrillas en el tramo norte!", "es", context=again)
    assert [(h.rule, h.words[:8]) for h in found] == [("repeated", "Seguimos")]
    assert rules("Sentimos las molestias.", "es", context=again) == []  # may be said again


def test_a_sentence_that_stands_twice_in_one_text_is_found_once() -> None:
    text = "Hay tres cuadrillas en el tramo norte.\nLo sentimos.\nHay tres cuadrillas en el tramo norte. Lo sentimos."
    (hit,) = lint(text, "es")
    assert (hit.rule, hit.line, hit.words) == ("repeated", 3, "Hay tres cuadrillas en el tramo norte.")
    again = lint("We have three crews on the northern line. We have three crews on the northern line.")
    assert [hit.rule for hit in again] == ["repeated"]


def test_a_cause_with_evidence_may_be_told() -> None:
    text = "Se debe a un corte de fibra"
    assert rules(text, "es") == ["cause.unverified"]
    assert rules(text, "es", context=Context(cause_verified=True)) == []
    assert rules("Hay una caída total", "es", context=Context(outage_total=True)) == []


def test_in_private_contact_data_may_be_asked_for_but_never_a_password() -> None:
    assert rules("Envíanos tu número de teléfono", "es", channel="mail") == []
    assert rules("Envíanos tu número de teléfono", "es", channel="Teléfono") == []
    assert rules("Envíanos tu contraseña", "es", channel="mail") == ["data.secret"]


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_spans_count_code_points_of_the_whole_text() -> None:
    text = "👩‍👩‍👧 Hola.\n\nQuedará listo antes de las 11:00 h. Gracias."
    (hit,) = lint(text, "es")
    assert text[hit.start : hit.end] == hit.words == "antes de las 11:00 h"
    assert hit.line == 3


def test_loose_accents_and_invisible_letters_hide_nothing() -> None:
    plain = "Mañana estará listo"
    assert rules(plain, "es") == ["promise.time"]
    for text in (unicodedata.normalize("NFD", plain), "\u200b".join(plain), plain.upper()):
        (hit,) = lint(text, "es")
        assert hit.rule == "promise.time"
        assert re.sub("\u200b", "", unicodedata.normalize("NFC", hit.words)).lower() == "mañana"


def test_each_line_may_have_its_own_language() -> None:
    found = lint("El servicio volverá esta tarde.\nThe service will be back this afternoon.")
    assert [(h.rule, h.line) for h in found] == [("promise.time", 1), ("promise.time", 2)]


WORDS = [
    "\u0301",
    "\n",
    *"antes de las 11:00 en breve hoy mañana no podemos estará by noon we will soon . ? « 👍".split(),
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS) | st.text(max_size=6),
        max_size=25,
    ).map(" ".join),
    st.sampled_from([None, "es", "en"]),
)
def test_any_text_is_read_and_every_span_is_inside(text: str, lang: str | None) -> None:
    for hit in lint(text, lang, context=Context(recent=(text,))):
        assert 0 <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.words
        assert hit.rule in RULES
        assert text[: hit.start].count("\n") + 1 == hit.line


@pytest.mark.parametrize(
    ("text", "ledger"),
    [
        ("Estará resuelto antes de las 11.", "11:00"),
        ("Estará resuelto antes de las 11 h.", "11:00"),
        ("Estará resuelto a las 11hs.", "11:00"),
        ("Estará resuelto a las 11 de la mañana.", "11:00"),
        ("Estará resuelto a las once y media.", "11:30"),
        ("Estará resuelto a las 5 de la tarde.", "17:00"),
        ("Estará resuelto a las 5.", "17:00"),
        ("Estará resuelto al mediodía.", "12:00"),
        ("It will be fixed by 11 am.", "11:00"),
        ("It will be fixed by 11 p.m.", "23:00"),
        ("It will be fixed by half past two.", "14:30"),
        ("It will be fixed by midnight.", "00:00"),
    ],
)
def test_a_registered_time_is_known_however_it_is_written(text: str, ledger: str) -> None:
    assert rules(text) == ["promise.time"]
    assert rules(text, allowed=[ledger]) == []


@pytest.mark.parametrize(
    ("text", "ledger"),
    [
        ("Estará resuelto en 11 minutos.", "11:00"),
        ("Estará resuelto en 2 h.", "02:00"),
        ("Estará resuelto en dos horas.", "02:00"),
        ("Estará resuelto el 11 de mayo.", "11:00"),
        ("Estará resuelto a las 11 de la noche.", "11:00"),
        ("Estará resuelto a las 11:30.", "11:00"),
        ("It will be fixed by 11 pm.", "11:00"),
        ("It will be fixed within 11 hours.", "11:00"),
        ("It will be fixed by half past two.", "02:00"),
    ],
)
def test_another_time_than_the_registered_one_stays_a_finding(text: str, ledger: str) -> None:
    assert rules(text, allowed=[ledger]) == ["promise.time"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("En un pis pas lo tienes.", ["promise.time"]),
        ("El servicio vuelve dentro de hora y media.", ["promise.time"]),
        ("The service is back tmrw.", ["promise.time"]),
        ("You'll be able to log in after lunch.", ["promise.time"]),
        ("No nos comprometemos a tenerlo a las 11.", []),
        ("Si llamas antes de las 8 te atenderá una persona.", []),
        ("We are not committing to have it ready by 11.", []),
        ("The office closes at 5.", []),
    ],
)
def test_what_the_grids_showed(text: str, wanted: list[str]) -> None:
    assert rules(text) == wanted


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "Introduce en la app el código que te enviamos."),
        ("es", "Te mandamos tu nueva clave por correo."),
        ("es", "Si alguien te pide el PIN, cuelga."),
        ("en", "Enter the code we sent you in the app."),
        ("en", "We are sending your new password by post."),
        ("en", "If anyone asks for your PIN, hang up."),
    ],
)
def test_a_secret_that_stays_where_it_belongs_is_not_asked_for(lang: str, text: str) -> None:
    assert "data.secret" not in rules(text, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_rules_of_tone_stay_above_the_floor(lang: str) -> None:
    rows = [s for name in TONE_SETS for s in sentences(name) if s.lang == lang]
    found = tone_score(rows)
    assert found["sentences"] >= 75
    assert found["precision"] >= 0.9 and found["recall"] >= 0.9, found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("wanted", sorted(set(TONES.values())))
def test_each_rule_of_tone_stays_above_its_floor(wanted: str, lang: str) -> None:
    rows = [s for name in TONE_SETS for s in sentences(name) if s.lang == lang and s.label in (wanted, "none")]
    said = [(s.label, wanted in tones(s.text, s.lang)) for s in rows]
    mine = [found for true, found in said if true == wanted]
    wrong = sum(found for true, found in said if true != wanted)
    assert len(mine) >= 4
    assert sum(mine) / len(mine) >= 0.8 and wrong == 0, said


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [
        ("Según el alcalde, el metro abrirá el lunes.", "es", []),  # somebody else's promise
        ("According to the council the road will reopen tomorrow.", "en", []),
        ("According to our engineers the road will reopen tomorrow.", "en", ["promise.time"]),
        ("Parcels held at the depot go out on Monday.", "en", ["promise.time"]),
        ("If the order is not back in 10 minutes, write to us.", "en", []),
        ("Para Navidad estará abierto.", "es", ["promise.time"]),
        ("La tienda está abierta hasta las 20 h.", "es", []),
        ("Desde las 7 sale agua turbia.", "es", []),
        ("Desde el martes volverá a haber línea.", "es", ["promise.time"]),
        ("Back in five.", "en", ["promise.time"]),
        ("Nobody will be without water past midnight.", "en", ["promise.time"]),
        ("Nobody can promise it will be ready tonight.", "en", []),
    ],
)
def test_what_the_unseen_sentences_taught(text: str, lang: str, wanted: list[str]) -> None:
    assert [hit.rule for hit in lint(text, lang) if hit.rule.startswith("promise")] == wanted


# What a present tense tells of a time «desde las…» has begun, unless its verb is one of beginning.
@pytest.mark.parametrize("verb", ["deja sin red", "mantiene a oscuras", "afecta", "impide llegar", "tiene parados"])
@pytest.mark.parametrize("time", ["desde las 07:02", "desde las 9 de la noche", "desde el martes", "desde las siete"])
def test_what_goes_on_since_a_time_is_no_promise(verb: str, time: str) -> None:
    assert rules(f"Una fibra cortada {verb} a media ciudad {time}.", "es") == []


@pytest.mark.parametrize("verb", ["reabre", "vuelve a atender", "arranca"])
def test_what_begins_at_a_time_is_one(verb: str) -> None:
    assert "promise.time" in rules(f"La oficina {verb} desde las 15:30 del martes.", "es")


def test_the_facts_that_the_shipped_drills_publish_promise_no_time() -> None:
    """Their promises have fields of their own, so that the ledger holds them."""
    facts = [
        (name.name, act["a_las"], lang, words)
        for name in files("scenarios").iterdir()
        if name.name.endswith(".yaml")
        for part in YAML(typ="safe").load(name.read_text("utf-8")).values()
        if isinstance(part, list)
        for act in part
        if isinstance(act, dict) and act.get("haz") == "publicar"
        for value in act.get("campos", {}).values()
        if isinstance(value, dict)
        for lang, words in value.items()
        if lang in LANGUAGES
    ]
    assert len(facts) > 40
    assert [fact for fact in facts if "promise.time" in rules(str(fact[3]), fact[2])] == []


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "A second team will help you."), ("en", "A second flight will take you to Leeds."),
    ("es", "Un segundo turno atenderá los teléfonos."), ("es", "Un segundo técnico te ayudará."),
])  # fmt: skip
def test_the_second_of_several_is_no_time(lang: str, text: str) -> None:
    assert rules(text, lang) == []
    assert "promise.time" in rules({"en": "We will be back in a second.", "es": "Volvemos en un segundo."}[lang], lang)


def test_a_time_that_stands_in_the_ledger_does_not_cover_the_next_one() -> None:
    text = "Quedará resuelto antes de las 9 antes de las 08:20."
    assert [hit.words for hit in lint(text, "es", context=Context(registered=("08:20",)))] == ["antes de las 9"]


def test_what_is_promised_stays_so_before_a_beginning() -> None:
    assert "promise.time" in rules("Lo arreglaremos en breve desde las 07:02.", "es")
    assert rules("Lo arreglamos ayer desde las 07:02.", "es") == []


def test_a_long_line_is_read_in_parts_that_end_with_a_sentence_and_keep_their_places() -> None:
    one = "Volvemos antes de las 9 a. m. del martes. "
    text = "Uno\n" + one * 60 + "palabra " * 400 + "x" * 2_500
    found = [line for line in lines(text) if line.number == 2]
    assert all(len(line.folded) <= 1_000 for line in found)
    assert "".join(line.shown for line in found) == text.split("\n")[1]
    assert len(found[0].shown) % len(one) == 0
    promises = [hit for hit in lint(text, "es") if hit.rule == "promise.time"]
    assert [hit.words for hit in promises] == ["antes de las 9 a. m. del martes"] * 60
    assert all(text[hit.start : hit.end] == hit.words and hit.line == 2 for hit in promises)


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("es", "Fijate si tu lote termina en 77; si es así, no lo uses.", []),
        ("en", "If your jar ends in 77, don't open it and call 0800 100 200.", []),
        ("es", "Sabemos que esto les dañó el viaje y les pedimos disculpas.", []),
        ("es", "El corte termina en 30 minutos.", ["promise.time"]),
        ("es", "Antes del puente festivo estarán todos los giros en sus cuentas.", ["promise.time"]),
        ("es", "La línea B estará operativa para la hora pico.", ["promise.time"]),
        ("es", "Les prometemos que no van a tener que hacer más fila.", ["certainty"]),
        ("es", "No les prometemos que sea así.", []),
        ("es", "Tenemos la certeza de que no habrá más cortes.", ["certainty", "absolute.claim"]),
        ("es", "Nadie va a ser despedido por estos hechos.", ["absolute.claim"]),
        ("es", "Ningún viajero se quedará en tierra.", ["absolute.claim"]),
        ("es", "No va a haber ni un despido.", ["absolute.claim"]),
        ("es", "Su información está a salvo.", ["absolute.claim"]),
        ("es", "Nunca llegará a manos de terceros.", ["absolute.claim"]),
        ("en", "Nobody is going to lose their job over this.", ["absolute.claim"]),
        ("en", "Nobody will ever ask you for your code.", []),
    ],
)
def test_sentences_that_a_reader_wrote_before_the_rules_were_read(lang: str, text: str, wanted: list[str]) -> None:
    assert rules(text, lang) == wanted
