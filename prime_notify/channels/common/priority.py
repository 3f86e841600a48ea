"""How loud a message is, on the scale of a service: by severity, unless the config says otherwise."""

from __future__ import annotations

from typing import Dict, Mapping, Optional, Union

from prime_notify.config.choices import SeverityChoice
from prime_notify.model.event import Severity
from prime_notify.model.payload import Payload

__all__ = ["Priority", "priority_of"]

Priority = Optional[Union[int, Dict[SeverityChoice, int]]]
"""One for all messages, or one for each severity: ``{"info": 1, "error": 5}``."""


def priority_of(payload: Payload, chosen: Priority, defaults: Mapping[Severity, int]) -> int:
    """What ``chosen`` says, and for the severities that it leaves out, ``defaults``."""
    if isinstance(chosen, int):
        return chosen
    return {**defaults, **(chosen or {})}[payload.severity]
