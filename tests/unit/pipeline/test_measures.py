"""Every measure is counted a second time, from the exported files, by a script that knows nothing of the desk."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.measure import (
    IncidentRow,
    MentionRow,
    Period,
    PromiseRow,
    ReplyRow,
    Rows,
    ServiceDay,
    Unit,
)
from crisisdesk.model.mention import Sentiment
from crisisdesk.model.preparation import ASSUMPTIONS
from crisisdesk.pipeline import measures
from crisisdesk.pipeline.roi import returned
from crisisdesk.reports.measures import csv_files
from tests.fakes import recount

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
PERIOD = Period(first=date(2026, 3, 1), last=date(2026, 3, 28), start=START, end=START + timedelta(days=28))


def mention(n: int, day: float, sentiment: str = "negative", voice: int = 1, **more: object) -> MentionRow:
    row = MentionRow(
        id=n, at=START + timedelta(days=day), source="x", channel="x", voice=voice, sentiment=Sentiment(sentiment),
        labelled=sentiment != "neutral", by_person=False, complaint=False, idea=False, own=False,
    )  # fmt: skip
    return replace(row, **more)  # type: ignore[arg-type]


def some_rows(seed: int) -> Rows:
    """A month in which anything may be missing, be zero or occur twice."""
    r = random.Random(seed)

    def moment(days: float = 28) -> datetime:
        return START + timedelta(microseconds=r.randrange(int(days * 86_400_000_000)))

    def later(at: datetime) -> datetime:
        return at + timedelta(microseconds=r.choice((0, r.randrange(10**6), r.randrange(10**12))))

    brands = r.choice(((), ("Nuestra", "=Rival", "Otra")))
    channels = ("x", "foro", "+correo", "=1+1")

    def heard(n: int, at: datetime) -> MentionRow:
        sentiment = r.choice(list(Sentiment))
        return MentionRow(
            id=n, at=at, source=r.choice(("x", "mail")), channel=r.choice(channels), voice=r.randrange(6),
            sentiment=sentiment, labelled=sentiment is not Sentiment.NEUTRAL or r.random() < 0.1,
            by_person=False, complaint=r.random() < 0.5, idea=False, own=r.random() < 0.1,
            names=tuple(r.random() < 0.4 for _ in brands),
        )  # fmt: skip

    mentions = [heard(n, moment()) for n in range(r.choice((0, 1, 60)))]
    replies = []
    for row in mentions:
        if not row.own and r.random() < 0.5:
            begun = later(row.at)
            replies.append(
                ReplyRow(mention_id=row.id, incident="i", source=row.source, channel=row.channel, voice=row.voice,
                         asked_at=row.at, begun_at=r.choice((begun, None)), replied_at=later(begun))
            )  # fmt: skip
    promises = []
    for n in range(r.choice((0, 25))):
        due = moment()
        done = r.choice((None, later(due), due - timedelta(microseconds=r.randrange(10**10))))
        promises.append(
            PromiseRow(id=n, incident="i", kind=r.choice(list(CommitmentKind)), area=r.choice(("noc", "legal", "")),
                       state=r.choice(list(CommitmentState)), due_at=due, done_at=done)
        )  # fmt: skip
    incidents = []
    for n in range(r.choice((0, 4))):
        at = moment()
        incidents.append(
            IncidentRow(name=str(n), started_at=at, opened_at=later(at), first_message_at=r.choice((None, later(at))),
                        resolved_at=r.choice((None, later(at))))
        )  # fmt: skip
    service = []
    for n in range(r.choice((0, 12))):
        asked, rated = r.choice((None, r.randrange(30))), r.choice((None, r.randrange(30)))
        cost = r.choice((None, Decimal(r.randrange(10**7)).scaleb(-2)))
        service.append(
            ServiceDay(
                day=date(2026, 3, 1 + n // 2), line=("phone", "mail")[n % 2], contacts=r.randrange(200),
                seconds=r.choice((None, Decimal(r.randrange(10**8)).scaleb(-3))), cost=cost,
                currency=r.choice(("MXN", "EUR")) if cost is not None else "", asked=asked,
                satisfied=None if asked is None else r.randrange(asked + 1), rated=rated,
                detractors=None if rated is None else r.randrange(rated + 1),
            )
        )  # fmt: skip
    return Rows(
        period=PERIOD, mentions=tuple(mentions),
        later=tuple(heard(100 + n, PERIOD.end + timedelta(days=r.random() * 30)) for n in range(r.choice((0, 20)))),
        replies=tuple(replies), promises=tuple(promises), incidents=tuple(incidents), service=tuple(service),
        brands=brands,
    )  # fmt: skip


def assumed(seed: int) -> dict[str, Decimal]:
    """Assumptions of which some, all or none were said."""
    r = random.Random(seed)
    part = r.choice((0.0, 0.6, 1.0))
    names = [name for name in ASSUMPTIONS if r.random() < part]
    return {name: Decimal(r.randrange(10**7)).scaleb(-r.randrange(4)) for name in names}


def exported(rows: Rows, folder: Path, said: dict[str, Decimal] | None = None, currency: str = "MXN") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    found = measures.figures(rows)
    made = returned(rows, found, said or {}, currency)
    for name, content in csv_files(rows, found, made, said, currency).items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("seed", range(120))
def test_the_same_to_the_last_digit_when_counted_again_from_the_files(seed: int, tmp_path: Path) -> None:
    currency = ("MXN", "EUR", "USD")[seed % 3]
    assert not recount.differences(exported(some_rows(seed), tmp_path, assumed(seed), currency))


def test_every_measure_and_every_line_of_the_return_was_counted_again_with_a_value() -> None:
    """Not only the same, but known: each key of the documentation has a value in one of the samples at least."""
    known: set[str] = set()
    worth: set[str] = set()
    for seed in range(120):
        found = measures.figures(rows := some_rows(seed))
        known |= {one.key for one in found if one.value is not None}
        worth |= {one.key for one in returned(rows, found, assumed(seed), "MXN").lines if one.value}
    three = {f"{key}.{name}" for key in ("first_response", "response", "handling", "first_message", "resolution")
             for name in ("mean", "median", "p90")}  # fmt: skip
    kept = {f"{key}.{name}" for key in ("promises", "promises.area", "updates")
            for name in ("made", "kept", "lateness")}  # fmt: skip
    assert known == three | kept | {
        "volume.mentions", "volume.channel", "volume.line", "response.answered", "response.channel_median",
        "response.channel_p90", "incidents", "conversion.detractors", "conversion.heard_again", "conversion.converted",
        "conversion.rate", "conversion.unlabelled", "service.cost", "service.length", "service.satisfaction",
        "service.detraction", "voice.share",
    }  # fmt: skip
    assert worth == {"kept", "deflection", "answering", "research", "listening", "ideas"}


def test_the_recount_would_see_one_cent_of_the_return(tmp_path: Path) -> None:
    said = {name: Decimal(7) for name in ASSUMPTIONS}
    folder = exported(some_rows(2), tmp_path, said)
    whole = (folder / "return.csv").read_bytes()
    told = [row for row in recount.read(folder, "return") if row["value"]]
    assert len(told) == 6 + 3 + 1
    for row in told:
        line = f'"{row["kind"]}","{row["key"]}","{row["value"]}"'.encode()
        assert whole.count(line) == 1
        wrong = row["value"][:-1] + str((int(row["value"][-1]) + 1) % 10)
        (folder / "return.csv").write_bytes(whole.replace(line, line.replace(row["value"].encode(), wrong.encode())))
        assert recount.differences(folder)


def test_the_recount_would_see_one_digit(tmp_path: Path) -> None:
    folder = exported(some_rows(2), tmp_path)
    figures = folder / "figures.csv"
    for row in recount.read(folder, "figures"):
        if row["value"]:
            whole = figures.read_bytes()
            line = f'"{row["key"]}","{row["unit"]}",{_quoted(row["value"])}'.encode()
            assert line in whole
            wrong = row["value"][:-1] + str((int(row["value"][-1]) + 1) % 10)
            figures.write_bytes(whole.replace(line, line.replace(row["value"].encode(), wrong.encode()), 1))
            assert recount.differences(folder)
            figures.write_bytes(whole)


def _quoted(text: str) -> str:
    return f'"{text}"'


def test_the_script_stands_alone(tmp_path: Path) -> None:
    folder = exported(Rows(period=PERIOD, mentions=(mention(1, 1),)), tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", recount.__file__, str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "equal\n")


def test_nothing_heard_is_unknown_and_not_zero() -> None:
    found = {(f.key, f.of): f.value for f in measures.figures(Rows(period=PERIOD))}
    assert found.pop(("volume.mentions", "")) == 0
    counts = {key for key, value in found.items() if value is not None}
    assert counts == {("incidents", ""), ("promises.made", ""), ("updates.made", ""), ("conversion.detractors", ""),
                      ("conversion.heard_again", ""), ("conversion.converted", "")}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ((mention(1, 1), mention(2, 31, "positive")), 1),
        ((mention(1, 1), mention(2, 31.1, "positive")), 0),  # too late to be ours
        ((mention(1, 1), mention(2, 2, "positive"), mention(3, 3)), 0),  # and back again
        ((mention(1, 1), mention(2, 2, "neutral"), mention(3, 3, "positive")), 1),
        ((mention(1, 1, "positive"), mention(2, 2), mention(3, 3, "positive")), 0),  # was never against us first
        ((mention(1, 1, voice=0), mention(2, 2, "positive", voice=0)), 0),  # nobody knows that it is the same
        ((mention(1, 1), mention(2, 2, "positive", own=True)), 0),
        ((mention(1, 1), mention(2, 2, "positive", source="mail")), 0),
    ],
)
def test_conversion_is_of_one_author(said: tuple[MentionRow, ...], turned: int) -> None:
    inside = tuple(row for row in said if row.at < PERIOD.end)
    rows = Rows(period=PERIOD, mentions=inside, later=tuple(row for row in said if row.at >= PERIOD.end))
    found = {f.key: f.value for f in measures.figures(rows)}
    assert found["conversion.converted"] == turned


@given(st.lists(st.fractions(min_value=-1000, max_value=1000), min_size=1, max_size=40))
def test_p90_occurred_and_nine_in_ten_do_not_exceed_it(values: list[Fraction]) -> None:
    found = measures.p90(values)
    assert found in values
    assert 10 * sum(v <= found for v in values) >= 9 * len(values)
    assert 10 * sum(v < found for v in values) < 9 * len(values)


@given(st.fractions(), st.sampled_from(list(Unit)))
def test_rounding_is_half_to_even_and_says_all_its_digits(value: Fraction, unit: Unit) -> None:
    found = measures.rounded(value, unit)
    assert found is not None
    digits = measures.PLACES[unit]
    assert abs(Fraction(found) - value) <= Fraction(1, 2 * 10**digits)
    assert found.as_tuple().exponent == -digits
    assert "E" not in str(found)
