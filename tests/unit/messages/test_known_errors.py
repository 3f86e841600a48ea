"""Errors in messages: first in the text, without a database's statement, and with what to do about known ones."""

from __future__ import annotations

from typing import Any

import pytest

from prime_notify.messages.digest import digest_of
from prime_notify.messages.hints import _HINTS
from prime_notify.messages.texts import compose, localize
from prime_notify.model.event import Event, EventName
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import normalized

LOCKED = (
    "(sqlite3.OperationalError) database is locked\n"
    "[SQL: INSERT INTO backup (timestamp, comment) VALUES (?, ?)]\n"
    "[parameters: (1767323045, 'No space left on device, said Steve')]\n"
    "(Background on this error at: https://sqlalche.me/e/20/e3q8)"
)


def failed(reason: str, type: str = "OSError", name: str = "backup_failure", **fields: Any) -> Payload:
    fields = {"error": {"type": type, "message": reason}, "server": {"running": True}, **fields}
    return normalized(Event(EventName(name), "prime_backup", fields=fields)).payload


@pytest.mark.parametrize("name", ["backup_failure", "restore_failure"])
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_the_error_and_what_to_do_come_first(name: str, language: str) -> None:
    payload = failed("[Errno 28] No space left on device", name=name, backup={"id": 3, "comment": "c"}, operator="a:b")
    first, second, *_ = compose(payload, language, CATALOGUE).body.splitlines()
    assert first.endswith("OSError: [Errno 28] No space left on device")
    assert second.partition({"en_us": ": ", "zh_cn": "："}[language])[2].startswith(
        {"en_us": "The disk is full. Make room", "zh_cn": "磁盘已满。请清理"}[language]
    )


def test_a_statement_is_in_no_text_and_whole_in_the_payload() -> None:
    payload = failed(LOCKED, "OperationalError")
    sent = localize(payload, "en_us", CATALOGUE)
    assert (sent.body or "").splitlines()[0] == "Error: OperationalError: database is locked"
    assert "Another program uses the database" in (sent.message or "")
    for text in (sent.title, sent.body, sent.desp):
        assert not {"[SQL", "parameters", "sqlalche.me", "sqlite3."} & set((text or "").split())
        assert "INSERT" not in (text or "")
    assert sent.error is not None
    assert sent.error.message == LOCKED


def test_a_statement_is_not_in_a_digest_either() -> None:
    items = [Item(Notification(failed(LOCKED, "OperationalError"))), Item(Notification(failed("x")))]
    body = digest_of(items, "en_us", CATALOGUE, now=0.0).texts.body
    assert ": database is locked" in body
    assert "INSERT" not in body


def test_a_statement_in_a_message_of_the_source_is_left_out_of_the_text() -> None:
    body = compose(failed("x", message=LOCKED), "en_us", CATALOGUE).body
    assert "database is locked" in body
    assert "INSERT" not in body


@pytest.mark.parametrize(
    ("type", "message", "key"),
    [
        ("OSError", "[Errno 28] No space left on device: 'blobs/a'", "disk_full"),
        ("OSError", "[WinError 112] 磁盘空间不足。", "disk_full"),
        ("OperationalError", "(sqlite3.OperationalError) database or disk is full\n[SQL: x]", "disk_full"),
        ("OSError", "[Errno 122] Disk quota exceeded", "quota"),
        ("OperationalError", LOCKED, "database_locked"),
        ("Error", "database table is locked: backup", "database_locked"),
        ("DatabaseError", "(sqlite3.DatabaseError) database disk image is malformed", "database_damaged"),
        ("DatabaseError", "file is not a database", "database_damaged"),
        ("OSError", "[Errno 30] Read-only file system: 'x'", "read_only"),
        ("PermissionError", "[WinError 32] 另一个程序正在使用此文件，进程无法访问。", "in_use"),
        ("PermissionError", "[Errno 13] Permission denied: 'world/level.dat'", "no_permission"),
        ("PermissionError", "[WinError 5] 拒绝访问。", "no_permission"),
        ("PermissionError", "", "no_permission"),
        ("OperationalError", "attempt to write a readonly database", "no_permission"),
        ("OperationalError", "unable to open database file", "no_permission"),
        ("OSError", "[Errno 5] Input/output error", "broken_disk"),
        ("OperationalError", "disk I/O error", "broken_disk"),
        ("OSError", "[Errno 24] Too many open files: 'x'", "too_many_files"),
        ("MemoryError", "", "no_memory"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'x'", "not_found"),
        ("OSError", "[Errno 113] No route to host", None),
        ("ValueError", "MemoryError or so", None),
    ],
)
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_a_known_error_has_a_hint_in_both_languages(type: str, message: str, key: Any, language: str) -> None:
    said = localize(failed(message, type), language, CATALOGUE).message
    assert said == (None if key is None else CATALOGUE.text(language, f"notification.hint.{key}"))


def test_every_hint_has_its_text() -> None:
    for language in CATALOGUE.languages:
        known = {key.rpartition(".")[2] for key in CATALOGUE.texts(language) if key.startswith("notification.hint.")}
        assert known == {*_HINTS}


def test_the_hint_stands_above_the_message_of_a_failed_restore() -> None:
    payload = failed("[Errno 28] No space left on device", name="restore_failure", server={"running": False})
    first, second = (localize(payload, "en_us", CATALOGUE).message or "").splitlines()
    assert first.startswith("The disk is full")
    assert second.startswith("The server is left stopped")
