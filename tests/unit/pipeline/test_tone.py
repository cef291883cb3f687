"""Pieces and heads: the same everywhere, bounded, and with reasons that stand in the text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.model.errors import InputError
from crisisdesk.model.label import Judgement
from crisisdesk.model.mention import Judge, Mention, Sentiment
from crisisdesk.pipeline import senses
from crisisdesk.pipeline.classify import Classifier, Lexicon, usual_types
from crisisdesk.pipeline.cues import CUES, cues
from crisisdesk.pipeline.features import BUCKETS, READ, cut, pieces
from crisisdesk.pipeline.heads import CLASSES, LANGUAGE, LANGUAGES, REGISTERS, load, unpack
from crisisdesk.pipeline.kinds import FEATURES, TYPE, USUAL, WORDS_DECIDE
from crisisdesk.pipeline.tone import look, said, voices

TYPES = Path(__file__).resolve().parents[2] / "data" / "types"
NOW = datetime(2026, 5, 4, tzinfo=UTC)
JUDGE = Classifier(usual_types(), Lexicon.load())


def judged(text: str, lang: str = "") -> Judgement:
    return JUDGE.judgement(
        Mention(source="m", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text=text, lang=lang)
    )


def by_the_rule(text: str) -> int:
    """How many pieces the rule of the module gives: runs without a space inside, words, pairs."""
    size = len(text)
    runs = sum(
        " " not in text[at + 1 : at + long - 1]
        for long in (2, 3, 4, 5)
        for at in range(size - long + 1)
    )  # fmt: skip
    words = len(text.split())
    return runs + words + max(0, words - 1)


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_pieces_are_the_runs_words_and_pairs_and_no_others(text: str) -> None:
    cut = pieces(text)
    if words := cut.text.split():
        assert len(cut.buckets) == by_the_rule(cut.text)
        assert set(cut.words.tolist()) == set(range(len(words)))
    assert ((cut.buckets >= 0) & (cut.buckets < BUCKETS)).all()


def test_the_same_text_has_the_same_pieces_on_every_machine() -> None:
    cut = pieces("Sin señal, @telco!")
    assert cut.text == " sin señal , @user ! "
    assert len(cut.buckets) == by_the_rule(cut.text) == 61
    assert cut.buckets[:4].tolist() == [57166, 11330, 33430, 55150] and cut.words.max() == 4
    assert pieces("SIN   SEÑAL,@otro !").buckets.tolist() == cut.buckets.tolist()


@given(st.lists(st.text(max_size=40) | st.sampled_from(["", " ", "@a" * 6_000, "İ" * 2_000]), max_size=6))
@settings(max_examples=25)
def test_texts_are_cut_and_looked_up_alike_alone_and_in_company(texts: list[str]) -> None:
    together, table = cut(texts), load("small")
    for text, one, weighed in zip(texts, together, table.weigh_all(together), strict=True):
        alone = pieces(text)
        assert one.text == alone.text
        assert one.buckets.tolist() == alone.buckets.tolist() and one.words.tolist() == alone.words.tolist()
        by_itself = table.weigh(alone)
        assert weighed.length == pytest.approx(by_itself.length)
        assert weighed.sums.tolist() == pytest.approx(by_itself.sums.tolist(), abs=1e-4)


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "\ud800", "a" * 200_000, "?" * 5_000, "İ" * 3_000, "@a" * 9_000])
def test_odd_texts_are_cut_and_judged(text: str) -> None:
    assert len(pieces(text).text) <= 8 * READ
    chances = judged(text).probabilities
    assert sum(chances.values()) == pytest.approx(1) and set(chances) == set(Sentiment)


def test_the_shipped_table_holds_every_register_and_few_bytes() -> None:
    table = load("small")
    assert all(name in table for name in (*REGISTERS, LANGUAGE, TYPE))
    weighed = table.weigh(pieces("hola"))
    assert tuple(table.score("es", weighed)) == CLASSES


def test_a_table_is_read_as_it_was_written() -> None:
    arrays = {
        "heads": np.frombuffer(b'{"x": ["a", "b"]}', np.uint8),
        "kept": pieces("si").buckets[:1].astype(np.uint32),
        "idf": np.array([2.0], np.float16),
        "weights": np.array([[127, -127]], np.int8),
        "scale": np.array([0.5, 0.25], np.float32),
        "cues.x": np.array([[1.0, 0.0]], np.float16),
        "bias": np.array([0.0, 3.0], np.float32),
    }
    table = unpack(arrays)
    weighed = table.weigh(pieces("si"))
    assert table.score("x", weighed, [4.0]) == pytest.approx({"a": 63.5 + 4, "b": -31.75 + 3})
    assert table.toward("x", "a", weighed).max() == pytest.approx((63.5 + 31.75) / 2)
    assert table.score("x", table.weigh(pieces("zz"))) == pytest.approx({"a": 0.0, "b": 3.0})


@pytest.mark.parametrize(
    ("text", "lang", "sentiment"),
    [
        ("Te odio, son la peor compañía que existe", "es", Sentiment.NEGATIVE),
        ("Me encanta, qué maravilla de servicio, gracias", "es", Sentiment.POSITIVE),
        ("I love the new crew, thank you so much!", "en", Sentiment.POSITIVE),
        ("This is terrible, I hate being on hold for hours", "en", Sentiment.NEGATIVE),
        ("Estou muito feliz, obrigada pelo atendimento", "pt", Sentiment.POSITIVE),
    ],
)
def test_plain_feelings_are_told_in_their_language(text: str, lang: str, sentiment: Sentiment) -> None:
    found = judged(text)
    assert found.verdict.language == lang and found.verdict.sentiment is sentiment
    assert all(reason.word in text and reason.weight > 0 for reason in found.reasons)
    assert all(word in text for word in found.verdict.words)


def test_what_the_source_claims_helps_where_words_do_not_tell() -> None:
    assert judged("ok").verdict.language == ""
    assert judged("ok", "pt").verdict.language == "pt"
    assert judged("This is terrible, I hate being on hold for hours", "es").verdict.language == "en"
    assert judged("ok", "fr").verdict.language == "" and set(LANGUAGES) == {"es", "en", "pt"}


def test_verdicts_do_not_depend_on_the_company() -> None:
    texts = ("Te odio, son la peor compañía que existe", "", "Muchas gracias por la ayuda", "ok", "\ud800") * 15
    found = [
        Mention(source="m", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text=text) for text in texts
    ]
    assert JUDGE.verdicts(found) == [JUDGE.verdict(one) for one in found] and JUDGE.verdicts(()) == []


def test_the_shares_of_the_words_sum_up_to_what_the_pieces_say() -> None:
    found = cut(["Te odio, son la peor compañía que existe", "Muchas gracias, me encanta"])
    table = load("small")
    for weighed in table.weigh_all(found):
        scores = table.score("es", weighed)
        bias = table.score("es", table.weigh_all(cut(["\U0010ffff"]))[0])
        for label in CLASSES:
            own = scores[label] - bias[label] - sum(scores.values()) / 3 + sum(bias.values()) / 3
            assert float(table.toward("es", label, weighed).sum()) == pytest.approx(own, abs=1e-3)


def test_each_head_speaks_as_likely_as_its_register_and_the_source_keeps_other_languages_out() -> None:
    table = load("small")
    for text in ("Te odio, son la peor compañía", "Iberia, mi vuelo a Madrid no sale", "voo cancelado hoy"):
        (looked,) = look(table, [text])
        language, heads = voices(table, looked.weighed)
        assert sum(heads.values()) == pytest.approx(1) and set(heads) <= set(REGISTERS)
        assert language in ("", *LANGUAGES) and (not language or any(name[:2] == language for name in heads))
        claimed = voices(table, looked.weighed, "es")
        assert claimed.language != "es" or all(name[:2] == "es" for name in claimed.heads)
        read = JUDGE.wording.read(text)
        told = said(table, text, read, looked)
        own = {
            name: table.score(name, looked.weighed, cues(text, read.hits, read.negated, name[:2])) for name in heads
        }
        for label in CLASSES:
            assert told.scores[label] == pytest.approx(sum(heads[name] * own[name][label] for name in heads), abs=1e-4)
    (short,) = look(table, ["ok"])
    assert voices(table, short.weighed) == ("", {}) and voices(table, short.weighed, "pt") == ("pt", {"pt": 1.0})


def test_an_offence_said_again_is_not_less_negative() -> None:
    once, often = (judged(" ".join(["no sirve"] * n)).probabilities[Sentiment.NEGATIVE] for n in (2, 5))
    assert often >= once


def test_cues_are_nineteen_numbers() -> None:
    read = JUDGE.wording.read("No es bueno! 😡 #x")
    found = cues("No es bueno! 😡 #x", read.hits, read.negated)
    told = dict(zip(CUES, found, strict=True))
    assert told["negative"] == 1 and told["positive"] == 0 and told["negator"] == 0.5
    assert told["angry"] == told["exclamation"] == told["hashtag"] == pytest.approx(1 / 3)
    assert cues("", [], []) == [0.0] * len(CUES)


def test_what_the_head_of_the_types_sees_is_what_it_was_trained_on() -> None:
    mention = Mention(source="m", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text="Sin señal 😡")
    assert len(JUDGE.kind_features(mention)) == len(FEATURES)
    assert set(USUAL) - {""} == {kind.id for kind in usual_types()} and set(USUAL) > WORDS_DECIDE


def test_labels_are_ids_and_rows_of_the_table_and_no_mention_is_in_both_files() -> None:
    rows = {
        name: [json.loads(line) for line in (TYPES / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("tuned", "scored")
    }
    assert len(rows["scored"]) >= 400
    ids = [(row["file"], row["id"]) for found in rows.values() for row in found]
    assert len(ids) == len(set(ids))
    for row in (row for found in rows.values() for row in found):
        assert set(row) == {"file", "id", "type"} and row["type"] in USUAL


@pytest.mark.skipif(not senses.available(), reason="the extra `full` is not installed")
def test_the_full_tier_judges_alike_alone_and_in_company() -> None:
    texts = ("Te odio, son la peor compañía que existe", "Muchas gracias por la ayuda", "", "\ud800", "x" * 50_000)
    found = [
        Mention(source="m", account="a", native_id="1", published_at=NOW, fetched_at=NOW, text=text) for text in texts
    ]
    full = Classifier(usual_types(), Lexicon.load(), tier=Judge.FULL)
    together = full.judgements(found)
    assert [one.verdict.sentiment.value for one in together[:2]] == ["negative", "positive"]
    assert all(one.verdict.judge is Judge.FULL for one in together)
    for mention, other in zip(found, together, strict=True):
        alone = full.judgement(mention)
        assert alone.verdict == other.verdict
        assert dict(alone.probabilities) == pytest.approx(dict(other.probabilities), abs=1e-3)


def test_without_the_encoder_the_full_tier_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senses, "find_spec", lambda name: None)
    senses._encoder.cache_clear()
    with pytest.raises(InputError) as refused:
        senses.encode(["hola"])
    assert refused.value.key == "classify.no_full" and not senses.available()
