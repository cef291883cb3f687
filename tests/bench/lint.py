"""Precision and recall of the promise lint on our own labelled sentences: ``lint.py [--json] [--wrong]``.

``develop`` is what the grammar was written on. ``held_out`` and then ``fresh`` were written afterwards and read once;
what they showed was mended since, so docs/adr/0020 keeps the figures of the first readings.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crisisdesk.pipeline.lint import lint

DATA = Path(__file__).resolve().parents[1] / "data" / "lint"
SETS = ("develop", "held_out", "fresh")


@dataclass(frozen=True)
class Sentence:
    """One labelled sentence: ``promise`` of a time, ``update`` (the next news at a time) or ``none``."""

    lang: str
    label: str
    text: str


def sentences(name: str) -> list[Sentence]:
    """The sentences of one set, one a line: language, label, text."""
    rows = (DATA / f"{name}.tsv").read_text("utf-8").splitlines()
    return [Sentence(*row.split("\t")) for row in rows if row]


def label(sentence: Sentence, *, guess: bool = False) -> str:
    """What the lint says of a sentence."""
    rules = {hit.rule for hit in lint(sentence.text, None if guess else sentence.lang)}
    return "promise" if "promise.time" in rules else "update" if "promise.update" in rules else "none"


def score(found: list[tuple[str, str]], wanted: str = "promise") -> dict[str, float]:
    """Counts, precision and recall of one label from pairs (true, said)."""
    hit = sum(true == said == wanted for true, said in found)
    said_all = sum(said == wanted for _, said in found)
    true_all = sum(true == wanted for true, _ in found)
    return {
        "sentences": len(found),
        "with": true_all,
        "precision": round(hit / said_all, 3) if said_all else 0.0,
        "recall": round(hit / true_all, 3) if true_all else 0.0,
    }


def main() -> None:
    """Score both sets and both languages."""
    results: dict[str, dict[str, float]] = {}
    started, read = time.perf_counter(), 0
    for name in SETS:
        rows = sentences(name)
        for lang in ("es", "en"):
            part = [(s.label, label(s)) for s in rows if s.lang == lang]
            results[f"{name} {lang}"] = score(part)
        pairs = [(s.label, label(s)) for s in rows]
        results[name] = score(pairs)
        results[f"{name}, language guessed"] = score([(s.label, label(s, guess=True)) for s in rows])
        results[f"{name}, next news"] = score(pairs, "update")
        read += 3 * len(rows)
        if "--wrong" in sys.argv[1:]:
            for s, (true, said) in zip(rows, pairs, strict=True):
                if true != said:
                    print(f"{name} {s.lang} {true} -> {said}: {s.text}")
    results["microseconds a sentence"] = {"all": round((time.perf_counter() - started) * 1e6 / read)}
    if "--json" in sys.argv[1:]:
        print(json.dumps(results, ensure_ascii=False))
        return
    for name, values in results.items():
        print(f"{name:28} " + "  ".join(f"{key} {value}" for key, value in values.items()))


if __name__ == "__main__":
    main()
