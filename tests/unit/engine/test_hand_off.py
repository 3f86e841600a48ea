"""The hand-off: who brings an event waits until it is stored, but not for long."""

from __future__ import annotations

import logging
import threading
from typing import Callable, Iterator, List, Optional, Sequence

import pytest

from prime_notify.engine.hand_off import HandOff
from prime_notify.outbox.values import Received
from tests.support.build import event

LONG = 10.0


class Desk:
    """A hand-off whose disk and whose processing can be held up."""

    def __init__(self, patience: float = LONG) -> None:
        self.disk, self.processing = threading.Event(), threading.Event()
        self.disk.set()
        self.processing.set()
        self.stored: List[str] = []
        self.processed: List[str] = []
        self.said: List[bool] = []
        self.error: Optional[Exception] = None
        self._ids = iter("abcdefgh")
        self.hand_off = HandOff(self._take_in, self.said.append, logging.getLogger("test"), patience=patience)

    def give(self) -> Optional[str]:
        return self.hand_off.give(lambda: Received(next(self._ids), event()))

    def _take_in(self, events: Sequence[Received], stored: Callable[[], None]) -> None:
        self.disk.wait(LONG)
        if self.error is not None:
            raise self.error
        self.stored += [one.id for one in events]
        stored()
        self.processing.wait(LONG)
        self.processed += [one.id for one in events]

    def close(self) -> None:
        self.disk.set()
        self.processing.set()
        self.hand_off.stop(LONG)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.hand_off.start()
    yield desk
    desk.close()


@pytest.fixture
def hurried() -> Iterator[Desk]:
    """One that waits for nothing."""
    desk = Desk(patience=0.0)
    desk.hand_off.start()
    yield desk
    desk.close()


def test_an_event_is_stored_when_its_id_is_given(desk: Desk) -> None:
    assert desk.give() == "a"
    assert desk.stored == ["a"]


def test_nobody_waits_for_more_than_the_storing(desk: Desk) -> None:
    desk.processing.clear()
    assert desk.give() == "a"
    assert desk.processed == []


def test_events_are_processed_in_their_order_before_a_reader_goes_on(desk: Desk) -> None:
    assert [desk.give() for _ in range(4)] == ["a", "b", "c", "d"]
    desk.hand_off.catch_up()
    assert desk.processed == ["a", "b", "c", "d"]


def test_a_disk_that_hangs_is_waited_for_once_and_said_once_and_loses_nothing(hurried: Desk) -> None:
    hurried.disk.clear()
    assert [hurried.give() for _ in range(3)] == ["a", "b", "c"]
    assert hurried.said == [True]
    assert hurried.stored == []
    hurried.disk.set()
    assert hurried.hand_off.stop(LONG)
    assert hurried.processed == ["a", "b", "c"]
    assert hurried.said[:2] == [True, False]


def test_a_reader_does_not_wait_for_a_disk_that_hangs(hurried: Desk) -> None:
    hurried.disk.clear()
    hurried.give()
    hurried.hand_off.catch_up()
    assert hurried.processed == []


def test_an_error_is_logged_and_ends_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.error = ValueError("boom")
    assert desk.give() == "a"
    desk.error = None
    assert desk.give() == "b"
    assert desk.stored == ["b"]
    assert "unexpected error while accepting backup_success" in caplog.text


def test_nothing_is_taken_before_the_start_and_after_the_stop() -> None:
    desk = Desk()
    assert desk.give() is None
    assert desk.hand_off.stop(LONG)
    desk.hand_off.start()
    assert desk.hand_off.stop(LONG)
    assert desk.give() is None
    desk.hand_off.catch_up()
    assert not [thread for thread in threading.enumerate() if thread.name == "prime_notify-intake"]


def test_stopping_does_not_wait_for_a_disk_that_hangs(hurried: Desk) -> None:
    hurried.disk.clear()
    hurried.give()
    assert not hurried.hand_off.stop(0.0)


def test_its_own_thread_does_not_wait_for_itself() -> None:
    waited: List[bool] = []

    def take_in(events: Sequence[Received], stored: Callable[[], None]) -> None:
        hand_off.catch_up()
        waited.append(True)

    hand_off = HandOff(take_in, lambda slow: None, logging.getLogger("test"))
    hand_off.start()
    hand_off.give(lambda: Received("a", event()))
    assert waited == [True]
    hand_off.stop(LONG)
