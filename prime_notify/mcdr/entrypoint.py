"""The entry point, and thereby the plugin instance that other plugins get: MCDReforged's two hooks, and the API."""

from __future__ import annotations

from typing import Any, Optional

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr import api
from prime_notify.mcdr.api import EVENTS, is_running, notify
from prime_notify.mcdr.service import Service

__all__ = ["EVENTS", "is_running", "notify", "on_load", "on_unload"]

_service: Optional[Service] = None


def on_load(server: PluginServerInterface, _old_module: Any) -> None:
    """Start. MCDReforged has unloaded a former instance by now, and that waited until its deliveries had let go."""
    global _service
    _service = Service(server)
    try:
        _service.start()
    except BaseException:
        on_unload(server)
        raise
    api.bind(_service.accept)


def on_unload(_server: PluginServerInterface) -> None:
    """Stop; may be called twice."""
    global _service
    api.unbind()
    service, _service = _service, None
    if service is not None:
        service.stop()
