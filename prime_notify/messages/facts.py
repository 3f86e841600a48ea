"""The facts about an event, with labels; every channel lays them out in its own way."""

from __future__ import annotations

import functools
from typing import Dict, Iterator, Optional, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.machine_texts import comment_text, message_text
from prime_notify.model.event import EventName
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.payload import Backup, ErrorInfo, Operator, Payload, SourceInfo
from prime_notify.text import humanize
from prime_notify.text.plain import plain

__all__ = ["facts", "full_message"]

_NAME = 64
_COMMENT = 256
_LIST = 256
_LINE = 512
_MOST_LINES = 20


def facts(payload: Payload, language: str, catalogue: Catalogue) -> Tuple[Fact, ...]:
    """All known facts, the most important first. Pure, but for the local time zone."""
    found = (
        (FactKind.EVENT, catalogue.text(language, f"notification.event.{payload.event.value}")),
        (FactKind.STATUS, _status(payload, language, catalogue)),
        *_about_backup(payload.backup, language, catalogue),
        (FactKind.ERROR, _error(payload.error, language, catalogue)),
        (FactKind.MESSAGE, _lines(full_message(payload, language, catalogue))),
        *_about_people(payload),
        (FactKind.COST, None if payload.cost_s is None else humanize.duration(payload.cost_s)),
        *_about_content(payload, language, catalogue),
        (FactKind.SERVER, payload.server and payload.server.name and plain(payload.server.name, _NAME)),
        (FactKind.TIME, humanize.local_time(payload.timestamp.unix)),
    )
    labels = _labels(language, catalogue)
    return tuple([Fact(kind, labels[kind], value) for kind, value in found if value])


@functools.lru_cache(maxsize=8)
def _labels(language: str, catalogue: Catalogue) -> Dict[FactKind, str]:
    return {kind: catalogue.text(language, f"notification.label.{kind.value}") for kind in FactKind}


def full_message(payload: Payload, language: str, catalogue: Catalogue) -> Optional[str]:
    """The payload's message as people read it. The message of a failed restore is, by default, that the server is left
    stopped.
    """
    if payload.message is not None:
        return message_text(payload.message, language, catalogue)
    running = payload.server.running if payload.server else None
    if payload.event is EventName.RESTORE_FAILURE and not running:
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


def _about_content(payload: Payload, language: str, catalogue: Catalogue) -> _Found:
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
    yield FactKind.DATE, backup.date and plain(backup.date, _NAME)
    if backup.creator is not None and (payload.operator is None or backup.creator != payload.operator.full):
        kind, colon, name = backup.creator.partition(":")
        yield FactKind.CREATOR, _person(kind, name) if colon else plain(kind, _NAME)
    if backup.targets:
        yield FactKind.TARGETS, plain(", ".join(backup.targets), _LIST)
    if backup.tags:
        yield FactKind.TAGS, plain(", ".join(_tag(name, value) for name, value in backup.tags.items()), _LIST)


def _about_people(payload: Payload) -> _Found:
    operator: Optional[Operator] = payload.operator
    source: Optional[SourceInfo] = payload.source
    by_whom = _person(operator.type, operator.name) if operator else None
    through = _person(source.type, source.name or "") if source else None
    yield FactKind.OPERATOR, by_whom
    yield FactKind.SOURCE, through if through != by_whom else None


def _person(kind: str, name: str) -> str:
    """``Steve (player)``; a kind without a name, such as the console, is shown alone."""
    kind, name = plain(kind, _NAME), plain(name, _NAME)
    return f"{name} ({kind})" if kind and name else name or kind


def _tag(name: str, value: object) -> str:
    return name if value is True else f"{name}={value}"


def _error(error: Optional[ErrorInfo], language: str, catalogue: Catalogue) -> Optional[str]:
    if error is None:
        return None
    message = _lines(message_text(error.message, language, catalogue))
    return f"{plain(error.type, _NAME)}: {message}" if message else plain(error.type, _NAME)


def _lines(text: Optional[str]) -> Optional[str]:
    """The lines, each as plain text, without blank ones and without those after the first ``_MOST_LINES``."""
    if not text:
        return None
    lines = [line for line in (plain(line, _LINE) for line in text.splitlines()) if line]
    return "\n".join([*lines[:_MOST_LINES], "…"] if len(lines) > _MOST_LINES else lines)
