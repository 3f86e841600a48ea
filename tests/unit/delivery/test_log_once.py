"""Warnings about the config of an endpoint are logged once."""

from __future__ import annotations

import logging

import pytest

from prime_notify.delivery.log_once import OnceLog
from tests.support.build import endpoint


@pytest.fixture
def once() -> OnceLog:
    return OnceLog(logging.getLogger("test.once"))


def test_a_warning_is_logged_once_for_each_endpoint_whatever_the_reason(
    once: OnceLog, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a", "b"):
        for reason in ("this", "that"):
            once.warn(endpoint(name), f"x failed: {reason}")
        once.warn(endpoint(name), "y failed: this")
    assert [record.getMessage() for record in caplog.records] == [
        "a: x failed: this",
        "a: y failed: this",
        "b: x failed: this",
        "b: y failed: this",
    ]


def test_after_a_reload_it_is_logged_again(once: OnceLog, caplog: pytest.LogCaptureFixture) -> None:
    once.warn(endpoint(), "x failed: this")
    once.forget()
    once.warn(endpoint(), "x failed: this")
    assert len(caplog.records) == 2


def test_however_many_there_are_the_log_and_the_memory_stay_small(
    once: OnceLog, caplog: pytest.LogCaptureFixture
) -> None:
    target = endpoint()
    for number in range(1500):
        once.warn(target, f"{number} failed: this")
    assert len(caplog.records) == 1000


def test_no_secret_is_logged(once: OnceLog, caplog: pytest.LogCaptureFixture) -> None:
    once.warn(endpoint(url="http://127.0.0.1/secret-in-the-path"), "secret-in-the-path failed")
    assert "secret-in-the-path" not in caplog.text
