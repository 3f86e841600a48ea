"""The entry point: MCDReforged's two hooks, and the Python API. Other plugins get this module as our instance."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, FrozenSet, Optional

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr import api
from prime_notify.mcdr.api import EVENTS, is_running, notify
from prime_notify.mcdr.unloading import forget_generics

if TYPE_CHECKING:
    from prime_notify.mcdr.life import Life

__all__ = ["EVENTS", "is_running", "notify", "on_load", "on_unload"]

_life: Optional[Life] = None
players_online: FrozenSet[str] = frozenset()
"""The players who were online when this instance was unloaded. The next instance has no other way to learn them."""
loading: Optional[threading.Thread] = None
"""The thread that loads this instance. The next one waits for its end."""


def on_load(server: PluginServerInterface, old_module: Any) -> None:
    """Start. MCDReforged has unloaded the former instance before, and that one has ended its attempts."""
    from prime_notify.mcdr.life import Life  # not while MCDReforged imports plugins

    global _life, loading
    former = getattr(old_module, "loading", None)
    _life = Life(server, getattr(old_module, "players_online", ()), former, api.unbind)
    loading = _life.thread
    try:
        _life.start()
    except BaseException:
        on_unload(server)
        raise
    api.bind(_life.reception.accept)


def on_unload(_server: PluginServerInterface) -> None:
    """Stop. Idempotent."""
    global _life, players_online
    api.unbind()
    life, _life = _life, None
    if life is not None:
        players_online = life.stop()
    forget_generics()
