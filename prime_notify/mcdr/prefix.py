"""The prefix of the commands. The root of another plugin is left to that plugin.

MCDReforged tries every tree that registered a root, and each tree that fails prints its own error. A second tree would
answer every command of the other plugin with "Unknown argument".
"""

from __future__ import annotations

import json
from typing import Optional, Sequence

from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.early import DEFAULT_PREFIX
from prime_notify.config.problem import Problem
from prime_notify.mcdr.command_roots import current_prefix, other_owner
from prime_notify.mcdr.translations import Translations
from prime_notify.periodic import Periodic
from prime_notify.text.wording import Wording

__all__ = ["CommandPrefix"]

_CHECK_EVERY = 2.0  # seconds


class CommandPrefix:
    """The prefix in the config, or the default one while another plugin has the former as its root.

    Other plugins come and go, so it is found anew at each use.
    """

    def __init__(self, server: PluginServerInterface, translations: Translations, configured: str) -> None:
        self._server = server
        self._translations = translations
        self._configured = configured
        self._announced: Optional[str] = None

    @property
    def current(self) -> str:
        """The prefix to which the commands answer now."""
        return current_prefix(self._server, self._configured)

    @property
    def job(self) -> Periodic:
        """The periodic look for another plugin with the same root. It takes microseconds."""
        return Periodic("the check of the command prefix", _CHECK_EVERY, self.check)

    def check(self) -> None:
        """Log it once when another plugin has the prefix."""
        owner = other_owner(self._server, self._configured)
        if owner is not None and owner != self._announced:
            values = {"prefix": self._configured, "owner": owner, "instead": DEFAULT_PREFIX}
            shared = self._configured == DEFAULT_PREFIX
            self._translations.warning("log.prefix_shared" if shared else "log.prefix_taken", **values)
        self._announced = owner

    def problems(self) -> Sequence[Problem]:
        """The problem for the config, while another plugin has the prefix."""
        owner = other_owner(self._server, self._configured)
        if owner is None:
            return ()
        remedy = Wording(
            "it belongs to the plugin {owner}; write another prefix; until then it is {default}",
            "它属于插件 {owner}；请写另一个前缀；在此之前使用 {default}",
            owner=owner,
            default=DEFAULT_PREFIX,
        )
        return [Problem("command.prefix", json.dumps(self._configured, ensure_ascii=False), remedy)]
