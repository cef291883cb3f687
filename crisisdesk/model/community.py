"""The people around a brand: experts by topic, those who are thanked, what they asked for, and rumours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crisisdesk.model.playbook import Bilingual

ADVOCATE_FROM: Final = 3
"""So many kudos make an advocate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Somebody who agreed to be asked about their topics, and about no other.

    Attributes:
        source: where they are (``mastodon``…), with their ``author`` name there.
        topics: in lower case.
    """

    id: int
    source: str
    author: str
    topics: tuple[str, ...]
    consent: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kudos:
    """Thanks to a person for one mention, with the reason; a mention is credited once."""

    id: int
    mention_id: int
    source: str
    author: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """«You said → we did»: what people asked for, what was done, and who asked."""

    id: int
    incident_id: int
    said: Bilingual
    did: Bilingual
    mention_ids: tuple[int, ...]
    by: str
    at: datetime


class RumourVerdict(StrEnum):
    """What we found of a claim."""

    OPEN = "open"
    FALSE = "false"
    TRUE = "true"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rumour:
    """A claim that goes round.

    Attributes:
        words: a mention that holds all of them repeats it.
        evidence: what the verdict stands on.
        correction: id of the draft that corrects it, once it is begun.
    """

    id: int
    incident_id: int
    claim: str
    words: tuple[str, ...]
    verdict: RumourVerdict
    noted_by: str
    noted_at: datetime
    evidence: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    correction: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RumourReach:
    """How far a claim went.

    Attributes:
        mentions: that repeat it; ``authors`` how many people.
        followers: of them together, where their sources tell.
        last: when it was last seen.
        after: mentions of it since its correction went out: it is seen again.
    """

    mentions: int
    authors: int
    followers: int
    last: datetime | None
    after: int
