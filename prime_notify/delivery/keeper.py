"""The housekeeping: one thread that looks after the outbox every few seconds, out of the lanes' and backups' way."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Callable, Optional

from prime_notify.clock import Clock
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Retention
from prime_notify.steps import Step, no_step

__all__ = ["Chores", "Keeper", "Pruner"]

_INTERVAL = 2.0
"""Seconds between two rounds; a round with nothing to do takes microseconds."""

_PRUNE_EVERY = 3600.0
_PRUNE_BATCH = 200  # notifications a transaction: a backup never waits behind a long one
_FIRST_PRUNE = 60.0  # seconds after the start, when a server has better things to do


class Pruner:
    """Forgets what is past retention, in small bites."""

    def __init__(self, clock: Clock, keep: Callable[[], tuple[float, int]], step: Step = no_step) -> None:
        self._clock = clock
        self._keep = keep
        self._step = step
        self._next = clock.steady() + _FIRST_PRUNE

    def tick(self, outbox: Outbox) -> int:
        """Forget some if it is time to; how many notifications."""
        now = self._clock.steady()
        if now < self._next:
            return 0
        seconds, most = self._keep()
        self._step("prune:round")
        forgotten = outbox.prune(Retention(now - seconds, most), most=_PRUNE_BATCH)
        if forgotten < _PRUNE_BATCH:
            self._next = now + _PRUNE_EVERY
        return forgotten


@dataclass(frozen=True)
class Chores:
    """What a round does; each may raise OutboxError, which costs that round only."""

    take_over: Callable[[], bool]
    """Try to become the owner of the data folder; whether we are."""

    recover: Callable[[], None]
    """Bring to the disk what waits in memory."""

    look_for_others: Callable[[], None]
    """Take up what another process has written."""

    prune: Callable[[], object]
    """Forget what is past retention."""


class Keeper:
    """Runs the chores on a thread of its own until stopped."""

    def __init__(self, chores: Chores, log: logging.Logger) -> None:
        self._chores = chores
        self._log = log
        self._stopping = threading.Event()
        self._thread: Optional[threading.Thread] = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="prime_notify-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when no chore is under way any more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def tick(self) -> None:
        """One round."""
        if not self._chores.take_over():
            return
        for chore in (self._chores.recover, self._chores.look_for_others, self._chores.prune):
            if self._stopping.is_set():
                return
            try:
                chore()
            except OutboxError as error:
                self._log.debug("put off until the next round: %s", error)

    def _work(self) -> None:
        failing = False
        while not self._stopping.wait(_INTERVAL):
            try:
                self.tick()
                failing = False
            except Exception:  # noqa: BLE001  (the next round may do better)
                if not failing:  # said once, not every round
                    self._log.exception("unexpected error in %s", threading.current_thread().name)
                failing = True
