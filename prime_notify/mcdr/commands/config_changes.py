"""Changes of the config file by commands: written, put in force, and answered."""

from __future__ import annotations

from typing import Callable, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.config.problem import ConfigError
from prime_notify.loading.edit import Change, EditError
from prime_notify.loading.saving import change_config_file, copy_of
from prime_notify.mcdr.commands.hints import problem_line
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, say

__all__ = ["change_config"]


def change_config(
    tools: Tools,
    source: CommandSource,
    change: Callable[[str], Change],
    renamed: Sequence[Tuple[str, str]] = (),
) -> Optional[Change]:
    """Write a change of the file and put the file in force. Replies, and returns None, where that is impossible.

    :param renamed: old and new names of endpoints that take along what waits for them.
    """
    reply = tools.translations.reply
    try:
        done = change_config_file(tools.config_path, change)
    except EditError as error:
        say(source, coloured(tools.translations.words(error.reason, source), RColor.red))
        return None
    except ConfigError as error:
        say(source, coloured(reply("command.change.refused"), RColor.red))
        for problem in error.problems:
            say(source, problem_line(tools, source, problem))
        return None
    reloaded = tools.reload(renamed)
    say(source, coloured(reply("command.change.written", copy=copy_of(tools.config_path).name), RColor.gray))
    if done.switched_on:
        say(source, coloured(reply("command.change.switched_on"), RColor.green))
    if reloaded.problems:
        text = reply("command.reload.with_problems", count=len(reloaded.problems))
        say(source, coloured(text, RColor.yellow))
        for problem in () if source.is_console else reloaded.problems:  # the console has them in the log already
            say(source, problem_line(tools, source, problem))
    return done
