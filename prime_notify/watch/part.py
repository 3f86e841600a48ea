"""The seam of the watch: its parts, and the values that they get.

A new part is a module with a class of :class:`WatchPart`, and its row in :mod:`prime_notify.watch.all`.
"""

from __future__ import annotations

import abc
import logging
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Mapping, NamedTuple, Optional, Protocol, Sequence, Type, TypeVar

from prime_notify.clock import Clock
from prime_notify.config.models import Config
from prime_notify.delivery.overview import Overview
from prime_notify.model.event import Event, EventName
from prime_notify.model.payload import Payload
from prime_notify.outbox.past import Past
from prime_notify.schedules.plan import Plan, Skip

__all__ = ["Ended", "OpenRun", "P", "PartOf", "Tell", "Values", "WatchContext", "WatchPart"]

P = TypeVar("P", bound="WatchPart")
Values = Mapping[str, Optional[Mapping[str, Any]]]
"""Values of the watch by name, as :meth:`prime_notify.outbox.past.Past.keep` takes each."""


class Tell(Protocol):
    """Accepts an event and keeps ``values``, both or neither; whether it did.

    ``is_due`` is asked at the last moment, when nothing else is accepted: a success may have come in between.
    """

    def __call__(self, event: Event, values: Values, is_due: Callable[[], bool]) -> bool: ...


class PartOf(Protocol):
    """Finds a part by its class."""

    def __call__(self, kind: Type[P]) -> P: ...


class OpenRun(NamedTuple):
    """A task that is under way. ``began``: in steady seconds, by the clock that ran then: after a reload of the plugin,
    a change of the machine's clock in between moves it. ``fields``: those of its start."""

    task_id: str
    plugin_id: str
    task: str
    began: float
    fields: Mapping[str, Any]


class Ended(NamedTuple):
    """A payload that ends something that was told: with the words for that, and the values to forget."""

    payload: Payload
    forgets: Sequence[str] = ()


@dataclass(frozen=True)
class WatchContext:
    """The same for every part.

    ``say``: logs a text of ``lang/`` at a level, in the console's language. ``past``: None while another process
    owns the data folder. ``plan``: the schedule of backups, as it is now. ``take_skips``: the scheduled runs that
    were left out since the last call. ``open_runs``: the tasks under way. ``server_running``: None where that is
    not known. ``overview``: the endpoints as people see them. ``wanted``: whether any endpoint that is switched on
    gets an event of this name. ``new_id``: an id for a row without a notification. ``part``: the part of that
    class, whose state another part may look at.
    """

    clock: Clock
    log: logging.Logger
    say: Callable[..., None]
    config: Callable[[], Config]
    past: Callable[[], Optional[Past]]
    plan: Callable[[], Plan]
    take_skips: Callable[[], Sequence[Skip]]
    open_runs: Callable[[], Sequence[OpenRun]]
    server_running: Callable[[], Optional[bool]]
    overview: Callable[[], Overview]
    wanted: Callable[[EventName], bool]
    tell: Tell
    new_id: Callable[[], str]
    part: PartOf


class WatchPart(abc.ABC):
    """One thing that is watched for. ``tick`` and ``open`` are called on the thread of the watch.

    ``completed`` and ``noticed`` are called for each notification, in the order of acceptance, by the thread of the
    intake, which must not wait for a disk or a lock there. ``every``: seconds between ticks.
    """

    every: ClassVar[float]

    def __init__(self, context: WatchContext) -> None:
        self._context = context

    def open(self, past: Past) -> None:  # noqa: B027  (not every part keeps something)
        """The data folder is ours from now on: read what was kept. Raises OutboxError."""

    @abc.abstractmethod
    def tick(self, past: Past, now: float) -> None:
        """Look once. ``now``: unix seconds. Raises OutboxError."""

    def completed(self, payload: Payload) -> Optional[Ended]:
        """What a notification ends, before it is stored. Tests end nothing."""
        return None

    def noticed(self, payload: Payload) -> None:  # noqa: B027
        """A notification was stored."""

    def stop(self) -> None:  # noqa: B027
        """End what runs beside. Idempotent."""
