"""The data folder, as one process sees it: its owner, its outbox, and events that other processes leave in it."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path
from typing import Callable, Optional, Sequence

from prime_notify.clock import Clock
from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxDamagedError, OutboxError, OutboxGoneError, OutboxLockedError
from prime_notify.outbox.failover import FailoverDatabase
from prime_notify.outbox.history import History
from prime_notify.outbox.inbox import store
from prime_notify.outbox.opening import OUTBOX_FILE, Damage, Opener
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.ownership import OwnedElsewhereError, Ownership
from prime_notify.outbox.values import Received
from prime_notify.private_files import make_private

__all__ = ["DataFolder", "leave_events"]

Say = Callable[..., None]
"""``say(level, key, **values)``: a line of the log, by its key among the texts."""


class DataFolder:
    """Not thread-safe in :meth:`take` and :meth:`release`; its outbox is.

    ``longest_wait`` gives seconds. No due time lies further ahead, but for those of a clock that went wrong.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        say: Say,
        *,
        longest_wait: Callable[[], float],
        crash_point: CrashPoint = no_crash,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._say = say
        self._longest_wait = longest_wait
        self._crash_point = crash_point
        self._opener = Opener(folder, clock.wall, self._say_damaged, crash_point)
        self._ownership: Optional[Ownership] = None
        self._use(None)
        self.owned = False
        self.owner = ""
        """Who owns the folder when this process does not."""

    def _use(self, file: Optional[Database]) -> None:
        self._database = FailoverDatabase(
            file, self._opener.reopen, self._say_refusing, fresh_key=self._fresh_key, crash_point=self._crash_point
        )
        self.outbox = Outbox(self._database)
        self._database.under_way = self.outbox.under_way
        self._seen = self._database.version()

    def _fresh_key(self) -> int:
        """Above the keys of every file so far, for there are fewer than a thousand new rows in a millisecond."""
        return int(self._clock.wall() * 1000) << 10

    def take(self) -> bool:
        """Become the owner and open the outbox, in memory if need be; False while another process is the owner."""
        self._make_private()
        try:
            self._ownership = Ownership(self._folder)
        except OwnedElsewhereError as error:
            if not self.owner:
                self._say(logging.ERROR, "log.owned_elsewhere", who=error.who)
            self.owner = error.who
            return False
        except (OSError, sqlite3.Error):  # opening the outbox will say what is wrong with the folder
            pass
        if self.owner:
            self._say(logging.INFO, "log.taken_over")
        self.owner = ""
        self._database.close()
        self._use(self._open())
        self.owned = True
        return True

    def _make_private(self) -> None:
        """An older version let everybody read the folder, the outbox, and its damaged copies."""
        make_private(self._folder)
        with contextlib.suppress(OSError):
            for file in self._folder.glob(f"{OUTBOX_FILE}*"):
                make_private(file)

    def _open(self) -> Optional[Database]:
        try:
            file = self._opener.open()
            try:
                self._adopt_clock(file)
            except OutboxDamagedError:
                file = self._opener.reopen(file)
                self._adopt_clock(file)
        except OutboxError as error:
            self._say(logging.ERROR, "log.outbox_unusable", error=error)
            return None
        return file

    def _adopt_clock(self, file: Database) -> None:
        try:
            Outbox(file).adopt_clock(self._clock.steady(), self._longest_wait())
        except OutboxDamagedError:
            raise
        except OutboxError as error:
            self._say_refusing(error)

    @property
    def refusing(self) -> bool:
        """Whether the disk refuses, and the outbox works in memory."""
        return self._database.refusing

    def recover(self) -> bool:
        """Write back what only the memory has, if the disk takes it. Whether there was a reason to."""
        return self._database.recover()

    def release(self) -> None:
        """Close the outbox and let the next one have the folder."""
        if self.owned:  # else the file is somebody else's
            self.recover()
        self.outbox.close()
        self.owned = False
        if self._ownership is not None:
            self._ownership.release()

    def changed_by_others(self) -> bool:
        """Whether another process, such as the command line, has written to the file since the last call."""
        before, self._seen = self._seen, self._database.version()
        return before != self._seen

    @property
    def history(self) -> Optional[History]:
        """The history of deliveries; None while another process owns the folder, or while the file cannot be opened."""
        return History(self._database) if self.owned and self._database.file is not None else None

    def leave_events(self, events: Sequence[Received]) -> None:
        """Leave events in the inbox for the owner of the folder. Raises :class:`OutboxError`."""
        leave_events(self._folder, events, self._crash_point)

    def _say_refusing(self, error: Optional[OutboxError]) -> None:
        """Say that the file begins to refuse, with a remedy for that reason; or (None) that it works again."""
        if error is None:
            self._say(logging.INFO, "log.outbox_recovered")
        elif isinstance(error, OutboxGoneError):
            self._say(logging.ERROR, "log.outbox_gone", file=OUTBOX_FILE)
        elif isinstance(error, OutboxLockedError):
            self._say(logging.ERROR, "log.outbox_locked", file=OUTBOX_FILE)
        else:
            self._say(logging.ERROR, "log.outbox_refuses", reason=error)

    def _say_damaged(self, damage: Damage) -> None:
        values = {"reason": damage.reason, "moved_to": damage.moved_to.name, "saved": damage.saved}
        self._say(logging.ERROR, "log.outbox_damaged", **values)


def leave_events(folder: Path, events: Sequence[Received], crash_point: CrashPoint = no_crash) -> None:
    """Leave events in the inbox for the engine that owns the folder next. Raises :class:`OutboxError`."""
    database = Database(folder / OUTBOX_FILE, crash_point)
    try:
        store(database, events)
    finally:
        database.close()
