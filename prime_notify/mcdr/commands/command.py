"""A command below the prefix, and the tree that is built from all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence, TypeVar

from mcdreforged.api.command import AbstractNode, Literal
from mcdreforged.api.types import CommandSource

from prime_notify.config.models import PermissionConfig
from prime_notify.mcdr.commands.tools import Tools

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


def build_tree(tools: Tools, commands: Sequence[Command], overview: Callable[[Tools, CommandSource], None]) -> Literal:
    """The whole tree below the prefix; the bare prefix shows the overview."""
    root = guarded(Literal(tools.prefix), tools, lambda permission: permission.root)
    root.runs(lambda source: overview(tools, source))
    for command in commands:
        node = guarded(Literal(command.name), tools, command.level)
        command.build(node, tools)
        root.then(node)
    return root


def guarded(node: N, tools: Tools, level: Callable[[PermissionConfig], int]) -> N:
    """``node`` for those who have the level. The level is read at each use, so that a reload of the config counts."""

    def permitted(source: CommandSource) -> bool:
        return source.has_permission(level(tools.config().command.permission))

    node.requires(permitted, lambda: tools.translations.reply("command.permission_denied"))
    return node
