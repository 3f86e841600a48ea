"""What happened: the eight events, and the raw form in which a source hands one over."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional

__all__ = ["Event", "EventName", "Severity", "Status", "Task"]


class Task(str, enum.Enum):
    """What kind of work a backup plugin was doing."""

    BACKUP = "backup"
    RESTORE = "restore"


class Status(str, enum.Enum):
    """How far the task has come."""

    START = "start"
    SUCCESS = "success"
    FAILURE = "failure"
    ABORTED = "aborted"


class Severity(str, enum.Enum):
    """How much a person needs to care; apart from the status, since a success can carry a warning."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """The place in the order from the mildest to the worst. The values themselves compare as texts."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class EventName(str, enum.Enum):
    """Every event name, as it stands in configs, payloads and MCDR event ids."""

    BACKUP_START = "backup_start"
    BACKUP_SUCCESS = "backup_success"
    BACKUP_FAILURE = "backup_failure"
    BACKUP_ABORTED = "backup_aborted"
    RESTORE_START = "restore_start"
    RESTORE_SUCCESS = "restore_success"
    RESTORE_FAILURE = "restore_failure"
    RESTORE_ABORTED = "restore_aborted"

    task: Task
    status: Status
    is_start: bool

    def __init__(self, value: str) -> None:
        kind, how_far = value.split("_")
        self.task = Task(kind)
        self.status = Status(how_far)
        self.is_start = self.status is Status.START

    @classmethod
    def of(cls, task: Task, status: Status) -> EventName:
        return cls(f"{task.value}_{status.value}")

    @property
    def default_severity(self) -> Severity:
        if self.status is Status.FAILURE:
            return Severity.ERROR
        if self.status is Status.ABORTED:
            return Severity.WARNING
        return Severity.INFO


@dataclass(frozen=True)
class Event:
    """One occurrence as a source saw it.

    ``fields`` are payload fields (SPEC: "The payload") that the source knows; they may come from another plugin, so
    nothing about their types is trusted until :func:`prime_notify.model.normalize.normalize` has seen them.
    """

    name: EventName
    plugin_id: str
    plugin_version: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    test: bool = False

    def kept(self, *, at: float, server_running: Optional[bool]) -> Event:
        """The same for somebody who will accept it later: with the time (unix seconds) and the server's state of now.

        What the event knows itself is left as it is.
        """
        known: Any = self.fields
        if not isinstance(known, Mapping):
            return self
        fields: Dict[str, Any] = {"timestamp": at, **known}
        server = fields.get("server", {})
        if isinstance(server, Mapping) and server_running is not None:
            fields["server"] = {"running": server_running, **server}
        return dataclasses.replace(self, fields=fields)
