"""The options that are needed in ``on_load``, before the models of the config are there.

MCDReforged takes commands and help lines in ``on_load`` only.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from prime_notify.config.levels import level_of

__all__ = ["DEFAULT_PREFIX", "DEFAULT_ROOT_LEVEL", "PREFIX_PATTERN", "TAKEN_PREFIXES", "EarlyOptions", "read_early"]

DEFAULT_PREFIX = "!!pn"
DEFAULT_ROOT_LEVEL = 1
PREFIX_PATTERN = r"^\S{1,32}$"
TAKEN_PREFIXES = {"!!pb": "Prime Backup", "!!MCDR": "MCDReforged", "!!help": "MCDReforged"}
"""Prefixes with their owners."""


class EarlyOptions(NamedTuple):
    """``prefix``: of the commands. ``root_level``: the permission level for the bare prefix."""

    prefix: str = DEFAULT_PREFIX
    root_level: int = DEFAULT_ROOT_LEVEL


def read_early(path: Path) -> EarlyOptions:
    """The options in a config file, or their defaults where it has no usable ones. Says nothing: the models do that."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
        command = document.get("command")
        prefix, permission = command.get("prefix"), command.get("permission")
    except (OSError, ValueError, AttributeError, RecursionError):
        return EarlyOptions()
    if type(prefix) in (int, float):  # as the models take it
        prefix = str(prefix)
    is_usable = isinstance(prefix, str) and re.fullmatch(r"\S{1,32}", prefix) and prefix not in TAKEN_PREFIXES
    root = permission.get("root") if isinstance(permission, dict) else None
    return EarlyOptions(prefix if is_usable else DEFAULT_PREFIX, DEFAULT_ROOT_LEVEL if root is None else level_of(root))
