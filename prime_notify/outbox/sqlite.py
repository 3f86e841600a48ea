"""The outbox on disk: one SQLite file, and what is accepted survives a pulled plug."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any, Collection, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from pydantic import ValidationError

from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.health import Health
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.base import (
    Delivery,
    Ending,
    Heir,
    LateEvent,
    OpenTask,
    OutboxError,
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
from prime_notify.outbox.batch import Batch
from prime_notify.outbox.database import Database
from prime_notify.steps import Step, no_step

__all__ = ["SqliteOutbox"]

_EVENT, _RECOVERY = Purpose.EVENT.value, Purpose.RECOVERY.value
_PUT_NOTIFICATION = "INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)"
_PUT_DELIVERY = "INSERT INTO delivery (notification, endpoint, task_id, due, purpose) VALUES (?, ?, ?, ?, ?)"
_BRING_NOTIFICATION = "INSERT OR IGNORE INTO notification (id, accepted, payload) VALUES (?, ?, ?)"
_BRING_DELIVERY = """
    INSERT INTO delivery
        (notification, endpoint, task_id, state, due, settled, attempts, purpose, held, receipt)
    SELECT seq, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM notification WHERE id = ?1 AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE notification = notification.seq AND endpoint = ?2 AND purpose = ?8
          AND state = 'waiting')
"""
_PUT_OPEN_TASK = (
    "INSERT OR REPLACE INTO open_task (task_id, plugin_id, start, owner, notification_id) VALUES (?, ?, ?, ?, ?)"
)
_OPEN_TASKS = """
    SELECT task_id, plugin_id, start, owner, notification_id,
        (SELECT payload FROM notification WHERE id = notification_id)
    FROM open_task ORDER BY rowid
"""

# A delivery is ready when no earlier one of the same task still waits for the same endpoint: a start before its end.
# What is held back is another matter: it holds up nothing.
_READY = """
    state = 'waiting' AND held = 0 AND NOT EXISTS (
        SELECT 1 FROM delivery AS earlier
        WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
          AND earlier.state = 'waiting' AND earlier.held = 0 AND earlier.seq < delivery.seq)
"""
_FIND_DUE = f"""
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload,
        (SELECT receipt FROM delivery AS earlier
         WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
           AND earlier.receipt IS NOT NULL ORDER BY earlier.seq DESC LIMIT 1),
        EXISTS (SELECT 1 FROM delivery AS later
         WHERE later.endpoint = delivery.endpoint AND later.task_id = delivery.task_id
           AND later.state = 'waiting' AND later.seq > delivery.seq), due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND due <= ? AND {_READY} ORDER BY due, delivery.seq
"""  # noqa: S608  (no input in it)
_FIND_HELD = """
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload,
        (SELECT receipt FROM delivery AS earlier
         WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
           AND earlier.receipt IS NOT NULL ORDER BY earlier.seq DESC LIMIT 1),
        0, due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND due <= ? AND state = 'waiting' AND held = 1 ORDER BY due, delivery.seq
"""
_PEEK = """
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload, NULL, 0, due, purpose
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND state = 'waiting' AND delivery.seq > ? ORDER BY delivery.seq LIMIT ?
"""
_KIN = """
    SELECT seq, endpoint, CASE WHEN state = 'passed' AND EXISTS
        (SELECT 1 FROM attempt WHERE delivery = delivery.seq AND outcome = 'dead') THEN 'dead' ELSE state END
    FROM delivery WHERE notification = (SELECT notification FROM delivery WHERE seq = ?)
"""  # who gave it up before passing it on will not have it again
_TAKE_OVER = """
    INSERT INTO delivery (notification, endpoint, task_id, due) SELECT notification, ?, ?, ? FROM delivery WHERE seq = ?
"""
_TAKE_BACK = """
    UPDATE delivery SET state = 'waiting', due = ?, attempts = 0
    WHERE notification = (SELECT notification FROM delivery WHERE seq = ?) AND endpoint = ? AND state = 'passed'
"""
_HANDED_ON = "UPDATE delivery SET state = 'passed', settled = ?, held = 0 WHERE seq = ?"
_HOLDERS = """
    SELECT endpoint FROM delivery
    WHERE notification = (SELECT seq FROM notification WHERE id = ?)
      AND purpose = 'event' AND state NOT IN ('passed', 'dead') ORDER BY seq
"""
_REMIND = """
    INSERT INTO delivery (notification, endpoint, task_id, due, purpose)
    SELECT notification, endpoint, task_id, ?, 'reminder' FROM delivery WHERE seq = ?
