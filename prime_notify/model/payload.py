"""The payload: the JSON object that a ``webhook`` endpoint receives, as typed, immutable values.

Field names are those of Prime Backup's notification proposal. An unknown value is an absent field, never ``null``.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from pydantic import BaseModel, ConfigDict, Field

from prime_notify.model.event import WITH_WARNINGS, EventName, Severity, Status, Task, TaskKind
from prime_notify.model.figures import Overdue, Report, Storage

__all__ = ["Backup", "ErrorInfo", "Operator", "Payload", "PluginInfo", "ServerInfo", "SourceInfo", "Timestamp"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Timestamp(_Part):
    """A moment: ``unix`` in seconds, ``iso`` in UTC with milliseconds."""

    unix: float
    iso: str


class PluginInfo(_Part):
    """The plugin that ran the task."""

    id: str
    version: Optional[str] = None


class ServerInfo(_Part):
    """The Minecraft server: whether it ran at that moment, and its name from the config."""

    running: Optional[bool] = None
    name: Optional[str] = None


class Backup(_Part):
    """The backup made or restored; sizes in bytes, ``date`` in local time."""

    id: Optional[int] = None
    date: Optional[str] = None
    comment: Optional[str] = None
    creator: Optional[str] = None
    targets: Optional[List[str]] = None
    tags: Optional[Dict[str, Any]] = None
    file_count: Optional[int] = None
    raw_size: Optional[int] = None
    stored_size: Optional[int] = None


class Operator(_Part):
    """The person or thing on whose behalf the task ran. ``full`` is ``type:name``."""

    type: str
    name: str
    full: str


class SourceInfo(_Part):
    """The trigger of the task."""

    type: str
    name: Optional[str] = None


class ErrorInfo(_Part):
    """The error of a failure. ``traceback`` is sent only where an endpoint asks for it."""

    type: str
    message: str
    traceback: Optional[str] = None


class Payload(_Part):
    """Everything known about one event, in the order in which it is sent."""

    id: str
    event: EventName
    task: Task
    status: Status
    severity: Severity
    timestamp: Timestamp
    task_id: str
    plugin: PluginInfo
    server: Optional[ServerInfo] = None
    backup: Optional[Backup] = None
    operator: Optional[Operator] = None
    source: Optional[SourceInfo] = None
    cost_s: Optional[float] = None
    message: Optional[str] = None
    error: Optional[ErrorInfo] = None
    overdue: Optional[Overdue] = None
    storage: Optional[Storage] = None
    report: Optional[Report] = None
    title: Optional[str] = Field(None, description="set by the source to replace the composed title")
    body: Optional[str] = None
    desp: Optional[str] = None
    extra: Optional[Dict[str, Any]] = None
    test: Optional[bool] = None

    @property
    def task_kind(self) -> TaskKind:
        """The kind of the task."""
        return TaskKind(self.plugin.id, self.task)

    @property
    def has_warnings(self) -> bool:
        """Whether it is a success that deserves doubt."""
        return self.status is Status.SUCCESS and self.severity is not Severity.INFO

    @property
    def server_ran(self) -> Optional[bool]:
        """Whether the server ran at that moment; None where that is not known."""
        return self.server.running if self.server else None

    @property
    def status_key(self) -> str:
        """The key of the status's texts: one of :data:`prime_notify.model.event.STATUS_KEYS`."""
        return WITH_WARNINGS if self.has_warnings else self.status.value

    def task_fields(self) -> Dict[str, Any]:
        """The fields of an event that are the same at the start and at the end of a task."""
        return self.model_dump(mode="json", exclude_none=True, include={"plugin", "backup", "operator", "source"})

    def to_dict(self) -> Dict[str, Any]:
        """The JSON-ready form: absent fields are left out."""
        return self.model_dump(mode="json", exclude_none=True)
