"""Digests and quiet hours, end to end except for the network: no deferred delivery is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.delivery_world import World
from tests.support.examples import examples

DIGEST = {"digest": {"every": "6h", "max": 50, "at_once": "error"}}
QUIET = {"quiet_hours": {"from": "23:00", "to": "07:00"}}


def test_a_digest_collects_from_the_first_one_on_and_tells_all_in_one_message(tmp_path: Path) -> None:
    world = World(tmp_path, DIGEST)
    ids = []
    for hour in (12, 14, 17.5):
        world.run_until(hour)
        ids.append(world.accept())
    world.run_until(17.9)
    assert world.received == []
    world.run_until(24)
    assert world.at == [18.0]
    assert world.delivered() == [ids[::-1]]
    assert world.titles() == ["✅ 3 notifications: 3 done — SMP"]
    assert {world.state(id) for id in ids} == {State.DELIVERED}


def test_what_is_severe_goes_at_once_by_itself(tmp_path: Path) -> None:
    world = World(tmp_path, DIGEST)
    world.accept()
    world.accept("backup_aborted")
    failure = world.accept("backup_failure")
    world.run()
    assert world.delivered() == [[failure]]
    world.run(6)
    assert world.titles()[1] == "⏹️ 2 notifications: 1 aborted, 1 done — SMP"


def test_a_report_waits_until_the_quiet_hours_are_over_and_is_a_line_beside_others(tmp_path: Path) -> None:
    world = World(tmp_path, QUIET)
    report = {
        "since": 0.0,
        "until": 1.0,
        "backups": {"done": 3, "failed": 1},
        "restores": {},
        "deliveries": {},
    }
    world.run_until(24)
    alone = world.accept("report", report=report, severity="warning")
    world.run_until(24 + 8)
    assert world.at == [24 + 7.0]
    assert world.delivered() == [[alone]]
    assert world.titles() == ["⚠️ Backup report: 1 failed — SMP"]
    world.run_until(48)
    world.accept("report", report=report, severity="warning")
    world.accept()
    world.run_until(48 + 8)
    assert world.titles()[1] == "⚠️ 2 notifications: 1 done, 1 reported — SMP"


def test_a_full_digest_does_not_wait(tmp_path: Path) -> None:
    world = World(tmp_path, {"digest": {"every": "6h", "max": 3}})
    ids = [world.accept("backup_failure") for _ in range(4)]
    world.run()
    assert world.delivered() == [ids[2::-1]]
    world.run(6)
    assert world.delivered()[1] == [ids[3]]


def test_a_single_one_is_delivered_as_itself(tmp_path: Path) -> None:
    world = World(tmp_path, DIGEST)
    alone = world.accept()
    world.run(6)
    assert [one["sent_as"] for one in world.received] == [alone]
    assert world.titles() == ["✅ Backup done — SMP"]


def test_a_digest_that_fails_is_tried_again_as_a_whole_with_what_came_since(tmp_path: Path) -> None:
    world = World(tmp_path, {**DIGEST, "retry": ["30m", "30m"]})
    first = [world.accept(), world.accept()]
    world.answer = lambda endpoint: Response(500)
    world.run_until(18)
    world.answer = lambda endpoint: Response(200)
    late = world.accept()
    world.run(1)
    assert world.delivered() == [[late, *first[::-1]]]


def test_each_of_a_digest_has_its_own_tries_and_ends_as_a_dead_letter_when_they_are_used_up(tmp_path: Path) -> None:
    world = World(tmp_path, {**DIGEST, "retry": ["1h"]})
    old = world.accept()
    world.answer = lambda endpoint: Response(500)
    world.run_until(18)
    young = world.accept()
    world.run(1.5)
    assert (world.state(old), world.state(young)) == (State.DEAD, State.WAITING)
    world.answer = lambda endpoint: Response(200)
    world.run(2)
    assert world.delivered() == [[young]]


def test_quiet_hours_end_with_a_summary(tmp_path: Path) -> None:
    world = World(tmp_path, QUIET)
    evening = world.accept()
    world.run_until(23.5)
    night = [world.accept("backup_aborted"), world.accept()]
    failure = world.accept("backup_failure")
    world.run_until(36)
    assert world.delivered() == [[evening], [failure], [night[0], night[1]]]
    assert world.at == [12.0, 23.5, 31.0]


def test_the_start_of_what_failed_at_night_is_not_delivered_in_the_morning(tmp_path: Path) -> None:
    world = World(tmp_path, QUIET)
    world.run_until(24)
    start = world.accept("backup_start", task_id="t")
    world.run(0.1)
    failure = world.accept("backup_failure", task_id="t")
    world.run_until(36)
    assert world.delivered() == [[failure]]
    assert world.state(start) is State.FOLDED


def test_a_digest_that_is_due_at_night_waits_for_the_morning(tmp_path: Path) -> None:
    world = World(tmp_path, {**QUIET, "digest": {"every": "6h"}})
    world.run_until(22)
    quiet, failure = world.accept(), world.accept("backup_failure")
    world.run_until(36)
    assert world.delivered() == [[failure], [quiet]]
    assert world.at == [28.0, 31.0]


def test_many_that_the_quiet_hours_hold_do_not_fill_the_digest(tmp_path: Path) -> None:
    world = World(tmp_path, {**QUIET, "digest": {"every": "1h", "max": 2}})
    world.run_until(23.5)
    for _ in range(5):
        world.accept()
    world.run()
    world.restart()
    world.run_until(30)
    assert world.received == []
    world.run_until(31)
    assert len(world.delivered()[0]) == 5


def test_what_is_deferred_survives_restarts_and_keeps_its_time(tmp_path: Path) -> None:
    world = World(tmp_path, DIGEST)
    ids = [world.accept(), world.accept()]
    world.run_until(15)
    world.restart()
    world.run_until(17.9)
    assert world.received == []
    world.run_until(18)
    assert world.delivered() == [ids[::-1]]


def test_what_was_deferred_is_delivered_at_once_when_the_config_no_longer_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, DIGEST)
    ids = [world.accept(), world.accept()]
    world.run()
    world.configure({})
    world.run()
    assert world.delivered() == [ids[::-1]]


def test_a_digest_counts_as_one_message_for_the_rate_limit_after_a_restart_too(tmp_path: Path) -> None:
    world = World(tmp_path, {"digest": {"every": "1h", "at_once": "error"}, "rate_limit": "2/12h"})
    for _ in range(3):
        world.accept()
    world.run(1)
    world.restart()
    first, second = world.accept("backup_failure"), world.accept("backup_failure")
    world.run(1)
    assert world.delivered()[1:] == [[first]]
    world.run(12)
    assert world.delivered()[2:] == [[second]]


EVENTS = st.sampled_from(["backup_start", "backup_success", "backup_failure", "backup_aborted", "restore_success"])
ACTION = st.one_of(
    st.tuples(st.just("event"), EVENTS),
    st.tuples(st.just("wait"), st.floats(0.01, 9.0)),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("works"), st.booleans()),
)


@pytest.mark.parametrize("options", [DIGEST, QUIET, {**QUIET, "digest": {"every": "2h", "max": 3}}])
@examples(25, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTION, max_size=25))
def test_nothing_that_was_deferred_is_lost(
    tmp_path_factory: pytest.TempPathFactory, options: object, actions: object
) -> None:
    """Whatever happens, in the end every notification was delivered once."""
    world = World(tmp_path_factory.mktemp("world"), {**options, "retry": ["6h"] * 50})  # type: ignore[dict-item]
    ids = []
    for kind, value in actions:  # type: ignore[attr-defined]
        if kind == "event":
            ids.append(world.accept(value))
        elif kind == "wait":
            world.run(value)
        elif kind == "restart":
            world.restart()
        else:
            world.answer = lambda endpoint, works=value: Response(200 if works else 500)  # type: ignore[misc]
    world.answer = lambda endpoint: Response(200)
    world.run(48)
    assert sorted(id for message in world.delivered() for id in message) == sorted(ids)
    assert world.store.waiting() == {}
