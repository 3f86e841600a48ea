"""One case: some lives that are killed, then one life that lasts until everything is delivered."""

from __future__ import annotations

import collections
import dataclasses
import json
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from tests.crash.life import ACCEPTED_FILE, RECORD_FILE, Life
from tests.crash.seeds import FULL, SEEDS
from tests.crash.slot import Slot
from tests.crash.verdict import DIGEST, GROUP, MEMBERS, REMINDED, Arrival, Promise, Verdict, judge
from tests.support.receiver import OK, Answer, Receiver, Recorded

__all__ = ["Case", "Kill", "Result"]


@dataclass(frozen=True)
class Kill:
    """The moment of a kill: the ``passed``-th pass of ``step``, or ``after`` seconds. By default there is no kill."""

    step: str = ""
    passed: int = 0
    after: float = -1.0


@dataclass(frozen=True)
class Case:
    """``seed``: the name of the file at the beginning. ``drop``: dead letters are dropped, not replayed.

    ``tasks``: the number of tasks in each life. The last life after a kill has only one, since it delivers the rest of
    the others.
    """

    seed: str
    drop: bool
    kills: Tuple[Kill, ...] = ()
    tasks: int = 4

    def run(self, slot: Slot) -> Result:
        with tempfile.TemporaryDirectory() as name, Receiver() as receiver:
            return _Run(self, Path(name), receiver, slot).result()


@dataclass(frozen=True)
class Result:
    """``steps``: how often the last life passed each step. ``seconds``: the duration of that life."""

    verdict: Verdict
    steps: Dict[str, int]
    seconds: float


@dataclass
class _Run:
    case: Case
    folder: Path
    receiver: Receiver
    slot: Slot
    arrivals: List[Arrival] = field(default_factory=list)
    requests: int = 0
    number: int = 0
    _tries: Dict[Tuple[str, str], int] = field(default_factory=lambda: collections.Counter())
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def result(self) -> Result:
        self.receiver.behave(self._answer)
        last = "dropped" if self.case.drop else "refusing"
        alone = ("first", "second", "flaky", DIGEST, REMINDED, last)
        endpoints = (*alone, *MEMBERS)
        old = SEEDS[self.case.seed](self.folder, alone)
        kills = 0
        for kill in (*self.case.kills, Kill()):
            kills += self.slot.live(self._life(kill, endpoints))
            self.number += 1
        promises = [*(Promise(id, id) for id in old), *self._accepted()]
        delivered = [one for one in (*alone, GROUP) if one != "dropped"]
        verdict = judge(promises, delivered, self.arrivals, kills, full=self.case.seed == FULL)
        return Result(verdict, **json.loads((self.folder / RECORD_FILE).read_text("utf-8")))

    def _life(self, kill: Kill, endpoints: Tuple[str, ...]) -> Life:
        url = f"http://127.0.0.1:{self.receiver.port}"
        tasks = 1 if self.number and kill == Kill() else self.case.tasks
        life = Life(str(self.folder), url, endpoints, f"life{self.number}", tasks, drop=self.case.drop)
        is_full = self.case.seed == FULL
        return dataclasses.replace(life, step=kill.step, passed=kill.passed, after=kill.after, full=is_full)

    def _accepted(self) -> Sequence[Promise]:
        lines = (self.folder / ACCEPTED_FILE).read_text("utf-8").splitlines()
        return [Promise(id, marker) for marker, id in (line.split() for line in lines)]

    def _answer(self, request: Recorded) -> Answer:
        with self._lock:
            status = self._status(request.path.strip("/"), request.json()["id"])
            self.requests += 1
            self.arrivals += Arrival.of(request, status == 200, self.requests)
        return OK if status == 200 else Answer(status)

    def _status(self, endpoint: str, id: str) -> int:
        """The status of the answer. ``flaky`` and the first member of the group fail regularly, ``refusing`` refuses
        each notification once, and ``dropped`` refuses all of them.
        """
        key = ("", endpoint) if endpoint in ("flaky", MEMBERS[0]) else (id, endpoint)
        self._tries[key] += 1
        if endpoint == MEMBERS[0]:
            return 400 if self._tries[key] % 2 == 0 else 200
        if endpoint == "flaky":
            return 500 if self._tries[key] % 3 == 0 else 200
        if endpoint == "refusing":
            return 400 if self._tries[key] == 1 else 200
        return 400 if endpoint == "dropped" else 200
