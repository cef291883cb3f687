"""A report of an incident as the bytes of a file, by its kind and its format."""

from __future__ import annotations

from crisisdesk.model.errors import InputError
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import extracts, incident, tables
from crisisdesk.reports.base import FORMATS, Cut, Kind, kind_named
from crisisdesk.words import Sentences


def checked(kind: str, form: str) -> Kind:
    """The kind called ``kind``; ``InputError`` where there is none, or it does not come as ``form``."""
    named = kind_named(kind)
    if form not in FORMATS[named]:
        raise InputError("report.kind_format", kind=named, format=form, known=", ".join(FORMATS[named]))
    return named


def content(
    data: ReviewData, texts: Sentences, form: str, *, kind: str = Kind.REVIEW, cut: str = Cut.INTERNAL
) -> bytes:
    """The file's bytes, ``form`` one of html, md, csv and json; the CSV is the timeline's.

    Raises:
        InputError: ``report.kind``, ``report.kind_format`` or ``report.cut``.
    """
    named = checked(kind, form)
    if form == "csv":
        return tables.timeline_csv(data, texts, cut=cut)
    if form == "json":
        made = {Kind.SITUATION: extracts.situation, Kind.TIMELINE: extracts.timeline}.get(named, tables.json)
        return made(data, cut=cut).encode()
    make = incident.markdown if form == "md" else incident.html
    return make(data, texts, cut=cut, kind=named).encode()
