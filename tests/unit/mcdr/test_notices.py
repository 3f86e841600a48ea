"""What is said, once, of an endpoint that fails, recovers or is gone: in the log, and to operators."""

from __future__ import annotations

import logging
from typing import Any, List, Tuple

import pytest
from mcdreforged.api.rtext import RTextBase

from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.mcdr.notices import Notices
from tests.unit.mcdr.console import Console, Reader


class Operators:
    """Remembers who was to be told what."""

    def __init__(self) -> None:
        self.told: List[Tuple[str, RTextBase, int, bool]] = []

    def tell(self, subject: str, text: RTextBase, level: int, *, standing: bool) -> None:
        self.told.append((subject, text, level, standing))


@pytest.mark.parametrize(
    ("kind", "severity", "standing", "text"),
    [
        (
            NoticeKind.FAILING,
            logging.WARNING,
            True,
            "ops room has been failing for 11m 40s: HTTP 500. Notifications for it wait and will be tried again; "
            '!!pn test "ops room" tells whether it works',
        ),
        (NoticeKind.RECOVERED, logging.INFO, False, "ops room works again, after 11m 40s"),
        (
            NoticeKind.DISABLED,
            logging.WARNING,
            True,
            "ops room was switched off until the next reload of the config: HTTP 500",
        ),
    ],
)
def test_is_logged_at_once_and_told_to_operators_on_the_task_executor(
    caplog: pytest.LogCaptureFixture, kind: NoticeKind, severity: int, standing: bool, text: str
) -> None:
    console, operators = Console(), Operators()
    someone: Any = operators
    notices = Notices(console.speech, someone, "!!pn test", lambda: 3, console.schedule_task)
    with caplog.at_level(logging.INFO):
        notices.say(Notice("ops room", kind, 700.0, "HTTP 500"))
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(severity, text)]
    assert operators.told == []

    console.run_tasks()
    [(subject, told, level, stands)] = operators.told
    assert (subject, level, stands) == ("ops room", 3, standing)
    reader = Reader()
    reader.reply(told)
    assert reader.lines == [text]
    assert reader.clicks == ['!!pn test "ops room"']


def test_operators_read_it_in_their_own_language(caplog: pytest.LogCaptureFixture) -> None:
    console, operators = Console(), Operators()
    someone: Any = operators
    Notices(console.speech, someone, "!!pn test", lambda: 3, console.schedule_task).say(
        Notice("ops", NoticeKind.RECOVERED, 700.0)
    )
    console.run_tasks()
    reader = Reader(language="zh_cn")
    reader.reply(operators.told[0][1])
    assert reader.lines == ["ops 在 11m 40s 之后恢复正常"]
