"""The seam of all sources: the methods of each one, and the values that it gets.

A new source is a module with a class of :class:`Source`, and its row in :mod:`prime_notify.sources.all`.
"""

from __future__ import annotations

import abc
import enum
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Protocol, Sequence

from prime_notify.model.event import Event
from prime_notify.periodic import Periodic
from prime_notify.schedules.plan import NO_SCHEDULE, ScheduleSource

if TYPE_CHECKING:  # the models of the config are loaded later than the sources
    from prime_notify.config.models import SourcesConfig

__all__ = ["Source", "SourceContext", "SourceServer", "SourceState", "SourceStatus", "Translate", "plugin_version"]

Translate = Callable[..., str]
"""``tr(key, **values)``: a text of ``lang/`` in MCDR's language, by its key without the plugin's id."""


class SourceServer(Protocol):
    """The part of MCDR's ``PluginServerInterface`` that sources use; the queries are safe from any thread."""

    def get_plugin_instance(self, plugin_id: str, /) -> Any: ...

    def get_plugin_metadata(self, plugin_id: str, /) -> Any: ...

    def get_all_metadata(self) -> Mapping[str, Any]: ...

    def is_server_running(self) -> bool: ...

    def register_event_listener(self, event: str, callback: Callable[..., Any], /) -> None: ...


def plugin_version(server: SourceServer, plugin_id: str) -> Optional[str]:
    """The version in a plugin's metadata. None when MCDR does not have that plugin."""
    try:
        metadata = server.get_plugin_metadata(plugin_id)
        return None if metadata is None else str(metadata.version)
    except Exception:  # noqa: BLE001  (a plugin that is just being loaded has no metadata yet)
        return None


class SourceState(enum.Enum):
    """The state of a plugin that events come from. ``lang/`` has a text for each, under ``command.source``."""

    LISTENING = "listening"
    OBSERVED = "observed"
    LOADING = "loading"
    DISABLED = "disabled"
    NOT_STARTED = "not_started"
    UNSUPPORTED = "unsupported"
    DISPLACED = "displaced"


@dataclass(frozen=True)
class SourceStatus:
    """A plugin that MCDR has loaded and that events come from."""

    plugin_id: str
    name: str
    version: Optional[str]
    state: SourceState = SourceState.LISTENING


@dataclass(frozen=True)
class SourceContext:
    """The same for every source. ``report`` takes each event, from any thread. ``steady``: seconds that never jump.

    ``wall``: unix seconds.
    """

    server: SourceServer
    report: Callable[[Event], None]
    log: logging.Logger
    tr: Translate
    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time

    def listening(self, plugin_id: str) -> Sequence[SourceStatus]:
        """The status of a plugin whose events are listened to; nothing while MCDR does not have it."""
        metadata = self.server.get_all_metadata().get(plugin_id)
        return [] if metadata is None else [SourceStatus(plugin_id, str(metadata.name), str(metadata.version))]


class Source(abc.ABC):
    """Reports the events of one plugin, or of several that emit them in the same way.

    All methods are called on MCDR's task executor, the jobs on the thread of the periodic jobs.
    """

    @abc.abstractmethod
    def start(self) -> None:
        """Begin to report events, quickly. Called once, in ``on_load``: MCDR collects its listeners then."""

    def configure(self, config: SourcesConfig) -> None:  # noqa: B027  (only a source with options needs it)
        """Put a config in force. Called once soon after :meth:`start`, and when the config is loaded again."""

    def stop(self) -> None:  # noqa: B027  (MCDR itself removes listeners)
        """Undo what MCDR does not undo itself when it unloads our plugin. Idempotent."""

    @abc.abstractmethod
    def status(self) -> Sequence[SourceStatus]:
        """The plugins that this source has found."""

    @property
    def schedule(self) -> ScheduleSource:
        """The schedule of the backups that this source reports, as far as it knows one."""
        return NO_SCHEDULE

    @property
    def jobs(self) -> Sequence[Periodic]:
        """The periodic work of this source."""
        return ()
