"""The long form: ``python -m tests.crash --kills 500``. Exit code 1: something was lost or wrong."""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.crash.suite import Run, discover, random_cases, rows, run, step_cases, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how many at random moments, beside those at steps")
    parser.add_argument("--each", type=int, default=4, help="at how many of its passes each step is killed")
    parser.add_argument("--slots", type=int, default=4, help="how many cases run at a time")
    parser.add_argument("--seed", type=int, default=None, help="of the random moments; random itself by default")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    began = time.monotonic()
    lives = discover(options.slots)
    cases = [*step_cases(lives, each=options.each), *random_cases(lives, options.kills, random.Random(seed))]
    done = 0

    def say(_one: Run) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done}/{len(cases)} cases", end="", file=sys.stderr, flush=True)

    runs = run(cases, options.slots, say)
    print(table(runs))
    print(f"{len(cases)} cases in {time.monotonic() - began:.0f} s, random moments of seed {seed}")
    total = rows(runs)[-1]
    return 1 if total.lost or total.wrong or total.duplicates > total.bound else 0


if __name__ == "__main__":
    sys.exit(main())
