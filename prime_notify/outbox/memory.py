"""The outbox in memory: the same contract without a file, for when the disk refuses, and as the tests' plain model."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from dataclasses import dataclass
from typing import Collection, Iterator, List, Mapping, Optional, Sequence, Tuple

from prime_notify.model.event import Event, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.outbox.base import Outbox
from prime_notify.outbox.values import (
    Delivery,
    Ending,
    Heir,
    LateEvent,
    OpenTask,
    Purpose,
    Retention,
    Settlement,
    Standing,
    State,
    TaskChange,
    heir_of,
    is_kindred_success,
    queue_of,
)

__all__ = ["Load", "MemoryOutbox"]

_OF_A_STANDING = tuple(field.name for field in dataclasses.fields(Standing))
_KEPT = 1000  # notifications that came to their end; nobody can look at them anyway


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
    receipt: Optional[Mapping[str, str]] = None
    queue: str = ""
    held: bool = False
    purpose: Purpose = Purpose.EVENT
    given_up: bool = False  # before it was passed on
    settled: float = 0.0
    root: int = 0  # of a reminder, and of the reminders after it: what it first reminded of

    def delivery(self, previous: Optional[Mapping[str, str]] = None) -> Delivery:
        """As it is handed out."""
        return Delivery(
            self.key,
            self.endpoint,
            self.attempts + 1,
            self.accepted,
            self.notification,
            previous,
            due=self.due,
            purpose=self.purpose,
        )


@dataclass(frozen=True)
class Load:
    """What another store is to take over of one notification, as :meth:`prime_notify.outbox.base.Outbox.bring` does."""

    notification: Notification
    deliveries: List[Standing]
    change: TaskChange
    at: float

    def bring_to(self, store: Outbox) -> None:
        store.bring(self.notification, self.deliveries, self.change, at=self.at)


class MemoryOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`; what it holds ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._rows: dict[int, _Row] = {}
        self._keys = itertools.count(1)
        self._open: dict[str, OpenTask] = {}
        self._endings: dict[Tuple[str, Task], Ending] = {}
        self._late: dict[int, LateEvent] = {}
        self._turns: dict[str, str] = {}
        self._health: dict[str, Health] = {}
        self._attempts: dict[str, List[float]] = {}
        self._accepted: List[Tuple[Notification, TaskChange, float]] = []

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
        with self._lock:
            self._accept(notification, change, at)
            purposes = {**dict.fromkeys(endpoints, Purpose.EVENT), **dict.fromkeys(recovery, Purpose.RECOVERY)}
            for endpoint, purpose in purposes.items():
                key = next(self._keys)
                queue = queue_of(notification, in_order=endpoint in in_order)
                self._rows[key] = _Row(key, endpoint, notification, at, at, queue=queue, purpose=purpose)

    def _accept(self, notification: Notification, change: TaskChange, at: float) -> None:
        self._accepted = [*self._accepted[-_KEPT:], (notification, change, at)]
        self._apply(change)

    def _apply(self, change: TaskChange) -> None:
        if change.opened:
            self._open[change.opened.task_id] = change.opened
        if change.closed:
            self._open.pop(change.closed, None)
        if change.ended:
            self._endings[change.ended.plugin_id, change.ended.task] = change.ended
        if change.late is not None:
            self._late.pop(change.late, None)
        self._turns.update(change.turns)

    def bring(
        self, notification: Notification, deliveries: Sequence[Standing], change: TaskChange, *, at: float
    ) -> None:
        with self._lock:
            if any(known.id == notification.id for known, *_ in self._accepted):
                self._apply(change)
            else:
                self._accept(notification, change, at)
            rows = self._rows_of(notification.id)
            waiting = {(row.endpoint, row.purpose) for row in rows if row.state is State.WAITING}
            for one in deliveries:
                if (one.endpoint, one.purpose) not in waiting:
                    key, more = next(self._keys), {name: getattr(one, name) for name in _OF_A_STANDING}
                    self._rows[key] = _Row(key, notification=notification, accepted=at, **more)

    def adopt(self, delivery: Delivery, settlement: Settlement, known: Sequence[Tuple[str, State]]) -> int:
        """Take over a delivery that another store handed out and could not settle so; its key here.

        ``known``: as :meth:`settle` takes it.
        """
        with self._lock:
            key, notification = next(self._keys), delivery.notification
            self._rows[key] = _Row(
                key,
                delivery.endpoint,
                notification,
                delivery.accepted,
                settlement.due,
                attempts=delivery.attempt - 1,
                receipt=delivery.previous,
                queue=notification.payload.task_id,
                purpose=delivery.purpose,
            )
            self.settle(dataclasses.replace(settlement, key=key), known=known)
            return key

    def discard(self, key: int) -> None:
        """Forget a delivery that another store has after all, and what reminds of it."""
        with self._lock:
            for row in [row for row in self._rows.values() if key in (row.key, row.root)]:
                del self._rows[row.key]

    def is_leased(self, key: int) -> bool:
        """Whether a delivery is being tried, or what reminds of it."""
        with self._lock:
            return any(row.leased for row in self._rows.values() if key in (row.key, row.root))

    def completed(self, key: int, settlement: Settlement) -> Settlement:
        """``settlement`` of an adopted delivery as it stands by now. Who took it over has a delivery of their own."""
        with self._lock:
            rows = self._rows.values()
            due = [row.due for row in rows if row.root == key and row.state is State.WAITING]
            return dataclasses.replace(
                settlement, state=self._rows[key].state, heirs=(), remind_at=max(due, default=None)
            )

    def holds(self, task_id: str) -> bool:
        """Whether anything of a task waits here."""
        with self._lock:
            rows = [row for row in self._rows.values() if row.state is State.WAITING]
            return any(row.notification.payload.task_id == task_id for row in rows)

    def take(self, *, but: Collection[int]) -> Sequence[Load]:
        """Hand over, for another store, all that is here, in the order of acceptance, except the deliveries ``but``.

        What reminds of those stays, and so does whatever belongs to a task of which something is being tried.
        """
        with self._lock:
            rows = list(self._rows.values())
            busy = {row.notification.payload.task_id for row in rows if row.leased}
            loads = {one.id: Load(one, [], change, at) for one, change, at in self._accepted}
            for row in rows:
                if row.key not in but and row.root not in but:
                    load = Load(row.notification, [], TaskChange(), row.accepted)
                    stands = Standing(**{name: getattr(row, name) for name in _OF_A_STANDING})
                    loads.setdefault(row.notification.id, load).deliveries.append(stands)
            taken = {id: one for id, one in loads.items() if one.notification.payload.task_id not in busy}
            self._rows = {
                row.key: row for row in rows if row.notification.id not in taken or row.key in but or row.root in but
            }
            self._accepted = [one for one in self._accepted if one[0].id not in taken]
            self._open, self._endings, self._turns = {}, {}, {}
            for _, change, _ in self._accepted:
                self._apply(change)
        return list(taken.values())

    def _waiting_for(self, endpoint: str) -> List[_Row]:
        return [row for row in self._rows.values() if row.endpoint == endpoint and row.state is State.WAITING]

    def _rows_of(self, notification_id: str) -> List[_Row]:
        return [row for row in self._rows.values() if row.notification.id == notification_id]

    def _ready(self, endpoint: str) -> Iterator[_Row]:
        """Waiting rows of ``endpoint`` that nothing of the same task is ahead of."""
        queues = set()
        for row in self._waiting_for(endpoint):
            if row.held:
                continue
            if row.queue not in queues and not row.leased:
                yield row
            queues.add(row.queue)

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        with self._lock:
            due = [row for row in self._ready(endpoint) if row.due <= at]
            if not due:
                return None
            row = min(due, key=lambda row: (row.due, row.key))
            kin = [other for other in self._rows.values() if (other.endpoint, other.queue) == (endpoint, row.queue)]
            superseded = any(other.key > row.key and other.state is State.WAITING for other in kin)
            return dataclasses.replace(self._leased(row), superseded=superseded)

    def _leased(self, row: _Row) -> Delivery:
        self._rows[row.key] = dataclasses.replace(row, leased=True)
        kin = [other for other in self._rows.values() if (other.endpoint, other.queue) == (row.endpoint, row.queue)]
        receipts = [other.receipt for other in kin if other.receipt]
        return row.delivery(receipts[-1] if receipts else None)

    def _held(self, endpoint: str) -> List[_Row]:
        """What is held back and not being told at this moment, what is due first first."""
        rows = [row for row in self._waiting_for(endpoint) if row.held and not row.leased]
        return sorted(rows, key=lambda row: (row.due, row.key))

    def claim_held(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        with self._lock:
            due = [row for row in self._held(endpoint) if row.due <= at][:most]
            return [self._leased(row) for row in sorted(due, key=lambda row: row.key)]

    def held_due(self, endpoint: str) -> Optional[float]:
        with self._lock:
            return next((row.due for row in self._held(endpoint)), None)

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        with self._lock:
            found = [row for row in self._waiting_for(endpoint) if row.key > after][:most]
            return [row.delivery() for row in found]

    def peek_unwritten(self, _endpoint: str) -> Sequence[Delivery]:
        return ()

    def kin(self, key: int) -> Sequence[Tuple[str, State]]:
        with self._lock:
            kin = self._rows_of(self._rows[key].notification.id)
            return [(other.endpoint, State.DEAD if other.given_up else other.state) for other in kin]

    def hand_over(self, key: int, heirs: Sequence[Heir], *, at: float, known: Sequence[Tuple[str, State]] = ()) -> bool:
        """See :meth:`prime_notify.outbox.base.Outbox.hand_over`; ``known``: kin that another store has."""
        with self._lock:
            row = self._rows[key]
            given_up = row.state is State.DEAD
            elsewhere = [(endpoint, state) for endpoint, state in known if endpoint != row.endpoint]
            heir = heir_of(heirs, [*self.kin(key), *elsewhere], given_up=given_up)
            if heir is None:
                return True
            kin = self._rows_of(row.notification.id)
            passed = [other for other in kin if other.endpoint == heir.endpoint and other.state is State.PASSED]
            if passed:
                again = dataclasses.replace(passed[0], state=State.WAITING, due=at, attempts=0)
                self._rows[again.key] = again
            else:
                new = next(self._keys)
                self._rows[new] = _Row(new, heir.endpoint, row.notification, row.accepted, at, queue=heir.queue)
            if heir.instead:
                self._rows[key] = dataclasses.replace(row, state=State.PASSED, held=False, given_up=given_up)
            return True

    def release(self, endpoint: str, *, at: float) -> None:
        with self._lock:
            for row in self._held(endpoint):
                self._rows[row.key] = dataclasses.replace(row, due=min(row.due, at))

    def settle(self, *settlements: Settlement, known: Sequence[Tuple[str, State]] = ()) -> None:
        """See :meth:`prime_notify.outbox.base.Outbox.settle`; ``known``: kin that another store has."""
        with self._lock:
            for settlement in settlements:
                self._settle(settlement, known)
            self._forget_some()

    def _settle(self, settlement: Settlement, known: Sequence[Tuple[str, State]]) -> None:
        row = self._rows[settlement.key]
        self._rows[row.key] = dataclasses.replace(
            row,
            state=settlement.state,
            due=settlement.due,
            attempts=row.attempts + settlement.tried,
            leased=False,
            held=settlement.held,
            settled=settlement.at,
            receipt=settlement.receipt or row.receipt,
        )
        if settlement.remind_at is not None:
            key, due, root, why = next(self._keys), settlement.remind_at, row.root or row.key, Purpose.REMINDER
            self._rows[key] = _Row(
                key, row.endpoint, row.notification, row.accepted, due, queue=row.queue, purpose=why, root=root
            )
        self.hand_over(row.key, settlement.heirs, at=settlement.at, known=known)
        if settlement.state is State.DELIVERED:
            for other in self._held(row.endpoint):
                if other.queue == row.queue and other.key < row.key:
                    self._rows[other.key] = dataclasses.replace(other, state=State.FOLDED, held=False)
        if settlement.tried and not settlement.shared:
            self._attempts.setdefault(row.endpoint, []).append(settlement.at)
        if settlement.health is not None:
            self._health[row.endpoint] = settlement.health

    def _forget_some(self) -> None:
        ended = [key for key, row in self._rows.items() if row.state not in (State.WAITING, State.DEAD)]
        for key in ended[:-_KEPT]:
            del self._rows[key]

    def was_followed_by_success(self, notification: Notification) -> bool:
        with self._lock:
            later = [one.payload for one, *_ in self._accepted if one.id > notification.id]
        return any(is_kindred_success(payload, notification.payload) for payload in later)

    def flush(self) -> None:
        """Nothing here is durable."""

    def next_due(self, endpoint: str) -> Optional[float]:
        with self._lock:
            return min((row.due for row in self._ready(endpoint)), default=None)

    def health(self, endpoint: str) -> Health:
        return self._health.get(endpoint, Health())

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        return [at for at in self._attempts.get(endpoint, ()) if at >= since][-most:]

    def waiting(self) -> dict[str, int]:
        return self._count(State.WAITING)

    def dead(self) -> dict[str, int]:
        return self._count(State.DEAD)

    def _count(self, state: State) -> dict[str, int]:
        counts: dict[str, int] = {}
        with self._lock:
            for row in self._rows.values():
                if row.state is state:
                    counts[row.endpoint] = counts.get(row.endpoint, 0) + 1
        return counts

    def _dead_rows(self, notification_id: Optional[str]) -> List[_Row]:
        wanted = [row for row in self._rows.values() if row.state is State.DEAD]
        return [row for row in wanted if notification_id in (None, row.notification.id)]

    def replay(self, notification_id: Optional[str], *, at: float) -> Sequence[str]:
        with self._lock:
            rows = self._dead_rows(notification_id)
            for row in rows:
                self._rows[row.key] = dataclasses.replace(row, state=State.WAITING, due=at, attempts=0)
        return sorted({row.endpoint for row in rows})

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        with self._lock:
            rows = self._dead_rows(notification_id)
            for row in rows:
                self._rows[row.key] = dataclasses.replace(row, state=State.DROPPED)
        return len(rows)

    def prune(self, retention: Retention, *, most: int) -> int:
        with self._lock:
            by_id: dict[str, List[_Row]] = {}
            for row in self._rows.values():
                by_id.setdefault(row.notification.id, []).append(row)
            newest = set(list(by_id)[-retention.most :]) if retention.most else set()
            ended = [
                rows
                for id, rows in by_id.items()
                if (rows[0].accepted < retention.since or id not in newest)
                and not any(row.state in (State.WAITING, State.DEAD) for row in rows)
            ][:most]
            for rows in ended:
                for row in rows:
                    del self._rows[row.key]
        return len(ended)

    def state_of(self, notification_id: str) -> dict[str, State]:
        """The state of each delivery of a notification, by endpoint."""
        with self._lock:
            rows = self._rows_of(notification_id)
        return {row.endpoint: row.state for row in rows}

    def open_tasks(self) -> Sequence[OpenTask]:
        with self._lock:
            return list(self._open.values())

    def endings(self) -> Sequence[Ending]:
        with self._lock:
            return list(self._endings.values())

    def turns(self) -> Mapping[str, str]:
        with self._lock:
            return dict(self._turns)

    def holders(self, notification_id: str) -> Sequence[str]:
        with self._lock:
            rows = self._rows_of(notification_id)
        passed = (State.PASSED, State.DEAD)
        return [row.endpoint for row in rows if row.purpose is Purpose.EVENT and row.state not in passed]

    def late_events(self) -> Sequence[LateEvent]:
        with self._lock:
            return list(self._late.values())

    def keep_late(self, event: Event) -> None:
        with self._lock:
            key = next(self._keys)
            self._late[key] = LateEvent(key, event)

    def close(self) -> None:
        """Nothing to let go of."""
