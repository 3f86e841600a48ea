"""The first parts that are loaded: texts, the data folder, and a place for events that no engine takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.late_events import LateEvents
from prime_notify.mcdr.translations import Translations
from prime_notify.messages.catalogue import Catalogue

__all__ = ["Foundation", "data_folder"]

_RELOAD = "!!pn reload"


@dataclass(frozen=True)
class Foundation:
    """``folder``: the data folder, which perhaps could not be made."""

    server: PluginServerInterface
    catalogue: Catalogue
    translations: Translations
    folder: Path
    late: LateEvents

    @classmethod
    def lay(cls, server: PluginServerInterface) -> Foundation:
        catalogue = Catalogue.load()
        translations = Translations(server, catalogue)
        folder = data_folder(server, translations)
        return cls(server, catalogue, translations, folder, LateEvents(server, folder, translations))


def data_folder(server: PluginServerInterface, translations: Translations) -> Path:
    """The data folder. Where it cannot be made, the log says so, and the plugin does without its files.

    MCDReforged's own function raises then (``FileExistsError`` for a file in its place).
    """
    try:
        return Path(server.get_data_folder())
    except OSError as error:
        path = Path("config", server.get_self_metadata().id)  # as in get_data_folder
        reason = error.strerror or type(error).__name__
        translations.error("log.folder_unusable", path=path, error=reason, reload=_RELOAD)
        return path
