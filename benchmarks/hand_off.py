"""How long does the hand-off of one event hold the backup's own thread?

There are ten endpoints. In the second measurement, one of them never answers. The baseline is a bare commit: plain
sqlite3 writes the rows of the notification and its ten deliveries (WAL, synchronous=FULL). The hand-off itself is over
when the event is stored; a thread of the engine writes those rows then. The two alternate.

Two more measurements have a disk that does not work: another process locks the file, and a write that does not return.
The longest of ten hand-offs is compared with the bound that the engine promises.
"""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import threading
import time
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

from benchmarks.lab import EVENT, FIELDS, new_engine, running_engine, timed
from benchmarks.others import HAS_APPRISE, apprise, in_turn
from benchmarks.server import serving
from benchmarks.table import Line
from prime_notify.crash_points import no_crash
from prime_notify.engine.engine import Engine
from prime_notify.engine.hand_off import PATIENCE
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.schema import migrate

__all__ = ["lines"]

ENDPOINTS = 10
_TARGET = 1.2
_BOUND = 1.1  # times the bound: a thread does not wake at once
_SOME = 10
_PATIENCE = 1.0
"""The timeout in seconds of the other ways to send. The usual 5 to 10 would make them even slower."""


def lines(folder: Path, *, events: int = 300, others: int = 3) -> List[Line]:
    """Two targets: all endpoints answer, and one never does. The other lines are other ways to send."""
    with serving() as base:
        healthy = [f"{base}/{number}" for number in range(ENDPOINTS)]
        urls = [f"{base}/never/0", *healthy[1:]]
        found = [
            _line("all endpoints well", _measure(folder / "well", healthy, healthy, events)),
            _line("one never answers", _measure(folder / "silent", urls, healthy[1:], events)),
            _bound("another process locks the file", _locked(folder / "locked", healthy)),
            _bound("the disk hangs", _hanging(folder / "hanging", healthy)),
        ]
        ways = {"posting in turn instead": in_turn(urls, FIELDS, _PATIENCE)}
        if HAS_APPRISE:
            ways["Apprise instead"] = apprise(urls, _PATIENCE)
        for name, send in ways.items():
            millis = statistics.median([timed(send) for _ in range(others)]) * 1000
            found.append(Line(f"hand-off: {name}", found[1].measured, millis, "ms", digits=2))
    return found


def _line(name: str, times: Dict[str, List[float]]) -> Line:
    millis = {way: statistics.median(seconds) * 1000 for way, seconds in times.items()}
    return Line(f"hand-off, {name}: bare commit", millis["accept"], millis["bare"], "ms", digits=2, at_most=_TARGET)


def _bound(name: str, times: List[float]) -> Line:
    return Line(f"hand-off, {name}: the bound", max(times) * 1000, PATIENCE * 1000, "ms", at_most=_BOUND)


def _locked(folder: Path, urls: Sequence[str]) -> List[float]:
    with running_engine(folder, urls) as running, contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        return [timed(lambda: running.accept(EVENT)) for _ in range(_SOME)]


def _hanging(folder: Path, urls: Sequence[str]) -> List[float]:
    works = threading.Event()
    running = new_engine(folder, urls, crash_point=lambda step: step == "receive:begin" and works.wait())
    running.start()
    times = [timed(lambda: running.accept(EVENT)) for _ in range(_SOME)]
    works.set()
    running.stop(grace=1.0)
    return times


def _measure(folder: Path, urls: Sequence[str], healthy: Sequence[str], events: int) -> Dict[str, List[float]]:
    names = [f"e{number}" for number, url in enumerate(urls) if url in healthy]
    times: Dict[str, List[float]] = {"bare": [], "accept": []}
    with running_engine(folder, urls) as running, contextlib.closing(_database_like_ours(folder)) as bare:
        running.accept(EVENT)
        _settle(running, names)
        commit = _bare_commit(folder, bare)
        ways: List[Tuple[str, Callable[[], object]]] = [("bare", commit), ("accept", lambda: running.accept(EVENT))]
        for _ in range(events):
            for name, act in ways:
                times[name].append(timed(act))
                _settle(running, names)
            ways.reverse()  # so that neither of them always follows the fsync of the other
    return times


def _database_like_ours(folder: Path) -> sqlite3.Connection:
    folder.mkdir(exist_ok=True)
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection, no_crash)
    return connection


def _bare_commit(folder: Path, connection: sqlite3.Connection) -> Callable[[], None]:
    """A commit of the rows that the engine writes for one event, and of nothing else."""
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
    """Wait until the healthy endpoints have received everything, as they have long before a real next backup."""
    while any(state.waiting for state in running.overview().endpoints if state.name in names):
        time.sleep(0.01)
