"""A service's or a program's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

__all__ = ["Response"]


@dataclass(frozen=True)
class Response:
    """One answer. Header names are lower-case; ``body`` is cut at the transport's cap; then it is ``truncated``. A
    program's ``status`` is its exit code (negative: the signal that killed it), and its ``body`` is the end of its
    output. ``received_at``: unix seconds, 0 when not known.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False
    received_at: float = 0.0
