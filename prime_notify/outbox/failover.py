"""A database that never refuses: the file, or, for as long as the file refuses, a copy of its live rows in memory."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable, Optional, Sequence, Tuple

from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.outbox.database import MEMORY, Act, Database, Identity, T
from prime_notify.outbox.errors import OutboxClosedError, OutboxDamagedError, OutboxError, OutboxGoneError
from prime_notify.outbox.rows import Rows, all_rows, live_rows
from prime_notify.outbox.schema import MIGRATIONS

__all__ = ["FailoverDatabase"]

_HISTORY = 1000
"""The newest notifications that are copied beside undelivered ones: for the history and for rate limits."""

_SMALL = 100
"""Rows that are few enough for all other calls to wait while they are written."""

_ROUNDS = 10
"""After so many rounds comes the last one, however much is left."""


_TOUCH = f"PRAGMA user_version = {len(MIGRATIONS)}"
"""Writes the number that is there already, to see whether the file takes anything."""


class FailoverDatabase:
    """See :class:`prime_notify.outbox.database.Storage`. Raises :class:`OutboxClosedError` after :meth:`close`, and
    otherwise only errors of the caller, which the copy in memory raises as well.

    When the file refuses a call, its live rows are copied, with their keys, into a database in memory. That call and
    all later ones are made there. Where the file cannot be read, ``under_way`` gives the rows that are known without
    it. :meth:`recover` writes the changes back, and goes on with the file.

    When the process is killed while the file refuses, the changes that only the memory has are lost: notifications
    accepted since then do not arrive, and deliveries made since then are made once more.

    ``file``: None where it could not be opened. ``reopen``: gives a fresh database in place of one that is damaged, or,
    with None, of one that could not be opened. ``say``: called with the reason when the file begins to refuse, and
    with None when it works again. ``fresh_key``: gives a key above those of a file that could not be read.
    """

    def __init__(
        self,
        file: Optional[Database],
        reopen: Callable[[Optional[Database]], Database],
        say: Callable[[Optional[OutboxError]], None],
        *,
        fresh_key: Callable[[], int],
        crash_point: CrashPoint = no_crash,
    ) -> None:
        self.under_way: Callable[[], Rows] = Rows
        """The rows that are known without the file: deliveries that are handed out, and open tasks."""
        self._file = file
        self._reopen = reopen
        self._say = say
        self._fresh_key = fresh_key
        self._crash_point = crash_point
        self._memory = None if file else Database(MEMORY, crash_point)
        self._damaged = self._read_only = False
        self._base = Rows()  # what the file has of the rows in memory, as far as is known
        self._base_of: Optional[Identity] = None  # which file that is
        self._switches = 0
        self._closed = False
        self._lock = threading.RLock()
        self._recovering = threading.Lock()

    @property
    def file(self) -> Optional[Database]:
        """The database on disk, when there is one."""
        return self._file

    @property
    def refusing(self) -> bool:
        """Whether the file refuses, and everything goes on in memory."""
        return self._memory is not None

    def query(self, act: Act[T]) -> T:
        return self._run(lambda database: database.query(act))

    def read(self, query: str, *parameters: object) -> Sequence[Any]:
        return self._run(lambda database: database.read(query, *parameters))

    def write(self, name: str, act: Act[T], *, durable: bool = True) -> T:
        return self._run(lambda database: database.write(name, act, durable=durable))

    def first_key(self) -> int:
        with self._lock:
            known = self._run(lambda database: database.first_key())
            return max(known, self._fresh_key()) if self.refusing else known

    def flush(self) -> None:
        file = self._file
        if file is not None and not self.refusing:
            file.flush()

    def version(self) -> Tuple[int, int]:
        """A value that changes when another process has written to the database, and when it is another database."""
        with self._lock:
            return self._switches, self._run(lambda database: database.foreign_writes())

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for database in (self._memory, self._file):
                if database is not None:
                    database.close()

    def _run(self, act: Callable[[Database], T]) -> T:
        with self._lock:
            if self._closed:
                raise OutboxClosedError("the outbox is closed")
            if self._memory is None:
                assert self._file is not None
                try:
                    return act(self._file)
                except OutboxClosedError:
                    raise
                except OutboxError as error:
                    return act(self._fail_over(self._file, error))
            return act(self._memory)

    # from the file to memory

    def _fail_over(self, file: Database, error: OutboxError) -> Database:
        """Copy the live rows into memory, and go on there; the database in memory."""
        rows = Rows()
        with contextlib.suppress(OutboxError):  # without them, what is under way goes on
            rows = file.query_at_once(lambda connection: live_rows(connection, newest=_HISTORY))
        memory = Database(MEMORY, self._crash_point)
        memory.write("copy", rows.insert_missing)
        memory.write("copy", self.under_way().insert_missing)
        self._base, self._base_of = memory.query(all_rows), file.identity
        self._damaged = isinstance(error, OutboxDamagedError)
        self._memory = memory
        self._switches += 1
        self._say(error)
        return memory

    def _leave_a_lost_file(self) -> None:
        with self._lock:
            file = self._file
            if self._closed or self._memory or file is None or not file.is_gone():
                return
            self._fail_over(file, OutboxGoneError(f"{file.path.name} was deleted or replaced"))
            file.close()
            self._file = self._base_of = None

    # from memory to the file

    def recover(self) -> bool:
        """Write back what only the memory has, and go on with the file. Whether the file refused before.

        To be called every few seconds. A file that was deleted or replaced counts as one that refuses.
        """
        with self._recovering:
            self._leave_a_lost_file()
            if self._closed or not self.refusing:
                return False
            try:
                self._write_back()
            except OutboxDamagedError:
                self._damaged = True
            except OutboxError as error:  # it still refuses
                self._read_only = "readonly" in str(error)
            return True

    def _write_back(self) -> None:
        """In rounds, while all other calls go on in memory; they wait only for the last round, which is short."""
        file = self._usable_file()
        file.write("probe", lambda connection: connection.execute(_TOUCH))
        for _ in range(_ROUNDS):
            if self._write_changes(file) <= _SMALL:
                break
        with self._lock:
            if self._closed or self._memory is None:
                return
            self._write_changes(file)
            self._memory.close()
            self._memory, self._base = None, Rows()
            self._switches += 1
            self._crash_point("write-back:switched")
            self._say(None)

    def _usable_file(self) -> Database:
        """The file: a fresh one where it is damaged; opened anew where it was read-only."""
        former = self._file
        if former is not None and not self._damaged and not self._read_only:
            return former
        self._file = None
        if former is not None and not self._damaged:
            former.close()
            former = None
        file = self._reopen(former)
        if self._damaged or file.identity is None or file.identity != self._base_of:
            self._base = Rows()  # it may lack anything
        with self._lock:
            self._file, self._base_of = file, file.identity
            self._damaged = self._read_only = False
            if self._closed:
                file.close()
        return file

    def _write_changes(self, file: Database) -> int:
        """Write the rows that changed since the last round, in one transaction; how many.

        Rows that other processes changed meanwhile stay as they are, unless they changed here as well. When the process
        is killed before the end of the transaction, the file is as before.
        """
        with self._lock:
            if self._closed or self._memory is None:
                raise OutboxClosedError("the outbox is closed")
            rows = self._memory.query(all_rows)
        changes = rows.since(self._base)
        if changes.count:
            file.write("write-back", changes.put)
            self._base = rows
        return changes.count
