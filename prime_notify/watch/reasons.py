"""Why a backup did not come, as far as that was seen. Pure."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from prime_notify.messages.machine_texts import machine_message
from prime_notify.model.event import Status
from prime_notify.outbox.tasks import TaskRow, skips_by_reason
from prime_notify.schedules.plan import Plan, SkipReason
from prime_notify.text.humanize import duration

__all__ = ["Reason", "Seen", "reasons_of"]

_SHORT_DOWN = 60.0
"""Seconds without MCDReforged that explain nothing: a restart."""


class Reason(NamedTuple):
    """``name``: for programs. ``message``: a machine text for people."""

    name: str
    message: str


@dataclass(frozen=True)
class Seen:
    """What was seen since the last good backup.

    ``rows``: the tasks, and the runs that were left out. ``loads``: when the plugin of the plan was loaded, unix
    seconds, also before. ``down``: seconds without this plugin, before its start. ``server_running``: now; None: not
    known. ``asks_plan``: whether the schedule is that of the plan.
    """

    rows: Sequence[TaskRow]
    plan: Plan
    loads: Tuple[float, ...] = ()
    down: float = 0.0
    server_running: Optional[bool] = None
    asks_plan: bool = True


def reasons_of(seen: Seen, now: float) -> List[Reason]:
    """The reasons, the most likely first; one of its own where nothing was seen."""
    return [*_found(seen, now)] or [_reason("unseen")]


def _found(seen: Seen, now: float) -> Iterator[Reason]:
    statuses = collections.Counter(row.status for row in seen.rows)
    skips = skips_by_reason(seen.rows)
    if seen.asks_plan and not seen.plan.loaded:
        yield _reason("not_loaded")
    elif seen.plan.paused:
        yield _reason("paused")
    if statuses[Status.FAILURE.value]:
        yield _reason("failed", statuses[Status.FAILURE.value])
    if statuses[Status.ABORTED.value]:
        yield _reason("aborted", statuses[Status.ABORTED.value])
    for reason in (SkipReason.BUSY, SkipReason.NOBODY_ONLINE):
        if skips[reason.value]:
            yield _reason(reason.value, skips[reason.value])
    if skips[SkipReason.SERVER_STOPPED.value] or seen.server_running is False:
        yield _reason("server_stopped")
    if skips[SkipReason.MISSED.value]:
        yield _reason("missed", skips[SkipReason.MISSED.value])
    if seen.down > _SHORT_DOWN:
        yield _reason("mcdr_down", duration(seen.down))
    if _never_elapsed(seen, now, fired=bool(statuses)):
        assert seen.plan.interval is not None
        yield _reason("never_elapsed", duration(seen.plan.interval))


def _never_elapsed(seen: Seen, now: float, *, fired: bool) -> bool:
    """Whether the plugin was loaded again and again before its interval was over, which starts anew each time."""
    plan = seen.plan
    if fired or not plan.loaded or plan.paused or plan.interval is None or not seen.loads:
        return False
    return now - seen.loads[-1] < plan.interval


def _reason(name: str, *values: object) -> Reason:
    return Reason(name, machine_message(f"overdue_{name}", *values))
