"""The roots of our commands. MCDReforged takes them in ``on_load`` only, and the commands below them come later."""

from __future__ import annotations

from typing import Mapping

from mcdreforged.api.command import CommandContext, CommandError, Literal
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource, PluginServerInterface

from prime_notify.config.early import DEFAULT_PREFIX, EarlyOptions
from prime_notify.mcdr.command_roots import PRIME_BACKUP_ROOT, current_prefix, is_prime_backup_root_free

__all__ = ["RELOAD_PLUGIN", "Roots"]

RELOAD_PLUGIN = "!!MCDR plugin reload prime_notify"


class Roots:
    """A root for the configured prefix, one for the default prefix, and one for Prime Backup's while that is free.

    Until the commands are added, each of them answers that the plugin is starting, or that it could not start.
    """

    def __init__(self, server: PluginServerInterface, options: EarlyOptions) -> None:
        self._server = server
        self._options = options
        self._failed = False
        self.configured = options.prefix
        prefixes = dict.fromkeys((options.prefix, DEFAULT_PREFIX))
        self.by_prefix: Mapping[str, Literal] = {prefix: self._root(prefix) for prefix in prefixes}
        self.prime_backup = self._prime_backup_root()

    def register(self) -> None:
        """Register all roots, and the line in MCDReforged's ``!!help``. To be called in ``on_load``."""
        current = current_prefix(self._server, self.configured)
        for prefix, root in self.by_prefix.items():
            self._server.register_command(root, allow_duplicates=prefix != current)
        self._server.register_command(self.prime_backup, allow_duplicates=True)
        summary = self._server.rtr(self._key("summary"))
        self._server.register_help_message(current, summary, self._options.root_level)

    def fail(self) -> None:
        """Answer from now on that the plugin could not start. From any thread."""
        self._failed = True
        self._server.schedule_task(self._answer_again)

    def _answer_again(self) -> None:
        """Instead of commands that have been added already."""
        for prefix, root in self.by_prefix.items():
            self._answer(root, prefix)

    def _root(self, prefix: str) -> Literal:
        """It answers only while ``prefix`` is that of the commands. Otherwise another plugin answers to it."""
        root = Literal(prefix).requires(lambda: current_prefix(self._server, self.configured) == prefix)
        return self._answer(root, prefix)

    def _answer(self, root: Literal, prefix: str) -> Literal:
        def failed(source: CommandSource, error: CommandError) -> None:
            error.set_handled()
            if current_prefix(self._server, self.configured) == prefix:
                self._reply(source)

        return root.runs(self._reply).on_error(CommandError, failed)

    def _prime_backup_root(self) -> Literal:
        def failed(source: CommandSource, error: CommandError, context: CommandContext) -> None:
            error.set_handled()
            is_ours = context.command.split()[1:2] == ["test"]
            if is_ours and is_prime_backup_root_free(self._server):
                self._reply(source)

        root = Literal(PRIME_BACKUP_ROOT).requires(lambda: is_prime_backup_root_free(self._server))
        return root.on_error(CommandError, failed)

    def _reply(self, source: CommandSource) -> None:
        key = "start_failed" if self._failed else "starting"
        text = self._server.rtr(self._key(key), reload=RELOAD_PLUGIN)
        source.reply(text.set_color(RColor.red if self._failed else RColor.yellow))

    def _key(self, key: str) -> str:
        return f"{self._server.get_self_metadata().id}.command.{key}"
