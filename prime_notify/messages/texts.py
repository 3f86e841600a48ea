"""Title, body and Markdown of a notification, in one language."""

from __future__ import annotations

import datetime
from typing import Any, Dict, Mapping, Optional, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.facts import facts, full_message
from prime_notify.messages.machine_texts import comment_text, message_text
from prime_notify.messages.report import report_headline
from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.fact import IN_TITLE, Fact
from prime_notify.model.notification import Message, Notification, Texts
from prime_notify.model.payload import Payload
from prime_notify.text.markdown import escape
from prime_notify.text.plain import plain
from prime_notify.text.time_zone import time_zone

__all__ = [
    "compose",
    "headline",
    "in_words",
    "localize",
    "message_of",
    "symbol",
    "texts_of",
    "title",
    "with_server",
    "zone_of",
]

_SERVER_NAME = 64
_SYMBOLS = {Severity.INFO: "✅", Severity.WARNING: "⚠️", Severity.ERROR: "❌"}
_SYMBOLS_OF_STATUS = {Status.START: "⏳", Status.ABORTED: "⏹️", Status.OVERDUE: "⏰"}


def message_of(
    notification: Notification,
    language: str,
    catalogue: Catalogue,
    *,
    now: float,
    previous: Optional[Mapping[str, str]] = None,
    timezone: Optional[str] = None,
    bars: bool = True,
) -> Message:
    """All that a channel needs for an attempt at ``now`` (unix seconds). ``timezone``: of the times that it shows.
    ``bars``: whether its font shows those of a report."""
    payload = notification.payload
    known = facts(payload, language, catalogue, zone_of(timezone), bars=bars)
    texts = _texts(payload, known, language, catalogue)
    localized = _localized(payload, texts, language, catalogue)
    return Message(Notification(localized), texts, language, now, known, previous, timezone=timezone)


def zone_of(timezone: Optional[str]) -> Optional[datetime.tzinfo]:
    """The zone of a checked option; None for this machine's."""
    return None if timezone is None else time_zone(timezone)


def compose(payload: Payload, language: str, catalogue: Catalogue, timezone: Optional[str] = None) -> Texts:
    """The texts of a payload: the source's own where it has set them, else made of the facts."""
    return _texts(payload, facts(payload, language, catalogue, zone_of(timezone)), language, catalogue)


def localize(payload: Payload, language: str, catalogue: Catalogue, timezone: Optional[str] = None) -> Payload:
    """The payload as it is sent: machine texts as text, and ``title``, ``body`` and ``desp`` filled in."""
    return _localized(payload, compose(payload, language, catalogue, timezone), language, catalogue)


def texts_of(title: str, known: Tuple[Fact, ...], language: str, catalogue: Catalogue) -> Texts:
    """A title, and the facts as text and as Markdown."""
    return Texts(title, *_listed(known, language, catalogue))


def _texts(payload: Payload, known: Tuple[Fact, ...], language: str, catalogue: Catalogue) -> Texts:
    given = _given(payload.title)
    if given is None or headline(payload, language, catalogue) in given:  # also with a remark around it
        known = tuple([fact for fact in known if fact.kind not in IN_TITLE])
    body, desp = _listed(known, language, catalogue)
    return Texts(
        title=given or title(payload, language, catalogue),
        body=_given(payload.body) or body,
        desp=_given(payload.desp) or desp,
    )


def _given(text: Optional[str]) -> Optional[str]:
    """A text that the source set, unless it is blank."""
    return text if text and text.strip() else None


def _localized(payload: Payload, texts: Texts, language: str, catalogue: Catalogue) -> Payload:
    machine_texts = _machine_texts(payload, language, catalogue)
    return payload.model_copy(update={**machine_texts, "title": texts.title, "body": texts.body, "desp": texts.desp})


def in_words(payload: Payload, language: str, catalogue: Catalogue) -> Payload:
    """The payload with its machine texts as text."""
    return payload.model_copy(update=_machine_texts(payload, language, catalogue))


def _machine_texts(payload: Payload, language: str, catalogue: Catalogue) -> Dict[str, Any]:
    """The fields that hold machine texts, as text."""
    said: Dict[str, Any] = {"message": full_message(payload, language, catalogue)}
    backup, error = payload.backup, payload.error
    if backup is not None and backup.comment is not None:
        comment = comment_text(backup.comment, language, catalogue)
        if comment != backup.comment:
            said["backup"] = backup.model_copy(update={"comment": comment})
    if error is not None:
        said["error"] = error.model_copy(update={"message": message_text(error.message, language, catalogue)})
    return said


def title(payload: Payload, language: str, catalogue: Catalogue) -> str:
    """One line for a lock screen: ``✅ Backup #42 done — MyServer``."""
    return with_server(headline(payload, language, catalogue), payload)


def with_server(text: str, payload: Payload) -> str:
    """A title with the server's name."""
    server = plain(payload.server.name or "", _SERVER_NAME) if payload.server else ""
    return f"{text} — {server}" if server else text


def headline(payload: Payload, language: str, catalogue: Catalogue) -> str:
    """The title without the server's name: ``✅ Backup #42 done``."""
    number = ""
    if payload.backup and payload.backup.id is not None:
        number = _number(payload.task, payload.backup.id, language, catalogue)
    text = catalogue.text(language, "notification.title." + payload.event, number=number)
    if payload.report is not None:
        text = report_headline(payload.report, text, language, catalogue)
    if payload.has_warnings:
        text = catalogue.text(language, "notification.title.with_warnings", title=text)
    text = f"{symbol(payload)} {text}"
    if payload.test:
        text = catalogue.text(language, "notification.title.test", title=text)
    return text


def _number(task: Task, backup_id: int, language: str, catalogue: Catalogue) -> str:
    """The backup's number in a title; empty for a task whose titles have no number."""
    key = "notification.title.number." + task
    text = catalogue.text(language, key, id=backup_id)
    return "" if text == key else text  # which it is where the catalogue has no text


def symbol(payload: Payload) -> str:
    """The status in one character."""
    return _SYMBOLS_OF_STATUS.get(payload.status) or _SYMBOLS[payload.severity]


def _listed(known: Tuple[Fact, ...], language: str, catalogue: Catalogue) -> Tuple[str, str]:
    """The facts as text, with a line for each, and as a Markdown list. Further lines of a fact are indented."""
    before, between, after = catalogue.around(language, "notification.line", "label", "value")
    start, joint, end = catalogue.around(language, "notification.item", "label", "value")
    lines, items = [], []
    for _, label, value, _ in known:
        lines.append(f"{before}{label}{between}{value}{after}".replace("\n", "\n  "))
        first, line_break, more = value.partition("\n")
        items.append(f"- {start}{label}{joint}{escape(first)}{end}")
        if line_break:
            items += [f"  - {escape(line)}" for line in more.split("\n")]
    return "\n".join(lines), "\n".join(items)
