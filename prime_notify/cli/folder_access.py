"""Access to the data folder of a command: its config, its outbox, its history, and its owner."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Iterator, Optional

from prime_notify.cli.language import language_of
from prime_notify.cli.report import FAILED, CliError
from prime_notify.loading.files import read_config_file
from prime_notify.loading.load import ConfigError, LoadedConfig, load_config, with_idleness
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.history import History
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.ownership import owner_of
from prime_notify.outbox.schema import MIGRATIONS

__all__ = ["CONFIG_FILE", "FolderAccess", "config_in"]

CONFIG_FILE = "config.json"


class FolderAccess:
    """A data folder that exists; raises :class:`CliError` otherwise."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise CliError(f"there is no folder {path}: name MCDReforged's config/prime_notify with --folder")
        self.path = path
        self.owner = owner_of(path)
        """The process that delivers from the folder, or None."""

    @property
    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def config(self) -> LoadedConfig:
        """The config in the folder. Raises :class:`CliError` when it cannot be read at all."""
        try:
            return config_in(self.path / CONFIG_FILE)
        except ConfigError as error:
            reasons = "; ".join(problem.text(language_of(self.path)) for problem in error.problems)
            raise CliError(f"the config cannot be read: {reasons}", FAILED) from None

    @contextlib.contextmanager
    def outbox(self) -> Iterator[Optional[Outbox]]:
        """The outbox, open during the block; None when nothing was ever stored. Raises :class:`CliError`."""
        path = self.path / OUTBOX_FILE
        if not path.exists():
            yield None
            return
        try:
            self._leave_it_to_an_older_version(path)
            opened = Outbox(Database(path))
            try:
                yield opened
            finally:
                opened.close()
        except (OutboxError, sqlite3.Error) as error:
            hint = "MCDReforged's log says what is wrong with it, and starting MCDReforged saves what can be saved"
            raise CliError(f"the outbox {path} cannot be used: {error} ({hint})") from None

    @contextlib.contextmanager
    def history(self) -> Iterator[Optional[History]]:
        """The history, readable during the block; None when nothing was ever stored. Raises :class:`CliError`."""
        with self.outbox() as outbox:
            yield None if outbox is None else History(outbox.database)

    def _leave_it_to_an_older_version(self, path: Path) -> None:
        """Refuse to open the file while an older version delivers from it: opening would migrate it to our schema."""
        if self.owner is None:
            return
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < len(MIGRATIONS):
            raise CliError(f"{self.owner} runs an older version of Prime Notify: use that version's command line")


def config_in(path: Path) -> LoadedConfig:
    """The config in a file. Raises :class:`ConfigError` when it cannot be read at all."""
    return with_idleness(load_config(read_config_file(path), environ=os.environ, base_dir=path.parent))
