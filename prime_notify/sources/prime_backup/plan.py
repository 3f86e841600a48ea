"""The plan of backups of a loaded Prime Backup. Nothing about its objects is trusted.

Its entry module (prime_backup/mcdr/mcdr_entrypoint.py, 1.9 to 1.13) holds ``config`` and, from its ``on_load`` to its
``on_unload``, ``crontab_manager``. ``config.scheduled_backup``: ``enabled``, ``interval`` and ``jitter`` (each with
seconds as ``value``), ``crontab``. ``config.storage_root``: relative to the process's working directory
(prime_backup/config/config.py, ``Config.storage_path``).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Optional

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.schedules.plan import Plan
from prime_notify.sources.foreign_objects import attribute

__all__ = ["JOB_ID", "read_plan", "scheduled_job"]

JOB_ID = "schedule_backup"
"""The name of the job's id, both in Prime Backup (``CrontabJobId``) and in its scheduler."""


def read_plan(instance: Any, *, now: float, load: int) -> Plan:
    """The plan of this entry module. Its ``plugin_id`` is empty where its schedule cannot be read. Never raises.

    ``now``: unix seconds. ``load``: the number of this load.
    """
    config = attribute(instance, "config")
    scheduled = attribute(config, "scheduled_backup")
    plan = Plan(PRIME_BACKUP, loaded=True, load=load, storage=_storage(config))
    enabled = attribute(scheduled, "enabled")
    if enabled is False:
        return plan
    interval, crontab = _seconds(attribute(scheduled, "interval")), attribute(scheduled, "crontab")
    if interval:
        plan = plan._replace(interval=interval)
    elif isinstance(crontab, str) and crontab.strip():
        plan = plan._replace(crontab=crontab)
    else:
        return plan._replace(plugin_id="")
    if enabled is not True:
        return plan._replace(plugin_id="", interval=None, crontab=None)
    job = scheduled_job(instance)
    paused = _answer(job, "is_pause") is True
    left = None if paused else _number(_answer(job, "get_seconds_until_next_run"))  # raises while it is paused
    jitter = _seconds(attribute(scheduled, "jitter")) or 0.0
    return plan._replace(
        enabled=True, jitter=jitter, paused=paused, next_run=None if left is None else now + max(0.0, left)
    )


def scheduled_job(instance: Any) -> Any:
    """The ``ScheduledBackupJob`` of this entry module; None where there is none."""
    jobs = attribute(attribute(instance, "crontab_manager"), "jobs")
    if not isinstance(jobs, dict):
        return None
    return next((job for job_id, job in list(jobs.items()) if attribute(job_id, "name") == JOB_ID), None)


def _storage(config: Any) -> Optional[str]:
    root = attribute(config, "storage_root")
    if not isinstance(root, str) or not root:
        return None
    try:
        return str(Path(root).absolute())
    except (OSError, ValueError):  # the working directory is gone
        return None


def _seconds(duration: Any) -> Optional[float]:
    """The seconds of Prime Backup's ``Duration``; None for anything else, and below zero."""
    seconds = _number(attribute(duration, "value"))
    return seconds if seconds is not None and seconds >= 0 else None


def _number(value: Any) -> Optional[float]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def _answer(of: Any, method: str) -> Any:
    """What a method without arguments returns; None for any error."""
    try:
        return attribute(of, method)()
    except Exception:  # noqa: BLE001
        return None
