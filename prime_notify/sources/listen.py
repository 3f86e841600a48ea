"""Events that other plugins emit themselves: ``<plugin_id>.<event>`` with one argument, a dict of payload fields."""

from __future__ import annotations

import functools
import logging
from typing import Any, Callable, Dict, FrozenSet, Iterable, Set, Tuple

from prime_notify.model.event import Event, EventName
from prime_notify.model.plugin_ids import PRIME_BACKUP, PRIME_NOTIFY
from prime_notify.sources.server import SourceServer, Translate, plugin_version

__all__ = ["Listener"]


class Listener:
    """Listens to the eight events of every plugin named in the config, and of Prime Backup.

    MCDR (PluginRegistryStorage.collect) takes up listeners only when some plugin was loaded or unloaded, and drops a
    single one never. So :meth:`start` registers for every plugin that is there already, and what a plugin that is not
    listed says is ignored: the list can then change while everything runs.
    """

    def __init__(
        self, server: SourceServer, report: Callable[[Event], None], *, log: logging.Logger, tr: Translate
    ) -> None:
        self._server = server
        self._report = report
        self._log = log
        self._tr = tr
        self._heard: FrozenSet[str] = frozenset()
        self._registered: Set[str] = set()
        self._warned: Set[Tuple[str, EventName]] = set()

    def start(self, plugin_ids: Iterable[str]) -> None:
        """Listen to these plugins. To be called while our own plugin loads."""
        self._heard = self._allowed(plugin_ids)
        self._register({*self._heard, *self._server.get_all_metadata()} - {PRIME_NOTIFY})

    def listen(self, plugin_ids: Iterable[str]) -> None:
        """Listen to these plugins instead: the config has changed. Says so when MCDR makes one of them wait."""
        self._heard = self._allowed(plugin_ids)
        for plugin_id in sorted(self._register(self._heard)):
            self._log.warning("%s", self._tr("source.listen.later", plugin=plugin_id))

    def _allowed(self, plugin_ids: Iterable[str]) -> FrozenSet[str]:
        wanted = {*plugin_ids, PRIME_BACKUP}
        if PRIME_NOTIFY in wanted:  # every event told would be heard and told again
            self._log.warning("%s", self._tr("source.listen.ourselves"))
        return frozenset(wanted - {PRIME_NOTIFY})

    def _register(self, plugin_ids: Iterable[str]) -> Set[str]:
        new = set(plugin_ids) - self._registered
        for plugin_id in new:
            for name in EventName:
                callback = functools.partial(self._on_event, plugin_id, name)
                self._server.register_event_listener(f"{plugin_id}.{name.value}", callback)
        self._registered |= new
        return new

    def _on_event(self, plugin_id: str, name: EventName, _server: Any, *args: Any) -> None:
        if plugin_id not in self._heard:
            return
        fields = self._fields(plugin_id, name, args)
        self._report(Event(name, plugin_id, plugin_version(self._server, plugin_id), fields))

    def _fields(self, plugin_id: str, name: EventName, args: Tuple[Any, ...]) -> Dict[str, Any]:
        if not args:
            return {}
        if len(args) == 1 and isinstance(args[0], dict):
            return dict(args[0])
        if (plugin_id, name) not in self._warned:
            self._warned.add((plugin_id, name))
            found = ", ".join(type(argument).__name__ for argument in args)
            event = f"{plugin_id}.{name.value}"
            self._log.warning("%s", self._tr("source.listen.not_a_dict", event=event, found=found))
        return next((dict(argument) for argument in args if isinstance(argument, dict)), {})
