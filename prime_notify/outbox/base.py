"""Where deliveries wait: the contract that every store keeps.

A store knows nothing of endpoints, channels or schedules: it is told what waits for whom since when, hands out what is
due, and is told what came of it. Times are seconds of :meth:`prime_notify.clock.Clock.steady`.
"""

from __future__ import annotations

from typing import Collection, Mapping, Optional, Protocol, Sequence, Tuple

from prime_notify.model.event import Event
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.outbox.values import (
    Delivery,
    Ending,
    Heir,
    LateEvent,
    OpenTask,
    Retention,
    Settlement,
    Standing,
    State,
    TaskChange,
)

__all__ = ["Outbox", "OutboxClosedError", "OutboxDamagedError", "OutboxError"]


class OutboxError(Exception):
    """The store could not do what was asked (disk full, read-only folder, damaged file); nothing was changed."""


class OutboxClosedError(OutboxError):
    """The store was closed: whoever still asks outlived the engine, and the next one sees to what is left."""


class OutboxDamagedError(OutboxError):
    """The file is no database any more, or a broken one: it will never do again what it is asked."""


class Outbox(Protocol):
    """The store. Every call is atomic, and durable when it returns, and safe from any thread.

    Each raises :class:`OutboxError` when the store cannot do it.
    """

    def put(
        self,
        notification: Notification,
        endpoints: Sequence[str],
        change: TaskChange,
        *,
        at: float,
        in_order: Collection[str] = (),
        recovery: Collection[str] = (),
    ) -> None:
        """Accept ``notification`` with one waiting delivery for each endpoint; for ``recovery``, of that purpose.

        ``in_order``: those of the endpoints that show a state, where a former task's late end must not come after a
        later one's: there, deliveries of one plugin and kind of task wait for each other, not only those of one task.
        """
        ...

    def bring(
        self, notification: Notification, deliveries: Sequence[Standing], change: TaskChange, *, at: float
    ) -> None:
        """Take over, from another store, what was accepted there ``at`` that moment, or deliveries of what is here.

        One of which there is the like here, waiting, is not taken twice.
        """
        ...

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        """Lease the next due delivery, or None; it is nobody else's until settled or until the process ends.

        Of one task, an event is handed out only when those before it came to an end. Only reads, so it works on a
        full disk.
        """
        ...

    def settle(self, *settlements: Settlement) -> None:
        """Record what came of claimed deliveries, of all of them or of none, and give up their leases.

        One that was delivered folds what was held back before it of the same task: what came of it has been told.
        """
        ...

    def flush(self) -> None:
        """There is time: make durable what was settled, so that the next :meth:`put` does not have to. Never raises."""
        ...

    def next_due(self, endpoint: str) -> Optional[float]:
        """When :meth:`claim` could next succeed, as far as can be told now; None when nothing waits."""
        ...

    def claim_held(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        """Lease those due by ``at`` of what is held back for an endpoint, in the order in which it was accepted.

        At most the ``most`` that are due first.
        """
        ...

    def held_due(self, endpoint: str) -> Optional[float]:
        """When the first of what is held back is due; None when nothing is."""
        ...

    def release(self, endpoint: str, *, at: float) -> None:
        """Have all that is held back due by ``at``: whoever holds it decides anew."""
        ...

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        """What waits for an endpoint, held back or not, without leasing it: the first ``most`` keys above ``after``.

        Only what is on the disk; :meth:`peek_unwritten` has the rest.
        """
        ...

    def peek_unwritten(self, endpoint: str) -> Sequence[Delivery]:
        """What waits for an endpoint in memory only, because the disk refuses it."""
        ...

    def kin(self, key: int) -> Sequence[Tuple[str, State]]:
        """The endpoints that have, or had, a delivery of the same notification, and how each of these stands."""
        ...

    def hand_over(self, key: int, heirs: Sequence[Heir], *, at: float) -> bool:
        """Have somebody else deliver the notification, too: the first of ``heirs`` that has no delivery of it yet.

        Nobody, when one before that has it already, unless it gave it up. So it never comes back to where it was, but
        for this: what is given up goes back to one that passed it on, without giving it up, when nobody else is left.
        Where the heir takes over ``instead``, the delivery itself ends as ``PASSED``. False: it cannot be stored now.
        """
        ...

    def health(self, endpoint: str) -> Health:
        """How the endpoint was doing when something was last settled there."""
        ...

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        """When the endpoint was tried, oldest first: at most the newest ``most`` attempts at or after ``since``.

        What one message told of was tried together, and counts once.
        """
        ...

    def waiting(self) -> dict[str, int]:
        """How many deliveries wait, by endpoint."""
        ...

    def dead(self) -> dict[str, int]:
        """How many dead letters there are, by endpoint."""
        ...

    def replay(self, notification_id: Optional[str], *, at: float) -> Sequence[str]:
        """Have dead letters (of one notification, or all) wait again with all their tries; the endpoints concerned."""
        ...

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        """Give up dead letters (of one notification, or all); how many."""
        ...

    def prune(self, retention: Retention, *, most: int) -> int:
        """Forget up to ``most`` notifications that are past retention; how many. None that waits or is dead."""
        ...

    def open_tasks(self) -> Sequence[OpenTask]:
        """Tasks whose end is still to come."""
        ...

    def endings(self) -> Sequence[Ending]:
        """How the newest task of each plugin and kind ended."""
        ...

    def was_followed_by_success(self, notification: Notification) -> bool:
        """Whether a later task of the same plugin and kind succeeded, as far as that is remembered."""
        ...

    def turns(self) -> Mapping[str, str]:
        """By group, which endpoint had the newest turn (:attr:`TaskChange.turns`)."""
        ...

    def holders(self, notification_id: str) -> Sequence[str]:
        """The endpoints that were, or are, to tell of a notification: not those that passed it on or gave it up."""
        ...

    def late_events(self) -> Sequence[LateEvent]:
        """Events kept by :meth:`keep_late`, oldest first."""
        ...

    def keep_late(self, event: Event) -> None:
        """Keep an event for the next engine."""
        ...

    def close(self) -> None:
        """Let go of the file; what was claimed and not settled is free again for the next opening."""
        ...
