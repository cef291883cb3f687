"""Templates are forms: what is typed stays what it is, and optional gaps leave no hole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.draft import FieldValue
from crisisdesk.model.playbook import Bilingual, FieldKind, Template, TemplateField
from crisisdesk.pipeline.drift import numbers
from crisisdesk.pipeline.render import placeholders, render

NOW = datetime(2026, 3, 10, 13, 10, tzinfo=UTC)  # 07:10 in Mexico City
ZONE = "America/Mexico_City"


def template(es: str, en: str, **kinds: FieldKind | None) -> Template:
    fields = tuple(
        TemplateField(name=n, kind=k or FieldKind.TEXT, optional=k is None) for n, k in kinds.items()
    )
    return Template(id="t", purpose=Bilingual(), phase="", fields=fields, text=Bilingual(es, en))


def test_what_is_typed_is_never_read_as_a_placeholder_or_code() -> None:
    made = template("Fallan {que} y {que}.", "{que} fail.", que=FieldKind.TEXT)
    hostile = FieldValue(text=Bilingual("{que} {0.__class__} {{ 7*7 }}", "<b>x</b> %s"))
    both = render(made, {"que": hostile}, zone=ZONE, now=NOW)
    assert both.es == "Fallan {que} {0.__class__} {{ 7*7 }} y {que} {0.__class__} {{ 7*7 }}."
    assert both.en == "<b>x</b> %s fail."


def test_a_gap_stays_visible_and_an_optional_one_goes_with_its_sentence() -> None:
    made = template("A las {hora}. {extra} Fin: {que}.", "At {hora}. {extra} End: {que}.", hora=FieldKind.TIME,
                    extra=None, que=FieldKind.TEXT)
    both = render(made, {"hora": FieldValue(instant=NOW)}, zone=ZONE, now=NOW)
    assert both.es == "A las 07:10. Fin: {que}."
    assert both.en == "At 07:10. End: {que}."


def test_a_time_past_midnight_carries_its_date() -> None:
    made = template("Hasta las {h}.", "Until {h}.", h=FieldKind.PROMISE)
    both = render(made, {"h": FieldValue(instant=NOW + timedelta(hours=20))}, zone=ZONE, now=NOW)
    assert both.es == "Hasta las 03:10 del 11 de marzo."
    assert both.en == "Until 03:10 on 11 March."


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_renders(es: str, en: str) -> None:
    made = template("x {a}", "y {a}", a=FieldKind.TEXT)
    both = render(made, {"a": FieldValue(text=Bilingual(es, en))}, zone=ZONE, now=NOW)
    assert both.es.startswith("X") and both.en.startswith("Y")
    assert placeholders("x {a} {a} {b.c}") == ("a", "b")


def test_numbers_are_compared_as_written() -> None:
    assert numbers("De 09:00 a 11:30, 3 zonas") == ("09:00", "11:30", "3")
