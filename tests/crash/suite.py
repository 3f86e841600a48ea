"""The crash suite: its cases for every step and for random moments, their parallel run, and the table of results."""

from __future__ import annotations

import collections
import concurrent.futures
import itertools
import queue
import random
from dataclasses import dataclass, replace
from typing import Callable, Dict, Iterable, Iterator, List, Sequence, Tuple, Union

from tests.crash.case import Case, Kill, Result
from tests.crash.seeds import FULL
from tests.crash.slot import LifeFailedError, Slot
from tests.crash.verdict import Verdict

__all__ = ["RANDOM", "Run", "discover", "random_cases", "rows", "run", "step_cases", "table"]

RANDOM = "at random moments"
_KINDS: Tuple[Tuple[str, bool], ...] = (
    ("new", False),
    ("new", True),
    ("first version", False),
    ("damaged", False),
    ("held", False),
    (FULL, False),
)


@dataclass(frozen=True)
class Run:
    """A case and its verdict. ``failure``: the error of a life that failed without a kill."""

    name: str
    case: Case
    verdict: Verdict
    failure: str = ""


Undisturbed = Dict[Case, Result]
"""The result of each kind of case without a kill."""


def discover(slots: int, *, tasks: int = 4) -> Undisturbed:
    """Run each kind of case without a kill. This finds all steps, also new ones."""
    found: Undisturbed = {}
    with _Slots(slots) as pool:
        for case, result in pool.map(Case(seed, drop, tasks=tasks) for seed, drop in _KINDS):
            if isinstance(result, LifeFailedError):
                raise result
            found[case] = result
    return found


def step_cases(lives: Undisturbed, *, each: int) -> List[Tuple[str, Case]]:
    """The cases that kill at a step, for each step of each kind of case.

    ``each``: the number of passes at which a step is killed. They are the first one and others at equal distances. If
    ``each`` is 1, the kinds of case share the steps that they have in common.
    """
    cases = []
    kinds_of_step: Dict[str, List[Case]] = collections.defaultdict(list)
    for kind, result in lives.items():
        for step in result.steps:
            kinds_of_step[step].append(kind)
    for number, (step, kinds) in enumerate(kinds_of_step.items()):
        for kind in kinds if each > 1 else [kinds[number % len(kinds)]]:
            count = lives[kind].steps[step]
            chosen = {1 + (count - 1) * index // each for index in range(each)}
            cases += [(step, replace(kind, kills=(Kill(step, passed),))) for passed in sorted(chosen)]
    return cases


def random_cases(
    lives: Undisturbed, kills: int, dice: random.Random, *, together: int = 4
) -> Iterator[Tuple[str, Case]]:
    """The cases that kill at random moments. In each, ``together`` lives in a row are killed before the last one."""
    for kind in itertools.cycle(lives):
        if kills <= 0:
            return
        some = min(together, kills)
        kills -= some
        moments = [dice.uniform(0, 0.8 * lives[kind].seconds) for _ in range(some)]
        yield RANDOM, replace(kind, kills=tuple(Kill(after=moment) for moment in moments))


def run(cases: Iterable[Tuple[str, Case]], slots: int, say: Callable[[Run], None] = lambda run: None) -> List[Run]:
    """Run all cases, ``slots`` of them at a time. ``say`` is called after each."""
    named = list(cases)
    runs = []
    with _Slots(slots) as pool:
        results = pool.map(case for _, case in named)
        for (name, _), (case, result) in zip(named, results):
            if isinstance(result, Result):
                runs.append(Run(name, case, result.verdict))
            else:
                runs.append(Run(name, case, Verdict(len(case.kills), 0, (), 0, 0, ()), failure=str(result)))
            say(runs[-1])
    return runs


class _Slots:
    """The processes that are killed: one for each case that runs at the same time."""

    def __init__(self, count: int) -> None:
        self._free: queue.Queue[Slot] = queue.Queue()
        self._slots = [Slot() for _ in range(count)]
        for slot in self._slots:
            self._free.put(slot)
        self._pool = concurrent.futures.ThreadPoolExecutor(count)

    def __enter__(self) -> _Slots:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for slot in self._slots:
            slot.close()

    def map(self, cases: Iterable[Case]) -> Iterator[Tuple[Case, Union[Result, LifeFailedError]]]:
        """The results in the order of the cases. The failure of a life is a result, too."""
        return self._pool.map(self._run, cases)

    def _run(self, case: Case) -> Tuple[Case, Union[Result, LifeFailedError]]:
        slot = self._free.get()
        try:
            return case, case.run(slot)
        except LifeFailedError as error:
            return case, error
        finally:
            self._free.put(slot)


@dataclass(frozen=True)
class Row:
    """The sums of all cases with the same name."""

    name: str
    kills: int
    accepted: int
    lost: int
    duplicates: int
    bound: int
    wrong: int


def rows(runs: Sequence[Run]) -> List[Row]:
    """One row for each name, in order of appearance, and a row of totals."""
    names = list(dict.fromkeys(one.name for one in runs))
    summed = [_sum(name, [one for one in runs if one.name == name]) for name in names]
    return [*summed, _sum("total", runs)]


def _sum(name: str, runs: Sequence[Run]) -> Row:
    verdicts = [one.verdict for one in runs]
    return Row(
        name,
        sum(one.kills for one in verdicts),
        sum(one.accepted for one in verdicts),
        sum(len(one.lost) for one in verdicts),
        sum(one.duplicates for one in verdicts),
        sum(one.bound for one in verdicts),
        sum(len(one.wrong) for one in verdicts) + sum(bool(one.failure) for one in runs),
    )


def table(runs: Sequence[Run]) -> str:
    """The rows, and below them one line for each lost notification and each mistake."""
    lines = [f"{'killed':24}{'kills':>7}{'accepted':>10}{'lost':>6}{'duplicates':>12}{'at most':>9}{'wrong':>7}"]
    for row in rows(runs):
        lines.append(
            f"{row.name:24}{row.kills:7}{row.accepted:10}{row.lost:6}{row.duplicates:12}{row.bound:9}{row.wrong:7}"
        )
    for one in runs:
        said = [*(f"lost: {what}" for what in one.verdict.lost), *one.verdict.wrong, *filter(None, [one.failure])]
        lines += [f"{one.name} {one.case}: {what}" for what in said]
    return "\n".join(lines)
