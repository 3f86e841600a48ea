"""http.client's connection, with a deadline over everything that it does.

http.client (and urllib3 and requests on top of it) bounds only each single read and write, so a peer that trickles a
byte now and then holds an attempt for ever. Here every one of them gets what is left of the attempt's time.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
from typing import Any, Callable, Iterator, List, Optional

from urllib3.util import wait_for_read

from prime_notify.transport.dial import dial
from prime_notify.transport.exchange import Exchange, Phase
from prime_notify.transport.route import Route
from prime_notify.transport.socks import dial_socks

__all__ = ["Connection"]


class Connection(http.client.HTTPConnection):
    """One connection to one origin, perhaps through a proxy. ``exchange`` is the one that is using it now."""

    def __init__(self, route: Route, context: Optional[ssl.SSLContext], resolve: Callable[..., List[Any]]) -> None:
        peer = route.http_proxy or route
        super().__init__(peer.host, peer.port)
        self._route = route
        self._tls = context
        self._resolve = resolve
        self.exchange: Exchange
        self._held: Optional[List[bytes]] = None
        self.response_class = self._make_response  # type: ignore[assignment]  # called like the class
        if route.http_proxy is not None and route.tls:
            authorization = route.http_proxy.authorization
            self.set_tunnel(route.host, route.port, {"Proxy-Authorization": authorization} if authorization else {})

    def connect(self) -> None:
        """TCP, then the proxy's tunnel, then TLS: whichever are needed."""
        exchange = self.exchange
        if self._route.proxy is not None and self._route.proxy.is_socks:
            self.sock = dial_socks(self._route.proxy, self.host, self.port, exchange, self._resolve)
        else:
            self.sock = dial(self.host, self.port, exchange, self._resolve)
        if self._route.http_proxy is not None and self._tls is not None:
            exchange.phase = Phase.PROXY
            self._tunnel()  # type: ignore[attr-defined]  # of http.client, in every supported Python
        if self._tls is not None:
            exchange.phase = Phase.TLS
            name = self._route.host
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=name, do_handshake_on_connect=False)
            exchange.watch(self.sock)
            self.sock.settimeout(exchange.remaining())  # of the handshake as a whole (CPython's _ssl.c)
            self.sock.do_handshake()

    @contextlib.contextmanager
    def joined(self) -> Iterator[None]:
        """What is sent within the block leaves at once at its end: http.client sends head and body one by one."""
        self._held = []
        try:
            yield
            data, self._held = b"".join(self._held), None
            self.send(data)
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        if self._held is not None:
            self._held.append(data)
            return
        if self.sock is None:
            self.connect()
        else:
            self.exchange.watch(self.sock)
        if self.exchange.phase is not Phase.PROXY:
            self.exchange.phase = Phase.SEND
        view = memoryview(data)
        while view:
            self.sock.settimeout(self.exchange.remaining())
            view = view[self.sock.send(view) :]

    @property
    def dropped(self) -> bool:
        """Whether the peer closed it, or sent what nobody asked for, while it was idle."""
        return self.sock is None or wait_for_read(self.sock, timeout=0)

    def _make_response(
        self, sock: socket.socket, debuglevel: int = 0, method: Optional[str] = None
    ) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, debuglevel, method)
        response.fp = io.BufferedReader(_BoundedReader(sock, response.fp.detach(), self.exchange))
        return response


class _BoundedReader(io.RawIOBase):
    """A socket's raw reader whose every read is bounded by the attempt's deadline."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, exchange: Exchange) -> None:
        self._sock = sock
        self._raw = raw
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Optional[int]:
        self._sock.settimeout(self._exchange.remaining())
        count = self._raw.readinto(buffer)
        if count and self._exchange.phase is Phase.WAIT:
            self._exchange.phase = Phase.READ
        return count

    def close(self) -> None:
        self._raw.close()  # releases the socket, which http.client may have closed already
        super().close()
