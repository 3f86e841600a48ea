"""The periodic report: when it is sent, and what it counts."""

from __future__ import annotations

import collections
import contextlib
import datetime
import random
import shutil
import sqlite3
import statistics
import zoneinfo
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from prime_notify.config.problem import Problem
from prime_notify.crash_points import no_crash
from prime_notify.model.figures import Report
from prime_notify.model.payload import Payload
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from prime_notify.schedules.plan import SkipReason
from prime_notify.schedules.report_times import report_times
from prime_notify.watch.report import REPORT, ReportWatch
from prime_notify.watch.report_figures import Situation, report_of, unwell_of
from tests.support.build import loaded
from tests.support.scripted_engine import state
from tests.support.watch_world import DAY, HOUR, MINUTE, NOON, WatchWorld

WEEK = 7 * DAY
ASKS = {"name": "family", "url": "http://127.0.0.1:9/", "events": ["report"]}
NIGHTLY = {"watch": {"backup": {"every": False}}, "report": {"at": "09:00", "timezone": "UTC"}}


class ReportWorld(WatchWorld):
    """A world whose endpoint asks for reports. Nothing can be delivered: its lanes have no threads."""

    asks = True

    def configure(self, **sections: Any) -> None:
        given = {**NIGHTLY, **sections}
        events = ["report", "backup_failure"] if self.asks else ["backup_failure"]
        self.config = loaded({"name": "family", "url": "http://127.0.0.1:9/", "events": events}, **given)
        if self._engine is not None:
            self._engine.reload(self.config)

    def reports(self) -> List[Payload]:
        return [payload for payload in self.told if payload.event.value == "report"]

    @property
    def report(self) -> Report:
        found = self.reports()[-1].report
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ReportWorld]:
    started = ReportWorld(tmp_path)
    started.start()
    started.look()
    yield started
    started.stop()


def at(payload: Payload) -> str:
    return datetime.datetime.fromtimestamp(payload.timestamp.unix, datetime.timezone.utc).strftime("%m-%d %H:%M")


# when


def test_it_is_sent_at_its_time_and_covers_the_time_since_the_last_one(world: ReportWorld) -> None:
    world.look_until(2 * DAY, step=MINUTE)
    assert [at(payload) for payload in world.reports()] == ["01-02 09:00", "01-03 09:00"]
    first, second = (payload.report for payload in world.reports())
    assert first is not None
    assert second is not None
    assert first.since == pytest.approx(NOON)
    assert (second.since, second.until) == (pytest.approx(first.until), pytest.approx(NOON + 45 * HOUR))


def test_nobody_gets_one_unasked(tmp_path: Path) -> None:
    world = ReportWorld(tmp_path)
    world.asks = False
    world.configure()
    world.start()
    assert world.look_until(3 * DAY, step=HOUR) == []
    world.stop()


def test_who_asks_for_it_later_waits_for_the_next_one_which_covers_all(world: ReportWorld) -> None:
    world.asks = False
    world.configure()
    world.look_until(3 * DAY, step=HOUR)
    world.asks = True
    world.configure()
    assert world.look(MINUTE) == []
    assert world.look_until(DAY, step=HOUR) == ["report"]
    assert world.report.since == pytest.approx(NOON)


def test_one_that_fell_into_down_time_is_sent_once_for_the_whole_time(world: ReportWorld) -> None:
    world.backup()
    world.restart(down=10 * DAY)
    assert world.look(30.0) == []  # events that are late may still come in
    assert world.look_until(HOUR, step=MINUTE) == ["report"]
    assert world.report.since == pytest.approx(NOON)
    assert world.report.backups.done == 1
    assert world.look_until(DAY, step=HOUR) == ["report"]


def test_a_restart_sends_nothing_again(world: ReportWorld) -> None:
    world.look_until(DAY, step=10 * MINUTE)
    for _ in range(5):
        world.restart(down=MINUTE)
        assert world.look_until(10 * MINUTE, step=MINUTE) == []


@pytest.mark.parametrize("back", [MINUTE, HOUR, DAY, 30 * DAY, 4 * 365 * DAY])
def test_a_clock_that_is_set_back_never_sends_it_twice(world: ReportWorld, back: float) -> None:
    world.look_until(DAY, step=10 * MINUTE)
    assert len(world.reports()) == 1
    world.clock.ahead = -back
    assert world.look(MINUTE) == []
    world.backup()
    for _ in range(12 * 6):
        assert world.look(10 * MINUTE) in ([], ["report"])
    assert len(world.reports()) <= 2
    world.look_until(3 * DAY, step=10 * MINUTE)
    counted = sum(payload.report.backups.done for payload in world.reports() if payload.report)
    assert counted == 1
    assert 2 <= len(world.reports()) <= 5


