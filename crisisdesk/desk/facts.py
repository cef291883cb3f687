"""The truth sheet: what we know, don't know and do, who says so, and what it stands on. It feeds every draft."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.draft_rules import changed
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import DraftChanged, FactsChanged
from crisisdesk.model.fact import Correction, Fact, FactSection, Proof, ProofKind
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import clamp
from crisisdesk.store import rows
from crisisdesk.store.database import Connection

LARGEST_FILE: Final = 1 << 30  # bytes; a file is read through once for its hash, never stored
_LABEL: Final = 160


class Facts:
    """Keeps the truth sheet of each incident; a newer fact stands in an older one's place, and both stay."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def say(
        self,
        incident_id: int,
        section: FactSection,
        key: str,
        value: Bilingual,
        said_by: str,
        *,
        said_at: datetime | None = None,
        evidence: str = "",
        proofs: tuple[Proof, ...] = (),
    ) -> Fact:
        """Write down a fact; a fact without a source is refused."""
        if not (value.es.strip() or value.en.strip()) or not key.strip():
            raise InputError("fact.empty")
        if not said_by.strip():
            raise InputError("fact.no_source")
        now = self._core.clock.now()
        if said_at is not None and said_at > now:
            raise InputError("fact.future", at=said_at)
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.facts.insert(
                tx.connection,
                Fact(
                    id=0,
                    incident_id=incident_id,
                    section=section,
                    key=key.strip(),
                    value=value,
                    said_by=said_by.strip(),
                    said_at=said_at or now,
                    recorded_at=now,
                    evidence=evidence.strip(),
                    proofs=proofs,
                ),
            )
            same = rows.facts.where(tx.connection, incident_id=incident_id, key=new.key, replaced_by=None)
            old = [f for f in same if f.id != new.id]
            for fact in old:
                rows.facts.update(tx.connection, fact.id, replaced_by=new.id)
            self._core.log(
                tx,
                "fact.replaced" if old else "fact.said",
                incident_id,
                occurred_at=said_at,
                data={
                    "key": new.key,
                    "label": self._label(incident_id, new.key),
                    "value": value,
                    "said_by": new.said_by,
                    "section": section,
                    "evidence": _in_words(new) or None,
                },
            )
            tx.emit(FactsChanged(incident_id))
            return new

    def prove(self, fact_id: int, proof: Proof) -> Fact:
        """Put something that a fact stands on beside it; the fact itself does not change."""
        with self._core.write() as tx:
            fact = rows.facts.get(tx.connection, fact_id)
            if proof in fact.proofs:
                return fact
            proven = rows.facts.update(tx.connection, fact_id, proofs=(*fact.proofs, proof))
            self._core.log(
                tx,
                "fact.proven",
                fact.incident_id,
                data={
                    "key": fact.key,
                    "label": self._label(fact.incident_id, fact.key),
                    "value": fact.value,
                    "evidence": _proof_in_words(proof),
                },
            )
            tx.emit(FactsChanged(fact.incident_id))
            return proven

    def sheet(self, incident_id: int) -> tuple[Fact, ...]:
        """The facts that stand now, oldest first."""
        with self._core.read() as connection:
            return rows.facts.where(connection, incident_id=incident_id, replaced_by=None)

    def standing(self, connection: Connection, fact_id: int) -> tuple[Fact, Fact]:
        """A fact, and the one that stands in its place now (itself, while nothing newer was said)."""
        used = newest = rows.facts.get(connection, fact_id)
        seen = {used.id}
        while newest.replaced_by is not None and newest.replaced_by not in seen:
            newest = rows.facts.get(connection, newest.replaced_by)
            seen.add(newest.id)
        return used, newest

    # -- published texts that are no longer right ----------------------------------------------------------------

    def to_correct(self, incident_id: int) -> tuple[Correction, ...]:
        """Published texts that used a fact which has changed since, newest first.

        A text is off the list once a later one has been published with the fact that stands now, or once somebody
        has said why no correction is needed.
        """
        with self._core.read() as connection:
            out = rows.drafts.where(connection, incident_id=incident_id, state=DraftState.PUBLISHED)
            found = [c for draft in out for c in self._outdated(connection, draft, out)]
        return tuple(sorted(found, key=lambda c: (c.published_at, c.draft_id), reverse=True))

    def _outdated(
        self, connection: Connection, draft: Draft, out: tuple[Draft, ...]
    ) -> list[Correction]:
        at = draft.published_at or draft.updated_at
        found = []
        for name, value in draft.values.items():
            if value.fact_id is None:
                continue
            said, stands = self.standing(connection, value.fact_id)
            later = (d for d in out if (d.published_at or d.updated_at) >= at and d.id != draft.id)
            told = any(v.fact_id == stands.id for d in later for v in d.values.values())
            if changed(said, stands) and not told and stands.id not in draft.corrected:
                found.append(
                    Correction(
                        draft_id=draft.id,
                        template_id=draft.template_id,
                        field=name,
                        said=said,
                        stands=stands,
                        published_at=at,
                        channel=draft.channel,
                        url=draft.url,
                    )
                )
        return found

    def settle(self, draft_id: int, fact_id: int, reason: str) -> None:
        """No correction of a published text is needed for the fact ``fact_id``; the reason stays in the timeline."""
        if not reason.strip():
            raise InputError("fact.no_reason")
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            if draft.state is not DraftState.PUBLISHED:
                raise StepError("fact.not_published")
            fact = rows.facts.get(tx.connection, fact_id)
            rows.drafts.update(
                tx.connection, draft_id, corrected=tuple(dict.fromkeys((*draft.corrected, fact_id)))
            )
            self._core.log(
                tx,
                "fact.settled",
                draft.incident_id,
                data={
                    "key": fact.key,
                    "label": self._label(draft.incident_id, fact.key),
                    "value": fact.value,
                    "reason": reason.strip(),
                    "draft": draft_id,
                },
            )
            tx.emit(DraftChanged(draft.incident_id, draft_id))

    def _label(self, incident_id: int, key: str) -> Bilingual | None:
        """What the incident's playbook calls the field of this name, kept with the act: playbooks change."""
        templates = self._playbooks.of(incident_id).templates
        found = (field.label for template in templates for field in template.fields if field.name == key)
        return next((label for label in found if label.es or label.en), None)

    # -- what a fact can stand on --------------------------------------------------------------------------------

    def mention_proof(self, mention_id: int) -> Proof:
        """A stored mention as a proof, with its words as they are now."""
        from crisisdesk.store import mentions

        with self._core.read() as connection:
            mention = mentions.get(connection, mention_id).mention
        return Proof(
            kind=ProofKind.MENTION,
            ref=str(mention_id),
            label=clamp(f"{mention.author}: {mention.text}", _LABEL),
            digest=hashlib.sha256(mention.text.encode("utf-8", "surrogatepass")).hexdigest(),
        )

    def note_proof(self, entry_id: int) -> Proof:
        """An entry of the timeline as a proof."""
        from crisisdesk.store import timeline

        with self._core.read() as connection:
            entry = timeline.get(connection, entry_id)
        return Proof(kind=ProofKind.NOTE, ref=str(entry_id), label=clamp(entry.text or entry.kind, _LABEL))

    def file_proof(self, path: Path) -> Proof:
        """A file as a proof: its name and the hash of its bytes; the file stays where it is."""
        try:
            if not path.is_file():
                raise InputError("fact.no_file", path=clamp(path.name, 80))
            if path.stat().st_size > LARGEST_FILE:
                raise InputError("fact.large_file", path=clamp(path.name, 80))
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError("fact.no_file", path=clamp(path.name, 80)) from error
        return Proof(kind=ProofKind.FILE, ref=path.name, label=clamp(path.name, _LABEL), digest=digest)


def _proof_in_words(proof: Proof) -> str:
    tail = f" (SHA-256 {proof.digest[:12]}…)" if proof.digest and proof.kind is ProofKind.FILE else ""
    return f"{proof.label or proof.ref}{tail}"


def _in_words(fact: Fact) -> str:
    return "; ".join(filter(None, (fact.evidence, *map(_proof_in_words, fact.proofs))))
