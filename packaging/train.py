"""Train the heads of the verdicts: ``train.py [--only small|full] [--folds]``, through ``packaging/dev.py train``.

Reads ../shared/data/sentiment and tests/data/types, writes resources/heads/{small,full}.npz and no word of any text.
The same data, program and library versions on the same kind of machine give the same bytes. ``--folds`` writes
nothing and prints macro-F1 on quarters of the *training* data; the validation splits are for ``bench classify`` only.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crisisdesk.model.mention import Mention  # noqa: E402
from crisisdesk.pipeline.classify import Classifier, Lexicon, usual_types  # noqa: E402
from crisisdesk.pipeline.cues import CUES, cues  # noqa: E402
from crisisdesk.pipeline.features import BUCKETS, pieces  # noqa: E402
from crisisdesk.pipeline.heads import CLASSES, LANGUAGE, REGISTERS, load  # noqa: E402
from crisisdesk.pipeline.kinds import COMPLAINT_TYPE, FEATURES, TYPE, USUAL, WORDS_DECIDE  # noqa: E402
from crisisdesk.pipeline.senses import SIZE, encode  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "sentiment"
HEADS = ROOT / "resources" / "heads"
UMSAB = {"es": "spanish", "en": "english", "pt": "portuguese"}
AIRLINES = "es.airlines"
SPLIT = "2017-11-28"
"""Day from which the airlines' mentions are kept for validation: the last tenth of the days, a quarter of the texts."""
PIECES = 2.0  # how much the pieces weigh beside the lists in the head of the types
RARE = 2  # texts in which a piece must occur
STRENGTH = {"small": 1.5, "full": 0.4}  # inverse of the L2 penalty, chosen on parts of the training data
CUES_WEIGH = 8.0  # the same: how much more a cue weighs than one of the encoder's numbers, both as spread as 1 / √512
BORROWED = 0.5  # the same: weight of a general Spanish text in the head of the airlines

Labelled = tuple[list[str], np.ndarray]


def umsab(language: str, split: str) -> Labelled:
    """Texts and classes (0 negative, 1 neutral, 2 positive) of one split."""
    folder = DATA / f"umsab_{UMSAB[language]}"
    labels = np.array((folder / f"{split}_labels.txt").read_text("utf-8").split(), int)
    return (folder / f"{split}_text.txt").read_text("utf-8").split("\n")[: len(labels)], labels


def airlines(split: str) -> Labelled:
    """The same of the Spanish airlines; a text that stands in the training part is not validated on."""
    with gzip.open(DATA / "es_airlines_before_2017-12-07.csv.gz", "rt", encoding="utf-8") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["created_at"])
    early = [row for row in rows if row["created_at"] < SPLIT]
    known = {row["text"] for row in early}
    late = [row for row in rows if row["created_at"] >= SPLIT and row["text"] not in known]
    chosen = early if split == "train" else late
    return [row["text"] for row in chosen], np.array([CLASSES.index(row["label"]) for row in chosen])


def labelled(register: str, split: str) -> Labelled:
    """One register's texts and classes."""
    return airlines(split) if register == AIRLINES else umsab(register, split)


# -- matrices ------------------------------------------------------------------------------------------------------


def counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each bucket stands in each text."""
    found = [pieces(text).buckets for text in texts]
    rows = np.repeat(np.arange(len(found)), [len(b) for b in found])
    made = sparse.csr_matrix((np.ones(len(rows)), (rows, np.concatenate(found))), (len(texts), BUCKETS))
    made.sum_duplicates()
    return made


def rarity(matrix: sparse.csr_matrix) -> np.ndarray:
    """The idf of each bucket; 0 for those in fewer than ``RARE`` texts."""
    in_texts = np.asarray((matrix > 0).sum(0)).ravel()
    idf = np.where(in_texts >= RARE, np.log((1 + matrix.shape[0]) / (1 + in_texts)) + 1, 0.0)
    return idf.astype(np.float16).astype(float)


def weighed(matrix: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Buckets times rarity, divided by the root of the pieces' squared rarities."""
    length = np.sqrt(matrix @ (idf * idf))
    length[length == 0] = 1
    return (sparse.diags(1 / length) @ matrix @ sparse.diags(idf)).tocsr()


