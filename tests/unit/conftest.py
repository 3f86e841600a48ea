"""A receiver for every unit test that sends something."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.support.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running
