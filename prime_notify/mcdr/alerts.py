"""Alerts about endpoints that fail, recover or are gone: in the log, and to the operators in the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

from mcdreforged.api.rtext import RColor, RTextBase
from mcdreforged.api.types import PluginServerInterface

from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.mcdr.config_file import ConfigState
from prime_notify.mcdr.players import Players
from prime_notify.mcdr.rich_text import clickable, fills_in, fitted, quoted
from prime_notify.mcdr.translations import Translations
from prime_notify.text import humanize

__all__ = ["NoticeAlerts", "OperatorAlerts", "show_config_alert"]

_CONFIG = ""
"""In the place of an endpoint's name, for the alert about the config. No endpoint has this name."""
_MOST_PLACES = 3


class OperatorAlerts:
    """Shows alerts to players with a permission level. All calls come from the task executor."""

    def __init__(self, server: PluginServerInterface, players: Players) -> None:
        self._server = server
        self._players = players
        self._standing: Dict[str, Tuple[RTextBase, int]] = {}
        players.when_one_joins(self._joined)

    def show(self, endpoint: str, text: RTextBase, level: int, *, standing: bool) -> None:
        """Show an alert to all who are online and have the permission level.

        A ``standing`` alert is also shown to those who join, until the next alert about the same endpoint.
        """
        self._standing.pop(endpoint, None)
        if standing:
            self._standing[endpoint] = (text, level)
        for player in self._players.with_level(level):
            self._server.tell(player, fitted(text))

    def withdraw(self, endpoint: Optional[str] = None) -> None:
        """Withdraw the standing alert about an endpoint, or with None every standing alert."""
        if endpoint is None:
            self._standing.clear()
        else:
            self._standing.pop(endpoint, None)

    def _joined(self, player: str) -> None:
        for text, level in self._standing.values():
            if self._players.level_of(player) >= level:
                self._server.tell(player, fitted(text))


@dataclass(frozen=True)
class NoticeAlerts:
    """Turns the engine's notices about endpoints into log lines and alerts.

    ``test`` gives the command that tests an endpoint, and ``level`` the permission level that sees alerts about one.
    ``run_on_executor``: as in the commands' tools.
    """

    translations: Translations
    operators: OperatorAlerts
    test: Callable[[], str]
    level: Callable[[str], int]
    run_on_executor: Callable[[Callable[[], None]], None]

    def publish(self, notice: Notice) -> None:
        """Log the notice, and show it to the operators. From any thread."""
        command = f"{self.test()} {quoted(notice.endpoint)}"
        key = f"log.endpoint_{notice.kind.value}"
        duration = humanize.duration(notice.seconds)
        values = {"endpoint": notice.endpoint, "duration": duration, "reason": notice.reason, "command": command}
        standing = notice.kind is not NoticeKind.RECOVERED
        (self.translations.warning if standing else self.translations.info)(key, **values)

        def show() -> None:
            text = self.translations.reply(key, **values).set_color(RColor.red if standing else RColor.green)
            hover = self.translations.reply("command.click_to_fill", command=command)
            alert = clickable(text, command, hover)
            self.operators.show(notice.endpoint, alert, self.level(notice.endpoint), standing=standing)

        self.run_on_executor(show)


def show_config_alert(
    operators: OperatorAlerts, translations: Translations, state: ConfigState, *, reload: str, level: int
) -> None:
    """Show an alert while the config file has problems, also to operators who join; withdraw it when it has none."""
    if not state.problems:
        operators.withdraw(_CONFIG)
        return
    if state.readable:
        key = "command.config.alert_problems"
    else:
        key = "command.config.alert_kept" if state.in_force else "command.config.alert_unreadable"
    places = [problem.path for problem in state.problems[:_MOST_PLACES]]
    text = translations.reply(key, count=len(state.problems), places=translations.listed(places), reload=reload)
    operators.show(_CONFIG, fills_in(translations, text.set_color(RColor.red), reload), level, standing=True)
