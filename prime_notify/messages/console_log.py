"""Log lines in the console's language."""

from __future__ import annotations

import logging

from prime_notify.messages.catalogue import Catalogue

__all__ = ["ConsoleLog"]


class ConsoleLog:
    """Writes texts of ``lang/`` to the log. ``language``: that of the console, or the nearest one that has texts."""

    def __init__(self, log: logging.Logger, catalogue: Catalogue, language: str) -> None:
        self._log = log
        self.catalogue = catalogue
        self.language = catalogue.best(language)

    def say(self, level: int, key: str, **values: object) -> None:
        """Log the text with this key at a level of :mod:`logging`."""
        self._log.log(level, "%s", self.catalogue.text(self.language, key, **values))

    def warn(self, key: str, **values: object) -> None:
        """Log the text with this key as a warning."""
        self.say(logging.WARNING, key, **values)
