"""Attacks on the timeline's chain, 200 of each kind: what is evident is named, what is not is said to be unknown."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from crisisdesk.model import chain
from crisisdesk.model.chain import FIELDS, Anchor, Link, Status, Value, Verdict

KEY = b"k" * 32
KEYS = {chain.key_id(KEY): KEY}
ROWS = 30
TRIES = 200

Rows = list[list[Value]]


def row(number: int, text: str = "") -> list[Value]:
    return [
        number,
        1,
        None,
        "note.fact",
        number * 1000,
        number * 1000 + 5,
        -360,
        "ana",
        "{}",
        text or f"nota {number}",
        None,
    ]


def chained(rows: Rows, key: bytes | None = KEY, upto: int = 0, old: tuple[Link, ...] = ()) -> list[Link]:
    """Links of all rows; the first ``upto`` of ``old`` stay."""
    links = list(old[:upto])
    prev = links[-1].digest if links else chain.GENESIS
    for values in rows[upto:]:
        body = chain.content(values)
        made = chain.digest(prev, body)
        assert isinstance(values[0], int)
        links.append(
            Link(
                row=values[0], prev=prev, content=body, digest=made,
                seal=chain.seal(key, made) if key else "", key_id=chain.key_id(key) if key else "",
            )
        )  # fmt: skip
        prev = made
    return links


def whole() -> tuple[Rows, list[Link], Anchor]:
    rows = [row(n) for n in range(1, ROWS + 1)]
    links = chained(rows)
    return rows, links, Anchor(row=ROWS, digest=links[-1].digest, where="given")


def verify(rows: Rows, links: list[Link], *anchors: Anchor) -> Verdict:
    return chain.verify(rows, links, anchors, KEYS)


def test_an_untouched_timeline_is_intact_and_only_an_anchor_says_that_it_is_whole() -> None:
    rows, links, anchor = whole()
    assert verify(rows, links, anchor).integrity.status is Status.INTACT
    assert verify(rows, links, anchor).completeness.status is Status.INTACT
    bare = verify(rows, links)
    assert (bare.integrity.status, bare.completeness.why) == (Status.INTACT, "no_anchor")
    earlier = Anchor(row=20, digest=links[19].digest, where="given")
    later = verify(rows, links, earlier).completeness
    assert (later.status, later.why, later.row) == (Status.UNKNOWN, "after_anchor", 21)


def test_an_empty_timeline_claims_nothing_about_what_it_never_had() -> None:
    found = chain.verify([], [])
    assert (found.integrity.why, found.completeness.why, found.head) == ("empty", "no_anchor", None)


def test_values_joined_elsewhere_or_of_another_type_are_other_rows() -> None:
    first, second = row(1), row(1)
    first[7], first[8] = "ack", "ed by ana"
    second[7], second[8] = "acked", " by ana"
    assert chain.content(first) != chain.content(second)
    for one, other in ((None, ""), (1, "1"), (b"1", "1")):
        first[9], second[9] = one, other
        assert chain.content(first) != chain.content(second)


@pytest.mark.parametrize("seed", range(TRIES))
def test_an_edit_of_any_field_is_named(seed: int) -> None:
    rows, links, anchor = whole()
    roll = random.Random(seed)
    at, field = roll.randrange(ROWS), 1 + seed % (len(FIELDS) - 1)
    old = rows[at][field]
    rows[at][field] = old + 1 if isinstance(old, int) else f"{old or ''}·"
    for anchors in ((), (anchor,)):
        found = verify(rows, links, *anchors).integrity
        assert (found.status, found.why, found.row) == (Status.ALTERED, "edited", at + 1)


@pytest.mark.parametrize("seed", range(TRIES))
def test_a_deleted_row_is_named(seed: int) -> None:
    rows, links, _ = whole()
    at = random.Random(seed).randrange(ROWS - 1)
    del rows[at]
    assert verify(rows, links).completeness == replace_why("deleted", at + 1)
    del links[at]  # its link too
    found = verify(rows, links)
    assert found.completeness == replace_why("gap", at + 1)
    assert found.integrity.status is Status.ALTERED


def replace_why(why: str, at: int) -> chain.Answer:
    return chain.Answer(status=Status.ALTERED, why=why, row=at)


@pytest.mark.parametrize("seed", range(TRIES))
def test_rows_renumbered_after_a_deletion_are_named(seed: int) -> None:
    rows, links, anchor = whole()
    at = random.Random(seed).randrange(ROWS - 1)
    del rows[at], links[at]
    for later in range(at, len(rows)):
        rows[later][0] = later + 1
        links[later] = replace(links[later], row=later + 1)
    assert verify(rows, links).integrity.status is Status.ALTERED
    assert verify(rows, links).integrity.row == at + 1
    assert verify(rows, links, anchor).completeness.status is Status.ALTERED


@pytest.mark.parametrize("seed", range(TRIES))
def test_two_rows_swapped_are_named(seed: int) -> None:
    rows, links, _ = whole()
    one, other = sorted(random.Random(seed).sample(range(ROWS), 2))
    rows[one][1:], rows[other][1:] = rows[other][1:], rows[one][1:]
    assert verify(rows, links).integrity.row == one + 1
    rows, links, _ = whole()
    links[one], links[other] = replace(links[other], row=one + 1), replace(links[one], row=other + 1)
    found = verify(rows, links).integrity
    assert (found.status, found.row) == (Status.ALTERED, one + 1)


@pytest.mark.parametrize("seed", range(TRIES))
def test_a_row_put_in_is_named_with_or_without_a_link(seed: int) -> None:
    rows, links, _ = whole()
    rows.append(row(ROWS + 1 + seed, "falsa"))
    found = verify(rows, links).integrity
    assert (found.status, found.why, found.row) == (Status.ALTERED, "inserted", ROWS + 1 + seed)
    rows, links, _ = whole()
    at = random.Random(seed).randrange(ROWS)
    forged = [row(n) for n in range(1, ROWS + 2)]
    forged[at][9] = "falsa"
    found = verify(forged, chained(forged, b"x" * 32, at, tuple(links))).integrity
    assert found.status is not Status.INTACT  # a key that is not ours
    assert (found.why, found.row) == ("no_key", at + 1)


@pytest.mark.parametrize("seed", range(TRIES))
def test_a_tail_cut_off_is_unknown_without_an_anchor_and_named_with_one(seed: int) -> None:
    rows, links, anchor = whole()
    kept = random.Random(seed).randrange(ROWS)
    bare = verify(rows[:kept], links[:kept])
    assert (bare.integrity.status, bare.completeness.status) == (Status.INTACT, Status.UNKNOWN)
    found = verify(rows[:kept], links[:kept], anchor).completeness
    assert (found.status, found.why, found.row, found.anchor) == (Status.ALTERED, "cut", kept + 1, anchor)


def _none(made: Link) -> Link:
    return replace(made, seal="", key_id="")


def _claimed(made: Link) -> Link:
    return replace(made, seal=chain.seal(b"x" * 32, made.digest), key_id=chain.key_id(KEY))


@pytest.mark.parametrize(("forge", "why"), [(_none, ("unsealed", "unsealed_tail")), (_claimed, ("bad_seal",))])
@pytest.mark.parametrize("seed", range(TRIES))
def test_all_recomputed_without_the_key_never_passes_for_intact(
    seed: int, forge: Callable[[Link], Link], why: tuple[str, ...]
) -> None:
    rows, links, anchor = whole()
    at = random.Random(seed).randrange(ROWS)
    rows[at][9] = "otra"
    forged = links[:at] + [forge(made) for made in chained(rows, None, at, tuple(links))[at:]]
    found = verify(rows, forged).integrity
    assert found.status is not Status.INTACT
    assert (found.why in why, found.row) == (True, at + 1)
    against = verify(rows, forged, anchor).integrity
    assert against.status is Status.ALTERED


@pytest.mark.parametrize("seed", range(TRIES))
def test_all_recomputed_with_the_key_is_seen_against_an_anchor_only(seed: int) -> None:
    rows, links, anchor = whole()
    at = random.Random(seed).randrange(ROWS)
    rows[at][9] = "otra"
    forged = chained(rows, KEY, at, tuple(links))
    assert verify(rows, forged).integrity.status is Status.INTACT  # said in docs/evidence.md
    found = verify(rows, forged, anchor)
    assert (found.integrity.status, found.integrity.why, found.integrity.anchor) == (
        Status.ALTERED,
        "rewritten",
        anchor,
    )
    assert found.completeness.status is Status.UNKNOWN


@pytest.mark.parametrize("bad", ["", "zz", "ñ", "0" * 63, "0" * 64])
def test_a_link_that_is_no_hash_is_named_and_nothing_raises(bad: str) -> None:
    rows, links, _ = whole()
    links[3] = replace(links[3], prev=bad, digest=bad, seal=bad)
    assert verify(rows, links).integrity.row == 4


def test_a_key_that_is_not_here_is_said() -> None:
    rows, links, anchor = whole()
    found = chain.verify(rows, links, (anchor,), {}).integrity
    assert (found.status, found.why, found.row) == (Status.UNKNOWN, "no_key", 1)
