"""The first line of ``!!pn``, and ``!!pn watch``."""

from __future__ import annotations

from typing import Any, List
from unittest import mock

import pytest

from prime_notify.delivery.overview import EndpointState
from prime_notify.model.event import Event, EventName
from prime_notify.model.figures import Disk
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.schedules.plan import Plan, Skip, SkipReason
from prime_notify.text.wording import Wording
from prime_notify.watch.glance import Glance, Unread, low_paths
from prime_notify.watch.overdue import OverdueWatch
from prime_notify.watch.storage import StorageWatch
from tests.support.bench import Bench, MakeBench
from tests.support.console import Reader
from tests.support.scripted_engine import NOON, state

HOUR, DAY = 3600.0, 86400.0
PLAN = Plan(PRIME_BACKUP, loaded=True, enabled=True, interval=6 * HOUR, jitter=10.0, load=1, next_run=NOON + HOUR)


def watching(make_bench: MakeBench, plan: Plan = PLAN, *endpoints: EndpointState) -> Bench:
    """A bench whose watch has looked at noon."""
    bench = make_bench(*(endpoints or [state("phone")]))
    bench.engine.schedule.now = plan
    bench.engine.watching.look()
    return bench


def backup(bench: Bench, *, ago: float, name: str = "backup_success", **fields: Any) -> None:
    """A backup ends now, and then this time passes."""
    bench.engine.accept(Event(EventName(name), PRIME_BACKUP, fields=fields))
    bench.engine.catch_up()
    bench.engine.clock.advance(ago)


def verdict(bench: Bench, *, level: int = 4, language: str = "en_us") -> str:
    return bench.console.type("!!pn", Reader(level=level, language=language))[1]


def watch(bench: Bench, *, language: str = "en_us") -> List[str]:
    return bench.console.type("!!pn watch", Reader(language=language))


# the first line of the overview


