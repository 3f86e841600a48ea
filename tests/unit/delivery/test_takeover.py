"""Endpoints that take over from one that cannot deliver."""

from __future__ import annotations

from pathlib import Path
from typing import Set

from prime_notify.channels.common.base import Response
from prime_notify.outbox.base import State
from tests.support.build import states
from tests.unit.delivery.world import Answer, World

ONCE = {"retry": []}


def failing(world: World, *names: str, status: int = 500) -> None:
    down: Set[str] = set(names)

    def answer(endpoint: str) -> Answer:
        return Response(status if endpoint in down else 200)

    world.answer = answer


def open_breaker(world: World, *names: str) -> None:
    """Has so many messages fail there that they are left alone."""
    failing(world, *names)
    for name in names:
        for _ in range(5):
            world.accept("backup_start", name)
    world.run()


def test_an_error_that_is_given_up_is_taken_over_once(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": "b", **ONCE}, {})
    failing(world, "a")
    error, note = world.accept("backup_failure", "a"), world.accept("backup_success", "a")
    world.run()
    assert world.told("b") == [[error]]
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DELIVERED}
    assert states(world.store, note) == {"a": State.DEAD}
    world.store.replay(None, at=world.clock.steady())
    world.run()
    assert world.told("b") == [[error]]


def test_who_has_it_anyway_does_not_get_it_again(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {}, {})
    failing(world, "a")
    error = world.accept("backup_failure", "a", "b")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DELIVERED}


def test_the_next_one_takes_over_where_the_first_has_given_up_too(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {**ONCE, "fallback": ["a", "c"]}, {})
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DEAD, "c": State.DELIVERED}


def test_two_that_take_over_from_each_other_do_not_do_so_for_ever(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {"fallback": ["a"], **ONCE})
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run(1)
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DEAD}


def test_who_is_well_takes_over_before_who_is_not(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {}, {})
    open_breaker(world, "b")
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert world.told("c") == [[error]]


def test_where_nobody_is_well_the_first_one_takes_over(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    open_breaker(world, "b")
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.WAITING}


def test_what_waits_behind_an_open_breaker_is_taken_over_and_still_delivered_later(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a")
    error, warning, note = (world.accept(f"backup_{what}", "a") for what in ("failure", "aborted", "success"))
    world.run(0.001)
    assert world.told("b") == [[error], [warning]]
    world.run(0.5)
    assert world.told("b") == [[error], [warning]]
    failing(world)
    world.run(24)
    assert {error, warning, note} <= {id for message in world.told() for id in message}
    assert world.told("b") == [[error], [warning]]


def test_the_very_attempt_that_opens_the_breaker_is_taken_over(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    failing(world, "a")
    for _ in range(4):
        world.accept("backup_start", "a")
    error = world.accept("backup_failure", "a")
    world.run()
    assert world.told("b") == [[error]]


def test_what_waits_is_taken_over_as_soon_as_somebody_is_well(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.WAITING}
    failing(world, "a")
    world.run(1)
    assert [error] in world.told("b")


def test_many_that_wait_are_all_taken_over(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a")
    errors = [world.accept("backup_failure", "a") for _ in range(230)]
    world.run()
    assert world.told("b") == [[error] for error in errors]


def test_an_endpoint_that_is_gone_has_all_taken_over(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    failing(world, "a", status=410)
    errors = [world.accept("backup_failure", "a") for _ in range(2)]
    world.run()
    assert world.told("b") == [[error] for error in errors]


def test_a_takeover_survives_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    failing(world, "a")
    error = world.accept("backup_failure", "a")
    assert world.lanes["a"].step() == 0.0
    world.restart()
    world.run()
    assert world.told("b") == [[error]]


def test_one_that_is_not_there_takes_nothing_over(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    del world.lanes["b"]
    failing(world, "a")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD}


# groups


def test_in_a_group_the_next_one_takes_over_whatever_is_given_up(tmp_path: Path) -> None:
    member = {"group": "g", **ONCE}
    world = World(tmp_path, member, member, {**member, "fallback": "d"}, {})
    failing(world, "b", "c")
    note = world.accept("backup_success", "b")
    world.run()
    assert states(world.store, note) == {"b": State.DEAD, "c": State.DEAD, "a": State.DELIVERED}
    failing(world, "a", "b", "c")
    note, error = world.accept("backup_success", "a"), world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, note) == dict.fromkeys("abc", State.DEAD)
    assert states(world.store, error) == {**dict.fromkeys("abc", State.DEAD), "d": State.DELIVERED}


def test_in_a_group_what_is_severe_does_not_wait_for_one_that_is_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path, {"group": "g"}, {"group": "g"})
    open_breaker(world, "a")
    error = world.accept("backup_failure", "a")
    world.run()
    assert world.told("b") == [[error]]
