"""A look-up of names that a test steers."""

from __future__ import annotations

import socket
import threading
from typing import Any, List

__all__ = ["Names"]


class Names:
    """A getaddrinfo for the host "service", which answers when it may."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.may = threading.Event()
        self.begun = threading.Event()
        self.asked = 0

    def __call__(self, host: str, port: int, *, type: int, flags: int = 0) -> List[Any]:
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not numeric")
        self.asked += 1
        self.begun.set()
        assert self.may.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer
