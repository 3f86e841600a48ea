"""Drives Prime Backup, the real one or its double, in an MCDR process, and provokes its failures from outside."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Optional

from tests.support.mcdr import McdrProcess

__all__ = ["PrimeBackup", "prime_backup_config"]


def prime_backup_config(**changes: Any) -> Dict[str, Any]:
    """A config.json whose waits no machine is too slow for; ``changes`` replace or, being objects, are merged into its
    members."""
    config: Dict[str, Any] = {
        "enabled": True,
        "storage_root": "./pb_files",
        "command": {"confirm_time_wait": "10m", "restore_countdown_sec": 1},
        "server": {"save_world_max_wait": "10m"},
        "backup": {"source_root": "server", "targets": ["world"]},
    }
    for name, value in changes.items():
        config[name] = {**config.get(name, {}), **value} if isinstance(value, Mapping) else value
    return config


class PrimeBackup:
    """Types ``!!pb`` commands. Every method that starts a task first waits until no other one is running."""

    def __init__(self, mcdr: McdrProcess, prefix: str = "!!pb") -> None:
        self.mcdr = mcdr
        self.prefix = prefix

    @property
    def storage(self) -> Path:
        return self.mcdr.folder / "pb_files"

    def wait_until_idle(self, timeout: float = 120) -> None:
        """Until it is initialised and no task is running: asked again and again, for there is no other way to know.

        Not for a task that waits for its confirmation, which this would give.
        """
        deadline = time.monotonic() + timeout
        while not any("Nothing to confirm" in line for line in self.mcdr.output_of(f"{self.prefix} confirm")):
            if time.monotonic() > deadline:
                raise AssertionError(f"Prime Backup is busy for more than {timeout} s:\n{self.mcdr.tail()}")
            time.sleep(0.05)

    def run(self, command: str, player: Optional[str] = None) -> int:
        """Types a command that starts a task, as the console or a player; the place in the transcript before it."""
        self.wait_until_idle()
        line = f"{self.prefix} {command}"
        return self.mcdr.send(line) if player is None else self.mcdr.chat(player, line)

    def make(self, comment: str = "", player: Optional[str] = None) -> int:
        """Starts a backup; returns when it is running, or over."""
        mark = self.run(f"make {comment}".rstrip(), player)
        self.mcdr.wait_for_line("Creating backup", since=mark)
        return mark

    def backup(self, comment: str = "") -> int:
        """Makes a backup and returns its id."""
        mark = self.make(comment)
        return int(self.mcdr.wait_for_line(r"Backup completed, ID #(\d+)", since=mark)[1])

    def confirm(self, since: int) -> None:
        """Confirms the restore begun at that place in the transcript."""
        self._insist("confirm", "second later", since)

    def abort(self, since: int) -> None:
        """Aborts the task begun at that place in the transcript, as soon as it can be aborted."""
        self._insist("abort", "Task .*aborted", since)

    def _insist(self, command: str, until: str, since: int, timeout: float = 120) -> None:
        """Prime Backup forgets a confirmation or abort that follows its question too quickly: type it again."""
        deadline = time.monotonic() + timeout
        while self.mcdr.find(until, since=since) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"{command} has no effect:\n{self.mcdr.tail()}")
            self.mcdr.output_of(f"{self.prefix} {command}")

    @contextlib.contextmanager
    def unwritable_storage(self) -> Iterator[None]:
        """Nothing new can be stored meanwhile. A file without equal is put into the world: it would have to be."""
        blobs, aside = self.storage / "blobs", self.storage / "blobs-aside"
        (self.mcdr.world / "without-equal.dat").write_text(f"{time.time_ns()}" * 100, encoding="utf-8")
        blobs.rename(aside)
        blobs.write_bytes(b"")
        try:
            yield
        finally:
            blobs.unlink()
            aside.rename(blobs)

    def lose_stored_files(self) -> None:
        """Deletes all stored file contents: what a restore then cannot find."""
        for name in ("blobs", "packs"):
            for path in (self.storage / name).rglob("*"):
                if path.is_file():
                    path.unlink()
