"""All commands below the prefix. A new one is a module with its :class:`Command`, and its row here."""

from __future__ import annotations

from typing import Mapping, Sequence

from mcdreforged.api.command import Literal

from prime_notify.mcdr.commands.command import Command, build_tree
from prime_notify.mcdr.commands.dead_letters import DROP, REPLAY
from prime_notify.mcdr.commands.endpoint import ENDPOINT
from prime_notify.mcdr.commands.help import help_command
from prime_notify.mcdr.commands.history import DEAD, HISTORY
from prime_notify.mcdr.commands.overview import show_overview
from prime_notify.mcdr.commands.preview import PREVIEW
from prime_notify.mcdr.commands.reload import RELOAD
from prime_notify.mcdr.commands.report import REPORT
from prime_notify.mcdr.commands.setup import SETUP
from prime_notify.mcdr.commands.show import SHOW
from prime_notify.mcdr.commands.switch import DISABLE, ENABLE
from prime_notify.mcdr.commands.test import TEST
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.watch import WATCH
from prime_notify.mcdr.commands.why import WHY

__all__ = ["COMMANDS", "add_commands"]

COMMANDS: Sequence[Command] = (
    help_command(lambda: COMMANDS),
    SETUP,
    ENDPOINT,
    REPORT,
    HISTORY,
    SHOW,
    DEAD,
    REPLAY,
    DROP,
    TEST,
    PREVIEW,
    WHY,
    WATCH,
    ENABLE,
    DISABLE,
    RELOAD,
)


def add_commands(tools: Tools, roots: Mapping[str, Literal]) -> None:
    """Add the commands to the registered root of each prefix. On the task executor.

    Only the tree whose root is the prefix answers.
    """
    for prefix, root in roots.items():
        build_tree(tools, COMMANDS, show_overview, root, prefix)
