"""The past of the watch: tasks, free space of disks, and the values that the watch keeps. Apart from the notifications.

Moments are unix seconds. Every call is one transaction, from any thread, and raises
:class:`prime_notify.outbox.errors.OutboxError`.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Mapping, NamedTuple, Optional, Sequence

from prime_notify.outbox.database import Storage
from prime_notify.outbox.inbox import store_in
from prime_notify.outbox.report_queries import Settled, newest_disks, settled_between
from prime_notify.outbox.tasks import COLUMNS, PUT_TASK, TaskRow, put_value
from prime_notify.outbox.values import Received

__all__ = ["KEPT", "DiskRow", "Past"]

KEPT = 400 * 86400.0
"""Seconds for which the past is kept."""

_NEWEST = f"""
    SELECT {COLUMNS} FROM task WHERE task = ? AND status = ? AND (?3 IS NULL OR plugin_id = ?3)
    ORDER BY at DESC, id DESC LIMIT ?4
"""  # noqa: S608  (no input in it)
_BETWEEN = f"SELECT {COLUMNS} FROM task WHERE at > ? AND at <= ? ORDER BY at, id"  # noqa: S608
_PUT_DISK = "INSERT OR REPLACE INTO disk (path, at, free, total) VALUES (?, ?, ?, ?)"
_DISK = "SELECT path, at, free, total FROM disk WHERE path = ? ORDER BY at DESC LIMIT ?"
_DISK_BETWEEN = "SELECT path, at, free, total FROM disk WHERE path = ? AND at > ? AND at <= ? ORDER BY at"
_NAMES = "SELECT name FROM watch WHERE substr(name, 1, ?) = ? ORDER BY name"
_FORGET = ("DELETE FROM task WHERE at < ?", "DELETE FROM disk WHERE at < ?")
_NEWEST_MOMENT = "SELECT max(at) FROM task"


class DiskRow(NamedTuple):
    """The free space of a disk after a backup, in bytes."""

    path: str
    at: float
    free: int
    total: int


class Past:
    """See the module."""

    def __init__(self, database: Storage) -> None:
        self._database = database

    # tasks

    def newest(self, task: str, status: str, *, plugin_id: Optional[str] = None, most: int = 1) -> Sequence[TaskRow]:
        """The newest tasks with this status, the newest first."""
        return [TaskRow(*row) for row in self._database.read(_NEWEST, task, status, plugin_id, most)]

    def between(self, since: float, until: float) -> Sequence[TaskRow]:
        """All rows after ``since``, and not after ``until``, in their order."""
        return [TaskRow(*row) for row in self._database.read(_BETWEEN, since, until)]

    def put(self, *rows: TaskRow) -> None:
        """Keep rows that no notification brings."""
        self._database.write("watch-task", lambda connection: connection.executemany(PUT_TASK, rows), durable=False)

    # disks

    def put_disks(self, rows: Sequence[DiskRow]) -> None:
        """Keep the free space of disks."""
        self._database.write("watch-disk", lambda connection: connection.executemany(_PUT_DISK, rows), durable=False)

    def disk(self, path: str, most: int) -> Sequence[DiskRow]:
        """The newest rows of a disk, the newest first."""
        return [DiskRow(*row) for row in self._database.read(_DISK, path, most)]

    def disk_between(self, path: str, since: float, until: float) -> Sequence[DiskRow]:
        """The rows of a disk after ``since``, and not after ``until``, in their order."""
        return [DiskRow(*row) for row in self._database.read(_DISK_BETWEEN, path, since, until)]

    def newest_disks(self) -> Sequence[DiskRow]:
        """The newest row of every disk."""
        return [DiskRow(*row) for row in newest_disks(self._database)]

    # deliveries

    def settled(self, since: float, until: float) -> Settled:
        """Deliveries that ended after ``since``, and not after ``until``: steady seconds."""
        return settled_between(self._database, since, until)

    # values of the watch

    def value(self, name: str) -> Optional[Mapping[str, Any]]:
        """The kept value; None where there is none, or none that this version can read."""
        for (text,) in self._database.read("SELECT value FROM watch WHERE name = ?", name):
            try:
                found = json.loads(text)
            except ValueError:
                return None
            return found if isinstance(found, dict) else None
        return None

    def names(self, prefix: str) -> Sequence[str]:
        """The names of the kept values that begin with ``prefix``."""
        return [name for (name,) in self._database.read(_NAMES, len(prefix), prefix)]

    def keep(self, name: str, value: Optional[Mapping[str, Any]]) -> None:
        """Keep a value under a name; None forgets it."""
        self._database.write("watch-value", lambda connection: put_value(connection, name, value), durable=False)

    def tell(self, received: Received, values: Mapping[str, Optional[Mapping[str, Any]]]) -> None:
        """Put an event into the inbox, and keep that it was told, in one transaction that survives a power cut."""

        def act(connection: sqlite3.Connection) -> None:
            store_in(connection, [received])
            for name, value in values.items():
                put_value(connection, name, value)

        self._database.write("watch-tell", act)

    def prune(self, now: float) -> None:
        """Forget what is older than :data:`KEPT`. A clock that runs ahead forgets nothing by itself."""
        newest = self._database.read(_NEWEST_MOMENT)[0][0]
        before = min(now, now if newest is None else newest) - KEPT

        def act(connection: sqlite3.Connection) -> None:
            for statement in _FORGET:
                connection.execute(statement, (before,))

        self._database.write("watch-prune", act, durable=False)
