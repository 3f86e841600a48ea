"""How long does it take from the hand-off of an event until many slow endpoints have answered?

Each round has a new engine. It has started, is idle, and has no open connection when the event comes, as after a quiet
night.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import List

import requests

from benchmarks.lab import EVENT, FIELDS, TimedTransport, running_engine, timed, wait_until
from benchmarks.others import HAS_APPRISE, apprise, in_turn
from benchmarks.server import serving
from benchmarks.table import Line

__all__ = ["lines"]

_TARGET = 1.1
_IDLE = 0.3
"""Seconds until a new engine is idle, and its lanes have read their state."""


def lines(folder: Path, *, endpoints: int = 50, millis: int = 200, rounds: int = 5) -> List[Line]:
    """One target: our time as a multiple of the slowest endpoint's own. The other lines are other ways to send."""
    with serving() as base:
        urls = [f"{base}/slow/{millis}/{number}" for number in range(endpoints)]
        ours, alone = [], []
        for number in range(rounds):
            alone.append(timed(lambda: requests.post(urls[0], json=FIELDS, timeout=10)) * 1000)
            ours.append(_round(folder / str(number), urls) * 1000)
        measured = statistics.median(ours)
        name = f"fan-out, {endpoints} endpoints of {millis} ms"
        found = [Line(f"{name}: one alone", measured, statistics.median(alone), "ms", at_most=_TARGET)]
        ways = {"posting in turn": in_turn(urls, FIELDS, 10)}
        if HAS_APPRISE:
            ways["Apprise"] = apprise(urls, 10)
        for other, send in ways.items():
            found.append(Line(f"{name}: {other}", measured, timed(send) * 1000, "ms"))
    return found


def _round(folder: Path, urls: List[str]) -> float:
    """Seconds from the hand-off to the last answer."""
    transport = TimedTransport()
    with running_engine(folder, urls, transport) as running:
        time.sleep(_IDLE)
        started = time.perf_counter()
        running.accept(EVENT)
        wait_until(lambda: len(transport.answered) == len(urls))
    return max(transport.answered) - started
