"""The engine is killed at every step, and at a few random moments. The long form is ``python -m tests.crash``."""

from __future__ import annotations

import random
from typing import List

import pytest

from tests.crash.case import Case, Kill
from tests.crash.slot import Slot
from tests.crash.suite import RANDOM, Run, discover, random_cases, rows, run, step_cases, table

_KNOWN_STEPS = (
    "open", "migrate-1:statement", "migrate-2:commit", "put:begin", "put:commit", "put:done", "send:begin", "send:done",
    "settle:begin", "settle:commit", "settle:done", "prune:commit", "receive:commit", "replay:commit", "drop:commit",
    "clock:commit", "salvage:commit", "salvage-begin:part", "salvage-end:part",
    "defer:done", "make-due:begin", "make-due:commit", "make-due:done", "merge:claimed",
    "copy:begin", "copy:commit", "copy:done",
    "write-back:begin", "write-back:commit", "write-back:done", "write-back:switched",
)  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> List[Run]:
    lives = discover(slots=4, tasks=2)
    cases = [*step_cases(lives, each=1), *random_cases(lives, 8, random.Random(0))]
    done = run(cases, slots=4)
    print("\n" + table(done))  # pytest shows it when a test fails, and with -s
    return done


def test_the_engine_was_killed_at_every_step_there_is(runs: List[Run]) -> None:
    killed = {one.name for one in runs if one.verdict.kills}
    assert killed.issuperset(_KNOWN_STEPS)
    assert RANDOM in killed
    assert not [one.name for one in runs if not one.verdict.kills and one.name != RANDOM]


def test_nothing_that_was_accepted_is_lost(runs: List[Run]) -> None:
    assert sum(one.verdict.accepted for one in runs) > 100
    assert [one.verdict.lost for one in runs if one.verdict.lost] == []


def test_a_kill_repeats_at_most_the_delivery_that_each_endpoint_was_at(runs: List[Run]) -> None:
    assert all(one.verdict.duplicates <= one.verdict.bound for one in runs)


def test_repetitions_carry_the_same_id_and_ends_come_once_and_after_their_starts(runs: List[Run]) -> None:
    assert [one.verdict.wrong or one.failure for one in runs if one.verdict.wrong or one.failure] == []


def test_a_kill_between_sending_and_noting_it_down_is_what_repeats_a_delivery(runs: List[Run]) -> None:
    by_name = {row.name: row for row in rows(runs)}
    assert by_name["send:done"].duplicates >= 1


def test_where_the_system_cannot_fork_each_life_is_a_process_of_its_own() -> None:
    slot = Slot(forks=False)
    verdict = Case("new", drop=False, kills=(Kill("settle:commit", 2),)).run(slot).verdict
    slot.close()
    assert (verdict.kills, verdict.lost, verdict.wrong) == (1, (), ())
