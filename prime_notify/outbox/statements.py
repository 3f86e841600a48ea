"""The statements that change an outbox, as SQL, inside a transaction that the caller begins and commits.

``keys`` gives the keys of new rows.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Collection, Iterator, List, Mapping, Optional, Sequence, Tuple

from prime_notify.model.notification import Notification
from prime_notify.outbox.queries import DEAD, FORGETTABLE, KIN
from prime_notify.outbox.tasks import put_task, put_value
from prime_notify.outbox.values import (
    OpenTask,
    Purpose,
    Settlement,
    State,
    Substitute,
    TaskChange,
    queue_of,
    substitute_of,
)

__all__ = [
    "FORGET",
    "MAKE_DUE",
    "MOVE_DUE",
    "OPEN_TASK_COLUMNS",
    "RECEIVE",
    "TAKE_OUT",
    "drop",
    "open_task_row",
    "put",
    "reassign",
    "rename",
    "replay",
    "settle",
]

FORGET = f"DELETE FROM notification WHERE seq IN ({FORGETTABLE})"  # noqa: S608
RECEIVE = "INSERT INTO inbox (id, event) VALUES (?, ?)"
TAKE_OUT = "DELETE FROM inbox WHERE id = ?"
MOVE_DUE = "UPDATE delivery SET due = ? WHERE state = 'waiting' AND due > ?"
MAKE_DUE = "UPDATE delivery SET due = ?1 WHERE endpoint = ?2 AND state = 'waiting' AND held = 1 AND due > ?1"

OPEN_TASK_COLUMNS = ("task_id", "plugin_id", "start", "owner", "notification_id")
_PUT_NOTIFICATION = "INSERT INTO notification (seq, id, accepted, payload) VALUES (?, ?, ?, ?)"
_PUT_DELIVERY = "INSERT INTO delivery (seq, notification, endpoint, task_id, due, purpose) VALUES (?, ?, ?, ?, ?, ?)"
_PUT_OPEN_TASK = (
    "INSERT OR REPLACE INTO open_task (task_id, plugin_id, start, owner, notification_id) VALUES (?, ?, ?, ?, ?)"
)
_REASSIGN = """
    INSERT INTO delivery (seq, notification, endpoint, task_id, due)
    SELECT ?, notification, ?, ?, ? FROM delivery WHERE seq = ?
"""
_TAKE_BACK = """
    UPDATE delivery SET state = 'waiting', due = ?, attempts = 0
    WHERE notification = (SELECT notification FROM delivery WHERE seq = ?) AND endpoint = ? AND state = 'passed'
"""
_END_AS_PASSED = "UPDATE delivery SET state = 'passed', settled = ?, held = 0 WHERE seq = ?"
_REMIND = """
    INSERT INTO delivery (seq, notification, endpoint, task_id, due, purpose)
    SELECT ?, notification, endpoint, task_id, ?, 'reminder' FROM delivery WHERE seq = ?
"""
_SETTLE = (
    "UPDATE delivery SET state = ?, due = ?, settled = ?, reason = ?, receipt = coalesce(?, receipt), held = ? "
    "WHERE seq = ?"
)
_FOLD_DEFERRED = """
    UPDATE delivery SET state = 'folded', settled = ?1, held = 0
    WHERE state = 'waiting' AND held = 1 AND seq < ?2
      AND (endpoint, task_id) = (SELECT endpoint, task_id FROM delivery WHERE seq = ?2)
"""
_SETTLE_TRIED = """
    UPDATE delivery SET state = ?, due = ?, settled = ?, reason = ?, receipt = coalesce(?, receipt), held = ?,
        attempts = attempts + 1, status = ?, ms = ? WHERE seq = ?
"""
_RECORD = """
    INSERT INTO attempt (seq, delivery, number, at, outcome, status, ms, reason, hint, response, shared)
    SELECT ?, seq, attempts, ?, state, ?, ?, ?, ?, ?, ? FROM delivery WHERE seq = ?
