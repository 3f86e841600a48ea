"""One SQLite database, used by many threads through one connection: write-ahead log, whole transactions only.

What must survive a power cut is committed with ``synchronous=FULL``. The outcome of an attempt need not be: committed
with ``synchronous=NORMAL`` it survives a killed process, and where a power cut undoes it, the delivery is made once
more, with the same id. That spares an fsync for each attempt, and backups the waiting for it (sqlite.org/pragma.html).
:meth:`Database.flush` makes up for it when there is time, so that the next backup's commit has only its own to write.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any, Callable, ContextManager, Optional, Protocol, Sequence, Tuple, TypeVar

from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.outbox.errors import OutboxClosedError, OutboxDamagedError, OutboxError, OutboxLockedError
from prime_notify.outbox.schema import migrate
from prime_notify.private_files import create_private, make_private

__all__ = ["MEMORY", "Database", "Storage"]

T = TypeVar("T")
Act = Callable[[sqlite3.Connection], T]

FileId = Tuple[int, int]
Identity = Tuple[FileId, Optional[FileId]]

MEMORY = Path(":memory:")
"""In place of a path: a database in memory, which ends with its connection."""

_STATEMENTS = 256
"""Statements that stay prepared; there are fewer than that."""

_PAGE = 2048
"""Bytes of a page of a new file. A settlement changes four pages, which are written whole."""

_LOG = 16 * 1024 * 1024
"""Bytes of the write-ahead log after which a commit copies it into the database and waits for the disk.

SQLite's default of 1000 pages makes a lane that delivers a backlog wait eight times as often.
"""

_HIGHEST_KEY = """
    SELECT max(coalesce((SELECT max(seq) FROM notification), 0), coalesce((SELECT max(seq) FROM delivery), 0),
        coalesce((SELECT max(seq) FROM attempt), 0))
"""


class Storage(Protocol):
    """What an outbox keeps its rows in. From any thread; each method raises :class:`OutboxError`."""

    def query(self, act: Act[T]) -> T:
        """The result of ``act``, which only reads. ``act`` may be called twice."""
        ...

    def read(self, query: str, *parameters: object) -> Sequence[Any]:
        """All rows of one query."""
        ...

    def write(self, name: str, act: Act[T], *, durable: bool = True) -> T:
        """The result of ``act``, in one transaction. ``durable``: it survives a power cut.

        ``act`` may be called twice, of which one call has no effect.
        """
        ...

    def first_key(self) -> int:
        """A key above that of every row there is."""
        ...

    def flush(self) -> None:
        """Make durable what was committed without it, as far as that is possible now."""
        ...

    def close(self) -> None:
        """Later calls raise :class:`OutboxClosedError`. Idempotent."""
        ...


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
            raise _outbox_error(error) from error

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()


class Database:
    """See :class:`Storage`; a file, or, with :data:`MEMORY` for a path, a database in memory."""

    def __init__(self, path: Path, crash_point: CrashPoint = no_crash, *, patience: float = 5.0) -> None:
        """``patience``: seconds to wait for another process's lock, once the file is open. Then it is an error."""
        self.path = path
        self._patience = patience
        self._log_path = path.with_name(f"{path.name}-wal")
        self._crash_point = crash_point
        self._durable = True  # as synchronous=FULL has it
        self._unflushed = False
        self._flushing = threading.Lock()
        if path != MEMORY:
            _make_private(path)
        try:
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
            )
            self._use = _Use(self._connection)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            raise _outbox_error(error, f"cannot open {path.name}: ") from error
        self.identity: Optional[Identity] = None
        with contextlib.suppress(OSError):
            self.identity = self._found()
        """Which file it is, and which write-ahead log; None where the system cannot say."""

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute(f"PRAGMA page_size = {_PAGE}")  # a file that exists keeps its own
        connection.execute("PRAGMA journal_mode = WAL")
        [page] = connection.execute("PRAGMA page_size").fetchone()
        log = f"wal_autocheckpoint = {_LOG // page}"
        for pragma in (log, "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {pragma}")
        self._crash_point("open")
        migrate(connection, self._crash_point)
        connection.execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")

    def using(self) -> ContextManager[sqlite3.Connection]:
        """The connection, for as long as the block runs. Raises :class:`OutboxClosedError` after :meth:`close`."""
        return self._use

    def query(self, act: Act[T]) -> T:
        with self.using() as connection:
            return act(connection)

    def query_at_once(self, act: Act[T]) -> T:
        """As :meth:`query`, but it does not wait for another process's lock: that is an error."""
        with self.using() as connection:
            [milliseconds] = connection.execute("PRAGMA busy_timeout").fetchone()
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                return act(connection)
            finally:
                connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def read(self, query: str, *parameters: object) -> Sequence[Any]:
        with self.using() as connection:
            return connection.execute(query, parameters).fetchall()

    def write(self, name: str, act: Act[T], *, durable: bool = True) -> T:
        with self._use as connection:
            self._crash_point(f"{name}:begin")
            if durable is not self._durable:
                self._set_durable(connection, durable)
            try:
                connection.execute("BEGIN IMMEDIATE")
                result = act(connection)
                self._crash_point(f"{name}:commit")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._unflushed = not durable
            self._crash_point(f"{name}:done")
            return result

    def _set_durable(self, connection: sqlite3.Connection, durable: bool) -> None:
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._durable = durable

    def first_key(self) -> int:
        return int(self.read(_HIGHEST_KEY)[0][0]) + 1

    def flush(self) -> None:
        """See :class:`Storage`. No other call waits for it, for it syncs the write-ahead log without SQLite.

        Never raises: the next commit meets the same disk, and raises.
        """
        if not self._durable:  # the next commit is probably a backup's, which should not have to change it
            with contextlib.suppress(OutboxError), self._use as connection:
                self._set_durable(connection, True)
        while self._unflushed and self._flushing.acquire(blocking=False):  # one thread flushes for all
            try:
                self._unflushed = False
                with contextlib.suppress(OSError), self._log_path.open("r+b", buffering=0) as log:
                    os.fsync(log.fileno())
            finally:
                self._flushing.release()

    def foreign_writes(self) -> int:
        """A number that changes whenever another connection has written to the file (sqlite.org: data_version)."""
        return int(self.read("PRAGMA data_version")[0][0])

    def is_gone(self) -> bool:
        """Whether its path, or that of its write-ahead log, holds no file any more, or another one.

        SQLite itself writes on to files that were deleted.
        """
        if self.identity is None:
            return False
        file, log = self.identity
        try:
            found = self._found()
        except OSError:  # unknown
            return False
        return found is None or found[0] != file or (log is not None and found[1] != log)

    def _found(self) -> Optional[Identity]:
        found = [_file_id(path) for path in (self.path, self._log_path)]
        return None if found[0] is None else (found[0], found[1])

    def close(self) -> None:
        self._use.close()


def _make_private(path: Path) -> None:
    """Before SQLite opens the file: it gives the write-ahead log and its index the mode of the file."""
    create_private(path)
    for suffix in ("-wal", "-shm"):
        make_private(path.with_name(path.name + suffix))


def _file_id(path: Path) -> Optional[FileId]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino)


def _outbox_error(error: sqlite3.Error, place: str = "") -> OutboxError:
    # Full disks, missing rights and locks are OperationalErrors; a plain DatabaseError is a file beyond hope
    kind = OutboxDamagedError if type(error) is sqlite3.DatabaseError else OutboxError
    if isinstance(error, sqlite3.OperationalError) and str(error).endswith("is locked"):
        kind = OutboxLockedError
    return kind(f"{place}{error}")
