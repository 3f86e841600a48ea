#!/usr/bin/env python3
"""How long does the packed plugin hold MCDReforged's task executor when it is loaded, beside an empty packed plugin?

python -m benchmarks.run loading             in the table of all benchmarks
python -m benchmarks.loading --starts 20     so many starts beside two busy loops for each core

A real MCDReforged loads both plugins in the same run (benchmarks/timed_mcdr.py). The time is that of ``on_load`` and of
every task that the plugin schedules. The second form shows whether MCDReforged's watchdog stays quiet. It takes a task
executor for dead when it does not respond for 10 seconds. Exit code 1: it did not stay quiet.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.table import Line
from tests.support.mcdr import PROJECT, McdrProcess, pack
from tests.support.scene import STARTED

__all__ = ["lines", "main"]

_AIM = 100.0
"""Milliseconds."""
_OURS, _EMPTY = "prime_notify", "an_empty_plugin"
_NO_RESPONSE = "has no respond for"  # so MCDReforged writes it
_HELD = ("on_load", "task")
_WHOLE = ("load", "entry", *_HELD)


def lines(folder: Path) -> List[Line]:
    """The lines of a start and of a reload."""
    record = folder / "record.jsonl"
    mcdr = _prepared(folder / "mcdr", [_packed(folder), _empty(folder)], record)
    with mcdr:
        mcdr.sync()  # the last piece is recorded after it has run
        started = len(record.read_text("utf-8").splitlines())
        for plugin in (_OURS, _EMPTY):
            mark = mcdr.send(f"!!MCDR plugin reload {plugin}")
            mcdr.wait_for_line(r"Reloaded: \d+ plugins", since=mark)
            if plugin == _OURS:
                mcdr.wait_for_line(STARTED, since=mark)
        mcdr.sync()
    pieces = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    start, reload = pieces[:started], pieces[started:]
    return [
        _line("task executor held by on_load and tasks: an empty plugin", start, _HELD, _AIM),
        _line("  of it, processor time", start, _HELD, clock="cpu_seconds"),
        _line("  on_load alone", start, ("on_load",)),
        _line("  the tasks alone", start, ("task",)),
        _line("  at a reload, on_load and tasks", reload, _HELD, _AIM),
        _line("the same with MCDReforged's own work (metadata, translations)", start, _WHOLE),
    ]


def _line(
    name: str,
    pieces: Sequence[Dict[str, object]],
    kinds: Sequence[str],
    aim: Optional[float] = None,
    *,
    clock: str = "seconds",
) -> Line:
    ours, empty = (_millis(pieces, plugin, kinds, clock) for plugin in (_OURS, _EMPTY))
    return Line(name, ours, empty, "ms", 1, is_difference=True, at_most=aim)


def _millis(pieces: Sequence[Dict[str, object]], plugin: str, kinds: Sequence[str], clock: str = "seconds") -> float:
    seconds = [float(str(one[clock])) for one in pieces if one["plugin"] == plugin and one["piece"] in kinds]
    return 1000 * sum(seconds)


def _packed(folder: Path) -> Path:
    return pack(PROJECT, folder / "packed", "PrimeNotify.mcdr")


def _empty(folder: Path) -> Path:
    source = folder / "empty"
    (source / _EMPTY).mkdir(parents=True)
    metadata = {"id": _EMPTY, "version": "1.0.0", "name": "Nothing"}
    (source / "mcdreforged.plugin.json").write_text(json.dumps(metadata), encoding="utf-8")
    (source / _EMPTY / "__init__.py").write_text("def on_load(server, old):\n    pass\n", encoding="utf-8")
    return pack(source, folder / "packed", "Empty.mcdr")


def _prepared(folder: Path, plugins: Sequence[Path], record: Path) -> McdrProcess:
    """MCDReforged with an endpoint, as after the first minutes of an owner."""
    program = (str(Path(__file__).with_name("timed_mcdr.py")), str(record))
    mcdr = McdrProcess(folder, plugins=plugins, program=program)
    endpoint = {"name": "phone", "type": "bark", "url": "http://127.0.0.1:9/a-key"}
    notification = {"enabled": True, "check_at_start": False, "endpoints": [endpoint]}
    mcdr.write_config(_OURS, {"notification": notification})
    mcdr.ready = STARTED
    return mcdr


# a busy machine


@contextlib.contextmanager
def _busy(loops: int) -> Iterator[None]:
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _starts(folder: Path, starts: int, loops: int) -> int:
    """Start MCDReforged so often. Returns in how many starts the watchdog took the task executor for dead."""
    plugin, barked = _packed(folder), 0
    with _busy(loops):
        for number in range(1, starts + 1):
            record = folder / f"record{number}.jsonl"
            mcdr = _prepared(folder / f"mcdr{number}", [plugin], record)
            began = time.monotonic()
            with mcdr:
                seconds = time.monotonic() - began
                mcdr.sync()
            dead = mcdr.find(_NO_RESPONSE) is not None
            barked += dead
            pieces = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
            held = _millis(pieces, _OURS, _HELD)
            verdict = "THE WATCHDOG BARKED" if dead else "quiet"
            print(
                f"start {number:2}: started after {seconds:5.1f} s, executor held {held:6.1f} ms, {verdict}", flush=True
            )
    return barked


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--loops", type=int, default=2 * (os.cpu_count() or 1), help="busy loops; two for each core")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        barked = _starts(Path(folder), options.starts, options.loops)
    print(f"{options.starts} starts beside {options.loops} busy loops: the watchdog barked in {barked}")
    return int(barked > 0)


if __name__ == "__main__":
    sys.exit(main())
