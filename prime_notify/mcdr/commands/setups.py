"""The setups that are under way: one for each player, and one for the console."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Type

from mcdreforged.api.types import CommandSource

from prime_notify.channels.common.base import Channel
from prime_notify.loading.questions import Answers, Question

__all__ = ["CONSOLE", "LASTS", "Setup", "Setups", "Stage", "name_of"]

LASTS = 1800.0
"""Seconds after which a setup is forgotten, with what was answered, unless it goes on."""

CONSOLE = ""


class Stage(enum.Enum):
    """How far a setup is. ``ASKING``: for a value. ``TESTING``: a test is under way. ``DOUBTFUL``: it failed.

    ``ENDED``: nobody waits for anything any more.
    """

    ASKING = enum.auto()
    TESTING = enum.auto()
    DOUBTFUL = enum.auto()
    ENDED = enum.auto()


@dataclass
class Setup:
    """The setup of one endpoint. ``source``: who does it, and gets the replies.

    ``number``: the index of the question. ``tests``: how many were sent. ``name``: of the endpoint in the config; empty
    until it is written.
    """

    source: CommandSource
    channel: Type[Channel[Any]]
    questions: Tuple[Question, ...]
    answers: Answers = field(default_factory=dict)
    number: int = 0
    stage: Stage = Stage.ASKING
    tests: int = 0
    name: str = ""
    until: float = 0.0

    @property
    def question(self) -> Optional[Question]:
        """The question that is open; None when all are answered."""
        return self.questions[self.number] if self.number < len(self.questions) else None


class Setups:
    """By the names of those who do them. On the task executor only.

    ``prepare`` runs a function when everything that a setup needs is imported.
    """

    def __init__(
        self, now: Callable[[], float], prepare: Callable[[Callable[[], None]], None] = lambda act: act()
    ) -> None:
        self._now = now
        self.prepare = prepare
        self._by_name: Dict[str, Setup] = {}

    def of(self, source: CommandSource) -> Optional[Setup]:
        """The setup that ``source`` has under way, which goes on with this."""
        setup = self.named(name_of(source))
        if setup is not None:
            setup.source = source
        return setup

    def named(self, name: str) -> Optional[Setup]:
        """The setup of a player, or of the console."""
        setup = self._current.get(name)
        if setup is not None:
            setup.until = self._now() + LASTS
        return setup

    def begin(self, setup: Setup) -> None:
        """In place of another one of the same person."""
        setup.until = self._now() + LASTS
        self._by_name[name_of(setup.source)] = setup

    def end(self, setup: Setup) -> None:
        """Forget a setup with its answers."""
        setup.stage = Stage.ENDED
        if self._by_name.get(name_of(setup.source)) is setup:
            del self._by_name[name_of(setup.source)]

    def rename(self, old: str, new: str) -> None:
        """An endpoint has a new name."""
        for setup in self._by_name.values():
            setup.name = new if setup.name == old else setup.name

    @property
    def waiting_players(self) -> List[str]:
        """The players whose setup waits for a value."""
        return [name for name, one in self._current.items() if name and one.stage is Stage.ASKING]

    @property
    def _current(self) -> Mapping[str, Setup]:
        self._by_name = {name: one for name, one in self._by_name.items() if one.until >= self._now()}
        return self._by_name


def name_of(source: CommandSource) -> str:
    """The name of a player; :data:`CONSOLE` for the console."""
    return str(getattr(source, "player", CONSOLE))
