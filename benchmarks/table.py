"""The lines of the table: measurements beside their baselines, and the summary of several runs."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import List, Optional, Sequence

__all__ = ["HEADER", "Line", "Summary"]


@dataclass(frozen=True)
class Line:
    """One measurement beside its baseline, both in ``unit`` with ``digits`` after the point.

    The value of the line is their ratio, or with ``is_difference`` their difference. ``at_most`` and ``at_least``: the
    target of the value. A line without a target is for comparison only.
    """

    name: str
    measured: float
    baseline: float
    unit: str
    digits: int = 0
    is_difference: bool = False
    at_most: Optional[float] = None
    at_least: Optional[float] = None

    @property
    def value(self) -> float:
        return self.measured - self.baseline if self.is_difference else self.measured / self.baseline


@dataclass(frozen=True)
class Summary:
    """The same line of one or more runs. It shows and judges medians, never the best run."""

    runs: Sequence[Line]

    @classmethod
    def of(cls, runs: Sequence[Sequence[Line]]) -> List[Summary]:
        """A summary of each line, in the order of the first run."""
        return [cls([line for run in runs for line in run if line.name == first.name]) for first in runs[0]]

    @property
    def value(self) -> float:
        return statistics.median(line.value for line in self.runs)

    @property
    def is_met(self) -> Optional[bool]:
        """Whether the median meets the target. None without a target."""
        at_most, at_least = self._bound("at_most"), self._bound("at_least")
        if at_most is None and at_least is None:
            return None
        return (at_most is None or self.value <= at_most) and (at_least is None or self.value >= at_least)

    @property
    def row(self) -> str:
        values = sorted(line.value for line in self.runs)
        return _row(
            self.runs[0].name,
            self._amount(statistics.median(line.measured for line in self.runs)),
            self._amount(statistics.median(line.baseline for line in self.runs)),
            self._value(self.value),
            f"{self._value(values[0])} to {self._value(values[-1])}" if len(values) > 1 else "",
            self._target,
            {None: "", True: "met", False: "MISSED"}[self.is_met],
        )

    @property
    def _target(self) -> str:
        at_most, at_least = self._bound("at_most"), self._bound("at_least")
        if at_most is not None:
            return f"<= {self._value(at_most)}"
        return "" if at_least is None else f">= {self._value(at_least)}"

    def _bound(self, name: str) -> Optional[float]:
        """The median of the runs' targets: a run may measure its own. None without a target."""
        bounds = [getattr(line, name) for line in self.runs]
        return None if None in bounds else statistics.median(bounds)

    def _amount(self, amount: float) -> str:
        return f"{amount:.{self.runs[0].digits}f} {self.runs[0].unit}"

    def _value(self, value: float) -> str:
        if self.runs[0].is_difference:
            return f"{value:+.{self.runs[0].digits}f}"
        return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def _row(name: str, measured: str, baseline: str, value: str, spread: str, target: str, verdict: str) -> str:
    return f"{name:66}{measured:>12}{baseline:>12}{value:>9}  {spread:18}{target:10}{verdict}".rstrip()


HEADER = _row("measured: baseline", "measured", "baseline", "value", "spread", "target", "")
