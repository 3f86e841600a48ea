"""Colours."""

from __future__ import annotations

import pytest

from prime_notify.channels.common.urgency import Tone, tone_of
from tests.support.messages import payload


@pytest.mark.parametrize(
    ("event", "severity", "tone"),
    [
        ("backup_start", "info", Tone.RUNNING),
        ("restore_start", "info", Tone.RUNNING),
        ("restore_start", "warning", Tone.WARNING),
        ("backup_start", "error", Tone.BAD),
        ("backup_success", "info", Tone.GOOD),
        ("restore_success", "warning", Tone.WARNING),
        ("backup_success", "error", Tone.BAD),
        ("backup_failure", "error", Tone.BAD),
        ("restore_failure", "warning", Tone.WARNING),
        ("backup_aborted", "warning", Tone.WARNING),
        ("restore_aborted", "info", Tone.GOOD),
    ],
)
def test_the_tone_follows_the_severity_and_what_has_only_begun_is_neither_good_nor_bad(
    event: str, severity: str, tone: Tone
) -> None:
    assert tone_of(payload(event, severity=severity)) is tone


@pytest.mark.parametrize(
    ("tone", "colour"),
    [(Tone.GOOD, "#2eb67d"), (Tone.WARNING, "#ecb22e"), (Tone.BAD, "#e01e5a"), (Tone.RUNNING, "#3b82f6")],
)
def test_success_is_green_warnings_yellow_errors_red_and_starts_blue(tone: Tone, colour: str) -> None:
    assert tone.hex == colour
    assert int(colour[1:], 16) == tone.value
