#!/usr/bin/env python3
"""A flood of events for fifty endpoints, ten of which misbehave, each in its own way.

python benchmarks/soak.py                 20 000 events, which are a million deliveries
python benchmarks/soak.py --events 500    fewer events

The run uses the loopback only. It hands events over as fast as they are accepted. It ends when every healthy endpoint
has received everything, or after ``--minutes``, and then counts. A notification is lost if it was accepted for an
endpoint, did not arrive there, and is no longer stored. The notifications of an endpoint that fails for ever wait in
the outbox or are dead letters. Exit code 1: a notification was lost, duplicated or out of order, or a healthy endpoint
misses one.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import itertools
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Set, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from benchmarks.lab import FIELDS, running_engine
from prime_notify.engine.engine import Engine
from prime_notify.model.event import Event, EventName
from prime_notify.outbox.opening import OUTBOX_FILE
from tests.support.receiver import HANG, OK, RESET, Answer, Receiver, Recorded, redirect, unused_port

__all__ = ["Count", "Soak", "main"]

_ANSWERS: Mapping[str, Answer] = {
    "hangs": HANG,
    "trickles": Answer(trickle_head=1.0),
    "resets": RESET,
    "500": Answer(500),
    "429": Answer(429, {"Retry-After": "1"}),
    "302": redirect("http://127.0.0.1:9/elsewhere"),
    "huge-body": Answer(body=b"x" * 1_000_000),
}
MISBEHAVING = (*_ANSWERS, "bad-tls", "refuses", "flaps")


@dataclass
class Arrivals:
    """The notifications that one endpoint received and answered with success.

    ``delays``: seconds between event and arrival.
    """

    seen: Set[str] = field(default_factory=set)
    ended: Set[str] = field(default_factory=set)
    delays: List[float] = field(default_factory=list)
    duplicated: int = 0
    out_of_order: int = 0


@dataclass(frozen=True)
class Count:
    """The result of a run. ``unfinished``: the number of deliveries that healthy endpoints still miss.

    ``delays``: the delays of the healthy endpoints, sorted. ``memory``: MiB.
    """

    accepted: int
    seconds: float
    arrivals: Mapping[str, Arrivals]
    left: Mapping[str, Mapping[str, int]]
    lost: int
    unfinished: int
    delays: Sequence[float]
    memory: float

    @property
    def duplicated(self) -> int:
        return sum(one.duplicated for one in self.arrivals.values())

    @property
    def out_of_order(self) -> int:
        return sum(one.out_of_order for one in self.arrivals.values())

    @property
    def ok(self) -> bool:
        return not (self.lost or self.duplicated or self.out_of_order or self.unfinished)


class Soak:
    """One run in a folder: the receivers, the hand-off of the events, and the count at the end."""

    def __init__(self, folder: Path, endpoints: int = 50) -> None:
        self._folder = folder
        self._healthy = [f"healthy-{number}" for number in range(endpoints - len(MISBEHAVING))]
        self._names = [*MISBEHAVING, *self._healthy]
        self._arrivals: Dict[str, Arrivals] = collections.defaultdict(Arrivals)
        self._lock = threading.Lock()
        self._flaps = itertools.count()

    def run(self, events: int, seconds: float) -> Count:
        began = time.monotonic()
        deadline = began + seconds
        with Receiver() as receiver, Receiver(tls="expired") as tls:
            receiver.behave(self._answer)
            with running_engine(self._folder, self._urls(receiver, tls)) as running:
                ids = self._hand_off(running, receiver, events, deadline)
                while time.monotonic() < deadline and self._missing(ids):
                    receiver.clear()  # a receiver keeps all requests until then
                    time.sleep(0.2)
                memory = psutil.Process().memory_info().rss / 2**20
        return self._count(ids, time.monotonic() - began, memory)

    def _urls(self, receiver: Receiver, tls: Receiver) -> List[str]:
        special = {"bad-tls": tls.url("/bad-tls"), "refuses": f"http://127.0.0.1:{unused_port()}/refuses"}
        return [special.get(name) or receiver.url(f"/{name}") for name in self._names]

    def _answer(self, request: Recorded) -> Answer:
        name = request.path.strip("/")
        answer = _ANSWERS.get(name, OK)
        if name == "flaps" and next(self._flaps) % 8 < 4:
            answer = Answer(500)
        if answer.status == 200 and not answer.trickle_head:
            payload = request.json()
            with self._lock:
                self._note(self._arrivals[name], payload["id"], payload["task_id"], payload["event"])
                self._arrivals[name].delays.append(time.time() - payload["timestamp"]["unix"])
        return answer

    def _note(self, here: Arrivals, id: str, task: str, event: str) -> None:
        is_start = event.endswith("_start")
        here.duplicated += id in here.seen
        here.out_of_order += is_start and task in here.ended
        here.seen.add(id)
        if not is_start:
            here.ended.add(task)

    def _hand_off(self, running: Engine, receiver: Receiver, events: int, deadline: float) -> List[str]:
        """Hand over starts, each followed by its end. Returns the ids of the accepted notifications."""
        ids = []
        for number in range(events):
            name = (EventName.BACKUP_START, EventName.BACKUP_SUCCESS)[number % 2]
            more = FIELDS if number % 2 else {}
            ids.append(running.accept(Event(name, "soak", "1.0.0", {**more, "task_id": f"t{number // 2}"})))
            if number % 100 == 0:
                receiver.clear()
            if time.monotonic() > deadline:
                break
        return [id for id in ids if id]

    def _missing(self, ids: Sequence[str]) -> int:
        return sum(len(ids) - len(self._arrivals[name].seen) for name in self._healthy)

    def _count(self, ids: Sequence[str], seconds: float, memory: float) -> Count:
        stored, left = self._stored()
        lost = 0
        for number, name in enumerate(self._names):
            gone = set(ids) - self._arrivals[name].seen - stored[f"e{number}"]
            lost += len(gone)
        delays = sorted(delay for name in self._healthy for delay in self._arrivals[name].delays)
        return Count(len(ids), seconds, dict(self._arrivals), left, lost, self._missing(ids), delays or [0.0], memory)

    def _stored(self) -> Tuple[Dict[str, Set[str]], Dict[str, Dict[str, int]]]:
        """By endpoint: the ids of its undelivered notifications, and the number of its deliveries in each state."""
        query = "SELECT endpoint, state, id FROM delivery JOIN notification ON notification.seq = delivery.notification"
        stored: Dict[str, Set[str]] = collections.defaultdict(set)
        left: Dict[str, Dict[str, int]] = collections.defaultdict(collections.Counter)
        with contextlib.closing(sqlite3.connect(self._folder / OUTBOX_FILE)) as connection:
            for endpoint, state, id in connection.execute(query):
                if state in ("waiting", "dead"):
                    stored[endpoint].add(id)
                    left[self._names[int(endpoint[1:])]][state] += 1
        return stored, left


def _show(count: Count) -> None:
    median, worst = statistics.median(count.delays), count.delays[int(len(count.delays) * 0.99)]
    arrived = sum(len(one.seen) for one in count.arrivals.values())
    print(f"{count.accepted} events accepted, {arrived} deliveries made in {count.seconds:.0f} s")
    print(f"lost {count.lost}, duplicated {count.duplicated}, out of order {count.out_of_order}")
    print(f"healthy endpoints: {count.unfinished} missing, delay median {median:.2f} s, 99 of 100 within {worst:.2f} s")
    print(f"memory {count.memory:.0f} MiB, with the receivers and this count")
    for name in MISBEHAVING:
        left = count.left.get(name, {})
        seen = count.arrivals[name].seen if name in count.arrivals else ()
        print(f"  {name:10} {len(seen):7} arrived {left.get('waiting', 0):7} wait {left.get('dead', 0):7} dead")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000, help="how many; two make one task")
    parser.add_argument(
        "--endpoints", type=int, default=50, help=f"how many, with the {len(MISBEHAVING)} that misbehave"
    )
    parser.add_argument("--minutes", type=float, default=60, help="the longest that it may take")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        count = Soak(Path(folder), options.endpoints).run(options.events, options.minutes * 60)
    _show(count)
    return 0 if count.ok else 1


if __name__ == "__main__":
    sys.exit(main())
