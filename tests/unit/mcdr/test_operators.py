"""Telling those who can mend it: who is online, may know, and comes later."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

import pytest
from mcdreforged.api.rtext import RText

from prime_notify.mcdr.operators import Operators

LEVELS = {"Steve": 4, "Alex": 1, "Ada": 3}


class World:
    """A server to join and to leave, and what it told its players."""

    def __init__(self) -> None:
        self.told: List[Tuple[str, str]] = []
        self._listeners: Dict[str, Callable[..., None]] = {}

    def register_event_listener(self, event: str, listener: Callable[..., None]) -> None:
        self._listeners[event] = listener

    def get_permission_level(self, player: str) -> int:
        return LEVELS[player]

    def tell(self, player: str, text: Any) -> None:
        self.told.append((player, text.to_plain_text()))

    def happen(self, event: str, *details: Any) -> None:
        self._listeners[f"mcdr.{event}"](self, *details)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def operators(world: World) -> Operators:
    operators = Operators(world)  # type: ignore[arg-type]
    operators.start()
    return operators


def test_tells_those_who_are_online_and_may_know(world: World, operators: Operators) -> None:
    for player in LEVELS:
        world.happen("player_joined", player, "further details")
    operators.tell("phone", RText("failing"), 3, standing=False)
    assert world.told == [("Ada", "failing"), ("Steve", "failing")]


def test_tells_nobody_who_has_left(world: World, operators: Operators) -> None:
    world.happen("player_joined", "Steve")
    world.happen("player_left", "Steve")
    world.happen("player_joined", "Ada")
    world.happen("server_stop", 0)
    operators.tell("phone", RText("failing"), 3, standing=False)
    assert world.told == []


def test_knows_who_was_online_before_a_reload(world: World) -> None:
    operators = Operators(world, ["Steve"])  # type: ignore[arg-type]
    operators.tell("phone", RText("failing"), 3, standing=False)
    assert world.told == [("Steve", "failing")]


def test_a_standing_text_is_told_to_those_who_come_until_another_takes_its_place(
    world: World, operators: Operators
) -> None:
    operators.tell("phone", RText("failing"), 3, standing=True)
    operators.tell("ops", RText("gone"), 3, standing=True)
    world.happen("player_joined", "Alex")
    world.happen("player_joined", "Ada")
    assert world.told == [("Ada", "failing"), ("Ada", "gone")]
    operators.tell("phone", RText("works again"), 3, standing=False)
    world.happen("player_joined", "Steve")
    assert world.told[2:] == [("Ada", "works again"), ("Steve", "gone")]


def test_forgets_one_standing_text_or_all(world: World, operators: Operators) -> None:
    for subject in ("a", "b", "c"):
        operators.tell(subject, RText(subject), 3, standing=True)
    operators.forget("a")
    operators.forget("unknown")
    world.happen("player_joined", "Steve")
    operators.forget()
    world.happen("player_joined", "Ada")
    assert world.told == [("Steve", "b"), ("Steve", "c")]
