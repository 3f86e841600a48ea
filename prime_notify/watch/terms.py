"""The terms of the watch for backups: when the next one has to be there, and from where that is known. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping, Optional, Tuple

from prime_notify.config.models import Config
from prime_notify.config.units import Duration
from prime_notify.config.watch_options import AUTO, CrontabText
from prime_notify.schedules.plan import NO_PLAN, Plan
from prime_notify.schedules.schedule import Crontab, Every, PrimeBackupCrontab, Schedule
from prime_notify.text.time_zone import time_zone

__all__ = ["Terms", "plan_of", "remembered", "terms_of"]


@dataclass(frozen=True)
class Terms:
    """``schedule``: None where nothing is watched, and ``unwatched`` then says why: ``switched_off``, ``no_plan``,
    ``not_scheduled``, or ``unreadable`` for a schedule that its library cannot read. ``jitter`` and ``grace``: seconds.
    ``plugin_id``: whose backups count; None: those of all.
    """

    schedule: Optional[Schedule] = None
    unwatched: str = ""
    jitter: float = 0.0
    grace: float = 0.0
    skipped_counts: bool = False
    plugin_id: Optional[str] = None

    @property
    def identity(self) -> Tuple[object, ...]:
        """The same for terms that expect the same backups."""
        return self.schedule, self.jitter, self.plugin_id


def terms_of(config: Config, plan: Plan) -> Terms:
    """The terms of a config, where ``plan`` is the newest that is known."""
    watch = config.watch.backup
    common = Terms(grace=float(watch.grace), skipped_counts=watch.skipped_counts)
    if watch.every is False:
        return Terms(unwatched="switched_off")
    if isinstance(watch.every, CrontabText):
        name = watch.timezone or config.notification.timezone
        return replace(common, schedule=Crontab(str(watch.every), time_zone(name) if name else None))
    if isinstance(watch.every, Duration):
        return replace(common, schedule=Every(float(watch.every)))
    assert watch.every == AUTO
    if not plan.plugin_id:
        return Terms(unwatched="no_plan")
    if not plan.enabled or (plan.interval is None and plan.crontab is None):
        return Terms(unwatched="not_scheduled")
    schedule = Every(plan.interval) if plan.interval is not None else PrimeBackupCrontab(plan.crontab or "")
    return replace(common, schedule=schedule, jitter=plan.jitter, plugin_id=plan.plugin_id)


def remembered(plan: Plan) -> Mapping[str, Any]:
    """The part of a plan that is kept, for the time in which its plugin is not there."""
    kept = ("plugin_id", "enabled", "interval", "crontab", "jitter", "storage")
    return {name: getattr(plan, name) for name in kept}


def plan_of(kept: Optional[Mapping[str, Any]]) -> Plan:
    """A plan as :func:`remembered` kept it: of a plugin that is not loaded."""
    try:
        return NO_PLAN if kept is None else Plan(**kept)
    except TypeError:  # another version kept it
        return NO_PLAN