"""
_HELD_DUE = "SELECT seq, due FROM delivery WHERE endpoint = ? AND state = 'waiting' AND held = 1 ORDER BY due, seq"
_RELEASE = "UPDATE delivery SET due = ?1 WHERE endpoint = ?2 AND state = 'waiting' AND held = 1 AND due > ?1"
_NEXT_DUE = f"SELECT seq, due FROM delivery WHERE endpoint = ? AND {_READY} ORDER BY due, seq"  # noqa: S608
_SETTLE = (
    "UPDATE delivery SET state = ?, due = ?, settled = ?, reason = ?, receipt = coalesce(?, receipt), held = ? "
    "WHERE seq = ?"
)
_FOLD_HELD = """
    UPDATE delivery SET state = 'folded', settled = ?1, held = 0
    WHERE state = 'waiting' AND held = 1 AND seq < ?2
      AND (endpoint, task_id) = (SELECT endpoint, task_id FROM delivery WHERE seq = ?2)
"""
_SETTLE_TRIED = """
    UPDATE delivery SET state = ?, due = ?, settled = ?, reason = ?, receipt = coalesce(?, receipt), held = ?,
        attempts = attempts + 1, status = ?, ms = ? WHERE seq = ?
"""
_RECORD = """
    INSERT INTO attempt (delivery, number, at, outcome, status, ms, reason, hint, response, shared)
    SELECT seq, attempts, ?, state, ?, ?, ?, ?, ?, ? FROM delivery WHERE seq = ?
"""
_SET_HEALTH = "INSERT OR REPLACE INTO health (endpoint, value) SELECT endpoint, ? FROM delivery WHERE seq = ?"
_DEAD = """
    SELECT delivery.seq, endpoint FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE state = 'dead' AND (?1 IS NULL OR notification.id = ?1)
"""
_ATTEMPTS_SINCE = """
    SELECT at FROM (SELECT delivery, at FROM attempt WHERE shared = 0 ORDER BY seq DESC LIMIT 2000) AS newest
    JOIN delivery ON delivery.seq = newest.delivery WHERE endpoint = ? AND at >= ? ORDER BY at DESC LIMIT ?
"""
_LATER_SUCCESSES = """
    SELECT payload FROM notification WHERE id > ? AND payload LIKE '%"status":"success"%' ORDER BY id DESC
"""
_FORGETTABLE = """
    SELECT seq FROM notification
    WHERE (accepted < ?1 OR seq <= (SELECT seq FROM notification ORDER BY seq DESC LIMIT 1 OFFSET ?2))
      AND NOT EXISTS (SELECT 1 FROM delivery
                      WHERE delivery.notification = notification.seq AND state IN ('waiting', 'dead'))
    ORDER BY seq LIMIT ?3
