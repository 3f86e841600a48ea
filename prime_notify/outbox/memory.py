"""The outbox in memory: the same contract without a file, for when the disk refuses, and as the tests' plain model."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from dataclasses import dataclass
from typing import Iterator, Optional, Sequence

from prime_notify.model.event import Event
from prime_notify.model.notification import Notification
from prime_notify.outbox.base import Delivery, LateEvent, OpenTask, Settlement, State, TaskChange

__all__ = ["MemoryOutbox"]


@dataclass(frozen=True)
class _Row:
    key: int
    endpoint: str
    notification: Notification
    accepted: float
    due: float
    state: State = State.WAITING
    leased: bool = False
    attempts: int = 0


class MemoryOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`; what it holds ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._rows: dict[int, _Row] = {}
        self._keys = itertools.count(1)
        self._open: dict[str, OpenTask] = {}
        self._late: dict[int, LateEvent] = {}

    def put(self, notification: Notification, endpoints: Sequence[str], change: TaskChange, *, at: float) -> None:
        with self._lock:
            for endpoint in endpoints:
                key = next(self._keys)
                self._rows[key] = _Row(key, endpoint, notification, at, at)
            if change.opened:
                self._open[change.opened.task_id] = change.opened
            if change.closed:
                self._open.pop(change.closed, None)
            if change.late is not None:
                self._late.pop(change.late, None)

    def _ready(self, endpoint: str) -> Iterator[_Row]:
        """Waiting rows of ``endpoint`` that nothing of the same task is ahead of."""
        tasks = set()
        for row in self._rows.values():
            if row.endpoint != endpoint or row.state is not State.WAITING:
                continue
            task_id = row.notification.payload.task_id
            if task_id not in tasks and not row.leased:
                yield row
            tasks.add(task_id)

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        with self._lock:
            due = [row for row in self._ready(endpoint) if row.due <= at]
            if not due:
                return None
            row = min(due, key=lambda row: (row.due, row.key))
            self._rows[row.key] = dataclasses.replace(row, leased=True)
            return Delivery(row.key, endpoint, row.attempts + 1, row.accepted, row.notification)

    def settle(self, settlement: Settlement) -> None:
        with self._lock:
            row = self._rows[settlement.key]
            changed = dataclasses.replace(row, state=settlement.state, due=settlement.due, attempts=row.attempts + 1)
            self._rows[row.key] = dataclasses.replace(changed, leased=False)

    def next_due(self, endpoint: str) -> Optional[float]:
        with self._lock:
            return min((row.due for row in self._ready(endpoint)), default=None)

    def waiting(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        with self._lock:
            for row in self._rows.values():
                if row.state is State.WAITING:
                    counts[row.endpoint] = counts.get(row.endpoint, 0) + 1
        return counts

    def state_of(self, notification_id: str) -> dict[str, State]:
        with self._lock:
            rows = [row for row in self._rows.values() if row.notification.id == notification_id]
        return {row.endpoint: row.state for row in rows}

    def open_tasks(self) -> Sequence[OpenTask]:
        with self._lock:
            return list(self._open.values())

    def late_events(self) -> Sequence[LateEvent]:
        with self._lock:
            return list(self._late.values())

    def keep_late(self, event: Event) -> None:
        with self._lock:
            key = next(self._keys)
            self._late[key] = LateEvent(key, event)

    def close(self) -> None:
        """Nothing to let go of."""
