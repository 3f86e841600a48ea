"""The one place that talks HTTP: time, size, redirects, TLS, proxies and kept connections are dealt with here.

It stands on http.client rather than on a urllib3 pool, which bounds each read but not their sum, and which logs whole
URLs, with the keys in them, at DEBUG level. What the environment says about proxies and CAs is asked of requests.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ssl
import threading
import time
from collections import deque
from typing import Callable, Deque, Dict, Iterator, List, Optional, Set, Tuple, TypeVar, Union

from prime_notify.model.failure import FailureKind, TransportFailure, UnsendableError
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.model.tls import tls_context, tls_files
from prime_notify.text.redaction import mask_url
from prime_notify.text.wording import Wording
from prime_notify.transport.connection import Connection
from prime_notify.transport.dial import Resolver
from prime_notify.transport.exchange import Exchange, Phase, Stopped
from prime_notify.transport.explain import explain
from prime_notify.transport.route import PoolKey, Route, find_route
from prime_notify.version import __version__

__all__ = ["FailureKind", "HttpTransport", "TransportFailure"]

_OWN_HEADERS = frozenset(("accept-encoding", "connection", "content-length", "transfer-encoding"))
_BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, http.client.RemoteDisconnected)

T = TypeVar("T")
_Work = Callable[[Request, Route, Optional[ssl.SSLContext], Exchange], T]


class HttpTransport:
    """Sends requests from any number of threads, and keeps connections for the next ones.

    ``body_cap``: how many bytes of an answer are read. ``max_idle`` connections are kept, each for at most
    ``idle_seconds``: what lies idle longer may have been forgotten by a router on the way, which costs a whole
    time-out to find out. ``clock`` is monotonic, ``wall_clock`` gives unix seconds.
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
        self._route = functools.lru_cache(maxsize=256)(find_route)
        self._tls_context = functools.lru_cache(maxsize=32)(lambda options, files: tls_context(options))

    def send(self, request: Request, *, timeout: float) -> Union[Response, TransportFailure]:
        """One attempt, over within ``timeout`` seconds whatever the peer does. Never raises; follows no redirect."""
        return self._attempt(request, timeout, self._send)

    def probe(self, request: Request, *, timeout: float) -> Optional[TransportFailure]:
        """What keeps ``request`` from being sent, as far as that shows before its first byte: the name, the connection,
        the proxy's tunnel, TLS. Sends nothing of it, uses no kept connection and keeps none. Never raises."""
        return self._attempt(request, timeout, self._connect)

    def _attempt(self, request: Request, timeout: float, work: _Work[T]) -> Union[T, TransportFailure]:
        try:
            options = request.connection
            route = self._route(request.url, options)
            # read once, and not on the attempt's time
            context = self._tls_context(options, tls_files(options)) if route.tls else None
        except Exception as error:  # noqa: BLE001 - a URL, a proxy or a CA bundle that is none
            return explain(error, Phase.LOOKUP, mask_url(request.url))
        exchange = Exchange(timeout, self._clock)
        with self._registered(exchange):
            try:
                return work(request, route, context, exchange)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this attempt's result
                error = Stopped() if exchange.stopped else error
                configured = route.proxy is not None and route.proxy.configured
                return explain(error, exchange.phase, route.peer, route.proxy_peer, configured=configured)

    def close(self) -> None:
        """Ends idle connections and cuts running attempts off; later ones fail at once. Idempotent."""
        with self._lock:
            self._closed = True
            idle, exchanges = list(self._idle), list(self._exchanges)
            self._idle.clear()
        for _, _, connection in idle:
            connection.close()
        for exchange in exchanges:
            exchange.stop()

    @contextlib.contextmanager
    def _registered(self, exchange: Exchange) -> Iterator[None]:
        with self._lock:
            if self._closed:
                exchange.stop()
            self._exchanges.add(exchange)
        try:
            yield
        finally:
            with self._lock:
                self._exchanges.discard(exchange)

    def _send(self, request: Request, route: Route, context: Optional[ssl.SSLContext], exchange: Exchange) -> Response:
        kept = self._take_kept(route)
        if kept is not None:
            try:
                return self._talk(kept, request, route, exchange)
            except _BROKEN_OFF:
                # The peer closed the kept connection just when we used it, as servers do with idle ones, and whether
                # it had seen the request cannot be known. Delivery is at least once anyway, and the notification's id
                # goes with every try: trying again now does no more than the lane's retry would do later.
                if exchange.phase is Phase.READ:
                    raise
        exchange.phase = Phase.LOOKUP
        return self._talk(Connection(route, context, self._resolver), request, route, exchange)

    def _connect(self, _: Request, route: Route, context: Optional[ssl.SSLContext], exchange: Exchange) -> None:
        connection = Connection(route, context, self._resolver)
        connection.exchange = exchange
        try:
            connection.connect()
        finally:
            connection.close()

    def _talk(self, connection: Connection, request: Request, route: Route, exchange: Exchange) -> Response:
        connection.exchange = exchange
        reusable = False
        try:
            _write(connection, request, route)
            exchange.phase = Phase.WAIT
            answer = connection.getresponse()
            exchange.phase = Phase.READ
            body = _read(answer, self._body_cap + 1)
            reusable = answer.isclosed() and not answer.will_close  # closed: read to its end
        finally:
            self._keep(route, connection) if reusable else connection.close()
        headers: Dict[str, str] = {}
        for name, value in answer.getheaders():
            name = name.lower()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        cap = self._body_cap
        return Response(answer.status, headers, body[:cap], len(body) > cap, received_at=self._wall_clock())

    def _take_kept(self, route: Route) -> Optional[Connection]:
        """A kept connection along this route that still stands."""
        while True:
            with self._lock:
                stale = self._expired()
                found = next((entry for entry in reversed(self._idle) if entry[1] == route.pool_key), None)
                if found is not None:
                    self._idle.remove(found)
            for connection in stale:
                connection.close()
            if found is None:
                return None
            if not found[2].dropped:
                return found[2]
            found[2].close()

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
        """Takes out what has been idle for too long; under the lock."""
        expired = []
        while self._idle and self._idle[0][0] < self._clock() - self._idle_seconds:
            expired.append(self._idle.popleft()[2])
        return expired


