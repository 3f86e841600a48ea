"""The files in the plugin's config folder: the config, which is only ever read, and its JSON Schema."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.models import ConfigDocument
from prime_notify.loading.document import checked_document
from prime_notify.loading.files import SCHEMA_FILE_NAME, read_config_file, write_default_config, write_schema
from prime_notify.loading.load import LoadedConfig, load_config

__all__ = ["ConfigFile"]

_CONFIG = "config.json"


class ConfigFile:
    """Reads the config through MCDReforged, and puts a default one and the schema where there are none."""

    def __init__(self, server: PluginServerInterface, folder: Path) -> None:
        self._server = server
        self._folder = folder

    @property
    def path(self) -> Path:
        return self._folder / _CONFIG

    def write_missing(self) -> bool:
        """Write the default config when there is none, and the schema when it differs; whether the first was done.

        :raises OSError: a file could not be written.
        """
        is_first_start = write_default_config(self.path)
        write_schema(self._folder / SCHEMA_FILE_NAME)
        return is_first_start

    def load(self) -> LoadedConfig:
        """The config as it stands in the file.

        Our own reading comes first: it explains what is wrong and sees options written twice, and MCDReforged would
        write a file anew that it cannot open.

        :raises ConfigError: the file cannot be read, or is no JSON object.
        """
        _, written_twice = checked_document(read_config_file(self.path))
        document = self._server.load_config_simple(
            _CONFIG,
            target_class=ConfigDocument,
            echo_in_console=False,
            encoding="utf-8-sig",  # editors on Windows write a byte order mark
            failure_policy="raise",
        )
        loaded = load_config(document.root, environ=os.environ, base_dir=self._folder)
        return dataclasses.replace(loaded, problems=(*written_twice, *loaded.problems))
