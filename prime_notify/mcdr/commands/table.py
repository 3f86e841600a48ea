"""The table of commands, and the tree that is built from it.

A command is a :class:`Command` value in a module of its own, listed in :mod:`prime_notify.mcdr.commands.all`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence, TypeVar

from mcdreforged.api.command import AbstractNode, Literal
from mcdreforged.api.types import CommandSource

from prime_notify.config.models import PermissionConfig
from prime_notify.mcdr.commands.desk import Desk

__all__ = ["Command", "build_tree", "guarded"]

N = TypeVar("N", bound=AbstractNode)


@dataclass(frozen=True)
class Command:
    """One command below the prefix.

    ``name``: its literal, also the key of its help line (``command.help.<name>``). ``arguments``: as help shows them.
    ``level``: the permission that it needs. ``build``: gives its literal node what it runs and its arguments.
    """

    name: str
    arguments: str
    level: Callable[[PermissionConfig], int]
    build: Callable[[Literal, Desk], object]

    @property
    def usage(self) -> str:
        return f"{self.name} {self.arguments}".strip()


def build_tree(desk: Desk, commands: Sequence[Command], overview: Callable[[Desk, CommandSource], None]) -> Literal:
    """The whole tree below the prefix; the bare prefix shows the overview."""
    root = guarded(Literal(desk.prefix), desk, lambda permission: permission.root)
    root.runs(lambda source: overview(desk, source))
    for command in commands:
        node = guarded(Literal(command.name), desk, command.level)
        command.build(node, desk)
        root.then(node)
    return root


def guarded(node: N, desk: Desk, level: Callable[[PermissionConfig], int]) -> N:
    """``node`` for those who have the level. It is looked up when asked, so that a reload of the config counts."""

    def permitted(source: CommandSource) -> bool:
        return source.has_permission(level(desk.config.command.permission))

    node.requires(permitted, lambda: desk.speech.reply("command.permission_denied"))
    return node
