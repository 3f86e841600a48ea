"""How fast is a backlog to one endpoint worked off, against a bare requests.Session that posts the same documents?

In legs that alternate, so that what else the machine does weighs on both.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Dict, List, Tuple

import requests

from benchmarks.lab import EVENT, Line, Noting, made, median_of, wait_until
from benchmarks.server import serving
from prime_notify.outbox.opening import OUTBOX_FILE

__all__ = ["lines", "store"]

_TARGET = 0.85


def lines(folder: Path, *, deliveries: int = 10_000, legs: int = 10) -> List[Line]:
    """One target: our rate as a share of the session's."""
    with serving() as base, requests.Session() as session:
        url = f"{base}/drain"
        document = store(folder, [url], deliveries)
        ratios: List[float] = []
        mine: List[float] = []
        theirs: List[float] = []
        while deliveries:
            seconds, left = _leg(folder, url, max(1, deliveries // max(1, legs - len(mine))))
            count, deliveries = deliveries - left, left
            mine.append(count / seconds)
            theirs.append(count / _post(session, url, document, count))
            ratios.append(mine[-1] / theirs[-1])
        value = median_of(ratios)
    return [
        Line(
            "draining to one endpoint: requests.Session",
            f"{median_of(mine):.0f}/s",
            f"{median_of(theirs):.0f}/s",
            f"{value:.2f}",
            f">= {_TARGET}",
            value >= _TARGET,
        )
    ]


def store(folder: Path, urls: List[str], count: int) -> Dict[str, Any]:
    """Fills the outbox with ``count`` notifications for all of ``urls``; the document that a webhook gets of one.

    One is accepted as usual; the others are copies of its rows under ids of their own.
    """
    writer = made(folder, urls)
    writer._lanes.apply = lambda endpoints: None  # type: ignore[method-assign]  # nothing is sent yet
    writer.start()
    writer.accept(EVENT)
    document = writer.history.page(1)[0].payload if writer.history else None
    assert document is not None
    writer.stop(grace=0)
    connection = sqlite3.connect(folder / OUTBOX_FILE)
    with connection:
        body, accepted = connection.execute("SELECT payload, accepted FROM notification").fetchone()
        copies = [(f"{number:026}", accepted, body.replace(document.id, f"{number:026}")) for number in range(1, count)]
        connection.executemany("INSERT INTO notification (id, accepted, payload) VALUES (?, ?, ?)", copies)
        connection.execute(
            "INSERT INTO delivery (notification, endpoint, task_id, due)"
            " SELECT copy.seq, endpoint, task_id || copy.seq, due FROM notification AS copy, delivery"
            " WHERE copy.seq > 1 ORDER BY copy.seq, delivery.seq"
        )
    connection.close()
    return document.to_dict()


def _leg(folder: Path, url: str, count: int) -> Tuple[float, int]:
    """Seconds from the engine's start to the last answer of at least ``count``, and how many deliveries are left."""
    transport = Noting()
    running = made(folder, [url], transport)
    started = time.perf_counter()
    running.start()
    wait_until(lambda: len(transport.answered) >= count, pause=0.05)
    running.stop(grace=2.0)
    transport.close()
    seconds = transport.answered[-1] - started
    connection = sqlite3.connect(folder / OUTBOX_FILE)
    [left] = connection.execute("SELECT count(*) FROM delivery WHERE state = 'waiting'").fetchone()
    connection.close()
    return seconds, left


def _post(session: requests.Session, url: str, document: Dict[str, Any], count: int) -> float:
    """Seconds that it took."""
    started = time.perf_counter()
    for _ in range(count):
        assert session.post(url, json=document, timeout=10).ok
    return time.perf_counter() - started
