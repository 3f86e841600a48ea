"""Failures of attempts that got no answer: kind, reason and remedy."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from prime_notify.text.wording import NOTHING, Wording

__all__ = ["FailureKind", "TransportFailure", "UnsendableError"]


class FailureKind(str, enum.Enum):
    """The kind of a failure below HTTP, or before a program could answer.

    ``ELSEWHERE``: only another process can make the attempt.
    """

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROXY = "proxy"
    INVALID_URL = "invalid_url"
    UNRUNNABLE = "unrunnable"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"
    OTHER = "other"


@dataclass(frozen=True)
class TransportFailure:
    """An attempt without a complete answer. ``reason`` names at most scheme, host and port. ``hint``: the remedy."""

    kind: FailureKind
    reason: Wording
    hint: Wording = NOTHING


class UnsendableError(Exception):
    """The request cannot be begun. ``failure`` has the reason, and shows nothing of the URL."""

    def __init__(self, kind: FailureKind, reason: Wording, hint: Wording) -> None:
        super().__init__(reason)
        self.failure = TransportFailure(kind, reason, hint)
