"""Who is online, as far as it was seen since the server's start."""

from __future__ import annotations

from typing import Any, Optional, Set

__all__ = ["OnlinePlayerCounter"]


class OnlinePlayerCounter:
    """Knows nothing until the server starts or stops, unless its predecessor knew it."""

    _instance: Optional[OnlinePlayerCounter] = None

    def __init__(self, former: Any) -> None:
        type(self)._instance = self
        self.data_is_correct: bool = getattr(former, "data_is_correct", False)
        self.online: Set[str] = set(getattr(former, "online", ()))
        self.seen: Set[str] = set(getattr(former, "seen", ()))

    @classmethod
    def get(cls) -> OnlinePlayerCounter:
        if cls._instance is None:
            raise ValueError("not initialized yet")
        return cls._instance

    def take_players(self) -> bool:
        """Whether anybody was online since the last time, or nobody knows."""
        someone = bool(self.seen)
        self.seen = set(self.online)
        return someone or not self.data_is_correct

    def reset(self) -> None:
        self.data_is_correct = True
        self.online, self.seen = set(), set()

    def joined(self, player: str) -> None:
        if self.data_is_correct:
            self.online.add(player)
            self.seen.add(player)

    def left(self, player: str) -> None:
        self.online.discard(player)
