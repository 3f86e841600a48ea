"""The thread of a lane."""

from __future__ import annotations

import logging
import threading
from typing import Callable, Optional

from prime_notify.delivery.lane import Lane
from prime_notify.waiting import make_signal

__all__ = ["LaneThread", "guard"]

_LONGEST_PAUSE = 86400.0
"""Seconds: the longest wait, since Windows cannot wait for more than 49 days."""

_FAULT_PAUSE = 60.0
"""Seconds of rest after an unexpected error, so that it is not repeated all the time."""


class LaneThread:
    """Runs a lane until :meth:`stop`. The thread starts with the first wake-up and is named after its endpoint."""

    def __init__(self, lane: Lane, *, after: Optional[LaneThread] = None) -> None:
        self.lane = lane
        self._after = after
        self._wake = make_signal()
        self._stopping = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._start_lock = threading.Lock()

    def wake(self) -> None:
        """There may be something to do. Cheap; from any thread."""
        self._wake.set()
        if self._thread is None and not self._stopping.is_set():
            self._start()

    def _start(self) -> None:
        with self._start_lock:
            if self._thread is None:
                name = f"prime_notify-lane-{self.lane.endpoint.name}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take nothing new; an attempt under way may finish."""
        self._stopping.set()
        self._wake.set()

    @property
    def is_alive(self) -> bool:
        """Whether it works, or will with the first wake-up."""
        return self._thread is None or self._thread.is_alive()

    def join(self, timeout: Optional[float] = None) -> bool:
        """Wait for the thread to end; whether it has."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        guard(self.lane.log, self._work)

    def _work(self) -> None:
        if self._after is not None:
            self._after.join()  # the former lane of the endpoint: never two attempts at once
            self._after = None
        while not self._stopping.is_set():
            self._wake.clear()
            pause = self._step()
            if pause is None or pause > 0:
                self._wake.wait(None if pause is None else min(pause, _LONGEST_PAUSE))

    def _step(self) -> Optional[float]:
        try:
            return self.lane.step()
        except Exception:
            self.lane.log.exception("unexpected error in %s", threading.current_thread().name)
            return _FAULT_PAUSE


def guard(log: logging.Logger, work: Callable[[], None]) -> None:
    """Run the work of a thread, and log its error, which would otherwise reach the interpreter's thread hook."""
    try:
        work()
    except Exception:
        log.exception("unexpected error in %s", threading.current_thread().name)
