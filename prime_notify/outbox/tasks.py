"""The table of tasks: one row for the end of each, and for each time that a backup was overdue or left out.

It is apart from the notifications and outlives them. A row is written in the transaction of its notification, and so
are the values of the watch that an event ends.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Counter, Iterable, Mapping, NamedTuple, Optional

from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.payload import Payload
from prime_notify.outbox.payloads import payload_of

__all__ = ["COLUMNS", "PUT_TASK", "SKIPPED", "TaskRow", "fill_tasks", "put_task", "put_value", "skips_by_reason"]

SKIPPED = "skipped"
"""The status of a scheduled backup that was left out; no event has it."""

COLUMNS = "id, plugin_id, task, status, at, severity, cost, backup_id, raw_size, stored_size, reason, times"
PUT_TASK = f"INSERT OR REPLACE INTO task ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_PUT_VALUE = "INSERT OR REPLACE INTO watch (name, value) VALUES (?, ?)"


class TaskRow(NamedTuple):
    """``id``: of the notification. ``at``: unix seconds, of the end. ``cost``: seconds. Sizes: bytes. ``reason``: why a
    backup was left out (:class:`prime_notify.schedules.plan.SkipReason`). ``times``: how many were, the newest at
    ``at``."""

    id: str
    plugin_id: str
    task: str
    status: str
    at: float
    severity: str = Severity.INFO.value
    cost: Optional[float] = None
    backup_id: Optional[int] = None
    raw_size: Optional[int] = None
    stored_size: Optional[int] = None
    reason: Optional[str] = None
    times: int = 1

    @property
    def is_good(self) -> bool:
        """Whether it is a backup or a restore that succeeded."""
        return self.status == Status.SUCCESS.value

    @classmethod
    def of(cls, payload: Payload) -> Optional[TaskRow]:
        """The row of a notification; None where it has none."""
        is_kept = payload.event.is_end or payload.status is Status.OVERDUE
        if not is_kept or payload.test or payload.task not in (Task.BACKUP, Task.RESTORE):
            return None
        backup = payload.backup
        return cls(
            payload.id,
            payload.plugin.id,
            payload.task.value,
            payload.status.value,
            payload.timestamp.unix,
            payload.severity.value,
            payload.cost_s,
            *((backup.id, backup.raw_size, backup.stored_size) if backup else ()),
        )


def skips_by_reason(rows: Iterable[TaskRow]) -> Counter[str]:
    """How many scheduled backups among the rows were left out, for which reason."""
    found: Counter[str] = Counter()
    for row in rows:
        if row.status == SKIPPED:
            found[row.reason or "unknown"] += row.times
    return found


def put_task(connection: sqlite3.Connection, payload: Payload) -> None:
    """Write the row of a notification, where it has one. Inside the transaction of the notification."""
    row = TaskRow.of(payload)
    if row is not None:
        connection.execute(PUT_TASK, row)


def fill_tasks(connection: sqlite3.Connection) -> None:
    """Fill the table from the notifications that are kept. Those that cannot be read have no row."""
    for (body,) in connection.execute("SELECT payload FROM notification ORDER BY seq").fetchall():
        payload = payload_of(body)
        if payload is not None:
            put_task(connection, payload)


def put_value(connection: sqlite3.Connection, name: str, value: Optional[Mapping[str, Any]]) -> None:
    """Keep a value under a name, inside a transaction of the caller; None forgets it."""
    if value is None:
        connection.execute("DELETE FROM watch WHERE name = ?", (name,))
    else:
        connection.execute(_PUT_VALUE, (name, json.dumps(value)))
