"""Periodic work: jobs that run every so many seconds, all of them on one thread."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Sequence, Set

from prime_notify.waiting import make_signal

__all__ = ["Periodic", "PeriodicThread"]


@dataclass(frozen=True)
class Periodic:
    """A job. ``run`` is called every ``every`` seconds, counted from the end of the run before."""

    name: str
    every: float
    run: Callable[[], object]


class PeriodicThread:
    """Runs the jobs one after another until :meth:`stop`. ``now``: seconds that never jump.
    The first run of each job is one period away, or with ``at_once`` the first thing that the thread does.

    An error of a job is logged, once for each series of failures, and costs nothing but that run.
    """

    def __init__(
        self,
        name: str,
        jobs: Sequence[Periodic],
        log: logging.Logger,
        now: Callable[[], float] = time.monotonic,
        *,
        at_once: bool = False,
    ) -> None:
        self._name = name
        self._jobs = jobs
        self._log = log
        self._now = now
        started = now()
        self._due: Dict[str, float] = {job.name: started + (0.0 if at_once else job.every) for job in jobs}
        self._failing: Set[str] = set()
        self._stopping = make_signal()
        self._thread: Optional[threading.Thread] = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout: Optional[float] = None) -> None:
        """Return when no job is running any more, or after ``timeout`` seconds. Idempotent; not from a job."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def tick(self) -> float:
        """Run the jobs that are due. Returns the seconds until the next one is."""
        for job in self._jobs:
            if self._stopping.is_set():
                break
            if self._due[job.name] <= self._now():
                self._run(job)
                self._due[job.name] = self._now() + job.every
        return max(0.0, min(self._due.values()) - self._now())

    def _work(self) -> None:
        pause = self.tick()
        while not self._stopping.wait(pause):
            pause = self.tick()

    def _run(self, job: Periodic) -> None:
        try:
            job.run()
        except Exception:  # noqa: BLE001  (the next run may do better, and the other jobs go on)
            if job.name not in self._failing:
                self._log.exception("unexpected error in %s", job.name)
            self._failing.add(job.name)
        else:
            self._failing.discard(job.name)
