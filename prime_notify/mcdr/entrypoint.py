"""The entry point: MCDReforged's two hooks, and the Python API. Other plugins get this module as our instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, FrozenSet, Optional

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr import api
from prime_notify.mcdr.api import EVENTS, is_running, notify
from prime_notify.mcdr.unloading import forget_generics

if TYPE_CHECKING:
    from prime_notify.mcdr.service import Service

__all__ = ["EVENTS", "is_running", "notify", "on_load", "on_unload"]

_service: Optional[Service] = None
players_online: FrozenSet[str] = frozenset()
"""The players who were online when this instance was unloaded. The next instance has no other way to learn them."""


def on_load(server: PluginServerInterface, old_module: Any) -> None:
    """Start. MCDReforged has unloaded the former instance before, and that one has ended its attempts."""
    from prime_notify.mcdr.service import Service  # slow: not while MCDReforged imports plugins

    global _service
    _service = Service(server, getattr(old_module, "players_online", ()))
    try:
        _service.start()
    except BaseException:
        on_unload(server)
        raise
    api.bind(_service.accept)


def on_unload(_server: PluginServerInterface) -> None:
    """Stop. Idempotent."""
    global _service, players_online
    api.unbind()
    service, _service = _service, None
    if service is not None:
        players_online = frozenset(service.players.online)
        service.stop()
    forget_generics()
