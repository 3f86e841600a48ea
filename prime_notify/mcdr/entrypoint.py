"""The entry point, and thereby the plugin instance that other plugins get: MCDReforged's two hooks, and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, FrozenSet, Optional

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr import api
from prime_notify.mcdr.api import EVENTS, is_running, notify

if TYPE_CHECKING:
    from prime_notify.mcdr.service import Service

__all__ = ["EVENTS", "is_running", "notify", "on_load", "on_unload"]

_service: Optional[Service] = None
players_online: FrozenSet[str] = frozenset()
"""Who was online when this instance was unloaded: its successor cannot ask anybody."""


def on_load(server: PluginServerInterface, old_module: Any) -> None:
    """Start. MCDReforged has unloaded a former instance by now, and that waited until its deliveries had let go."""
    from prime_notify.mcdr.service import Service  # nearly all of the plugin: not while MCDReforged imports plugins

    global _service
    _service = Service(server, getattr(old_module, "players_online", ()))
    try:
        _service.start()
    except BaseException:
        on_unload(server)
        raise
    api.bind(_service.accept)


def on_unload(_server: PluginServerInterface) -> None:
    """Stop; may be called twice."""
    global _service, players_online
    api.unbind()
    service, _service = _service, None
    if service is not None:
        players_online = frozenset(service.operators.online)
        service.stop()
