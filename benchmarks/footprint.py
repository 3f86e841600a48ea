"""How much memory and start-up time do waiting deliveries cost, and how much does the import of the plugin cost?

Each measurement has its own process, because a process seldom gives memory back.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from benchmarks.drain import store
from benchmarks.server import serving
from benchmarks.table import Line

__all__ = ["lines"]

_ROOT = Path(__file__).resolve().parent.parent
_ENDPOINTS = 10

_RUN = """
import sys, time
from pathlib import Path
import psutil
from benchmarks.lab import new_engine
new_engine(Path(sys.argv[2]), sys.argv[3:]).overview()
running = new_engine(Path(sys.argv[1]), sys.argv[3:])
began = time.perf_counter()
running.start()
seconds = time.perf_counter() - began
running.overview()
time.sleep(1.0)
print(seconds, psutil.Process().memory_info().rss)
running.stop(grace=0)
"""

_IMPORT = """
import gc, time
import psutil
import mcdreforged.api.all
import mcdreforged.mcdr_server
process = psutil.Process()
gc.collect()
before, began = process.memory_info().rss, time.perf_counter()
import {module}
print(time.perf_counter() - began, process.memory_info().rss - before)
"""
_ENTRY = "prime_notify.mcdr.entrypoint"
"""The plugin's entry module. MCDReforged imports the entry modules of all plugins before it loads the first one."""
_WHOLE = "prime_notify.mcdr.service"
"""The module that imports everything that a loaded plugin needs, except the channels."""


def lines(folder: Path, *, deliveries: int = 100_000, rounds: int = 5) -> List[Line]:
    """The lines of memory, start-up and import."""
    return [*_waiting(folder, deliveries, rounds), *_importing(rounds)]


def _waiting(folder: Path, deliveries: int, rounds: int) -> List[Line]:
    empty: List[Tuple[float, float]] = []
    full: List[Tuple[float, float]] = []
    with serving() as base:
        urls = [f"{base}/never/{number}" for number in range(_ENDPOINTS)]
        store(folder / "full", urls, max(1, deliveries // _ENDPOINTS))
        for number in range(rounds):
            spare = str(folder / "spare")
            empty.append(_child(_RUN, str(folder / f"empty{number}"), spare, *urls))
            full.append(_child(_RUN, str(folder / "full"), spare, *urls))
    later, sooner = (statistics.median([one[0] for one in each]) for each in (full, empty))
    more, less = (statistics.median([one[1] for one in each]) / 2**20 for each in (full, empty))
    name = f"{deliveries} waiting deliveries"
    return [
        _added(f"memory, {name}: an empty queue", more, less, "MiB", 1, 20),
        _added(f"start-up, {name}: an empty queue", later, sooner, "s", 3, 0.2),
    ]


def _importing(rounds: int) -> List[Line]:
    lines = []
    for name, module, bounds in (
        ("import", _ENTRY, (60.0, 6.0)),
        ("import of all that is loaded", _WHOLE, (None, None)),
    ):
        found = [_child(_IMPORT.format(module=module)) for _ in range(rounds)]
        millis = statistics.median([one[0] for one in found]) * 1000
        size = statistics.median([one[1] for one in found]) / 2**20
        lines.append(_added(f"{name}, time: MCDReforged alone", millis, 0, "ms", 1, bounds[0]))
        lines.append(_added(f"{name}, memory: MCDReforged alone", size, 0, "MiB", 1, bounds[1]))
    return lines


def _added(name: str, measured: float, baseline: float, unit: str, digits: int, bound: Optional[float]) -> Line:
    """A line whose value is the difference. ``bound``: its target; None for a line that is only shown."""
    return Line(name, measured, baseline, unit, digits, is_difference=True, at_most=bound)


def _child(program: str, *arguments: str) -> Tuple[float, float]:
    command: Sequence[str] = [sys.executable, "-c", program, *arguments]
    printed = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    seconds, size = map(float, printed.split())
    return seconds, size
