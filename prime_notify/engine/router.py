"""The choice of the endpoints of a notification, in view of former tasks and of whose turn it is in a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Mapping, Sequence, Tuple

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.config.models import NotificationConfig
from prime_notify.engine.tasks import TaskLedger
from prime_notify.model.event import Status
from prime_notify.model.notification import Notification
from prime_notify.routing import Background, outcome_of, route
from prime_notify.routing.groups import Share, Sharing, share_out

__all__ = ["Router", "Routing"]


@dataclass(frozen=True)
class Routing:
    """The endpoints that get a notification. ``recovery``: those that get it only if it ends failures they know of.

    ``shares``: the choice of each group.
    """

    names: Sequence[str]
    recovery: Sequence[str] = ()
    shares: Sequence[Share] = ()

    @property
    def turns(self) -> Mapping[str, str]:
        """By group, the endpoint that has its turn with this notification."""
        return {group: name for share in self.shares for group, name in share.turn.items()}


@dataclass
class Router:
    """Not thread-safe: the engine uses it under its lock.

    ``readings``: a comment of a backup as people read it, in each language. ``is_open_to_more``: whether an endpoint is
    attempted now. ``turns``: by group, the endpoint that had the last turn. ``holders``: the endpoints that have a
    notification.
    """

    ledger: TaskLedger
    readings: Callable[[str], Sequence[str]]
    is_open_to_more: Callable[[str], bool]
    turns: Dict[str, str] = field(default_factory=dict)
    holders: Callable[[str], Sequence[str]] = lambda notification_id: ()

    @property
    def background(self) -> Background:
        """The facts beside the event that rules depend on."""
        return Background(last=self.ledger.last, readings=self.readings)

    def route(
        self, notification: Notification, task_id: str, config: NotificationConfig, endpoints: Sequence[Endpoint]
    ) -> Routing:
        """Who of ``endpoints`` gets a notification of this task."""
        configs = [endpoint.config for endpoint in endpoints]
        wanted = route(notification.payload, config, configs, self.background)
        names, shares = self._share_out(wanted, config, task_id)
        return Routing(names, self._recovery(notification, endpoints, names), shares)

    def _share_out(
        self, wanted: Sequence[str], config: NotificationConfig, task_id: str
    ) -> Tuple[Sequence[str], Sequence[Share]]:
        if not config.groups:  # the usual case, and a backup waits
            return wanted, ()

        def holders() -> Sequence[str]:
            start = self.ledger.start_of(task_id)
            return self.holders(start) if start else ()

        return share_out(wanted, Sharing(config.endpoints, config.groups, self.turns, self.is_open_to_more, holders))

    def _recovery(
        self, notification: Notification, endpoints: Sequence[Endpoint], names: Sequence[str]
    ) -> Sequence[str]:
        """Endpoints with reminders that do not want successes: a reminder may have to be ended there."""
        outcome = outcome_of(notification.payload)
        if outcome is None or outcome[1] is not Status.SUCCESS:
            return ()
        if self.ledger.last.get(outcome[0], Status.SUCCESS) is Status.SUCCESS:
            return ()
        return [one.name for one in endpoints if one.config.repeat and one.name not in names]
