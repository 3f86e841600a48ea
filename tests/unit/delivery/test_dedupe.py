"""Duplicate failures: counted, delivered once in a while, and never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.delivery.delivered_failures import delivered_at, fingerprint, with_delivered
from prime_notify.model.health import Health
from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.build import notification
from tests.support.delivery_world import World
from tests.support.examples import examples

DEDUPE = {"dedupe": {"window": "1h"}}
DISK_FULL = {"type": "OSError", "message": "only 17 bytes left"}


def test_the_same_failure_is_delivered_again_when_the_window_ends_with_its_count(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    first = world.accept("backup_failure", error=DISK_FULL)
    again = []
    for minutes in (10, 20, 40):
        world.run_until(12 + minutes / 60)
        again.append(world.accept("backup_failure", error={**DISK_FULL, "message": f"only {minutes} bytes left"}))
    world.run_until(14)
    assert world.delivered() == [[first], [again[-1]]]
    assert world.at == [12.0, 13.0]
    assert world.titles()[1] == "❌ Backup failed (×3) — SMP"
    assert world.received[1]["message"].startswith("The same happened 2 more times since ")
    assert [world.state(id) for id in again] == [State.FOLDED, State.FOLDED, State.DELIVERED]


def test_what_comes_after_the_window_is_delivered_at_once(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    ids = [world.accept("backup_failure")]
    world.run(1)
    ids.append(world.accept("backup_failure"))
    world.run()
    assert world.delivered() == [[id] for id in ids]


def test_what_differs_is_delivered_at_once(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    world.accept("backup_failure", error=DISK_FULL)
    world.accept("backup_failure", error={**DISK_FULL, "type": "TimeoutError"})
    world.accept("backup_failure", error={**DISK_FULL, "message": "no way"})
    world.accept("restore_failure", error=DISK_FULL)
    world.accept("backup_success")
    world.accept("backup_success")
    world.run()
    assert len(world.received) == 6


def test_a_single_repetition_is_delivered_as_it_is(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    world.accept("backup_failure")
    world.run(0.1)
    world.accept("backup_failure")
    world.run(1)
    assert world.titles() == ["❌ Backup failed — SMP"] * 2


def test_a_success_says_how_often_it_failed_before_and_ends_the_window(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    world.accept("backup_failure")
    world.run(0.1)
    deferred = [world.accept("backup_failure"), world.accept("backup_failure")]
    world.accept("restore_failure")
    world.run(0.1)
    other = world.accept("restore_failure")
    world.run(0.1)
    success = world.accept("backup_success", message="fine")
    world.run(0.1)
    assert world.delivered()[-1] == [success]
    assert world.received[-1]["message"].startswith("fine\nBefore this, it failed 2 more times since ")
    assert [world.state(id) for id in deferred] == [State.FOLDED, State.FOLDED]
    assert world.state(other) is State.WAITING
    news = world.accept("backup_failure")
    world.run()
    assert world.delivered()[-1] == [news]


def test_a_success_that_cannot_be_delivered_leaves_the_failures_deferred(tmp_path: Path) -> None:
    world = World(tmp_path, {**DEDUPE, "retry": ["10h"]})
    world.accept("backup_failure")
    world.run(0.1)
    deferred = [world.accept("backup_failure"), world.accept("backup_failure")]
    world.run(0.1)
    world.answer = lambda endpoint: Response(500)
    world.accept("backup_success")
    world.run(0.1)
    world.answer = lambda endpoint: Response(200)
    assert {world.state(id) for id in deferred} == {State.WAITING}
    world.run(1)
    assert world.delivered()[-1] == [deferred[1]]


def test_it_is_remembered_across_restarts(tmp_path: Path) -> None:
    world = World(tmp_path, DEDUPE)
    world.accept("backup_failure")
    world.run(0.1)
    world.restart()
    deferred = world.accept("backup_failure")
    world.run(0.1)
    assert world.state(deferred) is State.WAITING
    world.restart()
    world.run(0.7)
    assert world.state(deferred) is State.WAITING
    world.run(0.2)
    assert world.delivered()[1] == [deferred]


def test_in_a_digest_the_same_failures_are_one_line(tmp_path: Path) -> None:
    world = World(tmp_path, {**DEDUPE, "digest": {"every": "6h"}})
    for _ in range(3):
        world.accept("backup_failure")
    world.accept("backup_success")
    world.run(6)
    assert world.titles() == ["❌ 4 notifications: 3 failed, 1 done — SMP"]
    assert len(world.delivered()[0]) == 2


def test_a_success_that_was_deferred_takes_the_failures_before_it_along(tmp_path: Path) -> None:
    world = World(tmp_path, {"dedupe": {"window": "10h"}, "quiet_hours": {"from": "12:30", "to": "14:00"}})
    world.accept("backup_failure")
    world.run_until(13)
    world.accept("backup_failure")
    world.accept("backup_failure")
    world.accept("backup_success")
    world.accept("backup_failure")
    world.accept("restore_failure")
    world.run_until(13.1)
    restore = world.accept("restore_failure")
    world.run_until(15)
    assert world.titles()[2:] == ["❌ 4 notifications: 3 failed, 1 done — SMP"]
    assert world.state(restore) is State.WAITING


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"message": "4 files"}, {"message": "17 files"}, True),
        ({"error": {"type": "E", "message": "a"}, "message": "x"}, {"error": {"type": "E", "message": "a"}}, True),
        ({"error": {"type": "E", "message": "a"}}, {"error": {"type": "F", "message": "a"}}, False),
        ({}, {"message": "x"}, False),
    ],
)
def test_failures_are_the_same_when_they_say_the_same_but_for_numbers(one: Any, other: Any, *, same: bool) -> None:
    prints = [fingerprint(_failure(**fields)) for fields in (one, other)]
    assert (prints[0] == prints[1]) is same


def _failure(**fields: Any) -> Any:
    payload = notification("backup_failure").payload
    if "error" in fields:
        fields["error"] = type(payload).model_validate({**payload.to_dict(), "error": fields["error"]}).error
    return payload.model_copy(update=fields)


def test_only_the_newest_failures_are_remembered_and_survive_in_the_health() -> None:
    health = Health()
    for number in range(40):
        health = with_delivered(health, _failure(message=chr(97 + number)), float(number))
    assert len(health.records[0].delivered) == 16
    assert delivered_at(_failure(message=chr(97 + 39)), Health.from_json(health.to_json())) == 39.0
    assert delivered_at(_failure(message="a"), health) is None
    assert Health.from_json('{"failures_told": [[1]]}') == Health()
    assert Health.from_json("[]") == Health()


ACTION = st.one_of(
    st.tuples(
        st.just("event"), st.sampled_from(["backup_failure", "backup_failure", "backup_success", "restore_failure"])
    ),
    st.tuples(st.just("wait"), st.floats(0.01, 2.0)),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("works"), st.booleans()),
)
QUIET = {"quiet_hours": {"from": "23:00", "to": "07:00"}}


@pytest.mark.parametrize("more", [{}, QUIET, {"digest": {"every": "2h", "max": 3, "at_once": "error"}}])
@examples(25, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTION, max_size=25))
def test_every_failure_is_delivered_or_counted(
    tmp_path_factory: pytest.TempPathFactory, more: Any, actions: Any
) -> None:
    """In the end, nothing waits, and what was folded was counted: all the counts together are all the events."""
    world = World(tmp_path_factory.mktemp("world"), {**DEDUPE, **more, "retry": ["6h"] * 50})
    accepted = 0
    for kind, value in actions:
        if kind == "event":
            accepted += 1
            world.accept(value)
        elif kind == "wait":
            world.run(value)
        elif kind == "restart":
            world.restart()
        else:
            world.answer = lambda endpoint, works=value: Response(200 if works else 500)  # type: ignore[misc]
    world.answer = lambda endpoint: Response(200)
    world.run(48)
    assert world.store.waiting() == {}
    assert sum(_events_in(message) for message in world.received) == accepted


def _events_in(message: Any) -> int:
    """The number of events in a message."""
    if "digest_total" in message.get("extra", {}):
        return int(message["extra"]["digest_total"])
    words = message.get("message", "").split()
    return 1 + int(words[words.index("more") - 1]) if "more" in words else 1