"""


class SqliteOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`.

    Leases are not on disk: one process owns the file (:mod:`prime_notify.outbox.ownership`), so a lease ends with the
    process that holds it, and taking one writes nothing.
    """

    def __init__(self, path: Path, step: Step = no_step) -> None:
        self.database = Database(path, step)
        self._leased: set[int] = set()
        self._settling: Batch[Settlement] = Batch(self._settle_all)

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
        with self.database.transaction("put") as connection:
            row = connection.execute(_PUT_NOTIFICATION, (notification.id, at, body)).lastrowid
            purposes = {**dict.fromkeys(endpoints, _EVENT), **dict.fromkeys(recovery, _RECOVERY)}
            queues = queue_of(notification, in_order=False), queue_of(notification, in_order=True)
            deliveries = [
                (row, endpoint, queues[endpoint in in_order], at, purpose) for endpoint, purpose in purposes.items()
            ]
            connection.executemany(_PUT_DELIVERY, deliveries)
            _change(connection, change)

    def bring(
        self, notification: Notification, deliveries: Sequence[Standing], change: TaskChange, *, at: float
    ) -> None:
        body = notification.payload.model_dump_json(exclude_none=True)
        with self.database.transaction("put") as connection:
            connection.execute(_BRING_NOTIFICATION, (notification.id, at, body))
            connection.executemany(_BRING_DELIVERY, [_brought(notification.id, one) for one in deliveries])
            _change(connection, change)

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        return next(iter(self._claim(_FIND_DUE, endpoint, at, 1)), None)

    def claim_held(self, endpoint: str, *, at: float, most: int) -> Sequence[Delivery]:
        return sorted(self._claim(_FIND_HELD, endpoint, at, most), key=lambda delivery: delivery.key)

    def _claim(self, query: str, endpoint: str, at: float, most: int) -> List[Delivery]:
        claimed: List[Delivery] = []
        unreadable: List[int] = []
        with self._rows(query, endpoint, at) as rows:
            for row in rows:
                if row[0] in self._leased:
                    continue
                self._leased.add(row[0])
                delivery = _delivery(endpoint, row)
                if delivery is None:
                    unreadable.append(row[0])
                else:
                    claimed.append(delivery)
                if len(claimed) + len(unreadable) == most:
                    break
        if not unreadable:
            return claimed
        reason = "what was stored cannot be read; another version of Prime Notify wrote it"
        for key in unreadable:
            self.settle(Settlement(key, State.DEAD, at, reason=reason, tried=False))
        return claimed + self._claim(query, endpoint, at, most - len(claimed))

    def settle(self, settlement: Settlement) -> None:
        self._settling.add(settlement)

    def _settle_all(self, settlements: Sequence[Settlement]) -> None:
        """Lanes that finish at the same moment share a commit, so that many of them do not hold up a backup."""
        with self.database.transaction("settle", durable=False) as connection:
            for settlement in settlements:
                _settle(connection, settlement)
        self._leased.difference_update(settlement.key for settlement in settlements)

    def flush(self) -> None:
        self.database.flush()

    def next_due(self, endpoint: str) -> Optional[float]:
        with self._rows(_NEXT_DUE, endpoint) as rows:
            return next((due for key, due in rows if key not in self._leased), None)

    def held_due(self, endpoint: str) -> Optional[float]:
        with self._rows(_HELD_DUE, endpoint) as rows:
            return next((due for key, due in rows if key not in self._leased), None)

    def release(self, endpoint: str, *, at: float) -> None:
        with self.database.transaction("release", durable=False) as connection:
            connection.execute(_RELEASE, (at, endpoint))

    def peek(self, endpoint: str, *, after: int, most: int) -> Sequence[Delivery]:
        found = (_delivery(endpoint, row) for row in self.database.read(_PEEK, endpoint, after, most))
        return [delivery for delivery in found if delivery is not None]

    def peek_unwritten(self, _endpoint: str) -> Sequence[Delivery]:
        return ()

    def kin(self, key: int) -> Sequence[Tuple[str, State]]:
        return [(endpoint, State(state)) for _, endpoint, state in self.database.read(_KIN, key)]

    def hand_over(self, key: int, heirs: Sequence[Heir], *, at: float) -> bool:
        with self.database.transaction("hand-over") as connection:
            _hand_over(connection, key, heirs, at)
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

    def set_health(self, endpoint: str, health: Health) -> None:
        with self.database.transaction("health", durable=False) as connection:
            connection.execute("INSERT OR REPLACE INTO health VALUES (?, ?)", (endpoint, health.to_json()))

    def attempts_since(self, endpoint: str, since: float, most: int) -> Sequence[float]:
        return [at for (at,) in reversed(self.database.read(_ATTEMPTS_SINCE, endpoint, since, most))]

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
            rows = connection.execute(_DEAD, (notification_id,)).fetchall()
            connection.executemany(
                "UPDATE delivery SET state = 'waiting', due = ?, attempts = 0 WHERE seq = ?",
                [(at, key) for key, _ in rows],
            )
        return sorted({endpoint for _, endpoint in rows})

    def drop(self, notification_id: Optional[str], *, at: float) -> int:
        with self.database.transaction("drop") as connection:
            rows = connection.execute(_DEAD, (notification_id,)).fetchall()
            connection.executemany(
                "UPDATE delivery SET state = 'dropped', settled = ? WHERE seq = ?", [(at, key) for key, _ in rows]
            )
        return len(rows)

    def prune(self, retention: Retention, *, most: int) -> int:
        parameters = (retention.since, retention.most, most)
        if not self.database.read(_FORGETTABLE, *parameters):
            return 0
        with self.database.transaction("prune", durable=False) as connection:
            return connection.execute(f"DELETE FROM notification WHERE seq IN ({_FORGETTABLE})", parameters).rowcount  # noqa: S608

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
            OpenTask(task_id, plugin_id, EventName(start), owner, notification_id, _task_fields(payload))
            for task_id, plugin_id, start, owner, notification_id, payload in self.database.read(_OPEN_TASKS)
        ]

    def endings(self) -> Sequence[Ending]:
        rows = self.database.read("SELECT plugin_id, task, status FROM ending")
        return [Ending(plugin_id, Task(task), Status(status)) for plugin_id, task, status in rows]

    def was_followed_by_success(self, notification: Notification) -> bool:
        with self._rows(_LATER_SUCCESSES, notification.id) as rows:
            later = (_payload(body) for (body,) in rows)
            return any(one is not None and is_kindred_success(one, notification.payload) for one in later)

    def turns(self) -> Mapping[str, str]:
        return dict(self.database.read("SELECT name, endpoint FROM turn"))

    def holders(self, notification_id: str) -> Sequence[str]:
        return [endpoint for (endpoint,) in self.database.read(_HOLDERS, notification_id)]

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


