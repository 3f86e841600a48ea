"""The files that a life finds at its beginning. The deliveries in them must not be lost either."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Callable, Dict, List, Sequence

from prime_notify.crash_points import no_crash
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.schema import MIGRATIONS, migrate
from tests.support.build import notification, smash_index

__all__ = ["FULL", "SEEDS", "Seed"]

Seed = Callable[[Path, Sequence[str]], List[str]]
"""Makes the file in a folder, with deliveries to the endpoints. Returns the ids of its notifications."""

_TASKS = 3
_DAY = 86400.0


def nothing(_folder: Path, _endpoints: Sequence[str]) -> List[str]:
    """No file at all."""
    return []


def first_version(folder: Path, endpoints: Sequence[str]) -> List[str]:
    """A file of the first version, with waiting and dead deliveries, due times in ten days (of a wrong clock), and an
    open task.
    """
    with contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE, isolation_level=None)) as connection:
        for statement in MIGRATIONS[0].split(";"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        return _fill(connection, endpoints)


def damaged(folder: Path, endpoints: Sequence[str]) -> List[str]:
    """A file of the newest version with a broken index: its rows can be read, but not found by the index."""
    path = folder / OUTBOX_FILE
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, no_crash)
        ids = _fill(connection, endpoints)
    smash_index(path, "delivery_due")
    return ids


def held(folder: Path, endpoints: Sequence[str]) -> List[str]:
    """A file of the newest version, in which the deliveries for the digest are deferred by a day."""
    with contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, no_crash)
        ids = _fill(connection, endpoints)
        connection.execute("UPDATE delivery SET held = 1, due = due + ? WHERE endpoint = 'digest'", (_DAY,))
    return ids


def _fill(connection: sqlite3.Connection, endpoints: Sequence[str]) -> List[str]:
    ids = []
    now = time.time()
    for task in range(_TASKS):
        names = ("backup_start",) if task == 0 else ("backup_start", "backup_success")
        for name in names:
            one = notification(name, id=f"old-{task}-{name}", task_id=f"old-{task}")
            ids.append(one.id)
            body = one.payload.model_dump_json(exclude_none=True)
            query = "INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)"
            row = connection.execute(query, (one.id, now, body)).lastrowid
            due = now + 10 * _DAY if task == 1 else now
            query = "INSERT INTO delivery (notification, endpoint, task_id, due, state) VALUES (?, ?, ?, ?, ?)"
            rows = [(row, endpoint, f"old-{task}", due, "waiting") for endpoint in endpoints]
            connection.executemany(query, rows)
    connection.execute(
        "UPDATE delivery SET state = 'dead' WHERE endpoint IN ('refusing', 'dropped') AND task_id = 'old-2'"
    )
    connection.execute(
        "INSERT INTO open_task (task_id, plugin_id, start, owner, notification_id)"
        " VALUES ('old-0', 'prime_backup', 'backup_start', 'a process that died', 'old-0-backup_start')"
    )
    return ids


FULL = "full disk"

SEEDS: Dict[str, Seed] = {
    "new": nothing,
    "first version": first_version,
    "damaged": damaged,
    "held": held,
    FULL: nothing,
}