def test_the_overview_opens_with_the_verdict(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    backup(bench, ago=3 * HOUR)
    assert verdict(bench) == "All is well: last backup 3h 00m ago, next by 18:30"
    assert verdict(bench, language="zh_cn") == "一切正常：上次备份在 3h 00m 前，下次不晚于 18:30"
    bench.type("!!pn")
    assert bench.reader.clicks[1] == "!!pn watch"
    assert "All is well" in bench.reader.hovers[1]


def test_another_day_is_named(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN._replace(interval=2 * DAY))
    backup(bench, ago=3 * HOUR)
    assert verdict(bench).endswith("next by 2026-01-03 12:30")


def test_where_nothing_is_watched_it_says_so(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN._replace(enabled=False))
    assert verdict(bench) == "No backup yet, and nobody watches for one: Prime Backup makes no scheduled backups"
    backup(bench, ago=3 * HOUR)
    assert verdict(bench) == (
        "Last backup 3h 00m ago. Nobody watches for the next one: Prime Backup makes no scheduled backups"
    )


def test_before_the_watch_has_looked_it_says_so(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    bench.engine.watching.part(OverdueWatch).deadline = None
    assert verdict(bench) == "The watch for backups begins in a few seconds"
    assert "The watch begins in a few seconds; type this again" in watch(bench)


def test_the_worst_comes_first_and_the_others_are_counted(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN._replace(paused=True), state("phone", failing_for=90.0))
    backup(bench, ago=2 * HOUR)
    backup(bench, ago=HOUR, name="backup_failure")
    assert verdict(bench) == "The last backup failed, at 14:00, and 2 more"
    bench.type("!!pn")
    hover = bench.reader.hovers[1]
    assert "- Prime Backup makes no scheduled backups: its schedule is paused" in hover
    assert "- Failing for 1m 30s: phone" in hover


def test_an_endpoint_that_the_reader_may_not_see_is_not_named(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN, state("phone"), state("boss", visible_to=4, failing_for=90.0))
    backup(bench, ago=3 * HOUR)
    assert verdict(bench) == "Failing for 1m 30s: boss"
    assert verdict(bench, level=1) == "An endpoint that you may not see is not well"


def test_many_names_are_cut(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN, *(state(name, failing_for=90.0) for name in "abcde"))
    backup(bench, ago=3 * HOUR)
    assert verdict(bench) == "Failing for 1m 30s: a, b, c, 2 more"


def test_a_reader_without_the_level_is_not_led_to_a_command_that_refuses(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    reader = Reader(level=1)
    bench.console.type("!!pn", reader)
    assert "!!pn watch" not in reader.clicks


def test_the_time_is_in_the_zone_of_the_config(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    bench.configure(notification={"enabled": True, "timezone": "+13:45"})
    backup(bench, ago=3 * HOUR)
    assert verdict(bench).endswith("UTC+13:45")


def test_a_past_that_cannot_be_read_is_not_called_well(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    backup(bench, ago=3 * HOUR)
    with mock.patch.object(Past, "newest", side_effect=OutboxError("disk I/O error")):
        assert verdict(bench) == "It cannot be read now whether the last backup failed, and 1 more"
        assert watch(bench) == ["The history cannot be read now: disk I/O error"]


def test_what_the_other_parts_know_is_in_the_verdict(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    backup(bench, ago=3 * HOUR)
    begin(bench)
    with knowing(disks=[LOW], unread=[GONE], stuck=["task-1"]):
        assert verdict(bench).endswith(", and 2 more")
        assert verdict(bench).startswith("A backup has not ended for ")
    with knowing(disks=[LOW]):
        assert verdict(bench) == "The disk of the backups is nearly full: /srv/pb"
        assert verdict(bench, level=1) == "The disk of the backups is nearly full"
    with knowing(unread=[GONE]):
        assert verdict(bench) == "The free space for backups cannot be read: /mnt/nas"


# the command

AUTO = (
    "A task counts as stuck after four times the longest of the last ten tasks, at least 30m; the first backup after "
    "2h 00m (watch.stuck_after)"
)


def test_it_shows_the_schedule_the_last_backup_and_the_next_one(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    backup(bench, ago=3 * HOUR, backup={"id": 12})
    assert watch(bench) == [
        "What Prime Notify watches for",
        "Backups: one every 6h 00m – from Prime Backup's config, up to 10s earlier or later",
        "Last good one: #12 2026-01-01 12:00:00, 3h 00m ago",
        "The next one is expected at 18:00; it is told as overdue from 18:30 on",
        "Prime Backup's own next run: 13:00",
        "No endpoint gets backup_overdue: only the log says it. Add it to the events of an endpoint",
        AUTO,
        "- no task is under way",
        "Disks of the backups: none is known yet",
    ]
    assert watch(bench, language="zh_cn")[:4] == [
        "Prime Notify 在监视什么",
        "备份：每 6h 00m 一次，来自 Prime Backup 的配置，可提前或推迟至多 10s",
        "上次成功：#12 2026-01-01 12:00:00，3h 00m 前",
        "下次应在 18:00 完成，从 18:30 起通知逾期",
    ]


def test_an_overdue_backup_is_shown_with_its_reasons(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    bench.engine.clock.advance(7 * HOUR)
    bench.engine.schedule.skips = [Skip(PRIME_BACKUP, SkipReason.BUSY, NOON + 6 * HOUR)]
    bench.engine.watching.look()
    lines = watch(bench)
    assert lines[2:7] == [
        "Last good one: none yet",
        "Overdue since 18:00, for 59m 50s:",
        "- Prime Backup was busy with another task: 1 scheduled backup was left out",
        "Prime Backup's own next run: 13:00",
        "Left out since then: 1 scheduled backup",
    ]
    assert lines[7] == "- 18:00: Prime Backup was busy with another task"
    assert verdict(bench) == "The backup is overdue: it was expected at 18:00, 59m 50s ago"


def test_while_a_backup_is_under_way_it_is_not_told_yet(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    begin(bench)
    bench.engine.clock.advance(7 * HOUR)
    bench.engine.watching.look()
    lines = watch(bench)
    at = lines.index("Expected at 18:00, 59m 50s ago, and not told yet")
    assert lines[at + 1] == "A backup is under way"
    assert "; one is under way" in verdict(bench)


def test_a_run_that_was_left_out_and_a_paused_schedule_are_shown(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    bench.engine.clock.advance(11 * HOUR)
    skips = [Skip(PRIME_BACKUP, SkipReason.NOBODY_ONLINE, NOON + hour * HOUR) for hour in range(1, 8)]
    bench.engine.schedule.skips, bench.engine.schedule.now = skips, PLAN._replace(paused=True)
    bench.engine.watching.look()
    lines = watch(bench)
    assert "Put off by the scheduled backup of 19:00, for which nobody was online" in lines
    assert any(line.startswith("The schedule is paused, by !!pb crontab schedule_backup pause.") for line in lines)
    assert lines[lines.index("Left out since then: 7 scheduled backups") + 1 :][:6] == [
        *(f"- {hour}:00: nobody was online" for hour in (19, 18, 17, 16, 15)),
        "- and 2 older",
    ]


@pytest.mark.parametrize(
    ("plan", "every", "line"),
    [
        (PLAN._replace(loaded=False), "auto", "Backups: not watched. no plugin is known"),
        (PLAN._replace(enabled=False), "auto", "Backups: not watched. Prime Backup makes no scheduled backups"),
        (PLAN, False, "Backups: not watched. watch.backup.every is false"),
        (PLAN, "6h", "Backups: one every 6h 00m – from watch.backup.every"),
        (PLAN, "0 4 * * *", "Backups: crontab 0 4 * * * – from watch.backup.every"),
        (
            PLAN._replace(interval=None, crontab="0 5 * * 0"),
            "auto",
            "Backups: crontab 0 5 * * 0 – from Prime Backup's config, where 0 is Monday, up to 10s earlier or later",
        ),
    ],
)
def test_it_says_from_where_the_schedule_is_known(make_bench: MakeBench, plan: Plan, every: Any, line: str) -> None:
    pytest.importorskip("cronsim")
    bench = watching(make_bench, plan)
    bench.put_in_force(watch={"backup": {"every": every}})
    bench.engine.watching.look()
    assert watch(bench)[1].startswith(line)


def test_a_schedule_is_remembered_while_prime_backup_is_not_loaded(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    bench.engine.schedule.now = Plan(PRIME_BACKUP)
    bench.engine.watching.look()
    assert watch(bench)[1].endswith(" (as it was; Prime Backup is not loaded)")
    assert verdict(bench).startswith("Prime Backup is not loaded, so it makes no backup")


def test_a_crontab_that_never_comes_is_said(make_bench: MakeBench) -> None:
    bench = watching(make_bench, PLAN._replace(interval=None, crontab="0 0 30 2 *"))
    assert "This schedule cannot be read, or never comes" in watch(bench)
    assert verdict(bench).endswith("its schedule cannot be read, or never comes")


def begin(bench: Bench) -> None:
    bench.engine.accept(Event(EventName.BACKUP_START, PRIME_BACKUP, fields={"task_id": "task-1"}))
    bench.engine.catch_up()


LOW = Disk(path="/srv/pb", free=5 * 2**30, total=500 * 2**30, low=True, days_left=2.6)
WELL = Disk(path="/mnt/more", free=50 * 2**30, total=500 * 2**30)


GONE = Unread("/mnt/nas", Wording("its disk does not answer", "磁盘没有响应"))


def knowing(**state: Any) -> Any:
    """What the other parts of the watch know."""
    return mock.patch.object(Glance, "of", return_value=Glance(**{name: tuple(one) for name, one in state.items()}))


def test_tasks_disks_and_the_next_report_are_shown(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    begin(bench)
    glance = Glance((LOW, WELL), (GONE,), ("task-1",), report_at=NOON + 2 * HOUR)
    with mock.patch.object(Glance, "of", return_value=glance):
        lines = watch(bench)
    assert lines[-6].startswith("- A backup of Prime Backup: stuck, under way for ")
    assert lines[-5:] == [
        "Disks of the backups:",
        "- /srv/pb: 5.0 GiB of 500.0 GiB free (full in 2 days at the pace of the last backups) (low)",
        "- /mnt/more: 50.0 GiB of 500.0 GiB free",
        "- /mnt/nas: its disk does not answer",
        "Report: the next one at 14:00",
    ]


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (False, "Tasks that do not end are not watched (watch.stuck_after is false)"),
        ("2h", "A task counts as stuck after 2h 00m (watch.stuck_after)"),
    ],
)
def test_it_says_when_a_task_is_told_to_be_stuck(make_bench: MakeBench, after: Any, line: str) -> None:
    bench = watching(make_bench)
    bench.configure(watch={"stuck_after": after})
    assert line in watch(bench)


def test_it_says_why_there_is_nothing_to_show(make_bench: MakeBench) -> None:
    bench = watching(make_bench)
    with mock.patch.object(type(bench.engine), "history", None):
        assert watch(bench) == ["There is no history: the outbox on disk cannot be used; the log says why"]
    with mock.patch.object(type(bench.engine.watching), "past", None):
        assert watch(bench) == []


# what other parts know


def test_it_glances_at_the_disks(make_bench: MakeBench) -> None:
    part = watching(make_bench).engine.watching.part
    with mock.patch.object(StorageWatch, "silent", (GONE,)):
        part(StorageWatch).disks = (LOW,)
        glance = Glance.of(part)
    assert (glance.disks, glance.low) == ((LOW,), ["/srv/pb"])
    assert [one.path for one in glance.unread] == [GONE.path]
    assert glance.report_at is None


@pytest.mark.parametrize(
    ("kept", "low"), [(None, []), ({}, []), ({"low": 7}, []), ({"since": 5.0, "low": ["/srv"]}, ["/srv"])]
)
def test_the_kept_value_of_the_storage_is_read(kept: Any, low: List[str]) -> None:
    assert low_paths(kept) == low