def _payload(body: str) -> Optional[Payload]:
    """What was stored; None when it cannot be read, since another version wrote it."""
    try:
        return Payload.model_validate_json(body)
    except ValidationError:
        return None


def _task_fields(body: Optional[str]) -> Mapping[str, Any]:
    """What a stored start said of its task; nothing when it was pruned or cannot be read."""
    payload = None if body is None else _payload(body)
    return {} if payload is None else payload.task_fields()


def _delivery(endpoint: str, row: Any) -> Optional[Delivery]:
    """What a row of a claiming query stands for; None when it cannot be read."""
    key, attempts, accepted, body, receipt, superseded, due, purpose = row
    payload = _payload(body)
    if payload is None:
        return None
    previous = json.loads(receipt) if receipt else None
    notification = Notification(payload)
    return Delivery(
        key, endpoint, attempts + 1, accepted, notification, previous, bool(superseded), due, Purpose(purpose)
    )


def _brought(notification_id: str, one: Standing) -> Sequence[object]:
    receipt = json.dumps(dict(one.receipt)) if one.receipt else None
    stands = (one.endpoint, one.queue, one.state.value, one.due, one.settled, one.attempts)
    return (notification_id, *stands, one.purpose.value, one.held, receipt)


def _hand_over(connection: sqlite3.Connection, key: int, heirs: Sequence[Heir], at: float) -> None:
    known = connection.execute(_KIN, (key,)).fetchall()
    given_up = any(seq == key and state == State.DEAD for seq, _, state in known)
    heir = heir_of(heirs, [(endpoint, State(state)) for _, endpoint, state in known], given_up=given_up)
    if heir is None:
        return
    if not connection.execute(_TAKE_BACK, (at, key, heir.endpoint)).rowcount:
        connection.execute(_TAKE_OVER, (heir.endpoint, heir.queue, at, key))
    if heir.instead:
        connection.execute(_HANDED_ON, (at, key))


def _change(connection: sqlite3.Connection, change: TaskChange) -> None:
    if change.opened:
        task = change.opened
        opened = (task.task_id, task.plugin_id, task.start.value, task.owner, task.notification_id)
        connection.execute(_PUT_OPEN_TASK, opened)
    if change.closed:
        connection.execute("DELETE FROM open_task WHERE task_id = ?", (change.closed,))
    if change.ended:
        values = (change.ended.plugin_id, change.ended.task.value, change.ended.status.value)
        connection.execute("INSERT OR REPLACE INTO ending (plugin_id, task, status) VALUES (?, ?, ?)", values)
    for turn in change.turns.items():
        connection.execute("INSERT OR REPLACE INTO turn (name, endpoint) VALUES (?, ?)", turn)
    if change.late is not None:
        connection.execute("DELETE FROM late_event WHERE seq = ?", (change.late,))


def _settle(connection: sqlite3.Connection, done: Settlement) -> None:
    receipt = json.dumps(dict(done.receipt)) if done.receipt else None
    end = (done.state.value, done.due, done.at, done.reason, receipt, done.held)
    if done.remind_at is not None:
        connection.execute(_REMIND, (done.remind_at, done.key))
    if done.state is State.DELIVERED:
        connection.execute(_FOLD_HELD, (done.at, done.key))
    if not done.tried:
        connection.execute(_SETTLE, (*end, done.key))
    else:
        connection.execute(_SETTLE_TRIED, (*end, done.status, done.ms, done.key))
        said = (done.at, done.status, done.ms, done.reason, done.hint, done.response, done.shared, done.key)
        connection.execute(_RECORD, said)
    if done.heirs:
        _hand_over(connection, done.key, done.heirs, done.at)
    if done.health is not None:
        connection.execute(_SET_HEALTH, (done.health.to_json(), done.key))
