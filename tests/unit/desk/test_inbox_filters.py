"""Filters that are kept under a name, through a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crisisdesk.app import Desk
from crisisdesk.desk.inbox_filters import MANY
from crisisdesk.model.errors import InputError
from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.mention import Sentiment
from tests.unit.desk.conftest import START


def test_a_filter_needs_a_name_and_something_sought(desk: Desk) -> None:
    for name, sought in (("", Sought(source="x")), (" \n ", Sought(source="x")), ("todo", Sought())):
        with pytest.raises(InputError, match=r"inbox_filter\.empty"):
            desk.inbox_filters.keep(name, sought)
    assert desk.inbox_filters.all() == {}


def test_no_more_than_a_few_are_kept(desk: Desk) -> None:
    for n in range(MANY):
        desk.inbox_filters.keep(f"f{n}", Sought(search=str(n)))
    with pytest.raises(InputError, match=r"inbox_filter\.many"):
        desk.inbox_filters.keep("otro", Sought(search="x"))
    desk.inbox_filters.keep("f1", Sought(search="nuevo"))
    assert desk.inbox_filters.all()["f1"] == Sought(search="nuevo")


def test_everything_of_a_filter_outlives_a_restart(open_desk: Callable[[], Desk]) -> None:
    whole = Sought(
        search="señal", source="x", type="", sentiment=Sentiment.NEGATIVE, language="es", reply=Reply.OPEN,
        complaint=True, safety=True, start=START, end=START, alert_id=3, author=("x", "7"),
    )  # fmt: skip
    open_desk().inbox_filters.keep("todo junto", whole)
    assert open_desk().inbox_filters.all() == {"todo junto": whole}
    open_desk().inbox_filters.drop("todo junto")
    open_desk().inbox_filters.drop("nunca")
    assert open_desk().inbox_filters.all() == {}
