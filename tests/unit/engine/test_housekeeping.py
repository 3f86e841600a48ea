"""The periodic jobs of the engine."""

from __future__ import annotations

import logging
from typing import Any, List

from prime_notify.config.models import HistoryConfig
from prime_notify.config.units import Duration
from prime_notify.engine.housekeeping import Housekeeping, Pruner
from prime_notify.outbox.database import MEMORY, Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Settlement, State, TaskChange
from prime_notify.periodic import PeriodicThread
from tests.support.build import notification
from tests.support.clock import FakeClock

LOG = logging.getLogger("test.housekeeping")


class Home:
    """A data folder, lanes and a pruner that note what is done with them; ``run`` is one round of all jobs."""

    refusing = False

    def __init__(self) -> None:
        self.done: List[str] = []
        self.owned = True
        self.outbox = self
        self.error: Exception = OutboxError("disk full")
        self.failing = ""
        self.clock = FakeClock()
        stand_in: Any = self
        chores = Housekeeping(stand_in, stand_in, stand_in, self.own, lambda: self._do("late"), LOG)
        self.thread = PeriodicThread("prime_notify-housekeeping", chores.jobs(), LOG, self.clock.steady)

    def run(self) -> None:
        self.clock.advance(2.0)
        self.thread.tick()

    def own(self) -> None:
        self._do("own")

    def recover(self) -> bool:
        self._do("recover")
        return False

    def changed_by_others(self) -> bool:
        return True

    def wake_all(self) -> None:
        pass

    def tick(self, outbox: object) -> None:
        self._do("prune")

    def _do(self, name: str) -> None:
        self.done.append(name)
        if name == self.failing:
            raise self.error


def test_every_job_runs_every_two_seconds() -> None:
    home = Home()
    home.thread.tick()
    assert home.done == []
    home.run()
    assert home.done == ["own", "recover", "late", "prune"]


def test_nothing_is_done_in_a_folder_that_another_process_owns() -> None:
    home = Home()
    home.owned = False
    home.run()
    assert home.done == ["own"]


def test_a_job_that_the_disk_refuses_costs_that_run_only(caplog: Any) -> None:
    home = Home()
    home.failing = "recover"
    for _ in range(2):
        home.run()
    assert home.done == ["own", "recover", "late", "prune"] * 2
    assert caplog.records == []


def test_no_job_begins_after_stop() -> None:
    home = Home()
    home.thread.stop()
    home.run()
    assert home.done == []


def test_an_unexpected_error_is_logged_once_and_the_other_jobs_go_on(caplog: Any) -> None:
    home = Home()
    home.failing, home.error = "late", ValueError("boom")
    for _ in range(3):
        home.run()
    assert home.done == ["own", "recover", "late", "prune"] * 3
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def delivered(store: Outbox, count: int, at: float) -> None:
    for _ in range(count):
        store.put(notification(), ["a"], TaskChange(), at=at)
        delivery = store.claim("a", at=at)
        assert delivery is not None
        store.settle(Settlement(delivery.key, State.DELIVERED, at))


def test_the_past_is_forgotten_in_small_bites_and_then_not_for_an_hour() -> None:
    clock, store = FakeClock(), Outbox(Database(MEMORY))
    pruner = Pruner(clock, lambda: HistoryConfig(keep=Duration(3600), max=10_000))
    delivered(store, 450, clock.steady())
    assert pruner.tick(store) == 0
    clock.advance(3601.0)
    assert [pruner.tick(store) for _ in range(4)] == [200, 200, 50, 0]
    delivered(store, 1, clock.steady() - 7200.0)
    assert pruner.tick(store) == 0
    clock.advance(3600.0)
    assert pruner.tick(store) == 1
