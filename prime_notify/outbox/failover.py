"""A database that never refuses: the file, or, for as long as the file refuses, a copy of its live rows in memory."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable, Optional, Sequence, Tuple

from prime_notify.crash_points import Step, no_step
from prime_notify.outbox.database import MEMORY, Act, Database, T
from prime_notify.outbox.errors import OutboxClosedError, OutboxDamagedError, OutboxError
from prime_notify.outbox.rows import Rows, all_rows, live_rows

__all__ = ["FailoverDatabase"]

_HISTORY = 1000
"""So many of the newest notifications are copied beside what is undelivered: for the history and for rate limits."""

_SMALL = 100
"""Rows that are few enough to be written while everybody waits."""

_ROUNDS = 10
"""After so many rounds everybody waits for the last one, however much is left."""


class FailoverDatabase:
    """See :class:`prime_notify.outbox.database.Storage`; raises nothing but :class:`OutboxClosedError`, and what the
    copy in memory raises as well: an error of the caller.

    When the file refuses, its live rows are copied, with their keys, into a database in memory, and everything goes on
    there, from the very call that was refused. Where the file cannot even be read, ``under_way`` says what is known of
    it. :meth:`recover` writes back what has changed since, and goes on with the file.

    When the process is killed while the file refuses, what only the memory has is lost: the notifications accepted
    since then, and what came of attempts since then, so that those deliveries are made once more.

    ``file``: None where it could not be opened. ``reopen``: a fresh database in place of one that is damaged, or, with
    None, of one that could not be opened. ``say``: called with True when the file begins to refuse and with False when
    it no longer does, with the reason. ``fresh_key``: a key above those of a file that nobody could read.
    """

    def __init__(
        self,
        file: Optional[Database],
        reopen: Callable[[Optional[Database]], Database],
        say: Callable[[bool, str], None],
        *,
        fresh_key: Callable[[], int],
        step: Step = no_step,
    ) -> None:
        self.under_way: Callable[[], Rows] = Rows
        """The rows that are known without the file: deliveries that are handed out, and open tasks."""
        self._file = file
        self._reopen = reopen
        self._say = say
        self._fresh_key = fresh_key
        self._step = step
        self._memory = None if file else Database(MEMORY, step)
        self._damaged = self._read_only = False
        self._base = Rows()  # what the file has of the rows in memory, as far as is known
        self._base_of: Optional[Tuple[int, int]] = None  # which file that is
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
        """Whether the file does not take what it is given."""
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
        """It differs from before whenever somebody else has written to the database, or it is another one."""
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
        """Go on in memory; the database there."""
        rows = Rows()
        with contextlib.suppress(OutboxError):  # else what is under way has to do
            rows = file.query(lambda connection: live_rows(connection, newest=_HISTORY))
        memory = Database(MEMORY, self._step)
        memory.write("copy", rows.insert_missing)
        memory.write("copy", self.under_way().insert_missing)
        self._base, self._base_of = memory.query(all_rows), file.identity
        self._damaged = isinstance(error, OutboxDamagedError)
        self._memory = memory
        self._switches += 1
        self._say(True, str(error))
        return memory

    def _leave_a_deleted_file(self) -> None:
        with self._lock:
            file = self._file
            if self._closed or self._memory or file is None or not file.is_missing():
                return
            self._fail_over(file, OutboxError(f"{file.path.name} was deleted"))
            file.close()
            self._file = self._base_of = None

    # from memory to the file

    def recover(self) -> bool:
        """Write back what only the memory has, and go on with the file; whether there was anything to recover from.

        To be called every few seconds. A file that was deleted counts as one that refuses.
        """
        with self._recovering:
            self._leave_a_deleted_file()
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
        """Most of it while others go on in memory; only for the last of it does everybody wait."""
        file = self._usable_file()
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
            self._step("write-back:switched")
            self._say(False, "")

    def _usable_file(self) -> Database:
        """The file; another one where it is damaged, and the same anew where it was opened while it was read-only."""
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
        """Write what differs from the file in one transaction; how many rows. What others wrote there meanwhile stays.

        When the process is killed before the end of the transaction, the file is as before.
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
