"""A command below the prefix, and the tree that is built from all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence, TypeVar

from mcdreforged.api.command import (
    AbstractNode,
    CommandError,
    CommandSyntaxError,
    Literal,
    UnknownArgument,
    UnknownCommand,
)
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.models import PermissionConfig
from prime_notify.loading.questions import reads_like_a_secret
from prime_notify.mcdr.commands.setup_words import say_pasted
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.text.suggestions import closest_word

__all__ = ["Command", "build_tree", "guarded"]

N = TypeVar("N", bound=AbstractNode)


@dataclass(frozen=True)
class Command:
    """One command below the prefix.

    ``name``: its literal, also the key of its help line (``command.help.<name>``). ``arguments``: as help shows them.
    ``level``: the permission level that it needs. ``build``: adds the callback and the arguments to its literal node.
    """

    name: str
    arguments: str
    level: Callable[[PermissionConfig], int]
    build: Callable[[Literal, Tools], object]

    @property
    def usage(self) -> str:
        return f"{self.name} {self.arguments}".strip()


def build_tree(
    tools: Tools,
    commands: Sequence[Command],
    overview: Callable[[Tools, CommandSource], None],
    root: Literal,
    prefix: str,
) -> None:
    """Build the whole tree below ``root``, the node of ``prefix``; the bare prefix shows the overview.

    It answers only while ``prefix`` is that of the commands. Otherwise another plugin answers to it.
    """
    guarded(root, tools, lambda permission: permission.root)
    root.runs(lambda source: overview(tools, source))

    def failed(source: CommandSource, error: CommandError) -> None:
        if tools.prefix != prefix:
            error.set_handled()
        elif isinstance(error, UnknownArgument):
            error.set_handled()
            _say_unknown(tools, source, error, commands)

    root.on_error(CommandError, failed)
    for command in commands:
        node = guarded(Literal(command.name), tools, command.level)
        command.build(node, tools)
        _explain_usage(node, tools, command)
        root.then(node)


def _explain_usage(node: AbstractNode, tools: Tools, command: Command) -> None:
    """Answer a command without all of its arguments, or with one too many, with its usage."""

    def explain(source: CommandSource, error: CommandError) -> None:
        error.set_handled()
        usage = f"{tools.prefix} {command.usage}"
        text = coloured(tools.translations.reply("command.usage", usage=usage), RColor.yellow)
        say(source, fills_in(tools.translations, text, f"{tools.prefix} {command.name} "))

    for error_type in (UnknownCommand, UnknownArgument, CommandSyntaxError):
        node.on_error(error_type, explain)
        node.on_child_error(error_type, explain)


def _say_unknown(tools: Tools, source: CommandSource, error: CommandError, commands: Sequence[Command]) -> None:
    """Reply to a word that is no command, with the command that is meant."""
    word = error.get_failed_command()[len(error.get_parsed_command()) :].split()[0]
    reply = tools.translations.reply
    if reads_like_a_secret(word, channel_types()):
        say_pasted(tools, source)
        return
    say(source, coloured(reply("command.unknown_command", word=word), RColor.red))
    permission = tools.config().command.permission
    known = [command.name for command in commands if source.has_permission(command.level(permission))]
    meant = closest_word(word, known)
    help_command = f"{tools.prefix} help"
    key, typed = ("command.did_you_mean", f"{tools.prefix} {meant}") if meant else ("command.see_help", help_command)
    text = reply(key, command=typed, help=typed)
    say(source, fills_in(tools.translations, coloured(text, RColor.yellow), typed))


def guarded(node: N, tools: Tools, level: Callable[[PermissionConfig], int]) -> N:
    """``node`` for those who have the level. The level is read at each use, so that a reload of the config counts."""

    def permitted(source: CommandSource) -> bool:
        return source.has_permission(level(tools.config().command.permission))

    node.requires(permitted, lambda: tools.translations.reply("command.permission_denied"))
    return node
