"""Events as people name them: one by one, by task, or by pattern."""

from __future__ import annotations

import pytest

from prime_notify.channels.webhook import WebhookEndpoint
from prime_notify.config.choices import matching_events
from prime_notify.model.event import EventName, Task
from tests.support.configs import hook, load, load_endpoints, problems


@pytest.mark.parametrize(
    ("item", "events"),
    [
        ("backup_success", ["backup_success"]),
        (" Restore-Failure ", ["restore_failure"]),
        (EventName.BACKUP_START, ["backup_start"]),
        ("backup", [event.value for event in EventName if event.task is Task.BACKUP]),
        ("*_failure", ["backup_failure", "restore_failure"]),
        ("*-Start", ["backup_start", "restore_start"]),
        ("restore_?ta*", ["restore_start"]),
        ("*", [event.value for event in EventName]),
    ],
)
def test_an_item_means_an_event_those_of_a_task_or_those_that_fit_a_pattern(item, events):
    assert [event.value for event in matching_events(item)] == events


@pytest.mark.parametrize(
    ("item", "remedy"),
    [
        ("backup_sucess", 'did you mean "backup_success"? write one of "backup_start"'),
        ("backups", 'did you mean "backup"? '),
        ("failure", 'did you mean "*_failure"? '),
        ("*_fialure", 'did you mean "*_failure"? no event fits this; write one of'),
        ("", "write one of"),
        (5, "write one of"),
        (None, "write one of"),
    ],
)
def test_an_item_that_matches_no_event_is_refused_with_a_similar_name(item, remedy):
    with pytest.raises(ValueError, match='or a pattern such as "\\*_failure"') as refused:
        matching_events(item)
    assert str(refused.value).startswith(remedy)


def test_items_that_mean_the_same_event_count_once():
    endpoint = WebhookEndpoint.model_validate(hook(events=["backup_failure", "*_failure"]))
    assert endpoint.events == [EventName.BACKUP_FAILURE, EventName.RESTORE_FAILURE]


def test_the_block_and_the_endpoint_take_patterns():
    loaded = load({"notification": {"events": "backup", "endpoints": [hook(events=["*_failure", "backup_start"])]}})
    assert loaded.problems == ()
    assert loaded.config.notification.events == list(matching_events("backup"))
    assert loaded.endpoints[0].config.events == [
        EventName.BACKUP_FAILURE, EventName.RESTORE_FAILURE, EventName.BACKUP_START,
    ]  # fmt: skip


def test_a_pattern_that_fits_nothing_is_left_out_beside_others():
    loaded = load_endpoints(hook(events=["*_fialure", "backup_start"]))
    assert loaded.endpoints[0].config.events == [EventName.BACKUP_START]
    assert list(problems(loaded)) == ["[0].events[0]"]
