"""What is written in one transaction, as SQL. Nothing here begins or commits one."""

from __future__ import annotations

import json
import sqlite3
from typing import Collection, Mapping, Sequence

from prime_notify.model.notification import Notification
from prime_notify.outbox.reads import KIN
from prime_notify.outbox.values import Heir, Purpose, Settlement, Standing, State, TaskChange, heir_of, queue_of

__all__ = ["bring", "hand_over", "put", "settle"]

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
_TAKE_OVER = """
    INSERT INTO delivery (notification, endpoint, task_id, due) SELECT notification, ?, ?, ? FROM delivery WHERE seq = ?
"""
_TAKE_BACK = """
    UPDATE delivery SET state = 'waiting', due = ?, attempts = 0
    WHERE notification = (SELECT notification FROM delivery WHERE seq = ?) AND endpoint = ? AND state = 'passed'
"""
_HANDED_ON = "UPDATE delivery SET state = 'passed', settled = ?, held = 0 WHERE seq = ?"
_REMIND = """
    INSERT INTO delivery (notification, endpoint, task_id, due, purpose)
    SELECT notification, endpoint, task_id, ?, 'reminder' FROM delivery WHERE seq = ?
"""
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


def put(
    connection: sqlite3.Connection,
    notification: Notification,
    body: str,
    purposes: Mapping[str, Purpose],
    change: TaskChange,
    *,
    at: float,
    in_order: Collection[str],
) -> None:
    """A notification, whose payload is ``body`` in JSON, with one waiting delivery for each endpoint."""
    row = connection.execute(_PUT_NOTIFICATION, (notification.id, at, body)).lastrowid
    queues = queue_of(notification, in_order=False), queue_of(notification, in_order=True)
    deliveries = [
        (row, endpoint, queues[endpoint in in_order], at, purpose.value) for endpoint, purpose in purposes.items()
    ]
    connection.executemany(_PUT_DELIVERY, deliveries)
    _change(connection, change)


def bring(
    connection: sqlite3.Connection,
    notification: Notification,
    body: str,
    deliveries: Sequence[Standing],
    change: TaskChange,
    *,
    at: float,
) -> None:
    """The same with deliveries as they stand elsewhere; whatever of it is there already is left as it is."""
    connection.execute(_BRING_NOTIFICATION, (notification.id, at, body))
    connection.executemany(_BRING_DELIVERY, [_brought(notification.id, one) for one in deliveries])
    _change(connection, change)


def _brought(notification_id: str, one: Standing) -> Sequence[object]:
    receipt = json.dumps(dict(one.receipt)) if one.receipt else None
    stands = (one.endpoint, one.queue, one.state.value, one.due, one.settled, one.attempts)
    return (notification_id, *stands, one.purpose.value, one.held, receipt)


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


def settle(connection: sqlite3.Connection, done: Settlement) -> None:
    """What came of a delivery."""
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
        hand_over(connection, done.key, done.heirs, done.at)
    if done.health is not None:
        connection.execute(_SET_HEALTH, (done.health.to_json(), done.key))


def hand_over(connection: sqlite3.Connection, key: int, heirs: Sequence[Heir], at: float) -> None:
    """See :meth:`prime_notify.outbox.base.Outbox.hand_over`."""
    known = connection.execute(KIN, (key,)).fetchall()
    given_up = any(seq == key and state == State.DEAD for seq, _, state in known)
    heir = heir_of(heirs, [(endpoint, State(state)) for _, endpoint, state in known], given_up=given_up)
    if heir is None:
        return
    if not connection.execute(_TAKE_BACK, (at, key, heir.endpoint)).rowcount:
        connection.execute(_TAKE_OVER, (heir.endpoint, heir.queue, at, key))
    if heir.instead:
        connection.execute(_HANDED_ON, (at, key))
