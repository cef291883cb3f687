"""How far the airlines' labels can be learnt at all: ``labels.py [--json]``, on their training part only.

Copies of one wording show how often two readings of the same words bear one label, and what a judge would score who
said what most of the *other* copies say. The learning curve shows what more mentions of the kind would bring. A second
reader's labels (tests/data/airlines) show what reading alone scores, and what the full tier scores beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import train  # noqa: E402 - packaging/train.py, for what is training and what is not

MANY = 20
"""Copies from which a wording is taken for an advertisement."""
ALIKE = 0.8
"""Cosine from which two wordings are taken to mean nearly the same."""
SIZES = (290, 577, 1154, 2308)
READ = ROOT / "tests" / "data" / "airlines" / "read.jsonl"
FLOOR = 68
REDRAWS = 4_000


def wordings(texts: Sequence[str]) -> list[list[int]]:
    """The numbers of the texts of each wording: letters and digits alone, without links and handles."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        bare = re.sub(r"https?://\S*|@\w+", " ", text).lower()
        found[" ".join(re.findall(r"[^\W_]+", bare))].append(number)
    return list(found.values())


def agreement(groups: Sequence[Sequence[int]], labels: np.ndarray) -> dict[str, float]:
    """How the labels of copies agree; ``groups`` of two and more."""
    same, rows, said = [], [], []
    for group in groups:
        count = Counter(labels[group].tolist())
        same.append(sum(n * (n - 1) for n in count.values()) / (len(group) * (len(group) - 1)))
        for row in group:
            others = count - Counter([int(labels[row])])
            rows.append(row)
            said.append(max(others, key=lambda kind: (others[kind], -kind)))
    return {
        "wordings": len(groups),
        "copies": len(rows),
        "pairs_agree": round(100 * float(np.mean(same)), 1),
        "macro_f1_of_who_knows_the_others": round(train.macro_f1(labels[rows], np.array(said)), 1),
    }


def alike(texts: Sequence[str], labels: np.ndarray, groups: Sequence[Sequence[int]]) -> dict[str, float]:
    """Pairs of different wordings that mean nearly the same, and how often their labels agree."""
    first = [group[0] for group in groups]
    senses = train.encode([texts[row] for row in first])
    senses /= np.linalg.norm(senses, axis=1, keepdims=True)
    one, other = np.nonzero(np.triu(senses @ senses.T >= ALIKE, 1))
    kinds = labels[first]
    return {"pairs": len(one), "agree": round(100 * float((kinds[one] == kinds[other]).mean()), 1)}


def curve(material: train.Material) -> dict[int, float]:
    """Macro-F1 of the full tier on quarters by date, from so many of the other mentions; three draws each."""
    wide, dense, labels = material.of(train.AIRLINES)
    spread = (dense - material.mean) * material.scale
    found = {}
    for size in SIZES:
        scores = []
        for part in train.parts(train.AIRLINES, len(labels)):
            rest = np.setdiff1d(np.arange(len(labels)), part)
            for seed in range(3 if size < len(rest) else 1):
                rows = np.random.default_rng(seed).choice(rest, min(size, len(rest)), replace=False)
                weight = train.STRENGTH["full"] * train.even(labels[rows], 3)
                column = train.Column(wide[rows], spread[rows], labels[rows], weight, 3)
                scores.append(train.macro_f1(labels[part], column.judge(wide[part], spread[part])))
        found[size] = round(float(np.mean(scores)), 1)
    return found


def read_again(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which mentions the second reader read, and the class that each was given.

    Raises:
        ValueError: a mention is not the one that was read.
    """
    rows, kinds = [], []
    for line in READ.read_text("utf-8").splitlines():
        told = json.loads(line)
        text = "".join(texts[told["row"] : told["row"] + 1])
        if hashlib.sha256(text.encode()).hexdigest()[:8] != told["digest"]:
            raise ValueError(f"mention {told['row']} is not the one that was read")
        rows.append(told["row"])
        kinds.append(train.CLASSES.index(told["label"]))
    return np.array(rows), np.array(kinds)


def unseen(material: train.Material) -> np.ndarray:
    """The full tier's class of each training mention, each quarter by date judged by a head trained on the others."""
    said = np.empty(len(material.labels[train.AIRLINES]), int)
    for part in train.parts(train.AIRLINES, len(said)):
        wide, dense, _ = material.of(train.AIRLINES, part)
        said[part] = material.column(train.AIRLINES, np.setdiff1d(np.arange(len(said)), part)).judge(wide, dense)
    return said


def second_reader(given: np.ndarray, read: np.ndarray, judged: np.ndarray) -> dict[str, float | list[float]]:
    """What reading scores against the labels, beside the full tier; «between» holds 95 of 100 redraws."""
    draws = np.random.default_rng(0).integers(0, len(given), (REDRAWS, len(given)))
    reader = np.array([train.macro_f1(given[draw], read[draw]) for draw in draws])
    tier = np.array([train.macro_f1(given[draw], judged[draw]) for draw in draws])
    chance = float(sum((given == kind).mean() * (read == kind).mean() for kind in range(3)))
    same, both = float((given == read).mean()), read == judged

    def middle(values: np.ndarray) -> list[float]:
        return [round(float(edge), 1) for edge in np.percentile(values, (2.5, 97.5))]

    return {
        "mentions": len(given),
        "agree": round(100 * same, 1),
        "kappa": round((same - chance) / (1 - chance), 2),
        "macro_f1": round(train.macro_f1(given, read), 1),
        "macro_f1_between": middle(reader),
        "redraws_that_reach_the_floor": round(100 * float((reader >= FLOOR).mean()), 1),
        "full_tier_macro_f1": round(train.macro_f1(given, judged), 1),
        "reader_ahead_between": middle(reader - tier),
        "full_tier_macro_f1_against_the_reader": round(train.macro_f1(read, judged), 1),
        "reader_and_full_tier_agree": round(100 * float(both.mean()), 1),
        "there_the_label_says_otherwise": round(100 * ((given != read) & both).sum() / max(1, both.sum()), 1),
    }


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    if not train.DATA.is_dir():
        print(f"There is nothing to measure on: {train.DATA} is missing.", file=sys.stderr)
        return 1
    texts, labels = train.airlines("train")
    groups = wordings(texts)
    copies = [group for group in groups if len(group) > 1]
    material = train.Material("full")
    rows, read = read_again(texts)
    found = {
        "copies": agreement(copies, labels),
        "copies_but_advertisements": agreement([group for group in copies if len(group) <= MANY], labels),
        "alike": alike(texts, labels, groups),
        "learning_curve": curve(material),
        "second_reader": second_reader(labels[rows], read, unseen(material)[rows]),
    }
    print(json.dumps(found, indent=2) if "--json" in words else "\n".join(f"{k}: {v}" for k, v in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
