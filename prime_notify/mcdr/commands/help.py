"""``!!pn help``: the commands, each clickable."""

from __future__ import annotations

from typing import Callable, Sequence

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in
from prime_notify.mcdr.commands.table import Command

__all__ = ["help_command"]


def help_command(commands: Callable[[], Sequence[Command]]) -> Command:
    """The command that lists ``commands``, of which it is itself one."""

    def build(node: Literal, desk: Desk) -> None:
        node.runs(lambda source: _show(desk, source, commands()))

    return Command("help", "", lambda permission: permission.root, build)


def _show(desk: Desk, source: CommandSource, commands: Sequence[Command]) -> None:
    source.reply(coloured(desk.speech.reply("command.help.title", version=desk.version), RColor.gold))
    _line(desk, source, "", "overview")
    permission = desk.config.command.permission
    for command in commands:
        if source.has_permission(command.level(permission)):
            _line(desk, source, command.usage, command.name)


def _line(desk: Desk, source: CommandSource, usage: str, key: str) -> None:
    shown = f"{desk.prefix} {usage}".strip()
    typed = f"{desk.prefix} {usage.split(' ')[0]}".strip()
    command = fills_in(desk, coloured(shown, RColor.gray), typed)
    source.reply(RTextList(command, " ", desk.speech.reply(f"command.help.{key}")))
