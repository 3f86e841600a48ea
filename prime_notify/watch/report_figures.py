"""The figures of a report, from the rows of its time. Pure."""

from __future__ import annotations

import collections
import statistics
from typing import Callable, Iterable, List, NamedTuple, Optional, Sequence

from prime_notify.delivery.overview import EndpointState
from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.figures import (
    BackupCounts,
    DeliveryCounts,
    Disk,
    LastBackup,
    Report,
    RestoreCounts,
    Trend,
    UnwellEndpoint,
)
from prime_notify.outbox.report_queries import Settled
from prime_notify.outbox.tasks import TaskRow, skips_by_reason

__all__ = ["PARTS", "Situation", "report_of", "trend_of", "unwell_of"]

PARTS = 7
"""The parts of the time whose medians a trend has."""

_BRIEF = 600.0
"""Seconds for which an endpoint may fail before that is worth a line: most faults of a network are shorter."""

_MOST_UNWELL = 100
_WORST_FIRST = ("gone", "failing", "mistake", "dead_letters")


class Situation(NamedTuple):
    """How things are now, beside the rows. ``last``: the newest good backup. ``overdue``: since when one is, unix
    seconds. ``next_by``, ``unwatched``, ``paused``: as in :class:`prime_notify.model.figures.Report`."""

    last: Optional[TaskRow] = None
    overdue: Optional[float] = None
    next_by: Optional[float] = None
    unwatched: Optional[str] = None
    paused: Optional[bool] = None
    settled: Settled = Settled()
    waiting: int = 0
    disks: Sequence[Disk] = ()
    unwell: Sequence[UnwellEndpoint] = ()


def report_of(rows: Sequence[TaskRow], since: float, until: float, now: Situation) -> Report:
    """The report over ``rows``, which are all of those after ``since`` and not after ``until``."""
    good = [row for row in rows if row.task == Task.BACKUP.value and row.is_good]
    return Report(
        since=since,
        until=until,
        backups=_backups(rows),
        restores=_restores(rows),
        deliveries=DeliveryCounts(**now.settled._asdict(), waiting=now.waiting),
        last_backup=_last(now.last, until),
        overdue_s=None if now.overdue is None else round(max(0.0, until - now.overdue), 3),
        next_by=now.next_by if now.overdue is None else None,
        unwatched=now.unwatched or None,
        paused=now.paused or None,
        size=trend_of(good, since, until, _size),
        duration=trend_of(good, since, until, lambda row: row.cost),
        disks=list(now.disks),
        unwell=list(now.unwell),
    )


def _backups(rows: Iterable[TaskRow]) -> BackupCounts:
    backups = [row for row in rows if row.task == Task.BACKUP.value]
    counts = collections.Counter(row.status for row in backups)
    skips = skips_by_reason(backups)
    return BackupCounts(
        done=counts[Status.SUCCESS.value],
        warnings=sum(row.is_good and row.severity != Severity.INFO.value for row in backups),
        failed=counts[Status.FAILURE.value],
        aborted=counts[Status.ABORTED.value],
        skipped=sum(skips.values()),
        skip_reasons=dict(skips),
        overdue=counts[Status.OVERDUE.value],
    )


def _restores(rows: Iterable[TaskRow]) -> RestoreCounts:
    counts = collections.Counter(row.status for row in rows if row.task == Task.RESTORE.value)
    done, failed, aborted = (counts[one.value] for one in (Status.SUCCESS, Status.FAILURE, Status.ABORTED))
    return RestoreCounts(done=done, failed=failed, aborted=aborted)


def _last(row: Optional[TaskRow], now: float) -> Optional[LastBackup]:
    return None if row is None else LastBackup(at=row.at, age_s=round(max(0.0, now - row.at), 3), id=row.backup_id)


def _size(row: TaskRow) -> Optional[float]:
    return row.stored_size if row.raw_size is None else row.raw_size


def trend_of(
    good: Sequence[TaskRow], since: float, until: float, value: Callable[[TaskRow], Optional[float]]
) -> Optional[Trend]:
    """The newest value of the good backups, and the median of each part of the time; None where no backup has one."""
    parts: List[List[float]] = [[] for _ in range(PARTS)]
    latest, length = None, max(until - since, 1e-9)
    for row in good:
        found = value(row)
        if found is not None:
            latest = found
            parts[max(0, min(PARTS - 1, int((row.at - since) / length * PARTS)))].append(found)
    if latest is None:
        return None
    return Trend(latest=latest, values=[round(statistics.median(part), 3) if part else None for part in parts])


def unwell_of(states: Iterable[EndpointState]) -> Sequence[UnwellEndpoint]:
    """The endpoints that need a person, the worst first."""
    found = [one for one in map(_unwell, states) if one is not None]
    found.sort(key=lambda one: (_WORST_FIRST.index(one.state), -(one.for_s or 0.0), one.name))
    return found[:_MOST_UNWELL]


def _unwell(state: EndpointState) -> Optional[UnwellEndpoint]:
    dead, failing = state.dead or None, state.failing_for
    if state.on and state.disabled:
        return UnwellEndpoint(name=state.name, state="gone", for_s=failing, dead=dead)
    if state.on and failing is not None and (failing >= _BRIEF or state.paused_for > 0):
        return UnwellEndpoint(name=state.name, state="failing", for_s=round(failing, 3), dead=dead)
    if state.mistake is not None and state.enabled:
        return UnwellEndpoint(name=state.name, state="mistake", dead=dead)
    return UnwellEndpoint(name=state.name, state="dead_letters", dead=dead) if dead else None
