"""One happening told twice: by a plugin's own event, and by the observation of that plugin.

A future Prime Backup may emit the events that it is observed for today. Both ways then tell the same happening,
moments apart and in either order; the first is told on, its twin is dropped.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any, Callable, DefaultDict, Deque, Dict, Mapping, Optional

from prime_notify.model.event import Event, EventName

__all__ = ["Origin", "Twins"]

_REMEMBERED_ALIASES = 64


class Origin(enum.Enum):
    """Which of the two ways an event came."""

    OBSERVED = enum.auto()
    NATIVE = enum.auto()


@dataclass(frozen=True)
class _Told:
    at: float
    origin: Origin
    backup_id: Optional[str]
    task_id: Optional[str]


class Twins:
    """Lets each happening through once. For the events of one plugin; thread-safe.

    An event pairs with one of the same name and the other origin, at most ``window`` seconds older, that was let
    through and has no twin yet, unless the two name different backups. Nothing without a twin is ever held back.
    """

    def __init__(
        self,
        *,
        window: float = 30.0,
        steady: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._window = window
        self._steady = steady
        self._new_id = new_id
        self._lock = threading.Lock()
        self._single: DefaultDict[EventName, Deque[_Told]] = collections.defaultdict(collections.deque)
        self._aliases: Dict[str, str] = {}

    def admit(self, event: Event, origin: Origin) -> Optional[Event]:
        """The event to tell on, or None for a twin.

        The two ways name one task differently; what is told on carries the name under which its start was told.
        """
        with self._lock:
            now = self._steady()
            single = self._single[event.name]
            while single and now - single[0].at > self._window:
                single.popleft()
            for told in single:
                if told.origin is not origin and _may_be_one(told.backup_id, _backup_id(event)):
                    single.remove(told)
                    self._learn_alias(_task_id(event), told.task_id)
                    return None
            event = self._named(event)
            single.append(_Told(now, origin, _backup_id(event), _task_id(event)))
            return event

    def _named(self, event: Event) -> Event:
        own = _task_id(event)
        if own is None and not event.name.is_start:
            return event
        name = self._new_id() if own is None else self._aliases.get(own, own)
        return dataclasses.replace(event, fields={**event.fields, "task_id": name})

    def _learn_alias(self, dropped: Optional[str], told: Optional[str]) -> None:
        if dropped is None or told is None or dropped == told:
            return
        self._aliases[dropped] = told
        while len(self._aliases) > _REMEMBERED_ALIASES:
            del self._aliases[next(iter(self._aliases))]


def _task_id(event: Event) -> Optional[str]:
    return _text(event.fields.get("task_id"))


def _backup_id(event: Event) -> Optional[str]:
    backup = event.fields.get("backup")
    return _text(backup.get("id")) if isinstance(backup, Mapping) else None


def _text(value: Any) -> Optional[str]:
    return str(value) if isinstance(value, (int, str)) and value != "" else None


def _may_be_one(first: Optional[str], second: Optional[str]) -> bool:
    return first is None or second is None or first == second
