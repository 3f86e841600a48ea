"""The pace at which a disk fills, and when it counts as low. Pure; sizes in bytes, times in seconds."""

from __future__ import annotations

import itertools
import statistics
from typing import List, Optional, Sequence

from prime_notify.config.watch_options import StorageOptions
from prime_notify.outbox.past import DiskRow

__all__ = ["WINDOW", "days_left", "growth_of", "is_low"]

_DAY = 86400.0
WINDOW = 30 * _DAY
"""The time that the pace is taken from: long enough for several prunings, also weekly ones."""

_FEWEST = 5
_SHORTEST = 2 * _DAY
"""Below these, nothing is said: two days hold a daily pruning at least once, and a few points show no trend."""

_MOST_POINTS = 60
_APART = 0.25
"""The part of the whole time by which two points have to lie apart. The rise between two prunings, which neighbours
show, is not the pace at which the disk fills."""

_OTHER_DISK = 0.1
_FARTHEST = 36500.0
_ENOUGH_FREE = 1.2
_ENOUGH_DAYS = 2.0


def growth_of(rows: Sequence[DiskRow]) -> Optional[float]:
    """The bytes by which the used space grows each day, of rows in their order; None where they are too few.

    It is the median of the slopes between any two points that lie apart (Theil and Sen): a quarter of the points may be
    anything, such as a file that lay there for a night.
    """
    rows = _thinned(_of_one_disk(rows))
    if len(rows) < _FEWEST:
        return None
    span = rows[-1].at - rows[0].at
    if span < _SHORTEST:
        return None
    slopes = [
        ((late.total - late.free) - (early.total - early.free)) / (late.at - early.at)
        for early, late in itertools.combinations(rows, 2)
        if late.at - early.at >= _APART * span
    ]
    return statistics.median(slopes) * _DAY


def days_left(free: int, growth: Optional[float]) -> Optional[float]:
    """The days until the disk is full; None where it does not fill within a hundred years, or no pace is known."""
    if growth is None or growth <= 0:
        return None
    days = free / growth
    return days if days <= _FARTHEST else None


def is_low(free: int, days: Optional[float], options: StorageOptions, *, was_low: bool) -> bool:
    """Whether a disk is low. One that ``was_low`` needs clearly more room to be well again."""
    enough_free, enough_days = (_ENOUGH_FREE, _ENOUGH_DAYS) if was_low else (1.0, 1.0)
    if options.min_free is not False and free < enough_free * options.min_free:
        return True
    return options.min_days is not False and days is not None and days < enough_days * options.min_days


def _of_one_disk(rows: Sequence[DiskRow]) -> Sequence[DiskRow]:
    """The rows since the disk has about the size that it has now: before that it was another one, or was enlarged."""
    if not rows:
        return rows
    size = rows[-1].total
    others = [number for number, row in enumerate(rows) if abs(row.total - size) > _OTHER_DISK * size]
    return rows[others[-1] + 1 :] if others else rows


def _thinned(rows: Sequence[DiskRow]) -> Sequence[DiskRow]:
    """At most ``_MOST_POINTS``, spread evenly over the time; the last of each part."""
    if len(rows) <= _MOST_POINTS:
        return rows
    first, span = rows[0].at, rows[-1].at - rows[0].at
    found: List[DiskRow] = []
    for row in rows:
        part = int((row.at - first) / span * (_MOST_POINTS - 1)) if span else 0
        if found and part == int((found[-1].at - first) / span * (_MOST_POINTS - 1) if span else 0):
            found[-1] = row
        else:
            found.append(row)
    return found
