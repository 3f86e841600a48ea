"""Warnings about a backup that its plugin calls a success: what it lacks, by itself and beside the former ones."""

from __future__ import annotations

import collections
from typing import Callable, Iterator, Optional, Sequence

from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.event import EventName, Severity
from prime_notify.model.payload import Backup, Payload
from prime_notify.text import humanize

__all__ = ["REMEMBERED", "Former", "examined"]

Former = Callable[[Payload], Sequence[Payload]]
"""The newest successes of the same plugin and kind before a payload, the newest first."""

REMEMBERED = 20
"""The number of former backups that are looked at."""

_COMPARED = 5  # newest backups of the same targets, whose median is the usual size
_ESTABLISHED = 3  # backups with fewer targets, after which these are the usual ones


def examined(payload: Payload, *, ran_at_start: Optional[bool], shrink: Optional[int], former: Former) -> Payload:
    """The payload; with severity ``warning``, and the warnings in its message, where there are any.

    Only real successes of backups are examined. ``ran_at_start``: whether the server ran when the backup began.
    ``shrink``: by how many percent fewer files or bytes are a warning; None compares with no former backup.
    ``former`` is called only where its answer matters.
    """
    if payload.event is not EventName.BACKUP_SUCCESS or payload.test:
        return payload
    warnings = [*_warnings_of(payload, shrink, former)]
    if ran_at_start and payload.server is not None and payload.server.running is False:
        warnings.append(machine_message("server_stopped_during_backup"))
    message = payload.message or ""
    new = [warning for warning in warnings if warning not in message]
    if not new:
        return payload
    severity = max(payload.severity, Severity.WARNING, key=lambda one: one.rank)
    return payload.model_copy(update={"severity": severity, "message": joined_messages(*new, message)})


def _warnings_of(payload: Payload, shrink: Optional[int], former: Former) -> Iterator[str]:
    backup = payload.backup
    if backup is None:
        return
    empty = _emptiness(backup)
    if empty is not None:
        yield empty
    elif shrink is not None and (backup.file_count or backup.raw_size or backup.targets):
        known = [one.backup for one in former(payload) if one.backup is not None and _emptiness(one.backup) is None]
        yield from _missing_targets(backup, known)
        yield from _shrunk(backup, known, shrink)


def _emptiness(backup: Backup) -> Optional[str]:
    """The warning about a backup that holds nothing. Folders count as files at Prime Backup, and have no bytes."""
    if backup.file_count == 0 or (backup.targets == [] and not backup.file_count):
        return machine_message("nothing_backed_up")
    if backup.raw_size == 0:
        if backup.file_count is None:
            return machine_message("no_data_backed_up")
        return machine_message("only_empty_files", humanize.count(backup.file_count))
    if backup.raw_size and backup.stored_size == 0:
        return machine_message("nothing_stored", humanize.size(backup.raw_size))
    return None


def _missing_targets(backup: Backup, former: Sequence[Backup]) -> Iterator[str]:
    """Targets of the newest former backup with more than these. A set that came several times is taken as wanted."""
    now = frozenset(backup.targets or ())
    sets = [frozenset(one.targets) for one in former if one.targets]
    if not now or sets.count(now) >= _ESTABLISHED:
        return
    larger = next((targets for targets in sets if now < targets), None)
    if larger is not None:
        yield machine_message("targets_missing", ", ".join(sorted(larger - now)))


def _shrunk(backup: Backup, former: Sequence[Backup], shrink: int) -> Iterator[str]:
    """The fall below the usual numbers of files and bytes of former backups with the same targets."""
    alike = [one for one in former if collections.Counter(one.targets) == collections.Counter(backup.targets)]
    for name, key, shown in (("file_count", "fewer_files", humanize.count), ("raw_size", "less_data", humanize.size)):
        now = getattr(backup, name)
        usual = _usual([number for number in (getattr(one, name) for one in alike) if number is not None])
        if now is not None and usual is not None and now * 100 <= usual * (100 - shrink) and now < usual:
            yield machine_message(key, shown(now), shown(usual))


def _usual(numbers: Sequence[int]) -> Optional[int]:
    """The median of the newest ones, of an even number the larger one: it follows a lasting change after a few."""
    newest = sorted(numbers[:_COMPARED])
    return newest[len(newest) // 2] if newest else None
