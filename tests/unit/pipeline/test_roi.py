"""The return on investment: exact, in three chapters, and unknown where nobody has said a figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from crisisdesk.desk.measured import figures_of
from crisisdesk.model.measure import CHAPTERS, MentionRow, Period, ReplyRow, Rows, ServiceDay
from crisisdesk.model.mention import Sentiment
from crisisdesk.model.preparation import ASSUMPTIONS, Assumption, Preparation
from crisisdesk.pipeline import roi
from crisisdesk.pipeline.measures import figures
from crisisdesk.reports import roi as report
from crisisdesk.reports import setting
from crisisdesk.texts import Texts

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
PERIOD = Period(first=date(2026, 3, 1), last=date(2026, 3, 31), start=START, end=START + timedelta(days=31))
SAID = {
    "call_cost": "42.50", "contact_cost": "8", "deflected": "35", "listening_month": "1200", "focus_group": "30000",
    "focus_groups_year": "4", "leaving": "50", "customer_year": "1899.99", "ideas_year": "3", "idea_worth": "10000",
}  # fmt: skip


def mention(n: int, sentiment: Sentiment) -> MentionRow:
    return MentionRow(
        id=n, at=START + timedelta(hours=n), source="x", channel="x", voice=1, sentiment=sentiment, labelled=True,
        by_person=False, complaint=False, idea=n == 2, own=False,
    )  # fmt: skip


REPLY = ReplyRow(mention_id=1, incident="i", source="x", channel="x", voice=1, asked_at=START, begun_at=None,
                 replied_at=START + timedelta(hours=1))  # fmt: skip
ROWS = Rows(period=PERIOD, mentions=(mention(1, Sentiment.NEGATIVE), mention(2, Sentiment.POSITIVE)),
            replies=(REPLY,) * 10)  # fmt: skip


def lines(rows: Rows = ROWS, **said: str) -> dict[str, Decimal | None]:
    assumed = {name: Decimal(value) for name, value in said.items()}
    return {one.key: one.value for one in roi.returned(rows, figures(rows), assumed, "MXN").lines}


def test_every_line_is_that_of_a_hand_count() -> None:
    assert lines(**SAID) == {
        "kept": Decimal("950.00"),  # 1 × 50 % × 1899.99, half to even
        "deflection": Decimal("148.75"),  # 10 × 35 % × 42.50
        "answering": Decimal("-80.00"),
        "research": Decimal("10191.78"),  # 4 × 30000 × 31 ÷ 365
        "listening": Decimal("-1223.01"),  # 1200 × 12 × 31 ÷ 365
        "ideas": Decimal("2547.95"),
    }


@pytest.mark.parametrize("name", SAID)
def test_what_nobody_has_said_is_unknown_and_named(name: str) -> None:
    said = {key: Decimal(value) for key, value in SAID.items() if key != name}
    found = roi.returned(ROWS, figures(ROWS), said, "MXN")
    assert found.missing() == (name,)
    assert found.total() is None
    assert sum(found.total(chapter) is None for chapter in CHAPTERS) == 1


def test_a_zero_that_somebody_said_is_a_zero() -> None:
    assert lines(**SAID | {"contact_cost": "0", "leaving": "0"})["answering"] == 0


def test_minutes_of_an_hour_stand_in_for_the_cost_of_an_answer() -> None:
    said = {name: value for name, value in SAID.items() if name != "contact_cost"}
    assert lines(**said, minutes_per_reply="7", hour_cost="100")["answering"] == Decimal("-116.67")


def test_the_measured_cost_of_a_call_stands_in_only_in_the_same_currency() -> None:
    said = {name: value for name, value in SAID.items() if name != "call_cost"}
    day = ServiceDay(day=date(2026, 3, 2), line="phone", contacts=4, cost=Decimal("100"), currency="MXN")
    assert lines(replace(ROWS, service=(day,)), **said)["deflection"] == Decimal("87.50")
    assert lines(replace(ROWS, service=(replace(day, currency="EUR"),)), **said)["deflection"] is None


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 100, places=2))
def test_money_is_rounded_once_to_the_cent(cost: Decimal, part: Decimal) -> None:
    found = lines(call_cost=str(cost), deflected=str(part))["deflection"]
    assert found is not None
    assert abs(found * 100 - 10 * cost * part) <= Decimal("0.5") and found.as_tuple().exponent == -2


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_report_prints_every_assumption_with_its_source(lang: str) -> None:
    texts = Texts(lang)
    kept = Preparation(
        assumptions=tuple(
            Assumption(name=name, value=value, source=f"<b>Finanzas {name}</b>", day=date(2026, 1, 1))
            for name, value in SAID.items()
        )
    )
    found = roi.returned(ROWS, figures(ROWS), figures_of(kept), kept.currency)
    doc = report.document(ROWS, found, kept, texts, made_at=START, zone="UTC")
    page = setting.web(doc, texts)
    for name in ASSUMPTIONS:
        assert str(escape(texts(f"preparation.roi.{name}"))) in page
        assert (f"&lt;b&gt;Finanzas {name}&lt;/b&gt;" in page) == (name in SAID)
    assert "<b>Finanzas" not in page and "<script" not in page
    assert [section.key for section in doc.sections][:3] == list(CHAPTERS)
    assert "12.535,47" in page or "12\u00a0535,47" in page or "12,535.47" in page
