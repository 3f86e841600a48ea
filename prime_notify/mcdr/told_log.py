"""What the watch tells, in the log, too: an endpoint that gets such an event may not exist, or not be reached."""

from __future__ import annotations

from typing import Callable

from prime_notify.mcdr.translations import Translations
from prime_notify.model.event import EventName, Status
from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload

__all__ = ["log_told"]

_TOLD = frozenset((Status.OVERDUE, Status.STUCK, Status.LOW))


def log_told(
    notification: Notification, translations: Translations, is_wanted: Callable[[EventName], bool], see: str
) -> None:
    """Log a notification of the watch, and the one that ends it. Of any other it does nothing.

    ``is_wanted``: whether any endpoint gets such an event. ``see``: the command that shows more. From any thread, and
    quick.
    """
    payload = notification.payload
    if payload.status in _TOLD:
        title = translations.plain(f"notification.event.{payload.event.value}")
        values = {"what": title, "message": _one_line(payload, translations), "command": see}
        nobody = "" if is_wanted(payload.event) else translations.plain("log.watch.nobody")
        translations.warning("log.watch.told", **values, nobody=nobody)
    elif payload.status is Status.OK or payload.overdue is not None:
        title = translations.plain(f"notification.event.{payload.event.value}")
        translations.info("log.watch.over", what=title, message=_one_line(payload, translations))


def _one_line(payload: Payload, translations: Translations) -> str:
    """The message in one line, after a colon; empty where there is none."""
    lines = translations.log_message(payload.message or "").split("\n")
    text = translations.plain("log.watch.separator").join(line.strip() for line in lines if line.strip())
    return f"{translations.plain('command.mark.colon')}{text}" if text else ""
