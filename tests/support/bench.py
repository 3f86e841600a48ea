"""All commands of the plugin, with a console, an engine, and someone who types."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RTextBase

from prime_notify.config.models import Config
from prime_notify.delivery.overview import EndpointState
from prime_notify.loading.load import load_config
from prime_notify.mcdr.alerts import OperatorAlerts
from prime_notify.mcdr.commands.all import add_commands
from prime_notify.mcdr.commands.setups import Setups
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.config_file import ConfigState, Reloaded
from prime_notify.mcdr.players import Players
from prime_notify.sources.source import SourceState, SourceStatus
from tests.support.console import Console, Reader
from tests.support.scripted_engine import ScriptedEngine, ScriptedRehearsal

__all__ = ["Bench", "MakeBench"]


class Bench:
    """A console with the commands, over an engine in ``folder``. Close it at the end."""

    def __init__(self, folder: Path, *endpoints: EndpointState, enabled: bool = True) -> None:
        self.console = Console()
        server: Any = self.console
        loaded = load_config({"notification": {"enabled": enabled}}, environ={}, base_dir=folder)
        self.config = loaded.config
        self.engine = ScriptedEngine(loaded, folder, endpoints)
        self.sources: Sequence[SourceStatus] = [
            SourceStatus("prime_backup", "Prime Backup", "1.13.0", SourceState.OBSERVED)
        ]
        self.reloaded = Reloaded(True, ())
        self.renamed: Sequence[Tuple[str, str]] = ()
        self.prefix = "!!pn"
        self.in_game: Dict[Tuple[str, str], RTextBase] = {}
        self.state = ConfigState()
        self.tools = Tools(
            engine=self.engine,
            translations=self.console.translations,
            alerts=OperatorAlerts(server, Players(server)),
            state_in_game=lambda endpoint, id: self.in_game.get((endpoint, id)),
            find_prefix=lambda: self.prefix,
            version="1.2.3",
            config=lambda: self.config,
            config_state=lambda: self.state,
            config_path=folder / "config.json",
            source_status=lambda: self.sources,
            reload=self._reload,
            setups=Setups(lambda: self.engine.now),
            run_on_executor=self.console.schedule_task,
        )
        roots = {prefix: self._root(prefix) for prefix in ("!!pn", "!!other")}
        for root in roots.values():
            self.console.register_command(root)
        add_commands(self.tools, roots)
        self.reader = Reader()
        self.engine.start(threads=False)
        self.engine.watching.look()

    def _reload(self, renamed: Sequence[Tuple[str, str]]) -> Reloaded:
        self.renamed = renamed
        return self.reloaded

    def _root(self, prefix: str) -> Literal:
        return Literal(prefix).requires(lambda: self.prefix == prefix)

    def configure(self, **sections: Any) -> None:
        self.config = Config.model_validate(sections)

    def put_in_force(self, **sections: Any) -> None:
        """The same for the engine, too."""
        loaded = load_config({"notification": {"enabled": True}, **sections}, environ={}, base_dir=Path())
        self.config = loaded.config
        self.engine.reload(loaded)

    @property
    def rehearsal(self) -> ScriptedRehearsal:
        assert isinstance(self.engine.rehearsal, ScriptedRehearsal)
        return self.engine.rehearsal

    def type(self, command: str) -> List[str]:
        return self.console.type(command, self.reader)

    def answer(self, endpoint: str, **result: Any) -> List[str]:
        before = len(self.reader.replies)
        self.rehearsal.answer(endpoint, **result)
        self.console.run_tasks()
        return self.reader.lines[before:]

    def close(self) -> None:
        self.engine.stop(0)


MakeBench = Callable[..., Bench]
"""Makes a bench with these endpoints, in the folder of the test."""
