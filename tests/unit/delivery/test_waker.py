"""Waking lanes from a thread of its own."""

from __future__ import annotations

import queue
import threading
from typing import List

from prime_notify.delivery.lanes import Waker


def test_all_names_are_passed_on() -> None:
    answered: queue.Queue[List[str]] = queue.Queue()
    waker = Waker(lambda names: answered.put(sorted(names)))
    waker.wake(["a", "b"])
    assert answered.get(timeout=60.0) == ["a", "b"]
    waker.wake(["c"])
    assert answered.get(timeout=60.0) == ["c"]
    waker.stop()


def test_many_names_are_passed_on_in_small_groups_with_pauses_between() -> None:
    acts: queue.Queue[object] = queue.Queue()
    waker = Waker(lambda names: acts.put(list(names)), pause=acts.put)
    waker.wake(["a", "b", "c", "d"])
    assert acts.get(timeout=60.0) == ["a", "b", "c"]
    assert isinstance(acts.get(timeout=60.0), float)
    assert acts.get(timeout=60.0) == ["d"]
    waker.stop()


def test_a_stop_does_not_wait_for_the_rest_of_the_groups() -> None:
    acts: List[object] = []
    pausing, go_on = threading.Event(), threading.Event()

    def pause(seconds: float) -> None:
        pausing.set()
        go_on.wait(60.0)

    waker = Waker(lambda names: acts.append(list(names)), pause)
    waker.wake(["a", "b", "c", "d"])
    assert pausing.wait(60.0)
    stopping = threading.Thread(target=waker.stop)
    stopping.start()
    while waker._thread is not None:
        stopping.join(0.001)
    go_on.set()
    stopping.join(60.0)
    assert acts == [["a", "b", "c"]]


def test_nothing_is_passed_on_after_stop_and_no_thread_is_left() -> None:
    answers: List[object] = []
    waker = Waker(answers.append)
    waker.stop()
    waker.wake(["a"])
    waker.stop()
    assert answers == []
    assert not [thread for thread in threading.enumerate() if thread.name == "prime_notify-waker"]
