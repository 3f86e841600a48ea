"""How a severity looks and sounds at a service: its colour and its priority."""

from __future__ import annotations

import enum
from typing import Dict, Mapping, Optional, Union

from prime_notify.config.choices import SeverityChoice
from prime_notify.model.event import Severity
from prime_notify.model.payload import Payload

__all__ = ["Priority", "Tone", "priority_of", "tone_of"]

Priority = Optional[Union[int, Dict[SeverityChoice, int]]]
"""One priority for all messages, or one for each severity: ``{"info": 1, "error": 5}``."""


class Tone(enum.Enum):
    """The colour of a message, as 24-bit RGB."""

    GOOD = 0x2EB67D
    WARNING = 0xECB22E
    BAD = 0xE01E5A
    RUNNING = 0x3B82F6

    @property
    def hex(self) -> str:
        """``#2eb67d``."""
        return f"#{self.value:06x}"


def tone_of(payload: Payload) -> Tone:
    """By severity. A start without a problem is neither good nor bad."""
    if payload.severity is Severity.ERROR:
        return Tone.BAD
    if payload.severity is Severity.WARNING:
        return Tone.WARNING
    return Tone.RUNNING if payload.event.is_start else Tone.GOOD


def priority_of(payload: Payload, chosen: Priority, defaults: Mapping[Severity, int]) -> int:
    """The priority in ``chosen``, or in ``defaults`` for a severity that it leaves out."""
    if isinstance(chosen, int):
        return chosen
    return {**defaults, **(chosen or {})}[payload.severity]
