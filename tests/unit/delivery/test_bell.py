"""Waking lanes on behalf of a backup's thread."""

from __future__ import annotations

import queue
import threading
from typing import Iterable, List

from prime_notify.delivery.bell import Bell


def test_all_who_were_rung_for_are_answered() -> None:
    answered: queue.Queue[List[str]] = queue.Queue()
    bell = Bell(lambda names: answered.put(sorted(names)))
    bell.ring(["a", "b"])
    assert answered.get(timeout=10) == ["a", "b"]
    bell.ring(["c"])
    assert answered.get(timeout=10) == ["c"]
    bell.stop()


def test_what_is_rung_while_an_answer_is_given_comes_next_and_together() -> None:
    answers: List[List[str]] = []
    answering, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def answer(names: Iterable[str]) -> None:
        answers.append(sorted(names))
        answering.set()
        go_on.wait(10)
        if len(answers) == 2:
            done.set()

    bell = Bell(answer)
    bell.ring(["a"])
    assert answering.wait(10)
    bell.ring(["b"])
    bell.ring(["c"])
    go_on.set()
    assert done.wait(10)
    bell.stop()
    assert answers == [["a"], ["b", "c"]]


def test_nothing_is_answered_after_stop_and_no_thread_is_left() -> None:
    answers: List[object] = []
    bell = Bell(answers.append)
    bell.stop()
    bell.ring(["a"])
    bell.stop()
    assert answers == []
    assert not [thread for thread in threading.enumerate() if thread.name == "prime_notify-bell"]
