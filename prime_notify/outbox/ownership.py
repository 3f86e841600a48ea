"""One process at a time delivers from a data folder: two would send everything twice."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Optional

from prime_notify.private_files import create_private

__all__ = ["OwnedElsewhereError", "Ownership", "owner_of"]

_LOCK_FILE = "owner.lock"
_WHO_FILE = "owner.json"


class OwnedElsewhereError(Exception):
    """Another process, or a former instance in this one that has not let go yet, owns the folder."""

    def __init__(self, who: str) -> None:
        super().__init__(who)
        self.who = who


class Ownership:
    """Held from construction to :meth:`release`, or to the end of the process however it ends.

    The lock is an exclusive transaction on a little SQLite file of its own: SQLite knows how to lock files on Linux
    and on Windows, and against a second connection in the same process as well. Raises :class:`OwnedElsewhereError`,
    and ``OSError`` or ``sqlite3.Error`` where the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._who_file = folder / _WHO_FILE
        self._released = False
        for file in (folder / _LOCK_FILE, self._who_file):
            create_private(file)
        self._connection = sqlite3.connect(
            folder / _LOCK_FILE, isolation_level=None, check_same_thread=False, timeout=0.0
        )
        try:
            self._connection.execute("PRAGMA journal_mode = MEMORY")  # a crash leaves no journal behind
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" in str(error):
                raise OwnedElsewhereError(_who_owns(folder)) from None
            raise
        except BaseException:
            self._connection.close()
            raise
        with contextlib.suppress(OSError):  # only for people to read
            self._who_file.write_text(json.dumps({"pid": os.getpid(), "since": round(time.time(), 3)}), "utf-8")

    def release(self) -> None:
        """Let the next one have it. Idempotent."""
        if not self._released:
            self._released = True
            with contextlib.suppress(OSError):
                self._who_file.unlink()
            self._connection.close()


def owner_of(folder: Path) -> Optional[str]:
    """The owner of the folder, in words; None when there is none. It takes nothing from the owner. Raises nothing."""
    lock = (folder / _LOCK_FILE).resolve()
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_reader(lock)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")  # an exclusive transaction keeps readers out, too
        except sqlite3.OperationalError as error:
            return _who_owns(folder) if "locked" in str(error) else None
    return None


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0.0)


def _who_owns(folder: Path) -> str:
    """What the owner, if there is one, noted about itself, for people to read."""
    pid: Optional[object] = None
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        pid = json.loads((folder / _WHO_FILE).read_text("utf-8"))["pid"]
    return f"process {pid}" if isinstance(pid, int) else "another process"
