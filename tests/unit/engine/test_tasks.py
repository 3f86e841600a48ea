"""A start is followed by exactly one end."""

from __future__ import annotations

import itertools

from prime_notify.engine.tasks import TaskLedger
from prime_notify.outbox.values import OpenTask
from tests.support.build import event, open_task


def ledger(*open_tasks: OpenTask) -> TaskLedger:
    numbers = itertools.count(1)
    return TaskLedger(lambda: f"new{next(numbers)}", open_tasks)


def test_an_end_without_task_id_belongs_to_the_running_task_of_its_plugin() -> None:
    assert ledger(open_task("t")).place(event("backup_success")).task_id == "t"


def test_an_end_of_another_plugin_or_kind_of_task_does_not() -> None:
    assert ledger(open_task("t")).place(event("backup_success", "other")).task_id == "new1"
    assert ledger(open_task("t")).place(event("restore_success")).task_id == "new1"


def test_an_end_without_a_start_is_a_task_of_its_own() -> None:
    placement = ledger().place(event("backup_success"))
    assert (placement.task_id, placement.abandoned, placement.repeated) == ("new1", [], False)


def test_a_new_start_shows_that_the_task_before_it_ended_without_a_word() -> None:
    placement = ledger(open_task("t")).place(event("backup_start"))
    assert placement.task_id == "new1"
    assert placement.abandoned == [open_task("t")]


def test_tasks_with_task_ids_run_side_by_side() -> None:
    placement = ledger(open_task("t")).place(event("backup_start", task_id="u"))
    assert (placement.task_id, placement.abandoned) == ("u", [])


def test_the_same_start_twice_is_dropped() -> None:
    assert ledger(open_task("t")).place(event("backup_start", task_id="t")).repeated


def test_the_same_end_twice_is_dropped() -> None:
    tasks = ledger(open_task("t"))
    assert not tasks.place(event("backup_success", task_id="t")).repeated
    tasks.closed("t")
    assert tasks.place(event("backup_failure", task_id="t")).repeated


def test_a_closed_task_is_no_longer_running() -> None:
    tasks = ledger(open_task("t"))
    assert tasks.closed("t") == open_task("t")
    assert tasks.closed("t") is None
    assert tasks.place(event("backup_success")).task_id == "new1"


def test_a_task_id_that_no_store_could_hold_is_cleaned() -> None:
    assert ledger().place(event("backup_start", task_id="\ud800" + "x" * 10_000)).task_id == "\ufffd" + "x" * 126 + "…"
