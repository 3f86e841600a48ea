"""A receiver with very little cost, in its own process, so that the benchmarks measure the sender only.

``/slow/<milliseconds>/…`` answers after that time. ``/never/…`` never answers. All other paths answer at once.
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Iterator

__all__ = ["serving"]

_ROOT = Path(__file__).resolve().parent.parent
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The base URL of a receiver that runs for as long as the block."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def _serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = b""
    with connection, contextlib.suppress(OSError):
        while True:
            while b"\r\n\r\n" not in buffer:
                data = connection.recv(65536)
                if not data:
                    return
                buffer += data
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            missing = (int(length[1]) if length else 0) - len(buffer)
            while missing > 0:
                data = connection.recv(missing)
                if not data:
                    return
                missing -= len(data)
            buffer = b""
            _answer(connection, head.split(b" ", 2)[1].split(b"/"))


def _answer(connection: socket.socket, path: list[bytes]) -> None:
    if path[1] == b"never":
        connection.recv(1)  # until the client gives up
        return
    if path[1] == b"slow":
        time.sleep(int(path[2]) / 1000)
    connection.sendall(_ANSWER)


def main() -> None:
    """Prints the port and serves until its standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            threading.Thread(target=_serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
