"""The page that others read on a wall: one HTML file, no script, nothing loaded; every text plain and escaped."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from resources import files

from crisisdesk.model.wallboard import Part, Wallboard
from crisisdesk.plain import clamp, one_line
from crisisdesk.reports import setting
from crisisdesk.texts import Texts
from crisisdesk.words import countdown, duration, when

REFRESH = 15
"""Seconds after which the reader's browser asks again."""
_WORDS = ("title", "drill", "news", "executive", "promises", "no_promises", "texts", "no_texts")
_TEXT, _LINE = 2_000, 300


def style() -> str:
    """The page's CSS, exactly as it stands in the page."""
    return files("templates", "reports", "wallboard.css").read_text("utf-8")


def page(board: Wallboard, texts: Texts) -> str:
    """The page, in the language of ``texts``."""
    word = {name: texts(f"wallboard.page.{name}") for name in _WORDS}
    level = ""
    if board.level and board.since is not None:
        name = board.level_name.get(texts.lang)
        elapsed = duration(board.now - board.since, texts)
        level = texts("wallboard.page.level", n=board.level, name=one_line(name, 60), elapsed=elapsed)
    at = when(board.now, board.zone, texts)
    return setting.filled(
        "wallboard.html",
        lang=texts.lang,
        css=Markup(style()),
        refresh=REFRESH,
        t=word,
        drill=board.drill,
        title=one_line(board.title, 200) or texts(f"wallboard.page.{'live' if board.live else 'calm'}"),
        level=level,
        more=texts("wallboard.page.more", n=board.more) if board.more else "",
        news=_due(board.news, board, texts) if board.news is not None else None,
        executive=_parts(board.executive.get(texts.lang)),
        promises=_promises(board, texts) if board.live and Part.PROMISES in board.parts else None,
        said=_said(board, texts) if board.live and Part.TEXTS in board.parts else None,
        footer=texts("wallboard.page.footer", time=at),
    )


def _due(due: datetime, board: Wallboard, texts: Texts) -> dict[str, str]:
    return {
        "at": when(due, board.zone, texts, ref=board.now),
        "left": countdown(due, board.now, texts),
        "tone": "late" if due < board.now else "due",
    }


def _promises(board: Wallboard, texts: Texts) -> list[dict[str, str]]:
    return [_due(one.due_at, board, texts) | {"what": clamp(one.what.get(texts.lang), _LINE)} for one in board.promises]


def _said(board: Wallboard, texts: Texts) -> list[dict[str, str]]:
    return [
        {
            "at": when(one.at, board.zone, texts, ref=board.now),
            "where": one_line(one.channel, 60) or "—",
            "text": clamp(one.text, _TEXT),
        }
        for one in board.texts
    ]


def _parts(note: str) -> list[dict[str, object]]:
    """Headings, each with the points below it; a heading without points is left out."""
    parts: list[tuple[str, list[str]]] = []
    for line in note.splitlines():
        if line.startswith("- ") and parts:
            parts[-1][1].append(clamp(line.removeprefix("- "), _LINE))
        elif line.strip():
            parts.append((one_line(line, _LINE), []))
    return [{"head": head, "lines": lines} for head, lines in parts if lines]
