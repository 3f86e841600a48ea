"""``!!pn reload``: reads the config file again and says what it thinks of it."""

from __future__ import annotations

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in, switched_off
from prime_notify.mcdr.commands.table import Command

__all__ = ["RELOAD"]


def _build(node: Literal, desk: Desk) -> None:
    node.runs(lambda source: _reload(desk, source))


RELOAD = Command("reload", "", lambda permission: permission.reload, _build)


def _reload(desk: Desk, source: CommandSource) -> None:
    reloaded = desk.reload()
    say = desk.speech.reply
    if not reloaded.in_force:
        source.reply(coloured(say("command.reload.kept"), RColor.red))
    elif reloaded.problems:
        source.reply(coloured(say("command.reload.with_problems", count=len(reloaded.problems)), RColor.yellow))
    else:
        source.reply(coloured(say("command.reload.done"), RColor.green))
    for problem in () if source.is_console else reloaded.problems:  # the console has them in the log already
        source.reply(RTextList(RText("- ", RColor.gray), RText(str(problem), RColor.red)))
    for path in reloaded.needs_plugin_reload:
        command = "!!MCDR plugin reload prime_notify"
        hint = coloured(say("command.reload.needs_plugin_reload", path=path, command=command), RColor.yellow)
        source.reply(fills_in(desk, hint, command))
    if reloaded.in_force and not desk.config.notification.enabled:
        source.reply(switched_off(desk))
