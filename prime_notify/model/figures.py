"""The figures of events that no task brings: an overdue backup, the storage, the report. Times are unix seconds.

They are parts of a payload (:mod:`prime_notify.model.payload`), so that receivers and templates get them as numbers.
An unknown value is an absent field.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from pydantic import BaseModel, ConfigDict

__all__ = [
    "BackupCounts",
    "DeliveryCounts",
    "Disk",
    "LastBackup",
    "Overdue",
    "Report",
    "RestoreCounts",
    "Storage",
    "Trend",
    "UnwellEndpoint",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Overdue(_Part):
    """A backup that is overdue, or was.

    ``last_success``: the end of the last good backup. ``due``: when the next one should have been there. ``reasons``:
    short names of what kept it, such as ``nobody_online``, the most likely first; the message has them as a text.
    ``for_s``: seconds since ``due``.
    """

    last_success: Optional[float] = None
    due: float
    for_s: float
    reasons: Tuple[str, ...] = ()


class Disk(_Part):
    """One disk that holds backups. Sizes in bytes.

    ``backups``: what the files below ``path`` take. ``growth``: bytes a day, from the free space after the last
    backups. ``days_left``: until it is full at this pace; absent where it does not fill.
    """

    path: str
    free: int
    total: int
    low: bool = False
    backups: Optional[int] = None
    growth: Optional[float] = None
    days_left: Optional[float] = None


class Storage(_Part):
    """The disks that hold backups. ``for_s``: for how long one of them was low, where all are well again."""

    disks: List[Disk]
    for_s: Optional[float] = None


class BackupCounts(_Part):
    """Backups in a time. ``warnings``: those of ``done`` that deserve doubt. ``skipped``: scheduled runs that were left
    out; ``skip_reasons``: how many for which reason (:class:`prime_notify.schedules.plan.SkipReason`). ``overdue``: how
    often a backup became overdue."""

    done: int = 0
    warnings: int = 0
    failed: int = 0
    aborted: int = 0
    skipped: int = 0
    skip_reasons: Dict[str, int] = {}
    overdue: int = 0


class RestoreCounts(_Part):
    """Restores in a time."""

    done: int = 0
    failed: int = 0
    aborted: int = 0


class LastBackup(_Part):
    """The newest good backup. ``at``: its end. ``age_s``: seconds since then."""

    at: float
    age_s: float
    id: Optional[int] = None


class Trend(_Part):
    """A number of the last good backup, and the same over the time of the report, in equal parts of it: the median of
    each part, None where it had no backup."""

    latest: float
    values: List[Optional[float]] = []


class DeliveryCounts(_Part):
    """Deliveries in a time: ``delivered``, ``given_up``; and those that wait now."""

    delivered: int = 0
    given_up: int = 0
    waiting: int = 0


class UnwellEndpoint(_Part):
    """An endpoint that needs a person. ``state``: ``failing``, ``gone``, ``mistake`` or ``dead_letters``."""

    name: str
    state: str
    for_s: Optional[float] = None
    dead: Optional[int] = None


class Report(_Part):
    """The figures of one report, for the time from ``since`` to ``until``.

    ``overdue_s``: seconds since when a backup is overdue now. ``next_by``: when the next backup has to be there;
    ``unwatched``: why nobody knows. ``paused``: whether the schedule is switched off. ``size``: bytes, ``duration``:
    seconds.
    """

    since: float
    until: float
    backups: BackupCounts
    restores: RestoreCounts
    deliveries: DeliveryCounts
    last_backup: Optional[LastBackup] = None
    overdue_s: Optional[float] = None
    next_by: Optional[float] = None
    unwatched: Optional[str] = None
    paused: Optional[bool] = None
    size: Optional[Trend] = None
    duration: Optional[Trend] = None
    disks: List[Disk] = []
    unwell: List[UnwellEndpoint] = []

    @property
    def is_well(self) -> bool:
        """Whether nothing in it needs a person."""
        backups = self.backups
        faults = backups.warnings, backups.failed, backups.overdue, self.restores.failed, self.unwell, self.paused
        return not (any(faults) or self.overdue_s is not None or any(disk.low for disk in self.disks))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: no task in that time, and all is well."""
        happened = any(self.backups.model_dump().values()) or any(self.restores.model_dump().values())
        return self.is_well and not happened
