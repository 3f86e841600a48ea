"""A recording HTTP receiver over real sockets, whose misbehaviour is scripted. For tests and soak runs; stdlib only."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple, Union

from tests.support.answers import CLOSE, HANG, OK, RESET, Answer, Recorded, json_answer, redirect

__all__ = [
    "CERTIFICATES",
    "CLOSE",
    "HANG",
    "OK",
    "RESET",
    "Answer",
    "Receiver",
    "Recorded",
    "json_answer",
    "redirect",
    "unused_port",
]

CERTIFICATES = Path(__file__).with_name("tls")
"""Self-signed, for tests only: localhost.pem (localhost and 127.0.0.1), expired.pem, other-host.pem."""

_MAX_HEAD = 1 << 20


def unused_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Behaviour = Union[Answer, Callable[[Recorded], Answer]]


class _Script:
    """Answers in order; after the last one it stays there, or starts again."""

    def __init__(self, behaviours: Sequence[Behaviour], cycle: bool) -> None:
        self._behaviours = list(behaviours)
        self._cycle = cycle
        self._next = 0

    def take(self) -> Behaviour:
        index = self._next
        last = index + 1 == len(self._behaviours)
        self._next = 0 if last and self._cycle else index if last else index + 1
        return self._behaviours[index]


class Receiver:
    """``with Receiver() as receiver: post(receiver.url()); receiver.wait_for(1)``.

    Starts on entering (or :meth:`start`), ends every connection and thread on leaving (or :meth:`close`). ``tls`` names
    a certificate of :data:`CERTIFICATES`, such as "localhost". A given ``port`` can be listened on again after a close:
    that is how an outage is played. ``greeting`` is sent on every connection before anything is read.
    """

    def __init__(self, *, port: int = 0, tls: Optional[str] = None, greeting: bytes = b"") -> None:
        self.port = port
        self.connections = 0
        self._tls = None if tls is None else _server_context(CERTIFICATES / f"{tls}.pem")
        self._greeting = greeting
        self._changed = threading.Condition()
        self._requests: List[Recorded] = []
        self._scripts: Dict[Optional[str], _Script] = {None: _Script([OK], cycle=False)}
        self._closing = threading.Event()
        self._open: Dict[threading.Thread, socket.socket] = {}
        self._acceptor: Optional[threading.Thread] = None

    # -- for the test ------------------------------------------------------------------------------------------------

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    @property
    def requests(self) -> List[Recorded]:
        """All requests so far, in order of arrival."""
        with self._changed:
            return list(self._requests)

    def clear(self) -> None:
        """Forgets the requests so far."""
        with self._changed:
            self._requests.clear()

    def behave(self, *behaviours: Behaviour, path: Optional[str] = None, cycle: bool = False) -> None:
        """Answers requests (to ``path``, or to every path without a script of its own) with these, one after another.

        The last is repeated for ever, or with ``cycle`` the first comes again. A callable gets the request.
        """
        with self._changed:
            self._scripts[path] = _Script(behaviours, cycle)

    def wait_for(self, wanted: Union[int, Callable[[List[Recorded]], bool]] = 1, timeout: float = 60) -> List[Recorded]:
        """Blocks until that many requests are here, or until the predicate accepts their list; returns them.

        Raises AssertionError, with what did arrive, after ``timeout`` seconds.
        """
        enough = (lambda got: len(got) >= wanted) if isinstance(wanted, int) else wanted
        with self._changed:
            if not self._changed.wait_for(lambda: enough(list(self._requests)), timeout):
                seen = [f"{request.method} {request.target}" for request in self._requests]
                raise AssertionError(f"after {timeout} s only these requests had arrived: {seen}")
            return list(self._requests)

    def wait_until_closed(self, connections: int, timeout: float = 60) -> None:
        """Blocks until so many connections have begun, and all of them have ended."""
        deadline = time.monotonic() + timeout
        while (self.connections < connections or self._open) and time.monotonic() < deadline:
            time.sleep(0.005)
        assert (self.connections, self._open) == (connections, {})

    # -- life --------------------------------------------------------------------------------------------------------

    def start(self) -> Receiver:
        self._listener = socket.socket()
        if sys.platform != "win32":  # there it would let two sockets share the port
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen(256)
        self.port = self._listener.getsockname()[1]
        self._wake_read, self._wake_write = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="receiver-accept", daemon=True)
        self._acceptor.start()
        return self

    def close(self) -> None:
        """Idempotent; cuts every connection off and waits for every thread."""
        if self._acceptor is None:
            return
        self._closing.set()
        self._wake_write.send(b"x")
        self._acceptor.join()
        self._acceptor = None
        with self._changed:
            still_open = dict(self._open)
        for thread, connection in still_open.items():
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not SSLSocket's, which another thread is using
            thread.join()
        for end in (self._listener, self._wake_read, self._wake_write):
            end.close()

    def __enter__(self) -> Receiver:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- on the receiver's threads -----------------------------------------------------------------------------------

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_read, selectors.EVENT_READ)
            while not self._closing.is_set():
                ready = [key.fileobj for key, _ in selector.select()]
                if self._listener in ready and not self._closing.is_set():
                    with contextlib.suppress(OSError):  # the client may be gone again
                        self._serve_in_thread(self._listener.accept()[0])

    def _serve_in_thread(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.connections += 1
        number = self.connections
        thread = threading.Thread(target=self._serve, args=(connection, number), name=f"receiver-{number}", daemon=True)
        with self._changed:
            self._open[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            # OSError includes ssl.SSLError; ValueError: a TLS connection that broke in its handshake
            with connection, contextlib.suppress(OSError, ValueError):
                if isinstance(connection, ssl.SSLSocket):
                    connection.do_handshake()
                connection.sendall(self._greeting)
                buffer = b""
                while not self._closing.is_set():
                    goes_on, buffer = self._exchange(connection, number, buffer)
                    if not goes_on:
                        break
        finally:
            with self._changed:
                self._open.pop(threading.current_thread(), None)

    def _exchange(self, connection: socket.socket, number: int, buffer: bytes) -> Tuple[bool, bytes]:
        """One request and its answer; whether the connection goes on, and what was read beyond the request."""
        while b"\r\n\r\n" not in buffer:
            data = connection.recv(65536)
            if not data or len(buffer) > _MAX_HEAD:
                return False, b""
            buffer += data
        head, rest = buffer.split(b"\r\n\r\n", 1)
        request = _parse(head, number)
        behaviour = self._behaviour(request.path)
        length = int(request.header("Content-Length") or 0)
        if not isinstance(behaviour, Answer) or behaviour.read_body:
            chunks, missing = [rest], length - len(rest)
            while missing > 0:
                data = connection.recv(min(missing, 65536))
                if not data:
                    return False, b""
                chunks.append(data)
                missing -= len(data)
            rest = b"".join(chunks)
            request = replace(request, body=rest[:length], arrived=time.monotonic())
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()
        answer = behaviour if isinstance(behaviour, Answer) else behaviour(request)
        goes_on = self._answer(connection, answer) and (request.header("Connection") or "").lower() != "close"
        return goes_on, rest[length:]

    def _behaviour(self, path: str) -> Behaviour:
        with self._changed:
            return self._scripts.get(path, self._scripts[None]).take()

    def _answer(self, connection: socket.socket, answer: Answer) -> bool:
        """Whether the connection goes on."""
        self._closing.wait(answer.delay)
        if answer.status is not None:
            head = answer.head()
            if answer.trickle_head or answer.trickle_body:
                self._send(connection, head, answer.trickle_head)
                self._send(connection, answer.body, answer.trickle_body)
            else:
                self._send(connection, head + answer.body, 0)
        if answer.end == "hang":
            self._closing.wait()
        elif answer.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
        return answer.end == "keep" and (answer.headers.get("Connection") or "").lower() != "close"

    def _send(self, connection: socket.socket, data: bytes, pause: float) -> None:
        if not pause:
            connection.sendall(data)
            return
        for index in range(len(data)):
            if self._closing.wait(pause):
                return
            connection.sendall(data[index : index + 1])


_LINGER = "hh" if sys.platform == "win32" else "ii"


def _parse(head: bytes, connection: int) -> Recorded:
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:])
    headers = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return Recorded(method, target, headers, b"", head, time.monotonic(), connection)


def _server_context(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
