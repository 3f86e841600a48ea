"""An attempt without an answer: its kind, its reason, and the remedy."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from prime_notify.text.wording import NOTHING, Wording

__all__ = ["FailureKind", "TransportFailure", "UnsendableError"]


class FailureKind(str, enum.Enum):
    """What went wrong below HTTP, or before a program could say anything."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROXY = "proxy"
    INVALID_URL = "invalid_url"
    UNRUNNABLE = "unrunnable"
    STOPPED = "stopped"
    OTHER = "other"


@dataclass(frozen=True)
class TransportFailure:
    """No (complete) answer. ``reason`` names at most scheme, host and port; ``hint`` says what to do about it."""

    kind: FailureKind
    reason: Wording
    hint: Wording = NOTHING


class UnsendableError(Exception):
    """The request cannot even be begun; carries the failure that says why, and shows nothing of the URL."""

    def __init__(self, kind: FailureKind, reason: Wording, hint: Wording) -> None:
        super().__init__(reason)
        self.failure = TransportFailure(kind, reason, hint)
