"""Fallback endpoints, which get the deliveries of one that cannot deliver."""

from __future__ import annotations

from pathlib import Path
from typing import List, Set, Tuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.build import states
from tests.support.delivery_world import Answer, World
from tests.support.examples import examples

ONCE = {"retry": []}


def failing(world: World, *names: str, status: int = 500) -> None:
    down: Set[str] = set(names)

    def answer(endpoint: str) -> Answer:
        return Response(status if endpoint in down else 200)

    world.answer = answer


def open_breaker(world: World, *names: str) -> None:
    """Has so many messages fail there that they are paused."""
    failing(world, *names)
    for name in names:
        for _ in range(5):
            world.accept("backup_start", name)
    world.run()


def test_an_error_that_is_given_up_is_reassigned_once(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": "b", **ONCE}, {})
    failing(world, "a")
    error, note = world.accept("backup_failure", "a"), world.accept("backup_success", "a")
    world.run()
    assert world.delivered("b") == [[error]]
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DELIVERED}
    assert states(world.store, note) == {"a": State.DEAD}
    world.store.replay(None, at=world.clock.steady())
    world.run()
    assert world.delivered("b") == [[error]]


def test_who_has_it_anyway_does_not_get_it_again(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {}, {})
    failing(world, "a")
    error = world.accept("backup_failure", "a", "b")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DELIVERED}


def test_the_next_one_gets_it_where_the_first_has_given_up_too(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {**ONCE, "fallback": ["a", "c"]}, {})
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DEAD, "c": State.DELIVERED}


def test_two_fallbacks_of_each_other_do_not_reassign_for_ever(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {"fallback": ["a"], **ONCE})
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run(1)
    assert states(world.store, error) == {"a": State.DEAD, "b": State.DEAD}


