"""Events for test notifications: realistic in form, marked as tests, and without a false claim."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Mapping, Optional

from prime_notify.messages.machine_texts import machine_comment, machine_message
from prime_notify.model.event import Bound, Event, EventName, Status, Task
from prime_notify.model.figures import (
    BackupCounts,
    DeliveryCounts,
    Disk,
    LastBackup,
    Overdue,
    Report,
    RestoreCounts,
    Storage,
    Trend,
)
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.text.humanize import local_time
from prime_notify.version import __version__

__all__ = ["sample_event"]

_HOUR = 3600.0
_GIB = 1 << 30
_NOBODY = {"type": "console", "name": "", "full": "console:"}


def sample_event(
    name: EventName, *, operator: Optional[Mapping[str, str]] = None, now: Callable[[], float] = time.time
) -> Event:
    """A test event of this name, asked for by ``operator`` (the payload's field; by default the console).

    Its texts are machine texts: each endpoint gets them in its own language.
    """
    who = dict(operator or _NOBODY)
    fields: Dict[str, Any] = {
        "operator": who,
        "source": {key: value for key, value in who.items() if key in ("type", "name") and value},
        "message": machine_message("test" if name.bound is not Bound.NONE else "test_figures"),
        **_figures(name, now()),
    }
    if name.bound is not Bound.NONE:
        fields["backup"] = _backup(name, who, now())
    if name.is_end:
        fields["cost_s"] = 12.345
    if name.status is Status.FAILURE:
        fields["error"] = {"type": "TestError", "message": machine_message("test_error")}
    return Event(name, PRIME_NOTIFY, __version__, fields, test=True)


def _figures(name: EventName, now: float) -> Dict[str, Any]:
    """The figures of an event that no task brings. The message says that they are examples."""
    if name.status is Status.OVERDUE:
        due = now - _HOUR
        return {"overdue": Overdue(last_success=due - 12 * _HOUR, due=due, for_s=_HOUR).model_dump(exclude_none=True)}
    if name.task is Task.STORAGE:
        is_low = name.status is Status.LOW
        disk = _disk(free=(5 if is_low else 200) * _GIB, low=is_low)
        return {"storage": Storage(disks=[disk], for_s=None if is_low else _HOUR).model_dump(exclude_none=True)}
    if name.task is Task.REPORT:
        return {"report": _report(now).model_dump(exclude_none=True)}
    if name.status is Status.STUCK:
        return {"cost_s": 2 * _HOUR}
    return {}


def _disk(free: int, *, low: bool = False) -> Disk:
    total = 500 * _GIB
    return Disk(path="pb_files", free=free, total=total, low=low, backups=40 * _GIB, growth=_GIB, days_left=free / _GIB)


def _report(now: float) -> Report:
    return Report(
        since=now - 7 * 24 * _HOUR,
        until=now,
        backups=BackupCounts(done=14, skipped=2, skip_reasons={"nobody_online": 2}),
        restores=RestoreCounts(done=1),
        deliveries=DeliveryCounts(delivered=30),
        last_backup=LastBackup(at=now - 3 * _HOUR, age_s=3 * _HOUR, id=42),
        next_by=now + 9 * _HOUR,
        size=Trend(latest=1288490188, values=[1.10e9, 1.12e9, 1.16e9, 1.18e9, None, 1.25e9, 1.29e9]),
        duration=Trend(latest=12.345, values=[11.2, 11.8, 10.9, 12.0, None, 12.9, 12.3]),
        disks=[_disk(200 * _GIB)],
    )


def _backup(name: EventName, operator: Mapping[str, str], now: float) -> Dict[str, Any]:
    backup: Dict[str, Any] = {"comment": machine_comment("test"), "targets": ["world"]}
    if name.task is Task.RESTORE or name.status is Status.SUCCESS:
        backup.update(
            id=42,
            date=local_time(now),
            creator=operator.get("full", ""),
            file_count=1234,
            raw_size=1288490188,
            stored_size=345678901,
        )
    return backup
