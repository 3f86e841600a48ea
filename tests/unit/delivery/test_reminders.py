"""Reminders while something fails, and the word that it no longer does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.build import states
from tests.support.delivery_world import World
from tests.support.examples import examples

REPEAT = {"repeat": "6h"}


def works(world: World, *, well: bool) -> None:
    world.answer = lambda endpoint: Response(200 if well else 500)


def delay(world: World, event: str, **fields: str) -> None:
    """Its first attempt fails, so it is delivered late."""
    works(world, well=False)
    world.accept(event, **fields)
    world.run()
    works(world, well=True)


def test_what_still_fails_is_delivered_every_so_often(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    failure = world.accept("backup_failure", message="disk on fire")
    world.run(13)
    assert world.at == [12.0, 18.0, 24.0]
    assert world.titles()[1:] == ["Still failing: ❌ Backup failed — SMP"] * 2
    assert world.received[1]["message"].startswith("disk on fire\nIt has been failing since ")
    assert world.received[1]["message"].endswith("failures so far: 1")
    ids = [one["sent_as"] for one in world.received]
    assert ids[0] == failure
    assert len(set(ids)) == 3


def test_a_newer_failure_is_what_is_reminded_of(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    world.accept("backup_failure", message="one")
    world.run(3)
    world.accept("backup_failure", message="two")
    world.run_until(22)
    assert world.at == [12.0, 15.0, 21.0]
    assert world.received[2]["message"].startswith("two\n")
    assert world.received[2]["message"].endswith("failures so far: 2")


def test_the_next_success_says_that_it_has_recovered_and_ends_the_reminders(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    world.accept("backup_failure")
    world.run(7)
    world.accept("backup_success")
    world.accept("backup_success")
    world.run(24)
    assert world.titles()[2:] == ["Recovered: ✅ Backup done — SMP", "✅ Backup done — SMP"]
    assert world.received[2]["message"].endswith("failures: 1")
    assert world.store.waiting() == {}


@pytest.mark.parametrize("failure", ["backup_failure", "restore_failure"])
def test_a_success_that_is_not_wanted_is_delivered_only_as_a_recovery(tmp_path: Path, failure: str) -> None:
    world = World(tmp_path, REPEAT)
    world.filtered = True
    world.accept(failure)
    world.run(0.1)
    success = world.accept("backup_success")
    world.run(0.1)
    recovered = failure == "backup_failure"
    assert len(world.received) == (2 if recovered else 1)
    assert world.state(success) is (State.DELIVERED if recovered else State.FOLDED)


def test_a_recovery_waits_for_the_failure_that_is_still_to_be_delivered(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["10m"]})
    world.filtered = True
    delay(world, "backup_failure")
    world.accept("backup_success")
    world.run(1)
    assert world.titles() == ["❌ Backup failed — SMP", "Recovered: ✅ Backup done — SMP"]


def test_a_failure_that_is_delivered_after_the_success_is_not_reminded_of(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["10m"]})
    delay(world, "backup_failure")
    world.accept("backup_success")
    world.run(24)
    assert world.titles() == ["✅ Backup done — SMP", "❌ Backup failed — SMP"]
    assert not any(one.is_failing for one in world.lanes["a"].health.records)


def test_a_task_that_is_aborted_after_the_success_does_not_bring_an_old_failure_back(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["10m"]})
    delay(world, "backup_failure")
    world.accept("backup_success")
    world.accept("backup_aborted")
    world.run(24)
    assert len(world.received) == 3
    assert not any(one.is_failing for one in world.lanes["a"].health.records)


def test_a_success_that_is_delivered_after_a_newer_failure_is_no_recovery(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["1h"]})
    delay(world, "backup_success")
    world.accept("backup_failure")
    world.run(7)
    assert world.titles() == [
        "❌ Backup failed — SMP", "✅ Backup done — SMP", "Still failing: ❌ Backup failed — SMP",
    ]  # fmt: skip


def test_failures_that_are_delivered_late_do_not_hide_a_newer_one_from_the_success_between_them(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["1h", "3h"]})
    works(world, well=False)
    world.accept("backup_failure", message="before")
    world.accept("backup_success")
    world.run()
    works(world, well=True)
    world.accept("backup_failure", message="after")
    world.run(7)
    assert world.titles() == [
        "❌ Backup failed — SMP", "❌ Backup failed — SMP", "✅ Backup done — SMP",
        "Still failing: ❌ Backup failed — SMP",
    ]  # fmt: skip
    assert world.received[-1]["message"].startswith("after\n")


def test_a_success_that_waits_for_the_morning_ends_the_reminders_at_once(tmp_path: Path) -> None:
    world = World(tmp_path, {"repeat": "1h", "quiet_hours": {"from": "12:30", "to": "20:00"}})
    world.accept("backup_failure")
    world.run_until(12.6)
    world.accept("backup_success")
    world.run(24)
    assert world.at == [12.0, 20.0]
    assert world.titles()[1] == "Recovered: ✅ Backup done — SMP"


def test_reminders_survive_restarts(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    world.accept("backup_failure")
    world.run(1)
    world.restart()
    world.run(6)
    world.restart()
    world.accept("backup_success")
    world.run(1)
    assert world.at == [12.0, 18.0, 19.0]
    assert world.titles()[2].startswith("Recovered: ")


def test_a_reminder_is_tried_again_like_anything_and_when_given_up_the_next_one_follows(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "retry": ["1h"], "expire": "1m", "fallback": ["b"]}, {})
    world.accept("backup_failure", "a")
    world.run(1)
    works(world, well=False)
    world.run(7)
    works(world, well=True)
    world.run_until(26)
    assert world.at == [12.0, 25.0]
    assert world.delivered("b") == []


def test_without_the_option_a_reminder_that_is_left_over_is_not_sent(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    failure = world.accept("backup_failure")
    world.run(1)
    world.configure({})
    world.run(24)
    assert len(world.received) == 1
    assert states(world.store, failure)["a"] is State.FOLDED


def test_repetitions_that_were_deferred_count_in_the_recovery(tmp_path: Path) -> None:
    world = World(tmp_path, {**REPEAT, "dedupe": {"window": "1h"}})
    world.accept("backup_failure")
    world.run(0.1)
    world.accept("backup_failure")
    world.run(0.1)
    world.accept("backup_success")
    world.run(0.1)
    assert world.received[1]["message"].endswith("failures: 2")
    assert world.store.waiting() == {"a": 1}  # the reminder, which will be folded
    world.run(24)
    assert len(world.received) == 2
    assert world.store.waiting() == {}


ACTION = st.one_of(
    st.tuples(
        st.just("event"), st.sampled_from(["backup_failure", "backup_success", "restore_failure", "backup_aborted"])
    ),
    st.tuples(st.just("wait"), st.floats(0.01, 9.0)),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("works"), st.booleans()),
)


@pytest.mark.parametrize("filtered", [True, False])
@examples(30, suppress_health_check=list(HealthCheck))
@given(actions=st.lists(ACTION, max_size=20))
def test_in_the_end_the_last_delivery_is_true(
    tmp_path_factory: pytest.TempPathFactory, actions: Any, *, filtered: bool
) -> None:
    """Each event that is wanted is delivered once, and there are reminders as long as the last end was a failure."""
    world = World(tmp_path_factory.mktemp("world"), {**REPEAT, "retry": ["1h"] * 50})
    world.filtered = filtered
    accepted, last = [], ""
    for kind, value in actions:
        if kind == "event":
            id = world.accept(value)
            if not (filtered and value == "backup_success"):
                accepted.append(id)
            last = value if value in ("backup_failure", "backup_success") else last
        elif kind == "wait":
            world.run(value)
        elif kind == "restart":
            world.restart()
        else:
            works(world, well=value)
    works(world, well=True)
    world.run(12)
    delivered = [one["sent_as"] for one in world.received]
    assert all(delivered.count(id) == 1 for id in accepted)
    before = len(world.received)
    world.run(6.5)
    reminders = [one for one in world.received[before:] if one["event"] == "backup_failure"]
    assert bool(reminders) is (last == "backup_failure")
    assert all(one["title"].startswith("Still failing: ") for one in reminders)


# what did not happen

OVERDUE = {"due": 1_000_000_000.0, "for_s": 3600.0}


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(
    ("bad", "good", "still", "recovered"),
    [
        ("backup_overdue", "backup_success", "Still: ⏰ Backup overdue — SMP", "Recovered: ✅ Backup done — SMP"),
        (
            "storage_low",
            "storage_ok",
            "Still: ⚠️ Backup disk nearly full — SMP",
            "Recovered: ✅ Backup disk has room again — SMP",
        ),
    ],
)
def test_what_is_overdue_or_low_is_reminded_of_until_it_ends_also_where_successes_are_not_wanted(
    tmp_path: Path, bad: str, good: str, still: str, recovered: str, *, restarts: bool
) -> None:
    world = World(tmp_path, REPEAT)
    world.filtered = True
    world.accept(bad)
    world.run(5)
    if restarts:
        world.restart()
    world.run(8)
    assert world.at == [12.0, 18.0, 24.0]
    assert world.titles()[1:] == [still] * 2
    if restarts:
        world.restart()
    world.accept(good)
    world.run(24)
    assert world.titles()[3:] == [recovered]
    assert world.store.waiting() == {}


def test_a_stuck_task_or_a_report_neither_begins_nor_ends_reminders(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    world.accept("backup_overdue")
    for event in ("backup_stuck", "report", "storage_ok", "restore_stuck"):
        world.accept(event)
    world.run(7)
    assert [title for title in world.titles() if title.startswith("Still")] == ["Still: ⏰ Backup overdue — SMP"]


def test_the_words_of_a_reminder_fit_what_is_overdue(tmp_path: Path) -> None:
    world = World(tmp_path, REPEAT)
    world.accept("backup_failure")
    world.accept("backup_overdue", message="The last good backup is two days old")
    world.run(7)
    world.accept("backup_success", overdue=OVERDUE)
    world.run(1)
    reminder, recovery = (one["message"] for one in world.received[2:])
    told = "The last good backup is two days old\nThere has been no good backup since this was first noticed at "
    assert reminder.startswith(told)
    assert recovery.startswith("Problems before it: 2, the first at ")


def test_an_overdue_backup_that_is_told_again_within_the_window_is_counted(tmp_path: Path) -> None:
    world = World(tmp_path, {"dedupe": {"window": "12h"}})
    world.accept("backup_overdue", message="The last good backup is 3 days old")
    world.run(1)
    world.accept("backup_overdue", message="The last good backup is 2 days old")
    world.accept("backup_failure")
    world.run(1)
    assert world.titles() == ["⏰ Backup overdue — SMP", "❌ Backup failed — SMP"]
    world.accept("backup_success", overdue=OVERDUE)
    world.run(1)
    assert world.titles()[2:] == ["✅ Backup done — SMP"]
    assert "Before this, there were 1 more problem since" in world.received[2]["message"]
