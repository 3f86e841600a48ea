"""The table of events, and the raw form in which a source hands one over.

A row of :class:`EventName` holds all that the code knows of an event. A new event is one more row, with a new word in
:class:`Task` or :class:`Status` where it needs one, and its texts in ``lang/``: ``notification.title.<name>``,
``notification.event.<name>``, ``notification.when.<name>``, and ``notification.status.<status>`` and
``notification.digest.<status>`` of a new status.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Mapping, NamedTuple, Optional, Tuple

from typing_extensions import Self

__all__ = [
    "STATUS_KEYS",
    "WITH_WARNINGS",
    "Arrival",
    "Bound",
    "Event",
    "EventName",
    "Severity",
    "Status",
    "Task",
    "TaskKind",
]


class Task(str, enum.Enum):
    """The kind of work that an event is about."""

    BACKUP = "backup"
    RESTORE = "restore"
    STORAGE = "storage"
    REPORT = "report"


class Status(str, enum.Enum):
    """What an event says of its task."""

    START = "start"
    SUCCESS = "success"
    FAILURE = "failure"
    ABORTED = "aborted"
    OVERDUE = "overdue"
    STUCK = "stuck"
    LOW = "low"
    OK = "ok"
    SUMMARY = "summary"

    @property
    def begins_failure(self) -> bool:
        """Whether its kind of task fails from then on, until a status that :attr:`ends_failure`."""
        return self in _BEGIN_FAILURE

    @property
    def ends_failure(self) -> bool:
        """Whether its kind of task is well from then on."""
        return self in _END_FAILURE


_BEGIN_FAILURE = frozenset((Status.FAILURE, Status.OVERDUE, Status.LOW))
_END_FAILURE = frozenset((Status.SUCCESS, Status.OK))


class Severity(str, enum.Enum):
    """How much a person needs to care. It is apart from the status, since a success can carry a warning."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """The place in the order from the mildest to the worst. The values themselves compare as texts."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Bound(enum.Enum):
    """Which bound of a task an event marks. An event without one opens no task and closes none."""

    START = enum.auto()
    END = enum.auto()
    NONE = enum.auto()


_INFO, _WARNING, _ERROR = ((severity,) for severity in Severity)
_DOUBTFUL = (*_INFO, *_WARNING)


class EventName(str, enum.Enum):
    """The name of an event, as it stands in configs, payloads and MCDR event ids."""

    task: Task
    status: Status
    bound: Bound
    severities: Tuple[Severity, ...]  # that the event may have, the default one first
    is_start: bool
    is_end: bool

    def __new__(cls, name: str, *columns: Any) -> Self:
        row = str.__new__(cls, name)
        row._value_ = name
        row.task, row.status, row.bound, row.severities = columns
        row.is_start, row.is_end = row.bound is Bound.START, row.bound is Bound.END
        return row

    BACKUP_START = "backup_start", Task.BACKUP, Status.START, Bound.START, _INFO
    BACKUP_SUCCESS = "backup_success", Task.BACKUP, Status.SUCCESS, Bound.END, _DOUBTFUL
    BACKUP_FAILURE = "backup_failure", Task.BACKUP, Status.FAILURE, Bound.END, _ERROR
    BACKUP_ABORTED = "backup_aborted", Task.BACKUP, Status.ABORTED, Bound.END, _WARNING
    RESTORE_START = "restore_start", Task.RESTORE, Status.START, Bound.START, _INFO
    RESTORE_SUCCESS = "restore_success", Task.RESTORE, Status.SUCCESS, Bound.END, _DOUBTFUL
    RESTORE_FAILURE = "restore_failure", Task.RESTORE, Status.FAILURE, Bound.END, _ERROR
    RESTORE_ABORTED = "restore_aborted", Task.RESTORE, Status.ABORTED, Bound.END, _WARNING
    BACKUP_OVERDUE = "backup_overdue", Task.BACKUP, Status.OVERDUE, Bound.NONE, _ERROR
    BACKUP_STUCK = "backup_stuck", Task.BACKUP, Status.STUCK, Bound.NONE, _WARNING
    RESTORE_STUCK = "restore_stuck", Task.RESTORE, Status.STUCK, Bound.NONE, _WARNING
    STORAGE_LOW = "storage_low", Task.STORAGE, Status.LOW, Bound.NONE, _WARNING
    STORAGE_OK = "storage_ok", Task.STORAGE, Status.OK, Bound.NONE, _INFO
    REPORT = "report", Task.REPORT, Status.SUMMARY, Bound.NONE, _DOUBTFUL

    @classmethod
    def of(cls, task: Task, status: Status) -> EventName:
        """The event that says ``status`` of ``task``.

        :raises KeyError: no event does.
        """
        return _BY_TASK_AND_STATUS[task, status]

    @property
    def default_severity(self) -> Severity:
        return self.severities[0]

    @property
    def is_on_request(self) -> bool:
        """Whether an endpoint gets it only where ``events`` names it."""
        return self.task is Task.REPORT

    @property
    def is_problem(self) -> bool:
        """Whether something went wrong: its severity is above info by default."""
        return self.default_severity is not Severity.INFO


_BY_TASK_AND_STATUS = {(event.task, event.status): event for event in EventName}

WITH_WARNINGS = "success_warning"
"""The status key of a success whose severity is above info."""


def _status_keys() -> Tuple[str, ...]:
    ranks = {event.status.value: (event.is_start, -event.default_severity.rank) for event in EventName}
    ranks[WITH_WARNINGS] = (False, -Severity.WARNING.rank)
    return tuple(sorted(ranks, key=ranks.__getitem__))


STATUS_KEYS = _status_keys()
"""The keys of the texts of every status, from the worst to the mildest; a start comes last."""


class TaskKind(NamedTuple):
    """The kind of a task: the backups, or the restores, of one plugin.

    The outcomes of one kind follow each other, so the last of them says how the kind is doing.
    """

    plugin_id: str
    task: Task

    @property
    def key(self) -> str:
        """``prime_backup:restore``: the kind as it is stored."""
        return f"{self.plugin_id}:{self.task.value}"


@dataclass(frozen=True)
class Event:
    """One event as a source observed it.

    ``fields``: the payload fields that the source knows. They may come from another plugin, so their types are not
    trusted before :func:`prime_notify.model.normalize.normalize` has read them.
    """

    name: EventName
    plugin_id: str
    plugin_version: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    test: bool = False


class Arrival(NamedTuple):
    """The arrival of an event that waited until the engine takes events.

    ``id``: of its notification. ``at``: unix seconds. ``server_running``: the state of the server then.
    """

    id: str
    at: float
    server_running: Optional[bool]
