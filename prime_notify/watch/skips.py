"""The scheduled runs that were left out, as rows of the past."""

from __future__ import annotations

from typing import List, Optional

from prime_notify.model.event import Task
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import SKIPPED, TaskRow
from prime_notify.schedules.plan import Skip, SkipReason
from prime_notify.watch.part import WatchContext

__all__ = ["SkipLog"]

_SERIES = 3600.0
"""Seconds of a clock hour, in which all runs that were left out for the same reason are one row: a schedule of every
minute leaves out many."""

_MOST_ROWS = 100


class SkipLog:
    """Keeps them. A row that could not be written is written at the next call."""

    def __init__(self, context: WatchContext) -> None:
        self._context = context
        self._newest: Optional[TaskRow] = None
        self._unkept: List[TaskRow] = []
        self.on_purpose: Optional[float] = None
        """The newest run that was left out because nobody was online, in unix seconds."""

    def open(self, past: Past) -> None:
        """Read what was kept. Raises OutboxError."""
        rows = past.newest(Task.BACKUP.value, SKIPPED, most=_MOST_ROWS)
        self._newest = rows[0] if rows else None
        self.on_purpose = next((row.at for row in rows if row.reason == SkipReason.NOBODY_ONLINE.value), None)

    def keep(self, past: Past) -> None:
        """Keep those since the last call. Raises OutboxError."""
        for skip in self._context.take_skips():
            self._newest = self._row(skip)
            self._unkept.append(self._newest)
            if skip.reason is SkipReason.NOBODY_ONLINE:
                self.on_purpose = skip.at
        if self._unkept:
            past.put(*self._unkept)
            self._unkept = []

    def _row(self, skip: Skip) -> TaskRow:
        former = self._newest
        kind = skip.plugin_id, skip.reason.value, skip.at // _SERIES
        if former is not None and kind == (former.plugin_id, former.reason, former.at // _SERIES):
            return former._replace(at=skip.at, times=former.times + 1)
        id = self._context.new_id()
        return TaskRow(id, skip.plugin_id, Task.BACKUP.value, SKIPPED, skip.at, reason=skip.reason.value)
