#!/usr/bin/env python3
"""All benchmarks in one table: a measurement, its baseline, their ratio, and whether the target is met.

python -m benchmarks.run                     each benchmark once, in a few minutes
python -m benchmarks.run drain --runs 9      one benchmark nine times, with the median and the spread
python -m benchmarks.run --tiny              a short run that shows only whether the benchmarks work

Everything runs on this machine, over its loopback, against the same receiver, which has its own process. A measurement
and its baseline alternate in the same run. Apprise takes part if it is installed. Exit code 1: a median misses its
target.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import drain, fan_out, footprint, hand_off, isolation, loading, watch
from benchmarks.others import HAS_APPRISE
from benchmarks.table import HEADER, Line, Summary

__all__ = ["BENCHMARKS", "TINY", "main"]

BENCHMARKS: Dict[str, Callable[..., List[Line]]] = {
    "hand-off": hand_off.lines,
    "fan-out": fan_out.lines,
    "drain": drain.lines,
    "isolation": isolation.lines,
    "footprint": footprint.lines,
    "loading": loading.lines,
    "watch": watch.lines,
}
TINY: Dict[str, Dict[str, Any]] = {
    "hand-off": {"events": 2, "others": 1},
    "fan-out": {"endpoints": 3, "millis": 10, "rounds": 1},
    "drain": {"deliveries": 24, "leg": 2},
    "isolation": {"events": 3},
    "footprint": {"deliveries": 20, "rounds": 1},
    "loading": {},
    "watch": {"tasks": 20, "looks": 5},
}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--runs", type=int, default=1, help="how often each is run; medians and spreads are shown")
    parser.add_argument("--tiny", action="store_true", help="sizes that are too small to measure anything")
    options = parser.parse_args(arguments)
    unknown = set(options.only) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs: at least 1")
    print(HEADER)
    missed = False
    for name in options.only or BENCHMARKS:
        runs = [_run(name, tiny=options.tiny) for _ in range(options.runs)]
        for summary in Summary.of(runs):
            print(summary.row, flush=True)
            missed = missed or summary.is_met is False
    if not HAS_APPRISE:
        print("Apprise is not installed, so it was left out (pip install apprise)")
    return int(missed and not options.tiny)


def _run(name: str, *, tiny: bool) -> List[Line]:
    with tempfile.TemporaryDirectory() as folder:
        return BENCHMARKS[name](Path(folder), **(TINY[name] if tiny else {}))


if __name__ == "__main__":
    sys.exit(main())
