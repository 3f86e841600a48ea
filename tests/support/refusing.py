"""A proxy that answers for every host on the way, over HTTP and TLS, always with status 200 and the same body."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from typing import Any, Iterator

__all__ = ["RefusingProxy"]

_CERTIFICATE = Path(__file__).with_name("tls") / "localhost.pem"
_LONGEST_SILENCE = 20.0  # seconds


class RefusingProxy:
    """``requests``: how many it has answered. Clients must not verify certificates: each host has the same one."""

    def __init__(self, body: bytes = b"") -> None:
        self.body = body
        self.requests = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(_CERTIFICATE)
        threading.Thread(target=self._accept, name="refusing-proxy", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> RefusingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Any) -> None:
        connection.settimeout(_LONGEST_SILENCE)
        with contextlib.suppress(OSError, EOFError), contextlib.ExitStack() as closing:
            closing.callback(connection.close)
            head = _head(connection)
            if head.startswith(b"CONNECT "):
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                connection = self._context.wrap_socket(connection, server_side=True)
                closing.callback(connection.close)
                head = _head(connection)
            _skip(connection, _length(head))
            self.requests += 1
            kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            connection.sendall(kind + b"Content-Length: %d\r\n\r\n" % len(self.body) + self.body)


def _head(connection: Any) -> bytes:
    """The head of a request, byte by byte: what follows may be TLS."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise EOFError
        read += byte
    return read


def _length(head: bytes) -> int:
    fields: Iterator[Any] = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return next((int(value) for name, _, value in fields if name.lower() == b"content-length"), 0)


def _skip(connection: Any, left: int) -> None:
    while left:
        received = connection.recv(min(left, 65536))
        if not received:
            raise EOFError
        left -= len(received)
