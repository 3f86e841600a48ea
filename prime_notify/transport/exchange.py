"""One try of one delivery, from the point of view of time: its deadline, how far it has come, and how to cut it off."""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
from typing import TYPE_CHECKING, Callable, Optional, TypeVar

from prime_notify.text.wording import Wording

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Exchange", "Phase", "Stopped"]

T = TypeVar("T")


class Phase(enum.IntEnum):
    """How far an attempt has come. Up to PROXY it deals with the proxy, where there is one."""

    LOOKUP = 0
    CONNECT = 1
    PROXY = 2
    TLS = 3
    SEND = 4
    WAIT = 5
    READ = 6

    @property
    def told(self) -> Wording:
        """The phase in words: "timed out while ..."."""
        return _TOLD[self]


_TOLD = {
    Phase.LOOKUP: Wording("its address was looked up", "解析地址"),
    Phase.CONNECT: Wording("connecting", "连接"),
    Phase.PROXY: Wording("opening a tunnel", "建立隧道"),
    Phase.TLS: Wording("setting up TLS", "建立 TLS"),
    Phase.SEND: Wording("the request was sent", "发送请求"),
    Phase.WAIT: Wording("its answer was awaited", "等待应答"),
    Phase.READ: Wording("its answer was read", "读取应答"),
}


class Stopped(Exception):  # noqa: N818 - not an error
    """The transport was closed under the attempt."""


class Exchange:
    """The budget of one attempt. Used by one thread; only :meth:`stop` may come from another.

    Every blocking call of the attempt first asks for :meth:`remaining`, so that the deadline holds for all of them
    together, however small the drops in which a peer trickles its bytes.
    """

    def __init__(self, timeout: float, clock: Callable[[], float]) -> None:
        self.phase = Phase.LOOKUP
        self._clock = clock
        self._deadline = clock() + timeout
        self._stopped = threading.Event()
        self._wake = threading.Event()
        self._socket: Optional[socket.socket] = None

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def remaining(self) -> float:
        """Seconds left, more than zero. Raises TimeoutError after the deadline, Stopped after :meth:`stop`."""
        if self._stopped.is_set():
            raise Stopped
        left = self._deadline - self._clock()
        if left <= 0:
            raise socket.timeout("the attempt's deadline has passed")
        return left

    def watch(self, sock: socket.socket) -> None:
        """The socket that the attempt is blocked on from now on."""
        self._socket = sock

    def wait_for(self, future: Future[T]) -> T:
        """The future's result or exception; raises as :meth:`remaining` does when that comes first."""
        future.add_done_callback(lambda _: self._wake.set())
        self._wake.wait(self.remaining())
        self.remaining()
        return future.result(0)

    def stop(self) -> None:
        """Ends the attempt from another thread, wherever it is blocked."""
        self._stopped.set()
        self._wake.set()
        sock = self._socket
        if sock is not None:
            with contextlib.suppress(OSError):
                # The plain socket's: SSLSocket.shutdown would drop the TLS state that the attempt's thread is using
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
