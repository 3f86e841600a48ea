"""One SQLite file, used by many threads through one connection: write-ahead log, whole transactions only.

What must survive a pulled plug is committed with ``synchronous=FULL``. What comes of an attempt need not be: committed
with ``synchronous=NORMAL`` it survives a killed process, and where a pulled plug undoes it, the delivery is made once
more, with the same id. That spares an fsync for each attempt, and backups the waiting for it (sqlite.org/pragma.html).
:meth:`Database.flush` makes up for it when there is time, so that the next backup's commit has only its own to write.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any, ContextManager, Iterator, Optional, Sequence

from prime_notify.crash_points import Step, no_step
from prime_notify.outbox.base import OutboxClosedError, OutboxDamagedError, OutboxError
from prime_notify.outbox.schema import migrate

__all__ = ["Database"]


class _Use:
    """The connection, for one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        if self._closed:
            self._lock.release()
            raise OutboxClosedError("the outbox is closed")
        return self._connection

    def __exit__(self, kind: object, error: Optional[BaseException], traceback: object) -> None:
        self._lock.release()
        if isinstance(error, sqlite3.Error):
            raise _told(error) from error

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()


class Database:
    """What is committed survives a pulled plug. Raises :class:`OutboxError` where the file cannot be used."""

    def __init__(self, path: Path, step: Step = no_step) -> None:
        self.path = path
        self._log_path = path.with_name(f"{path.name}-wal")
        self._step = step
        self._unflushed = False
        self._flushing = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._use = _Use(self._connection)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            raise _told(error, f"cannot open {path.name}: ") from error

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._step("open")
        migrate(self._connection, self._step)

    def using(self) -> ContextManager[sqlite3.Connection]:
        """The connection, for as long as the block runs. Raises :class:`OutboxClosedError` after :meth:`close`."""
        return self._use

    @contextlib.contextmanager
    def transaction(self, name: str, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it. ``durable``: also when the plug is pulled right after it."""
        with self.using() as connection:
            self._step(f"{name}:begin")
            if not durable:
                connection.execute("PRAGMA synchronous = NORMAL")
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                self._step(f"{name}:commit")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                if not durable:  # at once, so that it costs a lane's time and not a backup's
                    connection.execute("PRAGMA synchronous = FULL")
            self._unflushed = not durable
            self._step(f"{name}:done")

    def flush(self) -> None:
        """Make durable what was committed and is not yet. Holds up nobody: the write-ahead log is synced past SQLite.

        Never raises: SQLite meets the same disk at the next commit, and tells.
        """
        while self._unflushed and self._flushing.acquire(blocking=False):  # whoever flushes also does it for others
            try:
                self._unflushed = False
                with contextlib.suppress(OSError), self._log_path.open("r+b", buffering=0) as log:
                    os.fsync(log.fileno())
            finally:
                self._flushing.release()

    def read(self, query: str, *parameters: object) -> Sequence[Any]:
        """All rows."""
        with self.using() as connection:
            return connection.execute(query, parameters).fetchall()

    def foreign_writes(self) -> int:
        """A number that is another one whenever somebody else has written to the file (sqlite.org: data_version)."""
        return int(self.read("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Later calls fail; idempotent."""
        self._use.close()


def _told(error: sqlite3.Error, place: str = "") -> OutboxError:
    # Full disks, missing rights and locks are OperationalErrors; what is left over is a file beyond hope
    kind = OutboxDamagedError if type(error) is sqlite3.DatabaseError else OutboxError
    return kind(f"{place}{error}")