"""
_SET_HEALTH = "INSERT OR REPLACE INTO health (endpoint, value) SELECT endpoint, ? FROM delivery WHERE seq = ?"
_REPLAY = "UPDATE delivery SET state = 'waiting', due = ?, attempts = 0 WHERE seq = ?"
_DROP = "UPDATE delivery SET state = 'dropped', settled = ? WHERE seq = ?"

Keys = Iterator[int]


def put(
    connection: sqlite3.Connection,
    keys: Keys,
    notification: Notification,
    body: str,
    purposes: Mapping[str, Purpose],
    change: TaskChange,
    *,
    at: float,
    in_order: Collection[str],
) -> int:
    """A notification, whose payload is ``body`` in JSON, with one waiting delivery for each endpoint; its key."""
    row = next(keys)
    connection.execute(_PUT_NOTIFICATION, (row, notification.id, at, body))
    queues = queue_of(notification, in_order=False), queue_of(notification, in_order=True)
    deliveries = [
        (next(keys), row, endpoint, queues[endpoint in in_order], at, purpose.value)
        for endpoint, purpose in purposes.items()
    ]
    connection.executemany(_PUT_DELIVERY, deliveries)
    put_task(connection, notification.payload)
    _change(connection, change)
    return row


_RENAME = (
    "UPDATE delivery SET endpoint = ? WHERE endpoint = ?",
    "UPDATE OR REPLACE health SET endpoint = ? WHERE endpoint = ?",
    "UPDATE turn SET endpoint = ? WHERE endpoint = ?",
)


def open_task_row(task: OpenTask) -> Tuple[str, ...]:
    """Its row, as :data:`OPEN_TASK_COLUMNS` has it."""
    return task.task_id, task.plugin_id, task.start.value, task.owner, task.notification_id


def _change(connection: sqlite3.Connection, change: TaskChange) -> None:
    if change.opened:
        connection.execute(_PUT_OPEN_TASK, open_task_row(change.opened))
    if change.closed:
        connection.execute("DELETE FROM open_task WHERE task_id = ?", (change.closed,))
    if change.ended:
        values = (change.ended.plugin_id, change.ended.task.value, change.ended.status.value)
        connection.execute("INSERT OR REPLACE INTO ending (plugin_id, task, status) VALUES (?, ?, ?)", values)
    for turn in change.turns.items():
        connection.execute("INSERT OR REPLACE INTO turn (name, endpoint) VALUES (?, ?)", turn)
    for name in change.forgets:
        put_value(connection, name, None)
    if change.received is not None:
        connection.execute(TAKE_OUT, (change.received,))


def settle(connection: sqlite3.Connection, keys: Keys, done: Settlement, *, folds: bool) -> None:
    """Record the outcome of a delivery. When there is no such delivery, this changes nothing.

    ``folds``: the endpoint may have deferred earlier events of the task, which a delivered one makes superfluous.
    """
    receipt = json.dumps(dict(done.receipt)) if done.receipt else None
    end = (done.state.value, done.due, done.at, done.reason, receipt, done.deferred)
    if done.remind_at is not None:
        connection.execute(_REMIND, (next(keys), done.remind_at, done.key))
    if folds and done.state.is_success:
        connection.execute(_FOLD_DEFERRED, (done.at, done.key))
    if not done.tried:
        connection.execute(_SETTLE, (*end, done.key))
    else:
        connection.execute(_SETTLE_TRIED, (*end, done.status, done.ms, done.key))
        said = (done.at, done.status, done.ms, done.reason, done.hint, done.response, done.shared)
        connection.execute(_RECORD, (next(keys), *said, done.key))
    if done.substitutes:
        reassign(connection, keys, done.key, done.substitutes, done.at)
    if done.health is not None:
        connection.execute(_SET_HEALTH, (done.health.to_json(), done.key))


def reassign(
    connection: sqlite3.Connection, keys: Keys, key: int, substitutes: Sequence[Substitute], at: float
) -> None:
    """See :meth:`prime_notify.outbox.outbox.Outbox.reassign`."""
    known = connection.execute(KIN, (key,)).fetchall()
    given_up = any(seq == key and state == State.DEAD for seq, _, state in known)
    substitute = substitute_of(
        substitutes, [(endpoint, State(state)) for _, endpoint, state in known], given_up=given_up
    )
    if substitute is None:
        return
    if not connection.execute(_TAKE_BACK, (at, key, substitute.endpoint)).rowcount:
        connection.execute(_REASSIGN, (next(keys), substitute.endpoint, substitute.queue, at, key))
    if substitute.instead:
        connection.execute(_END_AS_PASSED, (at, key))


def replay(connection: sqlite3.Connection, notification_id: Optional[str], at: float) -> Sequence[str]:
    """See :meth:`prime_notify.outbox.outbox.Outbox.replay`."""
    rows = _dead(connection, notification_id)
    connection.executemany(_REPLAY, [(at, key) for key, _ in rows])
    return sorted({endpoint for _, endpoint in rows})


def drop(connection: sqlite3.Connection, notification_id: Optional[str], at: float) -> int:
    """See :meth:`prime_notify.outbox.outbox.Outbox.drop`."""
    rows = _dead(connection, notification_id)
    connection.executemany(_DROP, [(at, key) for key, _ in rows])
    return len(rows)


def _dead(connection: sqlite3.Connection, notification_id: Optional[str]) -> List[Any]:
    return connection.execute(DEAD, (notification_id,)).fetchall()


def rename(connection: sqlite3.Connection, old: str, new: str) -> None:
    """See :meth:`prime_notify.outbox.outbox.Outbox.rename`."""
    for statement in _RENAME:
        connection.execute(statement, (new, old))
