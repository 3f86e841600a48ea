"""An event that has to wait for somebody who accepts it."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from prime_notify.model.event import Event, EventName


@pytest.mark.parametrize(
    ("fields", "running", "kept"),
    [
        ({}, True, {"timestamp": 5.0, "server": {"running": True}}),
        ({}, None, {"timestamp": 5.0}),
        ({"message": "m"}, False, {"message": "m", "timestamp": 5.0, "server": {"running": False}}),
        ({"timestamp": 4.0, "server": {"running": True}}, False, {"timestamp": 4.0, "server": {"running": True}}),
        ({"server": {"name": "s"}}, False, {"timestamp": 5.0, "server": {"running": False, "name": "s"}}),
        ({"server": "odd"}, False, {"timestamp": 5.0, "server": "odd"}),
    ],
)
def test_it_takes_along_when_it_happened_and_how_the_server_was_unless_it_knows_better(
    fields: Dict[str, Any], running: Optional[bool], kept: Dict[str, Any]
) -> None:
    event = Event(EventName.BACKUP_SUCCESS, "some_plugin", "1.0", fields)
    later = event.kept(at=5.0, server_running=running)
    assert later == Event(event.name, event.plugin_id, event.plugin_version, kept)


def test_one_whose_fields_are_no_fields_stays_as_it_is() -> None:
    odd: Any = ["not", "a", "dict"]
    event = Event(EventName.BACKUP_SUCCESS, "some_plugin", fields=odd)
    assert event.kept(at=5.0, server_running=True) == event
