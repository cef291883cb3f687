"""What came of an incident is told to the team, whole; to the public only how many people each duty reached."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from crisisdesk.reports import incident as report
from crisisdesk.reports import tables
from crisisdesk.texts import Texts
from tests.fakes.review import review_data

INSIDE = ("Segunda ruta", "el guion tardó", "Legal llegó tarde", "Medir la red", "Tomás Rey", "3104", "acta 12")
FILES = {"areas.csv", "review_actions.csv", "feedback.csv", "call_centre.csv", "duty_rows.csv"}


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_team_reads_all_of_it_and_the_public_none(lang: str) -> None:
    data, texts = review_data(), Texts(lang)
    whole = {
        "html": lambda cut: report.html(data, texts, cut=cut),
        "md": lambda cut: report.markdown(data, texts, cut=cut).replace("\\", ""),
        "json": lambda cut: tables.json(data, cut=cut),
        "csv": lambda cut: "".join(body.decode() for body in tables.csv(data, texts, cut=cut).values()),
    }
    for name, made in whole.items():
        outside = made("public")
        assert [words for words in INSIDE if words in outside] == [], name
    sections = {s.key for s in report.document(data, texts).sections}
    public = {s.key for s in report.document(data, texts, cut="public").sections}
    assert sections - public >= {"areas", "service", "followup"} and "duties" in public


def test_what_nobody_asked_or_counted_is_no_section(texts_es: Texts) -> None:
    bare = replace(review_data(), areas=(), call_centre=None)
    assert {s.key for s in report.document(bare, texts_es).sections}.isdisjoint({"areas", "service"})


def test_every_word_of_it_is_in_the_teams_report(texts_es: Texts) -> None:
    data = review_data()
    told = report.markdown(data, texts_es).replace("\\", "")
    for words in (*(one for one in INSIDE if one != "3104"), "vencida", "1,60"):
        assert words in told
    page = json.loads(tables.json(data))
    assert [a["what"] for a in page["followup"]["actions"]] == ["Segunda ruta", "Guion corto"]
    assert "base" not in page["followup"]["proposals"][0]
    assert json.loads(tables.json(data, cut="public"))["followup"] is None


def test_the_rows_of_it_are_the_teams(texts_es: Texts) -> None:
    data = review_data()
    inside, outside = tables.csv(data, texts_es), tables.csv(data, texts_es, cut="public")
    assert set(inside) >= FILES and not set(outside) & FILES
    duties = list(csv.reader(io.StringIO(outside["duties.csv"].decode("utf-8-sig"))))
    assert duties[1:] == [["listen", "900"], ["respond", "12"], ["inform", "4"], ["connect", "3"], ["feed_back", "1"]]
    actions = list(csv.reader(io.StringIO(inside["review_actions.csv"].decode("utf-8-sig"))))
    assert actions[1][1:3] == ["Segunda ruta", "tecnico"]
