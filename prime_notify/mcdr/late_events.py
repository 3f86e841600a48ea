"""Events that no engine of this instance takes: they come after its unload, or before a start that did not succeed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Sequence

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.reception import Held
from prime_notify.mcdr.translations import Translations
from prime_notify.model.event import Event
from prime_notify.model.ids import IdFactory
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.folder import leave_events
from prime_notify.outbox.values import Received

__all__ = ["LateEvents"]


class LateEvents:
    """Needs nothing of an engine. From any thread."""

    def __init__(self, server: PluginServerInterface, folder: Path, translations: Translations) -> None:
        self._server = server
        self._folder = folder
        self._translations = translations

    def take(self, event: Event) -> None:
        """Hand an event to the next instance, or store it for the next start."""
        successor = self._server.get_plugin_instance(PRIME_NOTIFY)
        if successor is not None and successor.is_running():
            successor.notify(
                event.name.value, event.fields, plugin_id=event.plugin_id, plugin_version=event.plugin_version
            )
            return
        self._leave([Received(IdFactory()(), event, time.time(), self._server.is_server_running())])

    def leave(self, held: Sequence[Held]) -> None:
        """Store events for the next start."""
        if held:
            self._leave([Received(arrival.id, event, arrival.at, arrival.server_running) for event, arrival in held])

    def _leave(self, events: Sequence[Received]) -> None:
        try:
            leave_events(self._folder, events)
        except OutboxError as error:
            for received in events:
                name, plugin = received.event.name.value, received.event.plugin_id
                self._translations.error("log.late_lost", event=name, plugin=plugin, error=error)
