"""The outbox on disk: one SQLite file, WAL, ``synchronous=FULL``: what is accepted survives a pulled plug."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence

from prime_notify.model.event import Event, EventName
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from prime_notify.outbox.base import (
    Delivery,
    LateEvent,
    OpenTask,
    OutboxClosedError,
    OutboxError,
    Settlement,
    State,
    TaskChange,
)
from prime_notify.outbox.schema import migrate

__all__ = ["SqliteOutbox"]

_PUT_NOTIFICATION = "INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)"
_PUT_DELIVERY = "INSERT INTO delivery (notification, endpoint, task_id, due) VALUES (?, ?, ?, ?)"
_PUT_OPEN_TASK = (
    "INSERT OR REPLACE INTO open_task (task_id, plugin_id, start, owner, notification_id) VALUES (?, ?, ?, ?, ?)"
)

# A delivery is ready when no earlier one of the same task still waits for the same endpoint: a start before its end.
_READY = """
    state = 'waiting' AND NOT EXISTS (
        SELECT 1 FROM delivery AS earlier
        WHERE earlier.endpoint = delivery.endpoint AND earlier.task_id = delivery.task_id
          AND earlier.state = 'waiting' AND earlier.seq < delivery.seq)
"""
_FIND_DUE = f"""
    SELECT delivery.seq, delivery.attempts, notification.accepted, notification.payload
    FROM delivery JOIN notification ON notification.seq = delivery.notification
    WHERE endpoint = ? AND due <= ? AND {_READY} ORDER BY due, delivery.seq
"""  # noqa: S608  (no input in it)
_NEXT_DUE = f"SELECT seq, due FROM delivery WHERE endpoint = ? AND {_READY} ORDER BY due, seq"  # noqa: S608
_SETTLE = """
    UPDATE delivery SET state = ?, due = ?, attempts = attempts + 1, settled = ?, status = ?, ms = ?, reason = ?
    WHERE seq = ?
"""


class SqliteOutbox:
    """See :class:`prime_notify.outbox.base.Outbox`. Raises :class:`OutboxError` where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._leased: set[int] = set()  # not on disk: a lease ends with the process that holds it
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            raise OutboxError(f"cannot open {path.name}: {error}") from error

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        migrate(self._connection)

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise OutboxClosedError("the outbox is closed")
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise OutboxError(str(error)) from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _read(self, query: str, *parameters: object) -> Sequence[Any]:
        with self._using() as connection:
            return connection.execute(query, parameters).fetchall()

    def put(self, notification: Notification, endpoints: Sequence[str], change: TaskChange, *, at: float) -> None:
        payload = notification.payload
        body = payload.model_dump_json(exclude_none=True)
        with self._transaction() as connection:
            row = connection.execute(_PUT_NOTIFICATION, (notification.id, at, body)).lastrowid
            connection.executemany(_PUT_DELIVERY, [(row, endpoint, payload.task_id, at) for endpoint in endpoints])
            if change.opened:
                task = change.opened
                values = (task.task_id, task.plugin_id, task.start.value, task.owner, task.notification_id)
                connection.execute(_PUT_OPEN_TASK, values)
            if change.closed:
                connection.execute("DELETE FROM open_task WHERE task_id = ?", (change.closed,))
            if change.late is not None:
                connection.execute("DELETE FROM late_event WHERE seq = ?", (change.late,))

    def claim(self, endpoint: str, *, at: float) -> Optional[Delivery]:
        with self._using() as connection, contextlib.closing(connection.execute(_FIND_DUE, (endpoint, at))) as rows:
            for key, attempts, accepted, body in rows:
                if key not in self._leased:
                    notification = Notification(Payload.model_validate_json(body))
                    self._leased.add(key)
                    return Delivery(key, endpoint, attempts + 1, accepted, notification)
        return None

    def settle(self, settlement: Settlement) -> None:
        done = settlement
        with self._transaction() as connection:
            values = (done.state.value, done.due, done.at, done.status, done.ms, done.reason, done.key)
            connection.execute(_SETTLE, values)
        self._leased.discard(done.key)

    def next_due(self, endpoint: str) -> Optional[float]:
        with self._using() as connection, contextlib.closing(connection.execute(_NEXT_DUE, (endpoint,))) as rows:
            return next((due for key, due in rows if key not in self._leased), None)

    def waiting(self) -> dict[str, int]:
        return dict(self._read("SELECT endpoint, count(*) FROM delivery WHERE state = 'waiting' GROUP BY endpoint"))

    def state_of(self, notification_id: str) -> dict[str, State]:
        """The state of each delivery of a notification, by endpoint."""
        query = """
            SELECT endpoint, state FROM delivery JOIN notification ON notification.seq = delivery.notification
            WHERE notification.id = ?
        """
        return {endpoint: State(state) for endpoint, state in self._read(query, notification_id)}

    def open_tasks(self) -> Sequence[OpenTask]:
        rows = self._read("SELECT task_id, plugin_id, start, owner, notification_id FROM open_task ORDER BY rowid")
        return [OpenTask(row[0], row[1], EventName(row[2]), row[3], row[4]) for row in rows]

    def late_events(self) -> Sequence[LateEvent]:
        found = []
        for key, text in self._read("SELECT seq, event FROM late_event ORDER BY seq"):
            name, plugin_id, plugin_version, fields = json.loads(text)
            found.append(LateEvent(key, Event(EventName(name), plugin_id, plugin_version, fields)))
        return found

    def keep_late(self, event: Event) -> None:
        fields = json.dumps([event.name.value, event.plugin_id, event.plugin_version, dict(event.fields)], default=str)
        with self._transaction() as connection:
            connection.execute("INSERT INTO late_event (event) VALUES (?)", (fields,))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()
