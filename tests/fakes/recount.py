"""Counts every measure and the return again from the exported CSV, with the standard library alone: ``recount.py DIR``.

It imports nothing of CrisisDesk, on purpose: it is what somebody who doubts a figure would write, after reading
``docs/measures.md``. It prints the figures that differ from ``figures.csv`` and ends with 1 when there are any.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from fractions import Fraction
from pathlib import Path

getcontext().prec = 80
Row = dict[str, str]
Found = dict[tuple[str, str], tuple[str, str]]
PLACES = {"count": "1", "seconds": "0.001", "share": "0.000001", "money": "0.0001"}


def read(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    # A cell that a spreadsheet could take for a formula is written with an apostrophe before it.
    plain = [[cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell for cell in row] for row in rows]
    return [dict(zip(plain[0], row, strict=True)) for row in plain[1:]]


def header(folder: Path, name: str) -> list[str]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def when(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def waited(start: str, end: str) -> Decimal:
    return Decimal((when(end) - when(start)) // timedelta(microseconds=1)) / Decimal(1_000_000)


def recount(folder: Path) -> Found:
    found: Found = {}

    def say(key: str, unit: str, value: Decimal | int | None, n: int, of: str = "") -> None:
        told = "" if value is None else str(Decimal(value).quantize(Decimal(PLACES[unit]), ROUND_HALF_EVEN))
        found[key, of] = told, str(n)

    def part(some: int, all_: int) -> Decimal | None:
        return Decimal(some) / Decimal(all_) if all_ else None

    def middle(values: list[Decimal]) -> Decimal | None:
        if not values:
            return None
        values = sorted(values)
        low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
        return (low + high) / 2

    def ninth(values: list[Decimal]) -> Decimal | None:
        """The first value at or below which there are at least nine in ten."""
        return next((v for v in sorted(values) if 10 * sum(w <= v for w in values) >= 9 * len(values)), None)

    def three(key: str, values: list[Decimal]) -> None:
        say(f"{key}.mean", "seconds", sum(values) / len(values) if values else None, len(values))
        say(f"{key}.median", "seconds", middle(values), len(values))
        say(f"{key}.p90", "seconds", ninth(values), len(values))

    def by(rows: list[Row], column: str) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[row[column]].append(row)
        return groups

    period = read(folder, "period")[0]
    mentions = [row for row in read(folder, "mentions") if row["own"] == "0"]
    service = read(folder, "service")

    # Volume
    say("volume.mentions", "count", len(mentions), len(mentions))
    for channel, rows in by(mentions, "channel").items():
        say("volume.channel", "count", len(rows), len(rows), channel)
    for line in ("phone", "mail"):
        days = [row for row in service if row["line"] == line]
        say("volume.line", "count", sum(int(d["contacts"]) for d in days) if days else None, len(days), line)

    # Response
    replies = read(folder, "replies")
    say("response.answered", "share", part(len(replies), len(mentions)), len(mentions))
    people: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in replies:
        people[row["source"], row["voice"] if row["voice"] != "0" else f"mention {row['mention_id']}"].append(row)
    three("first_response", [waited(min(r["asked_at"] for r in p), min(r["replied_at"] for r in p))
                             for p in people.values()])  # fmt: skip
    three("response", [waited(r["asked_at"], r["replied_at"]) for r in replies])
    three("handling", [waited(r["begun_at"], r["replied_at"]) for r in replies if r["begun_at"]])
    for channel, rows in by(replies, "channel").items():
        waits = [waited(r["asked_at"], r["replied_at"]) for r in rows]
        say("response.channel_median", "seconds", middle(waits), len(rows), channel)
        say("response.channel_p90", "seconds", ninth(waits), len(rows), channel)

    # Incidents
    incidents = read(folder, "incidents")
    say("incidents", "count", len(incidents), len(incidents))
    for key, column in (("first_message", "first_message_at"), ("resolution", "resolved_at")):
        three(key, [waited(i["started_at"], i[column]) for i in incidents if i[column]])

    # Promises
    def kept(key: str, rows: list[Row], of: str = "") -> None:
        good, ended = sum(r["state"] == "kept" for r in rows), sum(r["state"] in ("kept", "broken") for r in rows)
        late = [waited(r["due_at"], r["done_at"]) for r in rows if r["done_at"]]
        say(f"{key}.made", "count", len(rows), len(rows), of)
        say(f"{key}.kept", "share", part(good, ended), ended, of)
        say(f"{key}.lateness", "seconds", middle(late), len(late), of)

    promises = read(folder, "promises")
    told = [row for row in promises if row["kind"] in ("resolution", "individual", "remedy")]
    kept("promises", told)
    for area, rows in by(told, "area").items():
        kept("promises.area", rows, area)
    kept("updates", [row for row in promises if row["kind"] == "next_update"])

    # Conversion
    signed = [row for row in mentions if row["voice"] != "0"]
    after = [row for row in read(folder, "later") if row["voice"] != "0" and row["own"] == "0"]
    threads: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(signed + after, key=lambda r: (r["at"], int(r["id"]))):
        if row["labelled"] == "1":
            threads[row["source"], row["voice"]].append(row)
    against = [t for t in threads.values() if t[0]["at"] < period["end"] and t[0]["sentiment"] == "negative"]
    month = [[r for r in t if when(r["at"]) - when(t[0]["at"]) <= timedelta(days=30)] for t in against]
    again = sum(len(t) > 1 for t in month)
    turned = sum(len(t) > 1 and t[-1]["sentiment"] == "positive" for t in month)
    say("conversion.detractors", "count", len(against), len(against))
    say("conversion.heard_again", "count", again, len(against))
    say("conversion.converted", "count", turned, len(against))
    say("conversion.rate", "share", part(turned, len(against)), len(against))
    say("conversion.unlabelled", "share", part(sum(r["labelled"] == "0" for r in signed), len(signed)), len(signed))

    # The call centre's four curves
    for line, days in by(service, "line").items():
        for currency, paid in by([d for d in days if d["cost"]], "currency").items():
            calls = sum(int(d["contacts"]) for d in paid)
            cost = sum((Decimal(d["cost"]) for d in paid), Decimal(0))
            say("service.cost", "money", cost / calls if calls else None, calls, f"{line} {currency}".strip())
        timed = [d for d in days if d["seconds"]]
        calls, spent = sum(int(d["contacts"]) for d in timed), sum((Decimal(d["seconds"]) for d in timed), Decimal(0))
        say("service.length", "seconds", spent / calls if calls else None, calls, line)
        for key, some, all_ in (("satisfaction", "satisfied", "asked"), ("detraction", "detractors", "rated")):
            known = [d for d in days if d[some] and d[all_]]
            whole = sum(int(d[all_]) for d in known)
            say(f"service.{key}", "share", part(sum(int(d[some]) for d in known), whole), whole, line)

    # Share of voice
    brands = [name for name in header(folder, "mentions") if name.startswith("names:")]
    counts = {name: sum(row[name] == "1" for row in mentions) for name in brands}
    for name in brands:
        say("voice.share", "share", part(counts[name], sum(counts.values())), counts[name], name.removeprefix("names:"))
    return found


def reckon(folder: Path, figures: Found) -> Found:
    """The return on investment again, from what people said and the figures: (kind, key) → (value, currency)."""
    said = {row["name"]: Fraction(row["value"]) for row in read(folder, "assumptions")}
    told = read(folder, "return")
    currency = told[0]["currency"]
    period = read(folder, "period")[0]
    days = (date.fromisoformat(period["last"]) - date.fromisoformat(period["first"])).days + 1
    answers = len(read(folder, "replies"))
    turned = figures["conversion.converted", ""][0]
    measured = figures.get(("service.cost", f"phone {currency}"), ("", ""))[0]
    call = said.get("call_cost", Fraction(measured) if measured else None)

    def times(*parts: str | int | Fraction | None) -> Fraction | None:
        whole = Fraction(1)
        for part in parts:
            value = said.get(part) if isinstance(part, str) else part
            if value is None:
                return None
            whole *= value
        return whole

    by_the_hour = "contact_cost" not in said and ("minutes_per_reply" in said or "hour_cost" in said)
    spent = times("minutes_per_reply", "hour_cost", Fraction(1, 60)) if by_the_hour else times("contact_cost")
    lines = {
        "kept": ("protect", times(Fraction(turned) if turned else None, "leaving", "customer_year", Fraction(1, 100))),
        "deflection": ("save", times(answers, "deflected", call, Fraction(1, 100))),
        "answering": ("save", times(-answers, spent)),
        "research": ("save", times("focus_groups_year", "focus_group", Fraction(days, 365))),
        "listening": ("save", times("listening_month", Fraction(-12 * days, 365))),
        "ideas": ("improve", times("ideas_year", "idea_worth", Fraction(days, 365))),
    }
    cents = {key: None if value is None else round(value * 100) for key, (_, value) in lines.items()}

    def money(parts: list[int | None]) -> tuple[str, str]:
        known = [part for part in parts if part is not None]
        return ("" if len(known) < len(parts) else str(Decimal(sum(known)).scaleb(-2)), currency)

    found: Found = {("line", key): money([value]) for key, value in cents.items()}
    for chapter in ("protect", "save", "improve"):
        found["chapter", chapter] = money([cents[key] for key, (of, _) in lines.items() if of == chapter])
    return found | {("whole", ""): money(list(cents.values()))}


def differences(folder: Path) -> list[str]:
    """What ``figures.csv`` says otherwise than the rows do, both ways round."""
    mine = recount(folder)
    theirs = {(row["key"], row["of"]): (row["value"], row["n"]) for row in read(folder, "figures")}
    keys = sorted(mine.keys() | theirs.keys())
    wrong = [f"{key}: {theirs.get(key)} is {mine.get(key)}" for key in keys if mine.get(key) != theirs.get(key)]
    if (folder / "return.csv").exists():
        worth = reckon(folder, mine)
        said = {(row["kind"], row["key"]): (row["value"], row["currency"]) for row in read(folder, "return")}
        every = sorted(worth.keys() | said.keys())
        wrong += [f"{key}: {said.get(key)} is {worth.get(key)}" for key in every if worth.get(key) != said.get(key)]
    return wrong


if __name__ == "__main__":
    wrong = differences(Path(sys.argv[1]))
    print("\n".join(wrong) or "equal")
    sys.exit(1 if wrong else 0)
