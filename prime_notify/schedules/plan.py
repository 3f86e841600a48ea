"""What a source knows of the schedule of backups, and the scheduled runs that were left out."""

from __future__ import annotations

import enum
from typing import NamedTuple, Optional, Protocol, Sequence

__all__ = ["NO_PLAN", "NO_SCHEDULE", "Plan", "ScheduleSource", "Skip", "SkipReason"]


class SkipReason(str, enum.Enum):
    """Why a scheduled backup was not made. ``lang/`` has a text for each, under ``watch.skip``.

    ``NOBODY_ONLINE`` is on purpose, and puts the deadline off. ``BUSY``: another task ran. ``MADE_ALREADY``: a person
    made a backup while it waited. ``MISSED``: its moment had passed before the scheduler came to it, as after a sleep
    of the machine.
    """

    NOBODY_ONLINE = "nobody_online"
    SERVER_STOPPED = "server_stopped"
    BUSY = "busy"
    MADE_ALREADY = "made_already"
    MISSED = "missed"
    UNLOADED = "unloaded"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


class Skip(NamedTuple):
    """A scheduled run of ``plugin_id`` that made no backup. ``at``: unix seconds."""

    plugin_id: str
    reason: SkipReason
    at: float


class Plan(NamedTuple):
    """The schedule of one plugin's backups, as it is now.

    ``loaded``: the plugin is there and has started; otherwise nothing else is known. ``enabled``: it makes backups by
    itself. Exactly one of ``interval`` (seconds) and ``crontab`` (as APScheduler's ``CronTrigger.from_crontab`` reads
    it) is set then, with ``jitter`` in seconds. ``paused``: its schedule is switched off by a command. ``next_run``:
    unix seconds; None where it is not known. ``load``: another number for each load of the plugin, since an interval
    starts anew then. ``storage``: the folder that holds the backups, as an absolute path.
    """

    plugin_id: str
    loaded: bool = False
    enabled: bool = False
    interval: Optional[float] = None
    crontab: Optional[str] = None
    jitter: float = 0.0
    paused: bool = False
    next_run: Optional[float] = None
    load: int = 0
    storage: Optional[str] = None


NO_PLAN = Plan("")
"""No plugin is known that makes backups by a schedule."""


class ScheduleSource(Protocol):
    """Where the plan comes from. Both are safe from any thread, quick, and never raise."""

    def plan(self) -> Plan:
        """The schedule, as it is now."""
        ...

    def take_skips(self) -> Sequence[Skip]:
        """The scheduled runs that were left out since the last call."""
        ...


class _NoSchedule:
    def plan(self) -> Plan:
        return NO_PLAN

    def take_skips(self) -> Sequence[Skip]:
        return ()


NO_SCHEDULE: ScheduleSource = _NoSchedule()
"""Without a source of plans, as on the command line."""
