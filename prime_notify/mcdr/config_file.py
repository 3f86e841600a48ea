"""The plugin's config file, and the config in force. The file is only ever read; a missing one is created."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.early import DEFAULT_PREFIX
from prime_notify.config.models import Config, ConfigDocument
from prime_notify.loading.document import checked_document
from prime_notify.loading.files import EXAMPLES_FILE_NAME, read_config_file, write_default_config, write_helpers
from prime_notify.loading.load import ConfigError, LoadedConfig, Problem, load_config, with_idleness
from prime_notify.loading.manual import MANUAL_FOLDER
from prime_notify.mcdr.translations import Translations
from prime_notify.text.wording import internal_error, internal_remedy

__all__ = ["ConfigFile", "ConfigState", "Reloaded", "docs_address"]

_CONFIG = "config.json"
_RELOAD = "!!pn reload"
_SETUP = "!!pn setup"


def docs_address(link: Optional[str], language: str, folder: Path) -> str:
    """The page for a new owner: at the address in the metadata, or else in the manual in the data folder."""
    if not link:
        return (folder / MANUAL_FOLDER / "README.md").as_posix()
    page = {"zh_cn": "README_cn.md"}.get(language, "README.md")
    return f"{link.rstrip('/')}/blob/HEAD/{page}" if "://github.com/" in link else link


@dataclass(frozen=True)
class Reloaded:
    """The result of a reload of the config.

    ``in_force``: false when the file could not be read at all, and the former config stays in force.
    ``needs_plugin_reload``: JSON paths of changed values that take effect only when the plugin is reloaded.
    """

    in_force: bool
    problems: Sequence[Problem]
    needs_plugin_reload: Sequence[str] = ()


@dataclass(frozen=True)
class ConfigState:
    """The config file as it was read the last time.

    ``problems``: those in it. ``readable``: false when it could not be read at all. ``in_force``: whether a config that
    was read is in force, be it this one or the former one.
    """

    problems: Sequence[Problem] = ()
    readable: bool = True
    in_force: bool = True


class ConfigFile:
    """Reads the config through MCDReforged, and logs its problems. ``loaded``: the config in force. ``path``: the file.

    ``state``: what people should know of the file. ``prefix``: that of the commands as they are registered.
    """

    def __init__(
        self, server: PluginServerInterface, folder: Path, translations: Translations, *, prefix: str = DEFAULT_PREFIX
    ) -> None:
        self._server = server
        self._folder = folder
        self.path = folder / _CONFIG
        self._translations = translations
        self.state = ConfigState()
        self._write_missing()
        self.loaded = self._load_first()
        self._prefix = prefix

    @property
    def config(self) -> Config:
        """The config in force."""
        return self.loaded.config

    def reload(self) -> Reloaded:
        """Read the file again. A file that cannot be read at all changes nothing."""
        try:
            self.loaded = self._load()
        except ConfigError as error:
            in_force = self.state.in_force
            self.state = ConfigState(error.problems, readable=False, in_force=in_force)
            self._log_problems(error.problems)
            self._translations.error("log.config_kept" if in_force else "log.config_unreadable", reload=_RELOAD)
            return Reloaded(False, error.problems)
        except ImportError as error:  # an option needs a module of ours that was not needed before
            problem = Problem(str(self.path), internal_error(error), internal_remedy(error), fatal=True)
            self._log_problems([problem])
            self.state = ConfigState([problem], readable=True, in_force=self.state.in_force)
            self._translations.error("log.config_kept")
            return Reloaded(False, [problem])
        self.state = ConfigState(self.loaded.problems)
        self._log_problems(self.loaded.problems)
        changed = [] if self.config.command.prefix == self._prefix else ["command.prefix"]
        return Reloaded(True, self.loaded.problems, changed)

    def _write_missing(self) -> None:
        """Write the default config when there is none, and the JSON Schema when it differs."""
        try:
            is_first_start = write_default_config(self.path)
            write_helpers(self._folder, self._translations.log_language)
        except OSError as error:
            self._translations.warning("log.config_not_written", path=self.path, error=error)
            return
        if is_first_start:
            self._translations.info("log.first_start", path=self.path)
            self._translations.info("log.first_start_next", setup=_SETUP)
            self._translations.info("log.first_start_by_hand", examples=EXAMPLES_FILE_NAME, reload=_RELOAD)
            link, language = self._server.get_self_metadata().link, self._translations.log_language
            self._translations.info("log.docs", address=docs_address(link, language, self._folder))

    def _load_first(self) -> LoadedConfig:
        try:
            loaded = self._load()
        except ConfigError as error:
            self.state = ConfigState(error.problems, readable=False, in_force=False)
            self._log_problems(error.problems)
            self._translations.error("log.config_unreadable", reload=_RELOAD)
            return load_config({}, environ={}, base_dir=self._folder)
        self.state = ConfigState(loaded.problems)
        self._log_problems(loaded.problems)
        return loaded

    def _load(self) -> LoadedConfig:
        """Read the file.

        Our own reading comes first: it explains what is wrong and finds options that are written twice, and
        MCDReforged would overwrite a file that it cannot open. Raises :class:`ConfigError`.
        """
        _, as_written = checked_document(read_config_file(self.path))
        document = self._server.load_config_simple(
            _CONFIG,
            target_class=ConfigDocument,
            echo_in_console=False,
            encoding="utf-8-sig",  # editors on Windows write a byte order mark
            failure_policy="raise",
        )
        loaded = load_config(document.root, environ=os.environ, base_dir=self._folder)
        written_twice = [problem for problem in as_written if problem not in loaded.problems]
        return with_idleness(dataclasses.replace(loaded, problems=(*written_twice, *loaded.problems)))

    def _log_problems(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            log = self._translations.error if problem.fatal else self._translations.warning
            log("log.config_problem", problem=problem.wording)
