"""The game as a place for notifications: who sees a message now, and who sees it on joining."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Callable, List, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.game.kept import KeptMessage, KeptMessages
from prime_notify.mcdr.game.screen import Screen
from prime_notify.mcdr.game.transport import GameTransport, Shown
from prime_notify.mcdr.players import Players
from prime_notify.mcdr.rich_text import fills_in
from prime_notify.mcdr.translations import Translations
from prime_notify.model.request import GameRequest
from prime_notify.periodic import Periodic
from prime_notify.text.humanize import local_time

__all__ = ["Game"]

_FILE = "ingame.json"
_MOST_ON_JOINING = 5
_MOST_NAMES = 10
_EVERY = 1.0  # seconds


class Game:
    """``transport`` and ``job`` may be used from any thread; all other calls come from the task executor.

    ``wall``: unix seconds. ``clock``: seconds, monotonic.
    """

    def __init__(
        self,
        server: PluginServerInterface,
        folder: Path,
        players: Players,
        translations: Translations,
        *,
        find_prefix: Callable[[], str],
        run_on_executor: Callable[[Callable[[], None]], None],
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._players = players
        self._translations = translations
        self._find_prefix = find_prefix
        self._run_on_executor = run_on_executor
        self._wall = wall
        self._kept = KeptMessages(folder / _FILE)
        self._screen = Screen(server, translations, self._kept, find_prefix, clock)
        self.transport = GameTransport(self._show, self._kept.save, run_on_executor)
        self.job = Periodic("game", _EVERY, self._tidy)
        players.when_one_joins(self._joined)

    def start(self) -> None:
        """Read what is kept, and register the listener. To be called in ``on_load``."""
        if not self._kept.load():
            self._translations.warning("log.kept_unreadable", file=_FILE)
        self._screen.remove_all_bars()
        self._server.register_event_listener("mcdr.server_startup", lambda _server: self._screen.remove_all_bars())

    def stop(self) -> None:
        """End what is shown, and save. Idempotent. The transport is closed before."""
        self._screen.remove_all_bars()
        self._save()

    def _tidy(self) -> None:
        """The periodic job, on a thread of its own."""
        if self._screen.has_bars:
            self._run_on_executor(self._screen.tick)
        self._save()

    def _save(self) -> None:
        try:
            self._kept.save()
        except OSError:
            return  # tried again, and by each delivery, which says so

    # showing

    def _show(self, request: GameRequest) -> Tuple[Shown, bool]:
        """Show a message to those who are online, and keep it for the others; in words, and whether anybody saw it."""
        now = self._wall()
        message = KeptMessage(request, now)
        former = self._kept.find(request.endpoint, request.id)
        online = [one for one in sorted(self._players.online) if message.is_for(one, self._players.level_of(one))]
        for player in online:
            if former is None or not former.was_seen_by(player):
                self._screen.show(player, request)
        if request.keep_until > now:
            message = self._kept.put(request, tuple(online), now)
        elif online:
            return self._account(KeptMessage(request, now, tuple(online))), True
        else:
            return None, False
        return self._account(message), bool(message.seen)

    def _account(self, message: KeptMessage) -> str:
        """Who has seen a message and for whom it is kept, in the language of the log."""
        tr = self._translations.plain
        return tr("game.separator").join(_account(message, tr, lambda names: tr("command.mark.list").join(names)))

    def state_of(self, endpoint: str, id: str) -> Optional[RTextBase]:
        """Who has seen a notification by now and for whom it is kept; None when nothing is known of it any more."""
        message = self._kept.find(endpoint, id)
        if message is None:
            return None
        tr = self._translations
        return RTextBase.join(tr.reply("game.separator"), _account(message, tr.reply, tr.listed)).set_color(RColor.gray)

    # joining

    def _joined(self, player: str) -> None:
        """Show what the player has missed, the newest first."""
        missed = self._kept.take(player, self._players.level_of(player), self._wall())
        if not missed:
            return
        history = f"{self._find_prefix()} history"
        count = self._translations.reply("game.missed", count=len(missed)).set_color(RColor.gold)
        self._screen.say(player, fills_in(self._translations, count, history))
        for message in missed[:_MOST_ON_JOINING]:
            self._screen.say(player, self._missed_line(player, message, alone=len(missed) == 1))
        if len(missed) == 1:
            for line in self._screen.lines_for(player, missed[0].request):
                self._screen.say(player, line)
        older = len(missed) - _MOST_ON_JOINING
        if older > 0:
            more = self._translations.reply("game.older", count=older, command=history).set_color(RColor.gray)
            self._screen.say(player, fills_in(self._translations, more, history))
        self._screen.play(player, missed[0].request.sound)

    def _missed_line(self, player: str, message: KeptMessage, *, alone: bool) -> RTextBase:
        text = self._screen.text_for(player, message.request)
        when = RText(local_time(message.at)[5:16] + " ", RColor.gray)
        line = RTextList(when, self._screen.headline(text, message.request))
        if not alone and text.reason:
            line.append(self._translations.after_dash(text.reason).set_color(RColor.gray))
        return line


def _account(message: KeptMessage, say: Callable[..., Any], listed: Callable[[Sequence[str]], Any]) -> List[Any]:
    """The parts of a sentence. ``say``: a text by its key; ``listed``: names as a list."""

    def some(names: Sequence[str]) -> Any:
        return listed([*names[:_MOST_NAMES], *(["…"] if len(names) > _MOST_NAMES else [])])

    request, until = message.request, local_time(message.request.keep_until)[:16]
    parts = [say("game.shown", players=some(message.seen))] if message.seen else []
    if not request.keep_until or not message.waits:
        return parts
    if request.level is not None:
        return [*parts, say("game.kept_operators", until=until)]
    if request.players:
        return [*parts, say("game.kept_players", players=some(message.missing), until=until)]
    return [*parts, say("game.kept_anyone", until=until)]
