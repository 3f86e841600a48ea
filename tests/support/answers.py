"""The requests that the receiver records, and the answers that a test sets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple

__all__ = ["CLOSE", "HANG", "OK", "RESET", "Answer", "Recorded", "json_answer", "redirect"]

_REASONS = {200: "OK", 204: "No Content", 302: "Found", 400: "Bad Request", 429: "Too Many Requests", 500: "Oops"}


@dataclass(frozen=True)
class Recorded:
    """One request as it came in; ``arrived`` is ``time.monotonic()`` when it was complete."""

    method: str
    target: str
    headers: Tuple[Tuple[str, str], ...]
    body: bytes
    head: bytes
    arrived: float
    connection: int

    @property
    def path(self) -> str:
        return self.target.split("?", 1)[0]

    def header(self, name: str) -> Optional[str]:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        return json.loads(self.body.decode("utf-8"))


@dataclass(frozen=True)
class Answer:
    """The answer of the receiver to one request. Times in seconds.

    ``read_body``: False leaves the request's body unread in the socket (the request is recorded without it). ``delay``
    comes before the first byte; ``trickle_head`` and ``trickle_body`` are pauses before every byte. ``end``: "keep" the
    connection, "close" it, "reset" it (RST), or "hang" until the receiver is closed; without ``status`` nothing is
    answered before that.
    """

    status: Optional[int] = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    delay: float = 0
    trickle_head: float = 0
    trickle_body: float = 0
    read_body: bool = True
    end: str = "keep"

    def head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status or 0, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if not {name.lower() for name in self.headers} & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


OK = Answer()
HANG = Answer(status=None, end="hang")
RESET = Answer(status=None, end="reset")
CLOSE = Answer(status=None, end="close")


def json_answer(value: Any, status: int = 200, headers: Optional[Mapping[str, str]] = None) -> Answer:
    body = json.dumps(value).encode("utf-8")
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, body)


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status, {"Location": location}, b"")
