"""What waits for days goes on waiting after a restart, unless a clock that was wrong made it wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from prime_notify.delivery.policy import longest_wait
from prime_notify.model.response import Response
from prime_notify.outbox.values import TaskChange
from tests.support.build import loaded, notification
from tests.support.delivery_world import HOUR, World

DAYS = 24.0


class RestartedWorld(World):
    """Checks the due times when it starts, as a new process does."""

    def restart(self) -> None:
        super().restart()
        self.store.adopt_clock(self.clock.steady(), longest_wait(self.endpoints))

    def run_with_restarts(self, hours: float) -> None:
        """A restart a minute after whatever happened, and every few hours."""
        self.run(1 / 60)
        self.restart()
        for _ in range(int(hours // 5)):
            self.run(5)
            self.restart()
        self.run(hours - 5 * (hours // 5))


@pytest.mark.parametrize("status", [500, 429])
@pytest.mark.parametrize(("retry", "hours"), [("1d", 24 * 0.99), ("3d", 72 * 0.99), ("90d", 90 * 24 * 0.99)])
def test_a_retry_after_days_is_not_made_before(tmp_path: Path, retry: str, hours: float, status: int) -> None:
    world = RestartedWorld(tmp_path, {"retry": [retry], "rate_limit": []})
    world.clock.random = lambda: 0.999  # type: ignore[method-assign]  # the longest jitter
    tried = []

    def answer(endpoint: str) -> Response:
        tried.append(world.clock.time)
        return Response(status if len(tried) == 1 else 200)

    world.answer = answer
    id = world.accept()
    world.run_with_restarts(hours)
    assert (len(tried), world.received) == (1, [])
    world.run_with_restarts(hours * 0.25)
    assert world.delivered() == [[id]]


def test_a_service_that_asks_for_rest_for_days_is_paused(tmp_path: Path) -> None:
    world = RestartedWorld(tmp_path, {"retry": ["3d"], "rate_limit": []})
    world.answer = lambda endpoint: Response(429)
    first = world.accept()
    world.run(0.1)
    world.answer = lambda endpoint: Response(200)
    world.restart()
    second = world.accept()
    world.run_with_restarts(3 * DAYS - 1)
    assert world.received == []
    world.run_with_restarts(2)
    assert sorted(world.delivered()) == sorted([[first], [second]])


@pytest.mark.parametrize(
    ("options", "names", "titles"),
    [
        ({"digest": {"every": "3d"}}, ["backup_success"], 0),
        ({"dedupe": {"window": "3d"}}, ["backup_failure", "backup_failure"], 1),
        ({"repeat": "3d"}, ["backup_failure"], 1),
        ({"expire": "3d", "retry": ["60h"]}, ["backup_failure"], 0),
    ],
)
def test_whatever_is_due_after_days_is_not_delivered_before(
    tmp_path: Path, options: Dict[str, Any], names: Any, titles: int
) -> None:
    world = RestartedWorld(tmp_path, options)
    world.answer = lambda endpoint: Response(500 if "expire" in options and not world.kills else 200)
    for name in names:
        world.accept(name)
        world.run(1 / 60)
    world.kills = 1
    world.run_with_restarts(2.4 * DAYS)
    assert len(world.titles()) == titles
    world.run_with_restarts(0.7 * DAYS)
    assert len(world.titles()) == titles + 1


def test_quiet_hours_of_nearly_a_day_last(tmp_path: Path) -> None:
    world = RestartedWorld(tmp_path, {"quiet_hours": {"from": "12:00", "to": "11:59"}})
    world.accept()
    world.run_with_restarts(23.9)
    assert world.received == []
    world.run_with_restarts(0.2)
    assert len(world.received) == 1


@pytest.mark.parametrize("options", [{}, {"retry": ["3d"]}, {"repeat": "7d"}, {"digest": {"every": "7d"}}])
def test_what_a_wrong_clock_put_off_is_due_at_once(tmp_path: Path, options: Dict[str, Any]) -> None:
    world = RestartedWorld(tmp_path, options)
    one, at = notification(), world.clock.steady() + 9 * DAYS * HOUR
    world.store.put(one, ["a"], TaskChange(), at=at)
    world.restart()
    assert world.store.next_due("a") == world.clock.steady()


def test_the_longest_wait_is_that_of_any_endpoint() -> None:
    day, hour = 86400.0, 3600.0
    assert longest_wait([]) == day
    hook = {"url": "http://127.0.0.1:9/hook"}

    def longest(**options: Any) -> float:
        return longest_wait(loaded({**hook, "name": "a"}, {**hook, "name": "b", **options}).endpoints)

    assert longest() == longest(retry=[], repeat="6h") == day
    assert longest(retry=["5s", "3d"]) == pytest.approx(3.6 * day)
    assert longest(digest={"every": "2d"}) == longest(dedupe={"window": "2d"}) == longest(repeat="2d") == 2 * day
    assert longest(quiet_hours={"from": "1:00", "to": "0:59"}) == 25 * hour
