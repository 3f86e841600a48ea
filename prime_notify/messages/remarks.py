"""Remarks about a notification: how often the same happened, since when, and whether it is over."""

from __future__ import annotations

from typing import Any, Dict, Optional

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.facts import full_message
from prime_notify.messages.texts import headline, with_server, zone_of
from prime_notify.model.event import Status, Task
from prime_notify.model.ids import derived_id
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Notification
from prime_notify.text import humanize

__all__ = ["remark_values", "remarked"]


def remarked(item: Item, language: str, catalogue: Catalogue, timezone: Optional[str] = None) -> Notification:
    """The notification with its remark in title and message, in one language."""
    payload = item.notification.payload
    if item.remark is None:
        return item.notification
    title = _text(
        item, "title", language, catalogue, timezone, title=payload.title or headline(payload, language, catalogue)
    )
    remark = _text(item, "message", language, catalogue, timezone)
    own = full_message(payload, language, catalogue)
    update = {
        "id": derived_id(payload.id, str(item.again)) if item.again else payload.id,
        "title": title if payload.title else with_server(title, payload),
        "message": f"{own}\n{remark}" if own else remark,
    }
    return Notification(payload.model_copy(update=update))


def remark_values(item: Item, language: str, catalogue: Catalogue, timezone: Optional[str] = None) -> Dict[str, Any]:
    """The variable ``remark`` of templates: :class:`prime_notify.templates.variables.RemarkValue`."""
    if item.remark is None:
        return {}
    text = _text(item, "message", language, catalogue, timezone)
    return {"remark": {"kind": item.remark.value, "count": item.count, "since": item.since, "text": text}}


def _text(item: Item, part: str, language: str, catalogue: Catalogue, timezone: Optional[str], **more: str) -> str:
    assert item.remark is not None
    since = humanize.zoned_time(item.since, zone_of(timezone))
    values = {"count": item.count, "times": 1 + item.count, "since": since}
    return catalogue.text(language, f"notification.remark.{_key(item, item.remark)}.{part}", **values, **more)


def _key(item: Item, remark: Remark) -> str:
    """The key of its texts. What is overdue, or low, did not fail."""
    payload = item.notification.payload
    kind: str = remark.value
    if remark is Remark.MORE:
        return kind
    if payload.overdue is not None or payload.status is Status.OVERDUE:
        return f"{kind}_overdue"
    return f"{kind}_low" if payload.task is Task.STORAGE else kind
