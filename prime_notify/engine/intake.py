"""The intake: a received event becomes a valid notification, which is routed and stored with its deliveries."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Callable, Optional, Protocol, Sequence, Set

from prime_notify.clock import Clock
from prime_notify.engine.active_endpoints import ActiveEndpoints
from prime_notify.engine.backup_warnings import REMEMBERED, examined
from prime_notify.engine.router import Router
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.machine_texts import machine_message
from prime_notify.model.event import Arrival, Event, EventName, Status
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.successes import former_successes
from prime_notify.outbox.values import OpenTask, Received, TaskChange
from prime_notify.watch.part import Ended

__all__ = ["Accepted", "Intake", "NotificationFactory", "unknown_end"]


@dataclass(frozen=True)
class NotificationFactory:
    """Makes notifications of events. Safe from any thread."""

    clock: Clock
    new_id: Callable[[], str]
    server_running: Callable[[], Optional[bool]]
    log: logging.Logger

    def receive(self, event: Event, owner: str = "", arrival: Optional[Arrival] = None) -> Received:
        """The event, with the id of its notification, and the moment and the state of the server as they are now, or as
        they were at its arrival."""
        if arrival is not None:
            return Received(arrival.id, event, arrival.at, arrival.server_running, owner)
        return Received(self.new_id(), event, self.clock.wall(), self.server_running(), owner)

    def make(self, received: Received, task_id: str, loaded: LoadedConfig) -> Notification:
        """A valid notification of the event; logs the fields that could not be used."""
        id, event, at, running, _ = received
        normalized = normalize(
            event,
            id=id,
            task_id=task_id,
            now=self.clock.wall() if at is None else at,
            server_running=running,
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


class Completion(Protocol):
    """Whoever completes a notification by what is known beside its event, and hears of each that is stored."""

    def completed(self, payload: Payload) -> Ended: ...

    def noticed(self, payload: Payload) -> None: ...


@dataclass(frozen=True)
class Intake:
    """Accepts events while this process owns the data folder. Not thread-safe: the engine uses it under its lock.

    ``owner`` names this process. ``publish`` gets each stored notification. ``watch``: see :class:`Completion`.
    """

    outbox: Outbox
    router: Router
    factory: NotificationFactory
    clock: Clock
    log: logging.Logger
    owner: str
    active: ActiveEndpoints
    publish: Callable[[Accepted], None]
    watch: Completion
    _unacceptable: Set[str] = field(default_factory=set)  # an error of ours leaves them to the next version

    def accept_inbox(self) -> None:
        """Accept the events that other processes left, or that were received while notifications were switched off."""
        for received in self.outbox.inbox():
            if received.id not in self._unacceptable:
                self.accept(received)

    def end_tasks_of_others(self) -> None:
        """Accept an end of each open task whose start another process accepted: that one ended."""
        for task in self.outbox.open_tasks():
            if task.owner != self.owner:
                self.accept(self.factory.receive(unknown_end(task)), in_inbox=False)

    def accept(self, received: Received, *, in_inbox: bool = True) -> None:
        """Store the event for those endpoints that want it, unless notifications are switched off: then it stays in the
        inbox. So does one that an error of ours stops, which is logged.
        """
        if not self.active.loaded.config.notification.enabled:
            return
        try:
            for one in self._accept(received, in_inbox=in_inbox):
                self.publish(one)
        except Exception:
            self._unacceptable.add(received.id)
            name, plugin = received.event.name.value, received.event.plugin_id
            self.log.exception("unexpected error while accepting %s of %s", name, plugin)

    def _accept(self, received: Received, *, in_inbox: bool) -> Sequence[Accepted]:
        """Store the event, and before it the ends of tasks that it interrupts.

        It leaves the inbox. Nothing else happens when this start or end was accepted before.
        """
        event = received.event
        placement = self.router.ledger.place(event)
        if placement.repeated:
            self.log.debug("%s of task %s was accepted before", event.name.value, placement.task_id)
            self.outbox.take_out([received.id])
            return []
        ends = [(self.factory.receive(unknown_end(task)), task.task_id) for task in placement.abandoned]
        accepted = [self._store(end, task_id, in_inbox=False) for end, task_id in ends]
        return [*accepted, self._store(received, placement.task_id, in_inbox=in_inbox)]

    def _store(self, received: Received, task_id: str, *, in_inbox: bool) -> Accepted:
        event, ledger = received.event, self.router.ledger
        loaded, endpoints = self.active.loaded, self.active.on
        notification = self._examined(self.factory.make(received, task_id, loaded), task_id, loaded)
        ending = self.watch.completed(notification.payload)
        if ending.payload is not notification.payload:
            notification = Notification(ending.payload)
        routing = self.router.route(notification, task_id, loaded.config.notification, endpoints)
        turns = routing.turns
        opened = closed = ended = None
        if event.name.is_start:
            known, owner = notification.payload.task_fields(), received.owner or self.owner
            ran = notification.payload.server_ran
            opened = OpenTask(task_id, event.plugin_id, event.name, owner, notification.id, known, ran)
        else:
            closed = task_id if event.name.is_end and ledger.is_open(task_id) else None
            ended = ledger.new_ending(notification)
        self.outbox.put(
            notification,
            routing.names,
            TaskChange(opened, closed, ended, received.id if in_inbox else None, turns, ending.forgets),
            at=self.clock.steady(),
            in_order=endpoints.in_order,
            recovery=routing.recovery,
        )
        if opened:
            ledger.opened(opened)
        elif event.name.is_end:
            ledger.closed(task_id, ended)
        elif ended is not None:
            ledger.remember(ended)
        self.router.turns.update(turns)
        self.watch.noticed(notification.payload)
        return Accepted(notification, [*routing.names, *routing.recovery])

    def _examined(self, notification: Notification, task_id: str, loaded: LoadedConfig) -> Notification:
        """The notification, with a warning where its backup deserves one."""
        payload = examined(
            notification.payload,
            ran_at_start=self.router.ledger.server_ran_at_start(task_id),
            shrink=loaded.config.notification.shrink_warning or None,
            former=lambda payload: former_successes(self.outbox.database, payload, REMEMBERED),
        )
        return notification if payload is notification.payload else Notification(payload)


def unknown_end(task: OpenTask) -> Event:
    """The end of a task whose real end cannot be known any more."""
    fields = {**task.said, "task_id": task.task_id, "message": machine_message("unknown_outcome")}
    return Event(EventName.of(task.start.task, Status.ABORTED), task.plugin_id, fields=fields)
