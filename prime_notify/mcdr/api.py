"""The Python API: the functions of our plugin instance for other plugins.

    prime_notify = server.get_plugin_instance("prime_notify")
    if prime_notify is not None:
        prime_notify.notify("backup_success", {"cost_s": 12.5}, plugin_id="my_backup", plugin_version="1.0.0")

Every function may be called from any thread, and never waits for a network. Before our ``on_load`` and after our
``on_unload`` (of a module that was kept across a reload) no event is accepted. An event that comes in the second after
``on_load``, while the plugin starts, waits in memory until the end of the start.
"""

from __future__ import annotations

import logging
from typing import Any, Callable, Mapping, Optional, Tuple

from mcdreforged.api.types import ServerInterface

from prime_notify.model.event import Event, EventName

__all__ = ["EVENTS", "bind", "is_running", "notify", "unbind"]

EVENTS: Tuple[str, ...] = tuple(event.value for event in EventName)
"""The event names that :func:`notify` takes."""

_accept: Optional[Callable[[Event], Optional[str]]] = None


def notify(
    event: str,
    fields: Optional[Mapping[str, Any]] = None,
    *,
    plugin_id: str,
    plugin_version: Optional[str] = None,
) -> Optional[str]:
    """Announce that a backup or restore started, succeeded, failed or was aborted.

    :param event: one of :data:`EVENTS`
    :param fields: the payload fields that you know, all optional; README has the list. A field of a wrong type is left
        out with a warning in the log. Give start and end of one task the same ``task_id`` when several may run at once.
    :param plugin_id: the id of the plugin that ran the task, usually yours
    :param plugin_version: its version; by default that of the loaded plugin ``plugin_id``
    :return: the id of the notification. The event is stored, and will be delivered; one that was accepted before makes
        no second notification. None when the event was not accepted: notifications are switched off, or Prime Notify is
        not running (a warning in the log says so).
    :raises ValueError: for a name that is not in :data:`EVENTS`
    :raises TypeError: when ``fields`` is no mapping, or ``plugin_id`` no text
    """
    try:
        name = EventName(event)
    except ValueError:
        raise ValueError(f"unknown event {event!r}: use one of {', '.join(EVENTS)}") from None
    if fields is not None and not isinstance(fields, Mapping):
        raise TypeError(f"fields must be a mapping of payload fields, not {type(fields).__name__}")
    if not isinstance(plugin_id, str) or not plugin_id:
        raise TypeError("plugin_id must be the id of the plugin that ran the task")
    accept = _accept
    if accept is None:
        _warn("%s announced %s while Prime Notify is not running; it was not accepted", plugin_id, name.value)
        return None
    return accept(Event(name, plugin_id, plugin_version, dict(fields or {})))


def is_running() -> bool:
    """Whether events are accepted: not before our ``on_load``, and not after our ``on_unload``."""
    return _accept is not None


def _warn(message: str, *args: object) -> None:
    server = ServerInterface.si_opt()
    logger = logging.getLogger("prime_notify") if server is None else server.logger
    logger.warning(message, *args)


def bind(accept: Callable[[Event], Optional[str]]) -> None:
    """Let events in. For our own entry point only."""
    global _accept
    _accept = accept


def unbind() -> None:
    """Let no more events in. For our own entry point only."""
    global _accept
    _accept = None
