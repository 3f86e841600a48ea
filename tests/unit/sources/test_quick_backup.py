"""QuickBackupM's two events."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, List

import pytest

from prime_notify.model.event import Event, EventName
from prime_notify.sources.quick_backup import QuickBackup
from prime_notify.sources.source import SourceContext
from tests.support.prime_backup_classes import CONSOLE, STEVE, Server, tr

SLOT_INFO = {"time": "2026-01-02 03:04:05", "time_stamp": 1767323045.0, "comment": "before the dragon"}


@pytest.fixture
def reported() -> List[Event]:
    return []


@pytest.fixture
def server(reported: List[Event]) -> Server:
    server = Server()
    server.load("quick_backup_multi", "2.1.1")
    QuickBackup(SourceContext(server, reported.append, logging.getLogger("test.quick_backup"), tr)).start()
    return server


def test_a_backup_is_reported_with_its_slot_comment_and_source(server: Server, reported: List[Event]) -> None:
    server.dispatch("quick_backup_multi.backup_done", STEVE, SLOT_INFO)
    fields = {
        "backup": {"date": "2026-01-02 03:04:05", "comment": "before the dragon"},
        "source": {"type": "player", "name": "Steve"},
        "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
        "extra": {"slot": 1},
    }
    assert reported == [Event(EventName.BACKUP_SUCCESS, "quick_backup_multi", "2.1.1", fields)]


def test_a_restore_is_reported_with_the_slot_restored(server: Server, reported: List[Event]) -> None:
    server.dispatch("quick_backup_multi.restore_done", CONSOLE, 3, SLOT_INFO)
    (event,) = reported
    assert event.name is EventName.RESTORE_SUCCESS
    assert event.fields["extra"] == {"slot": 3}
    assert event.fields["source"] == {"type": "console"}


def test_slot_info_may_be_an_object(server: Server, reported: List[Event]) -> None:
    server.dispatch("quick_backup_multi.backup_done", STEVE, SimpleNamespace(**SLOT_INFO))
    assert reported[0].fields["backup"] == {"date": "2026-01-02 03:04:05", "comment": "before the dragon"}


@pytest.mark.parametrize("args", [(), (None,), (None, None), (object(), "?"), (STEVE, {}, "more", "and more")])
def test_what_is_missing_or_odd_is_left_out(server: Server, reported: List[Event], args: Any) -> None:
    server.dispatch("quick_backup_multi.backup_done", *args)
    (event,) = reported
    assert event.name is EventName.BACKUP_SUCCESS
    assert "backup" not in event.fields


def test_a_version_that_mcdr_does_not_know_yet_is_left_out(server: Server, reported: List[Event]) -> None:
    def no_metadata(plugin_id: str) -> Any:
        raise RuntimeError(plugin_id)

    server.get_plugin_metadata = no_metadata  # type: ignore[method-assign,assignment]
    server.dispatch("quick_backup_multi.backup_done", STEVE, SLOT_INFO)
    assert reported[0].plugin_version is None
