"""Log lines in the console's language."""

from __future__ import annotations

import logging

import pytest

from prime_notify.messages.console_log import ConsoleLog
from tests.support.texts import CATALOGUE

LOG = logging.getLogger("test.console")


@pytest.mark.parametrize(("language", "known"), [("en_us", "en_us"), ("zh_cn", "zh_cn"), ("fr_fr", "en_us")])
def test_a_line_is_in_the_consoles_language_or_in_english(
    caplog: pytest.LogCaptureFixture, language: str, known: str
) -> None:
    console = ConsoleLog(LOG, CATALOGUE, language)
    console.say(logging.ERROR, "log.owned_elsewhere", who="process 7")
    console.warn("log.check_failed", endpoints="phone", reason="no route")
    assert console.language == known
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, CATALOGUE.text(known, "log.owned_elsewhere", who="process 7")),
        (logging.WARNING, CATALOGUE.text(known, "log.check_failed", endpoints="phone", reason="no route")),
    ]
