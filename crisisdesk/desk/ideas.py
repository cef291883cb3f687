"""Ideas: what people asked for, how far we are with each, and the reply to everybody who asked: «You said → we did»."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.replies import NOT_NOW, TEMPLATE, Replies
from crisisdesk.model.community import IDEA_STEPS, TOLD, Idea, IdeaState, IdeaStep
from crisisdesk.model.draft import Draft, DraftState, FieldValue
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import CommunityChanged
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import clamp
from crisisdesk.store import mentions, rows, versions
from crisisdesk.store.database import Connection, Transaction

_WORDS: Final = 2_000
_OUT: Final = (DraftState.COPIED, DraftState.PUBLISHED)
NOTHING: Final = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Moved:
    """An idea as it is now, the replies that were begun, and the mentions whose reply cannot be begun just now."""

    idea: Idea
    drafts: tuple[Draft, ...] = ()
    held: tuple[int, ...] = ()


class Ideas:
    """Keeps what people asked for."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies

    def note(self, incident_id: int, said: Bilingual, mention_ids: tuple[int, ...]) -> Idea:
        """Write down what people asked for, in both languages, and who asked.

        Raises:
            InputError: a language is missing, or nobody asked.
        """
        said = _whole(said)
        if not mention_ids:
            raise InputError("community.nobody_asked")
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            idea = rows.ideas.insert(
                tx.connection,
                Idea(
                    id=0,
                    incident_id=incident_id,
                    said=said,
                    did=NOTHING,
                    mention_ids=_known(tx.connection, mention_ids),
                    by=self._core.actor,
                    at=self._core.clock.now(),
                ),
            )
            self._log(tx, "idea.received", idea, n=len(idea.mention_ids))
            return idea

    def join(self, idea_id: int, mention_ids: tuple[int, ...]) -> Idea:
        """More people ask for the same."""
        if not mention_ids:
            raise InputError("community.nobody_asked")
        with self._core.write() as tx:
            before = rows.ideas.get(tx.connection, idea_id)
            asked = tuple(dict.fromkeys((*before.mention_ids, *_known(tx.connection, mention_ids))))
            idea = rows.ideas.update(tx.connection, idea_id, mention_ids=asked)
            self._log(tx, "idea.joined", idea, n=len(asked))
            return idea

    def move(self, idea_id: int, state: IdeaState, words: Bilingual = NOTHING) -> Moved:
        """Say how far we are; whoever asked is told why not, or what was done.

        Args:
            words: why it is rejected, or what was done, in both languages; else they may be missing.

        Raises:
            InputError: words are missing.
            StepError: not a step from where it stands.
        """
        words = _whole(words) if state in TOLD else Bilingual(*_clamped(words))
        with self._core.write() as tx:
            before = rows.ideas.get(tx.connection, idea_id)
            check_step(IDEA_STEPS, before.state, state, "idea.step")
            step = IdeaStep(state=state, by=self._core.actor, at=self._core.clock.now(), words=words)
            did = {"did": words} if state is IdeaState.DONE else {}
            idea = rows.ideas.update(tx.connection, idea_id, state=state, steps=(*before.steps, step), **did)
            drafts, held = self._tell(tx, idea, words) if state in TOLD else ((), ())
            told = {"way": words if words != NOTHING else None, "n": len(drafts) if state in TOLD else None}
            self._log(tx, f"idea.{state.value}", idea, **told)
            return Moved(idea, drafts, held)

    def tell(self, idea_id: int) -> Moved:
        """Begin the replies that are lacking: to people who joined later, or whom somebody else was answering.

        Raises:
            StepError: nothing is decided yet.
        """
        with self._core.write() as tx:
            idea = rows.ideas.get(tx.connection, idea_id)
            if idea.state not in TOLD:
                raise StepError("idea.undecided")
            words = idea.steps[-1].words if idea.steps else idea.did
            return Moved(idea, *self._tell(tx, idea, words))

    def list(self, incident_id: int) -> tuple[Idea, ...]:
        """What people asked for in an incident, oldest first."""
        with self._core.read() as connection:
            return rows.ideas.where(connection, incident_id=incident_id)

    def _tell(self, tx: Transaction, idea: Idea, words: Bilingual) -> tuple[tuple[Draft, ...], tuple[int, ...]]:
        """One reply for each person, to their newest mention that is there, unless they had one since the decision."""
        decided = idea.steps[-1].at if idea.steps else idea.at
        there = mentions.of_ids(tx.connection, idea.mention_ids)
        asked = [there[one] for one in idea.mention_ids if one in there]
        newest = {(one.mention.source, one.mention.author or one.id): one.id for one in asked}
        drafts, held = list[Draft](), list[int]()
        said = {"situacion": FieldValue(text=idea.said), "siguiente_paso": FieldValue(text=words)}
        for mention_id in newest.values():
            done = rows.drafts.where(tx.connection, mention_id=mention_id, state=_OUT)
            if any(draft.created_at >= decided for draft in done):
                continue
            try:
                drafts.append(self._replies.start(mention_id, TEMPLATE, said))
            except (NotFoundError, StepError) as error:
                if error.key not in NOT_NOW:
                    raise
                held.append(mention_id)
        return tuple(drafts), tuple(held)

    def _log(self, tx: Transaction, kind: str, idea: Idea, **data: object) -> None:
        self._core.log(tx, kind, idea.incident_id, data={"what": idea.said, **data})
        tx.emit(CommunityChanged())


def _clamped(words: Bilingual) -> tuple[str, str]:
    return clamp(words.es.strip(), _WORDS), clamp(words.en.strip(), _WORDS)


def _whole(words: Bilingual) -> Bilingual:
    es, en = _clamped(words)
    if not es or not en:
        raise InputError("community.both_languages")
    return Bilingual(es, en)


def _known(connection: Connection, mention_ids: tuple[int, ...]) -> tuple[int, ...]:
    known = tuple(mentions.get(connection, one).id for one in dict.fromkeys(mention_ids))
    for one in known:
        versions.must_stand(connection, one)
    return known
