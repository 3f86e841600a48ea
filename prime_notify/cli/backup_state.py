"""The state of the backups in a data folder, with or without a process that watches for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Sequence

from prime_notify.loading.load import LoadedConfig
from prime_notify.model.event import Status, Task
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from prime_notify.text.humanize import duration, zoned_time
from prime_notify.watch.glance import low_paths
from prime_notify.watch.overdue import Deadline
from prime_notify.watch.terms import Terms, plan_of, terms_of
from prime_notify.watch.verdict import CANDIDATES, newest_of, refreshed

__all__ = ["UNSEEN", "BackupState", "backup_state"]

_WHY = {
    "switched_off": "watch.backup.every is false",
    "no_plan": "no plugin is known that makes scheduled backups; watch.backup.every can name a schedule",
    "not_scheduled": "Prime Backup makes no scheduled backups",
    "unreadable": "its schedule cannot be read, or never comes",
    "notifications_off": "notifications are switched off",
    "unseen": "MCDReforged has not watched with this folder yet",
}


@dataclass(frozen=True)
class BackupState:
    """``last``: the newest good backup. ``due``: when the next one is expected. ``tell_at``: with the grace.
    ``unwatched``: why nobody expects one. Moments are unix seconds. ``low``: folders whose disk is nearly full."""

    now: float
    last: Optional[TaskRow] = None
    due: Optional[float] = None
    tell_at: Optional[float] = None
    unwatched: str = ""
    low: Sequence[str] = ()

    @property
    def is_overdue(self) -> bool:
        return not self.unwatched and self.tell_at is not None and self.now >= self.tell_at

    @property
    def line(self) -> str:
        """For people."""
        if self.unwatched or self.due is None or self.tell_at is None:
            text = f"not watched: {_WHY.get(self.unwatched, self.unwatched)}"
        elif self.is_overdue:
            text = f"overdue since {zoned_time(self.due)}"
        else:
            text = f"next by {zoned_time(self.tell_at)}"
        if self.last is None:
            return f"Backups: {text}" if self.unwatched == "unseen" else f"Backups: {text}; no good one yet"
        return f"Backups: {text}; last good one {duration(max(0.0, self.now - self.last.at))} ago"

    def data(self) -> Dict[str, Any]:
        """For programs."""
        return {
            "overdue": self.is_overdue,
            "last_success": None if self.last is None else self.last.at,
            "due": self.due,
            "next_by": self.tell_at,
            "unwatched": self.unwatched or None,
        }


UNSEEN = BackupState(0.0, unwatched="unseen")
"""Nothing was ever stored in the folder."""


def backup_state(past: Past, loaded: Optional[LoadedConfig], now: float) -> BackupState:
    """The state as the watch kept it, with what happened since then. ``loaded``: None where it cannot be read."""
    kept, told = past.value("deadline"), past.value("overdue")
    terms, plan = Terms(), plan_of(past.value("plan"))
    if loaded is not None:
        terms = terms_of(loaded.config, plan)
    rows = past.newest(Task.BACKUP.value, Status.SUCCESS.value, plugin_id=terms.plugin_id, most=CANDIDATES)
    last = newest_of(rows, now)
    low = low_paths(past.value("storage"))
    why = _why_unwatched(kept, loaded, terms)
    if why:
        return BackupState(now, last, unwatched=why, low=low)
    assert kept is not None
    deadline = refreshed(Deadline(terms, plan, None, kept.get("due"), kept.get("tell_at")), last)
    due, tell_at = deadline.due, deadline.tell_at
    if told is not None and due == kept.get("due"):  # no good backup came since it was told
        due, tell_at = told.get("due", due), min(tell_at or now, now)
    if due is None or tell_at is None:
        return BackupState(now, last, unwatched="unreadable", low=low)
    return BackupState(now, last, due, tell_at, low=low)


def _why_unwatched(kept: Optional[Mapping[str, Any]], loaded: Optional[LoadedConfig], terms: Terms) -> str:
    if loaded is not None and not loaded.config.notification.enabled:
        return "notifications_off"
    if loaded is not None and terms.schedule is None:
        return terms.unwatched
    if kept is None:
        return "unseen"
    return str(kept.get("unwatched") or "") if kept.get("due") is None else ""
