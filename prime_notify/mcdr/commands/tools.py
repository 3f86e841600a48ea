"""The parts of the plugin that commands work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

from prime_notify.config.models import Config
from prime_notify.engine.engine import Engine
from prime_notify.mcdr.alerts import OperatorAlerts
from prime_notify.mcdr.config_file import Reloaded
from prime_notify.mcdr.translations import Translations
from prime_notify.sources.source import SourceStatus

__all__ = ["Tools"]


@dataclass(frozen=True)
class Tools:
    """The same for every command.

    ``prefix``: of the commands, as registered; a reload of the config alone does not change it. ``config``: the one in
    force. ``reload`` puts the config file in force. ``run_on_executor`` runs a function on the task executor, after
    its present work, and never after an unload.
    """

    engine: Engine
    translations: Translations
    alerts: OperatorAlerts
    prefix: str
    version: str
    config: Callable[[], Config]
    source_status: Callable[[], Sequence[SourceStatus]]
    reload: Callable[[], Reloaded]
    run_on_executor: Callable[[Callable[[], None]], None]
