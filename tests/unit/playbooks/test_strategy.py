"""What the strategy wizard may never do, for every combination of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.playbooks.strategy import STEPS, Answers, Cause, Counsel, counsel, mixes_denial, told
from crisisdesk.playbooks.vocabulary import CLUSTERS, STRATEGIES
from crisisdesk.texts import Texts

ANSWERS = st.builds(
    Answers,
    cause=st.sampled_from(Cause),
    repeated=st.booleans(),
    distrusted=st.booleans(),
    broken_promises=st.integers(0, 5),
    harmed=st.booleans(),
)


def height(made: Counsel) -> int:
    return STEPS.index(made.cluster) if made.cluster in STEPS else -1


@given(ANSWERS, st.booleans())
def test_a_counsel_never_contradicts_itself(answers: Answers, history: bool) -> None:
    made = counsel(answers, history_raises=history)
    assert not mixes_denial(made.used)
    assert not set(made.used) & set(made.avoided)
    assert made.cluster in CLUSTERS and set(made.used) | set(made.avoided) <= set(STRATEGIES)
    assert made.first[0].act == "instruir" and made.first[1].act == "ajustar"
    assert "atacar_al_acusador" in made.avoided and "chivo_expiatorio" in made.avoided
    assert ("negar" in made.used) == (answers.cause is Cause.RUMOUR)


@given(ANSWERS)
def test_history_distrust_and_broken_promises_only_raise_responsibility(answers: Answers) -> None:
    made = counsel(answers)
    assert height(made) >= height(counsel(Answers(cause=answers.cause)))
    for more in ({"repeated": True}, {"distrusted": True}, {"broken_promises": answers.broken_promises + 1}):
        assert height(counsel(replace(answers, **more))) >= height(made)
    assert bool(made.raised) == (made.cluster != made.base) or answers.cause is Cause.RUMOUR


@given(ANSWERS)
def test_our_own_broken_promise_raises_it_and_is_named(answers: Answers) -> None:
    whole, broken = replace(answers, broken_promises=0), replace(answers, broken_promises=1)
    assert not counsel(whole).names_promise and counsel(broken).names_promise
    if height(counsel(whole)) in (0, 1):
        assert height(counsel(broken)) == height(counsel(whole)) + 1
        assert "broken_promise" in counsel(broken).raised
        assert "reconstruir.disculpa" in counsel(broken).used


@given(ANSWERS)
def test_with_people_harmed_nobody_boasts_or_excuses(answers: Answers) -> None:
    made = counsel(replace(answers, harmed=True))
    assert not any(act.startswith(("reforzar", "disminuir")) for act in made.used)
    assert made.first[0].reason in ("safety_first", "facts_first")


def test_the_four_rows_of_the_theory() -> None:
    rows = {cause: counsel(Answers(cause=cause)) for cause in Cause}
    assert [rows[cause].cluster for cause in Cause] == ["victima", "accidental", "evitable", "rumor"]
    assert "reconstruir.disculpa" not in rows[Cause.OUTSIDE].used
    assert "reconstruir.disculpa" in rows[Cause.ACCIDENT].used
    assert "disminuir.excusa" in rows[Cause.PREVENTABLE].avoided
    assert "reconstruir.disculpa" in rows[Cause.RUMOUR].avoided
    one_up = counsel(Answers(cause=Cause.OUTSIDE, repeated=True, distrusted=True))
    assert (one_up.cluster, one_up.raised) == ("accidental", ("repeated", "distrusted"))
    assert counsel(Answers(cause=Cause.OUTSIDE, repeated=True), history_raises=False).cluster == "victima"


@pytest.mark.parametrize("lang", ["es", "en"])
def test_everything_that_can_be_said_has_its_sentence(lang: str) -> None:
    texts = Texts(lang)
    for cause in Cause:
        assert texts.has(f"strategy.cause.{cause}")
        for harmed in (False, True):
            for broken in (0, 1, 2):
                made = counsel(Answers(cause=cause, harmed=harmed, broken_promises=broken, repeated=broken == 2))
                assert texts.has(f"strategy.cluster.{made.cluster}")
                assert all(texts.has(f"strategy.raised.{reason}") for reason in made.raised)
                for advice in (*made.first, *made.use, *made.avoid):
                    what, why = told(advice, texts)
                    assert not what.startswith("strategy.") and not why.startswith("strategy.")
    for name in ("cause", "repeated", "distrusted", "harmed"):
        assert texts.has(f"strategy.question.{name}")
