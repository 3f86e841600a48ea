"""The facts about an event, with labels; every channel lays them out in its own way."""

from __future__ import annotations

import datetime
import functools
from typing import Dict, Iterator, Optional, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.disk_facts import disk_words
from prime_notify.messages.hints import hint_of
from prime_notify.messages.machine_texts import comment_text, message_text
from prime_notify.messages.people import creator_words, people_facts
from prime_notify.messages.report import report_facts
from prime_notify.model.event import EventName, Task
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.figures import Storage
from prime_notify.model.payload import Backup, ErrorInfo, Payload
from prime_notify.text import humanize
from prime_notify.text.errors import brief
from prime_notify.text.plain import plain

__all__ = ["facts", "full_message"]

_NAME = 64
_COMMENT = 256
_LIST = 256
_LINE = 512
_MOST_LINES = 20
_JUST_MADE = 60.0  # seconds between the date of a backup and its event, beside the duration


def facts(
    payload: Payload,
    language: str,
    catalogue: Catalogue,
    zone: Optional[datetime.tzinfo] = None,
    *,
    bars: bool = True,
) -> Tuple[Fact, ...]:
    """All known facts, the most important first. ``zone``: of times; by default this machine's. ``bars``: whether the
    reader's font shows them."""
    report = payload.report
    found = (
        (FactKind.EVENT, catalogue.text(language, "notification.event." + payload.event)),
        (FactKind.STATUS, _status(payload, language, catalogue)),
        (FactKind.ERROR, _error(payload.error, language, catalogue)),
        (FactKind.MESSAGE, _said(full_message(payload, language, catalogue))),
        *(() if report is None else report_facts(report, language, catalogue, zone, bars=bars)),
        *_about_backup(payload.backup, language, catalogue),
        *people_facts(payload, language, catalogue),
        (FactKind.COST, None if payload.cost_s is None else humanize.duration(payload.cost_s)),
        *([] if payload.storage is None else _about_disks(payload.storage, language, catalogue)),
        *_about_content(payload, language, catalogue, zone),
        (FactKind.SERVER, payload.server and payload.server.name and plain(payload.server.name, _NAME)),
        (FactKind.TIME, humanize.zoned_time(payload.timestamp.unix, zone)),
    )
    labels = _labels(language, catalogue)
    return tuple([Fact(kind, labels[kind], value) for kind, value in found if value])


@functools.lru_cache(maxsize=8)
def _labels(language: str, catalogue: Catalogue) -> Dict[FactKind, str]:
    return {kind: catalogue.text(language, f"notification.label.{kind.value}") for kind in FactKind}


def full_message(payload: Payload, language: str, catalogue: Catalogue) -> Optional[str]:
    """The payload's message as people read it, below the hint for its error. The message of a failed restore is, by
    default, that the server is left stopped.
    """
    message, hint = _message(payload, language, catalogue), hint_of(payload.error, language, catalogue)
    if hint is None or (message and hint in message):
        return message
    return f"{hint}\n{message}" if message else hint


def _message(payload: Payload, language: str, catalogue: Catalogue) -> Optional[str]:
    if payload.message is not None:
        return message_text(payload.message, language, catalogue)
    if payload.event is EventName.RESTORE_FAILURE and not payload.server_ran:
        return catalogue.text(language, "notification.message.server_left_stopped")
    return None


_Found = Iterator[Tuple[FactKind, Optional[str]]]


def _status(payload: Payload, language: str, catalogue: Catalogue) -> str:
    return catalogue.text(language, f"notification.status.{payload.status_key}")


def _about_backup(backup: Optional[Backup], language: str, catalogue: Catalogue) -> _Found:
    if backup is None:
        return
    if backup.id is not None:
        yield FactKind.BACKUP, f"#{backup.id}"
    if backup.comment is not None:
        yield FactKind.COMMENT, plain(comment_text(backup.comment, language, catalogue), _COMMENT)


def _about_disks(storage: Storage, language: str, catalogue: Catalogue) -> _Found:
    for disk in storage.disks:
        yield FactKind.DISK, disk_words(disk, language, catalogue)


def _about_content(payload: Payload, language: str, catalogue: Catalogue, zone: Optional[datetime.tzinfo]) -> _Found:
    backup = payload.backup
    if backup is None:
        return
    if backup.raw_size is not None and backup.stored_size is not None:
        sizes = {"raw": humanize.size(backup.raw_size), "stored": humanize.size(backup.stored_size)}
        yield FactKind.SIZE, catalogue.text(language, "notification.size", **sizes)
    elif backup.raw_size is not None or backup.stored_size is not None:
        yield FactKind.SIZE, humanize.size(backup.raw_size or backup.stored_size or 0)
    if backup.file_count is not None:
        yield FactKind.FILES, humanize.count(backup.file_count)
    yield FactKind.DATE, _date(payload, backup.date, zone)
    yield FactKind.CREATOR, creator_words(payload, language, catalogue)
    if backup.targets:
        yield FactKind.TARGETS, plain(", ".join(backup.targets), _LIST)
    if backup.tags:
        tags = [_tag(name, value, language, catalogue) for name, value in backup.tags.items()]
        yield FactKind.TAGS, plain(", ".join(tags), _LIST)


def _date(payload: Payload, date: Optional[str], zone: Optional[datetime.tzinfo]) -> Optional[str]:
    """The date of the backup; None for one that was just made: the time of the event says the same."""
    if not date:
        return None
    unix = humanize.unix_of_local(date)
    if unix is None:
        return plain(date, _NAME)
    age = abs(payload.timestamp.unix - unix)
    if payload.task is Task.BACKUP and age <= _JUST_MADE + (payload.cost_s or 0.0):
        return None
    return humanize.zoned_time(unix, zone)


def _tag(name: str, value: object, language: str, catalogue: Catalogue) -> str:
    if value is not True:
        return f"{name}={value}"
    return catalogue.find(language, f"notification.tag.{name}") or name


def _error(error: Optional[ErrorInfo], language: str, catalogue: Catalogue) -> Optional[str]:
    if error is None:
        return None
    message = _said(message_text(error.message, language, catalogue))
    return f"{plain(error.type, _NAME)}: {message}" if message else plain(error.type, _NAME)


def _said(text: Optional[str]) -> Optional[str]:
    """The lines without a database's statement, each as plain text, without blank ones and without those after the
    first ``_MOST_LINES``.
    """
    if not text:
        return None
    lines = [line for line in (plain(line, _LINE) for line in brief(text).splitlines()) if line]
    return "\n".join([*lines[:_MOST_LINES], "…"] if len(lines) > _MOST_LINES else lines)