def _write(connection: Connection, request: Request, route: Route) -> None:
    """Sends the whole request. Raises UnsendableError for headers that HTTP does not allow."""
    headers = {"Host": route.host_header, "User-Agent": f"PrimeNotify/{__version__}"}
    if route.authorization is not None:
        headers["Authorization"] = route.authorization
    given = {name.lower() for name in request.headers}
    headers = {name: value for name, value in headers.items() if name.lower() not in given}
    headers.update((name, value) for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS)
    headers["Accept-Encoding"] = "identity"  # a compressed answer could be of any size behind the cap
    if request.body or request.method not in ("GET", "HEAD"):
        headers["Content-Length"] = str(len(request.body))
    if route.http_proxy is not None and not route.tls and route.http_proxy.authorization is not None:
        headers["Proxy-Authorization"] = route.http_proxy.authorization
    connection.putrequest(request.method, route.target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        try:
            connection.putheader(name, value.encode("utf-8"))
        except ValueError:  # its message would show the value
            reason = Wording("a header has characters that HTTP does not allow", "请求头中有 HTTP 不允许的字符")
            hint = Wording(
                "look for line breaks in the endpoint's headers and in the environment or files they come from",
                "请检查该推送目标的 headers 及其来源（环境变量或文件）中是否有换行",
            )
            raise UnsendableError(FailureKind.OTHER, reason, hint) from None
    # A server may answer and hang up before it has read everything (413, for one): then its answer is still there
    with contextlib.suppress(BrokenPipeError), connection.joined():
        connection.endheaders(request.body or None)


def _read(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """At most ``limit`` bytes of the body. Raises IncompleteRead when it ends before its announced length."""
    chunks = []
    while limit > 0:
        chunk = answer.read(limit)
        if not chunk:
            if answer.length:
                raise http.client.IncompleteRead(b"")
            break
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)
