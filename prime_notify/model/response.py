"""A service's or a program's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

__all__ = ["Response"]


@dataclass(frozen=True)
class Response:
    """What came back. Header names are lower-case; ``body`` is cut at the transport's cap (then ``truncated``).

    Of a program, ``status`` is its exit code (negative: the signal that killed it) and ``body`` the end of its output.
    ``received_at``: when, unix seconds; 0 when not known.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False
    received_at: float = 0.0
