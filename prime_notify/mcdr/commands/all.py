"""All commands below the prefix. A new one is a module with its :class:`Command`, and its row here."""

from __future__ import annotations

from typing import Sequence

from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.commands.command import Command, build_tree
from prime_notify.mcdr.commands.dead_letters import DROP, REPLAY
from prime_notify.mcdr.commands.endpoint import ENDPOINT
from prime_notify.mcdr.commands.help import help_command
from prime_notify.mcdr.commands.history import DEAD, HISTORY
from prime_notify.mcdr.commands.overview import show_overview
from prime_notify.mcdr.commands.preview import PREVIEW
from prime_notify.mcdr.commands.reload import RELOAD
from prime_notify.mcdr.commands.setup import SETUP
from prime_notify.mcdr.commands.show import SHOW
from prime_notify.mcdr.commands.switch import DISABLE, ENABLE
from prime_notify.mcdr.commands.test import TEST
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.why import WHY

__all__ = ["COMMANDS", "register_commands"]

COMMANDS: Sequence[Command] = (
    help_command(lambda: COMMANDS),
    SETUP,
    ENDPOINT,
    HISTORY,
    SHOW,
    DEAD,
    REPLAY,
    DROP,
    TEST,
    PREVIEW,
    WHY,
    ENABLE,
    DISABLE,
    RELOAD,
)


def register_commands(server: PluginServerInterface, tools: Tools, roots: Sequence[str]) -> None:
    """Register a tree for each root and the line in MCDReforged's ``!!help``; to be called in ``on_load``.

    Only the tree whose root is the prefix answers.
    """
    for root in roots:
        server.register_command(build_tree(tools, COMMANDS, show_overview, root), allow_duplicates=root != tools.prefix)
    level = tools.config().command.permission.root
    server.register_help_message(tools.prefix, tools.translations.reply("command.summary"), level)
