"""The time budget of one attempt: its deadline, the phase that it has reached, and the way to cut it off."""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
from typing import TYPE_CHECKING, Callable, Optional, TypeVar

from prime_notify.text.wording import Wording

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Exchange", "Meanwhile", "Phase", "Stopped"]

T = TypeVar("T")

Meanwhile = Optional[Callable[[], None]]
"""Some work of microseconds, to be done while an answer is awaited. It may be done twice, or not at all."""


class Phase(enum.IntEnum):
    """How far an attempt has come. Where there is a proxy, the phases up to PROXY concern the proxy."""

    LOOKUP = 0
    CONNECT = 1
    PROXY = 2
    TLS = 3
    SEND = 4
    WAIT = 5
    READ = 6

    @property
    def wording(self) -> Wording:
        """The phase in words, for a sentence such as "timed out while ..."."""
        return _WORDINGS[self]


_WORDINGS = {
    Phase.LOOKUP: Wording("its address was looked up", "解析地址"),
    Phase.CONNECT: Wording("connecting", "连接"),
    Phase.PROXY: Wording("opening a tunnel", "建立隧道"),
    Phase.TLS: Wording("setting up TLS", "建立 TLS"),
    Phase.SEND: Wording("the request was sent", "发送请求"),
    Phase.WAIT: Wording("its answer was awaited", "等待应答"),
    Phase.READ: Wording("its answer was read", "读取应答"),
}


class Stopped(Exception):  # noqa: N818 - not an error
    """The transport was closed during the attempt."""


class Exchange:
    """The time budget of one attempt. One thread uses it; only :meth:`stop` may come from another.

    Each blocking call of the attempt first asks for :meth:`remaining`. So the deadline bounds all of them together,
    even if a peer sends its bytes one by one.
    """

    __slots__ = ("_clock", "_deadline", "_socket", "_wake", "meanwhile", "phase", "stopped")

    def __init__(self, timeout: float, clock: Callable[[], float], meanwhile: Meanwhile = None) -> None:
        self.meanwhile = meanwhile
        self.phase = Phase.LOOKUP
        self.stopped = False
        self._clock = clock
        self._deadline = clock() + timeout
        self._wake: Optional[threading.Event] = None
        self._socket: Optional[socket.socket] = None

    def remaining(self) -> float:
        """Seconds left, more than zero. Raises TimeoutError after the deadline, Stopped after :meth:`stop`."""
        if self.stopped:
            raise Stopped
        left = self._deadline - self._clock()
        if left <= 0:
            raise socket.timeout("the attempt's deadline has passed")
        return left

    def watch(self, sock: socket.socket) -> None:
        """From now on the attempt blocks on this socket, which :meth:`stop` shuts down."""
        self._socket = sock

    def wait_for(self, future: Future[T]) -> T:
        """The future's result or exception. When :meth:`remaining` raises first, so does this."""
        wake = self._wake = threading.Event()  # before the check in remaining(): then stop() sees one or the other
        future.add_done_callback(lambda _: wake.set())
        wake.wait(self.remaining())
        self.remaining()
        return future.result(0)

    def stop(self) -> None:
        """End the attempt from another thread, wherever it blocks."""
        self.stopped = True
        if self._wake is not None:
            self._wake.set()
        sock = self._socket
        if sock is not None:
            with contextlib.suppress(OSError):
                # The plain socket's: SSLSocket.shutdown would drop the TLS state that the attempt's thread is using
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
