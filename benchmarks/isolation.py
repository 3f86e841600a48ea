"""Does an endpoint that hangs delay the others?

Two engines get the same events in turn. One of them has such an endpoint.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import List

from benchmarks.lab import EVENT, TimedTransport, running_engine, wait_until
from benchmarks.server import serving
from benchmarks.table import Line
from prime_notify.engine.engine import Engine

__all__ = ["lines"]

_HEALTHY = 5


def lines(folder: Path, *, events: int = 200) -> List[Line]:
    """One target: the median with such an endpoint is not above the upper quartile without it."""
    with serving() as base:
        healthy = [f"{base}/{number}" for number in range(_HEALTHY)]
        calm, troubled = TimedTransport(), TimedTransport()
        without: List[float] = []
        beside: List[float] = []
        with (
            running_engine(folder / "calm", [*healthy, f"{base}/5"], calm) as one,
            running_engine(folder / "troubled", [*healthy, f"{base}/never/0"], troubled) as other,
        ):
            _delay(one, calm, _HEALTHY + 1)  # warms up threads and connections
            _delay(other, troubled, _HEALTHY)
            for _ in range(events):
                without.append(_delay(one, calm, _HEALTHY + 1) * 1000)
                beside.append(_delay(other, troubled, _HEALTHY) * 1000)
    baseline, noise = statistics.median(without), statistics.quantiles(without, n=4)[2]
    return [
        Line(
            "healthy endpoints beside one that hangs: beside none",
            statistics.median(beside),
            baseline,
            "ms",
            digits=1,
            at_most=noise / baseline,
        )
    ]


def _delay(running: Engine, transport: TimedTransport, count: int) -> float:
    """Seconds from the hand-off to the ``count``-th answer."""
    transport.answered.clear()
    started = time.perf_counter()
    running.accept(EVENT)
    wait_until(lambda: len(transport.answered) >= count)
    done = transport.answered[count - 1]
    wait_until(lambda: sum(state.waiting for state in running.overview().endpoints[:_HEALTHY]) == 0)
    return done - started
