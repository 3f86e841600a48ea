"""One connection to an origin, with a deadline over everything that an attempt does on it.

A socket's own time-out (and so that of http.client, urllib3 and requests) bounds each single read and write, so that a
peer that sends a byte now and then holds an attempt for ever. Here each of them gets the rest of the attempt's time.
"""

from __future__ import annotations

import select
import socket
import ssl
from typing import Any, Callable, List, Optional

from urllib3.util import wait_for_read

from prime_notify.transport.dial import dial
from prime_notify.transport.exchange import Exchange, Phase
from prime_notify.transport.http_syntax import LONGEST_LINE, InvalidAnswerError, connect_request, read_tunnel_answer
from prime_notify.transport.route import Route
from prime_notify.transport.socks import dial_socks

__all__ = ["Connection"]

_CHUNK = 16 * 1024

_SLACK = 0.05
"""Seconds that a call may end after the deadline. They spare most calls the setting of a time limit of their own."""


class Connection:
    """One connection to one origin, perhaps through a proxy. ``exchange``: the attempt that uses it now."""

    exchange: Exchange

    def __init__(self, route: Route, context: Optional[ssl.SSLContext], resolve: Callable[..., List[Any]]) -> None:
        self._route = route
        self._tls = context
        self._resolve = resolve
        self._sock: Optional[socket.socket] = None
        self._received = b""  # but not read yet
        self._limit = -1.0  # that the socket has: seconds

    def begin(self, exchange: Exchange) -> None:
        """Let an attempt use the connection; connect first, if it is a new one.

        To connect is to set up TCP, the proxy's tunnel and TLS: whichever are needed.
        """
        self.exchange = exchange
        if self._sock is None:
            self._connect()
        else:
            exchange.watch(self._sock)

    def _connect(self) -> None:
        route, exchange = self._route, self.exchange
        if route.proxy is not None and route.proxy.is_socks:
            self._sock = dial_socks(route.proxy, route.host, route.port, exchange, self._resolve)
        else:
            peer = route.proxy or route
            self._sock = dial(peer.host, peer.port, exchange, self._resolve)
        if route.needs_tunnel:
            exchange.phase = Phase.PROXY
            self._open_tunnel()
        if self._tls is not None:
            self.secure(self._tls)

    def secure(self, context: ssl.SSLContext) -> None:
        """Set up TLS. Whatever came in the clear and was not read yet is dropped: anybody may have sent it."""
        assert self._sock is not None
        exchange = self.exchange
        exchange.phase = Phase.TLS
        sock = context.wrap_socket(self._sock, server_hostname=self._route.server_name, do_handshake_on_connect=False)
        self._sock, self._received, self._limit = sock, b"", -1.0
        exchange.watch(sock)
        sock.settimeout(exchange.remaining())  # of the handshake as a whole (CPython's _ssl.c)
        sock.do_handshake()

    def _open_tunnel(self) -> None:
        self._write(connect_request(self._route))
        read_tunnel_answer(self)

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.exchange.phase = Phase.SEND
        self._write(data)

    def _write(self, data: bytes) -> None:
        sock = self._bounded()
        sent = sock.send(data)
        if sent < len(data):
            view = memoryview(data)[sent:]
            while view:
                view = view[self._bounded().send(view) :]

    def _bounded(self) -> socket.socket:
        """The socket, whose next call ends by the deadline, or ``_SLACK`` seconds later."""
        assert self._sock is not None
        left = self.exchange.remaining()
        if not left <= self._limit <= left + _SLACK:  # a system call, which also lets other threads go first
            self._sock.settimeout(left)
            self._limit = left
        return self._sock

    def listen(self, seconds: float) -> None:
        """Wait for whatever the peer sends first, for so long at most. Raises what reading does, or socket.timeout."""
        assert self._sock is not None
        self._sock.settimeout(min(seconds, self.exchange.remaining()))
        self._sock.recv(1)

    def read_line(self) -> bytes:
        """The next line with its end; without one, what the peer sent before it closed the connection.

        :raises InvalidAnswerError: the line is too long.
        """
        received = self._received
        end = received.find(b"\n") + 1
        while not end:
            if len(received) > LONGEST_LINE:
                raise InvalidAnswerError("a line is too long")
            data = self._receive(_CHUNK)
            if not data:
                self._received = b""
                return received
            scanned = len(received)
            received = self._received = received + data
            end = received.find(b"\n", scanned) + 1
        self._received = received[end:]
        return received[:end]

    def read(self, most: int) -> bytes:
        """The next bytes, at least one and at most ``most``; none when the peer has closed the connection."""
        if not self._received:
            return self._receive(min(most, 4 * _CHUNK))
        data, self._received = self._received[:most], self._received[most:]
        return data

    def _receive(self, most: int) -> bytes:
        data = self._bounded().recv(most)
        if data and self.exchange.phase is Phase.WAIT:
            self.exchange.phase = Phase.READ
        return data

    @property
    def has_unread(self) -> bool:
        """Whether bytes were received that nobody has read."""
        return bool(self._received)

    @property
    def dropped(self) -> bool:
        """Whether the peer closed the idle connection, or sent something that nobody asked for."""
        return self._sock is None or _has_input(self._sock)

    def close(self) -> None:
        """Idempotent."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()


def _has_input(sock: socket.socket) -> bool:
    """Whether there is something to read now, or the end."""
    try:
        return bool(select.select((sock,), (), (), 0)[0])  # the quickest way
    except ValueError:  # which is for low file descriptors only
        return wait_for_read(sock, timeout=0)
