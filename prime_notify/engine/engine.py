"""The engine: accepts events and delivers them. It does not depend on MCDReforged."""

from __future__ import annotations

import functools
import logging
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock, SystemClock
from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.delivery.attempt import Attempter, Sender
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.lanes import Lanes
from prime_notify.delivery.log_once import OnceLog
from prime_notify.delivery.notices import Notice
from prime_notify.delivery.overview import Overview, overview_of
from prime_notify.delivery.policy import Policy, longest_wait
from prime_notify.delivery.startup_check import StartupCheck
from prime_notify.engine.active_endpoints import ActiveEndpoints
from prime_notify.engine.dead_letters import DeadLetters
from prime_notify.engine.hand_off import HandOff, say_slow
from prime_notify.engine.heartbeats import Heartbeats
from prime_notify.engine.housekeeping import Housekeeping, Pruner
from prime_notify.engine.intake import Accepted, Intake, NotificationFactory
from prime_notify.engine.processes import process_token
from prime_notify.engine.rehearsal import Rehearsal, Scene
from prime_notify.engine.router import Router
from prime_notify.engine.tasks import TaskLedger
from prime_notify.engine.watching import Watching
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.console_log import ConsoleLog
from prime_notify.messages.machine_texts import comment_readings
from prime_notify.messages.messages import Messages
from prime_notify.model.event import Arrival, Event
from prime_notify.model.ids import IdFactory
from prime_notify.model.notification import Notification
from prime_notify.outbox.folder import DataFolder
from prime_notify.outbox.history import History
from prime_notify.outbox.values import Received
from prime_notify.periodic import PeriodicThread
from prime_notify.routing.groups import members_after
from prime_notify.schedules.plan import ScheduleSource
from prime_notify.transport.dispatch import Transport, Transports

__all__ = ["Engine"]


