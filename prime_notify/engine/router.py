"""The choice of a notification's endpoints, which depends on former tasks and on the turns in groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Mapping, Sequence, Tuple

from prime_notify.config.models import NotificationConfig
from prime_notify.engine.active_endpoints import EndpointSet
from prime_notify.engine.tasks import TaskLedger
from prime_notify.model.event import Status
from prime_notify.model.notification import Notification
from prime_notify.routing import RoutingContext, outcome_of, route
from prime_notify.routing.groups import GroupChoice, GroupState, choose_members

__all__ = ["Router", "Routing"]


@dataclass(frozen=True)
class Routing:
    """The endpoints that get a notification. ``recovery``: those that get it only if it ends failures they know of.

    ``choices``: the choice of each group.
    """

    names: Sequence[str]
    recovery: Sequence[str] = ()
    choices: Sequence[GroupChoice] = ()

    @property
    def turns(self) -> Mapping[str, str]:
        """By group, the endpoint that has its turn with this notification."""
        return {group: name for choice in self.choices for group, name in choice.turn.items()}


@dataclass
class Router:
    """Not thread-safe: the engine uses it under its lock.

    ``comment_texts``: a comment of a backup as people read it, in each language. ``is_available``: whether an endpoint
    is attempted now. ``turns``: by group, the endpoint that had the last turn. ``holders``: the endpoints that have a
    notification.
    """

    ledger: TaskLedger
    comment_texts: Callable[[str], Sequence[str]]
    is_available: Callable[[str], bool]
    turns: Dict[str, str] = field(default_factory=dict)
    holders: Callable[[str], Sequence[str]] = lambda notification_id: ()

    @property
    def context(self) -> RoutingContext:
        """The facts beside the event that rules depend on."""
        return RoutingContext(last=self.ledger.last, comment_texts=self.comment_texts)

    def route(
        self, notification: Notification, task_id: str, config: NotificationConfig, endpoints: EndpointSet
    ) -> Routing:
        """The endpoints among ``endpoints`` that get a notification of this task."""
        wanted = route(notification.payload, config, endpoints.configs, self.context)
        names, choices = self._choose_members(wanted, config, task_id)
        recovery = self._recovery(notification, endpoints, names) if endpoints.reminded else ()
        return Routing(names, recovery, choices)

    def _choose_members(
        self, wanted: Sequence[str], config: NotificationConfig, task_id: str
    ) -> Tuple[Sequence[str], Sequence[GroupChoice]]:
        if not config.groups:  # the usual case, and a backup waits
            return wanted, ()

        def holders() -> Sequence[str]:
            start = self.ledger.start_of(task_id)
            return self.holders(start) if start else ()

        state = GroupState(config.endpoints, config.groups, self.turns, self.is_available, holders)
        return choose_members(wanted, state)

    def _recovery(self, notification: Notification, endpoints: EndpointSet, names: Sequence[str]) -> Sequence[str]:
        """Endpoints with reminders that do not want successes: a reminder may have to be ended there."""
        outcome = outcome_of(notification.payload)
        if outcome is None or not outcome[1].ends_failure:
            return ()
        if self.ledger.last.get(outcome[0], Status.SUCCESS).ends_failure:
            return ()
        return [name for name in endpoints.reminded if name not in names]