def cue_matrix(texts: Sequence[str], language: str) -> np.ndarray:
    """The cues of each text."""
    wording = Classifier((), Lexicon.load(), trained=False).wording
    read = [(text, wording.read(text)) for text in texts]
    return np.array([cues(text, r.hits, r.negated, language) for text, r in read])


# -- fitting -------------------------------------------------------------------------------------------------------


def fit(matrix: Any, classes: np.ndarray, weight: np.ndarray, of: int) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with an L2 penalty on the weights: (features, classes) and (classes,).

    ``weight``: of each text against the penalty.
    """
    wide = matrix.shape[1]
    truth = np.eye(of)[classes]
    weight = weight[:, None]
    turned = matrix.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = flat[: of * wide].reshape(wide, of), flat[of * wide :]
        logits = matrix @ weights + bias
        logits -= logits.max(1, keepdims=True)
        raised = np.exp(logits)
        total = raised.sum(1, keepdims=True)
        error = (raised / total - truth) * weight
        each = (logits * truth).sum(1, keepdims=True) - np.log(total)
        value = -(each * weight).sum() + 0.5 * (weights * weights).sum()
        return value, np.concatenate([(turned @ error + weights).ravel(), error.sum(0)])

    start = np.zeros(of * wide + of)
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "maxfun": 260}).x
    return flat[: of * wide].reshape(wide, of), flat[of * wide :]


class Column:
    """A trained head: weights of buckets in 8 bits, weights of the dense numbers, constants."""

    def __init__(self, wide: Any, dense: np.ndarray, classes: np.ndarray, weight: np.ndarray, of: int) -> None:
        seen = np.flatnonzero(np.asarray((wide > 0).sum(0)).ravel() >= RARE)
        weights, self.bias = fit(sparse.hstack([wide[:, seen], dense]).tocsr(), classes, weight, of)
        self.scale = np.abs(weights[: len(seen)]).max(0) / 127
        self.weights = np.zeros((BUCKETS, of), np.int8)
        self.weights[seen] = np.round(weights[: len(seen)] / self.scale)
        self.dense = weights[len(seen) :]

    def unspread(self, mean: np.ndarray, scale: np.ndarray) -> Column:
        """The same head for dense numbers as they come, where it was trained on ``(number - mean) * scale``."""
        self.dense = self.dense * scale[:, None]
        self.bias = self.bias - mean @ self.dense
        return self

    def judge(self, wide: sparse.csr_matrix, dense: np.ndarray) -> np.ndarray:
        """The class of each text."""
        return (wide @ (self.weights * self.scale) + dense @ self.dense + self.bias).argmax(1)


def even(classes: np.ndarray, of: int) -> np.ndarray:
    """The weight of each text so that every class weighs the same, 1 on average."""
    return len(classes) / of / np.bincount(classes, minlength=of)[classes]


def macro_f1(truth: np.ndarray, said: np.ndarray) -> float:
    """Macro-F1 of three classes, in hundredths."""
    each = [
        2 * ((said == k) & (truth == k)).sum() / max(1, (said == k).sum() + (truth == k).sum()) for k in range(3)
    ]
    return 100 * float(np.mean(each))


def snippets(text: str) -> list[str]:
    """Four bare words at a time."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"https?://\S+|[@#]\w+", " ", text))
    return [" ".join(words[at : at + 4]) for at in range(0, len(words), 4) if len(words[at : at + 4]) > 1]


