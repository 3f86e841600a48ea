"""The players who are online. MCDReforged does not know them, so this follows who joins and who leaves."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterable, List, Set

from mcdreforged.api.types import Info, PluginServerInterface

__all__ = ["Players"]


_LISTED = re.compile(r"There are \d+ of a max(?:imum)?(?: of)? \d+ players online: ?(.*)")  # vanilla, 1.13 and later


class Players:
    """All calls come from the task executor. ``online``: the players whom the former instance of the plugin knew."""

    def __init__(self, server: PluginServerInterface, online: Iterable[str] = ()) -> None:
        self._server = server
        self._joined: List[Callable[[str], None]] = []
        self.online: Set[str] = set(online)

    def start(self) -> None:
        """Register the listeners. To be called in ``on_load``."""
        self._server.register_event_listener("mcdr.player_joined", self._on_joined)
        self._server.register_event_listener("mcdr.player_left", self._on_left)
        self._server.register_event_listener("mcdr.user_info", self._on_said)
        self._server.register_event_listener("mcdr.general_info", self._on_line)
        self._server.register_event_listener("mcdr.server_stop", self._on_server_stopped)
        if self._server.is_server_startup() and not self.online:
            self._server.execute("list")  # the plugin is loaded for the first time while people play

    def when_one_joins(self, act: Callable[[str], None]) -> None:
        """Call ``act`` with the name of each player who joins, or who is found to be online."""
        self._joined.append(act)

    def with_level(self, level: int) -> List[str]:
        """Those online who have the permission level, sorted."""
        return [player for player in sorted(self.online) if self.level_of(player) >= level]

    def level_of(self, player: str) -> int:
        """The permission level of a player."""
        return self._server.get_permission_level(player)

    def _on_joined(self, _server: Any, player: str, *_more: Any) -> None:
        self.online.add(player)
        for act in self._joined:
            act(player)

    def _found(self, player: str) -> None:
        if player not in self.online:
            self._on_joined(self._server, player)

    def _on_left(self, _server: Any, player: str, *_more: Any) -> None:
        self.online.discard(player)

    def _on_said(self, _server: Any, info: Info) -> None:
        """Who says something is online: so those are known who joined before the plugin was first loaded."""
        if info.player is not None:
            self._found(info.player)

    def _on_line(self, _server: Any, info: Info) -> None:
        found = _LISTED.fullmatch(info.content or "") if info.is_from_server and info.player is None else None
        if found is not None:
            for name in filter(None, (name.strip() for name in found[1].split(","))):
                self._found(name)

    def _on_server_stopped(self, *_args: Any) -> None:
        self.online.clear()
