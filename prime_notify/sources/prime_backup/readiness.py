"""How far a Prime Backup that is loaded has started."""

from __future__ import annotations

import enum
from typing import Any

from prime_notify.sources.foreign_objects import attribute

__all__ = ["Readiness", "readiness_of"]

_ABSENT = object()


class Readiness(enum.Enum):
    """How far a loaded Prime Backup has started."""

    UNSTARTED = enum.auto()
    """Its ``on_load`` has not ended yet, or has failed."""
    INITIALISING = enum.auto()
    FAILED = enum.auto()
    DISABLED = enum.auto()
    READY = enum.auto()


def readiness_of(instance: Any) -> Readiness:
    """The progress of this entry module's start (prime_backup/mcdr/mcdr_entrypoint.py, 1.9 to 1.13).

    ``on_load`` sets ``config`` first and ``init_thread`` last. That thread may migrate a database for minutes, and
    sets ``init_ok`` at its end. An attribute that does not exist at all proves nothing.
    """
    config, thread = attribute(instance, "config", _ABSENT), attribute(instance, "init_thread", _ABSENT)
    if config is not None and attribute(config, "enabled") is False:
        return Readiness.DISABLED
    is_alive = attribute(thread, "is_alive")
    has_ended = callable(is_alive) and is_alive() is False  # read before the result, which is set before the end
    if config is None:
        return Readiness.UNSTARTED
    if attribute(instance, "init_ok", True) is True:
        return Readiness.READY
    if thread is None:
        return Readiness.UNSTARTED
    return Readiness.FAILED if has_ended else Readiness.INITIALISING