class Material:
    """The training part of every register, read once."""

    def __init__(self, tier: str) -> None:
        self.tier = tier
        self.labels: dict[str, np.ndarray] = {}
        self.counts: dict[str, sparse.csr_matrix] = {}
        self.dense: dict[str, np.ndarray] = {}
        for register in REGISTERS:
            texts, self.labels[register] = labelled(register, "train")
            self.counts[register] = counts(texts)
            dense = cue_matrix(texts, register[:2])
            self.dense[register] = np.hstack([dense, encode(texts).astype(float)]) if tier == "full" else dense
        self.idf = rarity(sparse.vstack(list(self.counts.values())))
        every = np.vstack(list(self.dense.values()))
        self.mean, self.scale = np.zeros(every.shape[1]), np.ones(every.shape[1])
        if tier == "full":  # spreading nineteen cues alone gained nothing on parts of the training data
            self.mean = every.mean(0)
            self.scale = 1 / (np.sqrt(SIZE) * np.maximum(every.std(0), 1e-3))
            self.scale[: len(CUES)] *= CUES_WEIGH

    def of(self, register: str, rows: np.ndarray | None = None) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
        """Pieces, dense numbers and classes of a register, or of some of its texts."""
        chosen = np.arange(len(self.labels[register])) if rows is None else rows
        wide = weighed(self.counts[register][chosen], self.idf)
        return wide, self.dense[register][chosen], self.labels[register][chosen]

    def column(self, register: str, rows: np.ndarray | None = None) -> Column:
        """Train one register's head, every class as heavy as the others, for macro-F1 counts them alike.

        The airlines' texts are few and loosely labelled: general Spanish helps.
        """
        wide, dense, labels = self.of(register, rows)
        weight = even(labels, len(CLASSES))
        if register == AIRLINES:
            more = self.of("es")
            wide = sparse.vstack([wide, more[0]]).tocsr()
            dense, labels = np.vstack([dense, more[1]]), np.concatenate([labels, more[2]])
            weight = np.concatenate([weight, np.full(len(more[2]), BORROWED)])
        spread = (dense - self.mean) * self.scale
        made = Column(wide, spread, labels, STRENGTH[self.tier] * weight, len(CLASSES))
        return made.unspread(self.mean, self.scale)

    def language(self) -> Column:
        """Which register a text is written in, from the letters of a few words: no mark, name or address may tell."""
        found, which = [], []
        for number, register in enumerate(REGISTERS):
            for text in labelled(register, "train")[0]:
                bare = snippets(text)
                found += bare
                which += [number] * len(bare)
        wide = weighed(counts(found), self.idf)
        nothing = np.zeros((len(which), self.dense["es"].shape[1]))
        return Column(wide, nothing, np.array(which), 3.0 * even(np.array(which), len(REGISTERS)), len(REGISTERS))


def parts(register: str, count: int) -> list[np.ndarray]:
    """Quarters to judge after training on the rest; the airlines' by date."""
    if register == AIRLINES:
        return np.array_split(np.arange(count), 4)
    order = np.random.default_rng(7).permutation(count)
    return [order[n::4] for n in range(4)]


def show_folds(tier: str) -> None:
    """Macro-F1 on quarters of the training data."""
    material = Material(tier)
    for register in REGISTERS:
        count = len(material.labels[register])
        scores = []
        for part in parts(register, count):
            wide, dense, labels = material.of(register, part)
            column = material.column(register, np.setdiff1d(np.arange(count), part))
            scores.append(macro_f1(labels, column.judge(wide, dense)))
        print(f"{tier:6} {register:12} {np.mean(scores):5.1f}", flush=True)


TYPES = ROOT / "tests" / "data" / "types"
INCIDENTS = DATA.parent / "incidents"


