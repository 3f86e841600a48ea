"""Deferred, counted and repeated deliveries: a kill at any step loses nothing, and repeats one message at the most."""

from __future__ import annotations

import collections
import math
import re
from pathlib import Path
from typing import Any, List

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.delivery_world import World
from tests.support.examples import examples

DIGEST = {"digest": {"every": "2h", "max": 3}}
QUIET = {"quiet_hours": {"from": "23:00", "to": "07:00"}}
DEDUPE = {"dedupe": {"window": "3h"}}
ACTION = st.one_of(
    st.tuples(st.just("event"), st.sampled_from(["backup_success", "backup_failure", "backup_aborted"])),
    st.tuples(st.just("wait"), st.floats(0.01, 9.0)),
    st.tuples(st.just("kill"), st.integers(0, 25)),
    st.tuples(st.just("works"), st.booleans()),
)


def live(folder: Path, options: Any, actions: Any) -> Any:
    """The world when all is over, and the ids of what was accepted."""
    world = World(folder, {**options, "retry": ["6h"] * 50})
    ids: List[str] = []
    fuse = math.inf
    for kind, value in actions:
        if kind == "event":
            ids.append(world.accept(value))
        elif kind == "wait":
            world.fuse, fuse = fuse, math.inf
            world.run(value)
            world.fuse = math.inf  # a kill while an event is accepted is another matter: nothing was promised yet
        elif kind == "kill":
            fuse = value
        else:
            world.answer = lambda endpoint, works=value: Response(200 if works else 500)  # type: ignore[misc]
    world.answer = lambda endpoint: Response(200)
    world.run(48)
    ids.append(world.accept())
    world.run(48)
    return world, ids


@pytest.mark.parametrize("options", [DIGEST, QUIET, {**QUIET, **DIGEST}])
@examples(40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTION, max_size=25))
def test_what_is_deferred_is_delivered_once_and_for_each_kill_at_most_once_more(
    tmp_path_factory: pytest.TempPathFactory, options: Any, actions: Any
) -> None:
    world, ids = live(tmp_path_factory.mktemp("world"), options, actions)
    delivered = collections.Counter(id for message in world.delivered() for id in message)
    assert {*delivered} == {*ids}
    assert max(delivered.values()) <= 1 + world.kills
    assert world.store.waiting() == {}


@pytest.mark.parametrize(
    "options", [DEDUPE, {"repeat": "4h"}, {**DEDUPE, **QUIET}, {**DEDUPE, "repeat": "4h"}, {**DIGEST, "repeat": "4h"}]
)
@examples(40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTION, max_size=25))
def test_what_is_counted_or_repeated_is_delivered(
    tmp_path_factory: pytest.TempPathFactory, options: Any, actions: Any
) -> None:
    """Each event is delivered, or counted in a message that is. Nothing reminds of a failure that is over."""
    world, ids = live(tmp_path_factory.mktemp("world"), options, actions)
    delivered = {id for message in world.delivered() for id in message}
    folded = [id for id in ids if world.state(id) is State.FOLDED]
    assert {*ids} - {*folded} <= delivered
    assert sum(map(_counted, world.received)) >= len(ids)
    assert world.store.waiting() == {}


@pytest.mark.parametrize("fuse", range(19))
def test_a_digest_that_is_delivered_again_after_a_kill_has_the_same_id(tmp_path: Path, fuse: int) -> None:
    world = World(tmp_path, DIGEST)
    for _ in range(3):
        world.accept()
    world.fuse = fuse
    world.run(9)
    assert world.kills == 1
    assert len(world.received) in (1, 2)
    assert len({one["sent_as"] for one in world.received}) == 1


def _counted(message: Any) -> int:
    """The number of events in a message."""
    if "digest_total" in message.get("extra", {}):
        return int(message["extra"]["digest_total"])
    said = message.get("message", "")
    others = re.search(r"(\d+) more", said) or re.search(r"failures: (\d+)$", said)  # or those that are over
    return 1 + int(others[1]) if others else 1
