"""tests/bench/labels.py: what a second reader scores against the airlines' labels."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.bench import labels


def test_mentions_other_than_those_read_are_refused() -> None:
    with pytest.raises(ValueError, match="is not the one that was read"):
        labels.read_again([])
    with pytest.raises(ValueError, match="is not the one that was read"):
        labels.read_again(["another text"] * 3_078)


def test_each_mention_was_read_once_and_no_text_is_kept() -> None:
    told = [json.loads(line) for line in labels.READ.read_text("utf-8").splitlines()]
    assert len({row["row"] for row in told}) == len(told)
    assert {frozenset(row) for row in told} == {frozenset(("row", "digest", "label", "round"))}
    assert {row["label"] for row in told} == {"negative", "neutral", "positive"}
    assert all(len(row["digest"]) == 8 for row in told)


def test_who_says_what_the_labels_say_reaches_the_floor_in_every_redraw() -> None:
    given = np.array([0, 1, 2] * 40)
    found = labels.second_reader(given, given, np.roll(given, 1))
    assert (found["agree"], found["kappa"], found["macro_f1"]) == (100, 1, 100)
    assert found["redraws_that_reach_the_floor"] == 100
    assert found["full_tier_macro_f1"] == found["reader_and_full_tier_agree"] == 0


def test_who_guesses_agrees_by_chance_alone() -> None:
    chance = np.random.default_rng(3)
    given, read, judged = (chance.integers(0, 3, 600) for _ in range(3))
    found = labels.second_reader(given, read, judged)
    assert abs(float(str(found["kappa"]))) < 0.1
    assert found["redraws_that_reach_the_floor"] == 0
    behind, ahead = np.atleast_1d(found["reader_ahead_between"])
    assert behind < 0 < ahead