def test_a_fallback_that_is_well_comes_before_one_that_is_not(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b", "c"], **ONCE}, {}, {})
    open_breaker(world, "b")
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert world.delivered("c") == [[error]]


def test_where_none_is_well_the_first_one_gets_it(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    open_breaker(world, "b")
    failing(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD, "b": State.WAITING}


def test_what_waits_behind_an_open_breaker_is_reassigned_and_still_delivered_later(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a")
    error, warning, note = (world.accept(f"backup_{what}", "a") for what in ("failure", "aborted", "success"))
    world.run(0.001)
    assert world.delivered("b") == [[error], [warning]]
    world.run(0.5)
    assert world.delivered("b") == [[error], [warning]]
    failing(world)
    world.run(24)
    assert {error, warning, note} <= {id for message in world.delivered() for id in message}
    assert world.delivered("b") == [[error], [warning]]


def test_the_very_attempt_that_opens_the_breaker_is_reassigned(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    failing(world, "a")
    for _ in range(4):
        world.accept("backup_start", "a")
    error = world.accept("backup_failure", "a")
    world.run()
    assert world.delivered("b") == [[error]]


def test_what_waits_is_reassigned_as_soon_as_a_fallback_is_well(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a", "b")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.WAITING}
    failing(world, "a")
    world.run(1)
    assert [error] in world.delivered("b")


def test_many_that_wait_are_all_reassigned(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    open_breaker(world, "a")
    errors = [world.accept("backup_failure", "a") for _ in range(230)]
    world.run()
    assert world.delivered("b") == [[error] for error in errors]


def test_all_deliveries_of_an_endpoint_that_is_gone_are_reassigned(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"]}, {})
    failing(world, "a", status=410)
    errors = [world.accept("backup_failure", "a") for _ in range(2)]
    world.run()
    assert world.delivered("b") == [[error] for error in errors]


def test_a_reassignment_survives_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    failing(world, "a")
    error = world.accept("backup_failure", "a")
    assert world.lanes["a"].step() == 0.0
    world.restart()
    world.run()
    assert world.delivered("b") == [[error]]


def test_a_fallback_that_does_not_exist_gets_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, {"fallback": ["b"], **ONCE}, {})
    del world.lanes["b"]
    failing(world, "a")
    error = world.accept("backup_failure", "a")
    world.run()
    assert states(world.store, error) == {"a": State.DEAD}


# groups


def test_in_a_group_the_next_one_gets_whatever_is_given_up(tmp_path: Path) -> None:
    member = {"group": "g", **ONCE}
    world = World(tmp_path, member, member, {**member, "fallback": "d"}, {})
    failing(world, "b", "c")
    note = world.accept("backup_success", "b")
    world.run()
    assert states(world.store, note) == {"b": State.PASSED, "c": State.PASSED, "a": State.DELIVERED}
    failing(world, "a", "b", "c")
    note, error = world.accept("backup_success", "a"), world.accept("backup_failure", "a")
    world.run()
    given_up = {"a": State.PASSED, "b": State.PASSED, "c": State.DEAD}
    assert states(world.store, note) == given_up
    assert states(world.store, error) == {**given_up, "d": State.DELIVERED}


def test_in_a_group_what_all_gave_up_is_replayed_by_one(tmp_path: Path) -> None:
    member = {"group": "g", **ONCE}
    world = World(tmp_path, member, member)
    failing(world, "a", "b")
    note = world.accept("backup_success", "a")
    world.run()
    failing(world)
    assert world.store.replay(None, at=world.clock.steady()) == ["b"]
    world.run()
    assert world.delivered("a") + world.delivered("b") == [[note]]


@pytest.mark.parametrize("what", ["success", "aborted", "failure"])
def test_in_a_group_nothing_waits_for_one_that_is_paused_and_it_is_delivered_once(tmp_path: Path, what: str) -> None:
    world = World(tmp_path, {"group": "g"}, {"group": "g"})
    open_breaker(world, "a")
    id = world.accept(f"backup_{what}", "a")
    world.run()
    assert world.delivered("b")[-1] == [id]
    failing(world)
    world.run(24)
    assert world.delivered("a") == []
    assert len(world.delivered("b")) == len({id for [id] in world.delivered("b")}) == 6


def test_in_a_group_reminders_stay_where_they_are(tmp_path: Path) -> None:
    world = World(tmp_path, {"group": "g", "repeat": "1h"}, {"group": "g"})
    error = world.accept("backup_failure", "a")
    world.run()
    open_breaker(world, "a")
    world.run(2)
    assert [error] not in world.delivered("b")


def test_what_the_last_of_a_group_gives_up_goes_back_to_one_that_was_only_paused(tmp_path: Path) -> None:
    world = World(tmp_path, {"group": "g"}, {"group": "g", **ONCE})
    open_breaker(world, "a")
    failing(world, "a", "b", status=400)
    note = world.accept("backup_success", "a")
    world.run()
    assert states(world.store, note) == {"a": State.WAITING, "b": State.PASSED}
    failing(world)
    world.run(1)
    assert world.delivered("a")[-1] == [note]
    assert world.store.dead() == {}


def test_what_was_passed_on_survives_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, {"group": "g"}, {"group": "g"})
    open_breaker(world, "a")
    note = world.accept("backup_success", "a")
    assert world.lanes["a"].step() is None
    world.restart()
    failing(world)
    world.run(24)
    assert world.delivered("a") == []
    assert world.delivered("b")[-1] == [note]


happenings = st.lists(
    st.tuples(
        st.sampled_from(["success", "failure"]),  # is accepted
        st.sampled_from("abc"),  # to this one first
        st.sets(st.sampled_from("abc")),  # while these fail
        st.sampled_from([500, 400, 404]),  # like that
        st.sampled_from([0.0, 0.001, 0.1, 3.0]),  # for so many hours
    ),
    max_size=8,
)


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings, st.booleans())
def test_in_a_group_each_notification_is_delivered_once_or_is_one_dead_letter(
    tmp_path_factory: pytest.TempPathFactory, happened: List[Tuple[str, str, Set[str], int, float]], restarts: bool
) -> None:
    world = World(tmp_path_factory.mktemp("world"), {"group": "g"}, {"group": "g"}, {"group": "g"})
    ids = []
    for what, name, down, status, hours in happened:
        failing(world, *down, status=status)
        ids.append(world.accept(f"backup_{what}", name))
        world.run(hours)
        if restarts:
            world.restart()
    failing(world)
    world.run(48)
    delivered = [id for name in "abc" for message in world.delivered(name) for id in message]
    for id in ids:
        known = list(states(world.store, id).values())
        assert [known.count(State.DELIVERED), delivered.count(id)] in ([0, 0], [1, 1])
        assert known.count(State.DEAD) == 1 - delivered.count(id)
        assert State.WAITING not in known
    world.store.close()
