"""Group commit."""

from __future__ import annotations

import threading
from typing import List, Sequence

import pytest

from prime_notify.outbox.batch import Batch


def test_what_comes_in_while_one_writes_is_written_together_next() -> None:
    written: List[List[int]] = []
    writing, go_on = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> None:
        written.append(sorted(items))
        writing.set()
        go_on.wait(60.0)

    batch = Batch(write)
    first = threading.Thread(target=batch.add, args=(0,))
    first.start()
    writing.wait(60.0)
    others = [threading.Thread(target=batch.add, args=(number,)) for number in (1, 2, 3)]
    for thread in others:
        thread.start()
    while len(batch._entries) < 3:
        threading.Event().wait(0.001)
    go_on.set()
    for thread in (first, *others):
        thread.join(60.0)
    assert written == [[0], [1, 2, 3]]


def test_a_failure_reaches_everyone_whose_item_was_in_it() -> None:
    def write(items: Sequence[int]) -> None:
        raise OSError("disk full")

    batch = Batch(write)
    for number in (1, 2):
        with pytest.raises(OSError, match="disk full"):
            batch.add(number)
