"""What a person says a mention is, and why the desk thought otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crisisdesk.model.mention import Judge, Sentiment, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A person's correction of a verdict. It is never deleted: one that is taken back says when and by whom.

    Attributes:
        before: the verdict that it corrected.
        after: the verdict as the person says; ``judge`` is ``PERSON``.
    """

    id: int
    mention_id: int
    before: Verdict
    after: Verdict
    by: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""
        return self.undone_at is None


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of a text, as it stands there, and how strongly it spoke for the class that was chosen."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with everything that led to it.

    Attributes:
        verdict: what the desk says by itself, what it was taught included.
        probabilities: of each class; they sum to 1. The desk's certainty about the wording, not about the truth.
        reasons: words that spoke for the sentiment, strongest first; empty where only word lists decided.
        learnt: words and pairs of words whose weight comes from this desk's own labels.
    """

    verdict: Verdict
    probabilities: Mapping[Sentiment, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    learnt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a stored mention is judged as it is.

    Attributes:
        stands: the verdict that counts now.
        desk: what the desk would say today without anybody's label on this very mention.
        labels: what people said about it, oldest first, those taken back included.
    """

    mention_id: int
    stands: Verdict
    desk: Judgement
    labels: tuple[Label, ...] = ()

    @property
    def by(self) -> str:
        """The person whose label stands, or empty."""
        if self.stands.judge is not Judge.PERSON:
            return ""
        return next((label.by for label in reversed(self.labels) if label.stands), "")
