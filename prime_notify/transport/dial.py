"""Looks a host name up and connects a socket, within the deadline of an attempt."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
from concurrent.futures import Future
from typing import Any, Callable, Dict, List, Optional, Tuple

from prime_notify.transport.exchange import Exchange, Phase

__all__ = ["Connect", "Resolver", "dial"]

_Address = Tuple[Any, ...]
_Lookup = Callable[..., List[_Address]]
_MAX_ADDRESSES = 8

Connect = Callable[[int, int, int, Any, float, Exchange], socket.socket]
"""Makes a connected socket of: its family, kind and protocol, an address, a time limit in seconds, and the attempt."""


class Resolver:
    """Looks host names up. An attempt never waits longer for this than its deadline allows.

    The system's ``getaddrinfo`` has no time-out: with a dead name server it blocks for up to half a minute. So a
    daemon thread looks a name up, which an attempt can leave behind. Attempts that need the same name at the same time
    wait for the same thread. Numeric addresses need none, and are read once.
    """

    def __init__(self, lookup: _Lookup = socket.getaddrinfo) -> None:
        self._lookup = lookup
        self._lock = threading.Lock()
        self._numeric = functools.lru_cache(maxsize=256)(
            lambda host, port: lookup(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        )
        self._under_way: Dict[Tuple[str, int], Future[List[_Address]]] = {}

    def __call__(self, host: str, port: int, exchange: Exchange) -> List[_Address]:
        """The addresses, in the form of ``getaddrinfo``. Raises socket.gaierror, TimeoutError, Stopped."""
        with contextlib.suppress(OSError, UnicodeError):
            return self._numeric(host, port)
        return exchange.wait_for(self._start(host, port))

    def _start(self, host: str, port: int) -> Future[List[_Address]]:
        with self._lock:
            future = self._under_way.get((host, port))
            if future is None:
                future = self._under_way[host, port] = Future()
                threading.Thread(
                    target=self._run, args=(host, port, future), name="prime_notify-lookup", daemon=True
                ).start()
            return future

    def _run(self, host: str, port: int, future: Future[List[_Address]]) -> None:
        try:
            addresses = self._lookup(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            self._finish(host, port)
            future.set_exception(error)
        except UnicodeError:  # for example, a label of more than 63 characters
            self._finish(host, port)
            future.set_exception(socket.gaierror(socket.EAI_NONAME, "not a host name"))
        else:
            self._finish(host, port)
            future.set_result(addresses)

    def _finish(self, host: str, port: int) -> None:
        with self._lock:
            del self._under_way[host, port]


def dial(
    host: str,
    port: int,
    exchange: Exchange,
    resolve: Callable[[str, int, Exchange], List[_Address]],
    connect: Optional[Connect] = None,
) -> socket.socket:
    """A connected TCP socket. Raises the error of the last address.

    Each address gets its share of the remaining time. So an address that swallows packets (often a broken IPv6) leaves
    time for the next one. ``connect`` replaces the plain connecting, for a SOCKS proxy.
    """
    exchange.phase = Phase.LOOKUP
    addresses = resolve(host, port, exchange)[:_MAX_ADDRESSES]
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        exchange.phase = Phase.CONNECT
        try:
            share = exchange.remaining() / (len(addresses) - index)
            return (connect or _connect)(family, kind, protocol, address, share, exchange)
        except OSError as error:
            failure = error
    raise failure


def _connect(family: int, kind: int, protocol: int, address: Any, seconds: float, exchange: Exchange) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    exchange.watch(sock)
    try:
        sock.settimeout(seconds)
        sock.connect(address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock
