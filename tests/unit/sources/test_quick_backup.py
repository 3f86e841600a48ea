"""QuickBackupM's two events."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, List

import pytest

from prime_notify.model.event import Event, EventName
from prime_notify.sources.quick_backup import QuickBackup
from tests.unit.sources.standin import CONSOLE, STEVE, Server

SLOT_INFO = {"time": "2026-01-02 03:04:05", "time_stamp": 1767323045.0, "comment": "before the dragon"}


@pytest.fixture
def told() -> List[Event]:
    return []


@pytest.fixture
def server(told: List[Event]) -> Server:
    server = Server()
    server.load("quick_backup_multi", "2.1.1")
    QuickBackup(server, told.append).start()
    return server


def test_a_backup_is_told_with_its_slot_comment_and_source(server: Server, told: List[Event]) -> None:
    server.dispatch("quick_backup_multi.backup_done", STEVE, SLOT_INFO)
    fields = {
        "backup": {"date": "2026-01-02 03:04:05", "comment": "before the dragon"},
        "source": {"type": "player", "name": "Steve"},
        "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
        "extra": {"slot": 1},
    }
    assert told == [Event(EventName.BACKUP_SUCCESS, "quick_backup_multi", "2.1.1", fields)]


def test_a_restore_is_told_with_the_slot_restored(server: Server, told: List[Event]) -> None:
    server.dispatch("quick_backup_multi.restore_done", CONSOLE, 3, SLOT_INFO)
    (event,) = told
    assert event.name is EventName.RESTORE_SUCCESS
    assert event.fields["extra"] == {"slot": 3}
    assert event.fields["source"] == {"type": "console"}


def test_slot_info_may_be_an_object(server: Server, told: List[Event]) -> None:
    server.dispatch("quick_backup_multi.backup_done", STEVE, SimpleNamespace(**SLOT_INFO))
    assert told[0].fields["backup"] == {"date": "2026-01-02 03:04:05", "comment": "before the dragon"}


@pytest.mark.parametrize("args", [(), (None,), (None, None), (object(), "?"), (STEVE, {}, "more", "and more")])
def test_what_is_missing_or_odd_is_left_out(server: Server, told: List[Event], args: Any) -> None:
    server.dispatch("quick_backup_multi.backup_done", *args)
    (event,) = told
    assert event.name is EventName.BACKUP_SUCCESS
    assert "backup" not in event.fields


def test_a_version_that_mcdr_does_not_know_yet_is_left_out(server: Server, told: List[Event]) -> None:
    def no_metadata(plugin_id: str) -> Any:
        raise RuntimeError(plugin_id)

    server.get_plugin_metadata = no_metadata  # type: ignore[method-assign,assignment]
    server.dispatch("quick_backup_multi.backup_done", STEVE, SLOT_INFO)
    assert told[0].plugin_version is None
