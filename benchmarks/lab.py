"""The common parts of all benchmarks: engines to measure, a transport that records times, and a realistic event."""

from __future__ import annotations

import contextlib
import logging
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

from prime_notify.crash_points import CrashPoint, no_crash
from prime_notify.delivery.attempt import Sender
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import LoadedConfig, load_config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event, EventName
from prime_notify.transport.dispatch import Transports

__all__ = ["EVENT", "FIELDS", "TimedTransport", "config", "new_engine", "running_engine", "timed", "wait_until"]

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
EVENT = Event(EventName.BACKUP_SUCCESS, "benchmark", "1.0.0", FIELDS)


def config(urls: Sequence[str]) -> LoadedConfig:
    """A config with the endpoints e0, e1, …, one for each URL."""
    endpoints = [{"name": f"e{number}", "url": url} for number, url in enumerate(urls)]
    document = {"notification": {"enabled": True, "endpoints": endpoints}}
    return load_config(document, environ={}, base_dir=Path())


def new_engine(
    folder: Path, urls: Sequence[str], transport: Optional[Sender] = None, crash_point: CrashPoint = no_crash
) -> Engine:
    """An engine that has not been started. It logs as in a server, but its log lines are discarded."""
    log = logging.getLogger("benchmark")
    log.setLevel(logging.INFO)
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    log.propagate = False
    folder.mkdir(exist_ok=True)
    loaded, catalogue = config(urls), Catalogue.load()
    return Engine(loaded, data_dir=folder, catalogue=catalogue, log=log, transport=transport, crash_point=crash_point)


@contextlib.contextmanager
def running_engine(folder: Path, urls: Sequence[str], transport: Optional[Transports] = None) -> Iterator[Engine]:
    """An engine that runs for as long as the block."""
    running = new_engine(folder, urls, transport)
    running.start()
    try:
        yield running
    finally:
        running.stop(grace=0.2)
        if transport is not None:  # an engine closes only a transport that it made itself
            transport.close()


class TimedTransport(Transports):
    """The real transport, which also records the time of each answer. For any number of threads."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: List[float] = []

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Any:
        answer = super().send(request, timeout=timeout, meanwhile=meanwhile)
        self.answered.append(time.perf_counter())
        return answer


def wait_until(condition: Callable[[], bool], pause: float = 0.002) -> None:
    """Wait until the condition holds. Raises TimeoutError after two minutes. ``pause``: seconds between two looks."""
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)


def timed(action: Callable[[], object]) -> float:
    """The duration of the action in seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
