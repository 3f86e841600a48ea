"""A digest: many notifications as one message, with totals in the title and a line for each, failures first."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.machine_texts import message_text
from prime_notify.messages.texts import headline, in_words, localize, symbol, texts_of, with_server, zone_of
from prime_notify.model.event import STATUS_KEYS
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.ids import derived_id
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification
from prime_notify.model.payload import Payload
from prime_notify.templates.variables import DigestItem
from prime_notify.text import humanize
from prime_notify.text.errors import brief
from prime_notify.text.plain import plain

__all__ = ["digest_id", "digest_of"]

_ERROR = 200
_LINES = 20
"""The most lines for each kind of outcome; the others are counted."""

_LISTED = 100
"""The most notifications that the payload lists, and that templates can name."""

_FIELDS: Dict[str, Any] = {**dict.fromkeys(DigestItem.model_fields, True), "error": {"type", "message"}}
"""The fields of each notification in templates; its title and its number are added."""


def digest_of(
    items: Sequence[Item], language: str, catalogue: Catalogue, *, now: float, timezone: Optional[str] = None
) -> Message:
    """One message about all of ``items``, the newest of which is the last; the worst one gives the payload.

    The start of a task is left out where its end is listed. ``timezone``: of its times; by default this machine's.
    """
    zone = zone_of(timezone)
    ended = {one.payload.task_id for one in items if not one.payload.event.is_start}
    listed = [one for one in items if not (one.payload.event.is_start and one.payload.task_id in ended)]
    groups = [(kind, [one for one in reversed(listed) if one.payload.status_key == kind]) for kind in STATUS_KEYS]
    groups = [(kind, members) for kind, members in groups if members]
    worst = max((one.payload for one in reversed(listed)), key=lambda one: one.severity.rank)
    title = with_server(_title(worst, groups, language, catalogue), worst)
    known = (*_items(groups, language, catalogue, zone), *_frame(worst, listed, language, catalogue, zone))
    texts = texts_of(title, known, language, catalogue)
    values = _template_values(groups, language, catalogue)
    update = {
        "id": digest_id(items),
        "title": texts.title,
        "body": texts.body,
        "desp": texts.desp,
        "message": None,
        "extra": _listed(values),
    }
    payload = localize(worst, language, catalogue, timezone).model_copy(update=update)
    return Message(Notification(payload), texts, language, now, known, beside={"digest": values}, timezone=timezone)


def digest_id(items: Sequence[Item]) -> str:
    """The id of a digest: the same for the same notifications, so that a retry keeps it."""
    contents = "\n".join(f"{one.payload.id} {one.times}" for one in items)
    return derived_id(items[-1].payload.id, contents)


_Groups = Sequence[Tuple[str, Sequence[Item]]]


def _title(worst: Payload, groups: _Groups, language: str, catalogue: Catalogue) -> str:
    totals = [_total(kind, members, language, catalogue) for kind, members in groups]
    return catalogue.text(
        language,
        "notification.digest.title",
        symbol=symbol(worst),
        count=sum(_count(members) for _, members in groups),
        totals=catalogue.text(language, "notification.digest.separator").join(totals),
    )


def _count(members: Sequence[Item]) -> int:
    return sum(one.times for one in members)


def _total(kind: str, members: Sequence[Item], language: str, catalogue: Catalogue) -> str:
    word = catalogue.text(language, f"notification.digest.{kind}")
    return catalogue.text(language, "notification.digest.total", count=_count(members), word=word)


def _items(groups: _Groups, language: str, catalogue: Catalogue, zone: Optional[datetime.tzinfo]) -> List[Fact]:
    """A fact for each kind of outcome, with a line for each notification, the newest first."""
    facts = []
    for kind, members in groups:
        lines = [_line(one, language, catalogue, zone) for one in members[:_LINES]]
        if len(members) > _LINES:
            lines.append(catalogue.text(language, "notification.digest.more", count=len(members) - _LINES))
        facts.append(Fact(FactKind.ITEMS, _total(kind, members, language, catalogue), "\n".join(lines)))
    return facts


def _line(item: Item, language: str, catalogue: Catalogue, zone: Optional[datetime.tzinfo]) -> str:
    payload = item.payload
    values = {
        "time": humanize.local_time(payload.timestamp.unix, zone)[5:16],
        "title": _headline(item, language, catalogue),
    }
    error = payload.error
    if error is None:
        return catalogue.text(language, "notification.digest.item", **values)
    message = plain(brief(message_text(error.message, language, catalogue)), _ERROR) or plain(error.type, _ERROR)
    return catalogue.text(language, "notification.digest.item_error", **values, error=message)


def _headline(item: Item, language: str, catalogue: Catalogue) -> str:
    payload = item.payload
    title = plain(payload.title, _ERROR) if payload.title else headline(payload, language, catalogue)
    if item.times == 1:
        return title
    return catalogue.text(language, "notification.remark.more.title", title=title, times=item.times)


def _frame(
    worst: Payload, listed: Sequence[Item], language: str, catalogue: Catalogue, zone: Optional[datetime.tzinfo]
) -> List[Fact]:
    """The server and the period, whose time zone is that of all lines."""
    moments = [one.payload.timestamp.unix for one in listed]
    first, last = humanize.local_time(min(moments), zone), humanize.zoned_time(max(moments), zone)
    period = catalogue.text(language, "notification.digest.period", first=first, last=last)
    found = [(FactKind.TIME, period)]
    if worst.server and worst.server.name:
        found.insert(0, (FactKind.SERVER, plain(worst.server.name, _ERROR)))
    return [Fact(kind, catalogue.text(language, f"notification.label.{kind.value}"), text) for kind, text in found]


def _listed(values: Mapping[str, Any]) -> Dict[str, Any]:
    """The digest in ``extra`` of the payload."""
    listed = [{name: item[name] for name in ("id", "task_id", "event", "title")} for item in values["items"]]
    return {"digest": listed, "digest_total": values["count"]}


def _template_values(groups: _Groups, language: str, catalogue: Catalogue) -> Dict[str, Any]:
    """The variable ``digest`` of templates: :class:`prime_notify.templates.variables.DigestValue`."""
    listed = [one for _, members in groups for one in members]
    moments = [one.payload.timestamp.unix for one in listed]
    return {
        "count": _count(listed),
        "totals": {**dict.fromkeys(STATUS_KEYS, 0), **{kind: _count(members) for kind, members in groups}},
        "first": min(moments),
        "last": max(moments),
        "items": [_item_values(one, language, catalogue) for one in listed[:_LISTED]],
    }


def _item_values(item: Item, language: str, catalogue: Catalogue) -> Dict[str, Any]:
    payload = in_words(item.payload, language, catalogue)
    values = payload.model_dump(mode="json", exclude_none=True, include=_FIELDS)
    return {**values, "title": _headline(item, language, catalogue), "times": item.times}
