"""The values that go into an outbox and come out of it: deliveries, their outcomes, tasks, late events.

Times are seconds of :meth:`prime_notify.clock.Clock.steady`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence, Tuple

from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload

__all__ = [
    "Delivery",
    "Ending",
    "Heir",
    "LateEvent",
    "OpenTask",
    "Purpose",
    "Retention",
    "Settlement",
    "State",
    "TaskChange",
    "heir_of",
    "is_kindred_success",
    "queue_of",
]


class State(str, enum.Enum):
    """The state of a delivery. Only ``WAITING`` is not an end.

    ``DEAD``: given up, and kept until it is replayed or dropped. ``EXPIRED``: it waited longer than the config allows.
    ``FOLDED``: a later event, delivered or waiting as well, made it superfluous. ``DROPPED``: a person gave it up.
    ``PASSED``: another endpoint delivers it instead.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    EXPIRED = "expired"
    FOLDED = "folded"
    DROPPED = "dropped"
    PASSED = "passed"


class Purpose(str, enum.Enum):
    """The purpose of a delivery. ``EVENT``: the endpoint wants such events. ``RECOVERY``: a success, which is delivered
    only if the endpoint got the failure before it. ``REMINDER``: the last failure is delivered again, since nothing
    succeeded since then."""

    EVENT = "event"
    RECOVERY = "recovery"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Delivery:
    """One notification to one endpoint, handed out for its ``attempt``-th attempt (counted from 1).

    ``previous``: the newest receipt that an earlier delivery of the same task to this endpoint brought.
    ``superseded``: a later event of the same task waits for this endpoint, too; not said of what was held back.
    ``due``: the moment from which on it may be tried.
    """

    key: int
    endpoint: str
    attempt: int
    accepted: float
    notification: Notification
    previous: Optional[Mapping[str, str]] = None
    superseded: bool = False
    due: float = 0.0
    purpose: Purpose = Purpose.EVENT


@dataclass(frozen=True)
class Heir:
    """An endpoint that may take a notification over. ``queue``: :func:`queue_of` it there. ``instead``: it delivers the
    notification in place of the former endpoint, not in addition to it."""

    endpoint: str
    queue: str
    instead: bool = False


@dataclass(frozen=True)
class Settlement:
    """The outcome of a delivery that was handed out: an end state, or ``WAITING`` until ``due``.

    ``held``: it waits on purpose, to be merged with others. Only ``claim_held`` hands it out, and it holds up no other
    event of its task.
    ``heirs``: the endpoints of which one takes the notification over (``hand_over``), in the same transaction.
    ``remind_at``: when the endpoint is to be reminded of it, by another delivery of the same notification.
    ``tried``: whether there was an attempt, which is then counted and recorded with ``status``, ``ms``, ``reason``,
    ``hint`` and ``response``, none of which holds a secret; ``shared``: it was that of another settlement, too.
    ``health``: how the endpoint is doing from now on.
    """

    key: int
    state: State
    at: float
    due: float = 0.0
    status: Optional[int] = None
    ms: float = 0.0
    reason: str = ""
    hint: str = ""
    response: str = ""
    receipt: Optional[Mapping[str, str]] = None
    health: Optional[Health] = None
    tried: bool = True
    shared: bool = False
    held: bool = False
    heirs: Sequence[Heir] = ()
    remind_at: Optional[float] = None


@dataclass(frozen=True)
class OpenTask:
    """A task whose start was accepted and whose end was not yet. ``owner`` names the process that saw the start.

    ``said``: the fields of the start that its end would carry, too; empty where they are not known any more.
    """

    task_id: str
    plugin_id: str
    start: EventName
    owner: str
    notification_id: str
    said: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Ending:
    """The end of a task of a plugin; the newest of each plugin and kind of task is remembered."""

    plugin_id: str
    task: Task
    status: Status


@dataclass(frozen=True)
class LateEvent:
    """An event that arrived while no engine ran, kept until the next one accepts it."""

    key: int
    event: Event


@dataclass(frozen=True)
class TaskChange:
    """The changes that come with a notification, in the same transaction. ``turns``: by group of endpoints that take
    turns, the one that had the newest turn."""

    opened: Optional[OpenTask] = None
    closed: Optional[str] = None
    ended: Optional[Ending] = None
    late: Optional[int] = None
    turns: Mapping[str, str] = field(default_factory=dict)


def queue_of(notification: Notification, *, in_order: bool) -> str:
    """The queue of a delivery: of one endpoint's deliveries in a queue, each waits for the end of those before it."""
    payload = notification.payload
    return payload.task_kind.key if in_order else payload.task_id


def is_kindred_success(payload: Payload, of: Payload) -> bool:
    """Whether ``payload`` is that of a success of the same plugin's tasks of the same kind."""
    return payload.task_kind == of.task_kind and payload.status is Status.SUCCESS and not payload.test


def heir_of(heirs: Sequence[Heir], known: Sequence[Tuple[str, State]], *, given_up: bool) -> Optional[Heir]:
    """The one of ``heirs`` that takes over a notification which has the ``known`` deliveries; see ``hand_over``.

    ``given_up``: the former endpoint does not try again, so the notification may go back to one that passed it on.
    """
    for heir in heirs:
        states = {state for endpoint, state in known if endpoint == heir.endpoint}
        if not states or (given_up and states == {State.PASSED}):
            return heir
        if states - {State.DEAD, State.PASSED}:
            return None
    return None


@dataclass(frozen=True)
class Retention:
    """The past that is kept: notifications accepted at or after ``since``, and of those the newest ``most``."""

    since: float
    most: int
