"""``!!pn reload``: reads the config file again and lists its problems."""

from __future__ import annotations

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.hints import problem_line, say_nothing_is_sent
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say

__all__ = ["RELOAD"]


def _build(node: Literal, tools: Tools) -> None:
    node.runs(lambda source: _reload(tools, source))


RELOAD = Command("reload", "", lambda permission: permission.reload, _build)


def _reload(tools: Tools, source: CommandSource) -> None:
    reloaded = tools.reload(())
    reply = tools.translations.reply
    if not reloaded.in_force:
        key = "command.reload.kept" if tools.config_state().in_force else "command.reload.unreadable"
        say(source, coloured(reply(key), RColor.red))
    elif reloaded.problems:
        say(source, coloured(reply("command.reload.with_problems", count=len(reloaded.problems)), RColor.yellow))
    else:
        say(source, coloured(reply("command.reload.done"), RColor.green))
    for problem in () if source.is_console else reloaded.problems:  # the console has them in the log already
        say(source, problem_line(tools, source, problem))
    for path in reloaded.needs_plugin_reload:
        command = "!!MCDR plugin reload prime_notify"
        hint = coloured(reply("command.reload.needs_plugin_reload", path=path, command=command), RColor.yellow)
        say(source, fills_in(tools.translations, hint, command))
    if reloaded.in_force and not tools.config().notification.enabled:
        say_nothing_is_sent(tools, source)
