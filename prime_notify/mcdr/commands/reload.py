"""``!!pn reload``: reads the config file again and lists its problems."""

from __future__ import annotations

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.hints import switched_off
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in

__all__ = ["RELOAD"]


def _build(node: Literal, tools: Tools) -> None:
    node.runs(lambda source: _reload(tools, source))


RELOAD = Command("reload", "", lambda permission: permission.reload, _build)


def _reload(tools: Tools, source: CommandSource) -> None:
    reloaded = tools.reload()
    reply = tools.translations.reply
    if not reloaded.in_force:
        source.reply(coloured(reply("command.reload.kept"), RColor.red))
    elif reloaded.problems:
        source.reply(coloured(reply("command.reload.with_problems", count=len(reloaded.problems)), RColor.yellow))
    else:
        source.reply(coloured(reply("command.reload.done"), RColor.green))
    for problem in () if source.is_console else reloaded.problems:  # the console has them in the log already
        source.reply(
            RTextList(RText("- ", RColor.gray), RText(tools.translations.words(problem.wording, source), RColor.red))
        )
    for path in reloaded.needs_plugin_reload:
        command = "!!MCDR plugin reload prime_notify"
        hint = coloured(reply("command.reload.needs_plugin_reload", path=path, command=command), RColor.yellow)
        source.reply(fills_in(tools.translations, hint, command))
    if reloaded.in_force and not tools.config().notification.enabled:
        source.reply(switched_off(tools))
