"""Where two languages part: equal facts never drift, in any order and any sentence; what one leaves out is told."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.drift import Drift, drifts, links, names

FRAMES = {
    "es": ("sabemos que {0} sigue afectado", "lo confirma {0} por ahora", "más detalles en {0}", "hablamos con {0}"),
    "en": ("we know {0} is still affected", "confirmed by {0} for now", "more details at {0}", "we talked to {0}"),
}
PLACES = (("Sevilla", "Seville"), ("Ciudad de México", "Mexico City"), ("Canarias", "Canary Islands"), ("Lima", "Lima"))
NUMBERS = st.from_regex(r"[1-9]\d{0,3}(?:[:.]\d{2})?", fullmatch=True).map(lambda n: (n, n))
LINKS = st.from_regex(r"https://[a-z]{3,8}\.example/[a-z]{1,6}", fullmatch=True).map(lambda n: (n, n))
TAGS = st.from_regex(r"[@#][a-z]{3,9}", fullmatch=True).map(lambda n: (n, n))
PEOPLE = st.from_regex(r"[ÁÉA-Z][a-zñáé]{3,8} [A-Z][a-z]{3,8}", fullmatch=True).map(lambda n: (n, n))
TRANSLATED = st.tuples(*[st.from_regex(r"[A-Z][a-z]{3,8}(?: [A-Z][a-z]{3,8})?", fullmatch=True)] * 2)
FACT = st.one_of(NUMBERS, LINKS, TAGS, PEOPLE, st.sampled_from(PLACES), TRANSLATED)


def written(facts: list[tuple[str, str]], lang: str, order: list[int]) -> str:
    frames, side = FRAMES[lang], 0 if lang == "es" else 1
    said = [frames[i % len(frames)].format(facts[i][side]) for i in order]
    return ". ".join(s[0].upper() + s[1:] for s in said) + "."


def kinds(text: Bilingual, *pairs: Bilingual) -> set[str]:
    return {one.kind for one in drifts(text, pairs=pairs)}


@given(st.lists(FACT, min_size=1, max_size=6), st.data())
def test_equal_facts_never_drift(facts: list[tuple[str, str]], data: st.DataObject) -> None:
    orders = [data.draw(st.permutations(range(len(facts)))) for _ in range(2)]
    text = Bilingual(written(facts, "es", orders[0]), written(facts, "en", orders[1]))
    assert drifts(text, pairs=[Bilingual(*fact) for fact in facts]) == ()


@given(st.lists(FACT, min_size=2, max_size=6), st.booleans(), st.data())
def test_a_fact_that_one_language_leaves_out_is_told(
    facts: list[tuple[str, str]], in_english: bool, data: st.DataObject
) -> None:
    others = " ".join(text for fact in facts[:-1] for text in fact)
    assume(not any(word.casefold() in others.casefold() for text in facts[-1] for word in text.split()))
    whole = data.draw(st.permutations(range(len(facts))))
    rest = [i for i in whole if i != len(facts) - 1]
    es, en = written(facts, "es", rest if in_english else whole), written(facts, "en", whole if in_english else rest)
    text = Bilingual(es, en)
    found = drifts(text, pairs=[Bilingual(*fact) for fact in facts])
    told = [words for one in found for words in (one.only_en if in_english else one.only_es)]
    assert told


@pytest.mark.parametrize(
    ("es", "en", "kind"),
    [
        ("Más en https://estado.example/caida", "More soon", "links"),
        ("Escribe a @Marca_Ayuda", "Write to @MarcaHelp", "links"),
        ("Seguimos con #CaídaMarca", "Still on it", "links"),
        ("Afecta a Guadalajara", "It affects the west", "names"),
        ("Lo confirma Ana Robles", "Confirmed by Eva Robles", "names"),
        ("A las 11:30", "At 12:30", "numbers"),
        ("Sin servicio en Sevilla", "No service in Granada", "names"),
    ],
)
def test_what_differs_is_told_by_its_kind(es: str, en: str, kind: str) -> None:
    assert kind in kinds(Bilingual(es, en))


@pytest.mark.parametrize(
    ("es", "en"),
    [
        ("Sevilla sigue sin servicio.", "There is still no service in Seville."),
        ("Volvemos el lunes, en español.", "We are back on Monday, in Spanish."),
        ("Más en https://www.marca.mx/es/estado/.", "More at marca.mx/en/estado"),
        ("Más en https://es.marca.com/ayuda", "More at https://en.marca.com/ayuda"),
        ("Hay fallas en Perú y en México.", "There are failures in Peru and in Mexico."),
        ("Escribe a ayuda@marca.mx o a @MARCA.", "Write to ayuda@marca.mx or to @marca."),
        ("Sin red en las Islas Canarias.", "No network in the Canary Islands."),
        ("Lo dice el NOC y cobramos el IVA.", "The NOC says so and we charge VAT."),
    ],
)
def test_what_means_the_same_is_not_told(es: str, en: str) -> None:
    assert drifts(Bilingual(es, en)) == ()


def test_a_fact_of_the_sheet_is_known_by_both_of_its_names() -> None:
    bridge = Bilingual("Puente Nuevo", "New Bridge")
    assert drifts(Bilingual("Sigue cortado Puente Nuevo", "New Bridge is still cut"), pairs=[bridge]) == ()
    lost = drifts(Bilingual("Sigue cortado Puente Nuevo", "It is still cut"), pairs=[bridge])
    assert lost == (Drift("names", ("Puente Nuevo",), ()),)


def test_a_name_at_a_beginning_counts_for_the_other_language() -> None:
    assert names("Guadalajara sigue. También Colima", "es") == ("Colima",)
    assert drifts(Bilingual("Guadalajara sigue mal", "Still bad in Guadalajara")) == ()
    assert links("(https://a.example/b).") == ("a.example/b",)
