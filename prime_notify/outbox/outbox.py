"""Where deliveries wait: the outbox, which keeps them in a database.

It knows nothing of endpoints, channels or schedules: it stores what is to be delivered to whom, hands out what is due,
and records the outcome. Times are seconds of :meth:`prime_notify.clock.Clock.steady`.
"""

from __future__ import annotations

import itertools
import sqlite3
from typing import Collection, Iterable, List, Mapping, Optional, Sequence

from prime_notify.model.event import EventName, Status, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.outbox import queries, statements
from prime_notify.outbox.batch import Batch
from prime_notify.outbox.claims import Claims
from prime_notify.outbox.database import Act, Storage, T
from prime_notify.outbox.inbox import received_of, store
from prime_notify.outbox.payloads import Payloads
from prime_notify.outbox.rows import Rows
from prime_notify.outbox.values import (
    Delivery,
    Ending,
    OpenTask,
    Purpose,
    Received,
    Retention,
    Settlement,
    State,
    Substitute,
    TaskChange,
)

__all__ = ["Outbox"]


class Outbox:
    """Every call is atomic, safe from any thread, and raises :class:`OutboxError` where the database does.

    What :meth:`receive` took survives a power cut once it has returned, and so does a notification of :meth:`put` that
    was not received first. What :meth:`settle` recorded survives a killed process, and a power cut after the next
    :meth:`flush` or :meth:`receive`. A notification that was received, and that a power cut undoes, is received again.

    Leases are not stored: one process owns the folder (:mod:`prime_notify.outbox.ownership`), so a lease ends with the
    process that holds it, and taking one writes nothing. Keys are handed out here, so that none is used again while
    the process lives, whatever becomes of the database.
    """

    def __init__(self, database: Storage) -> None:
        self.database = database
        self._keys = itertools.count(database.first_key())
        self._claims = Claims(database)
        self._payloads = Payloads()
        self._open_tasks = {row[0]: row for row in database.read(queries.OPEN_TASK_ROWS)}
        self._settling: Batch[Sequence[Settlement]] = Batch(self._settle_all)

    # accepting

    def receive(self, events: Sequence[Received]) -> None:
        """Keep events until :meth:`put` takes each of them out of the inbox."""
        store(self.database, events)

    def inbox(self) -> Sequence[Received]:
        """The received events, in the order of their ids. One that has become a notification leaves the inbox here.

        That happens where a damaged file was saved from both sides of a :meth:`put`.
        """
        found = self.database.read(queries.INBOX)
        self.take_out([id for id, _, is_done in found if is_done])
        return [received_of(id, text) for id, text, is_done in found if not is_done]

    def take_out(self, ids: Sequence[str]) -> None:
        """Remove events from the inbox, where they are not to become notifications."""
        if ids:
            keys = [(id,) for id in ids]
            act = lambda connection: connection.executemany(statements.TAKE_OUT, keys)  # noqa: E731
            self.database.write("take-out", act, durable=False)

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

        ``in_order``: those of the endpoints that show a state, where the late end of a former task must not come after
        that of a later one: there, deliveries of one plugin and kind of task wait for each other, not only those of one
        task.
        """
        body = notification.payload.model_dump_json(exclude_none=True)
        purposes = {**dict.fromkeys(endpoints, Purpose.EVENT), **dict.fromkeys(recovery, Purpose.RECOVERY)}

        def act(connection: sqlite3.Connection) -> Sequence[queries.DueRow]:
            self._claims.forget_ahead(purposes)
            key = statements.put(connection, self._keys, notification, body, purposes, change, at=at, in_order=in_order)
            return [queries.DueRow._make(row) for row in connection.execute(queries.FIND_ALONE, (key,))]

        self._claims.learn(lambda: self.database.write("put", act, durable=change.received is None))
        self._payloads.remember(body, notification.payload)
        if change.opened:
            self._open_tasks[change.opened.task_id] = statements.open_task_row(change.opened)
        if change.closed:
            self._open_tasks.pop(change.closed, None)

    # handing out

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        """Lease the next due delivery, or None; nobody else gets it until it is settled or the process ends.

        Of one task, an event is handed out only when those before it came to an end. Only reads, so it works on a
        full disk.
        """
        row = self._claims.due(endpoint, at)
        while row is not None:
            payload = self._payloads.of(row.body)
            if payload is not None:
                return row.delivery(payload)
            self._bury([row], at)
            row = self._claims.due(endpoint, at)
        return None

    def next_read_ahead(self, endpoint: str) -> Optional[Notification]:
        """The notification of the next delivery, if it is known without a query. Nothing is leased."""
        row = self._claims.next_read_ahead(endpoint)
        payload = None if row is None else self._payloads.of(row.body)
        return None if payload is None else Notification(payload)

    def claim_deferred(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        """Lease the deferred deliveries of an endpoint that are due by ``at``, in the order of acceptance.

        At most ``most`` of them, the earliest due.
        """
        rows = self._claims.deferred(endpoint, at, most)
        unreadable = [row for row in rows if self._payloads.of(row.body) is None]
        if unreadable:
            self._bury(unreadable, at)
        return self._deliveries(sorted(rows))

    def _bury(self, rows: Sequence[queries.DueRow], at: float) -> None:
        reason = "what was stored cannot be read; another version of Prime Notify wrote it"
        self.settle(*(Settlement(row.key, State.DEAD, at, reason=reason, tried=False) for row in rows))

    def _deliveries(self, rows: Iterable[queries.DueRow]) -> List[Delivery]:
        """Those that can be read."""
        known = ((row, self._payloads.of(row.body)) for row in rows)
        return [row.delivery(payload) for row, payload in known if payload is not None]

    def next_due(self, endpoint: str) -> Optional[float]:
        """The moment when :meth:`claim` can next succeed, as far as is known now; None when nothing waits."""
        return self._claims.next_due(endpoint)

    def deferred_due(self, endpoint: str) -> Optional[float]:
        """The moment when the first deferred delivery is due; None when there is none."""
        return self._claims.deferred_due(endpoint)

    def make_deferred_due(self, endpoint: str, *, at: float) -> None:
        """Make all deferred deliveries due by ``at``, so that the lane decides anew."""
        self._write(
            "make-due", lambda connection: connection.execute(statements.MAKE_DUE, (at, endpoint)), durable=False
        )

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        """The first ``most`` waiting deliveries of an endpoint above key ``after``, deferred or not. None is leased."""
        return self._deliveries(map(queries.DueRow._make, self.database.read(queries.PEEK, endpoint, after, most)))

    def under_way(self) -> Rows:
        """The rows that are known without the database: of what is handed out or about to be, and open tasks."""
        rows = self._claims.known_rows()
        rows.add("open_task", statements.OPEN_TASK_COLUMNS, list(self._open_tasks.values()))
        return rows

    # outcomes

    def settle(self, *settlements: Settlement) -> None:
        """Record the outcomes of claimed deliveries, of all of them or of none, and give up their leases.

        A delivered one folds the deferred ones of its task before it, which it makes superfluous.
        """
        if settlements:
            self._settling.add(settlements)

    def _settle_all(self, groups: Sequence[Sequence[Settlement]]) -> None:
        """Lanes that finish at the same moment share a commit, so that many of them do not hold up a backup."""
        settlements = [settlement for group in groups for settlement in group]

        def act(connection: sqlite3.Connection) -> None:
            self._claims.settling(settlements)
            for settlement in settlements:
                statements.settle(connection, self._keys, settlement, folds=self._claims.may_fold(settlement.key))

        self.database.write("settle", act, durable=False)
        self._claims.end(settlement.key for settlement in settlements)

    def flush(self) -> None:
        """When there is time: make durable what was settled, to spare the next :meth:`put` that. Never raises."""
        self.database.flush()

    def reassign(self, key: int, substitutes: Sequence[Substitute], *, at: float) -> None:
        """Have another endpoint deliver the notification, too: the first of ``substitutes`` without a delivery of it.

        None of them, when one before that has it already, unless it gave it up. So it never comes back to where it was,
        with one exception: a dead letter goes back to one that only passed it on, when no other is left.
        Where the substitute gets it ``instead``, the delivery itself ends as ``PASSED``.
        """
        self._write("reassign", lambda connection: statements.reassign(connection, self._keys, key, substitutes, at))

    def replay(self, notification_id: Optional[str], *, at: float) -> Sequence[str]:
        """Queue dead letters (of one notification, or all) again with all their tries; the endpoints concerned."""
        return self._write("replay", lambda connection: statements.replay(connection, notification_id, at))

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        """Give up dead letters (of one notification, or all); how many."""
        return self._write("drop", lambda connection: statements.drop(connection, notification_id, at))

    def rename(self, old: str, new: str) -> None:
        """Give what is stored of an endpoint another name. A delivery under way is settled under the new one."""
        self._write("rename", lambda connection: statements.rename(connection, old, new))
        self._claims.renamed(old, new)

    def prune(self, retention: Retention, *, most: int) -> int:
        """Forget up to ``most`` notifications that are past retention; how many. None that waits or is dead."""
        parameters = (retention.since, retention.most, most)
        if not self.database.read(queries.FORGETTABLE, *parameters):
            return 0
        return self._write(
            "prune", lambda connection: connection.execute(statements.FORGET, parameters).rowcount, durable=False
        )

    def adopt_clock(self, now: float, longest: float) -> int:
        """Repair due times after the machine's clock was set back: all are due within ``longest`` seconds from ``now``.

        A process counts its seconds steadily, but the next one can only go by the clock. Returns how many were moved.
        """
        if not self.database.read(queries.DUE_AFTER, now + longest):
            return 0
        return self._write(
            "clock", lambda connection: connection.execute(statements.MOVE_DUE, (now, now + longest)).rowcount
        )

    def _write(self, name: str, act: Act[T], *, durable: bool = True) -> T:
        """In one transaction, which may change what comes next."""

        def changing(connection: sqlite3.Connection) -> T:
            self._claims.forget_ahead()
            return act(connection)

        return self.database.write(name, changing, durable=durable)

    # looking

    def health(self, endpoint: str) -> Health:
        """The health of the endpoint when something was last settled there."""
        rows = self.database.read(queries.HEALTH, endpoint)
        return Health.from_json(rows[0][0]) if rows else Health()

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        """When the endpoint was tried, oldest first: at most the newest ``most`` attempts at or after ``since``.

        The deliveries that one message was about were tried together, which counts once.
        """
        return [at for (at,) in reversed(self.database.read(queries.ATTEMPTS_SINCE, endpoint, since, most))]

    def waiting(self) -> dict[str, int]:
        """How many deliveries wait, by endpoint."""
        return dict(self.database.read(queries.COUNT_WAITING))

    def dead(self) -> dict[str, int]:
        """How many dead letters there are, by endpoint."""
        return dict(self.database.read(queries.COUNT_DEAD))

    def open_tasks(self) -> Sequence[OpenTask]:
        """Tasks whose end is still to come."""
        return [
            OpenTask(id, plugin, EventName(start), owner, first, *queries.start_fields_of(body), at)
            for id, plugin, start, owner, first, body, at in self.database.read(queries.OPEN_TASKS)
        ]

    def endings(self) -> Sequence[Ending]:
        """How the newest task of each plugin and kind ended."""
        rows = self.database.read(queries.ENDINGS)
        return [Ending(plugin_id, Task(task), Status(status)) for plugin_id, task, status in rows]

    def turns(self) -> Mapping[str, str]:
        """By group, which endpoint had the newest turn (:attr:`TaskChange.turns`)."""
        return dict(self.database.read(queries.TURNS))

    def holders(self, notification_id: str) -> Sequence[str]:
        """The endpoints that deliver, or delivered, a notification: not those that passed it on or gave it up."""
        return [endpoint for (endpoint,) in self.database.read(queries.HOLDERS, notification_id)]

    def close(self) -> None:
        """Let go of the database; what was claimed and not settled is free again for the next one that opens it."""
        self.database.close()
