"""Previews, explanations and test notifications, with sample events."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import Callable, ContextManager, Mapping, Optional, Sequence

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock
from prime_notify.delivery.attempt import Attempter
from prime_notify.delivery.lanes import Lanes
from prime_notify.engine.active_endpoints import EndpointSet
from prime_notify.engine.endpoint_test import TestResult, try_in_background
from prime_notify.engine.intake import NotificationFactory
from prime_notify.engine.request_preview import preview_of
from prime_notify.engine.router import Router
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.messages import Messages
from prime_notify.messages.samples import sample_event
from prime_notify.model.event import EventName
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from prime_notify.routing import Explanation, decide, explain

__all__ = ["Rehearsal", "Scene"]

_IN_A_DIGEST = (EventName.BACKUP_SUCCESS, EventName.RESTORE_SUCCESS, EventName.BACKUP_FAILURE)
"""The events of a sample digest."""


@dataclass(frozen=True)
class Scene:
    """The config in force, the endpoints that are on, and the router."""

    loaded: LoadedConfig
    on: EndpointSet
    router: Router

    def endpoint(self, name: str) -> Optional[Endpoint]:
        """The endpoint with this name, on or off."""
        return next((one for one in self.loaded.endpoints if one.name == name), None)


@dataclass(frozen=True)
class Rehearsal:
    """Stores nothing, and changes nothing. Safe from any thread. ``lock``: that of the router."""

    scene: Callable[[], Scene]
    lock: ContextManager[object]
    messages: Messages
    attempter: Attempter
    lanes: Lanes
    clock: Clock
    factory: NotificationFactory
    log: logging.Logger

    def preview(self, name: str, event: Optional[EventName]) -> Optional[Sequence[str]]:
        """The request to an endpoint for a sample of ``event``, secrets masked; None: there is no such endpoint.

        ``event`` is None for a digest.
        """
        scene, now = self.scene(), self.clock.wall()
        endpoint = scene.endpoint(name)
        if endpoint is None:
            return None
        items = [Item(self._sample(scene, one)) for one in ((event,) if event else _IN_A_DIGEST)]
        message = self.messages.message(items, endpoint.config, now)
        return preview_of(endpoint.render(message), endpoint.redact, message.warnings)

    def explanation(self, name: str, event: EventName) -> Optional[Explanation]:
        """Whether a sample of ``event`` would go to an endpoint, and why; None: there is no such endpoint."""
        scene = self.scene()
        with self.lock:
            endpoint = scene.endpoint(name)
            if endpoint is None:
                return None
            block, ledger = scene.loaded.config.notification, scene.router.ledger
            sample = dataclasses.replace(sample_event(event), plugin_id=ledger.usual_plugin(event.task))
            task_id = ledger.place(sample).task_id
            notification = self.factory.make(self.factory.receive(sample), task_id, scene.loaded)
            on = next((one for one in scene.on.configs if one.name == name), None)
            config = on or endpoint.config.model_copy(update={"enabled": False})
            decision = decide(notification.payload, config, block, scene.router.context)
            choices = scene.router.route(notification, task_id, block, scene.on).choices
        return explain(
            name,
            decision,
            notification.payload.severity,
            enabled=scene.on.configs,
            modes=block.groups,
            choices=choices,
            pauses=self.lanes.paused(self.clock.steady()),
        )

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str] = None,
        on_result: Callable[[TestResult], None],
        operator: Optional[Mapping[str, str]] = None,
    ) -> Sequence[str]:
        """Send a test notification to every enabled endpoint, whatever its event filter, or to the one named.

        Returns their names at once; ``on_result`` is called once for each, from its own thread, when it is done.
        Works while notifications are switched off. One attempt each, not stored.
        """
        scene = self.scene()

        def finished(result: TestResult) -> None:
            if result.ok:
                self.lanes.reset([result.endpoint])  # it works, so what waits may be sent
            on_result(result)

        chosen = (
            scene.on.endpoints if endpoint is None else [one for one in scene.loaded.endpoints if one.name == endpoint]
        )
        notification = self._sample(scene, event, operator)
        for target in chosen:
            try_in_background(target, notification, self.attempter, self.log, finished)
        return [target.name for target in chosen]

    def _sample(self, scene: Scene, event: EventName, operator: Optional[Mapping[str, str]] = None) -> Notification:
        received = self.factory.receive(sample_event(event, operator=operator))
        return self.factory.make(received, self.factory.new_id(), scene.loaded)
