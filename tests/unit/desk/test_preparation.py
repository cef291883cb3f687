"""What was prepared: what cannot be is refused in a sentence, and what is kept survives a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.preparation import Guidelines, Preparation

DAY = date(2026, 3, 9)
BOTH = Bilingual("Lo estamos mirando", "We are looking at it")


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (lambda d: d.preparation.add_training(DAY, "  "), "preparation.no_subject"),
        (lambda d: d.preparation.add_training(date(2026, 3, 11), "Ensayo"), "preparation.future_training"),
        (lambda d: d.preparation.save_text("responder", Bilingual("a", ""), None), "preparation.no_text"),
        (lambda d: d.preparation.save_text("", BOTH, None), "preparation.no_phase"),
        (lambda d: d.preparation.save_guidelines(Bilingual("x" * 5000, ""), BOTH), "preparation.too_long"),
        (lambda d: d.preparation.save_assumptions({}, "pesos"), "preparation.currency"),
        (lambda d: d.preparation.save_assumptions({"call_cost": ("diez", "x")}, "MXN"), "preparation.figure"),
        (lambda d: d.preparation.save_assumptions({"call_cost": ("1.234,5", "x")}, "MXN"), "preparation.figure"),
        (lambda d: d.preparation.save_assumptions({"deflected": ("101", "x")}, "MXN"), "preparation.figure"),
        (lambda d: d.preparation.save_assumptions({"call_cost": ("10", " ")}, "MXN"), "preparation.no_source"),
        (lambda d: d.preparation.save_assumptions({"call_cost": ("9" * 30, "x")}, "MXN"), "preparation.figure"),
    ],
)
def test_what_cannot_be_kept_is_refused(desk: Desk, act: Callable[[Desk], object], key: str) -> None:
    with pytest.raises(InputError) as told:
        act(desk)
    assert told.value.key == key
    assert desk.preparation.get() == Preparation()


def test_what_is_gone_is_told(desk: Desk) -> None:
    for act in (lambda: desk.preparation.remove_training(4), lambda: desk.preparation.remove_text(4),
                lambda: desk.preparation.save_text("responder", BOTH, None, text_id=4)):  # fmt: skip
        with pytest.raises(NotFoundError):
            act()


def test_everything_survives_a_restart(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    desk.preparation.add_training(DAY, " Primera media hora ", who="Ana y Luis")
    desk.preparation.save_text("responder", BOTH, date(2026, 12, 31))
    desk.preparation.save_guidelines(BOTH, Bilingual("Culpas", "Blame"))
    desk.preparation.save_assumptions({"call_cost": ("52,50", "Finanzas, marzo")}, "mxn")
    before = desk.preparation.get()
    again = open_desk().preparation.get()
    assert again == before
    assert again.trainings[0].what == "Primera media hora" and again.trainings[0].day == DAY
    assert again.currency == "MXN"
    figure = again.assumption("call_cost")
    assert figure is not None and (figure.value, figure.day) == ("52.50", date(2026, 3, 10))
    assert again.guidelines == Guidelines(say=BOTH, never_say=Bilingual("Culpas", "Blame"), reviewed=date(2026, 3, 10))


def test_a_changed_text_is_a_new_version_and_another_date_is_not(desk: Desk) -> None:
    one = desk.preparation.save_text("responder", BOTH, None)
    later = desk.preparation.save_text("responder", BOTH, date(2026, 12, 31), text_id=one.id)
    assert later.version == 1
    changed = desk.preparation.save_text("responder", Bilingual("Otro", "Other"), None, text_id=one.id)
    assert (changed.version, len(desk.preparation.get().ambassador)) == (2, 1)


def test_a_figure_keeps_its_day_until_it_changes_and_an_empty_one_is_taken_back(desk: Desk) -> None:
    desk.preparation.save_assumptions({"call_cost": ("10", "A"), "hour_cost": ("200", "B")}, "MXN")
    kept = desk.preparation.save_assumptions({"call_cost": ("", ""), "hour_cost": ("200", "B")}, "MXN")
    assert [one.name for one in kept.assumptions] == ["hour_cost"]


def test_mentions_are_counted_by_source(desk: Desk) -> None:
    desk.ingest.manual("sin señal en casa", author="", channel="x")
    ((source, _account, n),) = desk.mentions.by_source(28)
    assert source and n == 1
