"""The engine: events in, deliveries out. Knows nothing of MCDReforged."""

from __future__ import annotations

import dataclasses
import logging
import os
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Sequence, Tuple

import psutil

from prime_notify.clock import Clock, SystemClock
from prime_notify.compose.catalogue import Catalogue
from prime_notify.config.load import Endpoint, LoadedConfig
from prime_notify.delivery.attempt import Attempter, Sender
from prime_notify.delivery.keeper import Chores, Keeper, Pruner
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.lanes import Lanes
from prime_notify.delivery.policy import Policy, longest_wait
from prime_notify.delivery.reporting import Notice
from prime_notify.delivery.startup_check import StartupCheck
from prime_notify.intake import Accepted, Intake, unknown_end
from prime_notify.model.event import Event
from prime_notify.model.notification import IdFactory, Notification
from prime_notify.outbox.folder import DataFolder
from prime_notify.outbox.history import History
from prime_notify.outbox.values import LateEvent, OpenTask
from prime_notify.overview import Overview, overview_of
from prime_notify.rehearsal import Rehearsal, Scene
from prime_notify.routing.groups import members_after
from prime_notify.steps import Step, no_step
from prime_notify.tasks import TaskLedger
from prime_notify.transport.dispatch import Transports
from prime_notify.voice import Voice

__all__ = ["Engine"]


