"""Replies that say why no notification is sent, and what to do about it."""

from __future__ import annotations

from typing import List

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.config.problem import Problem
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import clickable, coloured, fills_in, say

__all__ = [
    "may_repair",
    "problem_line",
    "problem_places",
    "say_config_problems",
    "say_no_endpoints",
    "say_nothing_is_sent",
    "say_unreadable",
]

_MOST_PLACES = 3


def say_nothing_is_sent(tools: Tools, source: CommandSource) -> None:
    """Say that the config switches notifications off. A config that cannot be read has been announced before."""
    if tools.config_state().in_force:
        say(source, _then_reload(tools, "command.disabled"))


def say_no_endpoints(tools: Tools, source: CommandSource) -> None:
    """Say that the config has no endpoint. A config that cannot be read has been announced before."""
    if tools.config_state().in_force:
        say(source, _then_reload(tools, "command.no_endpoints"))


def say_unreadable(tools: Tools, source: CommandSource) -> None:
    """Every command begins with this: the config file cannot be read, if that is so."""
    state = tools.config_state()
    if state.readable:
        return
    key = "command.config.kept" if state.in_force else "command.config.unreadable"
    say(source, coloured(tools.translations.reply(key), RColor.red))
    if may_repair(tools, source):
        for problem in state.problems:
            say(source, problem_line(tools, source, problem))
        say(source, _then_reload(tools, "command.config.correct"))


def say_config_problems(tools: Tools, source: CommandSource) -> None:
    """The number of problems in the config and where they are; their texts on hovering."""
    say_unreadable(tools, source)
    state = tools.config_state()
    if not state.readable or not state.problems:
        return
    reply = tools.translations.reply
    line = coloured(reply("command.config.problems", count=len(state.problems)), RColor.red)
    line = RTextList(line, tools.translations.in_brackets(reply("command.config.at", places=problem_places(tools))))
    if may_repair(tools, source):
        hover = RTextBase.join("\n", [_problem_text(tools, source, problem) for problem in state.problems])
        line = RTextList(clickable(line, f"{tools.prefix} reload", hover))
    say(source, line.set_color(RColor.red))


def problem_places(tools: Tools) -> RTextBase:
    """The places of the first problems in the config."""
    problems = tools.config_state().problems
    places = list(dict.fromkeys(problem.path for problem in problems))
    shown: List[object] = [*places[:_MOST_PLACES]]
    if len(places) > _MOST_PLACES:
        shown.append(tools.translations.reply("command.config.more_places", count=len(places) - _MOST_PLACES))
    return tools.translations.listed(shown)


def problem_line(tools: Tools, source: CommandSource, problem: Problem) -> RTextBase:
    """A problem in the config with its remedy."""
    return RTextList(RText("- ", RColor.gray), RText(_problem_text(tools, source, problem), RColor.red))


def _problem_text(tools: Tools, source: CommandSource, problem: Problem) -> str:
    return tools.translations.words(problem.wording, source)


def may_repair(tools: Tools, source: CommandSource) -> bool:
    """Whether the reader may reload the config, and so may read the problems in it."""
    return source.has_permission(tools.config().command.permission.reload)


def _then_reload(tools: Tools, key: str) -> RTextBase:
    command = f"{tools.prefix} reload"
    setup = f"{tools.prefix} setup"
    text = coloured(tools.translations.reply(key, reload=command, setup=setup), RColor.yellow)
    return fills_in(tools.translations, text, command)
