"""``!!pn report``, over a real outbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from prime_notify.model.event import EventName
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.outbox.tasks import TaskRow
from prime_notify.watch.report import ReportWatch
from tests.support.bench import Bench, MakeBench
from tests.support.build import loaded
from tests.support.console import Reader
from tests.support.scripted_engine import NOON, state

HOUR = 3600.0
ASKS = {"name": "family", "url": "http://127.0.0.1:9/", "events": ["report"], "visible_to": 0}


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    made = make_bench(
        state("phone", failing_for=2 * HOUR),
        state("secret", failing_for=3 * HOUR, visible_to=4),
        state("family"),
    )
    made.engine.watching.look()
    return made


def past(bench: Bench) -> Past:
    found = bench.engine.watching.past
    assert found is not None
    return found


def make_backups(bench: Bench, *sizes: int) -> None:
    for number, size in enumerate(sizes, 1):
        bench.engine.clock.advance(HOUR)
        at = bench.engine.clock.wall()
        past(bench).put(TaskRow(f"{number}", "prime_backup", "backup", "success", at, "info", 12.0, number, size))


def ask(bench: Bench) -> None:
    config = loaded(ASKS)
    bench.engine.reload(config)
    bench.config = config.config


def test_it_shows_how_it_went_since_the_last_one(bench: Bench) -> None:
    make_backups(bench, 1 << 30, 2 << 30, 3 << 30)
    bench.engine.clock.advance(HOUR)
    assert bench.type("!!pn report") == [
        "Backup report: 2 endpoints are not well",
        "Not well: secret has been failing for 3h 00m",
        "  phone has been failing for 2h 00m",
        "Backups: 3 done",
        "Last good one: #3, 2026-01-01 15:00 (1h 00m ago)",
        "Next one: not known: no backup plugin with a schedule was seen",
        "Size: 3.0 GiB ·▁·▃·▇·",
        "Duration: 12s ·▃·▃·▃·",
        "Period: 2026-01-01 12:00 – 2026-01-01 16:00",
        "No endpoint gets reports",
    ]


def test_a_reader_sees_only_the_endpoints_that_are_for_them_in_their_language(bench: Bench) -> None:
    bench.reader = Reader(1, language="zh_cn")
    make_backups(bench, 1 << 30)
    lines = bench.type("!!pn report")
    assert lines[:2] == ["备份报告：phone 发送失败", "异常：phone 持续发送失败 2h 00m"]
    assert not any("secret" in line for line in lines)
    assert "没有推送目标接收报告" not in lines  # those who cannot change it are not told


def test_with_nothing_to_tell_it_says_so_in_one_line(bench: Bench) -> None:
    bench.engine.endpoints = ()
    assert bench.type("!!pn report")[:2] == [
        "Backup report: nothing happened",
        "Message: Nothing happened since 2026-01-01 12:00; there is no good backup yet",
    ]


def test_sending_says_how_to_ask_for_it_while_nobody_does(bench: Bench) -> None:
    assert bench.type("!!pn report send") == [
        "No endpoint gets reports",
        'Add "report" to the events of an endpoint, beside the others that it gets, such as "events": ["report", '
        '"backup", "restore"], then !!pn reload',
    ]


def test_sending_tells_who_gets_it_and_begins_a_new_time(bench: Bench) -> None:
    ask(bench)
    make_backups(bench, 1 << 30)
    assert bench.type("!!pn report send") == [
        "The report is on its way to: family. The next one covers the time from now on"
    ]
    bench.engine.catch_up()
    history = bench.engine.history
    assert history is not None
    [record] = history.page(5)
    assert record.payload is not None
    assert record.payload.event is EventName.REPORT
    assert record.payload.report is not None
    assert record.payload.report.backups.done == 1
    assert [delivery.endpoint for delivery in record.deliveries] == ["family"]
    report = bench.engine.watching.part(ReportWatch).report()
    assert report is not None
    assert report.since == pytest.approx(NOON + HOUR)


def test_sending_needs_the_permission_of_tests(bench: Bench) -> None:
    bench.reader = Reader(3)
    [refused] = bench.type("!!pn report send")
    assert refused.startswith("You do not have permission to do that")
    assert len(bench.type("!!pn report")) > 1


def test_while_notifications_are_switched_off_nothing_is_sent(make_bench: MakeBench) -> None:
    bench = make_bench(enabled=False)
    assert bench.type("!!pn report send")[0].startswith("Notifications are switched off")


def test_a_disk_that_cannot_be_read_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OutboxError("disk I/O error")

    ask(bench)
    monkeypatch.setattr(Past, "between", refuse)
    for command in ("!!pn report", "!!pn report send"):
        assert bench.type(command) == ["The history cannot be read now: disk I/O error"]


def test_who_owns_the_folder_instead_is_for_those_who_may_see_the_history(bench: Bench, tmp_path: Path) -> None:
    bench.engine.watching.stop(0)
    bench.engine.elsewhere = "pid 7 on host-x"
    assert "host-x" in bench.type("!!pn report")[0]
    bench.reader = Reader(1)
    assert bench.type("!!pn report") == ["No report can be made now"]
