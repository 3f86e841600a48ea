"""The pace at which a disk fills is that of the weeks, whatever a single backup or pruning does."""

from __future__ import annotations

import random
from typing import Callable, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.config.units import Size
from prime_notify.config.watch_options import StorageOptions
from prime_notify.outbox.past import DiskRow
from prime_notify.watch.growth import days_left, growth_of, is_low
from tests.support.examples import examples
from tests.support.fake_disks import GIB

DAY, HOUR = 86400.0, 3600.0


def rows(used: Callable[[float], float], *, days: float, every: float = 12 * HOUR, total: int = 1000) -> List[DiskRow]:
    """Rows of a disk on which so many GiB are used after so many days."""
    moments = [number * every for number in range(int(days * DAY / every) + 1)]
    return [DiskRow("disk", at, int((total - used(at / DAY)) * GIB), total * GIB) for at in moments]


def pace(found: List[DiskRow]) -> float:
    growth = growth_of(found)
    assert growth is not None
    return growth / GIB


@pytest.mark.parametrize("every", [12 * HOUR, HOUR, 10 * 60.0])
def test_a_steady_growth_is_found_as_it_is(every: float) -> None:
    assert pace(rows(lambda day: 100 + 2 * day, days=30, every=every)) == pytest.approx(2)


@pytest.mark.parametrize(("period", "days"), [(1, 30), (7, 30), (7, 10)])
@pytest.mark.parametrize("trend", [0.0, 1.0])
def test_prunings_are_no_growth(trend: float, period: float, days: float) -> None:
    """A saw-tooth of 20 GiB: neighbours show a growth of up to 20 GiB a day."""
    found = rows(lambda day: 100 + trend * day + 20 * (day % period) / period, days=days, every=HOUR)
    assert pace(found) == pytest.approx(trend, abs=0.5)


@pytest.mark.parametrize("seed", range(5))
def test_a_file_that_lay_there_for_some_nights_changes_little(seed: int) -> None:
    random_ = random.Random(seed)
    found = rows(lambda day: 100 + day + (200 if random_.random() < 0.15 else 0) + random_.gauss(0, 0.5), days=30)
    assert pace(found) == pytest.approx(1, abs=0.3)


def test_a_few_rows_or_a_short_time_say_nothing() -> None:
    assert growth_of([]) is None
    assert growth_of(rows(lambda day: day, days=30, every=10 * DAY)) is None
    assert growth_of(rows(lambda day: day, days=1.9, every=HOUR)) is None
    assert growth_of(rows(lambda day: day, days=2, every=HOUR)) is not None


def test_another_or_an_enlarged_disk_starts_anew() -> None:
    former = rows(lambda day: 10 + day, days=10, total=100)
    later = [row._replace(at=row.at + 20 * DAY) for row in rows(lambda day: 500 + 3 * day, days=10)]
    assert pace([*former, *later]) == pytest.approx(3)
    assert growth_of([*former, *later[:3]]) is None


def test_rows_of_one_moment_do_no_harm() -> None:
    assert growth_of([DiskRow("disk", 5.0, 1, 2)] * 100) is None


@examples(100)
@given(st.lists(st.tuples(st.floats(0, 100 * DAY), st.integers(0, 2**62)), max_size=80))
def test_any_rows_give_a_number_or_nothing(points: List[tuple[float, int]]) -> None:
    growth_of([DiskRow("disk", at, free, 2**62) for at, free in sorted(points)])


@pytest.mark.parametrize(
    ("growth", "days"), [(None, None), (0.0, None), (-5.0, None), (10.0, 10.0), (0.001, None), (1e9, 1e-7)]
)
def test_the_days_left_are_at_that_pace(growth: float, days: float) -> None:
    assert days_left(100, growth) == (None if days is None else pytest.approx(days))


@pytest.mark.parametrize(
    ("free", "days", "low", "still_low"),
    [
        (9, None, True, True),
        (10, None, False, True),
        (11.9, None, False, True),
        (12, None, False, False),
        (50, 2.9, True, True),
        (50, 3, False, True),
        (50, 5.9, False, True),
        (50, 6, False, False),
        (9, 100, True, True),
    ],
)
def test_a_low_disk_needs_clearly_more_room_to_be_well_again(
    free: float, days: float, low: bool, still_low: bool
) -> None:
    options = StorageOptions(min_free=Size("10GiB"), min_days=3)
    assert is_low(int(free * GIB), days, options, was_low=False) is low
    assert is_low(int(free * GIB), days, options, was_low=True) is still_low


def test_false_switches_each_limit_off() -> None:
    assert not is_low(0, 1.0, StorageOptions(min_free=False, min_days=False), was_low=True)
    assert is_low(0, None, StorageOptions(min_days=False), was_low=False)
    assert is_low(GIB, 1.0, StorageOptions(min_free=False), was_low=False)
