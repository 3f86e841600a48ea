"""The screens of players: chat, title, boss bar and sound, by the commands of the server."""

from __future__ import annotations

import json
import re
from typing import Callable, Dict, List, Sequence, Tuple

from mcdreforged.api.rtext import RAction, RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.game.kept import KeptMessages
from prime_notify.mcdr.rich_text import fills_in, fitted
from prime_notify.mcdr.translations import Translations
from prime_notify.model.request import GameRequest, GameText, Span
from prime_notify.text.cutting import cut_chars

__all__ = ["Screen"]

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.+-]+")  # an argument of a command without quotes
_VERSION = re.compile(r"1\.(\d+)")
_BOSSBAR_SINCE = 13
_BAR_COLOURS = {"green": "green", "yellow": "yellow", "red": "red", "aqua": "blue"}
_TITLE, _BELOW, _BAR = 60, 100, 120  # characters that fit
_TICKS = 20  # a second
_FADE = 10  # ticks


class Screen:
    """All calls come from the task executor. ``find_prefix``: that of the commands. ``clock``: seconds, monotonic."""

    def __init__(
        self,
        server: PluginServerInterface,
        translations: Translations,
        kept: KeptMessages,
        find_prefix: Callable[[], str],
        clock: Callable[[], float],
    ) -> None:
        self._server = server
        self._translations = translations
        self._kept = kept
        self._find_prefix = find_prefix
        self._clock = clock
        self._bars: Dict[str, float] = {}

    # messages

    def show(self, player: str, request: GameRequest) -> None:
        """Show a message to a player who is online."""
        text = self.text_for(player, request)
        places = self._places(request)
        if "chat" in places:
            self.chat(player, request)
        if "title" in places:
            self._show_title(player, text, request.stay)
        if "bossbar" in places:
            self._show_bar(player, text, request)
        self.play(player, request.sound)

    def chat(self, player: str, request: GameRequest) -> None:
        """The message in the chat: its title, with the details on hover, and its lines."""
        text = self.text_for(player, request)
        self.say(player, self.headline(text, request))
        for line in self.lines_for(player, request):
            self.say(player, line)

    def lines_for(self, player: str, request: GameRequest) -> List[RTextBase]:
        """The lines below the title."""
        return [RTextList("  ", *map(_rich, line)) for line in self.text_for(player, request).lines]

    def headline(self, text: GameText, request: GameRequest) -> RTextBase:
        """The title, which fills in the command that shows the notification."""
        prefix = self._find_prefix()
        command = f"{prefix} show {request.id}" if request.single else f"{prefix} history"
        line = fills_in(self._translations, _rich(text.title), command)
        hint = self._translations.reply("command.click_to_fill", command=command).set_color(RColor.dark_gray)
        rows = [RTextList(*map(_rich, row)) for row in text.hover]
        return line.set_hover_text(RTextBase.join("\n", [*rows, hint]))

    def say(self, player: str, line: RTextBase) -> None:
        """One line in the chat of a player."""
        self._server.tell(_target(player), fitted(line))

    def text_for(self, player: str, request: GameRequest) -> GameText:
        """The text in the player's language."""
        language = self._translations.best(self._server.get_preference(player).language)
        return request.texts.get(language, request.text)

    def play(self, player: str, sound: str) -> None:
        if sound:
            self._run(f"playsound {sound} master {_target(player)} ~ ~ ~ 1 1 1")

    def _places(self, request: GameRequest) -> Tuple[str, ...]:
        """Where it can be shown: a server without boss bars gets it in the chat."""
        version = _VERSION.match(self._server.get_server_information().version or "")
        if version is None or int(version[1]) >= _BOSSBAR_SINCE or "bossbar" not in request.show:
            return request.show
        return tuple(one for one in request.show if one != "bossbar") or ("chat",)

    def _show_title(self, player: str, text: GameText, stay: float) -> None:
        who = _target(player)
        self._run(f"title {who} times {_FADE} {round(stay * _TICKS)} {_FADE}")
        self._run(f"title {who} subtitle {_component(Span(cut_chars(text.reason, _BELOW), 'white'))}")
        self._run(f"title {who} title {_component(text.title._replace(text=cut_chars(text.title.text, _TITLE)))}")

    # boss bars

    def _show_bar(self, player: str, text: GameText, request: GameRequest) -> None:
        """A bar of its own for each player: the command takes one name, or everybody."""
        id = _bar_id(request, player)
        self._remove_bars([id])
        words = " – ".join(filter(None, (text.title.text, text.reason)))
        self._run(f"bossbar add {id} {_component(text.title._replace(text=cut_chars(words, _BAR)))}")
        self._run(f"bossbar set {id} color {_BAR_COLOURS.get(text.title.color, 'white')}")
        self._run(f"bossbar set {id} value 100")
        self._run(f"bossbar set {id} players {_target(player)}")
        self._bars[id] = self._clock() + request.stay
        self._kept.set_bar(id, is_open=True)

    def tick(self) -> None:
        """Remove the boss bars whose time is over."""
        now = self._clock()
        self._remove_bars([id for id, until in self._bars.items() if until <= now])

    @property
    def has_bars(self) -> bool:
        """Whether any is shown. From any thread."""
        return bool(self._bars)

    def remove_all_bars(self) -> None:
        """Also those that a former process left behind: the game saves them with the world."""
        if self._server.is_server_running():
            self._remove_bars([*self._bars, *(self._kept.bars - set(self._bars))])

    def _remove_bars(self, ids: Sequence[str]) -> None:
        for id in ids:
            if self._bars.pop(id, None) is not None or id in self._kept.bars:
                self._run(f"bossbar remove {id}")
                self._kept.set_bar(id, is_open=False)

    def _run(self, command: str) -> None:
        self._server.execute(command)


def _bar_id(request: GameRequest, player: str) -> str:
    return "prime_notify:" + re.sub(r"[^a-z0-9_.-]", "-", f"{request.id}.{player}".lower())


def _rich(span: Span) -> RTextBase:
    text = RText(span.text, getattr(RColor, span.color)) if span.color else RText(span.text)
    return text.set_click_event(RAction.open_url, span.url).set_hover_text(span.url) if span.url else text


def _component(span: Span) -> str:
    """The JSON text component, on one line whatever the text holds."""
    return json.dumps({"text": span.text, "color": span.color})


def _target(player: str) -> str:
    """The name as an argument. A name of other characters, as some servers allow, needs quotes."""
    return player if _PLAIN_NAME.fullmatch(player) else json.dumps(player, ensure_ascii=False)
