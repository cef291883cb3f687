"""The composition root: everything is built here, once, and handed to whoever needs it."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from crisisdesk import settings as settings_file
from crisisdesk.bus import Bus
from crisisdesk.clock import Clock, DeskClock
from crisisdesk.connectors.table import read as read_table
from crisisdesk.desk.alerts import Alerts
from crisisdesk.desk.apologies import Apologies
from crisisdesk.desk.areas import Areas
from crisisdesk.desk.assignees import Assignees
from crisisdesk.desk.attachments import Attachments
from crisisdesk.desk.authors import Authors
from crisisdesk.desk.chain import Chain
from crisisdesk.desk.channels import Channels
from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.community import Community
from crisisdesk.desk.concerns import Concerns
from crisisdesk.desk.contact_import import ContactImport
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.copying import Copying
from crisisdesk.desk.core import Core
from crisisdesk.desk.coverage import Coverage
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.drills import Drills
from crisisdesk.desk.escalation import Escalations
from crisisdesk.desk.evidence import Evidence
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.folding import Folding
from crisisdesk.desk.followups import Followups
from crisisdesk.desk.handoffs import Handoffs
from crisisdesk.desk.handover import Handover
from crisisdesk.desk.hindsight import Hindsight
from crisisdesk.desk.ideas import Ideas
from crisisdesk.desk.importing import Importing, account_of
from crisisdesk.desk.inbox_filters import InboxFilters
from crisisdesk.desk.incidents import Incidents
from crisisdesk.desk.ingest import Ingest
from crisisdesk.desk.listeners import Listeners
from crisisdesk.desk.measures import Measures
from crisisdesk.desk.mentions import Mentions
from crisisdesk.desk.next import NextList
from crisisdesk.desk.notifications import Notifications
from crisisdesk.desk.outbox import Outbox
from crisisdesk.desk.paging import Paging
from crisisdesk.desk.playback import Playback
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.posts import Posts
from crisisdesk.desk.preparation import Preparations
from crisisdesk.desk.queries import Queries
from crisisdesk.desk.rechecks import Rechecks
from crisisdesk.desk.reminders import Reminders
from crisisdesk.desk.replay import Reel, Replay
from crisisdesk.desk.replies import Replies
from crisisdesk.desk.reply_clock import ReplyClock
from crisisdesk.desk.reply_locks import ReplyLocks
from crisisdesk.desk.review import Review
from crisisdesk.desk.review_texts import ReviewTexts
from crisisdesk.desk.risk import Risk
from crisisdesk.desk.room import Room
from crisisdesk.desk.rotations import Rotations
from crisisdesk.desk.rumours import Rumours
from crisisdesk.desk.seer import Seer
from crisisdesk.desk.senders import Senders
from crisisdesk.desk.source_form import SourceForm
from crisisdesk.desk.sources import Sources
from crisisdesk.desk.spokesperson import Spokesperson
from crisisdesk.desk.strategy import Strategies
from crisisdesk.desk.timekeeping import Timekeeping
from crisisdesk.desk.timeline import Timeline
from crisisdesk.desk.verdicts import Verdicts
from crisisdesk.desk.wallboard import Wallboards
from crisisdesk.desk.watchman import Watchman, pace
from crisisdesk.engine import Engine
from crisisdesk.model.errors import InputError, StoreError
from crisisdesk.model.events import ChangedElsewhere, StoreTroubled, Ticked
from crisisdesk.model.mention import Mention, RowProblem
from crisisdesk.model.office import read_office
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.source import Query
from crisisdesk.paths import Paths
from crisisdesk.query import of_words
from crisisdesk.settings import Settings
from crisisdesk.store import deadlines, sources
from crisisdesk.store import mentions as mention_store
from crisisdesk.store.database import Database
from crisisdesk.vault import Vault
from crisisdesk.web import Web

_LISTENING = timedelta(minutes=5)  # a longer silence of the clock means that the desk was closed or asleep


class Desk:
    """One desk on one data folder: every verb that a person or the clock can ask for, by noun."""

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        *,
        clock: Clock | None = None,
        drill: bool = False,
        vault: Vault | None = None,
    ) -> None:
        self.settings = settings
        self.paths = paths
        self.bus = Bus()
        self.clock = DeskClock(clock)
        self.store = Database(paths.database, self.bus.publish)
        self.core = core = Core(
            store=self.store,
            clock=self.clock,
            zone=settings.zone,
            country=settings.country,
            actor=settings.actor or "—",
            drill=self._marked_as_drill(drill),
        )
        self.playbooks = Playbooks(core, settings.playbook)
        self.contacts = Contacts(core)
        self._brand = brand = tuple(t for t in (settings.brand, *settings.terms) if t)
        self.alerts = Alerts(core, brand)
        self.timeline = Timeline(core)
        self.attachments = Attachments(core)
        self.facts = Facts(core, self.playbooks)
        self.risk = Risk(core, self.playbooks)
        self.commitments = Commitments(core, self.playbooks, self.contacts, self.risk)
        self.drafts = Drafts(core, self.playbooks, self.facts, self.commitments)
        self.commitments.drafts = self.drafts
        self.followups = Followups(core, self.playbooks, self.commitments, settings.language)
        self._prepare(core)
        self._reach_people(core, settings.language, vault or Vault())
        self.queries = Queries(core, lambda: query_of_brand(settings))
        self.chain = Chain(core, self.channels.vault, paths.database.with_suffix(".anchors"))
        self._listeners = Listeners(self.channels.vault, self.queries.query)
        self._answer_people(core)
        self.incidents = Incidents(
            core, self.playbooks, self.contacts, self.alerts, self.escalation, self.commitments
        )
        self._triage(core, settings)
        self._listen(core, settings.return_days, brand)
        self.importing = Importing(core, self.ingest)
        self.areas = Areas(core)
        self.hindsight = Hindsight(core)
        self.seer = Seer(core)
        next_list = NextList(self.playbooks, self.contacts, self.risk, self.areas)
        self.room = Room(core, self.playbooks, self.contacts, self.alerts, next_list, self._watchman)
        self.handover = Handover(core, self.room, self.facts, self.contacts)
        self._look_back(core, next_list)
        self.replay = Replay(core, self.ingest, self._deadlines, self._pace)
        self.drills = Drills(self)
        self._last_tick: datetime | None = None
        self._timekeeping = Timekeeping(core)
        self.replay.hold()

    def _triage(self, core: Core, settings: Settings) -> None:
        """What the inbox shows, and until when it wants answers."""
        office = read_office(settings.office_hours) if settings.office_hours else None
        self.reply_clock = ReplyClock(core, self.playbooks, office, settings.office_types)
        self.mentions = Mentions(core, self.reply_clock)
        self.inbox_filters = InboxFilters(core)
        self.assignees = Assignees(core, self.playbooks)
        self.authors = Authors(core, self._brand)

    def _listen(self, core: Core, return_days: float, brand: tuple[str, ...]) -> None:
        """Where mentions come from, and what every one goes through as it comes in."""
        self._watchman = Watchman(core, self.playbooks, self.alerts, return_days=return_days, brand_terms=brand)
        self.verdicts = Verdicts(core, self.playbooks, self._watchman)
        self.concerns = Concerns(core, self._watchman, self.reply_clock.waiting)
        self.ingest = Ingest(core, self.verdicts, self._watchman, self.concerns, Folding())
        self.sources = Sources(core, self.ingest, self._listeners)
        self.rechecks = Rechecks(core, self.ingest, self._listeners)
        self.source_form = SourceForm(core, self.sources, self.channels.vault)

    def _reach_people(self, core: Core, lang: str, vault: Vault) -> None:
        """Ladders, what they send, and who watches that they do."""
        self.rotations = Rotations(core)
        self.coverage = Coverage(core, self.playbooks)
        self.channels = Channels(core, vault)
        self.notifications = Notifications(core, self.channels, lang)
        self.reminders = Reminders(core, self.channels, self.playbooks, lang)
        self.escalation = Escalations(core, self.playbooks, self.contacts, self.notifications)
        self.paging = Paging(core, self.channels, self.notifications, self.escalation, self.bus.publish, lang)

    def _answer_people(self, core: Core) -> None:
        """What goes out to one person, and what goes out by itself."""
        find = Senders(core, self._listeners)
        self.reply_locks = ReplyLocks(core)
        self.replies = Replies(core, self.playbooks, self.drafts, self.facts, self.reply_locks)
        self.handoffs = Handoffs(core, self.replies, self.drafts, self.commitments, self._brand, find.connector)
        self.community = Community(core, self.replies)
        self.ideas = Ideas(core, self.replies)
        self.rumours = Rumours(core, self.drafts)
        self.outbox = Outbox(core, self.drafts, self.reply_locks, find.replier, find.poster)
        self.posts = Posts(core, self.outbox, find.poster, lambda: Web(now=core.clock.now))

    def _prepare(self, core: Core) -> None:
        """What is made ready before an incident, and decided in one."""
        self.copying = Copying(core, self.paths.database, self.bus.publish)
        self.contact_import = ContactImport(core, self.contacts)
        self.preparation = Preparations(core)
        self.strategy = Strategies(core, self.playbooks)
        self.apologies = Apologies(core, self.playbooks, self.strategy, self.drafts, self.commitments)
        self.review_texts = ReviewTexts(core, self.playbooks, self.drafts, self.apologies)
        self.spokesperson = Spokesperson(core, self.playbooks, self.drafts, self.facts, self.contacts)

    def _look_back(self, core: Core, next_list: NextList) -> None:
        """What tells of an incident to those who look on and afterwards, and of all of them."""
        self.wallboards = Wallboards(core, self.playbooks, self.room, self.handover, self.settings.language)
        self.measures = Measures(core, self.queries, self.playbooks.of, self.settings.brand)
        self.review = Review(core, self.playbooks, self.incidents, self.room, self.followups)
        self.evidence = Evidence(core, self.review, self.chain)
        self.playback = Playback(core, self.playbooks, self.incidents, self.room, next_list)

    def _marked_as_drill(self, drill: bool) -> bool:
        """A data file that was begun as a drill stays one, however it is opened."""
        with self.store.read() as connection:
            known = bool(sources.get_meta(connection, "drill"))
        if drill and not known:
            with self.store.write() as tx:
                sources.set_meta(tx.connection, "drill", True)
        return drill or known

    @property
    def drill(self) -> bool:
        """Whether the whole profile is a drill."""
        return self.core.drill

    @property
    def zone(self) -> str:
        """The brand's IANA time zone."""
        return self.core.zone

    @property
    def actor(self) -> str:
        """Who sits at the desk."""
        return self.core.actor

    @property
    def playbook(self) -> Playbook:
        """The playbook in use."""
        return self.playbooks.current

    def set_return_days(self, days: float) -> None:
        """The person's slider: from now on, at most one false alarm each ``days``; kept in the settings."""
        self.settings = replace(self.settings, return_days=days)
        settings_file.save(self.paths.settings, self.settings)
        self._watchman.set_return_days(days)

    # -- time ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Look at everything that may be due; called each second, and right after the desk is opened."""
        try:
            if self.replay.loaded:
                self.replay.step()
                self.drills.keep()
            else:
                self._deadlines()
            if self.store.changed_elsewhere():
                self.playbooks.refresh()
                self.bus.publish([ChangedElsewhere()])
        except StoreError as error:
            self.bus.publish([StoreTroubled(error.key, self.paths.database.name)])
            raise
        self.bus.publish([Ticked(self.clock.now())])

    def _deadlines(self) -> None:
        late = self._timekeeping.follow()
        now = self.clock.now()
        listening = self.replay.hears(now) if self.clock.simulated else self._was_listening(now)
        if not self._anything_due(now):
            return
        self.escalation.tick(now, late)  # first: nothing else may hold a call up
        with self.core.write() as tx:
            self._watchman.advance(tx, now, heard=listening)
            self.concerns.look(tx, now)
            self.alerts.tick(tx, now)
            self.commitments.tick(tx, now)
            self.handoffs.tick(tx, now)
            self.followups.tick(tx, now)

    def _was_listening(self, now: datetime) -> bool:
        last, self._last_tick = self._last_tick, now
        return last is not None and now - last < _LISTENING

    def _anything_due(self, now: datetime) -> bool:
        with self.core.read() as connection:
            return deadlines.due(connection, now)

    def _pace(self) -> timedelta | None:
        """How far a replay may leap while nothing can come due by itself; ``None`` = as far as it likes."""
        with self.core.read() as connection:
            incident, alert = deadlines.lasting(connection)
        if incident:
            return timedelta(minutes=1)
        return None if alert is None else pace(self.clock.now() - alert)

    def begin(self, engine: Engine, web: Web) -> None:
        """Start the heartbeat, paging and the watch over sources on ``engine``."""
        engine.every(0.5 if self.clock.simulated else 1.0, self.tick)
        engine.every(20.0, self.paging.watch)
        engine.every(60.0, self._keep_head)
        self.wallboards.use(engine.submit)
        engine.every(600.0, self.sources.trim)
        if not self.drill:
            engine.every(60.0, self.copying.keep)
            outside = self.paging.outside(web)
            self.notifications.recover()
            engine.every(1.0, partial(self.paging.dispatch, outside))
            engine.every(10.0, partial(self.paging.listen, outside))
            engine.every(60.0, partial(self.paging.heartbeat, outside))
            engine.every(60.0, partial(self.reminders.send, outside))
            engine.every(5.0, partial(self.sources.watch, web))
            engine.every(300.0, partial(self.rechecks.look, web))
            engine.every(3.0, self.verdicts.deepen)
            engine.every(3.0, self.ingest.catch_up)

    def _keep_head(self) -> None:
        """Seal from now on, once the keyring gives the key, and keep the head outside of the data file."""
        if not self.chain.sealing:
            self.chain.open()
        self.chain.anchor()

    # -- replays -------------------------------------------------------------------------------------------------

    def play_file(self, path: Path, *, speed: float = 1.0, paused: bool = False) -> None:
        """Play a file of mentions on a simulated clock; a file that was being played goes on where it stopped."""
        found, rejected = self.read_mentions(path)
        reel = Reel(
            kind="file",
            name=_digest(path),
            title=path.name,
            start=mention_store.floor_minute(found[0].published_at),
            end=found[-1].published_at + timedelta(minutes=2),
            mentions=found,
            path=str(path.resolve()),
            rejected=rejected,
        )
        self.replay.load(reel, speed=speed, paused=paused)

    def read_mentions(self, path: Path) -> tuple[list[Mention], tuple[RowProblem, ...]]:
        """The mentions of a file by their time, and the rows that are none; InputError when it holds none."""
        found: list[Mention] = []
        rejected: list[RowProblem] = []
        how = self.importing.guess(path)
        for page in read_table(path, how, account=account_of(path), now=self.clock.now()):
            found += (replace(m, fetched_at=m.published_at) for m in page.mentions)
            rejected += page.rejected
        if not found:
            raise InputError("importing.no_mentions", path=path.name)
        found.sort(key=lambda m: (m.published_at, m.native_id))
        return found, tuple(rejected)

    def play_on(self) -> None:
        """After a restart, put in again what was being played, standing still until a person lets it go on."""
        before = self.replay.stored()
        if before is None or self.replay.loaded:
            return
        if before["kind"] == "scenario":
            name, _, autopilot = str(before["name"]).partition("+")
            self.drills.play(name, autopilot=bool(autopilot), paused=True)
        elif Path(before["path"]).is_file():
            self.play_file(Path(before["path"]), paused=True)

    def close(self) -> None:
        """End; what was committed is on disk, its timeline's head beside it."""
        with contextlib.suppress(StoreError):
            self.chain.anchor()
        self.store.close()


def _digest(path: Path) -> str:
    """A file's content as its name, so that a moved file goes on and a changed one begins anew."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def query_of_brand(settings: Settings) -> Query:
    """What the desk listens for until a person writes a query: the brand and their other terms."""
    return of_words((settings.brand, *settings.terms))


def build_desk(settings: Settings, paths: Paths, *, clock: Clock | None = None, drill: bool = False) -> Desk:
    """Build the whole desk on ``paths``; raises StoreError when its data file cannot be used."""
    return Desk(settings, paths, clock=clock, drill=drill)