def test_a_clock_that_jumps_forth_and_back_sends_no_hundred(world: ReportWorld) -> None:
    for turn in range(200):
        world.clock.ahead = 400 * DAY if turn % 2 else 0.0
        world.look(MINUTE)
    assert len(world.reports()) <= 1
    world.clock.ahead = 0.0
    world.look_until(3 * DAY, step=10 * MINUTE)
    assert len(world.reports()) <= 5


def test_another_time_in_the_config_counts_from_then_on(world: ReportWorld) -> None:
    world.look_until(2 * HOUR)
    world.configure(report={"at": "13:00", "timezone": "UTC"})
    assert world.look(MINUTE) == []
    world.look_until(DAY, step=10 * MINUTE)
    assert [at(payload) for payload in world.reports()] == ["01-02 13:01"]


def test_the_zone_is_that_of_the_notifications_by_default(world: ReportWorld) -> None:
    block = {"enabled": True, "timezone": "Asia/Shanghai", "endpoints": [ASKS]}
    world.configure(report={"at": "09:00"}, notification=block)
    world.look_until(DAY, step=10 * MINUTE)
    assert [at(payload) for payload in world.reports()] == ["01-02 01:00"]


def test_while_notifications_are_switched_off_none_is_due(world: ReportWorld) -> None:
    world.configure(notification={"enabled": False, "endpoints": [ASKS]})
    world.look_until(2 * DAY, step=HOUR)
    world.configure()
    assert world.look(MINUTE) == []
    assert not world.engine.watching.part(ReportWatch).send() or world.reports()


# sent by hand


def test_one_that_is_sent_by_hand_moves_the_time_that_the_next_one_covers(world: ReportWorld) -> None:
    world.backup()
    world.clock.advance(HOUR)
    assert world.engine.watching.part(ReportWatch).send()
    assert world.report.backups.done == 1
    world.look_until(DAY, step=10 * MINUTE)
    assert len(world.reports()) == 2
    assert world.report.backups.done == 0


def test_a_kill_before_it_is_stored_sends_it_after_the_start(world: ReportWorld, monkeypatch) -> None:
    real, refuse = Past.tell, [True]

    def tell(self: Past, *arguments: Any) -> None:
        if refuse[0]:
            raise OutboxError("the disk is full")
        real(self, *arguments)

    monkeypatch.setattr(Past, "tell", tell)
    world.look_until(DAY, step=HOUR)
    assert world.reports() == []
    refuse[0] = False
    assert world.look(MINUTE) == ["report"]
    assert world.look_until(HOUR) == []


def test_whenever_the_process_is_killed_it_is_sent_once(tmp_path: Path) -> None:
    life, folders = ReportWorld(tmp_path / "life"), []

    def at_step(step: str) -> None:
        folders.append((step, tmp_path / str(len(folders))))
        shutil.copytree(life.folder, folders[-1][1])

    life.start()
    life.look()
    life.backup()
    life.look(20 * HOUR)
    life.crash_point = at_step
    assert life.look(HOUR) == ["report"]
    life.crash_point = no_crash
    life.stop()
    assert {"watch-tell:begin", "watch-tell:commit", "watch-tell:done"} <= {step for step, _ in folders}
    for step, folder in folders:
        world = ReportWorld(folder)
        world.clock.time = life.clock.time + 10.0
        world.start()
        world.look_until(10 * MINUTE, step=MINUTE)
        history = world.engine.history
        assert history is not None
        sent = [one.payload.report for one in history.page(100) if one.payload and one.payload.report]
        world.stop()
        assert [report.backups.done for report in sent] == [1], step


@pytest.mark.parametrize(
    ("at", "zone"), [("02:30", "Europe/Berlin"), ("Mon 09:00", "Asia/Shanghai"), ("31 00:00", "America/New_York")]
)
def test_over_a_year_with_restarts_each_time_is_in_one_report_which_comes_soon(
    tmp_path: Path, at: str, zone: str
) -> None:
    chance, world = random.Random(at), ReportWorld(tmp_path)
    world.configure(report={"at": at, "timezone": zone})
    world.start()
    world.look()
    schedule, began, awake, reported = report_times(at, zoneinfo.ZoneInfo(zone)), NOON, 0.0, NOON
    while world.clock.wall() < NOON + 370 * DAY:
        if chance.random() < 0.02:
            world.restart(down=chance.choice([MINUTE, HOUR, 3 * DAY, 40 * DAY]) * chance.random())
            awake = world.clock.wall()
        told = world.look(chance.uniform(MINUTE, 4 * HOUR))
        now = world.clock.wall()
        due = schedule.next_after(reported)
        assert due is not None
        assert told == (["report"] if now >= due and now - awake >= MINUTE else [])
        if told:
            assert (world.report.since, world.report.until) == (pytest.approx(reported), pytest.approx(now))
            reported = now
    world.stop()
    assert reported > began + 300 * DAY


