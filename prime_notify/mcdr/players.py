"""The players who are online. MCDReforged does not know them, so this follows who joins and who leaves."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Set

from mcdreforged.api.types import PluginServerInterface

__all__ = ["PlayersOnline"]


class PlayersOnline:
    """All calls come from the task executor. ``names``: at first those whom the former instance of the plugin knew.

    ``on_join``: called with the name of each player who joins.
    """

    def __init__(self, server: PluginServerInterface, names: Iterable[str] = ()) -> None:
        self._server = server
        self.names: Set[str] = set(names)
        self.on_join: Callable[[str], object] = lambda player: None

    def start(self) -> None:
        """Register the listeners. To be called in ``on_load``."""
        self._server.register_event_listener("mcdr.player_joined", self._joined)
        self._server.register_event_listener("mcdr.player_left", self._left)
        self._server.register_event_listener("mcdr.server_stop", self._server_stopped)

    def _joined(self, _server: Any, player: str, *_more: Any) -> None:
        self.names.add(player)
        self.on_join(player)

    def _left(self, _server: Any, player: str, *_more: Any) -> None:
        self.names.discard(player)

    def _server_stopped(self, *_args: Any) -> None:
        self.names.clear()
