"""How long until many slow endpoints have all been told, from the hand-over on?

A new engine each time, so that threads and connections are begun as after a quiet night.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import List

import requests

from benchmarks.lab import EVENT, FIELDS, Line, Noting, engine, median_of, timed, wait_until
from benchmarks.others import HAS_APPRISE, apprise, in_turn
from benchmarks.server import serving

__all__ = ["lines"]

_TARGET = 1.5


def lines(folder: Path, *, endpoints: int = 50, millis: int = 200, rounds: int = 5) -> List[Line]:
    """Against the slowest endpoint alone, and against the others."""
    with serving() as base:
        urls = [f"{base}/slow/{millis}/{number}" for number in range(endpoints)]
        mine, slowest = [], []
        for number in range(rounds):
            slowest.append(timed(lambda: requests.post(urls[0], json=FIELDS, timeout=10)))
            mine.append(_round(folder / str(number), urls))
        told, alone = median_of(mine), median_of(slowest)
        name = f"fan-out, {endpoints} endpoints of {millis} ms"
        found = [
            Line(
                f"{name}: one alone",
                f"{told * 1000:.0f} ms",
                f"{alone * 1000:.0f} ms",
                f"{told / alone:.2f}",
                f"<= {_TARGET}",
                told <= _TARGET * alone,
            )
        ]
        others = [("posting in turn", in_turn(urls, FIELDS, 10))]
        if HAS_APPRISE:
            others.append(("Apprise", apprise(urls, 10)))
        for other, act in others:
            theirs = timed(act)
            found.append(
                Line(f"{name}: {other}", f"{told * 1000:.0f} ms", f"{theirs * 1000:.0f} ms", f"{told / theirs:.3f}")
            )
    return found


def _round(folder: Path, urls: List[str]) -> float:
    """Seconds from the hand-over to the last answer."""
    transport = Noting()
    with engine(folder, urls, transport) as running:
        started = time.perf_counter()
        running.accept(EVENT)
        wait_until(lambda: len(transport.answered) == len(urls))
    return max(transport.answered) - started
