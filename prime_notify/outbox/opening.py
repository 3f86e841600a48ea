"""Opens the outbox's file; one that is damaged is moved aside, and what can still be read of it is saved."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Sequence

from prime_notify.crash_points import Step, no_step
from prime_notify.outbox.base import Outbox, OutboxDamagedError, OutboxError
from prime_notify.outbox.sqlite import SqliteOutbox

__all__ = ["OUTBOX_FILE", "Damage", "Opener"]

OUTBOX_FILE = "outbox.sqlite3"
_PARTS = ("-wal", "-shm", "")  # the file itself last: as long as it is in its place, it is not yet moved
_PENDING = ".salvage"
_SALVAGED_NOTIFICATION = "SELECT seq, id, accepted, payload FROM notification WHERE seq IN ({}) ORDER BY seq"
_COLUMNS = ("notification", "endpoint", "task_id", "state", "due", "attempts", "settled", "status", "ms", "reason")
_LATER_COLUMNS = ("purpose", "held")  # a file of an earlier version has none of them
_SALVAGED_DELIVERY = "SELECT {} FROM delivery WHERE state IN ('waiting', 'dead') ORDER BY seq"
_SALVAGED_TASK = "SELECT task_id, plugin_id, start, owner, notification_id FROM open_task"
_SALVAGED_ENDING = "SELECT plugin_id, task, status FROM ending"
_SALVAGED_LATE = "SELECT seq, event FROM late_event"
_SALVAGED_HEALTH = "SELECT endpoint, value FROM health"


@dataclass(frozen=True)
class Damage:
    """What was found, where the damaged file lies now, and how many undelivered deliveries were saved from it."""

    reason: str
    moved_to: Path
    saved: int


class Opener:
    """Opens ``outbox.sqlite3`` in a folder. ``now``: unix seconds, for the name of a file that is moved aside.

    A damaged file is called ``outbox.sqlite3.salvage`` until what can be read of it is in its successor: a process
    that is killed while it is at that leaves the rest to the next.
    """

    def __init__(
        self, folder: Path, now: Callable[[], float], say: Callable[[Damage], None], step: Step = no_step
    ) -> None:
        self._path = folder / OUTBOX_FILE
        self._now = now
        self._say = say
        self._step = step

    def open(self) -> SqliteOutbox:
        """The outbox. Raises :class:`OutboxError` when the folder cannot be used."""
        if any(self._part(_PENDING, suffix).exists() for suffix in _PARTS):
            return self._anew("it was damaged, and what could be read of it not saved yet")
        try:
            return SqliteOutbox(self._path, self._step)
        except OutboxDamagedError as error:
            return self._anew(str(error))

    def reopen(self, damaged: Optional[Outbox]) -> SqliteOutbox:
        """Another outbox in place of one that turned out to be damaged, or (None) that could not be opened."""
        if damaged is None:
            return self.open()
        damaged.close()
        return self._anew("it is damaged")

    def _anew(self, reason: str) -> SqliteOutbox:
        if not self._part(_PENDING, "").exists():
            self._move("", _PENDING, "salvage-begin")
        fresh = SqliteOutbox(self._path, self._step)
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
                self._step(f"{step}:part")
                if self._part(ending, suffix).exists():
                    self._part(ending, suffix).replace(self._part(to, suffix))
        except OSError as error:
            raise OutboxError(f"the damaged {self._path.name} cannot be moved aside: {error}") from error


def _salvage(damaged: Path, fresh: SqliteOutbox) -> int:
    """Copies what is undelivered, as far as it can be read and was not copied before; the number of deliveries."""
    with contextlib.closing(sqlite3.connect(damaged, isolation_level=None)) as source:
        columns = _delivery_columns(source)
        deliveries = list(_readable(source, _SALVAGED_DELIVERY.format(", ".join(columns))))
        wanted = sorted({row[0] for row in deliveries})
        notifications: List[Any] = []
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            notifications += _readable(source, _SALVAGED_NOTIFICATION.format(",".join("?" * len(some))), some)
        tasks = list(_readable(source, _SALVAGED_TASK))
        endings = list(_readable(source, _SALVAGED_ENDING))
        late = list(_readable(source, _SALVAGED_LATE))
        health = list(_readable(source, _SALVAGED_HEALTH))
    with fresh.database.transaction("salvage") as connection:
        copied = {id for (id,) in connection.execute("SELECT id FROM notification")}
        notifications = [row for row in notifications if row[1] not in copied]
        known = {row[0] for row in notifications}
        deliveries = [row for row in deliveries if row[0] in known]
        connection.executemany(
            "INSERT INTO notification (seq, id, accepted, payload) VALUES (?, ?, ?, ?)", notifications
        )
        places = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO delivery ({', '.join(columns)}) VALUES ({places})", deliveries)  # noqa: S608
        connection.executemany("INSERT OR IGNORE INTO ending VALUES (?, ?, ?)", endings)
        connection.executemany("INSERT OR IGNORE INTO open_task VALUES (?, ?, ?, ?, ?)", tasks)
        connection.executemany("INSERT OR IGNORE INTO late_event VALUES (?, ?)", late)
        connection.executemany("INSERT OR IGNORE INTO health VALUES (?, ?)", health)
    return len(deliveries)


def _delivery_columns(source: sqlite3.Connection) -> Sequence[str]:
    found = {row[0] for row in _readable(source, "SELECT name FROM pragma_table_info('delivery')")}
    return (*_COLUMNS, *(name for name in _LATER_COLUMNS if name in found))


def _readable(source: sqlite3.Connection, query: str, parameters: Sequence[object] = ()) -> Iterator[Any]:
    """The rows up to the first that cannot be read."""
    with contextlib.suppress(sqlite3.Error):
        yield from source.execute(query, parameters)
