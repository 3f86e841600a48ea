"""The hand-off: an event becomes a valid notification, which is routed and stored with its deliveries."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from prime_notify.clock import Clock
from prime_notify.engine.active_endpoints import EndpointSet
from prime_notify.engine.router import Router
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.machine_texts import machine_message
from prime_notify.model.event import Event, EventName, Status
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import LateEvent, OpenTask, TaskChange

__all__ = ["Accepted", "Intake", "NotificationFactory", "unknown_end"]


@dataclass(frozen=True)
class NotificationFactory:
    """Makes notifications of events. Safe from any thread."""

    clock: Clock
    new_id: Callable[[], str]
    server_running: Callable[[], Optional[bool]]
    log: logging.Logger

    def make(self, event: Event, task_id: str, loaded: LoadedConfig) -> Notification:
        """A valid notification of the event; logs the fields that could not be used."""
        normalized = normalize(
            event,
            id=self.new_id(),
            task_id=task_id,
            now=self.clock.wall(),
            server_running=self.server_running(),
            server_name=loaded.config.server.name,
        )
        for warning in normalized.warnings:
            self.log.warning("%s", warning)
        return Notification(normalized.payload)


@dataclass(frozen=True)
class Accepted:
    """A stored notification, and the endpoints that it is for."""

    notification: Notification
    endpoints: Sequence[str]


@dataclass(frozen=True)
class Intake:
    """Accepts events. Not thread-safe: the engine uses it under its lock. ``owner`` names this process."""

    outbox: Outbox
    router: Router
    factory: NotificationFactory
    clock: Clock
    log: logging.Logger
    owner: str

    def accept(
        self,
        event: Event,
        loaded: LoadedConfig,
        endpoints: EndpointSet,
        late: Optional[LateEvent] = None,
    ) -> Sequence[Accepted]:
        """Store ``event`` for those of ``endpoints`` that want it; before it, the ends of tasks that it interrupts.

        Nothing is stored when this start or end was accepted before. Raises OutboxError.
        """
        placement = self.router.ledger.place(event)
        if placement.repeated:
            self.log.debug("%s of task %s was accepted before", event.name.value, placement.task_id)
            return []
        accepted = [self._store(unknown_end(task), task.task_id, loaded, endpoints) for task in placement.abandoned]
        accepted.append(self._store(event, placement.task_id, loaded, endpoints, late))
        return accepted

    def _store(
        self,
        event: Event,
        task_id: str,
        loaded: LoadedConfig,
        endpoints: EndpointSet,
        late: Optional[LateEvent] = None,
    ) -> Accepted:
        ledger = self.router.ledger
        notification = self.factory.make(event, task_id, loaded)
        routing = self.router.route(notification, task_id, loaded.config.notification, endpoints)
        turns = routing.turns
        opened = closed = ended = None
        if event.name.is_start:
            known = notification.payload.task_fields()
            opened = OpenTask(task_id, event.plugin_id, event.name, self.owner, notification.id, known)
        elif event.name.is_end:
            closed = task_id if ledger.is_open(task_id) else None
            ended = ledger.new_ending(notification)
        self.outbox.put(
            notification,
            routing.names,
            TaskChange(opened, closed, ended, late.key if late else None, turns),
            at=self.clock.steady(),
            in_order=endpoints.in_order,
            recovery=routing.recovery,
        )
        if opened:
            ledger.opened(opened)
        elif event.name.is_end:
            ledger.closed(task_id, ended)
        self.router.turns.update(turns)
        return Accepted(notification, [*routing.names, *routing.recovery])


def unknown_end(task: OpenTask) -> Event:
    """The end of a task whose real end cannot be known any more."""
    fields = {**task.said, "task_id": task.task_id, "message": machine_message("unknown_outcome")}
    return Event(EventName.of(task.start.task, Status.ABORTED), task.plugin_id, fields=fields)
