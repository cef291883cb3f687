"""What a promise must bring before it enters the ledger. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.errors import InputError
from crisisdesk.model.history import Foresight

FARTHEST = timedelta(days=365)


def check_promise(kind: CommitmentKind, due_at: datetime, now: datetime, giver: str) -> None:
    """Refuse a time that has passed or is more than a year away, and a time that nobody gives."""
    if due_at <= now:
        raise InputError("commitment.past", at=due_at)
    if due_at - now > FARTHEST:
        raise InputError("commitment.too_far", at=due_at)
    if kind is not CommitmentKind.NEXT_UPDATE and not giver.strip():
        raise InputError("commitment.no_giver")


def check_evidence(foresight: Foresight, known: str, known_by: str) -> None:
    """Above the limit, ask what the history does not know and who says it; with both, nothing is refused."""
    if foresight.beyond and not (known.strip() and known_by.strip()):
        raise InputError(
            "commitment.over_limit",
            frequency=round(100 * (foresight.frequency or 0.0)),
            limit=round(100 * foresight.limit),
        )


def evidence(commitment: Commitment) -> str | None:
    """What stood against the history, with who said it; ``None`` without."""
    return f"{commitment.known} — {commitment.known_by}" if commitment.known else None
