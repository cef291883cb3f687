"""What has happened, in past tense: the list of events is the list of what pages can react to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import MinuteCount


@dataclass(frozen=True, slots=True)
class Event:
    """Root of all events; published on the bus after the transaction that caused it is committed."""


@dataclass(frozen=True, slots=True)
class MentionsAdded(Event):
    """Mentions were stored.

    Attributes:
        added: how many new ones.
        newest: when the newest of them was published.
        minutes: the counts of the minutes that changed, as they are now: taking one twice, or late, does no harm.
            Empty when there are too many, or texts are not known: read the counts again.
    """

    added: int
    newest: datetime | None
    minutes: tuple[MinuteCount, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionsChanged(Event):
    """Mentions got new words at their source, or are gone there."""

    edited: int
    buried: int


@dataclass(frozen=True, slots=True)
class VerdictsChanged(Event):
    """Stored mentions have another verdict: a person corrected it, took that back, or the full tier had time."""

    mention_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MentionsAssigned(Event):
    """Mentions were given to somebody, or taken back."""

    mention_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    """A new alert."""

    alert_id: int


@dataclass(frozen=True, slots=True)
class AlertChanged(Event):
    """An alert's numbers or state changed."""

    alert_id: int


@dataclass(frozen=True, slots=True)
class ConcernChanged(Event):
    """Another signal was seen, looked at by a person, or is over."""

    concern_id: int


@dataclass(frozen=True, slots=True)
class AreasChanged(Event):
    """An area was kept, asked something, or signed."""


@dataclass(frozen=True, slots=True)
class CommunityChanged(Event):
    """Experts, questions, thanks, ideas, rumours or VIP lists changed."""


@dataclass(frozen=True, slots=True)
class IncidentChanged(Event):
    """An incident was opened, or its level, phase, roles, tasks or state changed."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class EscalationChanged(Event):
    """A ladder moved: a card came up, an outcome was recorded, an acknowledgement came or lapsed."""

    incident_id: int
    escalation_id: int


@dataclass(frozen=True, slots=True)
class FactsChanged(Event):
    """The truth sheet changed."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class DraftChanged(Event):
    """A draft was made, edited, published or discarded."""

    incident_id: int
    draft_id: int


@dataclass(frozen=True, slots=True)
class OutgoingChanged(Event):
    """A reply of the outbox was confirmed, sent, failed, or is in doubt."""

    incident_id: int
    outgoing_id: int


@dataclass(frozen=True, slots=True)
class ReplyLockChanged(Event):
    """Somebody began to answer a mention, wrote, left it, or took it over."""

    mention_id: int


@dataclass(frozen=True, slots=True)
class CallBackChanged(Event):
    """Somebody is to be called back, or their number was let go."""

    incident_id: int
    call_back_id: int


@dataclass(frozen=True, slots=True)
class CommitmentChanged(Event):
    """The ledger changed."""

    incident_id: int
    commitment_id: int


@dataclass(frozen=True, slots=True)
class CommitmentDueSoon(Event):
    """A commitment is within its margin: keep, move or withdraw."""

    incident_id: int
    commitment_id: int


@dataclass(frozen=True, slots=True)
class CommitmentBroken(Event):
    """A commitment's time passed; its apology draft is open."""

    incident_id: int
    commitment_id: int


@dataclass(frozen=True, slots=True)
class ReviewChanged(Event):
    """A review was set, held, or got an action, a voice, or a change of the playbook."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class TimelineAdded(Event):
    """An entry was written."""

    incident_id: int | None
    entry_id: int


@dataclass(frozen=True, slots=True)
class ContactsChanged(Event):
    """A contact was added or changed."""


@dataclass(frozen=True, slots=True)
class PlaybookChanged(Event):
    """Another playbook or version is in use."""

    playbook_id: str
    version: int


@dataclass(frozen=True, slots=True)
class PreparationChanged(Event):
    """A training, a guideline or an assumption was added or changed."""


@dataclass(frozen=True, slots=True)
class SourceHealthChanged(Event):
    """A source answered, failed or fell silent."""

    source: str
    account: str


@dataclass(frozen=True, slots=True)
class ReplayMoved(Event):
    """A replay or drill started, paused, changed speed or ended."""

    running: bool
    speed: float
    progress: float


@dataclass(frozen=True, slots=True)
class PagingChecked(Event):
    """How paging works: ``late`` steps and messages are due since ``since`` at the longest; nobody is late = it works.

    ``unreached`` is the slug of a contact of whom every channel failed.
    """

    late: int
    since: datetime | None
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class NoticeShown(Event):
    """A notice for this computer's own screen; ``title`` and ``body`` are plain text from outside."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class ClockSet(Event):
    """The computer's clock was set by so many seconds; what the desk waits for was moved with it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ChangedElsewhere(Event):
    """Another program has written to the data file, or somebody was erased from it: whatever was read may be old."""


@dataclass(frozen=True, slots=True)
class Ticked(Event):
    """A second of the desk's clock passed and all deadlines were looked at."""

    now: datetime


@dataclass(frozen=True, slots=True)
class StoreTroubled(Event):
    """The data file ``path`` cannot be written for now (``key`` of its sentence in ``errors.toml``)."""

    key: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class CopyHindered(Event):
    """The data file cannot be copied, or its disk is nearly full; ``error`` says why."""

    error: CrisisDeskError


@dataclass(frozen=True, slots=True)
class WallboardChanged(Event):
    """The page for a wall was turned on or off, or shows other parts."""
