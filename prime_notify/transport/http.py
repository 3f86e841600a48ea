"""HTTP: time limits, size caps, redirects, TLS, proxies and kept connections.

A urllib3 pool would bound each read but not their sum, and would log whole URLs, with the keys in them, at DEBUG level.
The environment's proxies and CAs are found with the help of requests.
"""

from __future__ import annotations

import functools
import ssl
import threading
import time
from collections import deque
from typing import Callable, Deque, List, Optional, Set, Tuple, TypeVar, Union

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import ConnectionOptions, Request
from prime_notify.model.response import Response
from prime_notify.model.tls import tls_context, tls_files
from prime_notify.text.redaction import mask_url
from prime_notify.transport.connection import Connection
from prime_notify.transport.dial import Resolver
from prime_notify.transport.exchange import Exchange, Meanwhile, Phase, Stopped
from prime_notify.transport.explain import explain
from prime_notify.transport.http_syntax import read_answer, request_bytes
from prime_notify.transport.route import EnvironmentProxies, PoolKey, Route, find_route

__all__ = ["FailureKind", "HttpTransport", "TransportFailure"]

_BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)

_ENDED = (*_BROKEN_OFF, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_ALERT_WAIT = 1.0
"""Seconds for which a connection listens for an alert."""

T = TypeVar("T")
_Work = Callable[[Request, Route, Optional[ssl.SSLContext], Exchange], T]


class HttpTransport:
    """Sends requests from any number of threads, and keeps connections for the next ones.

    ``body_cap``: the number of bytes of an answer's body that are kept. At most ``max_idle`` connections are kept, each
    for at most ``idle_seconds``: a router on the way may have forgotten an older one, and it takes a whole time-out to
    notice that. ``clock`` is monotonic, ``wall_clock`` gives unix seconds.
    """

    def __init__(
        self,
        *,
        body_cap: int = 64 * 1024,
        max_idle: int = 32,
        idle_seconds: float = 30,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        resolver: Optional[Resolver] = None,
    ) -> None:
        self._body_cap = body_cap
        self._max_idle = max_idle
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._wall_clock = wall_clock
        self._resolver = resolver or Resolver()
        self._lock = threading.Lock()
        self._idle: Deque[Tuple[float, PoolKey, Connection]] = deque()  # oldest first
        self._exchanges: Set[Exchange] = set()
        self._closed = False
        find = functools.partial(find_route, environment=EnvironmentProxies())
        self._route: Callable[[str, ConnectionOptions], Route] = functools.lru_cache(maxsize=256)(find)
        self._tls_context = functools.lru_cache(maxsize=32)(lambda options, files: tls_context(options))

    def send(
        self, request: Request, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        """One attempt, which ends within ``timeout`` seconds. Never raises; follows no redirect."""
        return self._attempt(request, timeout, self._send, meanwhile)

    def probe(self, request: Request, *, timeout: float) -> Optional[TransportFailure]:
        """Try to connect as ``request`` needs it: look the name up, connect, open the proxy's tunnel, set up TLS.

        Returns the failure, if there is one. Sends nothing, uses no kept connection and keeps none. Never raises.
        """
        return self._attempt(request, timeout, self._connect)

    def _attempt(
        self, request: Request, timeout: float, work: _Work[T], meanwhile: Meanwhile = None
    ) -> Union[T, TransportFailure]:
        try:
            options = request.connection
            route = self._route(request.url, options)
            # Files are read before the attempt's time begins
            context = self._tls_context(options, tls_files(options)) if route.tls else None
        except Exception as error:  # noqa: BLE001 - a malformed URL or proxy, an unusable CA bundle
            return explain(error, Phase.LOOKUP, mask_url(request.url))
        exchange = Exchange(timeout, self._clock, meanwhile)
        with self._lock:
            self._exchanges.add(exchange)
            if self._closed:
                exchange.stop()
        try:
            return work(request, route, context, exchange)
        except Exception as error:  # noqa: BLE001 - any error is the result of this attempt
            error = Stopped() if exchange.stopped else error
            configured = route.proxy is not None and route.proxy.configured
            return explain(error, exchange.phase, route.peer, route.proxy_peer, configured=configured)
        finally:
            with self._lock:
                self._exchanges.discard(exchange)

    def close(self) -> None:
        """End idle connections and cut running attempts off; later attempts fail at once. Idempotent."""
        with self._lock:
            self._closed = True
            idle, exchanges = list(self._idle), list(self._exchanges)
            self._idle.clear()
        for _, _, connection in idle:
            connection.close()
        for exchange in exchanges:
            exchange.stop()

    def _send(self, request: Request, route: Route, context: Optional[ssl.SSLContext], exchange: Exchange) -> Response:
        data = request_bytes(request, route)
        kept = self._take_kept(route)
        if kept is not None:
            try:
                return self._talk(kept, data, request.method, route, exchange)
            except _BROKEN_OFF:
                # The peer closed the kept connection just when we used it, as servers do with idle ones. It may or may
                # not have read the request. Delivery is at least once anyway, and each try carries the notification's
                # id: to try again now does no more than the lane's retry would do later.
                if exchange.phase is Phase.READ:
                    raise
        exchange.phase = Phase.LOOKUP
        try:
            return self._talk(Connection(route, context, self._resolver), data, request.method, route, exchange)
        except _ENDED as error:
            raise self._alert_of_certificate(route, context, exchange) or error from None

    def _alert_of_certificate(
        self, route: Route, context: Optional[ssl.SSLContext], exchange: Exchange
    ) -> Optional[ssl.SSLError]:
        """The alert of a server that ended an attempt because it requires a client certificate.

        In TLS 1.3 this alert comes after the handshake, and is lost when the server closes while we send. So another
        connection only listens for it.
        """
        phase = exchange.phase
        if context is None or route.options.cert or phase < Phase.SEND:
            return None
        connection = Connection(route, context, self._resolver)
        try:
            connection.begin(exchange)
            connection.listen(_ALERT_WAIT)
        except ssl.SSLError as error:
            return error if "CERTIFICATE" in (error.reason or "") else None
        except Exception:  # noqa: BLE001 - the attempt has failed anyway, and its own error is the one to tell
            return None
        finally:
            connection.close()
            exchange.phase = phase
        return None

    def _connect(self, _: Request, route: Route, context: Optional[ssl.SSLContext], exchange: Exchange) -> None:
        connection = Connection(route, context, self._resolver)
        try:
            connection.begin(exchange)
        finally:
            connection.close()

    def _talk(self, connection: Connection, data: bytes, method: str, route: Route, exchange: Exchange) -> Response:
        reusable = False
        try:
            connection.begin(exchange)
            broken = _send_or_break(connection, data)
            exchange.phase = Phase.WAIT
            if exchange.meanwhile is not None:
                exchange.meanwhile()
            try:
                status, headers, body, reusable = read_answer(connection, method, self._body_cap + 1)
            except _ENDED as error:
                if broken is None:
                    raise
                exchange.phase = Phase.SEND
                raise broken from error
        finally:
            self._keep(route, connection) if reusable else connection.close()
        cap = self._body_cap
        return Response(status, headers, body[:cap], len(body) > cap, received_at=self._wall_clock())

    def _take_kept(self, route: Route) -> Optional[Connection]:
        """A kept connection for this route that is still usable."""
        while True:
            with self._lock:
                stale = self._expired()
                found = self._newest_idle(route.pool_key)
            for connection in stale:
                connection.close()
            if found is None or not found.dropped:
                return found
            found.close()

    def _newest_idle(self, key: PoolKey) -> Optional[Connection]:
        """Take out the idle connection that was used last. Under the lock."""
        for index in range(len(self._idle) - 1, -1, -1):
            if self._idle[index][1] == key:
                connection = self._idle[index][2]
                del self._idle[index]
                return connection
        return None

    def _keep(self, route: Route, connection: Connection) -> None:
        with self._lock:
            stale = self._expired()
            if self._closed:
                stale.append(connection)
            else:
                self._idle.append((self._clock(), route.pool_key, connection))
            if len(self._idle) > self._max_idle:
                stale.append(self._idle.popleft()[2])
        for unwanted in stale:
            unwanted.close()

    def _expired(self) -> List[Connection]:
        """Remove the connections that have been idle for too long. Under the lock."""
        expired = []
        while self._idle and self._idle[0][0] < self._clock() - self._idle_seconds:
            expired.append(self._idle.popleft()[2])
        return expired


def _send_or_break(connection: Connection, data: bytes) -> Optional[OSError]:
    """Send the request; the error, when the server closes the connection before it has read everything.

    Its answer may be there all the same: HTTP 413, for example, or the alert of TLS 1.3 that it wants a certificate.
    """
    try:
        connection.send(data)
    except _ENDED as error:
        return error
    return None
