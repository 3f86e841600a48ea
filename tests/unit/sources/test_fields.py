"""Prime Backup's objects, whole and broken, as payload fields."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable

import pytest

from prime_notify.sources.foreign_objects import operator_of_source, source_fields
from prime_notify.sources.prime_backup.fields import (
    backup_fields,
    backup_id_of,
    error_fields,
    failed_files,
    operator_of,
)
from prime_notify.sources.prime_backup.seams import Patch
from tests.support.prime_backup_classes import CONSOLE, STEVE, Info, Operator, Source, Tags, failures, nothing


class Broken:
    """Raises an error for every attribute."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_a_backup_info_is_read_in_full() -> None:
    assert backup_fields(Info(7, tags=Tags(scheduled=True))) == {
        "id": 7,
        "date": "2026-01-02 03:04:05",
        "comment": "before the dragon",
        "creator": "player:Steve",
        "targets": ["world"],
        "tags": {"scheduled": True},
        "file_count": 42,
        "raw_size": 2048,
        "stored_size": 1024,
    }


def test_a_backup_without_tags_is_known_to_have_none() -> None:
    assert backup_fields(Info(7, tags=Tags()))["tags"] == {}


@pytest.mark.parametrize("info", [None, 5, Broken(), SimpleNamespace(id="x", targets=5, tags=5, comment=None)])
def test_what_is_no_backup_info_gives_no_field(info: Any) -> None:
    assert backup_fields(info) == {}


def test_what_cannot_be_shown_is_named_by_its_type() -> None:
    assert backup_fields(SimpleNamespace(comment=Broken(), targets=[Broken()])) == {
        "comment": "<Broken>",
        "targets": ["<Broken>"],
    }


@pytest.mark.parametrize(
    ("action", "backup_id"),
    [
        (SimpleNamespace(backup_id=3), 3),
        (SimpleNamespace(comment="__pb_translated__:pre_restore:3"), 3),
        (SimpleNamespace(comment="__pb_translated__:pre_restore:x"), None),
        (SimpleNamespace(comment="__pb_translated__:pre_restore"), None),
        (SimpleNamespace(comment="3"), None),
        (Broken(), None),
    ],
)
def test_the_restored_backup_is_known_from_the_action(action: Any, backup_id: Any) -> None:
    assert backup_id_of(action) == backup_id


@pytest.mark.parametrize(
    ("operator", "fields"),
    [
        (Operator("player", "Steve"), {"type": "player", "name": "Steve", "full": "player:Steve"}),
        (Operator("console", ""), {"type": "console", "name": "", "full": "console:"}),
        (None, {}),
        ("player:Steve", {}),
        (Broken(), {}),
    ],
)
def test_an_operator_is_read(operator: Any, fields: Any) -> None:
    assert operator_of(operator) == fields


@pytest.mark.parametrize(
    ("source", "fields", "full"),
    [
        (STEVE, {"type": "player", "name": "Steve"}, "player:Steve"),
        (CONSOLE, {"type": "console"}, "console:"),
        (
            Source(),
            {"type": "command_source", "name": "Plugin some_plugin@1.0.0"},
            "command_source:Plugin some_plugin@1.0.0",
        ),
        (Broken(), {"type": "command_source", "name": "<Broken>"}, "command_source:<Broken>"),
    ],
)
def test_a_command_source_is_read(source: Any, fields: Any, full: Any) -> None:
    assert source_fields(source) == fields
    assert operator_of_source(source)["full"] == full


def test_no_source_is_no_field() -> None:
    assert source_fields(None) == {}
    assert operator_of_source(None) == {}


def test_an_error_carries_its_traceback_and_its_causes_without_the_frames_of_our_wrappers() -> None:
    def disk() -> None:
        raise OSError("disk full")

    def copying() -> None:
        try:
            wrapped(disk)
        except OSError as error:
            raise RuntimeError("copying failed") from error

    def wrapped(inner: Callable[[], None]) -> None:
        class Task:
            def run(self) -> None:
                inner()

        Patch(Task, lambda call, _: call(), nothing)
        Task().run()

    with pytest.raises(RuntimeError) as caught:
        wrapped(copying)
    fields = error_fields(caught.value)
    assert (fields["type"], fields["message"]) == ("RuntimeError", "copying failed")
    for shown in ("in copying", "in disk", "OSError: disk full", "RuntimeError: copying failed"):
        assert shown in fields["traceback"]
    assert "seams.py" not in fields["traceback"]


def test_an_error_that_cannot_be_shown_is_reported_by_its_type() -> None:
    class Unspeakable(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    fields = error_fields(Unspeakable())
    assert (fields["type"], fields["message"]) == ("Unspeakable", "<Unspeakable>")


def test_failed_files_are_counted_and_the_first_are_listed() -> None:
    count, files = failed_files(failures(5), 2)
    assert count == 5
    assert files == ["world/region/r.0.mca (OSError: in use)", "world/region/r.1.mca (OSError: in use)"]


@pytest.mark.parametrize(
    ("found", "expected"), [(None, (0, [])), (5, (0, [])), ([Broken()], (1, ["?"])), ([None], (1, ["?"]))]
)
def test_failures_of_another_shape_are_still_counted(found: Any, expected: Any) -> None:
    assert failed_files(found, 3) == expected


def test_an_error_whose_traceback_cannot_be_shown_is_reported_without() -> None:
    class Opaque(Exception):
        @property
        def __cause__(self) -> Any:  # type: ignore[override]
            raise RuntimeError

    assert error_fields(Opaque("why")) == {"type": "Opaque", "message": "why"}
