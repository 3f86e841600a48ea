"""A SOCKS proxy for tests: versions 4, 4a and 5 (RFC 1928, RFC 1929), on this machine only."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import struct
import threading
from typing import Any, List, Optional, Tuple

__all__ = ["SocksStub"]


class SocksStub(socketserver.ThreadingTCPServer):
    """``asked``: the hosts and ports it was asked for. It connects all of them with 127.0.0.1.

    ``status`` other than 0: it refuses with that. ``hang``: it answers nothing, or with ``trickle`` a byte now and
    then, ``trickle`` seconds apart.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        *,
        user: Optional[str] = None,
        password: str = "",
        status: int = 0,
        hang: bool = False,
        trickle: Optional[float] = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port: int = self.server_address[1]
        self.user, self.password, self.status, self.hang, self.trickle = user, password, status, hang, trickle
        self.asked: List[Tuple[str, int]] = []
        self.begun = threading.Event()
        self.ending = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to talk about."""

    def __enter__(self) -> SocksStub:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(socketserver.BaseRequestHandler):
    server: SocksStub

    def handle(self) -> None:
        version = self._read(1)[0]
        self.server.begun.set()
        if self.server.hang:
            self._hang()
            return
        host, port = self._version5() if version == 5 else self._version4()
        if not host:
            return
        self.server.asked.append((host, port))
        with socket.create_connection(("127.0.0.1", port)) as service:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6) if version == 5 else b"\x00\x5a" + bytes(6))
            self._pass_on(service)

    def _hang(self) -> None:
        for byte in b"\x05\x00\x05\x00\x00\x03\xff" + bytes(257):  # an answer as long as there can be
            if self.server.ending.wait(self.server.trickle):
                return
            with contextlib.suppress(OSError):
                self.request.sendall(bytes([byte]))

    def _version5(self) -> Tuple[str, int]:
        methods = self._read(self._read(1)[0])
        wanted = 2 if self.server.user else 0
        self.request.sendall(bytes([5, wanted if wanted in methods else 0xFF]))
        if wanted:
            self._read(1)
            user, password = (self._read(self._read(1)[0]).decode() for _ in range(2))
            right = (user, password) == (self.server.user, self.server.password)
            self.request.sendall(bytes([1, 0 if right else 1]))
            if not right:
                return "", 0
        kind = self._read(4)[3]
        host = self._read(self._read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(self._read(4))
        port = struct.unpack(">H", self._read(2))[0]
        if self.server.status:
            self.request.sendall(bytes([5, self.server.status, 0, 1]) + bytes(6))
            return "", 0
        return host, port

    def _version4(self) -> Tuple[str, int]:
        _, port, address = struct.unpack(">BH4s", self._read(7))
        self._text()
        return self._text() if address[:3] == bytes(3) and address[3] else socket.inet_ntoa(address), port

    def _text(self) -> str:
        text = b""
        while not text.endswith(b"\0"):
            text += self._read(1)
        return text[:-1].decode()

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.request.recv(count - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    def _pass_on(self, service: socket.socket) -> None:
        way = {self.request: service, service: self.request}
        while not self.server.ending.is_set():
            for ready in select.select(list(way), [], [], 0.05)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                way[ready].sendall(data)
