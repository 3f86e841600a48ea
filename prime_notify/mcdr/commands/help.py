"""``!!pn help``: the list of commands, each clickable."""

from __future__ import annotations

from typing import Callable, Sequence

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.hints import say_unreadable
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say

__all__ = ["help_command"]


def help_command(commands: Callable[[], Sequence[Command]]) -> Command:
    """The command that lists ``commands``, itself included."""

    def build(node: Literal, tools: Tools) -> None:
        node.runs(lambda source: _show(tools, source, commands()))

    return Command("help", "", lambda permission: permission.root, build)


def _show(tools: Tools, source: CommandSource, commands: Sequence[Command]) -> None:
    say_unreadable(tools, source)
    say(source, coloured(tools.translations.reply("command.help.title", version=tools.version), RColor.gold))
    _line(tools, source, "", "overview")
    permission = tools.config().command.permission
    for command in commands:
        if source.has_permission(command.level(permission)):
            _line(tools, source, command.usage, command.name)


def _line(tools: Tools, source: CommandSource, usage: str, key: str) -> None:
    shown = f"{tools.prefix} {usage}".strip()
    typed = f"{tools.prefix} {usage.split(' ')[0]}".strip()
    command = fills_in(tools.translations, coloured(shown, RColor.gray), typed)
    say(source, RTextList(command, " ", tools.translations.reply(f"command.help.{key}")))
