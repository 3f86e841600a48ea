"""The part of Prime Backup's configuration that the double knows; it ignores the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Optional

from mcdreforged.api.utils import Serializable

__all__ = ["Config", "Duration", "ScheduledBackupConfig", "get_config", "seconds", "set_config"]

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration: str) -> float:
    """Seconds of a duration such as ``2s`` or ``500ms``."""
    match = re.fullmatch(r"([0-9.]+)\s*(ms|s|m|h|d)", duration)
    if match is None:
        raise ValueError(f"not a duration: {duration!r}")
    return float(match[1]) * _UNITS[match[2]]


class Duration(str):
    """A duration as its text, with its seconds as ``value``."""

    __slots__ = ()

    def __new__(cls, text: object) -> Duration:
        """:raises TypeError: it is no text: MCDReforged tries this class for a null, too."""
        if not isinstance(text, str):
            raise TypeError(type(text))
        return super().__new__(cls, text)

    @property
    def value(self) -> float:
        return seconds(self)


class CommandConfig(Serializable):
    prefix: str = "!!pb"
    confirm_time_wait: str = "60s"
    backup_on_restore: bool = True
    restore_countdown_sec: int = 10


class ServerConfig(Serializable):
    turn_off_auto_save: bool = True
    saved_world_regex: List[str] = ["Saved the game"]  # noqa: RUF012  # copied by Serializable
    save_world_max_wait: str = "10m"


class BackupConfig(Serializable):
    source_root: str = "./server"
    targets: List[str] = ["world"]  # noqa: RUF012


class ScheduledBackupConfig(Serializable):
    enabled: bool = False
    interval: Optional[Duration] = Duration("12h")
    crontab: Optional[str] = None
    jitter: Duration = Duration("10s")
    reset_timer_on_backup: bool = True
    require_online_players: bool = False


class Config(Serializable):
    enabled: bool = False
    storage_root: str = "./pb_files"
    command: CommandConfig = CommandConfig()
    server: ServerConfig = ServerConfig()
    backup: BackupConfig = BackupConfig()
    scheduled_backup: ScheduledBackupConfig = ScheduledBackupConfig()

    @property
    def source_path(self) -> Path:
        return Path(self.backup.source_root)

    @property
    def storage_path(self) -> Path:
        return Path(self.storage_root)


_config: Optional[Config] = None


def get_config() -> Config:
    return _config or Config.get_default()


def set_config(config: Config) -> None:
    global _config
    _config = config
