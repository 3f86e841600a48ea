"""One process at a time delivers from a data folder: two would send everything twice."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Optional

__all__ = ["OwnedElsewhereError", "Ownership"]

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
        self._connection = sqlite3.connect(
            folder / _LOCK_FILE, isolation_level=None, check_same_thread=False, timeout=0.0
        )
        try:
            self._connection.execute("PRAGMA journal_mode = MEMORY")  # a crash leaves no journal behind
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" in str(error):
                raise OwnedElsewhereError(self._who()) from None
            raise
        except BaseException:
            self._connection.close()
            raise
        with contextlib.suppress(OSError):  # only for people to read
            self._who_file.write_text(json.dumps({"pid": os.getpid(), "since": round(time.time(), 3)}), "utf-8")

    def _who(self) -> str:
        pid: Optional[object] = None
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            pid = json.loads(self._who_file.read_text("utf-8"))["pid"]
        return f"process {pid}" if isinstance(pid, int) else "another process"

    def release(self) -> None:
        """Let the next one have it. Idempotent."""
        if not self._released:
            self._released = True
            with contextlib.suppress(OSError):
                self._who_file.unlink()
            self._connection.close()
