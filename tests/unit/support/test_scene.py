"""What an end-to-end test takes for a defect in what it reads on the console."""

from __future__ import annotations

import pytest

from tests.support.scene import unexpected_tracebacks

TRACEBACK = ["Traceback (most recent call last):", '  File "x.py", line 1, in run', "RuntimeError: event_loop is None"]


@pytest.mark.parametrize(
    "before",
    [
        "[MCDR] [12:00:00] [PB@0a1b-worker-heavy/ERROR] [prime_backup]: Task <CreateBackupTask> run error",
        "[MCDR] [12:00:00] [TaskExecutor/ERROR]: Error invoking listener EventListener(plugin='prime_backup@1.9.0', …)",
        "[MCDR] [12:00:00] [WatchDog/ERROR]: Error ticking watch dog",
    ],
)
def test_the_tracebacks_of_prime_backups_failures_and_of_mcdrs_slow_start_are_expected(before: str) -> None:
    assert unexpected_tracebacks(["[MCDR] hello", before, *TRACEBACK, "[MCDR] bye"]) == []


def test_any_other_traceback_is_shown_with_the_line_before_it() -> None:
    before = "[MCDR] [12:00:00] [TaskExecutor/ERROR] [prime_notify]: unexpected error"
    [shown] = unexpected_tracebacks(["[MCDR] hello", before, *TRACEBACK])
    assert shown.splitlines() == [before, *TRACEBACK]


def test_a_traceback_in_the_very_first_line_is_shown() -> None:
    [shown] = unexpected_tracebacks(TRACEBACK)
    assert shown.splitlines() == TRACEBACK
