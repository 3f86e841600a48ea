"""The Python API of the plugin instance."""

from __future__ import annotations

import logging
from typing import Iterator, List, Optional

import pytest

from prime_notify.mcdr import api
from prime_notify.model.event import Event, EventName


@pytest.fixture
def accepted() -> Iterator[List[Event]]:
    events: List[Event] = []

    def accept(event: Event) -> Optional[str]:
        events.append(event)
        return f"id-{len(events)}"

    api.bind(accept)
    yield events
    api.unbind()


def test_hands_an_event_over_and_gives_its_id(accepted: List[Event]) -> None:
    fields = {"cost_s": 1.5}
    assert api.notify("backup_success", fields, plugin_id="mine", plugin_version="1.0") == "id-1"
    assert accepted == [Event(EventName.BACKUP_SUCCESS, "mine", "1.0", {"cost_s": 1.5})]


def test_keeps_a_copy_of_the_fields(accepted: List[Event]) -> None:
    fields = {"cost_s": 1.5}
    api.notify("backup_success", fields, plugin_id="mine")
    fields.clear()
    assert accepted[0].fields == {"cost_s": 1.5}


def test_fields_are_optional(accepted: List[Event]) -> None:
    assert api.notify("restore_start", plugin_id="mine") == "id-1"
    assert accepted[0].fields == {}


@pytest.mark.parametrize("event", api.EVENTS)
def test_takes_every_event_that_it_names(accepted: List[Event], event: str) -> None:
    api.notify(event, plugin_id="mine")
    assert accepted[0].name.value == event


def test_names_the_known_events_when_one_is_unknown(accepted: List[Event]) -> None:
    with pytest.raises(ValueError, match="unknown event 'backup_done': use one of backup_start, backup_success"):
        api.notify("backup_done", plugin_id="mine")
    assert accepted == []


def test_refuses_fields_that_are_no_mapping(accepted: List[Event]) -> None:
    with pytest.raises(TypeError, match="fields must be a mapping of payload fields, not list"):
        api.notify("backup_start", ["cost_s"], plugin_id="mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("plugin_id", ["", None, 7])
def test_refuses_an_event_of_nobody(accepted: List[Event], plugin_id: object) -> None:
    with pytest.raises(TypeError, match="plugin_id must be the id"):
        api.notify("backup_start", plugin_id=plugin_id)  # type: ignore[arg-type]


def test_accepts_nothing_and_says_so_while_not_running(caplog: pytest.LogCaptureFixture) -> None:
    assert not api.is_running()
    with caplog.at_level(logging.WARNING):
        assert api.notify("backup_start", plugin_id="mine") is None
    assert "mine announced backup_start while Prime Notify is not running" in caplog.text


def test_tells_whether_it_runs(accepted: List[Event]) -> None:
    assert api.is_running()
    api.unbind()
    assert not api.is_running()
