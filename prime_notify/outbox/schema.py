"""The database schema, as the migrations that lead to it. ``PRAGMA user_version`` counts those applied."""

from __future__ import annotations

import sqlite3

from prime_notify.crash_points import CrashPoint
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.tasks import fill_tasks

__all__ = ["MIGRATIONS", "migrate"]

MIGRATIONS = (
    """
    CREATE TABLE notification (
        seq       INTEGER PRIMARY KEY,
        id        TEXT NOT NULL UNIQUE,
        accepted  REAL NOT NULL,
        payload   TEXT NOT NULL
    );
    CREATE TABLE delivery (
        seq           INTEGER PRIMARY KEY,
        notification  INTEGER NOT NULL REFERENCES notification (seq) ON DELETE CASCADE,
        endpoint      TEXT NOT NULL,
        task_id       TEXT NOT NULL,
        state         TEXT NOT NULL DEFAULT 'waiting',
        due           REAL NOT NULL,
        attempts      INTEGER NOT NULL DEFAULT 0,
        settled       REAL,
        status        INTEGER,
        ms            REAL,
        reason        TEXT
    );
    CREATE INDEX delivery_due ON delivery (endpoint, due, seq) WHERE state = 'waiting';
    CREATE INDEX delivery_task ON delivery (endpoint, task_id, seq) WHERE state = 'waiting';
    CREATE INDEX delivery_notification ON delivery (notification);
    CREATE TABLE open_task (
        task_id          TEXT PRIMARY KEY,
        plugin_id        TEXT NOT NULL,
        start            TEXT NOT NULL,
        owner            TEXT NOT NULL,
        notification_id  TEXT NOT NULL
    );
    CREATE TABLE late_event (
        seq    INTEGER PRIMARY KEY,
        event  TEXT NOT NULL
    );
    """,
    # Attempts one by one, health of endpoints, how tasks ended, receipts to reply to, dead letters to look for.
    """
    ALTER TABLE delivery ADD COLUMN receipt TEXT;
    CREATE INDEX delivery_dead ON delivery (endpoint, notification) WHERE state = 'dead';
    CREATE INDEX delivery_receipt ON delivery (endpoint, task_id, seq) WHERE receipt IS NOT NULL;
    CREATE TABLE attempt (
        seq       INTEGER PRIMARY KEY,
        delivery  INTEGER NOT NULL REFERENCES delivery (seq) ON DELETE CASCADE,
        number    INTEGER NOT NULL,
        at        REAL NOT NULL,
        outcome   TEXT NOT NULL,
        status    INTEGER,
        ms        REAL NOT NULL,
        reason    TEXT NOT NULL,
        hint      TEXT NOT NULL,
        response  TEXT NOT NULL
    );
    CREATE INDEX attempt_delivery ON attempt (delivery);
    INSERT INTO attempt (delivery, number, at, outcome, status, ms, reason, hint, response)
        SELECT seq, attempts, settled, state, status, coalesce(ms, 0), coalesce(reason, ''), '', ''
        FROM delivery WHERE settled IS NOT NULL;
    CREATE TABLE ending (
        plugin_id  TEXT NOT NULL,
        task       TEXT NOT NULL,
        status     TEXT NOT NULL,
        PRIMARY KEY (plugin_id, task)
    ) WITHOUT ROWID;
    CREATE TABLE health (
        endpoint  TEXT PRIMARY KEY,
        value     TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # Deliveries that are deferred to be merged, and the purpose of each.
    """
    ALTER TABLE delivery ADD COLUMN purpose TEXT NOT NULL DEFAULT 'event';
    ALTER TABLE delivery ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX delivery_held ON delivery (endpoint, due, seq) WHERE state = 'waiting' AND held = 1
    """,
    # The endpoint that had the newest turn, for groups that take turns.
    """
    CREATE TABLE turn (
        name      TEXT PRIMARY KEY,
        endpoint  TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    # Attempts that are one with that of another delivery, because one message was about both.
    "ALTER TABLE attempt ADD COLUMN shared INTEGER NOT NULL DEFAULT 0",
    # Every event is received first. The ids of those that were kept before sort before all others.
    """
    CREATE TABLE inbox (
        id     TEXT PRIMARY KEY,
        event  TEXT NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO inbox (id, event) SELECT printf('%026d', seq), event FROM late_event;
    DROP TABLE late_event
    """,
    # Attempts beside those of the same delivery, without an index of their own: a transaction writes one page less.
    """
    CREATE TABLE attempt_of_delivery (
        delivery  INTEGER NOT NULL REFERENCES delivery (seq) ON DELETE CASCADE,
        seq       INTEGER NOT NULL,
        number    INTEGER NOT NULL,
        at        REAL NOT NULL,
        outcome   TEXT NOT NULL,
        status    INTEGER,
        ms        REAL NOT NULL,
        reason    TEXT NOT NULL,
        hint      TEXT NOT NULL,
        response  TEXT NOT NULL,
        shared    INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (delivery, seq)
    ) WITHOUT ROWID;
    INSERT INTO attempt_of_delivery
        SELECT delivery, seq, number, at, outcome, status, ms, reason, hint, response, shared FROM attempt;
    DROP TABLE attempt;
    ALTER TABLE attempt_of_delivery RENAME TO attempt
    """,
    # The past of the watch: tasks, disks, and its own state. The tasks that are still in the history are filled in.
    # That is done in Python, since SQLite may be built without its functions for JSON.
    """
    CREATE TABLE task (
        id           TEXT PRIMARY KEY,
        plugin_id    TEXT NOT NULL,
        task         TEXT NOT NULL,
        status       TEXT NOT NULL,
        at           REAL NOT NULL,
        severity     TEXT NOT NULL,
        cost         REAL,
        backup_id    INTEGER,
        raw_size     INTEGER,
        stored_size  INTEGER,
        reason       TEXT,
        times        INTEGER NOT NULL DEFAULT 1
    ) WITHOUT ROWID;
    CREATE INDEX task_status ON task (task, status, at);
    CREATE INDEX task_at ON task (at);
    CREATE TABLE disk (
        path   TEXT NOT NULL,
        at     REAL NOT NULL,
        free   INTEGER NOT NULL,
        total  INTEGER NOT NULL,
        PRIMARY KEY (path, at)
    ) WITHOUT ROWID;
    CREATE TABLE watch (
        name   TEXT PRIMARY KEY,
        value  TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

_WITH_TASKS = 8


def migrate(connection: sqlite3.Connection, crash_point: CrashPoint) -> None:
    """Bring the database to the newest schema, each migration in a transaction of its own.

    ``step`` is called for each. Raises :class:`OutboxError` when the file was written by a newer version of the plugin.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise OutboxError(
            f"schema version {version} is newer than this version of Prime Notify knows ({len(MIGRATIONS)})"
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in script.split(";"):
                connection.execute(statement)
                crash_point(f"migrate-{number}:statement")
            if number == _WITH_TASKS:
                fill_tasks(connection)
            connection.execute(f"PRAGMA user_version = {number}")
            crash_point(f"migrate-{number}:commit")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        crash_point(f"migrate-{number}:done")
