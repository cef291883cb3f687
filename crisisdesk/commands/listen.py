"""``crisisdesk listen --source KIND --set KEY=VALUE``: one source without a window, nothing stored but the cursor.

A secret comes from the keyring or from the environment (``CRISISDESK_KIND_NAME``), never from the command line, which
every program of the computer can read. An address that was written here may lie inside this network.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crisisdesk.commands.console import print_json, show_problems
from crisisdesk.connectors.base import Listener
from crisisdesk.connectors.options import build, connector_of, places, query_of, secret_name, settings_of
from crisisdesk.model.errors import CursorInvalidError, InputError, RateLimitedError, TransientError, WebError
from crisisdesk.model.mention import Gap, Page
from crisisdesk.plain import one_line
from crisisdesk.settings import replace_file
from crisisdesk.texts import Texts
from crisisdesk.vault import Vault
from crisisdesk.web import Web

MOST_PAGES: Final = 500
"""Pages of one round; a source without end is asked again at its own pace."""


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--source", required=True, metavar="KIND", help=texts("cli.listen.source"))
    sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=texts("cli.listen.set"))
    sub.add_argument("--cursor", type=Path, metavar="FILE", help=texts("cli.listen.cursor"))
    sub.add_argument("--once", action="store_true", help=texts("cli.listen.once"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """Ask once, or again and again at the source's pace until Ctrl+C; 1 when the source gave trouble."""
    given = _pairs(options.set)
    connector = connector_of(options.source)
    vault = Vault()

    def secret(name: str) -> str | None:
        from_environment = os.environ.get(f"CRISISDESK_{options.source}_{name}".upper())
        return from_environment or vault.get(secret_name(connector, given, name))

    settings = settings_of(connector, given, secret, permits=places(given))
    listener = build(connector, settings, query_of(given))
    cursor = options.cursor.read_text("utf-8") if options.cursor and options.cursor.exists() else ""
    return asyncio.run(_listen(listener, cursor, options, texts))


async def _listen(listener: Listener, cursor: str, options: argparse.Namespace, texts: Texts) -> int:
    web = Web()
    while True:
        told = await _round(listener, web, cursor, texts)
        cursor = told["cursor"]
        if options.cursor:
            await asyncio.to_thread(replace_file, options.cursor, cursor)
        _show(told, options, texts)
        if options.once:
            return 0 if told["health"]["state"] == "good" else 1
        await asyncio.sleep(_wait(told, listener))


async def _round(listener: Listener, web: Web, cursor: str, texts: Texts) -> dict[str, Any]:
    """Pages until there are no more; after an error the cursor is that of the last whole page."""
    pages: list[Page] = []
    health: dict[str, Any] = {"state": "good", "error": None, "retry_at": None}
    for _ in range(MOST_PAGES):
        now = datetime.now(UTC)
        try:
            page = await listener.poll(web, cursor, now)
        except CursorInvalidError:
            gap = Gap(f"{listener.kind}:{listener.account}", now, now, "sources.gap.cursor")
            pages.append(Page(source=listener.kind, account=listener.account, gaps=(gap,)))
            cursor = ""
            continue
        except WebError as error:
            retry = error.retry_at if isinstance(error, RateLimitedError | TransientError) else None
            health = {
                "state": "failing",
                "error": type(error).__name__,
                "reason": one_line(texts.error(error), 400),
                "retry_at": retry.isoformat() if retry else None,
            }
            break
        pages.append(page)
        cursor = page.cursor or cursor
        if not page.more:
            break
    budget = next((p.budget for p in reversed(pages) if p.budget), None)
    health["budget"] = _plain(dataclasses.asdict(budget)) if budget else None
    health["checked"] = _plain(next((p.checked for p in reversed(pages) if p.checked), None))
    return {
        "source": listener.kind,
        "account": listener.account,
        "mentions": [_plain(dataclasses.asdict(m)) for p in pages for m in p.mentions],
        "tombstones": [_plain(dataclasses.asdict(t)) for p in pages for t in p.tombstones],
        "gaps": [_plain(dataclasses.asdict(g)) for p in pages for g in p.gaps],
        "rejected": [r for p in pages for r in p.rejected],
        "health": health,
        "cursor": cursor,
    }


def _show(told: dict[str, Any], options: argparse.Namespace, texts: Texts) -> None:
    rejected = told["rejected"]
    if options.json:
        plain = [{"row": r.row, "key": r.key, **dict(r.fields)} for r in rejected]
        if options.once:
            print_json({**told, "rejected": plain})
        else:
            print(json.dumps({**told, "rejected": plain}, ensure_ascii=False), flush=True)
        return
    for mention in told["mentions"]:
        print(one_line(f"{mention['published_at']}  {mention['author']}: {mention['text']}", 400), flush=True)
    for gap in told["gaps"]:
        print(one_line(f"◆ {texts(gap['reason'])}" if gap["reason"] else f"◆ {gap['start']}–{gap['end']}", 400))
    if told["health"]["error"]:
        print(one_line(f"▲ {told['health']['reason']}", 500))
    show_problems(rejected, texts)
    counts = {"mentions": len(told["mentions"]), "tombstones": len(told["tombstones"]), "gaps": len(told["gaps"])}
    print(texts("cli.listen.result", source=told["source"], account=one_line(told["account"], 100), **counts))


def _wait(told: Mapping[str, Any], listener: Listener) -> float:
    """Seconds until the next round: the source's own word where it gave one, else its pace, longer after an error."""
    retry = told["health"]["retry_at"]
    if retry:
        return max((datetime.fromisoformat(retry) - datetime.now(UTC)).total_seconds(), 1.0)
    return listener.limits.pace * (5 if told["health"]["error"] else 1)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value


def _pairs(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise InputError("sources.no_pair", word=one_line(word, 100))
        pairs[name.strip().replace("-", "_")] = value
    return pairs
