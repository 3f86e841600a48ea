"""How long is the backup's own thread held for one event?

Ten endpoints, one of which never answers. The ways to hand one event over are measured in the same run, interleaved.
The bare commit writes the very rows of the event and its ten deliveries with plain sqlite3 (WAL, synchronous=FULL).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

from benchmarks.lab import EVENT, FIELDS, Line, engine, median_of, timed
from benchmarks.others import HAS_APPRISE, apprise, in_turn
from benchmarks.server import serving
from prime_notify.crash_points import no_crash
from prime_notify.engine.engine import Engine
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.schema import migrate

__all__ = ["lines"]

ENDPOINTS = 10
_TARGET = 1.5
_PATIENCE = 1.0
"""Seconds that the others wait for the endpoint that never answers; kind to them: 5 to 10 are usual."""


def lines(folder: Path, *, events: int = 300, others: int = 3) -> List[Line]:
    """Two targets (all well, one silent) and what the others do."""
    with serving() as base:
        healthy = [f"{base}/{number}" for number in range(ENDPOINTS)]
        urls = [f"{base}/never/0", *healthy[1:]]
        found = [
            _line("all endpoints well", _measure(folder / "well", healthy, healthy, events)),
            _line("one never answers", _measure(folder / "silent", urls, healthy[1:], events)),
        ]
        mine = found[-1].measured
        post = in_turn(urls, FIELDS, _PATIENCE)
        found.append(_compared("posting in turn instead", mine, [timed(post) for _ in range(others)]))
        if HAS_APPRISE:
            tell = apprise(urls, _PATIENCE)
            found.append(_compared("Apprise instead", mine, [timed(tell) for _ in range(others)]))
    return found


def _line(name: str, times: Dict[str, List[float]]) -> Line:
    mine, bare = median_of(times["accept"]), median_of(times["bare"])
    return Line(
        f"hand-off, {name}: bare commit", f"{mine * 1000:.2f} ms", f"{bare * 1000:.2f} ms",
        f"{mine / bare:.2f}", f"<= {_TARGET}", mine <= _TARGET * bare,
    )  # fmt: skip


def _compared(name: str, mine: str, times: Sequence[float]) -> Line:
    theirs = median_of(times) * 1000
    return Line(f"hand-off: {name}", mine, f"{theirs:.2f} ms", f"{float(mine.split()[0]) / theirs:.4f}")


def _measure(folder: Path, urls: Sequence[str], healthy: Sequence[str], events: int) -> Dict[str, List[float]]:
    names = [f"e{number}" for number, url in enumerate(urls) if url in healthy]
    times: Dict[str, List[float]] = {"bare": [], "accept": []}
    with engine(folder, urls) as running, contextlib.closing(_like_ours(folder)) as bare:
        running.accept(EVENT)
        _settle(running, names)
        commit = _bare_commit(folder, bare)
        ways: List[Tuple[str, Callable[[], object]]] = [("bare", commit), ("accept", lambda: running.accept(EVENT))]
        for _ in range(events):
            for name, act in ways:
                times[name].append(timed(act))
                _settle(running, names)
            ways.reverse()  # neither always comes after the other's fsync
    return times


def _like_ours(folder: Path) -> sqlite3.Connection:
    folder.mkdir(exist_ok=True)
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection, no_crash)
    return connection


def _bare_commit(folder: Path, connection: sqlite3.Connection) -> Callable[[], None]:
    """Writes the rows that the engine wrote for one event, with nothing around it."""
    with contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE)) as source:
        payload = source.execute("SELECT payload FROM notification LIMIT 1").fetchone()[0]
    numbers = iter(range(10**9))

    def commit() -> None:
        number = next(numbers)
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute(
            "INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)", (str(number), 0.0, payload)
        ).lastrowid
        connection.executemany(
            "INSERT INTO delivery (notification, endpoint, task_id, due) VALUES (?, ?, ?, ?)",
            [(row, f"e{index}", str(number), 0.0) for index in range(ENDPOINTS)],
        )
        connection.execute("COMMIT")

    return commit


def _settle(running: Engine, names: Sequence[str]) -> None:
    """Wait until the healthy endpoints have everything, as they have long before the next backup."""
    while any(state.waiting for state in running.overview().endpoints if state.name in names):
        time.sleep(0.01)
