"""Verdicts on validation splits and labelled mentions, and their speed: ``classify.py [--json] [--tier small|full]``.

The heads are trained on the training splits of ../shared/data/sentiment only (``packaging/dev.py train``).
The airlines' validation part is what was written from 28 November 2017 on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import train  # noqa: E402 - packaging/train.py, for what is validation and what is not

from crisisdesk.model.mention import Judge, Mention, Sentiment  # noqa: E402
from crisisdesk.pipeline.classify import Classifier, Lexicon, usual_types  # noqa: E402

FLOORS = {"es": 60, "en": 62, "pt": 62, "es.airlines": 68}
SPEEDS = {"small": 3_500, "full": 300}
ENOUGH = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def mention(text: str) -> Mention:
    """A text as a mention."""
    return Mention(source="bench", account="", native_id="", published_at=NOW, fetched_at=NOW, text=text)


def per_class(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each class, in hundredths."""
    table = {}
    for name in classes:
        right = sum(a == b == name for a, b in zip(truth, said, strict=True))
        given, there = list(said).count(name), list(truth).count(name)
        table[name] = {
            "precision": round(100 * right / given, 1) if given else 0.0,
            "recall": round(100 * right / there, 1) if there else 0.0,
            "f1": round(200 * right / (given + there), 1) if given + there else 0.0,
            "n": there,
        }
    return table


def macro(table: Mapping[str, Mapping[str, float]]) -> float:
    """The mean of the classes' F1."""
    return round(sum(row["f1"] for row in table.values()) / len(table), 1)


def sentiment(judge: Classifier, register: str) -> dict[str, object]:
    """One validation split."""
    texts, labels = train.labelled(register, "val")
    names = [s.value for s in Sentiment]
    truth = [train.CLASSES[label] for label in labels]
    verdicts = judge.verdicts([mention(text) for text in texts])
    table = per_class(truth, [v.sentiment.value for v in verdicts], names)
    spoken = sum(v.language == register[:2] for v in verdicts)
    return {
        "macro_f1": macro(table),
        "floor": FLOORS[register],
        "n": len(texts),
        "language_right": round(100 * spoken / len(texts), 1),
        "classes": table,
    }


def types() -> dict[str, object]:
    """Mention types on the scored mentions, each judged by a head that has not seen it (five parts)."""
    with np.load(train.HEADS / "small.npz") as arrays:
        idf = np.zeros(train.BUCKETS)
        idf[arrays["kept"]] = arrays["idf"]
    truth, said = train.Types(idf).crossed()
    table = per_class(truth, said, sorted(set(truth)))
    enough = {name: row for name, row in table.items() if row["n"] >= ENOUGH}
    return {
        "n": len(truth),
        "macro_f1": macro(table),
        f"macro_f1_of_{len(enough)}_types_with_{ENOUGH}_or_more": macro(enough),
        "accuracy": round(100 * sum(a == b for a, b in zip(truth, said, strict=True)) / len(truth), 1),
        "floor": 70,
        "classes": table,
    }


def speed(judge: Classifier) -> float:
    """Whole verdicts a second of one core's own time, on the training texts of all registers; the best of three."""
    texts = [text for register in train.REGISTERS for text in train.labelled(register, "train")[0][:600]]
    found = [mention(text) for text in texts]
    judge.verdicts(found[:64])
    spent = []
    for _ in range(3):
        start = time.process_time()
        judge.verdicts(found)
        spent.append(time.process_time() - start)
    return round(len(found) / min(spent), 0)


def measure(tier: str) -> dict[str, object]:
    """Everything about one tier."""
    judge = Classifier(usual_types(), Lexicon.load(), tier=Judge(tier))
    return {
        "sentiment": {register: sentiment(judge, register) for register in train.REGISTERS},
        "texts_per_second": speed(judge),
        "floor_per_second": SPEEDS[tier],
    }


def show(tier: str, found: Mapping[str, object]) -> None:
    """One tier for a person."""
    print(f"{tier}: {found['texts_per_second']:.0f} texts/s on one core (floor {found['floor_per_second']})")
    sets = found["sentiment"]
    assert isinstance(sets, dict)
    for register, row in sets.items():
        mark = "" if row["macro_f1"] >= row["floor"] else "  BELOW"
        print(f"  {register:12} macro-F1 {row['macro_f1']:5.1f} (floor {row['floor']}){mark}, {row['n']} texts")
        for name, line in row["classes"].items():
            print(f"      {name:9} P {line['precision']:5.1f}  R {line['recall']:5.1f}  F1 {line['f1']:5.1f}")


def show_types(kinds: Mapping[str, object]) -> None:
    """The types for a person."""
    print("mention types: " + ", ".join(f"{name} {value}" for name, value in kinds.items() if name != "classes"))
    classes = kinds["classes"]
    assert isinstance(classes, dict)
    for name, line in classes.items():
        scores = f"P {line['precision']:5.1f}  R {line['recall']:5.1f}  F1 {line['f1']:5.1f}  n {line['n']}"
        print(f"      {name or '(none)':20} {scores}")


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    if not train.DATA.is_dir():
        print(f"There is nothing to measure on: {train.DATA} is missing.", file=sys.stderr)
        return 1
    tiers = [words[words.index("--tier") + 1]] if "--tier" in words else list(SPEEDS)
    found = {tier: measure(tier) for tier in tiers}
    kinds = types()
    if "--json" in words:
        print(json.dumps(found | {"types": kinds}, indent=2))
    else:
        for tier, row in found.items():
            show(tier, row)
        show_types(kinds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
