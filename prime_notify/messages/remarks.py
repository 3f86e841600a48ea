"""What is said beside a notification: how often the same happened, since when, and whether it is over."""

from __future__ import annotations

from typing import Any, Dict

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.facts import full_message
from prime_notify.messages.texts import headline, with_server
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification, derived_id
from prime_notify.text import humanize

__all__ = ["remark_values", "remarked"]


def remarked(item: Item, language: str, catalogue: Catalogue) -> Notification:
    """The notification with its remark in title and message, in one language. Pure, but for the local time zone."""
    payload = item.notification.payload
    if item.remark is None:
        return item.notification
    title = _said(item, "title", language, catalogue, title=payload.title or headline(payload, language, catalogue))
    remark = _said(item, "message", language, catalogue)
    said = full_message(payload, language, catalogue)
    update = {
        "id": derived_id(payload.id, str(item.again)) if item.again else payload.id,
        "title": title if payload.title else with_server(title, payload),
        "message": f"{said}\n{remark}" if said else remark,
    }
    return Notification(payload.model_copy(update=update))


def remark_values(item: Item, language: str, catalogue: Catalogue) -> Dict[str, Any]:
    """What templates can name: ``remark``, with :class:`prime_notify.templates.variables.RemarkValue`."""
    if item.remark is None:
        return {}
    text = _said(item, "message", language, catalogue)
    return {"remark": {"kind": item.remark.value, "count": item.count, "since": item.since, "text": text}}


def _said(item: Item, part: str, language: str, catalogue: Catalogue, **more: str) -> str:
    assert item.remark is not None
    values = {"count": item.count, "times": 1 + item.count, "since": humanize.local_time(item.since)}
    return catalogue.text(language, f"notification.remark.{item.remark.value}.{part}", **values, **more)
