"""The two backup plugins that the demo can show: the example, and the real Prime Backup."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional

from scripts.demo.instance import Instance
from scripts.demo.words import Words
from scripts.venvs import ROOT

__all__ = ["BackupPlugin", "example_backup", "prime_backup"]


@dataclass(frozen=True)
class BackupPlugin:
    """The demo's view of one backup plugin: its commands, and a real mishap that makes a backup fail.

    ``name`` and ``mishap`` (a whole sentence) are in the demo's language.
    """

    id: str
    name: str
    plugin: Path
    make: str
    back: str
    mishap: str
    break_it: Callable[[Instance], contextlib.AbstractContextManager[None]]
    config: Optional[Mapping[str, Any]] = None


def example_backup(words: Words) -> BackupPlugin:
    """The plugin under examples/. Its backup fails when there is no world to copy."""
    return BackupPlugin(
        id="example_backup",
        name=words("example"),
        plugin=ROOT / "examples" / "example_backup",
        make="!!eb make",
        back="!!eb back 1",
        mishap=words("disk_gone"),
        break_it=lambda instance: _without(instance.world),
    )


def prime_backup(plugin: Path, words: Words) -> BackupPlugin:
    """A packed Prime Backup. Its backup fails when the server does not finish saving the world."""
    return BackupPlugin(
        id="prime_backup",
        name=words("prime_backup", file=plugin.name),
        plugin=plugin,
        make="!!pb make",
        back="!!pb back 1 --confirm",
        mishap=words("save_hangs"),
        break_it=_hanging,
        config={
            "enabled": True,
            "command": {"restore_countdown_sec": 0},
            "server": {"save_world_max_wait": "2s"},
        },
    )


@contextlib.contextmanager
def _without(folder: Path) -> Iterator[None]:
    """Moves the folder away for a while."""
    away = folder.with_name(folder.name + ".away")
    folder.rename(away)
    try:
        yield
    finally:
        away.rename(folder)


@contextlib.contextmanager
def _hanging(instance: Instance) -> Iterator[None]:
    """Stops the stand-in server's answers to ``save-all`` for a while."""
    instance.type("standin save off")
    try:
        yield
    finally:
        instance.type("standin save on")
