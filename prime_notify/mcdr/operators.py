"""Who of the operators is online, so that a failing endpoint can be told to those who can mend it."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Optional, Set, Tuple

from mcdreforged.api.rtext import RTextBase
from mcdreforged.api.types import PluginServerInterface

__all__ = ["Operators"]


class Operators:
    """MCDReforged does not say who is online; who joins and leaves is all there is to know.

    ``online``: who was, as the plugin's former instance knew. All calls come from the task executor.
    """

    def __init__(self, server: PluginServerInterface, online: Iterable[str] = ()) -> None:
        self._server = server
        self.online: Set[str] = set(online)
        self._standing: Dict[str, Tuple[RTextBase, int]] = {}

    def start(self) -> None:
        """Listen; to be called in ``on_load``."""
        self._server.register_event_listener("mcdr.player_joined", self._joined)
        self._server.register_event_listener("mcdr.player_left", self._left)
        self._server.register_event_listener("mcdr.server_stop", self._server_stopped)

    def tell(self, subject: str, text: RTextBase, level: int, *, standing: bool) -> None:
        """Tell those who have the permission level.

        A ``standing`` text is also told to those who join, until another one on the same subject takes its place.
        """
        self._standing.pop(subject, None)
        if standing:
            self._standing[subject] = (text, level)
        for player in sorted(self.online):
            self._tell(player, text, level)

    def forget(self, subject: Optional[str] = None) -> None:
        """Let no standing text stand any longer, or only not the one on ``subject``."""
        if subject is None:
            self._standing.clear()
        else:
            self._standing.pop(subject, None)

    def _joined(self, _server: Any, player: str, *_more: Any) -> None:
        self.online.add(player)
        for text, level in self._standing.values():
            self._tell(player, text, level)

    def _left(self, _server: Any, player: str, *_more: Any) -> None:
        self.online.discard(player)

    def _server_stopped(self, *_args: Any) -> None:
        self.online.clear()

    def _tell(self, player: str, text: RTextBase, level: int) -> None:
        if self._server.get_permission_level(player) >= level:
            self._server.tell(player, text)
