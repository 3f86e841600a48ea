"""Prime Backup's objects as payload fields. Where an attribute is missing or of another type, the field is absent.

BackupInfo (prime_backup/types/backup_info.py, 1.9 to 1.13): ``id, creator, comment, targets, tags, file_count,
raw_size, stored_size, date, date_str``. Operator: ``type, name``. BackupTags: ``to_dict()``. ExportFailures: sized,
iterates over objects with ``file.path`` and ``error``.
"""

from __future__ import annotations

import traceback
from typing import Any, Dict, List, Optional, Sequence, Tuple

import prime_notify
from prime_notify.messages.machine_texts import machine_message
from prime_notify.sources.foreign_objects import attribute, operator_fields, text_of
from prime_notify.text.errors import brief

__all__ = [
    "backup_fields",
    "backup_id_of",
    "error_fields",
    "failed_files",
    "failed_files_message",
    "operator_of",
    "planned_backup_fields",
    "restore_failure_message",
]

_OURS = prime_notify.__file__[: -len("__init__.py")]
"""The beginning of our files' names, unresolved, as tracebacks have it."""

_COUNTS = ("id", "file_count", "raw_size", "stored_size")
_PRE_RESTORE = "__pb_translated__:pre_restore:"


def backup_fields(info: Any) -> Dict[str, Any]:
    """The payload's ``backup`` for a BackupInfo."""
    fields: Dict[str, Any] = {name: attribute(info, name) for name in _COUNTS}
    fields = {name: value for name, value in fields.items() if isinstance(value, int)}
    for name, attribute_name in (("date", "date_str"), ("comment", "comment"), ("creator", "creator")):
        value = attribute(info, attribute_name)
        if value is not None:
            fields[name] = text_of(value)
    targets = attribute(info, "targets")
    if isinstance(targets, (list, tuple)):
        fields["targets"] = [text_of(target) for target in targets]
    return {**fields, **_tags(attribute(info, "tags"))}


def planned_backup_fields(task: Any) -> Dict[str, Any]:
    """The payload's ``backup`` for a CreateBackupTask, before the backup exists; ``backup_tags`` since 1.12."""
    known = {"comment": attribute(task, "comment"), "creator": attribute(task, "operator")}
    fields = {name: text_of(value) for name, value in known.items() if value is not None}
    return {**fields, **_tags(attribute(task, "backup_tags"))}


def backup_id_of(action: Any) -> Optional[int]:
    """The id of the backup that is restored, from an export action or from the comment of the pre-restore backup."""
    backup_id = attribute(action, "backup_id")
    if isinstance(backup_id, int):
        return backup_id
    comment = attribute(action, "comment")
    if isinstance(comment, str) and comment.startswith(_PRE_RESTORE):
        digits = comment[len(_PRE_RESTORE) :]
        return int(digits) if digits.isdecimal() else None
    return None


def operator_of(operator: Any) -> Dict[str, str]:
    """The payload's ``operator`` for an Operator; empty for anything else."""
    kind, name = attribute(operator, "type"), attribute(operator, "name")
    return operator_fields(kind, name) if isinstance(kind, str) and isinstance(name, str) else {}


def error_fields(error: BaseException) -> Dict[str, str]:
    """The payload's ``error``."""
    fields = {"type": type(error).__name__, "message": text_of(error)}
    try:
        fields["traceback"] = _traceback(error)
    except Exception:  # noqa: BLE001  (an error that cannot be shown is still reported)
        return fields
    return fields


def _traceback(error: BaseException) -> str:
    """The traceback as Python shows it, without the frames of our wrappers."""
    shown = traceback.TracebackException(type(error), error, error.__traceback__)
    link: Optional[traceback.TracebackException] = shown
    while link is not None:
        link.stack[:] = [frame for frame in link.stack if not frame.filename.startswith(_OURS)]
        link = link.__cause__ or link.__context__
    return "".join(shown.format())


def failed_files(failures: Any, most: int) -> Tuple[int, List[str]]:
    """The number of files that a fail-soft restore could not write, and the first ``most`` of them with the reason."""
    try:
        listed = list(failures)
    except Exception:  # noqa: BLE001
        return 0, []
    return len(listed), [_failure(failure) for failure in listed[:most]]


def failed_files_message(count: int, files: Sequence[str]) -> str:
    """The payload's ``message`` for :func:`failed_files`, translated when it is shown."""
    listed = "; ".join(files)
    more = count - len(files)
    if more > 0:
        return machine_message("more_files_not_restored", count, listed, more)
    return machine_message("files_not_restored", count, listed)


def restore_failure_message(*, restored: bool, running: bool) -> str:
    """The payload's ``message`` for a failed restore: the state of the world and of the server. May be empty."""
    if restored:
        return machine_message("failed_after_restore" if running else "failed_after_restore_left_stopped")
    return "" if running else machine_message("server_left_stopped")


def _failure(failure: Any) -> str:
    error = attribute(failure, "error")
    path = text_of(attribute(attribute(failure, "file"), "path", "?"))
    return path if error is None else f"{path} ({type(error).__name__}: {brief(text_of(error))})"


def _tags(tags: Any) -> Dict[str, Any]:
    try:
        return {"tags": dict(tags.to_dict())}
    except Exception:  # noqa: BLE001
        return {}
