"""The rumour desk: the claim, how far it went, what is true of it, its correction, and whether it is seen again."""

from __future__ import annotations

from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.model.community import Rumour, RumourReach, RumourVerdict, Withdrawn
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import CommunityChanged
from crisisdesk.model.inbox import Sought
from crisisdesk.plain import clamp
from crisisdesk.store import inbox, rows
from crisisdesk.store.database import Connection

TEMPLATE = "correccion_rumor"
_WORDS = 2_000
_COUNTED = 5_000  # mentions that are looked through, newest first


class Rumours:
    """Keeps claims and what we found of them."""

    def __init__(self, core: Core, drafts: Drafts) -> None:
        self._core = core
        self._drafts = drafts

    def note(self, incident_id: int, claim: str, words: tuple[str, ...]) -> Rumour:
        """Write a claim down; a mention that holds all of ``words`` repeats it."""
        known = tuple(dict.fromkeys(word for text in words for word in text.split()))
        if not claim.strip():
            raise InputError("rumour.no_claim")
        if not known:
            raise InputError("rumour.no_words")
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.rumours.insert(
                tx.connection,
                Rumour(
                    id=0,
                    incident_id=incident_id,
                    claim=claim.strip(),
                    words=known,
                    verdict=RumourVerdict.OPEN,
                    noted_by=self._core.actor,
                    noted_at=self._core.clock.now(),
                ),
            )
            self._core.log(tx, "rumour.noted", incident_id, data={"what": new.claim, "words": " ".join(known)})
            tx.emit(CommunityChanged())
            return new

    def judge(self, rumour_id: int, verdict: RumourVerdict, evidence: str) -> Rumour:
        """Say what is true of it, and what that stands on; before there is a verdict it cannot be corrected."""
        if verdict is RumourVerdict.OPEN or not evidence.strip():
            raise InputError("rumour.no_evidence")
        with self._core.write() as tx:
            row = rows.rumours.get(tx.connection, rumour_id)
            if row.verdict is not RumourVerdict.OPEN:
                raise StepError("rumour.judged", by=row.decided_by, at=row.decided_at)
            judged = rows.rumours.update(
                tx.connection,
                rumour_id,
                verdict=verdict,
                evidence=evidence.strip(),
                decided_by=self._core.actor,
                decided_at=self._core.clock.now(),
            )
            data = {"what": row.claim, "reason": judged.evidence}
            self._core.log(tx, f"rumour.judged_{verdict.value}", row.incident_id, data=data)
            tx.emit(CommunityChanged())
            return judged

    def reopen(self, rumour_id: int, reason: str) -> Rumour:
        """Take the verdict back and say why; what it was stays readable beside the claim and in the timeline.

        Raises:
            InputError: no reason.
            StepError: there is no verdict.
        """
        reason = clamp(reason.strip(), _WORDS)
        if not reason:
            raise InputError("rumour.no_reason")
        with self._core.write() as tx:
            row = rows.rumours.get(tx.connection, rumour_id)
            if row.decided_at is None:
                raise StepError("rumour.no_verdict")
            gone = Withdrawn(
                verdict=row.verdict,
                evidence=row.evidence,
                decided_by=row.decided_by,
                decided_at=row.decided_at,
                by=self._core.actor,
                at=self._core.clock.now(),
                reason=reason,
            )
            opened = rows.rumours.update(
                tx.connection,
                rumour_id,
                verdict=RumourVerdict.OPEN,
                evidence="",
                decided_by="",
                decided_at=None,
                past=(*row.past, gone),
            )
            data = {"what": row.claim, "words": row.evidence, "reason": reason}
            self._core.log(tx, f"rumour.reopened_{row.verdict.value}", row.incident_id, data=data)
            tx.emit(CommunityChanged())
            return opened

    def correct(self, rumour_id: int) -> Draft:
        """Begin its correction, or another when that was set aside; a person publishes it like any text."""
        with self._core.write() as tx:
            row = rows.rumours.get(tx.connection, rumour_id)
            if row.verdict is not RumourVerdict.FALSE:
                raise StepError("rumour.not_false")
            begun = rows.drafts.get(tx.connection, row.correction) if row.correction is not None else None
            if begun is not None and begun.state is not DraftState.DISCARDED:
                return begun
            draft = self._drafts.start(row.incident_id, TEMPLATE)
            rows.rumours.update(tx.connection, rumour_id, correction=draft.id)
            tx.emit(CommunityChanged())
            return draft

    def list(self, incident_id: int) -> tuple[tuple[Rumour, RumourReach], ...]:
        """Every claim of an incident with its reach now, oldest first."""
        with self._core.read() as connection:
            found = rows.rumours.where(connection, incident_id=incident_id)
            return tuple((row, self._reach(connection, row)) for row in found)

    def _reach(self, connection: Connection, row: Rumour) -> RumourReach:
        """Counted anew from the stored mentions, at most the newest 5,000 that hold its words."""
        said = inbox.page(connection, Sought(search=" ".join(row.words)), limit=_COUNTED)
        out = rows.drafts.get(connection, row.correction).published_at if row.correction is not None else None
        biggest: dict[tuple[str, str], int] = {}
        for one in said:
            who = (one.mention.source, one.mention.author)
            biggest[who] = max(biggest.get(who, 0), one.mention.followers or 0)
        return RumourReach(
            mentions=len(said),
            authors=len(biggest),
            followers=sum(biggest.values()),
            last=max((one.mention.published_at for one in said), default=None),
            after=sum(one.mention.published_at > out for one in said) if out is not None else 0,
        )
