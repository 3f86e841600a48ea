"""Wakes lanes on behalf of a backup's thread, which then has one thread to wake and not fifty."""

from __future__ import annotations

import threading
from typing import Callable, Iterable, Optional, Set

__all__ = ["Bell"]


class Bell:
    """``ring`` returns at once; ``answer`` is called with the names soon after, from the bell's own thread."""

    def __init__(self, answer: Callable[[Iterable[str]], None]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._names: Set[str] = set()
        self._stopping = False
        self._thread: Optional[threading.Thread] = None

    def ring(self, names: Iterable[str]) -> None:
        """There is something for these. From any thread."""
        with self._lock:
            self._names.update(names)
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._work, name="prime_notify-bell", daemon=True)
                self._thread.start()
        self._rung.set()

    def stop(self) -> None:
        """No answer is given after this. Idempotent."""
        with self._lock:
            self._stopping = True
            thread, self._thread = self._thread, None
        self._rung.set()
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            with self._lock:
                if self._stopping:
                    return
                names, self._names = self._names, set()
            self._answer(names)
