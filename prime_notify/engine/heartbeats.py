"""The heartbeats of all endpoints that have them, and the question whether all is well."""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import Callable, Dict, Iterable, Mapping, Optional

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Sender
from prime_notify.delivery.heartbeat import Heart, HeartThread, LastHeartbeat
from prime_notify.delivery.lanes import Lanes
from prime_notify.engine.active_endpoints import ActiveEndpoints
from prime_notify.engine.hand_off import HandOff
from prime_notify.engine.intake import Intake, NotificationFactory
from prime_notify.engine.watching import Watching
from prime_notify.messages.console_log import ConsoleLog
from prime_notify.model.event import Status, Task, TaskKind
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.normalize import timestamp_of
from prime_notify.model.payload import ServerInfo
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import DataFolder
from prime_notify.outbox.past import Past
from prime_notify.version import __version__
from prime_notify.watch.overdue import OverdueWatch

__all__ = ["Heartbeats"]

_TASKS_WITH_ROWS = (Task.BACKUP, Task.RESTORE)


class Heartbeats:
    """A thread for each endpoint with heartbeats, so that none waits for another.

    The engine makes one call at a time. ``intake``: None while another process owns the data folder.
    """

    def __init__(
        self,
        sender: Sender,
        intake: Callable[[], Optional[Intake]],
        folder: DataFolder,
        endpoints: ActiveEndpoints,
        factory: NotificationFactory,
        hand_off: HandOff,
        lanes: Lanes,
        watching: Watching,
        console: ConsoleLog,
    ) -> None:
        self._sender = sender
        self._intake = intake
        self._folder = folder
        self._endpoints = endpoints
        self._factory = factory
        self._hand_off = hand_off
        self._lanes = lanes
        self._watching = watching
        self._console = console
        self._numbers = itertools.count(1)
        self._threads: Dict[str, HeartThread] = {}
        self._started = False

    # life cycle

    def start(self) -> None:
        """Let the hearts beat."""
        self._started = True
        for thread in self._threads.values():
            thread.start()

    def apply(self, endpoints: Iterable[Endpoint]) -> None:
        """Have heartbeats at those of these endpoints that ask for them, and nowhere else. Waits for nothing."""
        former, current = dict(self._threads), {}
        for endpoint in endpoints:
            if endpoint.config.heartbeat is None:
                continue
            old = former.get(endpoint.name)
            if old is not None and old.heart.endpoint.config == endpoint.config:
                current[endpoint.name] = former.pop(endpoint.name)
            else:
                current[endpoint.name] = self._begun(endpoint, float(endpoint.config.heartbeat), old)
        for thread in former.values():
            thread.stop()
        self._threads = current

    def stop(self) -> None:
        """Begin no other heartbeat. Idempotent."""
        for thread in self._threads.values():
            thread.stop()

    def join(self, timeout: float, *, now: Callable[[], float] = time.monotonic) -> None:
        """Return when no heartbeat is under way any more, or after ``timeout`` seconds."""
        deadline = now() + timeout
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - now()))
        self._threads = {}

    def hearts(self) -> Mapping[str, Heart]:
        """By the name of the endpoint."""
        return {name: thread.heart for name, thread in self._threads.items()}

    @property
    def last(self) -> Mapping[str, LastHeartbeat]:
        """The newest heartbeat of each endpoint that has them."""
        return {name: heart.last for name, heart in self.hearts().items()}

    def _begun(self, endpoint: Endpoint, every: float, old: Optional[HeartThread]) -> HeartThread:
        clock, console = self._factory.clock, self._console
        heart = Heart(endpoint, every, self._sender, clock, self._is_well, self._make, console.say, console.language)
        thread = HeartThread(heart, next(self._numbers), self._factory.log, after=old)
        if self._started:
            thread.start()
        return thread

    # the threads of the hearts call these

    def _make(self) -> Heartbeat:
        factory, deadline = self._factory, self._watching.part(OverdueWatch).deadline
        return Heartbeat(
            factory.new_id(),
            timestamp_of(factory.clock.wall()),
            __version__,
            ServerInfo(running=factory.server_running(), name=self._endpoints.loaded.config.server.name),
            deadline.due if deadline else None,
        )

    def _is_well(self, endpoint: Endpoint) -> bool:
        """Whether events are accepted and delivered, no backup is overdue, and the endpoint shows no alarm."""
        with contextlib.suppress(OutboxError):
            return self._delivers() and self._is_in_time() and not self._is_alarmed(endpoint)
        return False

    def _delivers(self) -> bool:
        is_ours = self._intake() is not None and self._folder.owned and not self._folder.refusing
        is_on = self._endpoints.loaded.config.notification.enabled
        return is_on and is_ours and self._hand_off.works and self._lanes.alive

    def _is_in_time(self) -> bool:
        deadline = self._watching.part(OverdueWatch).deadline
        if deadline is None or deadline.overdue is not None:
            return False
        return deadline.tell_at is None or self._factory.clock.wall() < deadline.tell_at

    def _is_alarmed(self, endpoint: Endpoint) -> bool:
        """Whether the newest task of a kind that the endpoint shows has an outcome that a heartbeat would hide."""
        intake, past = self._intake(), self._watching.past
        if intake is None or past is None:
            return True
        return any(_is_alarm(endpoint, kind, last, past) for kind, last in dict(intake.router.ledger.last).items())


def _is_alarm(endpoint: Endpoint, kind: TaskKind, last: Status, past: Past) -> bool:
    """An outcome that says neither well nor ill, such as an aborted task, leaves an alarm before it as it is."""
    alarms = [status for status in Status if endpoint.channel.is_alarm(kind.task, status)]
    if last in alarms or last.ends_failure or not alarms or kind.task not in _TASKS_WITH_ROWS:
        return last in alarms
    newest = {
        status: max(
            ((row.at, row.id) for row in past.newest(kind.task.value, status.value, plugin_id=kind.plugin_id)),
            default=None,
        )
        for status in (Status.SUCCESS, *alarms)
    }
    success = newest.pop(Status.SUCCESS)
    return any(moment is not None and (success is None or moment > success) for moment in newest.values())
