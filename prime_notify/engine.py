"""The engine: events in, deliveries out. Knows nothing of MCDReforged."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

import psutil

from prime_notify.clock import Clock, SystemClock
from prime_notify.compose.catalogue import Catalogue
from prime_notify.compose.comments import machine_message
from prime_notify.compose.samples import sample_event
from prime_notify.compose.templates.texts import with_templates
from prime_notify.compose.texts import localize, message_of
from prime_notify.config.load import Endpoint, LoadedConfig
from prime_notify.delivery.attempt import Attempter, Sender
from prime_notify.delivery.lane import Lane, guard
from prime_notify.delivery.lanes import Lanes
from prime_notify.delivery.once import OnceLog
from prime_notify.model.event import Event, EventName, Status
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import IdFactory, Message, Notification
from prime_notify.model.outcome import Delivered
from prime_notify.outbox.base import LateEvent, OpenTask, Outbox, OutboxError, TaskChange
from prime_notify.outbox.memory import MemoryOutbox
from prime_notify.outbox.sqlite import SqliteOutbox
from prime_notify.routing import route
from prime_notify.tasks import TaskLedger
from prime_notify.transport.dispatch import Transports

__all__ = ["EndpointState", "Engine", "Overview", "TestResult", "store_late"]

OUTBOX_FILE = "outbox.sqlite3"


@dataclass(frozen=True)
class TestResult:
    """What a test notification came to at one endpoint."""

    endpoint: str
    ok: bool
    status: Optional[int]
    ms: float
    reason: str
    hint: str


@dataclass(frozen=True)
class EndpointState:
    """One endpoint as an overview shows it; ``last_at`` in unix seconds."""

    name: str
    type: str
    enabled: bool
    waiting: int
    last_outcome: Optional[str] = None
    last_status: Optional[int] = None
    last_ms: Optional[float] = None
    last_at: Optional[float] = None
    last_reason: str = ""


@dataclass(frozen=True)
class Overview:
    """The engine at a glance."""

    enabled: bool
    endpoints: Tuple[EndpointState, ...]


class Engine:
    """Accepts events, stores them with their deliveries, and works those off in the background.

    ``accept`` may be called from any thread, the backup's own included: it stores and returns.
    ``on_accepted`` is called after each stored event, on the thread that handed it over; it must be quick.
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
        clock: Optional[Clock] = None,
        transport: Optional[Sender] = None,
    ) -> None:
        self._loaded = loaded
        self._data_dir = data_dir
        self._catalogue = catalogue
        self._log = log
        self._language = language
        self._server_running = server_running
        self._on_accepted = on_accepted
        self._clock = clock or SystemClock()
        self._own_transport = Transports() if transport is None else None
        self._warnings = OnceLog(log)
        self._attempter = Attempter(
            transport or self._own_transport,  # type: ignore[arg-type]
            self._message,
            self._warnings.warn,
        )
        self._new_id = IdFactory(self._clock.wall)
        self._owner = _process_token()
        self._lock = threading.Lock()
        self._running = False
        self._outbox: Outbox = MemoryOutbox()
        self._ledger = TaskLedger(self._new_id)
        self._lanes = Lanes(self._make_lane)

    # life cycle

    def start(self) -> None:
        """Open the outbox, tell what a former process left untold, and begin to deliver. Never raises for the disk."""
        self._outbox = self._open_outbox()
        left_open = self._outbox.open_tasks()
        self._ledger = TaskLedger(self._new_id, left_open)
        with self._lock:
            self._running = True
        self._lanes.apply(self._loaded.endpoints)
        for late in self._outbox.late_events():
            self._accept_safely(late.event, late)
        for task in left_open:
            if task.owner != self._owner:
                self._accept_safely(self._unknown_end(task))

    def stop(self, grace: float) -> Sequence[str]:
        """Stop delivering; attempts under way get ``grace`` seconds. Names of endpoints that did not finish in time.

        What was not delivered stays on disk for the next start.
        """
        with self._lock:
            if not self._running:
                return []
            self._running = False
        busy = self._lanes.stop(grace)
        if self._own_transport is not None:
            self._own_transport.close()
        self._outbox.close()
        return busy

    def reload(self, loaded: LoadedConfig) -> None:
        """Put another config in force. Endpoints that did not change are not disturbed; waits for nothing."""
        with self._lock:
            self._loaded = loaded
            self._warnings.forget()
            if self._running:
                self._lanes.apply(loaded.endpoints)

    def _open_outbox(self) -> Outbox:
        try:
            return SqliteOutbox(self._data_dir / OUTBOX_FILE)
        except OutboxError as error:
            self._log.error(self._text("log.outbox_unusable", error=error))
            return MemoryOutbox()

    # accepting

    def accept(self, event: Event) -> Optional[str]:
        """Store ``event`` and its deliveries; the notification's id, or None when it was not accepted.

        Not accepted: notifications are switched off, the engine is stopped, or this very event was told before.
        Never raises and never waits for a network.
        """
        return self._accept_safely(event)

    def _accept_safely(self, event: Event, late: Optional[LateEvent] = None) -> Optional[str]:
        try:
            accepted = self._accept(event, late)
            for notification in accepted:
                self._on_accepted(notification)
        except Exception:  # noqa: BLE001  (nothing of ours may surface on the thread of a backup)
            self._log.exception("unexpected error while accepting %s of %s", event.name.value, event.plugin_id)
            return None
        return accepted[-1].id if accepted else None

    def _accept(self, event: Event, late: Optional[LateEvent] = None) -> Sequence[Notification]:
        with self._lock:
            if not self._running or not self._loaded.config.notification.enabled:
                return []
            placement = self._ledger.place(event)
            if placement.repeated:
                self._log.debug("%s of task %s was told before", event.name.value, placement.task_id)
                return []
            accepted = [self._store(self._unknown_end(task), task.task_id) for task in placement.abandoned]
            accepted.append(self._store(event, placement.task_id, late))
            return accepted

    def _store(self, event: Event, task_id: str, late: Optional[LateEvent] = None) -> Notification:
        notification = self._notification(event, task_id)
        endpoints = route(notification.payload, self._loaded.config.notification, self._loaded.endpoints)
        opened = closed = None
        if event.name.is_start:
            opened = OpenTask(task_id, event.plugin_id, event.name, self._owner, notification.id)
        else:
            closed = task_id
        change = TaskChange(opened, closed, late.key if late else None)
        self._put(notification, endpoints, change)
        if opened:
            self._ledger.opened(opened)
        else:
            self._ledger.closed(task_id)
        self._lanes.wake(endpoints)
        return notification

    def _put(self, notification: Notification, endpoints: Sequence[str], change: TaskChange) -> None:
        self._outbox.put(notification, endpoints, change, at=self._clock.steady())

    def _notification(self, event: Event, task_id: str) -> Notification:
        normalized = normalize(
            event,
            id=self._new_id(),
            task_id=task_id,
            now=self._clock.wall(),
            server_running=self._server_running(),
            server_name=self._loaded.config.server.name,
        )
        for warning in normalized.warnings:
            self._log.warning("%s", warning)
        return Notification(normalized.payload)

    def _unknown_end(self, task: OpenTask) -> Event:
        fields = {"task_id": task.task_id, "message": machine_message("unknown_outcome")}
        return Event(EventName.of(task.start.task, Status.ABORTED), task.plugin_id, fields=fields)

    # delivering

    def _make_lane(self, endpoint: Endpoint) -> Lane:
        return Lane(endpoint, self._outbox, self._attempter, self._clock, self._log)

    def _message(self, notification: Notification, endpoint: Endpoint, now: float) -> Message:
        language = self._catalogue.best(endpoint.config.language or self._loaded.config.language or self._language)
        message = message_of(notification, language, self._catalogue, now=now)
        config = endpoint.config
        return with_templates(
            message, config.templates, traceback=config.traceback, warn=lambda text: self._warnings.warn(endpoint, text)
        )

    def describe(self, notification: Notification) -> Dict[str, Any]:
        """The payload as other plugins get it, texts in the configured language."""
        language = self._catalogue.best(self._loaded.config.language or self._language)
        return localize(notification.payload, language, self._catalogue).to_dict()

    def _text(self, key: str, **values: object) -> str:
        language = self._catalogue.best(self._loaded.config.language or self._language)
        return self._catalogue.text(language, key, **values)

    # looking and testing

    def overview(self) -> Overview:
        """What is configured, what waits, and how the last attempts went."""
        loaded = self._loaded
        waiting = self._outbox.waiting() if self._running else {}
        last = self._lanes.last_results()
        states = []
        for endpoint in loaded.endpoints:
            state = EndpointState(endpoint.name, endpoint.type, endpoint.config.enabled, waiting.get(endpoint.name, 0))
            result = last.get(endpoint.name)
            if result is not None:
                shown = (result.outcome, result.status, result.ms, result.at, result.reason)
                state = EndpointState(state.name, state.type, state.enabled, state.waiting, *shown)
            states.append(state)
        return Overview(loaded.config.notification.enabled, tuple(states))

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str] = None,
        on_result: Callable[[TestResult], None],
        operator: Optional[Mapping[str, str]] = None,
    ) -> Sequence[str]:
        """Send a test notification to every enabled endpoint, whatever its event filter, or to the one named.

        Returns their names at once; ``on_result`` is called once for each, from its own thread, when it is done.
        Works while notifications are switched off. One attempt each, not stored.
        """
        chosen = [
            candidate
            for candidate in self._loaded.endpoints
            if (candidate.config.enabled if endpoint is None else candidate.name == endpoint)
        ]
        notification = self._notification(sample_event(event, operator=operator), self._new_id())
        for target in chosen:
            self._test_in_background(target, notification, on_result)
        return [target.name for target in chosen]

    def _test_in_background(
        self, endpoint: Endpoint, notification: Notification, on_result: Callable[[TestResult], None]
    ) -> None:
        def work() -> None:
            attempt = self._attempter.attempt(endpoint, notification)
            outcome = attempt.outcome
            if isinstance(outcome, Delivered):
                result = TestResult(endpoint.name, True, outcome.status, attempt.ms, "", "")
            else:
                texts = endpoint.redact(outcome.reason), endpoint.redact(outcome.hint)
                result = TestResult(endpoint.name, False, outcome.status, attempt.ms, *texts)
            on_result(result)

        name = f"prime_notify-test-{endpoint.name}"
        threading.Thread(target=guard, args=(self._log, work), name=name, daemon=True).start()


def store_late(data_dir: Path, event: Event) -> None:
    """Keep an event that comes while no engine runs, for the next one. Raises :class:`OutboxError`."""
    outbox = SqliteOutbox(data_dir / OUTBOX_FILE)
    try:
        outbox.keep_late(event)
    finally:
        outbox.close()


def _process_token() -> str:
    """Names this process, also across a reload of the plugin, which starts with fresh modules."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"
