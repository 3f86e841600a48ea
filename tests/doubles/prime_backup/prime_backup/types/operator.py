"""The operator on whose behalf a backup is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from mcdreforged.api.all import CommandSource

__all__ = ["Operator"]


@dataclass(frozen=True)
class Operator:
    """``type:name``, such as ``player:Steve``, ``console:`` or ``prime_backup:scheduled_backup``."""

    type: str
    name: str

    @classmethod
    def of(cls, who: Union[str, CommandSource]) -> Operator:
        if isinstance(who, str):
            kind, separator, name = who.partition(":")
            return cls(kind, name) if separator else cls("literal", who)
        if who.is_player:
            return cls("player", who.player)  # type: ignore[attr-defined]
        return cls("console", "") if who.is_console else cls("command_source", str(who))

    @classmethod
    def pb(cls, name: str) -> Operator:
        return cls("prime_backup", name)

    def __str__(self) -> str:
        return f"{self.type}:{self.name}"