class Engine:
    """Accepts events, stores them with their deliveries, and works those off in the background.

    ``accept`` may be called from any thread, the backup's own included: it stores and returns.
    ``on_accepted`` is called after each stored event, on the thread that handed it over; it must be quick.
    ``on_notice`` is called, from a lane's thread, with what people should know of an endpoint.
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
        step: Step = no_step,
    ) -> None:
        self._loaded = loaded
        self._log = log
        self._voice = Voice(loaded.config, catalogue, log, language)
        self._on_accepted = on_accepted
        self._on_notice = on_notice
        self._clock = clock or SystemClock()
        self._own_transport = Transports() if transport is None else None
        sender = self._own_transport if transport is None else transport
        assert sender is not None
        console = catalogue.best(language)
        self._attempter = Attempter(sender, self._voice.message, self._voice.warn, step=step, language=console)
        self._lock = threading.RLock()
        self._running = False
        self._switched: Dict[str, bool] = {}
        self._wanted = self._find_wanted()
        longest = longest_wait(loaded.endpoints)
        self._folder = DataFolder(data_dir, self._clock, self._voice.say, longest_wait=longest, step=step)
        self._new_id = IdFactory(self._clock.wall)
        self._owner = _process_token()
        self._server_running = server_running
        self._lanes = Lanes(self._make_lane, self._members_after)
        self._intake = self._make_intake(())
        self.rehearsal = Rehearsal(
            self._scene, self._lock, self._voice, self._attempter, self._lanes, self._clock, self._new_id, log
        )
        self._pruner = Pruner(self._clock, self._retention, step)
        self._check = StartupCheck(
            localize=self._voice.message,
            say=lambda key, **values: self._voice.say(logging.WARNING, key, **values),
            log=log,
            language=console,
        )
        self._keeper = Keeper(Chores(self._take_over, self._recover, self._look_for_others, self._prune), log)

    # life cycle

    def start(self) -> None:
        """Open the outbox, tell what a former process left untold, and begin to deliver. Never raises for the disk."""
        with self._lock:
            self._running = True
        self._take_over()
        self._keeper.start()
        self._look_whether_reachable()

    def _look_whether_reachable(self) -> None:
        if self._own_transport is not None:  # a test's own transport reaches everything
            self._check.start(self._loaded)

    def _take_over(self) -> bool:
        """Become the one who delivers from the data folder, unless another process is; whether we are."""
        if self._folder.held:
            return True
        with self._lock:
            if not self._folder.take():
                return False
            outbox = self._folder.outbox
            left_open = outbox.open_tasks()
            self._intake = self._make_intake(left_open)
            self._lanes.apply(self._wanted)
            self._accept_late()
            for task in left_open:
                if task.owner != self._owner:
                    self._accept_safely(unknown_end(task))
            return True

    def _make_intake(self, left_open: Sequence[OpenTask]) -> Intake:
        ledger = TaskLedger(self._new_id, left_open)
        return Intake(
            self._folder.outbox,
            ledger,
            self._clock,
            self._log,
            self._owner,
            self._new_id,
            self._server_running,
            self._voice.readings,
            self._lanes.is_open_to_more,
        )

    def stop(self, grace: float) -> Sequence[str]:
        """Stop delivering; attempts under way get ``grace`` seconds. Names of endpoints that did not finish in time.

        What was not delivered stays on disk for the next start.
        """
        with self._lock:
            if not self._running:
                return []
            self._running = False
        self._check.stop(grace=1.0)
        self._keeper.stop()
        busy = self._lanes.stop(grace)
        if self._own_transport is not None:
            self._own_transport.close()
        self._folder.release()
        return busy

    def reload(self, loaded: LoadedConfig) -> None:
        """Put another config in force. Endpoints that did not change are not disturbed; waits for nothing."""
        with self._lock:
            self._loaded = loaded
            self._voice.use(loaded.config)
            self._switched.clear()
            self._apply()
            self._lanes.forgive(self._lanes.by_name())  # whoever reloads may have mended something
            if self._running:
                self._look_whether_reachable()

    def switch(self, endpoint: str, on: bool) -> None:
        """Send to an endpoint, or not, until the next reload, whatever the config says."""
        with self._lock:
            self._switched[endpoint] = on
            self._apply()
            self._lanes.forgive([endpoint])

    def _apply(self) -> None:
        self._wanted = self._find_wanted()
        if self._running and self._folder.held:
            self._lanes.apply(self._wanted)

    def _find_wanted(self) -> Sequence[Endpoint]:
        """The endpoints that are on, as the config or a command since then says."""
        switched = [self._as_switched(endpoint) for endpoint in self._loaded.endpoints]
        return [endpoint for endpoint in switched if endpoint.config.enabled]

    def _as_switched(self, endpoint: Endpoint) -> Endpoint:
        on = self._switched.get(endpoint.name, endpoint.config.enabled)
        if on is endpoint.config.enabled:
            return endpoint
        return dataclasses.replace(endpoint, config=endpoint.config.model_copy(update={"enabled": on}))

    # accepting

    def accept(self, event: Event) -> Optional[str]:
        """Store ``event`` and its deliveries; the notification's id, or None when it was not accepted.

        Not accepted: notifications are switched off, the engine is stopped, or this very event was told before; and
        while another process owns the data folder, the event is kept for whoever owns it next.
        Never raises and never waits for a network.
        """
        return self._accept_safely(event)

    def _accept_safely(self, event: Event, late: Optional[LateEvent] = None) -> Optional[str]:
        try:
            accepted = self._accept(event, late)
            for one in accepted:
                self._on_accepted(one.notification)
        except Exception:  # noqa: BLE001  (nothing of ours may surface on the thread of a backup)
            self._log.exception("unexpected error while accepting %s of %s", event.name.value, event.plugin_id)
            return None
        return accepted[-1].notification.id if accepted else None

    def _accept(self, event: Event, late: Optional[LateEvent] = None) -> Sequence[Accepted]:
        with self._lock:
            if not self._running or not self._loaded.config.notification.enabled:
                return []
            if not self._folder.held:
                self._folder.keep_late(event.kept(at=self._clock.wall(), server_running=self._server_running()))
                return []
            accepted = self._intake.accept(event, self._loaded, self._wanted, late)
            for one in accepted:
                self._lanes.ring(one.endpoints)
            return accepted

    # what the keeper does

    def _accept_late(self) -> None:
        for late in self._folder.outbox.late_events():
            self._accept_safely(late.event, late)

    def _recover(self) -> None:
        if self._folder.recover():
            self._lanes.wake_all()

    def _look_for_others(self) -> None:
        if self._folder.changed_by_others():
            self._accept_late()
            self._lanes.wake_all()

    def _prune(self) -> None:
        if not self._folder.refusing:
            self._pruner.tick(self._folder.outbox)

    def _retention(self) -> Tuple[float, int]:
        history = self._loaded.config.history
        return float(history.keep), history.max

    # delivering

    def _make_lane(self, endpoint: Endpoint) -> Lane:
        policy = Policy.of(endpoint.config, endpoint.channel.rate_limits)
        outbox, attempter, combine = self._folder.outbox, self._attempter, self._voice.combined
        return Lane(endpoint, outbox, attempter, combine, self._clock, self._log, policy, self._on_notice, self._lanes)

    def _members_after(self, name: str) -> Sequence[str]:
        return members_after(name, self._loaded.endpoints, self._loaded.config.notification.groups)

    def describe(self, notification: Notification) -> Dict[str, Any]:
        """The payload as other plugins get it, texts in the configured language."""
        return self._voice.describe(notification)

    # looking

    def _scene(self) -> Scene:
        return Scene(self._loaded, self._wanted, self._intake)

    @property
    def history(self) -> Optional[History]:
        """What was delivered; None while another process owns the data folder."""
        return self._folder.history

    @property
    def now(self) -> float:
        """The moment, in the seconds that due times are counted in."""
        return self._clock.steady()

    def overview(self) -> Overview:
        """What is configured, what waits, and how the last attempts went."""
        outbox, active = self._folder.outbox, self._running and self._folder.held
        waiting, dead = (outbox.waiting(), outbox.dead()) if active else ({}, {})
        states = overview_of(
            self._loaded, self._lanes.by_name(), waiting, dead, switched=self._switched, now=self._clock.steady()
        )
        enabled = self._loaded.config.notification.enabled
        return Overview(enabled, states, self._folder.owner, active and self._folder.refusing)

    def replay(self, notification_id: Optional[str] = None) -> Sequence[str]:
        """Send dead letters again, of one notification or all; the endpoints concerned, which are tried at once."""
        names = self._folder.outbox.replay(notification_id, at=self._clock.steady())
        self._lanes.forgive(names)
        return names

    def drop(self, notification_id: Optional[str] = None) -> int:
        """Give up dead letters, of one notification or all; how many."""
        return self._folder.outbox.drop(notification_id, at=self._clock.steady())


def _process_token() -> str:
    """Names this process, also across a reload of the plugin, which starts with fresh modules."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"
