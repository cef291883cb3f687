"""Which runs of digits are telephones: kept ones however written, others by the country's plan; the rest stays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.desk.kept_numbers import country_of
from crisisdesk.pipeline.phones import HIDDEN, everywhere, without_kept, without_numbers

KEPT = "+525512345678"

STAYS = [
    "pedido 12345678", "su pedido nº 600123456", "orden: 5512345678", "número de pedido 4500123456",
    "folio 20261130140833", "cobraron 1.234.567,89 €", "cuesta 12.345.678 pesos", "el 30-11-2026 a las 14:08:33",
    "2026-11-30 14:08", "IP 192.168.100.200", "tarjeta 4111 1111 1111 1111", "1234 5678", "12345678901234567890",
    "de 08:00 a 20:00, 7 días", "expediente 2026/0012345", "IMEI 490154203237518",
]  # fmt: skip


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize("region", ["MX", "ES"])
def test_order_numbers_amounts_and_dates_stay(text: str, region: str) -> None:
    assert without_numbers(text, region=region) == text


@pytest.mark.parametrize(
    ("region", "text", "struck"),
    [
        ("MX", "llámenme al 55 1234 5678, pedido 88001234", "llámenme al …, pedido 88001234"),
        ("MX", "mi factura 8831 y mi cel 5512345678", "mi factura 8831 y mi cel …"),
        ("MX", "+52 (55) 8765-4321 o wa.me/5215587654321", "… o wa.me/…"),
        ("MX", "mi cel ５５ １２３４ ５６７８", "mi cel …"),
        ("ES", "600 123 456 / 91 555 12 34", "… / …"),
        ("ES", "desde fuera: +54 9 11 2345-6789", "desde fuera: …"),
        ("AR", "escribime al 11 2345-6789", "escribime al …"),
        ("CO", "cel 300 123 4567", "cel …"),
        ("CL", "fono 9 8765 4321", "fono …"),
        ("PE", "celular 987 654 321", "celular …"),
        ("US", "call (212) 555-0123 now", "call … now"),
    ],
)
def test_numbers_of_the_country_and_whole_ones_of_any_other_are_struck(region: str, text: str, struck: str) -> None:
    assert without_numbers(text, region=region) == struck


def test_where_the_country_is_not_known_every_run_that_can_be_one_is_struck() -> None:
    assert without_numbers("pedido 12345678, 600 123 456") == "pedido …, …"
    assert without_numbers("al 600–123–456 o al 600·123·456") == "al … o al …"
    assert without_numbers("x" * 30_000 + " 5512345678", region="MX").endswith(" …")  # too long to be read slowly


WAYS = (
    "+525512345678", "0052 55 1234 5678", "5512345678", "55-1234-5678", "(55) 1234.5678", "1234 5678", "234-56-78",
    "tel5512345678", "５５１２３４５６７８", "orden 5512345678", "52/55/1234/5678", "5 5 1 2 3 4 5 6 7 8",
    "55 1234–5678", "55‑1234‑5678", "55·1234·5678", "55_1234_5678", "55, 1234, 5678", "55\u200b1234\u200b5678",
    "".join(f"{digit}\ufe0f\u20e3" for digit in "5512345678"),
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_kept_number_is_struck_however_it_is_written_whatever_stands_before_it(way: str) -> None:
    for struck in (without_kept(f"dice {way} y ya", [KEPT]), without_numbers(f"dice {way}", region="ES", kept=[KEPT])):
        assert HIDDEN in struck and not any("5678" in part or "2345" in part for part in (struck, struck[::-1]))
    assert without_kept(f"dice {way} y ya", []) == f"dice {way} y ya"
    assert without_kept(f"dice {way} y ya", ["12345"]) == f"dice {way} y ya"  # too short to be told


@given(st.text(alphabet="ab,.é 7-", max_size=20), st.sampled_from(WAYS[:6]), st.text(alphabet="ab,.é ", max_size=20))
def test_nothing_but_digits_and_what_is_between_them_is_taken_out(before: str, way: str, after: str) -> None:
    struck = without_kept(f"{before} {way} {after}", [KEPT])
    assert struck.endswith(f" {after}")
    assert sum(c.isalpha() for c in struck) == sum(c.isalpha() for c in before + after)


@dataclass(frozen=True)
class Inner:
    text: str
    n: int


@dataclass(frozen=True)
class Outer:
    one: Inner
    many: tuple[Inner, ...]
    said: dict[str, object]
    none: None = None


def test_every_text_inside_is_struck_and_what_does_not_change_is_the_same_object() -> None:
    clean = Inner("nada", 5512345678)
    outer = Outer(Inner("al 5512345678", 1), (clean, Inner("12345678", 2)), {"a": ["55 1234 5678", 3], "b": None})
    struck = everywhere(outer, lambda text: without_kept(text, [KEPT]))
    assert "2345678" not in repr(struck).replace("5512345678)", "")  # the number that is no text stays
    assert struck.many[0] is clean and struck.said == {"a": ["…", 3], "b": None}
    assert everywhere(struck, str.strip) is struck


def test_the_country_of_a_zone() -> None:
    zones = ("America/Mexico_City", "Europe/Madrid", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "no/where")
    assert [country_of(zone) for zone in zones] == ["MX", "ES", "AR", "", ""]
