"""Verdicts on sentences written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.playbook import Bilingual, MentionType
from crisisdesk.pipeline.classify import Classifier, Lexicon
from crisisdesk.pipeline.lexicon import Phrases, fold

NOW = datetime(2026, 5, 4, tzinfo=UTC)
IDS = ("queja_servicio", "cuando_vuelve", "cobros", "prensa", "regulador", "fraude_suplantacion", "rumor", "elogio",
       "promesa_reclamada", "cliente_ayuda", "idea")  # fmt: skip
NAME = Bilingual("x", "x")
TYPES = (
    *(MentionType(id=name, name=NAME) for name in IDS),
    MentionType(id="emergencia_personas", name=NAME, raises_to=4),
    MentionType(id="ruido", name=NAME, words=("sorteo",), answer=False),
    MentionType(id="mascotas", name=NAME, words=("perro guía",)),
)
JUDGE = Classifier(TYPES, Lexicon.load())
LISTS = Classifier(TYPES, Lexicon.load(), trained=False)


def verdict(text: str, judge: Classifier = JUDGE) -> Verdict:
    return judge.verdict(
        Mention(source="manual", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text=text)
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Llevo dos horas sin señal en Querétaro", "queja_servicio"),
        ("SIN SEÑALLLL otra vez", "queja_servicio"),
        ("The network is down again in Leeds", "queja_servicio"),
        ("Qué pésima atención la de esta compañía", "queja_servicio"),
        ("¿Alguien sabe cuándo vuelve? Sigo sin servicio", "cuando_vuelve"),
        ("Sin red y encima me cobraron dos veces", "cobros"),
        ("Hola, soy periodista y pido su versión sobre la avería", "prensa"),
        ("Ya levanté mi queja en Profeco por la falla", "regulador"),
        ("Ojo: hay una cuenta falsa que pide contraseñas", "fraude_suplantacion"),
        ("Dicen que fue un ciberataque", "rumor"),
        ("Ustedes dijeron, no cumplieron y sigo sin internet", "promesa_reclamada"),
        ("Sin señal y no puedo llamar al 911, hay heridos", "emergencia_personas"),
        ("Muchas gracias por avisar a tiempo", "elogio"),
        ("A mí sí me funciona, prueben con el modo avión", "cliente_ayuda"),
        ("Deberían mandar un mensaje cuando pasa esto", "idea"),
        ("¿Puede viajar mi perro guía?", "mascotas"),
        ("Gran sorteo este viernes", "ruido"),
        ("Hoy comí tacos", ""),
        ("", ""),
    ],
)
def test_types(text: str, kind: str) -> None:
    assert verdict(text).type == kind


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Qué mal servicio, son unos ineptos", Sentiment.NEGATIVE),
        ("No funciona nada", Sentiment.NEGATIVE),
        ("No me gusta cómo contestan", Sentiment.NEGATIVE),
        ("Excelente atención, gracias", Sentiment.POSITIVE),
        ("Todo bien, sin problemas por aquí", Sentiment.POSITIVE),
        ("Not bad at all", Sentiment.POSITIVE),
        ("This is the worst airline, I hate it", Sentiment.NEGATIVE),
        ("Nuevo horario de la línea 3 en Puebla https://telco.example", Sentiment.NEUTRAL),
        ("😡😡", Sentiment.NEGATIVE),
    ],
)
def test_sentiment(text: str, sentiment: Sentiment) -> None:
    assert verdict(text).sentiment is sentiment


def test_negation_ends_at_a_stop() -> None:
    assert verdict("No, es malo", LISTS).sentiment is Sentiment.NEGATIVE
    assert verdict("No es malo", LISTS).sentiment is Sentiment.POSITIVE
    assert verdict("No voy hoy pero es malo", LISTS).sentiment is Sentiment.NEGATIVE


def test_a_denied_complaint_is_none() -> None:
    assert verdict("Sin señal").complaint
    assert not verdict("Ya no hay apagón en el centro").complaint
    assert not verdict("No hay heridos").safety


def test_accents_case_and_length_do_not_matter() -> None:
    for text in ("sin señal", "SIN SENAL", "Sín señaaaal", "sin sen\u0303al", "#SinSeñal"):
        assert verdict(text).complaint, text


def test_words_are_shown_as_written_in_order_and_once() -> None:
    assert verdict("Pésimo: SIN SEÑAL y sin señal… fatal").words == ("Pésimo", "SIN SEÑAL", "sin señal", "fatal")


def test_handles_and_addresses_are_not_words() -> None:
    assert verdict("@apagon_fatal https://malo.example/fatal").words == ()


def test_a_playbook_without_types_still_gets_a_verdict() -> None:
    found = Classifier((), Lexicon.load()).verdict(
        Mention(source="manual", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text="sin señal, fatal")
    )
    assert (found.type, found.complaint, found.sentiment) == ("", True, Sentiment.NEGATIVE)


def test_the_longest_phrase_of_a_list_wins_and_a_star_means_any_ending() -> None:
    phrases = Phrases({"a": ["sin", "sin señal", "decep*"], "b": ["sin"]})
    hits = phrases.find(["sin", "senal", "decepcionante"])
    assert [(h.label, h.first, h.last) for h in hits] == [("a", 0, 2), ("b", 0, 1), ("a", 2, 3)]


@given(st.text(max_size=300))
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=300))
def test_words_stand_in_the_text_and_nothing_raises(text: str) -> None:
    assert len(verdict(text).words) <= 12


def test_lists_are_folded_and_none_is_empty() -> None:
    lists = Lexicon.load()
    for words in (lists.complaint, lists.service, lists.negative, lists.positive, lists.safety, lists.negators):
        assert words
        assert all(word.strip() == word and word == fold(word) for word in words)
    assert {"emergencia_personas", "queja_servicio"} <= set(lists.types)
