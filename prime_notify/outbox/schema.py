"""The database schema, as the migrations that lead to it. ``PRAGMA user_version`` counts those applied."""

from __future__ import annotations

import sqlite3

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
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest schema, each step in its own transaction.

    Raises :class:`sqlite3.DatabaseError` when the file was written by a newer version of the plugin.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise sqlite3.DatabaseError(
            f"schema version {version} is newer than this version of Prime Notify knows ({len(MIGRATIONS)})"
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")
