"""What a reader may know of the watch: the past as others read it, and all that a verdict is made of."""

from __future__ import annotations

import dataclasses
import datetime
from typing import NamedTuple, Optional, Sequence

from mcdreforged.api.types import CommandSource

from prime_notify.delivery.overview import Overview
from prime_notify.mcdr.commands.arguments import is_visible
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.model.event import Status, Task
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from prime_notify.text.time_zone import time_zone
from prime_notify.watch.glance import Glance
from prime_notify.watch.overdue import Deadline, OverdueWatch
from prime_notify.watch.part import OpenRun
from prime_notify.watch.verdict import CANDIDATES, Known, newest_of, refreshed

__all__ = ["Backups", "backups_of", "known_to", "past_of", "sees_details", "zone_of"]


_NO_RUNS: Sequence[OpenRun] = ()


class Backups(NamedTuple):
    """``deadline``: as it is now; None before the watch has looked. ``failed``: the newest backup that failed or was
    aborted."""

    deadline: Optional[Deadline]
    failed: Optional[TaskRow]


def past_of(tools: Tools) -> Optional[Past]:
    """The past; None where the history cannot be read either: elsewhere, or while the disk hangs."""
    return None if tools.engine.history is None else tools.engine.watching.past


def backups_of(tools: Tools, past: Past) -> Backups:
    """The state of the backups, with those since the last look of the watch. Raises OutboxError."""
    deadline = tools.engine.watching.part(OverdueWatch).deadline
    plugin_id = None if deadline is None else deadline.terms.plugin_id
    now = tools.engine.watching.now
    good = newest_of(_newest(past, Status.SUCCESS, plugin_id), now)
    failures = (row for status in (Status.FAILURE, Status.ABORTED) for row in _newest(past, status, plugin_id))
    failed = newest_of(failures, now)
    return Backups(None if deadline is None else refreshed(deadline, good), failed)


def _newest(past: Past, status: Status, plugin_id: Optional[str]) -> Sequence[TaskRow]:
    return past.newest(Task.BACKUP.value, status.value, plugin_id=plugin_id, most=CANDIDATES)


def known_to(tools: Tools, source: CommandSource, overview: Overview) -> Known:
    """All that a verdict for this reader is made of. Waits no longer than the history does."""
    watching, state, past = tools.engine.watching, tools.config_state(), past_of(tools)
    visible = [one for one in overview.endpoints if is_visible(tools, source, one)]
    backups, runs = Backups(watching.part(OverdueWatch).deadline, None), _NO_RUNS
    past_known = bool(overview.elsewhere or overview.refusing)  # which say it themselves
    if past is not None:
        try:
            backups, runs, past_known = backups_of(tools, past), watching.open_runs(), True
        except OutboxError:
            past_known = False
    glance = Glance.of(watching.part)
    return Known(
        watching.now,
        dataclasses.replace(overview, endpoints=tuple(visible)),
        backups.deadline,
        hidden=[one for one in overview.endpoints if one not in visible],
        readable=state.readable,
        in_force=state.in_force,
        problems=len(state.problems),
        failed=backups.failed,
        past_known=past_known,
        running=any(run.task == Task.BACKUP.value for run in runs),
        low=glance.low,
        unread=[one.path for one in glance.unread],
        stuck=[(run.task, tools.engine.now - run.began) for run in runs if run.task_id in glance.stuck],
    )


def sees_details(tools: Tools, source: CommandSource) -> bool:
    """Whether the reader may see names of hosts, folders and processes, as those may who see the history."""
    return source.has_permission(tools.config().command.permission.history)


def zone_of(tools: Tools) -> Optional[datetime.tzinfo]:
    """The time zone that the config names for messages; None: that of this machine."""
    name = tools.config().notification.timezone
    return time_zone(name) if name else None
