"""The commands over a folder of their own, for one test."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

import pytest

from prime_notify.delivery.overview import EndpointState
from tests.support.bench import Bench, MakeBench


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    """Makes a bench with these endpoints."""
    with contextlib.ExitStack() as stack:

        def make(*endpoints: EndpointState, enabled: bool = True) -> Bench:
            bench = Bench(tmp_path, *endpoints, enabled=enabled)
            stack.callback(bench.close)
            return bench

        yield make
