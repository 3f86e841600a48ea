"""The values that a template can name: the payload's fields, and the facts in the endpoint's language."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from pydantic import BaseModel, Field

from prime_notify.model.event import STATUS_KEYS, EventName, Severity, Status, Task
from prime_notify.model.item import Remark
from prime_notify.model.notification import Message
from prime_notify.model.payload import Backup, ErrorInfo, Operator, Payload, SourceInfo, Timestamp
from prime_notify.templates.filters import Safe

__all__ = [
    "DigestItem",
    "DigestTotals",
    "DigestValue",
    "FactValue",
    "RemarkValue",
    "TemplateValues",
    "fields_of",
    "values_of",
]


class FactValue(BaseModel):
    """A fact (:class:`prime_notify.model.fact.Fact`) in a template."""

    kind: str
    label: str
    value: str


class DigestItem(BaseModel):
    """A notification in a digest. ``times``: the number of equal notifications that it stands for."""

    id: str
    event: EventName
    task: Task
    status: Status
    severity: Severity
    timestamp: Timestamp
    task_id: str
    title: str
    times: int
    backup: Optional[Backup] = None
    operator: Optional[Operator] = None
    source: Optional[SourceInfo] = None
    cost_s: Optional[float] = None
    message: Optional[str] = None
    error: Optional[ErrorInfo] = None


class DigestTotals(BaseModel):
    """The number of notifications of each status key in a digest, in the order of its text."""

    __annotations__ = dict.fromkeys(STATUS_KEYS, int)


class DigestValue(BaseModel):
    """A digest: the number of notifications, first and last time in unix seconds, and at most a hundred items,
    failures first."""

    count: int
    totals: DigestTotals
    first: float
    last: float
    items: List[DigestItem]


class RemarkValue(BaseModel):
    """A remark beside a notification: ``count`` equal events since ``since`` (unix seconds), and its ``text``."""

    kind: Remark
    count: int
    since: float
    text: str


class TemplateValues(Payload):
    """The names that templates know, with their types. The default texts are made of ``facts``."""

    facts: List[FactValue]
    timezone: Optional[str] = Field(None, description="the configured time zone, that of the filter date")
    digest: Optional[DigestValue] = None
    remark: Optional[RemarkValue] = None


def values_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The payload's fields as plain JSON, the facts, and the digest or remark if there is one."""
    values = fields_of(message, traceback=traceback)
    values["facts"] = [{"kind": fact.kind.value, "label": fact.label, "value": fact.value} for fact in message.facts]
    if message.timezone is not None:
        values["timezone"] = message.timezone
    return {**values, **message.beside}


def fields_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The payload as plain JSON, without absent fields, and without the traceback unless ``traceback`` is set."""
    values = message.payload.to_dict()
    texts = message.texts
    values.update(title=texts.title, body=texts.body, desp=Safe(texts.desp))
    if not traceback and "error" in values:
        values["error"].pop("traceback", None)
    return values
