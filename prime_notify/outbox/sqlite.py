"""The outbox on disk: one SQLite file, and what is accepted survives a pulled plug."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Collection, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from prime_notify.crash_points import Step, no_step
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.outbox import reads, writes
from prime_notify.outbox.base import OutboxError
from prime_notify.outbox.batch import Batch
from prime_notify.outbox.database import Database
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
    is_kindred_success,
)

__all__ = ["SqliteOutbox"]


class SqliteOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`.

    Leases are not on disk: one process owns the file (:mod:`prime_notify.outbox.ownership`), so a lease ends with the
    process that holds it, and taking one writes nothing.
    """

    def __init__(self, path: Path, step: Step = no_step) -> None:
        self.database = Database(path, step)
        self._leased: set[int] = set()
        self._settling: Batch[Sequence[Settlement]] = Batch(self._settle_all)

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
        body = notification.payload.model_dump_json(exclude_none=True)
        purposes = {**dict.fromkeys(endpoints, Purpose.EVENT), **dict.fromkeys(recovery, Purpose.RECOVERY)}
        with self.database.transaction("put") as connection:
            writes.put(connection, notification, body, purposes, change, at=at, in_order=in_order)

    def bring(
        self, notification: Notification, deliveries: Sequence[Standing], change: TaskChange, *, at: float
    ) -> None:
        body = notification.payload.model_dump_json(exclude_none=True)
        with self.database.transaction("put") as connection:
            writes.bring(connection, notification, body, deliveries, change, at=at)

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        return next(iter(self._claim(reads.FIND_DUE, endpoint, at, 1)), None)

    def claim_held(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        return sorted(self._claim(reads.FIND_HELD, endpoint, at, most), key=lambda delivery: delivery.key)

    def _claim(self, query: str, endpoint: str, at: float, most: int) -> List[Delivery]:
        claimed: List[Delivery] = []
        unreadable: List[int] = []
        with self._rows(query, endpoint, at) as rows:
            for row in rows:
                if row[0] in self._leased:
                    continue
                self._leased.add(row[0])
                delivery = reads.delivery_of(endpoint, row)
                if delivery is None:
                    unreadable.append(row[0])
                else:
                    claimed.append(delivery)
                if len(claimed) + len(unreadable) == most:
                    break
        if not unreadable:
            return claimed
        reason = "what was stored cannot be read; another version of Prime Notify wrote it"
        self.settle(*(Settlement(key, State.DEAD, at, reason=reason, tried=False) for key in unreadable))
        return claimed + self._claim(query, endpoint, at, most - len(claimed))

    def settle(self, *settlements: Settlement) -> None:
        if settlements:
            self._settling.add(settlements)

    def _settle_all(self, groups: Sequence[Sequence[Settlement]]) -> None:
        """Lanes that finish at the same moment share a commit, so that many of them do not hold up a backup."""
        settlements = [settlement for group in groups for settlement in group]
        with self.database.transaction("settle", durable=False) as connection:
            for settlement in settlements:
                writes.settle(connection, settlement)
        self._leased.difference_update(settlement.key for settlement in settlements)

    def flush(self) -> None:
        self.database.flush()

    def next_due(self, endpoint: str) -> Optional[float]:
        with self._rows(reads.NEXT_DUE, endpoint) as rows:
            return next((due for key, due in rows if key not in self._leased), None)

    def held_due(self, endpoint: str) -> Optional[float]:
        with self._rows(reads.HELD_DUE, endpoint) as rows:
            return next((due for key, due in rows if key not in self._leased), None)

    def release(self, endpoint: str, *, at: float) -> None:
        with self.database.transaction("release", durable=False) as connection:
            connection.execute(reads.RELEASE, (at, endpoint))

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        found = (reads.delivery_of(endpoint, row) for row in self.database.read(reads.PEEK, endpoint, after, most))
        return [delivery for delivery in found if delivery is not None]

    def peek_unwritten(self, _endpoint: str) -> Sequence[Delivery]:
        return ()

    def kin(self, key: int) -> Sequence[Tuple[str, State]]:
        return [(endpoint, State(state)) for _, endpoint, state in self.database.read(reads.KIN, key)]

    def hand_over(self, key: int, heirs: Sequence[Heir], *, at: float) -> bool:
        with self.database.transaction("hand-over") as connection:
            writes.hand_over(connection, key, heirs, at)
        return True

    @contextlib.contextmanager
    def _rows(self, query: str, *parameters: object) -> Iterator[Iterable[Any]]:
        """One row after another, for those who need only the first few."""
        with self.database.using() as connection:
            rows = connection.execute(query, parameters)
            try:
                yield rows
            finally:
                rows.close()

    def health(self, endpoint: str) -> Health:
        rows = self.database.read("SELECT value FROM health WHERE endpoint = ?", endpoint)
        return Health.from_json(rows[0][0]) if rows else Health()

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        return [at for (at,) in reversed(self.database.read(reads.ATTEMPTS_SINCE, endpoint, since, most))]

    def waiting(self) -> dict[str, int]:
        return self._count(State.WAITING)

    def dead(self) -> dict[str, int]:
        return self._count(State.DEAD)

    def _count(self, state: State) -> dict[str, int]:
        # the state stands in the query itself, so that SQLite can use the index of that state
        query = f"SELECT endpoint, count(*) FROM delivery WHERE state = '{state.value}' GROUP BY endpoint"  # noqa: S608
        return dict(self.database.read(query))

    def replay(self, notification_id: Optional[str], *, at: float) -> Sequence[str]:
        with self.database.transaction("replay") as connection:
            rows = connection.execute(reads.DEAD, (notification_id,)).fetchall()
            connection.executemany(
                "UPDATE delivery SET state = 'waiting', due = ?, attempts = 0 WHERE seq = ?",
                [(at, key) for key, _ in rows],
            )
        return sorted({endpoint for _, endpoint in rows})

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        with self.database.transaction("drop") as connection:
            rows = connection.execute(reads.DEAD, (notification_id,)).fetchall()
            connection.executemany(
                "UPDATE delivery SET state = 'dropped', settled = ? WHERE seq = ?", [(at, key) for key, _ in rows]
            )
        return len(rows)

    def prune(self, retention: Retention, *, most: int) -> int:
        parameters = (retention.since, retention.most, most)
        if not self.database.read(reads.FORGETTABLE, *parameters):
            return 0
        with self.database.transaction("prune", durable=False) as connection:
            forgotten = f"DELETE FROM notification WHERE seq IN ({reads.FORGETTABLE})"  # noqa: S608
            return connection.execute(forgotten, parameters).rowcount

    def adopt_clock(self, now: float, longest: float) -> int:
        """Make sense of due times after the machine's clock was set back: due within ``longest`` seconds, all of them.

        A process counts its seconds steadily, but the next one can only go by the clock. Returns how many were moved.
        """
        late = "state = 'waiting' AND due > ?"
        if not self.database.read(f"SELECT 1 FROM delivery WHERE {late} LIMIT 1", now + longest):  # noqa: S608
            return 0
        with self.database.transaction("clock") as connection:
            moved = f"UPDATE delivery SET due = ? WHERE {late}"  # noqa: S608
            return connection.execute(moved, (now, now + longest)).rowcount

    def open_tasks(self) -> Sequence[OpenTask]:
        return [
            OpenTask(task_id, plugin_id, EventName(start), owner, notification_id, reads.task_fields_of(payload))
            for task_id, plugin_id, start, owner, notification_id, payload in self.database.read(reads.OPEN_TASKS)
        ]

    def endings(self) -> Sequence[Ending]:
        rows = self.database.read("SELECT plugin_id, task, status FROM ending")
        return [Ending(plugin_id, Task(task), Status(status)) for plugin_id, task, status in rows]

    def was_followed_by_success(self, notification: Notification) -> bool:
        with self._rows(reads.LATER_SUCCESSES, notification.id) as rows:
            later = (reads.payload_of(body) for (body,) in rows)
            return any(one is not None and is_kindred_success(one, notification.payload) for one in later)

    def turns(self) -> Mapping[str, str]:
        return dict(self.database.read("SELECT name, endpoint FROM turn"))

    def holders(self, notification_id: str) -> Sequence[str]:
        return [endpoint for (endpoint,) in self.database.read(reads.HOLDERS, notification_id)]

    def late_events(self) -> Sequence[LateEvent]:
        found: List[LateEvent] = []
        for key, text in self.database.read("SELECT seq, event FROM late_event ORDER BY seq"):
            name, plugin_id, plugin_version, fields = json.loads(text)
            found.append(LateEvent(key, Event(EventName(name), plugin_id, plugin_version, fields)))
        return found

    def keep_late(self, event: Event) -> None:
        try:
            known = [event.name.value, event.plugin_id, event.plugin_version, dict(event.fields)]
            text = json.dumps(known, default=str)
        except (TypeError, ValueError, RecursionError) as error:
            raise OutboxError(f"the event cannot be stored as it is: {error}") from error
        with self.database.transaction("late") as connection:
            connection.execute("INSERT INTO late_event (event) VALUES (?)", (text,))

    def close(self) -> None:
        self.database.close()
