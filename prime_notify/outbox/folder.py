"""The data folder from the point of view of one process: who owns it, its outbox, and what others leave in it."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Callable, Optional

from prime_notify.clock import Clock
from prime_notify.crash_points import Step, no_step
from prime_notify.model.event import Event
from prime_notify.outbox.base import OutboxDamagedError, OutboxError
from prime_notify.outbox.guarded import GuardedOutbox
from prime_notify.outbox.history import History
from prime_notify.outbox.opening import OUTBOX_FILE, Damage, Opener
from prime_notify.outbox.ownership import OwnedElsewhereError, Ownership
from prime_notify.outbox.sqlite import SqliteOutbox

__all__ = ["DataFolder", "store_late"]

Say = Callable[..., None]
"""``say(level, key, **values)``: a line of the log, by its key among the texts."""


class DataFolder:
    """Not thread-safe in :meth:`take` and :meth:`release`; its outbox is.

    ``longest_wait``: seconds; nothing may be due later than that, so what is was stored by a clock that went wrong.
    """

    def __init__(self, folder: Path, clock: Clock, say: Say, *, longest_wait: float, step: Step = no_step) -> None:
        self._folder = folder
        self._clock = clock
        self._say = say
        self._longest_wait = longest_wait
        self._step = step
        self._opener = Opener(folder, clock.wall, self._say_damaged, step)
        self._ownership: Optional[Ownership] = None
        self._foreign_writes = 0
        self.outbox = GuardedOutbox(None, self._opener.reopen, self._say_refusing)
        self.held = False
        self.owner = ""
        """Who owns the folder when we do not."""

    def take(self) -> bool:
        """Become the owner and open the outbox, in memory if need be; False while somebody else is the owner."""
        try:
            self._ownership = Ownership(self._folder)
        except OwnedElsewhereError as error:
            if not self.owner:
                self._say(logging.ERROR, "log.owned_elsewhere", who=error.who)
            self.owner = error.who
            return False
        except (OSError, sqlite3.Error):  # what is wrong with the folder, opening the outbox will tell
            pass
        if self.owner:
            self._say(logging.INFO, "log.taken_over")
        self.owner = ""
        self.outbox = GuardedOutbox(self._open(), self._opener.reopen, self._say_refusing)
        self.held = True
        return True

    def _open(self) -> Optional[SqliteOutbox]:
        try:
            disk = self._opener.open()
            try:
                self._adopt_clock(disk)
            except OutboxDamagedError:
                disk = self._opener.reopen(disk)
                self._adopt_clock(disk)
        except OutboxError as error:
            self._say(logging.ERROR, "log.outbox_unusable", error=error)
            return None
        return disk

    def _adopt_clock(self, disk: SqliteOutbox) -> None:
        try:
            disk.adopt_clock(self._clock.steady(), self._longest_wait)
        except OutboxDamagedError:
            raise
        except OutboxError as error:
            self._say(logging.ERROR, "log.outbox_refuses", reason=error)

    def release(self) -> None:
        """Close the outbox and let the next one have the folder."""
        if self.held:  # else the file is somebody else's
            self.outbox.recover()
        self.outbox.close()
        self.held = False
        if self._ownership is not None:
            self._ownership.release()

    def changed_by_others(self) -> bool:
        """Whether somebody else (the command line, a former instance of ours) has written since the last call."""
        disk = self.outbox.disk
        if not isinstance(disk, SqliteOutbox):
            return False
        seen, self._foreign_writes = self._foreign_writes, disk.database.foreign_writes()
        return seen != self._foreign_writes

    @property
    def history(self) -> Optional[History]:
        """What was delivered; None while there is no outbox on disk."""
        disk = self.outbox.disk
        return History(disk.database) if isinstance(disk, SqliteOutbox) else None

    def keep_late(self, event: Event) -> None:
        """Keep an event for whoever owns the folder. Raises :class:`OutboxError`."""
        store_late(self._folder, event, self._step)

    def _say_refusing(self, refusing: bool, reason: str) -> None:
        if refusing:
            self._say(logging.ERROR, "log.outbox_refuses", reason=reason)
        else:
            self._say(logging.INFO, "log.outbox_recovered")

    def _say_damaged(self, damage: Damage) -> None:
        values = {"reason": damage.reason, "moved_to": damage.moved_to.name, "saved": damage.saved}
        self._say(logging.ERROR, "log.outbox_damaged", **values)


def store_late(folder: Path, event: Event, step: Step = no_step) -> None:
    """Keep an event that comes while no engine runs, for the next one. Raises :class:`OutboxError`."""
    outbox = SqliteOutbox(folder / OUTBOX_FILE, step)
    try:
        outbox.keep_late(event)
    finally:
        outbox.close()
