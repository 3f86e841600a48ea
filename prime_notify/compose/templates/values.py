"""What a template can name: the payload's fields, and the facts in the endpoint's language."""

from __future__ import annotations

from typing import Any, Dict, List

from pydantic import BaseModel

from prime_notify.compose.templates.filters import Safe
from prime_notify.model.notification import Message
from prime_notify.model.payload import Payload

__all__ = ["FactValue", "TemplateValues", "fields_of", "values_of"]


class FactValue(BaseModel):
    """A fact (:class:`prime_notify.model.fact.Fact`) in a template."""

    kind: str
    label: str
    value: str


class TemplateValues(Payload):
    """The names that templates know, with their types; ``facts`` are what the default texts are made of."""

    facts: List[FactValue]


def values_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The fields' values as plain JSON, and the facts."""
    values = fields_of(message, traceback=traceback)
    values["facts"] = [{"kind": fact.kind.value, "label": fact.label, "value": fact.value} for fact in message.facts]
    return values


def fields_of(message: Message, *, traceback: bool) -> Dict[str, Any]:
    """The payload as plain JSON; absent fields are left out, and the traceback unless it is asked for."""
    values = message.payload.to_dict()
    texts = message.texts
    values.update(title=texts.title, body=texts.body, desp=Safe(texts.desp))
    if not traceback and "error" in values:
        values["error"].pop("traceback", None)
    return values