def test_what_another_version_kept_is_no_hindrance(world: ReportWorld) -> None:
    world.past.keep(REPORT, {"strange": 1})
    world.restart()
    world.look_until(2 * DAY, step=HOUR)
    assert len(world.reports()) == 2


def test_while_another_process_owns_the_folder_there_is_none(world: ReportWorld) -> None:
    part = world.engine.watching.part(ReportWatch)
    world.engine.watching.stop(0.0)
    assert part.report() is None
    assert not part.send()


# what


def test_the_endpoints_that_need_a_person_are_listed_the_worst_first() -> None:
    states = [
        state("well", waiting=5),
        state("blip", failing_for=60.0),
        state("paused", failing_for=60.0, paused_for=30.0),
        state("failing", failing_for=3600.0, dead=2),
        state("gone", failing_for=60.0, disabled=True),
        state("off", enabled=False, failing_for=9000.0),
        state("old", enabled=False, orphaned=True, dead=4),
        state("typo", mistake=Problem("a", "b", "c")),
        state("typo, off", enabled=False, mistake=Problem("a", "b", "c")),
    ]
    assert [(one.name, one.state, one.dead) for one in unwell_of(states)] == [
        ("gone", "gone", None),
        ("failing", "failing", 2),
        ("paused", "failing", None),
        ("typo", "mistake", None),
        ("old", "dead_letters", 4),
    ]


def test_of_very_many_endpoints_the_worst_are_listed() -> None:
    states = [state(f"e{number}", failing_for=1000.0 + number) for number in range(500)]
    found = unwell_of(states)
    assert len(found) == 100
    assert found[0].name == "e499"


