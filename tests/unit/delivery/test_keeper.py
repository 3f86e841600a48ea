"""The housekeeping."""

from __future__ import annotations

import logging
import threading
from typing import List

import pytest

from prime_notify.delivery import keeper as keepers
from prime_notify.delivery.keeper import Chores, Keeper, Pruner
from prime_notify.outbox.database import MEMORY, Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Settlement, State, TaskChange
from tests.support.build import notification
from tests.support.clock import FakeClock

LOG = logging.getLogger("test.keeper")


class Home:
    """Chores that note down that they were done."""

    def __init__(self) -> None:
        self.done: List[str] = []
        self.owned = True
        self.keeper = Keeper(Chores(self.take_over, *(self.chore(name) for name in ("recover", "look", "prune"))), LOG)
        self.error: Exception = OutboxError("disk full")
        self.failing = ""

    def take_over(self) -> bool:
        return self.owned

    def chore(self, name: str):  # type: ignore[no-untyped-def]
        def do() -> None:
            self.done.append(name)
            if name == self.failing:
                raise self.error

        return do


def test_a_round_does_every_chore() -> None:
    home = Home()
    home.keeper.tick()
    assert home.done == ["recover", "look", "prune"]


def test_nothing_is_done_in_a_folder_that_somebody_else_owns() -> None:
    home = Home()
    home.owned = False
    home.keeper.tick()
    assert home.done == []


def test_a_chore_that_the_disk_refuses_does_not_keep_the_others_from_being_done() -> None:
    home = Home()
    home.failing = "recover"
    home.keeper.tick()
    assert home.done == ["recover", "look", "prune"]


def test_no_chore_begins_after_stop() -> None:
    home = Home()
    home.keeper.stop()
    home.keeper.tick()
    assert home.done == []


def test_the_thread_goes_on_after_an_error_of_ours_and_says_it_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keepers, "_INTERVAL", 0.001)
    home, rounds = Home(), threading.Semaphore(0)
    home.failing, home.error = "look", ValueError("boom")
    take_over = home.take_over

    def counted() -> bool:
        rounds.release()
        return take_over()

    home.keeper = Keeper(Chores(counted, *(home.chore(name) for name in ("recover", "look", "prune"))), LOG)
    home.keeper.start()
    for _ in range(5):
        assert rounds.acquire(timeout=10)
    home.keeper.stop()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert not [thread for thread in threading.enumerate() if thread.name == "prime_notify-keeper"]


def delivered(store: Outbox, count: int, at: float) -> None:
    for _ in range(count):
        store.put(notification(), ["a"], TaskChange(), at=at)
        delivery = store.claim("a", at=at)
        assert delivery is not None
        store.settle(Settlement(delivery.key, State.DELIVERED, at))


def test_the_past_is_forgotten_in_small_bites_and_then_not_for_an_hour() -> None:
    clock, store = FakeClock(), Outbox(Database(MEMORY))
    pruner = Pruner(clock, lambda: (3600.0, 10_000))
    delivered(store, 450, clock.steady())
    assert pruner.tick(store) == 0
    clock.advance(3601.0)
    assert [pruner.tick(store) for _ in range(4)] == [200, 200, 50, 0]
    delivered(store, 1, clock.steady() - 7200.0)
    assert pruner.tick(store) == 0
    clock.advance(3600.0)
    assert pruner.tick(store) == 1
