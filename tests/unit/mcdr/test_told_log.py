"""What the watch tells is one line of the log, in the console's language, whatever endpoints there are."""

from __future__ import annotations

import logging
from typing import Any, List, Tuple
from unittest import mock

import pytest

from prime_notify.mcdr.told_log import log_told
from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.figures import Overdue
from prime_notify.model.notification import Notification
from tests.support.build import notification
from tests.support.console import Console


def logged(
    caplog: pytest.LogCaptureFixture, event: str, *, wanted: bool = True, language: str = "en_us", **more: Any
) -> List[Tuple[int, str]]:
    console = Console()
    told = Notification(notification(event).payload.model_copy(update=more))
    with caplog.at_level(logging.DEBUG), mock.patch.object(console, "get_mcdr_language", return_value=language):
        log_told(told, console.translations, lambda _: wanted, "!!pn watch")
    return [(record.levelno, record.getMessage()) for record in caplog.records]


MESSAGE = joined_messages(machine_message("overdue_last", "13h 00m"), machine_message("overdue_busy", 2))


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (
            "en_us",
            "Backup overdue: No backup has succeeded for 13h 00m. Prime Backup was busy with another task: "
            "2 scheduled backups were left out. !!pn watch shows more",
        ),
        (
            "zh_cn",
            "备份逾期：已有 13h 00m 没有成功的备份。Prime Backup 忙于其他任务，跳过了 2 次定时备份。"
            "详情请执行 !!pn watch",
        ),
    ],
)
def test_an_overdue_backup_is_one_warning(caplog: pytest.LogCaptureFixture, language: str, line: str) -> None:
    assert logged(caplog, "backup_overdue", language=language, message=MESSAGE) == [(logging.WARNING, line)]


@pytest.mark.parametrize("event", ["backup_stuck", "restore_stuck", "storage_low"])
def test_so_is_a_task_that_hangs_and_a_disk_that_fills(caplog: pytest.LogCaptureFixture, event: str) -> None:
    [(level, line)] = logged(caplog, event, message=None)
    assert level == logging.WARNING
    assert line.endswith(". !!pn watch shows more")


def test_it_says_when_no_endpoint_gets_it(caplog: pytest.LogCaptureFixture) -> None:
    [(_, line)] = logged(caplog, "backup_overdue", wanted=False, message=None)
    assert line == "Backup overdue. !!pn watch shows more. No endpoint gets this event"


def test_the_end_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    over = machine_message("overdue_over", "12h 01m")
    figures = Overdue(due=5.0, for_s=7.0)
    assert logged(caplog, "backup_success", message=over, overdue=figures) == [
        (logging.INFO, "Backup done: It was overdue for 12h 01m")
    ]
    caplog.clear()
    assert logged(caplog, "storage_ok", message=None) == [(logging.INFO, "Disk has room again")]


@pytest.mark.parametrize("event", ["backup_start", "backup_success", "restore_failure", "report"])
def test_an_ordinary_event_is_not_logged(caplog: pytest.LogCaptureFixture, event: str) -> None:
    assert logged(caplog, event, message="Done") == []