class Engine:
    """Accepts events, stores them with their deliveries, and delivers them in the background.

    ``accept`` may be called from any thread, also that of a backup: it returns when the event is stored.
    ``on_accepted`` is called for each notification, on the thread of the intake; it must be quick.
    ``on_notice`` is called from the thread of a lane, when people should know about an endpoint.
    ``of_the_edge``: as in :class:`prime_notify.transport.dispatch.Transports`. ``schedule``: of the
    backups; None: nothing is watched for.
    """

    def __init__(
        self,
        loaded: LoadedConfig,
        *,
        data_dir: Path,
        catalogue: Catalogue,
        log: logging.Logger,
        language: str = "en_us",
        server_running: Callable[[], Optional[bool]] = lambda: None,
        on_accepted: Callable[[Notification], None] = lambda notification: None,
        on_notice: Callable[[Notice], None] = lambda notice: None,
        clock: Optional[Clock] = None,
        transport: Optional[Sender] = None,
        of_the_edge: Optional[Mapping[type, Transport]] = None,
        schedule: Optional[ScheduleSource] = None,
        crash_point: CrashPoint = no_crash,
    ) -> None:
        self._log = log
        self._on_accepted = on_accepted
        self._on_notice = on_notice
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._running = False
        self._owner = process_token()
        self._endpoints = ActiveEndpoints(loaded)
        self._messages = Messages(loaded.config, catalogue, language)
        self._readings = functools.partial(comment_readings, catalogue=catalogue)
        console = ConsoleLog(log, catalogue, language)
        self._own_transport = Transports(of_the_edge) if transport is None else None
        sender = transport or self._own_transport
        assert sender is not None
        self._warnings = OnceLog(log)
        compose, warn = self._messages.message, self._warnings.warn
        self._attempter = Attempter(
            sender, compose, warn, self._messages.prepare, crash_point=crash_point, language=console.language
        )
        self._check = StartupCheck(compose=compose, say=console.warn, log=log, language=console.language)
        longest = lambda: longest_wait(self._endpoints.loaded.endpoints)  # noqa: E731
        self._folder = DataFolder(data_dir, self._clock, console.say, longest_wait=longest, crash_point=crash_point)
        self._new_id = IdFactory(self._clock.wall)
        self._factory = NotificationFactory(self._clock, self._new_id, server_running, log)
        self._intake: Optional[Intake] = None  # while this process owns the data folder
        self._console = console
        self._hand_off = HandOff(self._take_in, functools.partial(say_slow, console), log)
        self._lanes = Lanes(self._make_lane, self._members_after)
        self.rehearsal = Rehearsal(
            self._scene, self._lock, self._messages, self._attempter, self._lanes, self._clock, self._factory, log
        )
        intake, parts = (lambda: self._intake), (self._folder, self._endpoints, self._factory)
        self.watching = Watching(self._lock, intake, *parts, self.overview, schedule, self._owner, console.say)
        hand_off, lanes = self._hand_off, self._lanes
        self.heartbeats = Heartbeats(sender, intake, *parts, hand_off, lanes, self.watching, console)
        self.dead_letters = DeadLetters(self._folder, self._lanes, self._clock, self.catch_up)
        pruner = Pruner(self._clock, lambda: self._endpoints.loaded.config.history, crash_point)
        self._chores = Housekeeping(self._folder, self._lanes, pruner, self._own_folder, self._accept_inbox, log)
        self._housekeeping: Optional[PeriodicThread] = None

    # life cycle

    def start(self, *, threads: bool = True) -> None:
        """Open the outbox, send the ends of tasks that a former process left open, and deliver. Never raises for the
        disk. ``threads``: whether the periodic work is done; without, in virtual time, somebody else calls for it."""
        with self._lock:
            self._running = True
        self._own_folder()
        self._hand_off.start()
        jobs, now = self._chores.jobs(), self._clock.steady
        self._housekeeping = PeriodicThread("prime_notify-housekeeping", jobs, self._log, now)
        if threads:
            self._housekeeping.start()
            self.watching.start()
            self.heartbeats.start()
        self._check_endpoints()

    def stop(self, grace: float) -> Sequence[str]:
        """Stop delivering; attempts under way get ``grace`` seconds. Names of endpoints that did not finish in time.

        What was not delivered stays on disk for the next start.
        """
        self._hand_off.stop(grace + 1.0)
        with self._lock:
            if not self._running:
                return []
            self._running = False
        self._check.stop(grace=1.0)
        self.heartbeats.stop()
        self.watching.stop(grace)
        if self._housekeeping is not None:
            self._housekeeping.stop()
        busy = self._lanes.stop(grace)
        if self._own_transport is not None:
            self._own_transport.close()
        self.heartbeats.join(1.0)
        self._folder.release()
        self._intake = None
        return busy

    def reload(self, loaded: LoadedConfig, renamed: Sequence[Tuple[str, str]] = ()) -> None:
        """Put another config in force. Endpoints that did not change are not disturbed; waits for nothing.

        ``renamed``: old and new name of endpoints that take along what waits for them.
        """
        with self._lock:
            for old, new in renamed if self._intake is not None else ():
                self._folder.outbox.rename(old, new)
            self._endpoints.use(loaded)
            self._messages.use(loaded.config)
            self._warnings.forget()
            self._apply()
            self._lanes.reset(self._lanes.by_name())  # the cause of a failure may have been removed
            if self._running:
                self._accept_inbox()  # it waits while notifications are switched off
                self._check_endpoints()

    def switch(self, endpoint: str, on: bool) -> None:
        """Send to an endpoint, or not, until the next reload, whatever the config says."""
        with self._lock:
            self._endpoints.switch(endpoint, on)
            self._apply()
            self._lanes.reset([endpoint])

    def _apply(self) -> None:
        if self._running and self._intake is not None:
            self._lanes.apply(self._endpoints.on.endpoints)
            self.heartbeats.apply(self._endpoints.on.endpoints)

    def _check_endpoints(self) -> None:
        if self._own_transport is not None:  # the transport of a test reaches everything
            self._check.start(self._endpoints.loaded)

    # the data folder

    def _own_folder(self) -> None:
        """Own the data folder and start the lanes, unless another process owns it."""
        with self._lock:
            if self._intake is not None or not (self._folder.owned or self._folder.take()):
                return
            self._intake = self._make_intake()
            self.watching.open()
            self._apply()
            self._intake.accept_inbox()
            self._intake.end_tasks_of_others()

    def _make_intake(self) -> Intake:
        outbox = self._folder.outbox
        ledger = TaskLedger(self._new_id, outbox.open_tasks(), outbox.endings())
        router = Router(ledger, self._readings, self._lanes.is_open_to_more, dict(outbox.turns()), outbox.holders)
        fixed = (self._factory, self._clock, self._log, self._owner)
        return Intake(outbox, router, *fixed, self._endpoints, self._publish, self.watching)

    def _accept_inbox(self) -> None:
        with self._lock:
            if self._intake is not None:
                self._intake.accept_inbox()

    # accepting

    def accept(self, event: Event, arrival: Optional[Arrival] = None) -> Optional[str]:
        """Store ``event``, from which a notification and its deliveries are made at once; the notification's id.

        None when it was not accepted: notifications are switched off, or the engine is stopped. While another process
        owns the data folder, the event is left for it. A start or an end that was accepted before makes no
        notification. ``arrival``: of an event that waited for the start of the engine. Never raises, never waits for a
        network, and not long for a disk.
        """
        if not self._endpoints.loaded.config.notification.enabled:
            return None
        return self._hand_off.give(lambda: self._factory.receive(event, self._owner, arrival))

    def _take_in(self, events: Sequence[Received], stored: Callable[[], None]) -> None:
        """Accept received events once they are stored."""
        with self._lock:
            if self._intake is None:
                self._folder.leave_events([event._replace(owner="") for event in events])
                return
            self._intake.outbox.receive(events)
            stored()
            for received in events:
                self._intake.accept(received)

    def _publish(self, accepted: Accepted) -> None:
        self._lanes.wake_soon(accepted.endpoints)
        self._on_accepted(accepted.notification)

    # delivering

    def _make_lane(self, endpoint: Endpoint) -> Lane:
        policy = Policy.of(endpoint.config, endpoint.channel.rate_limits)
        outbox, attempter = self._folder.outbox, self._attempter
        texts = self._console.catalogue, self._console.language
        return Lane(endpoint, outbox, attempter, self._clock, self._log, policy, self._on_notice, self._lanes, *texts)

    def _members_after(self, name: str) -> Sequence[str]:
        notification = self._endpoints.loaded.config.notification
        return members_after(name, notification.endpoints, notification.groups)

    # looking

    def catch_up(self) -> None:
        """Return when the events so far are notifications, or after a few seconds. Whatever looks at them does this."""
        self._hand_off.catch_up()

    def describe(self, notification: Notification) -> Dict[str, Any]:
        """The payload for other plugins, with its texts in the configured language."""
        return self._messages.describe(notification)

    def _scene(self) -> Scene:
        self.catch_up()
        intake = self._intake
        if intake is None:  # another process owns the data folder: nothing is known of former tasks
            router = Router(TaskLedger(self._new_id), self._readings, self._lanes.is_open_to_more)
        else:
            router = intake.router
        return Scene(self._endpoints.loaded, self._endpoints.on, router)

    @property
    def history(self) -> Optional[History]:
        """The stored notifications; None while another process owns the data folder, or while the disk hangs."""
        self.catch_up()
        if self._hand_off.is_slow:
            return None
        return self._folder.history

    @property
    def now(self) -> float:
        """The moment, in the seconds that due times are counted in."""
        return self._clock.steady()

    def overview(self) -> Overview:
        """The endpoints, the deliveries that wait, and the last attempts."""
        self.catch_up()
        outbox, active, slow = self._folder.outbox, self._running and self._folder.owned, self._hand_off.is_slow
        waiting, dead = (outbox.waiting(), outbox.dead()) if active and not slow else ({}, {})
        loaded, switched, beats = self._endpoints.loaded, self._endpoints.switched, self.heartbeats.last
        names = self._lanes.by_name()
        states = overview_of(loaded, names, waiting, dead, switched=switched, now=self.now, heartbeats=beats)
        enabled = loaded.config.notification.enabled
        return Overview(enabled, states, self._folder.owner, active and (slow or self._folder.refusing))
