#!/usr/bin/env python3
"""All benchmarks in one table: what was measured, what against, the ratio, and whether its target is met.

python benchmarks/run.py             takes some minutes
python benchmarks/run.py drain …     only these
python benchmarks/run.py --tiny      only to see that it works

Everything runs on this machine, over its loopback, against the same receiver in a process of its own; what is compared
is measured in the same run, in turns. Apprise is compared with where it is installed. Exit code 1 when a target is
missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import drain, fan_out, footprint, hand_off, isolation
from benchmarks.lab import Line
from benchmarks.others import HAS_APPRISE

__all__ = ["BENCHMARKS", "TINY", "main"]

BENCHMARKS: Dict[str, Callable[..., List[Line]]] = {
    "hand-off": hand_off.lines,
    "fan-out": fan_out.lines,
    "drain": drain.lines,
    "isolation": isolation.lines,
    "footprint": footprint.lines,
}
TINY: Dict[str, Dict[str, Any]] = {
    "hand-off": {"events": 2, "others": 1},
    "fan-out": {"endpoints": 3, "millis": 10, "rounds": 1},
    "drain": {"deliveries": 20, "legs": 2},
    "isolation": {"events": 3},
    "footprint": {"deliveries": 20, "rounds": 1},
}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--tiny", action="store_true", help="sizes at which nothing is measured")
    options = parser.parse_args(arguments)
    unknown = set(options.only) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    print(_row(Line("what: against what", "measured", "baseline", "ratio", "target")))
    missed = False
    for name in options.only or BENCHMARKS:
        sizes = TINY[name] if options.tiny else {}
        with tempfile.TemporaryDirectory() as folder:
            for line in BENCHMARKS[name](Path(folder), **sizes):
                print(_row(line), flush=True)
                missed = missed or line.ok is False
    if not HAS_APPRISE:
        print("Apprise is not installed, so it was left out (pip install apprise)")
    return int(missed and not options.tiny)


def _row(line: Line) -> str:
    word = {None: "", True: "ok", False: "miss"}[line.ok]
    return f"{line.name:66}{line.measured:>12}{line.baseline:>12}{line.value:>11}  {line.target:12}  {word}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
