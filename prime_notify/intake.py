"""From an event to a notification on disk: its task is found, it is made valid, routed, and stored as a whole."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Callable, Dict, Optional, Sequence, Tuple

from prime_notify.clock import Clock
from prime_notify.compose.comments import machine_message
from prime_notify.config.load import Endpoint, LoadedConfig
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Ending, LateEvent, OpenTask, TaskChange
from prime_notify.routing import Background, TaskKind, outcome_of, route
from prime_notify.routing.groups import Share, Sharing, share_out
from prime_notify.tasks import TaskLedger

__all__ = ["Accepted", "Intake", "unknown_end"]

_USUAL_PLUGIN = "prime_backup"


@dataclass(frozen=True)
class Accepted:
    """A notification that is stored, and the endpoints that it is to reach."""

    notification: Notification
    endpoints: Sequence[str]


@dataclass
class Intake:
    """Accepts events. Not thread-safe: the engine calls it under its lock."""

    outbox: Outbox
    ledger: TaskLedger
    clock: Clock
    log: logging.Logger
    owner: str
    new_id: Callable[[], str]
    server_running: Callable[[], Optional[bool]]
    readings: Callable[[str], Sequence[str]]
    is_open_to_more: Callable[[str], bool] = lambda name: True
    _last: Dict[TaskKind, Status] = field(default_factory=dict)
    _turns: Dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turns.update(self.outbox.turns())
        self._last.update({(one.plugin_id, one.task): one.status for one in self.outbox.endings()})

    def accept(
        self,
        event: Event,
        loaded: LoadedConfig,
        endpoints: Sequence[Endpoint],
        late: Optional[LateEvent] = None,
    ) -> Sequence[Accepted]:
        """Store ``event`` for those of ``endpoints`` that want it.

        Before it, the ends of tasks that it shows to have ended without a word. Nothing when this very start or end
        was told before.
        """
        placement = self.ledger.place(event)
        if placement.repeated:
            self.log.debug("%s of task %s was told before", event.name.value, placement.task_id)
            return []
        accepted = [self._store(unknown_end(task), task.task_id, loaded, endpoints) for task in placement.abandoned]
        accepted.append(self._store(event, placement.task_id, loaded, endpoints, late))
        return accepted

    def notification(self, event: Event, task_id: str, loaded: LoadedConfig) -> Notification:
        """A valid notification of the event; says in the log what could not be used."""
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

    def _store(
        self,
        event: Event,
        task_id: str,
        loaded: LoadedConfig,
        endpoints: Sequence[Endpoint],
        late: Optional[LateEvent] = None,
    ) -> Accepted:
        notification = self.notification(event, task_id, loaded)
        wanted = route(notification.payload, loaded.config.notification, endpoints, self.background)
        names, shares = self._share_out(wanted, loaded, task_id)
        turns = {group: name for share in shares for group, name in share.turn.items()}
        opened = closed = ended = None
        if event.name.is_start:
            said = notification.payload.task_fields()
            opened = OpenTask(task_id, event.plugin_id, event.name, self.owner, notification.id, said)
        else:
            closed = task_id if self.ledger.is_open(task_id) else None
            ended = self._news(notification)
        change = TaskChange(opened, closed, ended, late.key if late else None, turns)
        in_order = frozenset(one.name for one in endpoints if one.channel.shows_state)
        recovery = self._recovery(notification, endpoints, names)
        self.outbox.put(notification, names, change, at=self.clock.steady(), in_order=in_order, recovery=recovery)
        if opened:
            self.ledger.opened(opened)
        else:
            self.ledger.closed(task_id)
        if ended:
            self._last[ended.plugin_id, ended.task] = ended.status
        self._turns.update(turns)
        return Accepted(notification, [*names, *recovery])

    def _share_out(
        self, wanted: Sequence[str], loaded: LoadedConfig, task_id: str
    ) -> Tuple[Sequence[str], Sequence[Share]]:
        groups = loaded.config.notification.groups
        if not groups:  # as with most; a backup waits for the answer
            return wanted, ()

        def holders() -> Sequence[str]:
            start = self.ledger.start_of(task_id)
            return self.outbox.holders(start) if start else ()

        return share_out(wanted, Sharing(loaded.endpoints, groups, self._turns, self.is_open_to_more, holders))

    def would_share(self, event: Event, wanted: Sequence[str], loaded: LoadedConfig) -> Sequence[Share]:
        """What each group would choose for an event now, of those that want it."""
        return self._share_out(wanted, loaded, self.ledger.place(event).task_id)[1]

    def usual_plugin(self, task: Task) -> str:
        """Whose tasks of this kind there have been: Prime Backup's, unless only others'."""
        known = [plugin for plugin, kind in self._last if kind is task]
        return known[-1] if known and _USUAL_PLUGIN not in known else _USUAL_PLUGIN

    def _recovery(
        self, notification: Notification, endpoints: Sequence[Endpoint], names: Sequence[str]
    ) -> Sequence[str]:
        """Endpoints that do not want to hear of a success but, perhaps, that the failures before it are over."""
        outcome = outcome_of(notification.payload)
        if outcome is None or outcome[1] is not Status.SUCCESS:
            return []
        if self._last.get(outcome[0], Status.SUCCESS) is Status.SUCCESS:
            return []
        return [one.name for one in endpoints if one.config.repeat and one.name not in names]

    def _news(self, notification: Notification) -> Optional[Ending]:
        """How the task ended, where that is not how the one before it ended: that is remembered already."""
        outcome = outcome_of(notification.payload)
        if outcome is None or self._last.get(outcome[0]) is outcome[1]:
            return None
        return Ending(*outcome[0], outcome[1])

    @property
    def background(self) -> Background:
        """What rules need to know beside the event itself."""
        return Background(last=self._last, readings=self.readings)


def unknown_end(task: OpenTask) -> Event:
    """The end of a task whose real end nobody can know any more."""
    fields = {**task.said, "task_id": task.task_id, "message": machine_message("unknown_outcome")}
    return Event(EventName.of(task.start.task, Status.ABORTED), task.plugin_id, fields=fields)
