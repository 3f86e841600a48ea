"""A happening that reaches us in two ways is told once, and nothing else is held back."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.model.event import Event, EventName
from prime_notify.sources.duplicates import Origin, Twins
from tests.support.clock import FakeClock

OBSERVED, NATIVE = Origin.OBSERVED, Origin.NATIVE
BOTH_ORDERS = pytest.mark.parametrize(("first", "second"), [(OBSERVED, NATIVE), (NATIVE, OBSERVED)])


def event(name: EventName = EventName.BACKUP_SUCCESS, *, backup_id: Any = None, task_id: Optional[str] = None) -> Event:
    fields: Dict[str, Any] = {}
    if backup_id is not None:
        fields["backup"] = {"id": backup_id}
    if task_id is not None:
        fields["task_id"] = task_id
    return Event(name, "prime_backup", fields=fields)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def twins(clock: FakeClock) -> Twins:
    return Twins(steady=clock.steady, new_id=lambda: "given")


@BOTH_ORDERS
def test_the_first_is_told_and_its_twin_is_dropped(twins: Twins, first: Origin, second: Origin) -> None:
    assert twins.admit(event(backup_id=1), first) == event(backup_id=1)
    assert twins.admit(event(backup_id=1), second) is None


@BOTH_ORDERS
def test_two_of_the_same_origin_are_two_happenings(twins: Twins, first: Origin, second: Origin) -> None:
    assert [twins.admit(event(), origin) is not None for origin in (first, first, second, second, second)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_events_of_different_backups_are_no_twins(twins: Twins) -> None:
    assert twins.admit(event(backup_id=1), OBSERVED)
    assert twins.admit(event(backup_id=2), NATIVE)


def test_a_backup_id_in_text_names_the_same_backup(twins: Twins) -> None:
    assert twins.admit(event(backup_id=1), OBSERVED)
    assert twins.admit(event(backup_id="1"), NATIVE) is None


def test_events_of_different_names_are_no_twins(twins: Twins) -> None:
    assert twins.admit(event(EventName.BACKUP_START), OBSERVED)
    assert twins.admit(event(EventName.BACKUP_SUCCESS), NATIVE)


def test_a_twin_comes_within_the_window_or_is_none(twins: Twins, clock: FakeClock) -> None:
    assert twins.admit(event(), OBSERVED)
    clock.advance(30)
    assert twins.admit(event(), NATIVE) is None
    assert twins.admit(event(), OBSERVED)
    clock.advance(30.1)
    assert twins.admit(event(), NATIVE)


@BOTH_ORDERS
def test_an_end_carries_the_task_id_under_which_its_start_was_told(twins: Twins, first: Origin, second: Origin) -> None:
    assert twins.admit(event(EventName.BACKUP_START, task_id="a"), first)
    assert twins.admit(event(EventName.BACKUP_START, task_id="b"), second) is None
    end = twins.admit(event(task_id="b"), second)
    assert end is not None
    assert end.fields["task_id"] == "a"


def test_a_start_without_a_task_id_is_given_one_that_its_twins_end_carries(twins: Twins) -> None:
    start = twins.admit(event(EventName.BACKUP_START), NATIVE)
    assert start is not None
    assert start.fields["task_id"] == "given"
    twins.admit(event(EventName.BACKUP_START, task_id="mine"), OBSERVED)
    end = twins.admit(event(task_id="mine"), OBSERVED)
    assert end is not None
    assert end.fields["task_id"] == "given"


def test_an_end_without_a_task_id_is_left_to_be_placed_by_others(twins: Twins) -> None:
    end = twins.admit(event(), NATIVE)
    assert end is not None
    assert "task_id" not in end.fields


def test_only_so_many_task_ids_are_remembered(twins: Twins) -> None:
    for number in range(100):
        twins.admit(event(EventName.BACKUP_START, task_id=f"told {number}"), OBSERVED)
        twins.admit(event(EventName.BACKUP_START, task_id=f"dropped {number}"), NATIVE)
    oldest, newest = (twins.admit(event(task_id=f"dropped {number}"), NATIVE) for number in (0, 99))
    assert oldest is not None
    assert newest is not None
    assert oldest.fields["task_id"] == "dropped 0"
    assert newest.fields["task_id"] == "told 99"


@given(st.lists(st.tuples(st.sampled_from([OBSERVED, NATIVE]), st.sampled_from([None, 1, 2]))))
def test_as_much_is_told_as_the_more_talkative_way_has_to_tell(told: List[Tuple[Origin, Optional[int]]]) -> None:
    twins = Twins(steady=lambda: 0.0)
    let_through = [twins.admit(event(backup_id=backup_id), origin) is not None for origin, backup_id in told]
    origins = [origin for origin, _ in told]
    assert sum(let_through) >= max(origins.count(OBSERVED), origins.count(NATIVE))
