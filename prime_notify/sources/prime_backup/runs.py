"""The events of one task run of Prime Backup: which of them, when, and with which fields.

No thread and no wrapper is touched here: an observer calls the steps in the order in which it sees them.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional

from prime_notify.messages.machine_texts import machine_message
from prime_notify.model.event import Event, EventName, Severity, Status, Task
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.sources.foreign_objects import attribute, operator_of_source, source_fields
from prime_notify.sources.prime_backup.fields import (
    backup_fields,
    error_fields,
    failed_files,
    failed_files_message,
    operator_of,
    planned_backup_fields,
    restore_failure_message,
)

__all__ = ["BackupRun", "RestoreRun", "Run", "RunContext"]

_LISTED_FILES = 10


@dataclass(frozen=True)
class RunContext:
    """The values that all runs of one Prime Backup share. ``steady``: seconds that never jump."""

    version: Optional[str]
    steady: Callable[[], float]
    new_id: Callable[[], str]
    server_running: Callable[[], bool]
    server_stops: Callable[[], int] = lambda: 0
    """How often the server has stopped so far: it may stop and start again during a backup."""
    sees_create: bool = True
    """Whether the observer sees the creation of a backup inside a task."""
    sees_export: bool = True
    """Whether the observer sees the export that a restore consists of."""


class Run(abc.ABC):
    """One run of a task. Each step returns an event, or None.

    ``_common``: the fields that both the start and the end carry.
    """

    task: Task

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._began = context.steady()
        self._task_id = context.new_id()
        self._common: Dict[str, Any] = {}

    def _server_running(self) -> bool:
        try:
            return self._context.server_running()
        except Exception:  # noqa: BLE001  (an end is reported even when MCDR cannot be asked any more)
            return False

    @abc.abstractmethod
    def entered(self) -> Optional[Event]:
        """The task begins to run."""

    @abc.abstractmethod
    def returned(self, result: Any) -> Optional[Event]:
        """The task returned ``result``."""

    @abc.abstractmethod
    def raised(self, error: BaseException) -> Optional[Event]:
        """The task raised ``error``."""

    def _event(self, status: Status, **fields: Any) -> Event:
        given = {"task_id": self._task_id, **self._common, **fields}
        if status is not Status.START:
            given["cost_s"] = round(self._context.steady() - self._began, 3)
        known = {name: value for name, value in given.items() if value not in (None, "", {})}
        return Event(EventName.of(self.task, status), PRIME_BACKUP, self._context.version, known)


class BackupRun(Run):
    """A run of ``CreateBackupTask``."""

    task = Task.BACKUP

    def __init__(self, task: Any, context: RunContext) -> None:
        super().__init__(context)
        self._task = task
        self._info: Any = None
        self._server_ran, self._stops = self._server_running(), context.server_stops()
        self._changed: Optional[str] = None
        source = attribute(task, "source")
        operator = operator_of(attribute(task, "operator")) or operator_of_source(source)
        self._common = {
            "operator": operator,
            "source": source_fields(source),
            "backup": planned_backup_fields(task),
        }

    def entered(self) -> Optional[Event]:
        return self._event(Status.START)

    def creates(self) -> None:
        """``CreateBackupAction.run`` begins to copy files: the save is over."""
        self._notice_server()

    def created(self, info: Any) -> None:
        """``CreateBackupAction.run`` returned this BackupInfo."""
        self._info = info
        self._notice_server()

    def returned(self, result: Any) -> Optional[Event]:
        if result is not None:
            return self._success(result)
        # an unload sets both
        if _is_set(self._task, "plugin_unloaded_event"):
            return self._event(Status.ABORTED, message=machine_message("plugin_unloaded"))
        if _is_set(self._task, "aborted_event"):
            return self._event(Status.ABORTED, message=machine_message("aborted_by_operator"))
        # in 1.9 to 1.13 there is one other way out without a backup: the server did not report the end of its save
        waited = attribute(self._task, "world_saved_done") is not None
        return self._event(Status.FAILURE, message=machine_message("save_timeout" if waited else "no_backup"))

    def raised(self, error: BaseException) -> Optional[Event]:
        return self._event(Status.FAILURE, error=error_fields(error))

    def _success(self, result: Any) -> Event:
        """Prime Backup takes a server that stopped for one that has saved."""
        self._notice_server()
        backup = self._backup(result)
        if self._changed is None:
            return self._event(Status.SUCCESS, backup=backup)
        message = machine_message(self._changed)
        return self._event(Status.SUCCESS, backup=backup, severity=Severity.WARNING.value, message=message)

    def _notice_server(self) -> None:
        """Remember that the server stopped or started since the backup began; a stop is the worse."""
        running = self._server_running()
        if self._server_ran and (not running or self._context.server_stops() > self._stops):
            self._changed = "server_stopped_during_backup"
        elif running and not self._server_ran and self._changed is None:
            self._changed = "server_started_during_backup"

    def _backup(self, backup_id: Any) -> Mapping[str, Any]:
        made = backup_fields(self._info)
        if made.get("id") == backup_id:
            return made
        return {**self._common["backup"], "id": backup_id} if isinstance(backup_id, int) else self._common["backup"]


class RestoreRun(Run):
    """A run of ``RestoreBackupTask``. Its confirmation and its countdown come first, and are no events."""

    task = Task.RESTORE

    def __init__(self, task: Any, context: RunContext) -> None:
        super().__init__(context)
        self._backup_id = attribute(task, "backup_id")
        self._info: Any = None
        self._started = False
        self._exported = False
        self._failures: Any = ()
        source = attribute(task, "source")
        self._common = {"operator": operator_of_source(source), "source": source_fields(source)}

    def entered(self) -> Optional[Event]:
        return None

    def looked_up(self, info: Any) -> None:
        """The task read the details of a backup, which it shows before it asks for confirmation."""
        if not self._started:
            self._info = info

    def began(self, backup_id: Optional[int]) -> Optional[Event]:
        """The world is about to be replaced by this backup."""
        if self._started:
            return None
        self._started = True
        self._began = self._context.steady()
        self._common["backup"] = self._backup(self._backup_id if backup_id is None else backup_id)
        return self._event(Status.START)

    def exported(self, failures: Any) -> None:
        """The export returned, with the files that it could not write."""
        self._exported = True
        self._failures = failures

    def returned(self, _result: Any) -> Optional[Event]:
        if not self._started:
            return None
        if not self._exported and self._context.sees_export:
            return self._event(Status.ABORTED, message=machine_message("restore_stopped"))
        count, files = failed_files(self._failures, _LISTED_FILES)
        if not count:
            return self._event(Status.SUCCESS)
        message = failed_files_message(count, files)
        return self._event(Status.SUCCESS, severity=Severity.WARNING.value, message=message)

    def raised(self, error: BaseException) -> Optional[Event]:
        if not self._started and not self._may_have_started(error):
            return None
        message = restore_failure_message(restored=self._exported, running=self._server_running())
        return self._event(Status.FAILURE, error=error_fields(error), message=message)

    def _may_have_started(self, error: BaseException) -> bool:
        """Without one of the seams the start may go by unseen. A failure too many is better than a silent one."""
        blind = not (self._context.sees_create and self._context.sees_export)
        return blind and all(cls.__name__ != "BackupNotFound" for cls in type(error).__mro__)

    def _backup(self, backup_id: Any) -> Mapping[str, Any]:
        shown = backup_fields(self._info)
        if backup_id is None or shown.get("id") == backup_id:
            return shown
        return {"id": backup_id}


def _is_set(task: Any, event_name: str) -> bool:
    is_set = attribute(attribute(task, event_name), "is_set")
    return callable(is_set) and is_set() is True
