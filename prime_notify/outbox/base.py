"""Where deliveries wait: the contract that every store keeps, and the values that pass through it.

A store knows nothing of endpoints, channels or schedules: it is told what waits for whom since when, hands out what is
due, and is told what came of it. Times are seconds of :meth:`prime_notify.clock.Clock.steady`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Optional, Protocol, Sequence

from prime_notify.model.event import Event, EventName
from prime_notify.model.notification import Notification

__all__ = [
    "Delivery",
    "LateEvent",
    "OpenTask",
    "Outbox",
    "OutboxClosedError",
    "OutboxError",
    "Settlement",
    "State",
    "TaskChange",
]


class OutboxError(Exception):
    """The store could not do what was asked (disk full, read-only folder, damaged file); nothing was changed."""


class OutboxClosedError(OutboxError):
    """The store was closed: whoever still asks outlived the engine, and the next one sees to what is left."""


class State(str, enum.Enum):
    """Where a delivery stands. Only ``WAITING`` is not an end."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True)
class Delivery:
    """One notification to one endpoint, handed out for its ``attempt``-th attempt (counted from 1)."""

    key: int
    endpoint: str
    attempt: int
    accepted: float
    notification: Notification


@dataclass(frozen=True)
class Settlement:
    """What came of an attempt: an end state, or ``WAITING`` until ``due``."""

    key: int
    state: State
    at: float
    due: float = 0.0
    status: Optional[int] = None
    ms: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class OpenTask:
    """A task whose start was accepted and whose end was not yet. ``owner`` names the process that saw the start."""

    task_id: str
    plugin_id: str
    start: EventName
    owner: str
    notification_id: str


@dataclass(frozen=True)
class LateEvent:
    """An event that arrived while no engine ran, kept until the next one accepts it."""

    key: int
    event: Event


@dataclass(frozen=True)
class TaskChange:
    """What accepting a notification changes beside it, in the same transaction."""

    opened: Optional[OpenTask] = None
    closed: Optional[str] = None
    late: Optional[int] = None


class Outbox(Protocol):
    """The store. Every call is atomic and durable when it returns, and safe from any thread."""

    def put(self, notification: Notification, endpoints: Sequence[str], change: TaskChange, *, at: float) -> None:
        """Accept ``notification`` with one waiting delivery for each endpoint. Raises :class:`OutboxError`."""
        ...

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        """Lease the next due delivery, or None; it is nobody else's until settled or until the process ends.

        Of one task, an event is handed out only when those before it came to an end. Only reads, so it works on a
        full disk.
        """
        ...

    def settle(self, settlement: Settlement) -> None:
        """Record what came of a claimed delivery and give up its lease."""
        ...

    def next_due(self, endpoint: str) -> Optional[float]:
        """When :meth:`claim` could next succeed, as far as can be told now; None when nothing waits."""
        ...

    def waiting(self) -> dict[str, int]:
        """How many deliveries wait, by endpoint."""
        ...

    def open_tasks(self) -> Sequence[OpenTask]:
        """Tasks whose end is still to come."""
        ...

    def late_events(self) -> Sequence[LateEvent]:
        """Events kept by :meth:`keep_late`, oldest first."""
        ...

    def keep_late(self, event: Event) -> None:
        """Keep an event for the next engine. Raises :class:`OutboxError`."""
        ...

    def close(self) -> None:
        """Let go of the file; what was claimed and not settled is free again for the next opening."""
        ...
