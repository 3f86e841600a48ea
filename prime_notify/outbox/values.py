"""The values that go into an outbox and come out of it: deliveries, their outcomes, tasks, received events.

Times are seconds of :meth:`prime_notify.clock.Clock.steady`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple, Optional, Sequence, Tuple

from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload

__all__ = [
    "Delivery",
    "Ending",
    "OpenTask",
    "Purpose",
    "Received",
    "Retention",
    "Settlement",
    "State",
    "Substitute",
    "TaskChange",
    "is_kindred_success",
    "queue_of",
    "substitute_of",
]


class State(str, enum.Enum):
    """The state of a delivery. Only ``WAITING`` is not an end.

    ``ACCEPTED``: handed over, but the answer does not show whether the service took it; else like ``DELIVERED``.
    ``DEAD``: given up, and kept until it is replayed or dropped. ``EXPIRED``: it waited longer than the config allows.
    ``FOLDED``: a later event, delivered or waiting as well, made it superfluous. ``DROPPED``: a person gave it up.
    ``PASSED``: another endpoint delivers it instead.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    DEAD = "dead"
    EXPIRED = "expired"
    FOLDED = "folded"
    DROPPED = "dropped"
    PASSED = "passed"

    @property
    def is_success(self) -> bool:
        """Whether the endpoint got the message, as far as anybody knows."""
        return self in (State.DELIVERED, State.ACCEPTED)


class Purpose(str, enum.Enum):
    """The purpose of a delivery. ``EVENT``: the endpoint wants such events. ``RECOVERY``: a success, which is delivered
    only if the endpoint got the failure before it. ``REMINDER``: the last failure is delivered again, since nothing
    succeeded since then."""

    EVENT = "event"
    RECOVERY = "recovery"
    REMINDER = "reminder"


class Delivery(NamedTuple):
    """One notification to one endpoint, handed out for its ``attempt``-th attempt (counted from 1).

    ``previous``: the newest receipt that an earlier delivery of the same task to this endpoint brought.
    ``superseded``: a later event of the same task waits for this endpoint, too; always False for a deferred one.
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


class Substitute(NamedTuple):
    """An endpoint that may get a notification of another one. ``queue``: :func:`queue_of` it there. ``instead``: it
    delivers the notification in place of the former endpoint, not in addition to it."""

    endpoint: str
    queue: str
    instead: bool = False


class Settlement(NamedTuple):
    """The outcome of a delivery that was handed out: an end state, or ``WAITING`` until ``due``.

    ``deferred``: it waits on purpose, to be merged with others. Only ``claim_deferred`` hands it out, and no other
    event of its task waits for it.
    ``substitutes``: the endpoints of which one gets the notification (``reassign``), in the same transaction.
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
    deferred: bool = False
    substitutes: Sequence[Substitute] = ()
    remind_at: Optional[float] = None


@dataclass(frozen=True)
class OpenTask:
    """A task whose start was accepted and whose end was not yet. ``owner`` names the process that saw the start.

    ``said``: the fields of the start that its end would carry, too; empty where they are not known any more.
    ``server_ran``: whether the server ran at the start; None where that is not known. ``accepted``: steady seconds of
    the acceptance of the start, where it is stored.
    """

    task_id: str
    plugin_id: str
    start: EventName
    owner: str
    notification_id: str
    said: Mapping[str, Any] = field(default_factory=dict, compare=False)
    server_ran: Optional[bool] = field(default=None, compare=False)
    accepted: Optional[float] = field(default=None, compare=False)


@dataclass(frozen=True)
class Ending:
    """The end of a task of a plugin; the newest of each plugin and kind of task is remembered."""

    plugin_id: str
    task: Task
    status: Status


class Received(NamedTuple):
    """An event in the inbox. ``id``: of the notification that it becomes. ``at``: when it was received, unix seconds.

    ``server_running``: whether the server ran then. None: not known. ``owner``: the process that received it as the
    owner of the data folder; empty for an event that was left for the owner.
    """

    id: str
    event: Event
    at: Optional[float] = None
    server_running: Optional[bool] = None
    owner: str = ""


@dataclass(frozen=True)
class TaskChange:
    """The changes that come with a notification, in the same transaction.

    ``received``: the event that leaves the inbox, by its id. ``turns``: by group of endpoints that take turns, the one
    that had the newest turn. ``forgets``: values of the watch that the notification ends, by their names.
    """

    opened: Optional[OpenTask] = None
    closed: Optional[str] = None
    ended: Optional[Ending] = None
    received: Optional[str] = None
    turns: Mapping[str, str] = field(default_factory=dict)
    forgets: Sequence[str] = ()


def queue_of(notification: Notification, *, in_order: bool) -> str:
    """The queue of a delivery: of one endpoint's deliveries in a queue, each waits for the end of those before it."""
    payload = notification.payload
    return payload.task_kind.key if in_order else payload.task_id


def is_kindred_success(payload: Payload, of: Payload) -> bool:
    """Whether ``payload`` is that of a success of the same plugin's tasks of the same kind."""
    return payload.task_kind == of.task_kind and payload.status.ends_failure and not payload.test


def substitute_of(
    substitutes: Sequence[Substitute], known: Sequence[Tuple[str, State]], *, given_up: bool
) -> Optional[Substitute]:
    """The one of ``substitutes`` that gets a notification which has the ``known`` deliveries; see ``reassign``.

    ``given_up``: the former endpoint does not try again, so the notification may go back to one that passed it on.
    """
    for substitute in substitutes:
        states = {state for endpoint, state in known if endpoint == substitute.endpoint}
        if not states or (given_up and states == {State.PASSED}):
            return substitute
        if states - {State.DEAD, State.PASSED}:
            return None
    return None


@dataclass(frozen=True)
class Retention:
    """The past that is kept: notifications accepted at or after ``since``, and of those the newest ``most``."""

    since: float
    most: int
