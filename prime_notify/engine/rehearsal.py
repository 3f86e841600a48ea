"""What would happen, on samples: who would get an event and why, the request, and, if asked for, one that is sent."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import Callable, ContextManager, Mapping, Optional, Sequence

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock
from prime_notify.delivery.attempt import Attempter
from prime_notify.delivery.lanes import Lanes
from prime_notify.engine.endpoint_test import TestResult, try_in_background
from prime_notify.engine.intake import Intake
from prime_notify.engine.request_preview import preview_of
from prime_notify.loading.load import LoadedConfig
from prime_notify.messages.messages import Voice
from prime_notify.messages.samples import sample_event
from prime_notify.model.event import EventName
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from prime_notify.routing import Explanation, decide, explain, route

__all__ = ["Rehearsal", "Scene"]

_IN_A_DIGEST = (EventName.BACKUP_SUCCESS, EventName.RESTORE_SUCCESS, EventName.BACKUP_FAILURE)
"""What a sample of a digest tells of."""


@dataclass(frozen=True)
class Scene:
    """What is in force. ``on``: the endpoints that are sent to."""

    loaded: LoadedConfig
    on: Sequence[Endpoint]
    intake: Intake

    def endpoint(self, name: str) -> Optional[Endpoint]:
        """One of the config, on or off."""
        return next((one for one in self.loaded.endpoints if one.name == name), None)


@dataclass(frozen=True)
class Rehearsal:
    """Stores nothing, and changes nothing. From any thread. ``lock``: the intake's."""

    scene: Callable[[], Scene]
    lock: ContextManager[object]
    voice: Voice
    attempter: Attempter
    lanes: Lanes
    clock: Clock
    new_id: Callable[[], str]
    log: logging.Logger

    def preview(self, name: str, event: Optional[EventName]) -> Optional[Sequence[str]]:
        """The request that a sample of ``event`` would be to an endpoint, secrets masked; None: no such endpoint.

        ``event`` is None for a digest.
        """
        scene, now = self.scene(), self.clock.wall()
        endpoint = scene.endpoint(name)
        if endpoint is None:
            return None
        if event is None:
            message = self.voice.combined(
                [Item(self._sample(scene, one)) for one in _IN_A_DIGEST], endpoint.config, now
            )
        else:
            message = self.voice.message(self._sample(scene, event), endpoint.config, now)
        return preview_of(endpoint.render(message), endpoint.redact, message.warnings)

    def explanation(self, name: str, event: EventName) -> Optional[Explanation]:
        """Whether a sample of ``event`` would go to an endpoint, and why; None: no such endpoint."""
        with self.lock:
            scene = self.scene()
            endpoint = scene.endpoint(name)
            if endpoint is None:
                return None
            block, intake = scene.loaded.config.notification, scene.intake
            sample = dataclasses.replace(sample_event(event), plugin_id=intake.usual_plugin(event.task))
            payload = intake.notification(sample, self.new_id(), scene.loaded).payload
            on = next((one.config for one in scene.on if one.name == name), None)
            config = on or endpoint.config.model_copy(update={"enabled": False})
            decision = decide(payload, config, block, intake.routing_context)
            wanted = route(payload, block, [one.config for one in scene.on], intake.routing_context)
            choices = intake.group_choices(sample, wanted, scene.loaded)
        return explain(
            name,
            decision,
            payload.severity,
            enabled=[one.config for one in scene.on],
            modes=block.groups,
            choices=choices,
            pauses=self.lanes.left_alone(self.clock.steady()),
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
                self.lanes.forgive([result.endpoint])  # it works: what waits behind its breaker may go
            on_result(result)

        chosen = scene.on if endpoint is None else [one for one in scene.loaded.endpoints if one.name == endpoint]
        notification = self._sample(scene, event, operator)
        for target in chosen:
            try_in_background(target, notification, self.attempter, self.log, finished)
        return [target.name for target in chosen]

    def _sample(self, scene: Scene, event: EventName, operator: Optional[Mapping[str, str]] = None) -> Notification:
        return scene.intake.notification(sample_event(event, operator=operator), self.new_id(), scene.loaded)
