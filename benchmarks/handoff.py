"""How long is the backup's own thread held for one event?

Ten endpoints, one of which never answers. Three ways to hand one event over, in the same run, interleaved:

* bare commit: the very rows of the event and its ten deliveries, written with plain sqlite3 (WAL, synchronous=FULL);
* Prime Notify: ``Engine.accept``, everything included, deliveries going on in the background;
* synchronous: ``requests.post`` to one endpoint after another, as a plugin does that has no queue.

Prints medians and ratios to the bare commit. Usage: python -m benchmarks.handoff [--events N]
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence

import requests

from prime_notify.compose.catalogue import Catalogue
from prime_notify.config.load import LoadedConfig, load_config
from prime_notify.engine import Engine
from prime_notify.model.event import Event, EventName
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.schema import migrate
from prime_notify.steps import no_step

ENDPOINTS = 10
SYNC_TIMEOUT = 1.0
"""Seconds that the synchronous way waits for the endpoint that never answers; kind to it: 5 to 10 are usual."""

_RECEIVER = """
import sys
from tests.support.receiver import HANG, Receiver
with Receiver() as healthy, Receiver() as silent:
    silent.behave(HANG)
    print(healthy.url("/"), silent.url("/"), flush=True)
    sys.stdin.read()
"""

FIELDS: Dict[str, Any] = {
    "backup": {
        "id": 42,
        "comment": "before the dragon fight",
        "targets": ["world"],
        "raw_size": 1_234_567_890,
        "stored_size": 345_678_901,
        "file_count": 4321,
    },
    "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
    "cost_s": 12.345,
}


@contextlib.contextmanager
def receivers() -> Iterator[List[str]]:
    """URLs of the ten endpoints; they are served by another process, so that this one's time is its own."""
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", _RECEIVER]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        healthy, silent = process.stdout.readline().split()
        try:
            yield [silent] + [f"{healthy}{number}" for number in range(1, ENDPOINTS)]
        finally:
            assert process.stdin is not None
            process.stdin.close()


def config(urls: Sequence[str]) -> LoadedConfig:
    endpoints = [{"name": f"e{number}", "url": url} for number, url in enumerate(urls)]
    document = {"notification": {"enabled": True, "endpoints": endpoints}}
    return load_config(document, environ={}, base_dir=Path())


def bare_commit(folder: Path, template: Path) -> Callable[[], None]:
    """Writes the rows that the engine wrote for one event, with nothing around it."""
    source = sqlite3.connect(template)
    payload = source.execute("SELECT payload FROM notification LIMIT 1").fetchone()[0]
    source.close()
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection, no_step)
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


def synchronous(urls: Sequence[str], body: Dict[str, Any]) -> Callable[[], None]:
    session = requests.Session()

    def post() -> None:
        for url in urls:
            with contextlib.suppress(requests.RequestException):
                session.post(url, json=body, timeout=SYNC_TIMEOUT)

    return post


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def settle(engine: Engine, names: Sequence[str]) -> None:
    """Wait until the healthy endpoints have everything, as they have long before the next backup."""
    while any(state.waiting for state in engine.overview().endpoints if state.name in names):
        time.sleep(0.01)


def measure(folder: Path, urls: Sequence[str], events: int) -> Dict[str, List[float]]:
    log = logging.getLogger("benchmark")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    engine = Engine(config(urls), data_dir=folder, catalogue=Catalogue.load(), log=log)
    engine.start()
    healthy = [f"e{number}" for number in range(1, ENDPOINTS)]
    event = Event(EventName.BACKUP_SUCCESS, "benchmark", "1.0.0", FIELDS)
    engine.accept(event)
    settle(engine, healthy)
    commit = bare_commit(folder, folder / OUTBOX_FILE)
    times: Dict[str, List[float]] = {"bare": [], "accept": [], "sync": []}
    for _ in range(events):
        times["bare"].append(timed(commit))
        times["accept"].append(timed(lambda: engine.accept(event)))
        settle(engine, healthy)
    post = synchronous(urls, FIELDS)
    times["sync"] = [timed(post) for _ in range(3)]
    engine.stop(grace=0.1)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=300)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, receivers() as urls:
        times = measure(Path(folder), urls, events)
    base = statistics.median(times["bare"])
    print(f"{events} events, {ENDPOINTS} endpoints of which one never answers; time the caller is held per event")
    names = {"bare": "bare SQLite commit", "accept": "Prime Notify", "sync": f"posting in turn ({SYNC_TIMEOUT:.0f} s)"}
    for key, name in names.items():
        median = statistics.median(times[key])
        worst = sorted(times[key])[int(len(times[key]) * 0.99)]
        print(f"  {name:22} median {median * 1000:9.2f} ms  p99 {worst * 1000:9.2f} ms  ratio {median / base:8.2f}")


if __name__ == "__main__":
    main()
