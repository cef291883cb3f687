"""Precision and recall of the promise lint on our own labelled sentences: ``lint.py [--json] [--wrong]``.

``develop`` is what the grammar was written on. ``held_out``, ``fresh`` and the ``unseen`` were written
afterwards, in that order, and each read once before anything was changed; what they showed was mended since, so
docs/adr/0013 keeps the figures of the first readings: those are what a new text gets. ``unseen_7`` was
not used to mend anything. ``develop_2`` and ``develop_3`` were read once and then used to widen the grammar.
The ``tone`` sets hold sentences for the rules of blame, minimising, conditional apology, cause, data, absolutes and
certainty; ``tone_develop`` was written to widen them.
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
SETS = (
    *("develop", "held_out", "fresh", "unseen", "unseen_2", "unseen_3"),
    *("develop_2", "develop_3", "unseen_4", "unseen_5", "unseen_6", "unseen_7"),
)
TONE_SETS = (
    *("tone", "tone_unseen", "tone_develop"),
    *("tone_unseen_2", "tone_unseen_3", "tone_unseen_4", "tone_unseen_5"),
)


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


TONES = {
    "blame.customer": "blame.customer",
    "blame.third_party": "blame.third",
    "minimising": "minimising",
    "apology.conditional": "apology.conditional",
    "cause.unverified": "cause",
    "data.public": "data",
    "data.secret": "data",
    "absolute.outage": "absolute",
    "absolute.claim": "absolute",
    "certainty": "certainty",
}
"""The labels of ``tone.tsv`` and the rules that they stand for."""


def tones(text: str, lang: str) -> frozenset[str]:
    """Every label of ``tone.tsv`` that the lint gives a text; none is the empty set."""
    return frozenset(TONES[hit.rule] for hit in lint(text, lang) if hit.rule in TONES)


def tone_score(rows: list[Sentence]) -> dict[str, float]:
    """Precision and recall of the tone rules: a finding is right where it is the sentence's own label."""
    said = [(s.label, tones(s.text, s.lang)) for s in rows]
    right = sum(true in found for true, found in said)
    findings = sum(len(found) for _, found in said)
    wanted = sum(true != "none" for true, _ in said)
    return {
        "sentences": len(rows),
        "with": wanted,
        "precision": round(right / findings, 3) if findings else 0.0,
        "recall": round(right / wanted, 3) if wanted else 0.0,
    }


def main() -> None:
    """Score every set in both languages, then the rules of tone."""
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
    toned = [s for name in TONE_SETS for s in sentences(name)]
    for lang in ("es", "en"):
        results[f"tone {lang}"] = tone_score([s for s in toned if s.lang == lang])
    results["tone"] = tone_score(toned)
    if "--wrong" in sys.argv[1:]:
        for s in toned:
            if tones(s.text, s.lang) != frozenset({s.label} - {"none"}):
                print(f"tone {s.lang} {s.label} -> {', '.join(sorted(tones(s.text, s.lang))) or 'none'}: {s.text}")
    results["microseconds a sentence"] = {"all": round((time.perf_counter() - started) * 1e6 / read)}
    if "--json" in sys.argv[1:]:
        print(json.dumps(results, ensure_ascii=False))
        return
    for name, values in results.items():
        print(f"{name:28} " + "  ".join(f"{key} {value}" for key, value in values.items()))


if __name__ == "__main__":
    main()