def labelled_types(name: str) -> list[tuple[Mention, str]]:
    """Mentions of ../shared/data/incidents with the types that we gave them."""
    told = [json.loads(line) for line in (TYPES / f"{name}.jsonl").read_text("utf-8").splitlines()]
    texts: dict[tuple[str, str], dict[str, str]] = {}
    for file in {row["file"] for row in told}:
        with gzip.open(INCIDENTS / file, "rt", encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                texts.setdefault((file, row["id"]), row)
    found = []
    for row in told:
        text = texts[row["file"], row["id"]]
        at = datetime.fromisoformat(text["created_at"])
        mention = Mention(source="import", account=row["file"], native_id=row["id"], published_at=at, fetched_at=at,
                          text=text["text"], lang=text["lang"], is_repost=text["is_repost"] == "1")  # fmt: skip
        found.append((mention, row["type"]))
    return found


class Types:
    """Our labelled mentions as the head of the types sees them; ``rows`` is what the words alone say."""

    def __init__(self, idf: np.ndarray) -> None:
        judge = Classifier(usual_types(), Lexicon.load())
        found = [*labelled_types("tuned"), *labelled_types("scored")]
        self.scored = np.arange(len(labelled_types("tuned")), len(found))
        self.labels = np.array([USUAL.index(kind) for _, kind in found])
        self.rows = np.array([USUAL.index(judge.row(mention)) for mention, _ in found])
        self.dense = np.array([judge.kind_features(mention) for mention, _ in found])
        headline = self.dense[:, FEATURES.index("link")] > 0
        complaint = self.dense[:, FEATURES.index("complaint", FEATURES.index("tone.positive"))] > 0
        narrow = np.isin(self.rows, [USUAL.index(name) for name in WORDS_DECIDE])
        self.fixed = narrow | (complaint & ~headline & (self.rows == USUAL.index(COMPLAINT_TYPE)))
        self.wide = PIECES * weighed(counts([mention.text for mention, _ in found]), idf)

    def column(self, rows: np.ndarray) -> Column:
        """The head from some of the mentions; what is frequent here is taken half as frequent."""
        made = Column(self.wide[rows], self.dense[rows], self.labels[rows], np.ones(len(rows)), len(USUAL))
        made.bias -= 0.5 * np.log((np.bincount(self.labels[rows], minlength=len(USUAL)) + 1) / len(rows))
        made.scale *= PIECES
        return made

    def crossed(self) -> tuple[list[str], list[str]]:
        """Truth and verdict of the scored mentions, each fifth judged by a head that has not seen it."""
        order = np.random.default_rng(5).permutation(self.scored)
        said = np.empty(len(self.labels), int)
        for part in (order[n::5] for n in range(5)):
            column = self.column(np.setdiff1d(np.arange(len(self.labels)), part))
            judged = column.judge(self.wide[part] / PIECES, self.dense[part])
            said[part] = np.where(self.fixed[part], self.rows[part], judged)
        return [USUAL[k] for k in self.labels[self.scored]], [USUAL[k] for k in said[self.scored]]


def write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """An .npz whose bytes depend on nothing but the arrays."""
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, array in sorted(arrays.items()):
            raw = io.BytesIO()
            np.save(raw, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, raw.getvalue())


def store(tier: str, idf: np.ndarray, columns: dict[str, tuple[Sequence[str], Column]]) -> None:
    """Write one tier's file, heads side by side."""
    kept = np.flatnonzero(idf)
    made = [column for _, column in columns.values()]
    names = {name: classes for name, (classes, _) in columns.items()}
    arrays = {
        "heads": np.frombuffer(json.dumps(names).encode(), np.uint8),
        "kept": kept.astype(np.uint32),
        "idf": idf[kept].astype(np.float16),
        "weights": np.hstack([column.weights[kept] for column in made]),
        "scale": np.concatenate([column.scale for column in made]).astype(np.float32),
        "bias": np.concatenate([column.bias for column in made]).astype(np.float32),
    }
    dense = {name: column.dense for name, (_, column) in columns.items() if name != LANGUAGE}
    told = {f"cues.{name}": numbers.astype(np.float16) for name, numbers in dense.items()}
    write(HEADS / f"{tier}.npz", arrays | told)


def train(tier: str) -> None:
    """One tier's file. The types look at the sentiment, so that the small tier is stored once without them."""
    material = Material(tier)
    columns: dict[str, tuple[Sequence[str], Column]] = {LANGUAGE: (REGISTERS, material.language())}
    columns |= {register: (CLASSES, material.column(register)) for register in REGISTERS}
    if tier == "small":
        store(tier, material.idf, columns)
        load.cache_clear()
    types = Types(material.idf)
    columns[TYPE] = (USUAL, types.column(np.arange(len(types.labels))))
    store(tier, material.idf, columns)
    load.cache_clear()
    texts = {register: len(labels) for register, labels in material.labels.items()}
    size = (HEADS / f"{tier}.npz").stat().st_size
    print(f"{tier}: {texts}, {len(types.labels)} types, {size / 1e6:.2f} MB", flush=True)


def main(words: Sequence[str]) -> int:
    """Train what is asked for."""
    if not DATA.is_dir():
        print(f"There is nothing to train on: {DATA} is missing.", file=sys.stderr)
        return 1
    tiers = [words[words.index("--only") + 1]] if "--only" in words else list(STRENGTH)
    for tier in tiers:
        show_folds(tier) if "--folds" in words else train(tier)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
