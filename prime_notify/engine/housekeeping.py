"""The periodic jobs of the engine: they keep the outbox in order, apart from the lanes and the backups."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Callable, List

from prime_notify.clock import Clock
from prime_notify.config.models import HistoryConfig
from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.delivery.lanes import Lanes
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import DataFolder
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Retention
from prime_notify.periodic import Periodic

__all__ = ["Housekeeping", "Pruner"]

_INTERVAL = 2.0
"""Seconds between two runs of a job; a run with nothing to do takes microseconds."""

_PRUNE_EVERY = 3600.0
_PRUNE_BATCH = 200  # notifications in one transaction, so that a backup never waits for a long one
_FIRST_PRUNE = 60.0  # seconds after the start, when a server is busy


class Pruner:
    """Forgets notifications that are past retention, in small batches. ``keep``: the option in force."""

    def __init__(self, clock: Clock, keep: Callable[[], HistoryConfig], crash_point: CrashPoint = no_crash) -> None:
        self._clock = clock
        self._keep = keep
        self._crash_point = crash_point
        self._next = clock.steady() + _FIRST_PRUNE

    def tick(self, outbox: Outbox) -> int:
        """Forget a batch if it is time; the number of notifications. Raises OutboxError."""
        now = self._clock.steady()
        if now < self._next:
            return 0
        keep = self._keep()
        self._crash_point("prune:round")
        forgotten = outbox.prune(Retention(now - float(keep.keep), keep.max), most=_PRUNE_BATCH)
        if forgotten < _PRUNE_BATCH:
            self._next = now + _PRUNE_EVERY
        return forgotten


@dataclass(frozen=True)
class Housekeeping:
    """``own``: takes the data folder, unless another process owns it. ``accept_inbox``: accepts the events that other
    processes left in the folder."""

    folder: DataFolder
    lanes: Lanes
    pruner: Pruner
    own: Callable[[], object]
    accept_inbox: Callable[[], None]
    log: logging.Logger

    def jobs(self) -> List[Periodic]:
        """All periodic jobs, in the order in which they run."""
        return [
            Periodic("taking the data folder", _INTERVAL, self.own),
            self._as_owner("writing back to the disk", self._write_back),
            self._as_owner("looking for events of other processes", self._look_for_others),
            self._as_owner("forgetting old notifications", self._prune),
        ]

    def _as_owner(self, name: str, job: Callable[[], object]) -> Periodic:
        """A job that runs only while this process owns the data folder, and that an OutboxError ends for that run."""

        def run() -> None:
            if not self.folder.owned:
                return
            try:
                job()
            except OutboxError as error:
                self.log.debug("%s: put off until the next run: %s", name, error)

        return Periodic(name, _INTERVAL, run)

    def _write_back(self) -> None:
        if self.folder.recover():
            self.lanes.wake_all()

    def _look_for_others(self) -> None:
        if self.folder.changed_by_others():
            self.accept_inbox()
            self.lanes.wake_all()

    def _prune(self) -> None:
        if not self.folder.refusing:
            self.pruner.tick(self.folder.outbox)
