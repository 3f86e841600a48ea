"""What waiting deliveries cost in memory and at the start, and what importing the plugin costs a server.

Each is measured in new processes, since none gives back what it once took.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from benchmarks.drain import store
from benchmarks.lab import Line, median_of
from benchmarks.server import serving

__all__ = ["lines"]

_ROOT = Path(__file__).resolve().parent.parent
_ENDPOINTS = 10

_RUN = """
import sys, time
from pathlib import Path
import psutil
from benchmarks.lab import made, wait_until
made(Path(sys.argv[2]), sys.argv[3:]).overview()
running = made(Path(sys.argv[1]), sys.argv[3:])
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
"""What MCDReforged imports of every plugin, before it loads the first."""
_WHOLE = "prime_notify.mcdr.service"
"""All that is imported, without the channels, by the time that the plugin is loaded."""


def lines(folder: Path, *, deliveries: int = 100_000, rounds: int = 5) -> List[Line]:
    """Memory, start-up and import."""
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
    seconds = [median_of([one[0] for one in each]) for each in (full, empty)]
    memory = [median_of([one[1] for one in each]) / 2**20 for each in (full, empty)]
    more, later = memory[0] - memory[1], seconds[0] - seconds[1]
    name = f"{deliveries} waiting deliveries"
    return [
        Line(
            f"memory, {name}: an empty queue", f"{memory[0]:.1f} MiB", f"{memory[1]:.1f} MiB",
            f"+{more:.1f} MiB", "<= +20 MiB", more <= 20,
        ),
        Line(
            f"start-up, {name}: an empty queue", f"{seconds[0]:.3f} s", f"{seconds[1]:.3f} s",
            f"+{later:.3f} s", "<= +0.2 s", later <= 0.2,
        ),
    ]  # fmt: skip


def _importing(rounds: int) -> List[Line]:
    lines = []
    for name, module, bounds in (("import", _ENTRY, (60.0, 6.0)), ("import of all that is loaded", _WHOLE, None)):
        found = [_child(_IMPORT.format(module=module)) for _ in range(rounds)]
        millis, size = median_of([one[0] for one in found]) * 1000, median_of([one[1] for one in found]) / 2**20
        lines.append(_added(f"{name}, time", millis, "ms", bounds and bounds[0]))
        lines.append(_added(f"{name}, memory", size, "MiB", bounds and bounds[1]))
    return lines


def _added(name: str, amount: float, unit: str, bound: Optional[float]) -> Line:
    """What comes on top of what MCDReforged has loaded; without a bound it is only to be known."""
    shown = f"+{amount:.1f} {unit}"
    name = f"{name}: what MCDReforged has loaded"
    if bound is None:
        return Line(name, shown, "0", shown)
    return Line(name, shown, "0", shown, f"<= +{bound:.0f} {unit}", amount <= bound)


def _child(program: str, *arguments: str) -> Tuple[float, float]:
    command: Sequence[str] = [sys.executable, "-c", program, *arguments]
    printed = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    seconds, size = map(float, printed.split())
    return seconds, size
