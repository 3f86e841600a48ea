"""Reminders, digests and fallbacks while the disk takes nothing, and when it takes something again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.delivery_world import World
from tests.support.disk import FaultyDisk, failover_outbox
from tests.support.examples import examples


class FaultyWorld(World):
    """A world whose disk can be full. It is never restarted while that is so: memory would be gone."""

    def restart(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
        self.disk = FaultyDisk(self._file)
        self.store = self.failover = failover_outbox(self.disk)
        self.lanes = {one.name: self._lane(one) for one in self.endpoints}

    def make_room(self) -> None:
        self.disk.full = False
        self.failover.recover()
        assert not self.failover.refusing


def test_reminders_go_on_and_end_with_the_word_that_it_is_over(tmp_path: Path) -> None:
    world = FaultyWorld(tmp_path, {"repeat": "6h"})
    world.filtered = True
    world.accept("backup_failure")
    world.run(1)
    world.disk.full = True
    world.run(12)
    world.make_room()
    world.run(6)
    world.disk.full = True
    success = world.accept()
    world.run(12)
    assert [title.partition(":")[0] for title in world.titles()] == [
        "❌ Backup failed — SMP", "Still failing", "Still failing", "Still failing", "Recovered",
    ]  # fmt: skip
    world.make_room()
    world.run(24)
    assert len(world.received) == 5
    assert world.state(success) is State.DELIVERED
    assert world.store.waiting() == {}


def test_a_recovery_waits_for_the_failure_that_memory_has_not_delivered_yet(tmp_path: Path) -> None:
    world = FaultyWorld(tmp_path, {"repeat": "6h", "retry": ["1h"] * 9})
    world.filtered = True
    world.disk.full = True
    world.answer = lambda endpoint: Response(500)
    failure = world.accept("backup_failure")
    world.run(0.5)
    success = world.accept()
    world.run(0.1)
    world.answer = lambda endpoint: Response(200)
    world.run(2)
    assert world.delivered() == [[failure], [success]]


def test_a_fallback_gets_what_memory_has_for_a_paused_endpoint(tmp_path: Path) -> None:
    world = FaultyWorld(tmp_path, {"fallback": ["b"], "retry": ["1s"] * 9}, {})
    world.answer = lambda endpoint: Response(500 if endpoint == "a" else 200)
    world.disk.full = True
    first = world.accept("backup_failure", "a")
    world.run(0.005)  # its breaker is open now
    assert world.delivered("b") == [[first]]
    second = world.accept("backup_failure", "a")
    world.run()
    assert world.delivered("b") == [[first], [second]]
    world.make_room()
    world.answer = lambda endpoint: Response(200)
    world.run(1)
    assert world.delivered("a") == [[first], [second]]
    assert world.delivered("b") == [[first], [second]]


ACTION = st.one_of(
    st.tuples(st.just("event"), st.sampled_from(["backup_start", "backup_success", "backup_failure"])),
    st.tuples(st.just("wait"), st.floats(0.01, 9.0)),
    st.tuples(st.just("full"), st.booleans()),
    st.tuples(st.just("works"), st.booleans()),
)


@pytest.mark.parametrize(
    "options",
    [
        {"digest": {"every": "2h", "max": 3}},
        {"quiet_hours": {"from": "23:00", "to": "07:00"}},
        {"digest": {"every": "6h", "at_once": "error"}, "repeat": "4h"},
    ],
)
@examples(25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTION, max_size=25))
def test_nothing_is_lost_whenever_the_disk_is_full(
    tmp_path_factory: pytest.TempPathFactory, options: Any, actions: Any
) -> None:
    """In the end everything was delivered, and nothing waits except, perhaps, a reminder."""
    world = FaultyWorld(tmp_path_factory.mktemp("world"), {**options, "retry": ["6h"] * 50})
    ids = []
    for kind, value in actions:
        if kind == "event":
            ids.append(world.accept(value))
        elif kind == "wait":
            world.run(value)
        elif kind == "full" and value:
            world.disk.full = True
        elif kind == "full":
            world.make_room()
            world.restart()
        else:
            world.answer = lambda endpoint, works=value: Response(200 if works else 500)  # type: ignore[misc]
    world.answer = lambda endpoint: Response(200)
    world.make_room()
    ids.append(world.accept())
    world.run(48)
    assert {*ids} <= {id for message in world.delivered() for id in message}
    assert world.store.waiting() == {}
