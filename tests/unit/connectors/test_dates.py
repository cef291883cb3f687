"""Dates of exports, in every form that is promised, and none guessed silently."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.connectors.dates import Dates, Order, find_order

CARACAS, MADRID = ZoneInfo("America/Caracas"), ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2018-09-09T16:15:00Z", (2018, 9, 9, 16, 15)),
        ("2018-09-09T16:15:00+02:00", (2018, 9, 9, 14, 15)),
        ("2018-09-09 16:15:00 +0000", (2018, 9, 9, 16, 15)),
        ("2018-09-09 16:15:00 UTC", (2018, 9, 9, 16, 15)),
        ("2018-09-09 16:15", (2018, 9, 9, 20, 15)),
        ("2018-09-09", (2018, 9, 9, 4, 0)),
        ("20180909", (2018, 9, 9, 4, 0)),
        ("09/10/2018 16:15", (2018, 10, 9, 20, 15)),
        ("9/10/18 4:15 p. m.", (2018, 10, 9, 20, 15)),
        ("9/10/18, 12:15 AM", (2018, 10, 9, 4, 15)),
        ("09-10-2018 16:15:30", (2018, 10, 9, 20, 15, 30)),
        ("09.10.2018", (2018, 10, 9, 4, 0)),
        ("2018/10/09 16:15", (2018, 10, 9, 20, 15)),
        ("1536509700", (2018, 9, 9, 16, 15)),
        ("1536509700000", (2018, 9, 9, 16, 15)),
        ("1536509700.0", (2018, 9, 9, 16, 15)),
        ("1512011200000", (2017, 11, 30, 3, 6, 40)),
        ("Wed Oct 10 20:19:24 +0000 2018", (2018, 10, 10, 20, 19, 24)),
        ("Wed, 10 Oct 2018 20:19:24 +0200", (2018, 10, 10, 18, 19, 24)),
    ],
)
def test_every_promised_form(text: str, when: tuple[int, ...]) -> None:
    assert Dates(CARACAS).read(f" {text} ") == datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_month_first() -> None:
    assert Dates(ZoneInfo("UTC"), Order.MONTH_FIRST).read("09/10/2018") == datetime(2018, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "ayer", "2026-02-30", "2026-02-30T25:61", "31/31/2018", "123/10/2018", "13:00", "9" * 500, "99/99/9999 99:99",
     "Mon, 99 Foo 20xx", "2026", "1,5", "10/10/2018 15:00 pm", "nan", "99999999999999999"],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        print(Dates(CARACAS).read(text))


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert Dates(MADRID).read(text).tzinfo is UTC


@given(st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)), st.sampled_from(["America/Caracas", "Europe/Madrid"]))
def test_local_times_come_back(moment: datetime, name: str) -> None:
    moment = moment.replace(microsecond=0)
    dates = Dates(ZoneInfo(name))
    for text in (moment.isoformat(" "), moment.strftime("%d/%m/%Y %H:%M:%S")):
        read = dates.read(text)
        if not dates.skipped:
            assert read.astimezone(ZoneInfo(name)).replace(tzinfo=None) == moment


def test_times_that_exist_twice_or_never() -> None:
    dates = Dates(MADRID)
    assert dates.read("25/10/2026 02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (dates.repeated, dates.skipped) == (1, 0)
    assert dates.read("2027-03-28 02:30") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert (dates.repeated, dates.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("samples", "order", "open_"),
    [
        (["03/04/2021", "25/04/2021"], Order.DAY_FIRST, False),
        (["03/04/2021", "04/25/2021"], Order.MONTH_FIRST, False),
        (["03/04/2021", "04/04/2021"], Order.DAY_FIRST, True),
        (["2021-04-03", "x", ""], Order.DAY_FIRST, False),
    ],
)
def test_the_order_is_decided_over_all_samples(samples: list[str], order: Order, open_: bool) -> None:
    assert find_order(samples) == (order, open_)
