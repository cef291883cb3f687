"""Every way to promise meets every way to say a time, and every way not to promise meets them too."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.pipeline import verbs
from crisisdesk.pipeline.lint import lint
from crisisdesk.texts import LANGUAGES

DATA = Path(__file__).parents[2] / "data" / "lint"
FRAMES = tomllib.loads((DATA / "frames.toml").read_text("utf-8"))
LONG = tomllib.loads((DATA / "long.toml").read_text("utf-8"))["text"]


def promised(text: str, lang: str) -> bool:
    return any(hit.rule.startswith("promise.") for hit in lint(text, lang))


def sentence(frame: str, time: str) -> str:
    text = frame.format(time)
    return text[0].upper() + text[1:]


def wrong(lang: str, frames: str, times: str, wanted: bool) -> list[str]:
    every = [sentence(frame, time) for frame in FRAMES[lang][frames] for time in FRAMES[lang][times]]
    assert len(every) > 150
    return [text for text in every if promised(text, lang) is not wanted]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_we_will_do_at_a_time_is_a_promise(lang: str) -> None:
    missed = wrong(lang, "promised", "times_ahead", True)
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked_doubted_or_said_by_others_is_none(lang: str) -> None:
    assert wrong(lang, "not_promised", "times_ahead", False) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_happened_at_a_time_is_none(lang: str) -> None:
    told = wrong(lang, "happened", "times_behind", False)
    assert len(told) <= 1, told


@pytest.mark.parametrize(
    ("lang", "frame"),
    [
        ("es", "El servicio volverá {}."),
        ("es", "Le enviaremos el reembolso {}, señora Ruiz."),
        ("en", "Service will be back {}."),
        ("en", "We will send your refund {}, Mrs Hill."),
    ],
)
def test_a_time_is_known_in_every_notation(lang: str, frame: str) -> None:
    assert [time for time in FRAMES[lang]["times"] if not promised(frame.format(time), lang)] == []


EVENTS = {
    lang: sorted(form for form, kinds in verbs.forms(lang).items() if verbs.ONE in kinds and len(form) > 3)
    for lang in LANGUAGES
}


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_any_listed_verb_in_the_present_with_a_time_ahead_promises(data: st.DataObject, lang: str) -> None:
    verb = data.draw(st.sampled_from(EVENTS[lang]))
    time = data.draw(st.sampled_from({"es": ["mañana", "la semana que viene"], "en": ["tomorrow", "next week"]}[lang]))
    text = {"es": f"La brigada lo {verb} {time}.", "en": f"The crew {verb} it {time}."}[lang]
    assert promised(text, lang), text


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_same_verb_asked_of_the_reader_does_not(data: st.DataObject) -> None:
    form = data.draw(
        st.sampled_from(
            sorted(
                form
                for form, kinds in verbs.forms("es").items()
                if kinds & {verbs.FORMAL, verbs.REQUEST}
                and not kinds & {verbs.ONE, verbs.MANY, verbs.WE}
                and not form.startswith("esper")  # «espere su tarjeta antes del viernes» is our promise
            )
        )
    )
    assert not promised(f"Por favor, {form} la tarjeta antes del viernes.", "es"), form


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("cerrar/ie", "cierra cierran cerramos cierre cierren cierra"),
        ("devolver/ue", "devuelve devuelven devolvemos devuelva devuelvan devuelve"),
        ("corregir/i", "corrige corrigen corregimos corrija corrijan corrige"),
        ("pagar", "paga pagan pagamos pague paguen paga"),
        ("sacar", "saca sacan sacamos saque saquen saca"),
        ("avanzar", "avanza avanzan avanzamos avance avancen avanza"),
        ("restablecer", "restablece restablecen restablecemos restablezca restablezcan restablece"),
        ("sustituir", "sustituye sustituyen sustituimos sustituya sustituyan sustituye"),
        ("seguir/i", "sigue siguen seguimos siga sigan sigue"),
        ("hacer", "hace hacen hacemos haga hagan haz"),
    ],
)
def test_spanish_forms_are_made_by_rule(infinitive: str, forms: str) -> None:
    assert " ".join(verbs._conjugated(infinitive)) == forms


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("ship", "ships shipping shipped"),
        ("deliver", "delivers delivering delivered"),
        ("apply", "applies applying applied"),
        ("fix", "fixes fixing fixed"),
        ("go", "goes going"),
        ("transfer", "transfers transferring transferred"),
        ("replace", "replaces replacing replaced"),
    ],
)
def test_english_forms_are_made_by_rule(base: str, forms: str) -> None:
    made = [verbs._third(base), verbs._joined(base, "ing"), verbs._joined(base, "ed")]
    assert " ".join(made[: len(forms.split())]) == forms


@pytest.mark.parametrize("told", LONG, ids=lambda told: str(told["words"])[:30])
def test_a_longer_text_promises_what_it_promises_and_no_more(told: dict[str, Any]) -> None:
    found = [hit.words for hit in lint(told["words"]) if hit.rule.startswith("promise.")]
    assert found == told["promises"]


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("es", "El camión recoge los escombros mañana.", True),
        ("es", "Recoge tu tarjeta mañana.", False),
        ("es", "La entrega de ayer fue parcial.", False),
        ("es", "La próxima semana comenzamos a pagar.", True),  # present or past by form, ahead by its time
        ("es", "El lunes comenzamos a las ocho y no paramos.", False),
        ("es", "Si no llega el técnico antes de las 5, avísanos.", False),
        ("es", "Reinicia el router y espera un minuto.", False),
        ("es", "Espera un minuto y lo tienes.", True),
        ("es", "La previsión de las 13:00 no se cumplió.", False),
        ("es", "El corte no superará las dos horas.", True),
        ("es", "«Me prometieron el martes», nos escribe Ana.", False),
        ("es", "Mañana no habrá luz, según el ayuntamiento.", False),
        ("es", "Devuélvalo en la tienda antes del día 10.", False),
        ("en", "The crew collects the rubble tomorrow.", True),
        ("en", "Collect your card tomorrow.", False),
        ("en", "The calls of this morning were lost.", False),
        ("en", "We don't expect it to take more than an hour.", True),
        ("en", "Our 1 pm estimate did not hold.", False),
        ("en", "It is false that we close tomorrow.", False),
        ("en", '"They told me Tuesday," one customer writes.', False),
        ("en", "Service will not return today.", False),
        ("en", "In winter gas demand doubles.", False),
    ],
)
def test_the_words_beside_a_verb_decide(lang: str, text: str, wanted: bool) -> None:
    assert promised(text, lang) is wanted
