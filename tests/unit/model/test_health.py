"""The stored form of an endpoint's health, which every version reads and writes."""

from __future__ import annotations

import json

import pytest

from prime_notify.model.health import FailureRecord, Health

STORED = {
    "failures": 6,
    "failing_since": 100.0,
    "opened": 2,
    "open_until": 160.0,
    "rest_until": 0.0,
    "last_success": 50.0,
    "last_failure": 130.0,
    "last_reason": "connection refused",
    "told": True,
    "failures_told": [["prime_backup:restore", "aa", 10.0], ["prime_backup:backup", "bb", 20.0]],
    "failing": [{"kind": "prime_backup:backup", "notification_id": "n1", "since": 15.0, "times": 3}],
}


def test_what_the_first_version_stored_is_read_and_written_as_it_was() -> None:
    health = Health.from_json(json.dumps(STORED))
    assert (health.failures, health.notified, health.paused_until) == (6, True, 160.0)
    assert health.record("prime_backup:backup") == FailureRecord("prime_backup:backup", "n1", 15.0, 3, (("bb", 20.0),))
    assert health.failing("prime_backup:backup") is not None
    assert health.failing("prime_backup:restore") is None
    assert json.loads(health.to_json()) == STORED


def test_older_files_without_the_newer_fields_are_read() -> None:
    assert Health.from_json(
        '{"failures": 2, "failing": [{"kind": "k", "notification_id": "n", "since": 1.0}]}'
    ) == Health(failures=2, records=(FailureRecord("k", "n", 1.0, 1),))
    assert Health.from_json("{}") == Health()


@pytest.mark.parametrize("text", ["", "[]", "null", '{"failures_told": [[1]]}', '{"failing": [{}]}', '{"newer": 1}'])
def test_what_cannot_be_read_counts_as_healthy(text: str) -> None:
    assert Health.from_json(text) == Health()
