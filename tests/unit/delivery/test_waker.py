"""Waking lanes from a thread of its own."""

from __future__ import annotations

import queue
import threading
from typing import Iterable, List

from prime_notify.delivery.lanes import Waker


def test_all_names_are_passed_on() -> None:
    answered: queue.Queue[List[str]] = queue.Queue()
    waker = Waker(lambda names: answered.put(sorted(names)))
    waker.wake(["a", "b"])
    assert answered.get(timeout=10) == ["a", "b"]
    waker.wake(["c"])
    assert answered.get(timeout=10) == ["c"]
    waker.stop()


def test_names_that_come_meanwhile_are_passed_on_next_and_together() -> None:
    answers: List[List[str]] = []
    answering, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def answer(names: Iterable[str]) -> None:
        answers.append(sorted(names))
        answering.set()
        go_on.wait(10)
        if len(answers) == 2:
            done.set()

    waker = Waker(answer)
    waker.wake(["a"])
    assert answering.wait(10)
    waker.wake(["b"])
    waker.wake(["c"])
    go_on.set()
    assert done.wait(10)
    waker.stop()
    assert answers == [["a"], ["b", "c"]]


def test_nothing_is_passed_on_after_stop_and_no_thread_is_left() -> None:
    answers: List[object] = []
    waker = Waker(answers.append)
    waker.stop()
    waker.wake(["a"])
    waker.stop()
    assert answers == []
    assert not [thread for thread in threading.enumerate() if thread.name == "prime_notify-waker"]
