"""The rows of the measures from a real desk, through its verbs: what counts, what does not, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.__main__ import main
from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.commitment import CommitmentState
from crisisdesk.model.errors import InputError
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.pipeline.measures import figures, of_channel
from crisisdesk.settings import Settings
from tests.fakes import recount

DAY = date(2026, 3, 10)


def hear(desk: Desk, n: int, at: datetime, text: str = "sin servicio, pésimo", author: str = "luis") -> None:
    found = Mention(source="import", account="a", native_id=str(n), author=author, text=text, published_at=at,
                    fetched_at=at, channel="foro")  # fmt: skip
    desk.ingest.page(Page(source="import", account="a", mentions=(found,)))


def value(desk: Desk, key: str, of: str = "") -> object:
    rows = desk.measures.rows(desk.measures.period(DAY, DAY))
    return next(f.value for f in figures(rows) if (f.key, f.of) == (key, of))


def test_a_period_is_whole_local_days_and_must_be_one(desk: Desk) -> None:
    period = desk.measures.period(DAY, DAY)
    assert (period.start.hour, period.end - period.start) == (6, timedelta(days=1))  # 06:00 UTC in Mexico City
    last = desk.measures.period(None, None)
    assert (last.last, (last.last - last.first).days) == (DAY, 27)
    with pytest.raises(InputError):
        desk.measures.period(DAY, DAY - timedelta(days=1))
    with pytest.raises(InputError):
        desk.measures.period(date(1900, 1, 1), DAY)


def test_mentions_outside_the_period_and_our_own_do_not_count(desk: Desk) -> None:
    period = desk.measures.period(DAY, DAY)
    hear(desk, 1, period.start)
    hear(desk, 2, period.start - timedelta(microseconds=1))
    assert value(desk, "volume.channel", "foro") == 1
    assert len(of_channel(desk.measures.rows(period), "otro").mentions) == 0


@pytest.mark.parametrize(
    ("zone", "now", "said", "days"),
    [
        # The clocks go forward on 29 March: before it midnight is at 23:00 UTC, after it at 22:00.
        ("Europe/Madrid", "2026-03-30T10:00Z", ("2026-03-28T22:59Z", "2026-03-28T23:00Z", "2026-03-29T21:59Z",
                                                "2026-03-29T22:00Z"), (28, 29, 29, 30)),
        # And back on 25 October, a day of 25 hours.
        ("Europe/Madrid", "2026-10-26T10:00Z", ("2026-10-24T21:59Z", "2026-10-24T22:00Z", "2026-10-25T22:59Z",
                                                "2026-10-25T23:00Z"), (24, 25, 25, 26)),
        ("Asia/Kathmandu", "2026-03-30T10:00Z", ("2026-03-29T18:14Z", "2026-03-29T18:15Z"), (29, 30)),  # +05:45
        ("America/Mexico_City", "2026-03-30T10:00Z", ("2026-03-30T05:59Z", "2026-03-30T06:00Z"), (29, 30)),
    ],
)  # fmt: skip
def test_the_volume_of_a_day_is_by_the_clocks_of_that_day(
    tmp_path: Path, zone: str, now: str, said: tuple[str, ...], days: tuple[int, ...]
) -> None:
    instant = datetime.fromisoformat(now)
    desk = build_desk(Settings(zone=zone), profile(tmp_path), clock=PlayClock(instant))
    for n, at in enumerate(said):
        hear(desk, n, datetime.fromisoformat(at))
    found = desk.mentions.volume(7)
    desk.close()
    assert [day.day for day, _channel, n in found for _ in range(n)] == sorted(days)
    assert {channel for _day, channel, _n in found} == {"foro"}


def test_the_brief_of_an_incident_says_what_its_review_says(
    desk: Desk, incident: Incident, at: Callable[[float], datetime]
) -> None:
    at(30)
    whole = desk.review.data(incident.id)
    (brief,) = desk.review.briefs([whole.incident])
    assert brief.first_message == next(m for m in whole.milestones if m.key == "first_message")
    assert brief.commitments == whole.commitments
    assert desk.review.briefs([]) == ()


def test_promises_by_area_with_their_lateness(
    desk: Desk, incident: Incident, at: Callable[[float], datetime], tmp_path: Path
) -> None:
    from crisisdesk.store import rows as stored

    hear(desk, 1, desk.clock.now())
    at(30)
    rows = desk.measures.rows(desk.measures.period(DAY, DAY))
    with desk.core.read() as connection:
        known = stored.commitments.where(connection, incident_id=incident.id)
    assert {row.id for row in rows.promises} == {c.id for c in known if rows.period.start <= c.due_at < rows.period.end}
    assert [row.name for row in rows.incidents] == [incident.name]
    broken = [row for row in rows.promises if row.state is CommitmentState.BROKEN]
    assert all(row.done_at is None or row.done_at >= row.due_at for row in broken)


def test_a_drill_is_never_counted(tmp_path: Path) -> None:
    drill = build_desk(Settings(zone="America/Mexico_City"), profile(tmp_path / "drill"), drill=True)
    try:
        drill.drills.play("iusacell-0700-1100", autopilot=True, paused=True)
        while not drill.incidents.list():
            drill.replay.leap()
        day = drill.clock.now().date()
        rows = drill.measures.rows(drill.measures.period(day - timedelta(days=1), day))
        assert not (rows.mentions or rows.incidents or rows.promises or rows.replies)
        assert rows.drills == len(tuple(drill.incidents.list())) > 0
    finally:
        drill.close()


def test_the_command_writes_what_the_script_counts_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = build_desk(Settings(zone="America/Mexico_City"), profile(tmp_path / "p"))
    for n in range(40):
        hear(desk, n, datetime(2026, 3, 10, 15, n).astimezone(), author=f"@a{n % 7}")
    desk.close()
    calls = tmp_path / "calls.csv"
    calls.write_text("day,calls,cost,currency\n2026-03-10,12,340.55,MXN\nx,1,1,MXN\n", "utf-8")
    asked = ["measures", "--data-dir", str(tmp_path / "p"), "--from", "2026-03-01", "--to", "2026-03-31"]
    more = ["--service", str(calls), "--csv", str(tmp_path / "out"), "--lang", "es", "--json"]
    assert main([*asked, *more]) == 0
    out, err = capsys.readouterr()
    told = {(f["key"], f["of"]): f for f in json.loads(out)["figures"]}
    assert told["volume.channel", "foro"]["value"] == "40"
    assert told["service.cost", "phone MXN"]["value"] == "28.3792"
    assert told["response.median", ""] == {"key": "response.median", "of": "", "unit": "seconds", "value": None,
                                           "n": 0, "rows": "replies"}  # fmt: skip
    assert err.startswith("Fila 3:")
    assert recount.differences(tmp_path / "out") == []
    assert main([*asked, "--lang", "es"]) == 0
    assert "Respuesta (mediana): no se sabe (n = 0)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"), [(["--from", "ayer"], "ayer"), (["--from", "2026-03-02", "--to", "2026-03-01"], "2026-03-01")]
)
def test_a_bad_period_is_one_sentence(
    more: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measures", "--data-dir", str(tmp_path / "p"), *more, "--lang", "en"]) == 2
    out, err = capsys.readouterr()
    assert not out and said in err and len(err.splitlines()) == 1
