"""Waiting with a time limit that a change of the machine's clock does not move.

A Python that was built without ``sem_clockwait`` (for Alpine's musl, or against a glibc before 2.30) waits for a moment
of the wall clock: ``threading.Event().wait(5)`` takes two days longer when the clock is set back by two days meanwhile
(bpo-41710). There, a signal is a pipe: ``poll`` waits for a number of milliseconds. Windows is not affected.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import sysconfig
import threading
from typing import Optional, Union

__all__ = ["PipeSignal", "Signal", "make_signal"]

_LONGEST = 2**31 - 1  # milliseconds


class PipeSignal:
    """The methods of :class:`threading.Event` that are used here, for one waiting thread. Raises ``OSError`` when the
    process can open no more files.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._lock = threading.Lock()
        self._is_set = False

    def __del__(self) -> None:
        for end in ("_read", "_write"):
            with contextlib.suppress(AttributeError, OSError):
                os.close(getattr(self, end))

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        """Let the waiting thread go on; later waits end at once until :meth:`clear`."""
        with self._lock:
            if not self._is_set:
                self._is_set = True  # before the waiting thread sees the byte
                os.write(self._write, b"1")

    def clear(self) -> None:
        with self._lock:
            if self._is_set:
                os.read(self._read, 1)
                self._is_set = False

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Whether it is set, after at most ``timeout`` seconds."""
        poll = select.poll()
        poll.register(self._read, select.POLLIN)
        poll.poll(None if timeout is None else min(int(timeout * 1000) + 1, _LONGEST))
        return self._is_set


Signal = Union[threading.Event, PipeSignal]


def make_signal() -> Signal:
    """A signal for one waiting thread."""
    if sys.platform == "win32" or sysconfig.get_config_var("HAVE_SEM_CLOCKWAIT"):
        return threading.Event()
    try:
        return PipeSignal()
    except OSError:  # late after a change of the clock is better than never
        return threading.Event()
