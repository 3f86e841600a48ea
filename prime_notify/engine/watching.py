"""The watch as a part of the engine: its thread, and what it needs of the outbox, the intake and the config."""

from __future__ import annotations

import functools
import logging
import threading
from typing import Callable, List, Optional, Sequence, Type

from prime_notify.clock import Clock
from prime_notify.delivery.overview import Overview
from prime_notify.engine.active_endpoints import ActiveEndpoints
from prime_notify.engine.intake import Intake, NotificationFactory
from prime_notify.model.event import Event, EventName
from prime_notify.model.payload import Payload
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import DataFolder
from prime_notify.outbox.past import Past
from prime_notify.periodic import Periodic, PeriodicThread
from prime_notify.routing.rules import names_event
from prime_notify.schedules.plan import NO_SCHEDULE, ScheduleSource
from prime_notify.watch.all import PARTS
from prime_notify.watch.part import Ended, OpenRun, P, Values, WatchContext, WatchPart

__all__ = ["Watching"]

_PRUNE_EVERY = 3600.0


class Watching:
    """The parts of the watch, from :meth:`open`, when the data folder is ours, to :meth:`stop`.

    ``lock``: that of the engine, which whoever accepts an event holds. ``intake``: None while another process owns the
    data folder. ``schedule``: that of the backups; None: nobody looks, as on the command line, where an event may still
    end what was told. ``owner`` names this process.
    ``say``: logs a text by its key.
    """

    def __init__(
        self,
        lock: threading.RLock,
        intake: Callable[[], Optional[Intake]],
        folder: DataFolder,
        endpoints: ActiveEndpoints,
        factory: NotificationFactory,
        overview: Callable[[], Overview],
        schedule: Optional[ScheduleSource],
        owner: str,
        say: Callable[..., None],
    ) -> None:
        self._lock = lock
        self._intake = intake
        self._folder = folder
        self._endpoints = endpoints
        self._factory = factory
        self._owner = owner
        self._looks = schedule is not None
        self._clock: Clock = factory.clock
        self._log: logging.Logger = factory.log
        self._past: Optional[Past] = None
        self._parts: List[WatchPart] = []
        context = WatchContext(
            clock=self._clock,
            log=self._log,
            say=say,
            config=lambda: endpoints.loaded.config,
            past=lambda: self._past,
            plan=(schedule or NO_SCHEDULE).plan,
            take_skips=(schedule or NO_SCHEDULE).take_skips,
            open_runs=self.open_runs,
            server_running=factory.server_running,
            overview=overview,
            wanted=self.is_wanted,
            tell=self._tell,
            new_id=factory.new_id,
            part=self.part,
        )
        self._parts = [part(context) for part in PARTS]
        self._thread: Optional[PeriodicThread] = None

    # life cycle

    def open(self) -> None:
        """Read what was kept. Under the engine's lock, before any event is accepted."""
        self._past = Past(self._folder.outbox.database)
        for part in self._parts:
            try:
                part.open(self._past)
            except OutboxError as error:
                self._log.debug("the watch could not read what was kept: %s", error)

    def start(self) -> None:
        """Begin to look, where there is a schedule."""
        if not self._looks:
            return
        jobs = [self._job(part) for part in self._parts]
        jobs.append(Periodic("forgetting the old past", _PRUNE_EVERY, self._as_owner(self._prune)))
        self._thread = PeriodicThread("prime_notify-watch", jobs, self._log, self._clock.steady, at_once=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End within ``timeout`` seconds. Idempotent."""
        if self._thread is not None:
            self._thread.stop(timeout)
        for part in self._parts:
            part.stop()
        self._past = None

    @property
    def past(self) -> Optional[Past]:
        """The past; None while another process owns the data folder."""
        return self._past

    def look(self) -> None:
        """Let every part look once, now."""
        for part in self._parts:
            self._as_owner(functools.partial(part.tick, now=self._clock.wall()))()

    def part(self, kind: Type[P]) -> P:
        """The part of this class."""
        return next(part for part in self._parts if isinstance(part, kind))

    @property
    def now(self) -> float:
        """The moment that the parts are given, in unix seconds."""
        return self._clock.wall()

    def _job(self, part: WatchPart) -> Periodic:
        run = self._as_owner(lambda past: part.tick(past, self._clock.wall()))
        return Periodic(f"the watch ({type(part).__name__})", part.every, run)

    def _as_owner(self, act: Callable[[Past], None]) -> Callable[[], None]:
        """A job that runs only while this process owns the data folder, and that an OutboxError ends for that run."""

        def run() -> None:
            past = self._past
            if past is None or not self._folder.owned:
                return
            try:
                act(past)
            except OutboxError as error:
                self._log.debug("the watch: put off until the next run: %s", error)

        return run

    def _prune(self, past: Past) -> None:
        past.prune(self._clock.wall())

    # what the intake says

    def completed(self, payload: Payload) -> Ended:
        """The payload with what it ends of what was told, and the values to forget with it."""
        forgets: List[str] = []
        for part in self._parts:
            ended = part.completed(payload)
            if ended is not None:
                payload = ended.payload
                forgets += ended.forgets
        return Ended(payload, forgets)

    def noticed(self, payload: Payload) -> None:
        """A notification was stored."""
        for part in self._parts:
            part.noticed(payload)

    # what the parts are given

    def _tell(self, event: Event, values: Values, is_due: Callable[[], bool]) -> bool:
        """See :class:`prime_notify.watch.part.Tell`."""
        with self._lock:
            intake, past = self._intake(), self._past
            enabled = self._endpoints.loaded.config.notification.enabled
            if intake is None or past is None or not enabled or not is_due():
                return False
            received = self._factory.receive(event, self._owner)
            past.tell(received, values)
            intake.accept(received)
            return True

    def open_runs(self) -> Sequence[OpenRun]:
        """The tasks of this process that are under way."""
        now = self._clock.steady()
        return [
            OpenRun(
                *(task.task_id, task.plugin_id, task.start.task.value),
                now if task.accepted is None else min(now, task.accepted),
                task.said,
            )
            for task in self._folder.outbox.open_tasks()
            if task.owner == self._owner
        ]

    def is_wanted(self, event: EventName) -> bool:
        """Whether any endpoint that is switched on gets this event, by its ``events``."""
        return bool(self.asking(event))

    def asking(self, event: EventName) -> Sequence[str]:
        """The endpoints that are switched on and whose ``events`` let this event pass, whatever their filters say."""
        block = self._endpoints.loaded.config.notification.events
        return [one.name for one in self._endpoints.on.configs if names_event(event, block, one.events)]
