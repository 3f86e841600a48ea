"""Opens the outbox's file; one that is damaged is moved aside, and what can still be read of it is saved."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxDamagedError, OutboxError
from prime_notify.outbox.rows import live_rows, undelivered

__all__ = ["OUTBOX_FILE", "Damage", "Opener"]

OUTBOX_FILE = "outbox.sqlite3"
_PARTS = ("-wal", "-shm", "")  # the file itself last: as long as it is in its place, it is not yet moved
_PENDING = ".salvage"

_PATIENCE = 0.25
"""Seconds that an event waits for another process's lock. Then everything goes on in memory, until the lock is gone."""


@dataclass(frozen=True)
class Damage:
    """Why a file was given up, where it is now, and how many undelivered deliveries were saved from it."""

    reason: str
    moved_to: Path
    saved: int


class Opener:
    """Opens ``outbox.sqlite3`` in a folder. ``now``: unix seconds, for the name of a file that is moved aside.

    A damaged file is called ``outbox.sqlite3.salvage`` until its readable rows are in its successor: when the process
    is killed before that, the next one does the rest.
    """

    def __init__(
        self, folder: Path, now: Callable[[], float], say: Callable[[Damage], None], crash_point: CrashPoint = no_crash
    ) -> None:
        self._path = folder / OUTBOX_FILE
        self._now = now
        self._say = say
        self._crash_point = crash_point

    def open(self) -> Database:
        """The outbox's database. Raises :class:`OutboxError` when the folder cannot be used."""
        if any(self._part(_PENDING, suffix).exists() for suffix in _PARTS):
            return self._anew("it was damaged, and what could be read of it not saved yet")
        try:
            return Database(self._path, self._crash_point, patience=_PATIENCE)
        except OutboxDamagedError as error:
            return self._anew(str(error))

    def reopen(self, damaged: Optional[Database]) -> Database:
        """Another database in place of one that turned out to be damaged, or (None) that could not be opened."""
        if damaged is None:
            return self.open()
        damaged.close()
        return self._anew("it is damaged")

    def _anew(self, reason: str) -> Database:
        if not self._part(_PENDING, "").exists():
            self._move("", _PENDING, "salvage-begin")
        fresh = Database(self._path, self._crash_point, patience=_PATIENCE)
        saved = 0
        with contextlib.suppress(OutboxError):
            saved = _salvage(self._part(_PENDING, ""), fresh)
        ending = self._unused_ending()
        self._move(_PENDING, ending, "salvage-end")
        self._say(Damage(reason, self._part(ending, ""), saved))
        return fresh

    def _part(self, ending: str, suffix: str) -> Path:
        return self._path.with_name(f"{self._path.name}{ending}{suffix}")

    def _unused_ending(self) -> str:
        first = ending = f".damaged-{int(self._now())}"
        number = 1
        while self._part(ending, "").exists():
            number += 1
            ending = f"{first}-{number}"
        return ending

    def _move(self, ending: str, to: str, step: str) -> None:
        try:
            for suffix in _PARTS:
                self._crash_point(f"{step}:part")
                if self._part(ending, suffix).exists():
                    self._part(ending, suffix).replace(self._part(to, suffix))
        except OSError as error:
            raise OutboxError(f"the damaged {self._path.name} cannot be moved aside: {error}") from error


def _salvage(damaged: Path, fresh: Database) -> int:
    """Copies what is undelivered, as far as it can be read and was not copied before; the number of deliveries.

    With their keys, so that what is handed out can still be settled.
    """
    with contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source:
        rows = live_rows(source, newest=0)
    fresh.write("salvage", rows.insert_missing)
    return undelivered(rows)
