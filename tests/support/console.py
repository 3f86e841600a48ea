"""MCDReforged's own command manager with real command nodes, and a small server around it for typing commands."""

from __future__ import annotations

import contextlib
import logging
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RTextBase, RTextMCDRTranslation
from mcdreforged.api.types import CommandSource
from mcdreforged.command.command_manager import CommandManager
from mcdreforged.plugin.plugin_registry import PluginCommandHolder

from prime_notify.mcdr.translations import Translations
from tests.support.texts import CATALOGUE

__all__ = ["Console", "Reader"]


class Reader(CommandSource):
    """Someone who types commands and gets the replies."""

    def __init__(self, level: int = 4, *, console: bool = False, language: str = "en_us") -> None:
        self.level = level
        self._console = console
        self._language = language
        self.replies: List[RTextBase] = []

    @property
    def is_console(self) -> bool:
        return self._console

    @property
    def is_player(self) -> bool:
        return not self._console

    def get_server(self) -> Any:
        raise NotImplementedError

    def get_permission_level(self) -> int:
        return self.level

    def get_preference(self) -> Any:
        return SimpleNamespace(language=self._language)

    def reply(self, message: Any, **_: Any) -> None:
        self.replies.append(RTextBase.from_any(message))

    @property
    def lines(self) -> List[str]:
        """The replies. Lines that were made for the width of the chat are joined again."""
        return [text.replace("\n  ", "") for text in self.shown]

    @property
    def shown(self) -> List[str]:
        """The replies as the chat shows them."""
        with self.preferred_language_context():
            return [reply.to_plain_text() for reply in self.replies]

    @property
    def clicks(self) -> List[str]:
        """Every command that a click on the replies puts into the chat line. A click may not run a command."""
        events = [part["clickEvent"] for part in self._parts() if "clickEvent" in part]
        assert {event["action"] for event in events} <= {"suggest_command"}
        return [event["value"] for event in events]

    @property
    def hovers(self) -> List[str]:
        """Every hover text of the replies."""
        texts = [part["hoverEvent"]["value"] for part in self._parts() if "hoverEvent" in part]
        return [RTextBase.from_json_object(text).to_plain_text() for text in texts]

    def _parts(self) -> Iterator[Dict[str, Any]]:
        with self.preferred_language_context():
            waiting: List[Any] = [reply.to_json_object() for reply in self.replies]
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, list):
                waiting[:0] = part
            elif isinstance(part, dict):
                yield part
                waiting[:0] = part.get("extra", [])


class Console:
    """The server interface of one plugin, ``prime_notify``, beside other plugins with commands."""

    def __init__(self) -> None:
        self.logger = logging.getLogger("tests.console")
        self.instances: Dict[str, Any] = {}
        self.tasks: List[Callable[[], Any]] = []
        self.levels: Dict[str, int] = {}
        self.told: List[Tuple[str, RTextBase]] = []
        self.executed: List[str] = []
        self.languages: Dict[str, str] = {}
        self.version: Optional[str] = "1.20.4"
        self.is_running = True
        self.is_started = False
        self._listeners: Dict[str, List[Callable[..., Any]]] = {}
        self._catalogue = CATALOGUE
        self._roots: List[Tuple[str, Literal]] = []
        self._mcdr_server: Any = SimpleNamespace(
            logger=self.logger,
            translate=lambda key, *_, **__: key.rpartition(".")[2],
            plugin_manager=SimpleNamespace(with_plugin_context=lambda _: contextlib.nullcontext()),
        )
        self._mcdr_server.command_manager = self._manager = CommandManager(self._mcdr_server)
        self.translations = Translations(self, self._catalogue)  # type: ignore[arg-type]

    # other plugins

    def load(self, plugin_id: str, *roots: Literal) -> None:
        """Another plugin registers its roots."""
        self._roots += [(plugin_id, root) for root in roots]
        self._update()

    def unload(self, plugin_id: str) -> None:
        self._roots = [(owner, root) for owner, root in self._roots if owner != plugin_id]
        self._update()

    def _update(self) -> None:
        with self._manager.start_command_register() as register:
            for owner, root in self._roots:
                plugin: Any = SimpleNamespace(get_id=lambda owner=owner: owner)
                register(PluginCommandHolder(plugin, root, True))

    # the server interface

    def get_self_metadata(self) -> Any:
        return SimpleNamespace(id="prime_notify")

    def get_mcdr_language(self) -> str:
        return "en_us"

    def get_plugin_instance(self, plugin_id: str) -> Any:
        return self.instances.get(plugin_id)

    def get_permission_level(self, player: str) -> int:
        return self.levels.get(player, 0)

    def tell(self, player: str, text: RTextBase) -> None:
        self.told.append((player, text))

    def execute(self, command: str) -> None:
        self.executed.append(command)

    def get_preference(self, player: str) -> Any:
        return SimpleNamespace(language=self.languages.get(player, "en_us"))

    def get_server_information(self) -> Any:
        return SimpleNamespace(version=self.version)

    def is_server_running(self) -> bool:
        return self.is_running

    def is_server_startup(self) -> bool:
        return self.is_started

    def register_event_listener(self, event: str, listener: Callable[..., Any]) -> None:
        self._listeners.setdefault(event, []).append(listener)

    def happen(self, event: str, *details: Any) -> None:
        """An event of MCDReforged's."""
        for listener in self._listeners.get(f"mcdr.{event}", ()):
            listener(self, *details)

    def chat_of(self, player: str) -> List[str]:
        """The lines of chat that a player has got, in the player's language."""
        with RTextMCDRTranslation.language_context(self.languages.get(player, "en_us")):
            return [text.to_plain_text().replace("\n  ", "") for to, text in self.told if to == player]

    def register_command(self, root: Literal, *, allow_duplicates: bool = False) -> None:
        self.load("prime_notify", root)

    def schedule_task(self, task: Callable[[], Any]) -> None:
        self.tasks.append(task)

    def rtr(self, key: str, **values: Any) -> RTextMCDRTranslation:
        def translate(full_key: str, *_: Any, _mcdr_tr_language: str, **values: Any) -> RTextBase:
            template = self._catalogue.find(_mcdr_tr_language, full_key.partition(".")[2])
            assert template is not None, full_key
            return RTextBase.format(template, **values)

        return RTextMCDRTranslation(key, **values).set_translator(translate)  # type: ignore[arg-type]

    # typing

    def run_tasks(self) -> None:
        """Run the scheduled tasks, until there is none."""
        while self.tasks:
            self.tasks.pop(0)()

    def type(self, command: str, reader: Optional[Reader] = None) -> List[str]:
        """The replies to a command, those of the tasks that it schedules included."""
        reader = reader or Reader()
        before = len(reader.replies)
        self._manager.execute_command(command, reader)
        self.run_tasks()
        return reader.lines[before:]

    def complete(self, text: str) -> List[str]:
        """The suggestions of tab completion."""
        return [suggestion.suggest_input for suggestion in self._manager.suggest_command(text, Reader())]
