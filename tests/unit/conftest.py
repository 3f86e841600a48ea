"""A receiver for every unit test that sends something. It leaves no thread behind."""

from __future__ import annotations

import threading
from typing import Iterator

import pytest

from tests.support.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    before = set(threading.enumerate())
    with Receiver() as running:
        yield running
    left = {thread for thread in set(threading.enumerate()) - before if thread.name.startswith("receiver")}
    assert not left
