"""What the public cut lets out, field by field: whatever is added to the model stays at home until it is named here."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from crisisdesk.model.alert import Example, Opening
from crisisdesk.model.commitment import Commitment
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft
from crisisdesk.model.history import Foresight
from crisisdesk.model.mention import Gap, Mention
from crisisdesk.model.playbook import Audience
from crisisdesk.reports import evidence_answers, extracts, incident, tables
from crisisdesk.reports.base import Cut, Kind
from crisisdesk.reports.redaction import public, written_phones
from crisisdesk.texts import Texts
from tests.fakes import review

ES = Texts("es")
NAME = "Zoraida Quispe"


def filled(one: Any) -> Any:
    """``one`` with a name in each of its texts and lists of texts."""
    told = {f.name: NAME for f in fields(one) if f.type == "str"}
    lists = {f.name: (NAME,) for f in fields(one) if f.type == "tuple[str, ...]"}
    return replace(one, **told | lists)


def kept(one: Any) -> set[str]:
    """The fields that still hold the name."""
    return {f.name for f in fields(one) if NAME in str(getattr(one, f.name))}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Mention, {"source", "channel", "lang", "text"}),
        (Commitment, {"zone", "url", "remedy", "wall"}),
        (Draft, {"template_id", "channel", "url"}),
    ],
)
def test_of_each_thing_only_these_texts_leave(kind: type, names: set[str]) -> None:
    full = review.review_data()
    stored = full.examples[0]
    draft = replace(filled(full.published[0]), approvals={"legal": (NAME, full.made_at)})
    data = public(
        replace(
            full,
            examples=(replace(stored, mention=filled(stored.mention), verdict=filled(stored.verdict)),),
            commitments=(filled(full.commitments[0]),),
            published=(draft,),
        )
    )
    found = {Mention: data.examples[0].mention, Commitment: data.commitments[0], Draft: data.published[0]}
    assert kept(found[kind]) == names
    assert kept(data.examples[0].verdict) == {"type", "language"}


def test_what_was_known_of_a_risk_stays_in_the_house() -> None:
    full = review.review_data()
    foresight = Foresight(elapsed=10, promise=60, at_risk=9, over=3, frequency=0.3, low=0.1, high=0.5, limit=0.2)
    one = replace(full.commitments[0], foresight=foresight)
    assert public(replace(full, commitments=(one,))).commitments[0].foresight is None


def test_what_somebody_wrote_in_private_is_not_quoted() -> None:
    full = review.review_data()
    said = replace(full.examples[0].mention, private=True, text="mi cuenta es la 4471")
    data = replace(full, examples=(replace(full.examples[0], mention=said), *full.examples[1:]))
    assert "4471" not in tables.json(data, cut=Cut.PUBLIC)
    assert "4471" not in incident.markdown(data, ES, cut=Cut.PUBLIC)
    assert len(public(data).examples) == len(full.examples) - 1


def test_an_answer_to_one_person_is_no_public_text_whatever_its_template() -> None:
    full = review.review_data()
    assert full.playbook.audience_of(full.published[-1].template_id) is Audience.PUBLIC
    answer = replace(full.published[-1], id=99, mention_id=7, url="https://example.org/p/99")
    entry = next(e for e in full.entries if e.kind == "draft.published")
    told = replace(entry, id=999, data={**entry.data, "draft": 99, "url": answer.url})
    promised = replace(full.commitments[0], id=98, draft_id=99, url="https://example.org/c/98")
    data = replace(
        full,
        published=(*full.published, answer),
        entries=(*full.entries, told),
        commitments=(*full.commitments, promised),
    )
    shown = public(data)
    assert [d.id for d in shown.published] == [d.id for d in full.published]
    assert [c.id for c in shown.commitments] == [c.id for c in public(full).commitments]
    assert (shown.promises.made + shown.updates.made, shown.promises) == (len(shown.commitments), public(full).promises)
    for text in (tables.json(data, cut=Cut.PUBLIC), extracts.situation(data, cut=Cut.PUBLIC)):
        assert "p/99" not in text and "c/98" not in text
    assert "p/99" not in tables.timeline_csv(data, ES, cut=Cut.PUBLIC).decode()
    said = incident.document(data, ES, kind=Kind.SITUATION)
    assert said.sections == incident.document(replace(data, published=full.published), ES, kind=Kind.SITUATION).sections


def test_where_we_hear_is_told_without_our_account() -> None:
    full = review.review_data()
    gap = Gap(source="mail:prensa@marca.example", start=full.made_at, end=full.made_at, reason="")
    data = replace(full, chart=replace(full.chart, gaps=(gap,)))
    assert "prensa@" not in tables.json(data, cut=Cut.PUBLIC)
    assert "prensa@" in tables.json(data, cut=Cut.INTERNAL)


@pytest.mark.parametrize(
    "way",
    ["5500000101", "55 0000 0101", "+52 (55) 0000–0101", "0000.0101 (lada 55)", "55‑0000‑0101", "52 1 55 0000 0101"],
)
def test_a_contacts_phone_is_struck_however_it_is_written(way: str) -> None:
    full = review.review_data()
    contacts = (
        Contact(slug="ana.ruiz", name="Ana", phone="+52 55 0000 0101"),
        Contact(slug="b", name="B", phone="00000101"),
    )
    data = replace(full, contacts=contacts, incident=replace(full.incident, title=f"Llame al {way}"))
    assert "0101" not in public(data).incident.title


def test_a_name_is_struck_as_a_word_and_not_inside_of_others() -> None:
    full = review.review_data()
    contacts = (
        Contact(slug="ana", name="Ana"),
        Contact(slug="soporte", name="Luis Soto", email="l.soto@marca.example"),
        Contact(slug="guardia.noc", name="Guardia"),
    )
    title = "Una semana sin agua ni soporte: ANA, Luis Soto y guardia.noc (l.soto@marca.example) en la guardiana"
    data = replace(full, contacts=contacts, incident=replace(full.incident, title=title))
    assert public(data).incident.title == "Una semana sin agua ni soporte: …, … y … (…) en la guardiana"


@pytest.mark.parametrize("told", ["55 1234 5678", "55\u20131234\u20135678", "55\\u20131234\\u00a05678"])
def test_an_answer_that_holds_a_contacts_phone_stays_at_home(told: str) -> None:
    pattern = written_phones(["+52 55 1234 5678"], evidence_answers.BETWEEN)
    assert re.search(pattern.encode(), f'{{"text": "al {told}"}}'.encode())
    assert not re.search(pattern.encode(), b'{"id": 551234, "n": 5678}')
    assert written_phones(["123", ""]) == ""


def test_the_alert_is_told_as_it_was_when_it_called_without_its_examples() -> None:
    full = review.review_data()
    assert full.alert is not None
    quoted = replace(full.alert.explanation, examples=(Example(1, NAME, NAME, "x", full.made_at),))
    first = Opening(replace(full.alert.signal, count=17), quoted, full.alert.proposal)
    alert = replace(full.alert, signal=replace(full.alert.signal, count=1_210), explanation=quoted, first=first)
    data = replace(full, alert=alert)
    assert NAME in tables.json(data, cut=Cut.INTERNAL) and NAME not in tables.json(data, cut=Cut.PUBLIC)
    told = [incident.document(data, ES, cut=cut).lead[1] for cut in (Cut.INTERNAL, Cut.PUBLIC)]
    assert told[0] == told[1] and "17 menciones" in told[0]
