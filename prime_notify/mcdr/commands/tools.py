"""The parts of the plugin that commands work with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RTextBase

from prime_notify.config.models import Config
from prime_notify.engine.engine import Engine
from prime_notify.mcdr.alerts import OperatorAlerts
from prime_notify.mcdr.commands.setups import Setups
from prime_notify.mcdr.config_file import ConfigState, Reloaded
from prime_notify.mcdr.translations import Translations
from prime_notify.sources.source import SourceStatus

__all__ = ["Tools"]


@dataclass(frozen=True)
class Tools:
    """The same for every command.

    ``find_prefix``: the prefix of the commands; a reload of the config alone does not change it. ``config``: the one in
    force. ``config_state``: what people should know of its file, which is at ``config_path``. ``reload`` puts the file
    in force; its argument: old and new names of endpoints that were renamed in it. ``setups``: those under way.
    ``run_on_executor`` runs a function on the task executor, after its present work, and never after an unload.
    ``state_in_game``: who has seen a notification of an endpoint in the game, by its id.
    """

    engine: Engine
    translations: Translations
    alerts: OperatorAlerts
    state_in_game: Callable[[str, str], Optional[RTextBase]]
    find_prefix: Callable[[], str]
    version: str
    config: Callable[[], Config]
    config_state: Callable[[], ConfigState]
    config_path: Path
    source_status: Callable[[], Sequence[SourceStatus]]
    reload: Callable[[Sequence[Tuple[str, str]]], Reloaded]
    setups: Setups
    run_on_executor: Callable[[Callable[[], None]], None]

    @property
    def prefix(self) -> str:
        """The prefix of the commands."""
        return self.find_prefix()
