"""What a template can name: the payload's fields, and the facts in the endpoint's language."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from pydantic import BaseModel

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
    """A notification that a digest tells of; ``times``: how many it stands for, where the same came again and again."""

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
    """How many notifications of each status key a digest lists."""

    __annotations__ = dict.fromkeys(STATUS_KEYS, int)


class DigestValue(BaseModel):
    """What a digest tells of: how many, from when to when (unix seconds), and the first hundred, failures on top."""

    count: int
    totals: DigestTotals
    first: float
    last: float
    items: List[DigestItem]


class RemarkValue(BaseModel):
    """What is said beside a notification, in ``text``: that the same happened so often since then (unix seconds)."""

    kind: Remark
    count: int
    since: float
    text: str


class TemplateValues(Payload):
    """The names that templates know, with their types; ``facts`` are what the default texts are made of."""

    facts: List[FactValue]
    digest: Optional[DigestValue] = None
    remark: Optional[RemarkValue] = None


def values_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The fields' values as plain JSON, the facts, and what there is to say beside them."""
    values = fields_of(message, traceback=traceback)
    values["facts"] = [{"kind": fact.kind.value, "label": fact.label, "value": fact.value} for fact in message.facts]
    return {**values, **message.beside}


def fields_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The payload as plain JSON; absent fields are left out, and the traceback unless it is asked for."""
    values = message.payload.to_dict()
    texts = message.texts
    values.update(title=texts.title, body=texts.body, desp=Safe(texts.desp))
    if not traceback and "error" in values:
        values["error"].pop("traceback", None)
    return values
