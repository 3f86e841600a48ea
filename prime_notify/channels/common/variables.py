"""A message as flat variables, for workflows that its service lets owners build: their steps say how it looks."""

from __future__ import annotations

from typing import Any, Dict

from prime_notify.model.notification import Message
from prime_notify.text.cutting import cut_chars

__all__ = ["VARIABLES", "variables_of"]

VARIABLES = (
    "text", "title", "body", "event", "task", "status", "severity", "server", "backup_id", "comment", "operator",
    "seconds", "error", "time", "id",
)  # fmt: skip
"""The variables that a workflow can use. Slack refuses a request that lacks one of those that a workflow names, and
ignores all others, so each request has them all.
"""

_LONGEST = 3000  # characters of one variable; a step of a workflow of Slack shows no more


def variables_of(message: Message) -> Dict[str, str]:
    """Every variable, as text; empty where it is not known."""
    payload, texts = message.payload, message.texts
    known: Dict[str, Any] = {
        "text": f"{texts.title}\n{texts.body}",
        "title": texts.title,
        "body": texts.body,
        "event": payload.event.value,
        "task": payload.task.value,
        "status": payload.status.value,
        "severity": payload.severity.value,
        "server": payload.server.name if payload.server else None,
        "backup_id": payload.backup.id if payload.backup else None,
        "comment": payload.backup.comment if payload.backup else None,
        "operator": payload.operator.name if payload.operator else None,
        "seconds": payload.cost_s,
        "error": payload.error.message if payload.error else None,
        "time": payload.timestamp.iso,
        "id": payload.id,
    }
    texts_of = {name: known[name] for name in VARIABLES}
    return {name: "" if value is None else cut_chars(str(value), _LONGEST) for name, value in texts_of.items()}