def test_it_tells_how_the_backups_went(world: ReportWorld) -> None:
    for size in (1000, 2000, 3000):
        world.backup(backup={"id": size // 1000, "raw_size": size})
    world.backup("backup_failure", error={"type": "OSError", "message": "disk full"})
    world.skip(SkipReason.NOBODY_ONLINE)
    world.skip(SkipReason.BUSY)
    world.skip(SkipReason.NOBODY_ONLINE)
    world.look_until(DAY, step=10 * MINUTE)
    report = world.report
    assert (report.backups.done, report.backups.failed, report.backups.skipped) == (3, 1, 3)
    assert report.backups.skip_reasons == {"nobody_online": 2, "busy": 1}
    assert report.last_backup is not None
    assert report.last_backup.id == 3
    assert report.size is not None
    assert report.size.latest == 3000
    assert report.size.values == [2000.0, *[None] * 6]
    assert report.unwatched == "switched_off"
    assert world.reports()[-1].severity.value == "warning"
    assert world.reports()[-1].plugin.id == "prime_notify"


def test_it_is_no_warning_when_all_is_well(world: ReportWorld) -> None:
    world.backup()
    world.look_until(DAY, step=HOUR)
    assert world.reports()[-1].severity.value == "info"
    assert world.report.is_well
    assert not world.report.is_empty


def test_it_tells_what_is_overdue_now(world: ReportWorld) -> None:
    world.configure(watch={"backup": {"every": "6h"}})
    world.look_until(DAY, step=10 * MINUTE)
    assert world.report.overdue_s == pytest.approx(NOON + 21 * HOUR - (NOON + 6 * HOUR), abs=11 * MINUTE)
    assert world.report.next_by is None
    assert world.report.backups.overdue == 1


def test_without_anything_to_tell_it_is_empty(world: ReportWorld) -> None:
    world.look_until(DAY, step=HOUR)
    assert world.report.is_empty
    assert world.report.last_backup is None


def test_the_first_one_covers_the_time_from_the_start_before_anything_looked(tmp_path: Path) -> None:
    world = ReportWorld(tmp_path)
    world.start()
    world.backup()
    found = world.engine.watching.part(ReportWatch).report()
    assert found is not None
    assert found.backups.done == 1
    assert world.engine.watching.part(ReportWatch).send()
    assert world.report.backups.done == 1
    world.stop()


def test_the_report_of_now_is_not_sent_and_changes_nothing(world: ReportWorld) -> None:
    world.backup()
    found = world.engine.watching.part(ReportWatch).report()
    assert found is not None
    assert found.backups.done == 1
    assert world.reports() == []


def random_year(numbers: random.Random, start: float) -> List[TaskRow]:
    rows = []
    for number in range(3000):
        task = numbers.choice(["backup"] * 9 + ["restore"])
        statuses = ["success"] * 8 + ["failure", "aborted", *(["skipped", "overdue"] if task == "backup" else [])]
        status = numbers.choice(statuses)
        good = status == "success"
        rows.append(
            TaskRow(
                f"{number:026d}",
                numbers.choice(["prime_backup", "quick_backup_multi"]),
                task,
                status,
                start + numbers.uniform(-30 * DAY, 365 * DAY),
                numbers.choice(["info", "info", "warning"]) if good else "error",
                numbers.uniform(1, 400) if good and numbers.random() < 0.9 else None,
                number if good else None,
                numbers.randrange(1, 1 << 40) if good and numbers.random() < 0.8 else None,
                numbers.randrange(1, 1 << 30) if good and numbers.random() < 0.8 else None,
                numbers.choice(list(SkipReason)).value if status == "skipped" else None,
            )
        )
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_a_report_over_a_year_of_random_tasks_equals_a_plain_query(world: ReportWorld, seed: int) -> None:
    numbers = random.Random(seed)
    since, until = NOON, NOON + 365 * DAY
    world.past.put(*random_year(numbers, since))
    now = Situation(last=world.past.newest("backup", "success")[0])
    report = report_of(world.past.between(since, until), since, until, now)

    with contextlib.closing(sqlite3.connect(world.folder / "outbox.sqlite3")) as plain:

        def ask(query: str) -> Any:
            return plain.execute(query.replace("THEN", f"at > {since!r} AND at <= {until!r}")).fetchall()

        def number(task: str, status: str, more: str = "1") -> int:
            where = f"THEN AND task = '{task}' AND status = '{status}' AND {more}"
            return int(ask(f"SELECT count(*) FROM task WHERE {where}")[0][0])

        backups, restores = report.backups, report.restores
        assert backups.done == number("backup", "success")
        assert backups.warnings == number("backup", "success", "severity <> 'info'")
        assert backups.failed == number("backup", "failure")
        assert backups.aborted == number("backup", "aborted")
        assert backups.skipped == number("backup", "skipped")
        assert backups.overdue == number("backup", "overdue")
        reasons = ask("SELECT reason, count(*) FROM task WHERE THEN AND status = 'skipped' GROUP BY reason")
        assert backups.skip_reasons == dict(reasons)
        assert (restores.done, restores.failed) == (number("restore", "success"), number("restore", "failure"))
        assert restores.aborted == number("restore", "aborted")
        [(newest, id)] = ask("SELECT max(at), backup_id FROM task WHERE task = 'backup' AND status = 'success'")
        assert report.last_backup is not None
        assert (report.last_backup.at, report.last_backup.id) == (newest, id)
        for trend, column in ((report.size, "coalesce(raw_size, stored_size)"), (report.duration, "cost")):
            parts = collections.defaultdict(list)
            good = f"THEN AND task = 'backup' AND status = 'success' AND {column} IS NOT NULL"
            for moment, value in ask(f"SELECT at, {column} FROM task WHERE {good} ORDER BY at"):
                parts[min(6, int((moment - since) / (365 * DAY / 7)))].append(value)
            assert trend is not None
            assert trend.latest == value
            assert trend.values == [round(statistics.median(parts[part]), 3) for part in range(7)]


def test_it_counts_the_deliveries_of_its_time(world: ReportWorld) -> None:
    def settle(id: int, state: str, settled: float) -> None:
        def act(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO notification VALUES (?, ?, 1.0, '{}')", (id, f"n{id}"))
            row = (id, state, settled)
            connection.execute(
                "INSERT INTO delivery (notification, endpoint, task_id, due, state, settled)"
                " VALUES (?, 'family', 't', 0, ?, ?)",
                row,
            )

        world.past._database.write("test", act)

    world.clock.ahead = 5000.0  # deliveries are counted in steady seconds
    world.look(MINUTE)
    for number, ended in enumerate(["delivered", "accepted", "dead", "expired", "folded"], 1000):
        settle(number, ended, world.clock.steady() + HOUR)
    settle(2000, "delivered", NOON - 3 * HOUR)
    world.clock.advance(2 * HOUR)
    found = world.engine.watching.part(ReportWatch).report()
    assert found is not None
    assert (found.deliveries.delivered, found.deliveries.given_up) == (2, 1)
    assert [(one.name, one.state, one.dead) for one in found.unwell] == [("family", "dead_letters", 1)]
