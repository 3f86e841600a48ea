"""One verdict: all is well only where that is known, and otherwise the worst comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List

import pytest

from prime_notify.config.problem import Problem
from prime_notify.delivery.overview import EndpointState, Overview
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.tasks import TaskRow
from prime_notify.schedules.plan import Plan
from prime_notify.schedules.schedule import Every
from prime_notify.watch.overdue import Deadline
from prime_notify.watch.terms import Terms
from prime_notify.watch.verdict import Finding, Grade, Known, newest_of, refreshed, verdict_of

NOW, HOUR = 1_000_000_000.0, 3600.0
TERMS = Terms(Every(12 * HOUR), grace=0.5 * HOUR, plugin_id=PRIME_BACKUP)
PLAN = Plan(PRIME_BACKUP, loaded=True, enabled=True, interval=12 * HOUR)
MISTAKE = Problem("notification.endpoints[0].type", "7", "write a type")


def row(status: str = "success", ago: float = 3 * HOUR, plugin_id: str = PRIME_BACKUP, **more: Any) -> TaskRow:
    return TaskRow("id", plugin_id, "backup", status, NOW - ago, **more)


LAST = row()
GOOD = Deadline(TERMS, PLAN, LAST, LAST.at + 12 * HOUR, LAST.at + 12.5 * HOUR)
UNWATCHED = Deadline(Terms(unwatched="not_scheduled"), PLAN, LAST)


def endpoint(name: str = "phone", **more: Any) -> EndpointState:
    return EndpointState(name, "bark", True, **more)


def overview(*endpoints: EndpointState, enabled: bool = True, **more: Any) -> Overview:
    return Overview(enabled, endpoints or (endpoint(),), **more)


def known(**more: Any) -> Known:
    return replace(Known(NOW, overview(), GOOD), **more)


def names(found: Known) -> List[str]:
    """The findings, the worst first, or the statement on the backups."""
    verdict = verdict_of(found)
    return [one.name for one in verdict.findings] or [verdict.backup.name]


def test_all_is_well_when_the_last_backup_is_good_and_the_next_one_is_expected() -> None:
    verdict = verdict_of(known())
    assert verdict.findings == []
    assert verdict.grade is Grade.WELL
    assert verdict.first == Finding("well", Grade.WELL, at=GOOD.tell_at, seconds=3 * HOUR)


@pytest.mark.parametrize(
    ("deadline", "name", "why"),
    [
        (None, "starting", ()),
        (UNWATCHED, "unwatched", ("not_scheduled",)),
        (replace(UNWATCHED, last=None), "unwatched_none", ("not_scheduled",)),
        (replace(GOOD, due=None, tell_at=None), "unwatched", ("unreadable",)),
        (replace(GOOD, last=None), "first", ()),
    ],
)
def test_what_nobody_can_know_is_not_called_well(deadline: Any, name: str, why: Any) -> None:
    verdict = verdict_of(known(deadline=deadline))
    assert (verdict.first.name, verdict.first.names, verdict.grade) == (name, why, Grade.UNKNOWN)


def test_a_run_that_was_left_out_is_said() -> None:
    assert names(known(deadline=replace(GOOD, put_off=NOW - HOUR))) == ["well_put_off"]


TOLD = replace(GOOD, due=NOW - 2 * HOUR, tell_at=NOW - 1.5 * HOUR, overdue=NOW - 2 * HOUR)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"in_force": False, "readable": False}, ["unreadable"]),
        ({"readable": False}, ["kept"]),
        ({"overview": overview(enabled=False)}, ["off"]),
        ({"overview": overview(refusing=True)}, ["refusing"]),
        ({"overview": overview(elsewhere="process 7"), "deadline": None}, ["elsewhere"]),
        ({"overview": overview(endpoint(switched_off=True))}, ["no_endpoint"]),
        ({"overview": Overview(True, ()), "hidden": [endpoint()]}, ["well"]),
        ({"deadline": TOLD}, ["overdue"]),
        ({"deadline": replace(TOLD, last=None)}, ["overdue"]),
        ({"deadline": replace(TOLD, overdue=None)}, ["overdue"]),
        ({"deadline": replace(TOLD, overdue=None, tell_at=NOW + 1)}, ["well"]),
        ({"deadline": TOLD, "running": True}, ["overdue_running"]),
        ({"deadline": replace(GOOD, plan=PLAN._replace(loaded=False))}, ["not_loaded"]),
        ({"deadline": replace(GOOD, plan=PLAN._replace(paused=True))}, ["paused"]),
        ({"deadline": replace(GOOD, terms=replace(TERMS, plugin_id=None), plan=PLAN._replace(paused=True))}, ["well"]),
        ({"past_known": False}, ["past"]),
        ({"failed": row("failure", HOUR)}, ["failed"]),
        ({"failed": row("aborted", HOUR)}, ["aborted"]),
        ({"failed": row("failure", 4 * HOUR)}, ["well"]),
        ({"failed": row("failure", HOUR), "deadline": replace(GOOD, last=None)}, ["failed", "first"]),
        ({"deadline": replace(GOOD, last=row(severity="warning"))}, ["doubtful"]),
        ({"stuck": [("backup", 7200.0)]}, ["stuck"]),
        ({"low": ["/srv/pb"]}, ["low"]),
        ({"unread": ["/srv/pb"]}, ["unread"]),
        ({"problems": 2}, ["problems"]),
        ({"overview": overview(endpoint(mistake=MISTAKE), endpoint("ops")), "problems": 1}, ["mistakes"]),
        ({"overview": overview(endpoint(disabled=True, failing_for=9.0))}, ["gone"]),
        ({"overview": overview(endpoint(failing_for=9.0))}, ["failing"]),
        ({"overview": overview(endpoint(), endpoint("old", switched_off=True, failing_for=9.0))}, ["well"]),
        ({"overview": overview(endpoint(dead=2))}, ["dead"]),
        ({"overview": overview(endpoint(), endpoint("gone", orphaned=True, waiting=1))}, ["orphaned"]),
        ({"hidden": [endpoint("boss", failing_for=9.0)]}, ["hidden"]),
        ({"hidden": [endpoint("boss", mistake=MISTAKE)], "problems": 1}, ["hidden"]),
    ],
)
def test_what_is_not_well_is_found(more: Any, expected: List[str]) -> None:
    assert names(known(**more)) == expected


def test_the_worst_comes_first_and_what_nobody_knows_comes_last() -> None:
    found = known(deadline=UNWATCHED, low=["/srv/pb"], failed=row("failure", HOUR), stuck=[("restore", 9.0)])
    assert names(found) == ["failed", "stuck", "low", "unwatched"]
    assert verdict_of(found).grade is Grade.ERROR


def test_a_name_that_the_reader_may_not_see_is_in_no_finding() -> None:
    verdict = verdict_of(known(hidden=[endpoint("boss", failing_for=9.0, dead=1)]))
    assert "boss" not in repr(verdict)


def test_overdue_counts_from_the_deadline_that_was_told() -> None:
    [overdue] = verdict_of(known(deadline=TOLD)).findings
    assert (overdue.at, overdue.seconds) == (NOW - 2 * HOUR, 2 * HOUR)


# a backup since the last look


def test_a_good_backup_since_the_last_look_moves_the_deadline() -> None:
    newest = row(ago=60.0)
    later = refreshed(TOLD, newest)
    assert (later.last, later.overdue) == (newest, None)
    assert (later.due, later.tell_at) == (newest.at + 12 * HOUR, newest.at + 12.5 * HOUR)


@pytest.mark.parametrize("newest", [None, LAST, row(ago=4 * HOUR), row(ago=60.0, plugin_id="other")])
def test_any_other_backup_does_not(newest: Any) -> None:
    assert refreshed(TOLD, newest) == TOLD


def test_a_deadline_that_was_put_off_further_stays() -> None:
    put_off = replace(GOOD, due=NOW + 30 * HOUR, tell_at=NOW + 31 * HOUR)
    later = refreshed(put_off, row(ago=60.0))
    assert (later.due, later.tell_at) == (put_off.due, put_off.tell_at)


def test_without_a_schedule_only_the_last_backup_changes() -> None:
    newest = row(ago=60.0)
    assert refreshed(UNWATCHED, newest) == replace(UNWATCHED, last=newest)


class Unreadable:
    def next_after(self, moment: float) -> float:
        raise ImportError("apscheduler")


class Never:
    def next_after(self, moment: float) -> None:
        return None


@pytest.mark.parametrize(
    ("schedule", "due", "expected"),
    [(Unreadable(), NOW - HOUR, None), (Unreadable(), NOW + HOUR, NOW + HOUR), (Never(), NOW - HOUR, None)],
)
def test_a_schedule_that_cannot_be_read_here_invents_no_deadline(schedule: Any, due: float, expected: Any) -> None:
    deadline = replace(TOLD, terms=replace(TERMS, schedule=schedule), due=due)
    assert refreshed(deadline, row(ago=60.0)).due == expected


def test_a_backup_from_a_time_that_has_not_come_is_passed_over() -> None:
    assert newest_of([row(ago=-48 * HOUR), LAST, row(ago=5 * HOUR)], NOW) == LAST
    assert newest_of([], NOW) is None
