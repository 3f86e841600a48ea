"""Plugins that emit the events themselves: ``<plugin_id>.<event>`` with one argument, a dict of payload fields."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from prime_notify.model.event import Event, EventName
from prime_notify.model.plugin_ids import PRIME_BACKUP, PRIME_NOTIFY
from prime_notify.sources.source import Source, SourceContext, SourceStatus, plugin_version

if TYPE_CHECKING:  # the models of the config are loaded later than the sources
    from prime_notify.config.models import SourcesConfig

__all__ = ["EmittedEvents", "PluginEvents"]


class PluginEvents(Source):
    """Listens to the plugins that ``sources.listen`` names.

    MCDR takes up new listeners only when some plugin is loaded or unloaded, and never drops a single one
    (``PluginRegistryStorage.collect``). So :meth:`start` registers listeners for every loaded plugin, and the events
    of a plugin that is not listed are ignored: most changes of the list take effect at once. Events that come before
    the list is known wait for it.
    """

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._listed: Optional[Sequence[str]] = None
        self._early: List[Tuple[str, Callable[[], None]]] = []
        self._registered: Set[str] = {PRIME_BACKUP, PRIME_NOTIFY}  # never here: the one has a source of its own

    def start(self) -> None:
        self._register(self._context.server.get_all_metadata())

    def configure(self, config: SourcesConfig) -> None:
        is_first, self._listed = self._listed is None, self._allowed(config)
        new = self._register(self._listed)
        for plugin_id in () if is_first else sorted(new):
            self._context.log.warning("%s", self._context.tr("source.listen.later", plugin=plugin_id))
        early, self._early = self._early, []
        for plugin_id, take in early:
            self._pass(plugin_id, take)

    def status(self) -> Sequence[SourceStatus]:
        return [status for plugin_id in self._listed or () for status in self._context.listening(plugin_id)]

    def _allowed(self, config: SourcesConfig) -> Sequence[str]:
        if PRIME_NOTIFY in config.listen:  # each event would be accepted and emitted again, without end
            self._context.log.warning("%s", self._context.tr("source.listen.ourselves"))
        return [one for one in dict.fromkeys(config.listen) if one not in (PRIME_BACKUP, PRIME_NOTIFY)]

    def _register(self, plugin_ids: Iterable[str]) -> Set[str]:
        new = set(plugin_ids) - self._registered
        for plugin_id in new:
            EmittedEvents(self._context, plugin_id, self._context.report, self._pass).register()
        self._registered |= new
        return new

    def _pass(self, plugin_id: str, take: Callable[[], None]) -> None:
        if self._listed is None:
            self._early.append((plugin_id, take))
        elif plugin_id in self._listed:
            take()


class EmittedEvents:
    """Reports the events that one plugin emits.

    ``gate(plugin_id, take)``: calls ``take``, at once or later, for an event that is wanted.
    """

    def __init__(
        self,
        context: SourceContext,
        plugin_id: str,
        report: Callable[[Event], None],
        gate: Callable[[str, Callable[[], None]], None] = lambda plugin_id, take: take(),
    ) -> None:
        self._context = context
        self._plugin_id = plugin_id
        self._report = report
        self._gate = gate
        self._warned: Set[EventName] = set()

    def register(self) -> None:
        """Register the listeners. To be called while our plugin loads."""
        for name in EventName:
            callback = functools.partial(self._emitted, name)
            self._context.server.register_event_listener(f"{self._plugin_id}.{name.value}", callback)

    def _emitted(self, name: EventName, _server: Any, *args: Any) -> None:
        copied = tuple(dict(one) if isinstance(one, dict) else one for one in args)  # the plugin may change its own
        self._gate(self._plugin_id, functools.partial(self._take, name, copied))

    def _take(self, name: EventName, args: Tuple[Any, ...]) -> None:
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
