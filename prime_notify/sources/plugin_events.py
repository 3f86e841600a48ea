"""Plugins that emit the events themselves: ``<plugin_id>.<event>`` with one argument, a dict of payload fields."""

from __future__ import annotations

import functools
from typing import Any, Callable, Dict, Iterable, Sequence, Set, Tuple

from prime_notify.config.models import SourcesConfig
from prime_notify.model.event import Event, EventName
from prime_notify.model.plugin_ids import PRIME_BACKUP, PRIME_NOTIFY
from prime_notify.sources.source import Source, SourceContext, SourceStatus, plugin_version

__all__ = ["EmittedEvents", "PluginEvents"]


class PluginEvents(Source):
    """Listens to the plugins that ``sources.listen`` names.

    MCDR takes up new listeners only when some plugin is loaded or unloaded, and never drops a single one
    (``PluginRegistryStorage.collect``). So :meth:`start` registers listeners for every loaded plugin, and the events
    of a plugin that is not listed are ignored: most changes of the list take effect at once.
    """

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._listed: Sequence[str] = ()
        self._registered: Set[str] = {PRIME_BACKUP, PRIME_NOTIFY}  # never here: the one has a source of its own

    def start(self, config: SourcesConfig) -> None:
        self._listed = self._allowed(config)
        self._register([*self._listed, *self._context.server.get_all_metadata()])

    def reload(self, config: SourcesConfig) -> None:
        self._listed = self._allowed(config)
        for plugin_id in sorted(self._register(self._listed)):
            self._context.log.warning("%s", self._context.tr("source.listen.later", plugin=plugin_id))

    def status(self) -> Sequence[SourceStatus]:
        return [status for plugin_id in self._listed for status in self._context.listening(plugin_id)]

    def _allowed(self, config: SourcesConfig) -> Sequence[str]:
        if PRIME_NOTIFY in config.listen:  # each event would be accepted and emitted again, without end
            self._context.log.warning("%s", self._context.tr("source.listen.ourselves"))
        return [one for one in dict.fromkeys(config.listen) if one not in (PRIME_BACKUP, PRIME_NOTIFY)]

    def _register(self, plugin_ids: Iterable[str]) -> Set[str]:
        new = set(plugin_ids) - self._registered
        for plugin_id in new:
            EmittedEvents(self._context, plugin_id, self._context.report, self._is_listed).register()
        self._registered |= new
        return new

    def _is_listed(self, plugin_id: str) -> bool:
        return plugin_id in self._listed


class EmittedEvents:
    """Reports the events that one plugin emits, as long as they are ``wanted``."""

    def __init__(
        self,
        context: SourceContext,
        plugin_id: str,
        report: Callable[[Event], None],
        wanted: Callable[[str], bool] = lambda plugin_id: True,
    ) -> None:
        self._context = context
        self._plugin_id = plugin_id
        self._report = report
        self._wanted = wanted
        self._warned: Set[EventName] = set()

    def register(self) -> None:
        """Register the listeners. To be called while our plugin loads."""
        for name in EventName:
            callback = functools.partial(self._emitted, name)
            self._context.server.register_event_listener(f"{self._plugin_id}.{name.value}", callback)

    def _emitted(self, name: EventName, _server: Any, *args: Any) -> None:
        if self._wanted(self._plugin_id):
            version = plugin_version(self._context.server, self._plugin_id)
            self._report(Event(name, self._plugin_id, version, self._fields(name, args)))

    def _fields(self, name: EventName, args: Tuple[Any, ...]) -> Dict[str, Any]:
        if not args:
            return {}
        if len(args) == 1 and isinstance(args[0], dict):
            return dict(args[0])
        if name not in self._warned:
            self._warned.add(name)
            found = ", ".join(type(argument).__name__ for argument in args)
            event = f"{self._plugin_id}.{name.value}"
            self._context.log.warning("%s", self._context.tr("source.listen.not_a_dict", event=event, found=found))
        return next((dict(argument) for argument in args if isinstance(argument, dict)), {})
