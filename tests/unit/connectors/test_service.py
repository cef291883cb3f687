"""A call centre's file, as its own system writes it: days or single calls; what it does not say stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crisisdesk.connectors.service import read_service
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.measure import ServiceDay

ZONE = "America/Mexico_City"


def file(folder: Path, text: str) -> Path:
    path = folder / "central.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "importing.empty"),
        ("llamadas;coste\n4;2\n", "service.no_day"),
        ("fecha,llamadas\n", "service.no_rows"),
        ("fecha,llamadas\nayer,4\n", "service.no_rows"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError) as caught:
        read_service(file(tmp_path, text), ZONE)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "row",
    ["x,4,1,MXN,phone", "2026-03-01,-4,1,MXN,phone", "2026-03-01,4.5,1,MXN,phone", "2026-03-01,,1,MXN,phone",
     "2026-03-01,4,1 200,MXN,phone", "2026-03-01,4,1.200,00,phone", "2026-03-01,4,1,pesos,phone",
     "2026-03-01,4,1,MXN,fax", "2026-03-01,4,inf,MXN,phone", "2026-03-01,4,1e3,MXN,phone", "2026-03-01,٤,1,MXN,phone"],
)  # fmt: skip
def test_a_bad_row_is_told_and_the_rest_goes_on(row: str, tmp_path: Path) -> None:
    text = f"day,calls,cost,currency,line\n{row}\n2026-03-02,5,2.50,MXN,phone\n"
    days, bad = read_service(file(tmp_path, text), ZONE)
    assert [day.day.day for day in days] == [2]
    assert [problem.row for problem in bad] == [2]


def test_days_with_what_they_know(tmp_path: Path) -> None:
    text = (
        "Fecha;Canal;Llamadas;AHT;Coste;Moneda;Encuestados;Satisfechos\n"
        "2026-03-02;teléfono;10;90,5;123,40;mxn;4;3\n"
        "01/03/2026;correo;7;;;;;\n"
    )
    days, bad = read_service(file(tmp_path, text), ZONE)
    assert not bad
    assert days == (
        ServiceDay(day=date(2026, 3, 1), line="mail", contacts=7),
        ServiceDay(day=date(2026, 3, 2), line="phone", contacts=10, seconds=Decimal("905.0"), cost=Decimal("123.40"),
                   currency="MXN", asked=4, satisfied=3),
    )  # fmt: skip


def test_single_calls_are_added_up_by_the_local_day(tmp_path: Path) -> None:
    text = (
        "calldate,billsec,csat,nps\n"
        "2026-03-02T05:30:00Z,60,5,9\n"  # still the first of March in Mexico City
        "2026-03-02T06:30:00Z,30,3,6\n"
        "2026-03-02T07:30:00Z,31,,\n"
    )
    days, _ = read_service(file(tmp_path, text), ZONE)
    first, second = days
    assert (first.day.day, first.contacts, first.seconds, first.asked, first.satisfied, first.detractors) == (
        1, 1, Decimal(60), 1, 1, 0,
    )  # fmt: skip
    assert (second.contacts, second.seconds, second.asked, second.satisfied, second.rated, second.detractors) == (
        2, Decimal(61), 1, 0, 1, 1,
    )  # fmt: skip


def test_money_of_two_countries_is_never_added(tmp_path: Path) -> None:
    text = "day,calls,cost,currency\n2026-03-01,1,10,MXN\n2026-03-01,1,10,EUR\n"
    days, bad = read_service(file(tmp_path, text), ZONE)
    assert days[0].cost == 10 and days[0].contacts == 1
    assert [problem.key for problem in bad] == ["errors.service.two_currencies"]
