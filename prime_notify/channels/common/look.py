"""What a message looks like wherever a service has colours: the same everywhere."""

from __future__ import annotations

import enum

from prime_notify.model.event import Severity
from prime_notify.model.payload import Payload

__all__ = ["Tone", "tone_of"]


class Tone(enum.Enum):
    """The colour that a message wears, as 24-bit RGB."""

    GOOD = 0x2EB67D
    WARNING = 0xECB22E
    BAD = 0xE01E5A
    RUNNING = 0x3B82F6

    @property
    def hex(self) -> str:
        """``#2eb67d``."""
        return f"#{self.value:06x}"


def tone_of(payload: Payload) -> Tone:
    """By severity; what has only begun is neither good nor bad."""
    if payload.severity is Severity.ERROR:
        return Tone.BAD
    if payload.severity is Severity.WARNING:
        return Tone.WARNING
    return Tone.RUNNING if payload.event.is_start else Tone.GOOD
