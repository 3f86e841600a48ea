"""How long does the watch take to look once, with a past of 10 000 tasks, beside a job that does nothing?

In virtual time, five seconds from one look to the next, so that whatever is done only now and then has its share.
"""

from __future__ import annotations

import logging
import random
import statistics
import time
from pathlib import Path
from typing import Callable, List

from benchmarks.table import Line
from prime_notify.outbox.past import DiskRow
from prime_notify.outbox.tasks import TaskRow
from prime_notify.periodic import Periodic, PeriodicThread
from tests.support.watch_world import HOUR, WatchWorld

__all__ = ["lines"]

_AIM = 1.0
"""Milliseconds."""
_PERIOD = 5.0


def lines(folder: Path, *, tasks: int = 10_000, looks: int = 2000) -> List[Line]:
    """The mean time of a look, and the longest one."""
    logging.getLogger("test.watch").setLevel(logging.ERROR)  # no disk answers within virtual time
    world = WatchWorld(folder, watch={"storage": {"paths": [str(folder)]}}).start()
    try:
        _fill(world, tasks)
        world.restart()
        ours = _times(world.look, _PERIOD, looks)
    finally:
        world.stop()
    log = logging.getLogger("benchmarks.watch")
    idle = PeriodicThread("idle", [Periodic("nothing", 0.0, lambda: None)], log)
    nothing = _times(lambda _: idle.tick(), 0.0, looks)
    name = f"one look of the watch with a past of {tasks:,} tasks: a job that does nothing"
    return [
        Line(name, statistics.mean(ours), statistics.mean(nothing), "ms", 3, is_difference=True, at_most=_AIM),
        Line("  the longest look", max(ours), max(nothing), "ms", 3, is_difference=True),
    ]


def _fill(world: WatchWorld, tasks: int) -> None:
    """A backup every hour, which takes a minute; one in fifty fails."""
    chance, now = random.Random(1), world.clock.wall()
    rows, disks = [], []
    for number in range(tasks):
        at = now - (tasks - number) * HOUR
        status = "failure" if chance.random() < 0.02 else "success"
        size = 10**9 + number * 10**5
        rows.append(
            TaskRow(f"{number:026}", "prime_backup", "backup", status, at, "info", 60.0, number, size, size // 9)
        )
        disks.append(DiskRow(str(world.folder), at, 10**12 - number * 10**7, 2 * 10**12))
    world.past.put(*rows)
    world.past.put_disks(disks)


def _times(act: Callable[[float], object], argument: float, times: int) -> List[float]:
    """Milliseconds of each call."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act(argument)
        found.append(1000 * (time.perf_counter() - began))
    return found
