"""Does an endpoint that hangs delay the others? Two engines, one with such an endpoint, are told events in turn."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import List

from benchmarks.lab import EVENT, Line, Noting, engine, median_of, wait_until
from benchmarks.server import serving
from prime_notify.engine.engine import Engine

__all__ = ["lines"]

_HEALTHY = 5


def lines(folder: Path, *, events: int = 200) -> List[Line]:
    """One target: the median with it lies within the middle half of those without."""
    with serving() as base:
        healthy = [f"{base}/{number}" for number in range(_HEALTHY)]
        calm, troubled = Noting(), Noting()
        without: List[float] = []
        beside: List[float] = []
        with (
            engine(folder / "calm", [*healthy, f"{base}/5"], calm) as one,
            engine(folder / "troubled", [*healthy, f"{base}/never/0"], troubled) as other,
        ):
            _delay(one, calm, _HEALTHY + 1)  # threads and connections begin
            _delay(other, troubled, _HEALTHY)
            for _ in range(events):
                without.append(_delay(one, calm, _HEALTHY + 1))
                beside.append(_delay(other, troubled, _HEALTHY))
    upper = statistics.quantiles(without, n=4)[2]
    value, base_value = median_of(beside), median_of(without)
    return [
        Line(
            "healthy endpoints beside one that hangs: beside none",
            f"{value * 1000:.1f} ms",
            f"{base_value * 1000:.1f} ms",
            f"{value / base_value:.2f}",
            f"<= {upper / base_value:.2f} (noise: upper quartile)",
            value <= upper,
        )
    ]


def _delay(running: Engine, transport: Noting, count: int) -> float:
    """Seconds from the hand-over to the ``count``-th answer."""
    transport.answered.clear()
    started = time.perf_counter()
    running.accept(EVENT)
    wait_until(lambda: len(transport.answered) >= count)
    done = transport.answered[count - 1]
    wait_until(lambda: sum(state.waiting for state in running.overview().endpoints[:_HEALTHY]) == 0)
    return done - started
