"""Title, body and Markdown as an endpoint's own templates make them."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Mapping, Optional

from prime_notify.compose.markdown import legible, plain
from prime_notify.compose.templates import Budget, Mode, TemplateFailure, render_text
from prime_notify.compose.templates.values import values_of
from prime_notify.config.templates import Templates
from prime_notify.model.notification import Message, Notification

__all__ = ["with_templates"]

_TITLE = 256
_MODES = {"title": Mode.TEXT, "body": Mode.TEXT, "desp": Mode.MARKDOWN}


def with_templates(
    message: Message, templates: Optional[Templates], *, traceback: bool, warn: Callable[[str], None]
) -> Message:
    """The message with the texts that the endpoint's templates make; the others stay as they were composed.

    A template that fails, which is told to ``warn``, or that comes out empty leaves the default text in its place.
    """
    if templates is None:
        return message
    values, budget = values_of(message, traceback=traceback), Budget()
    made = {name: _made(name, templates, message, values, budget, warn) for name in _MODES}
    new = {name: text for name, text in made.items() if text}
    if not new:
        return message
    texts = dataclasses.replace(message.texts, **new)
    payload = message.payload.model_copy(update=new)
    return dataclasses.replace(
        message, notification=Notification(payload), texts=texts, custom_body=new.get("body", message.custom_body)
    )


def _made(
    name: str,
    templates: Templates,
    message: Message,
    values: Mapping[str, Any],
    budget: Budget,
    warn: Callable[[str], None],
) -> str:
    source = templates.find(name, message.payload.event)
    if source is None:
        return ""
    try:
        text = render_text(source, values, budget, _MODES[name])
    except TemplateFailure as failure:
        warn(f"templates.{name} failed on {message.payload.event.value}, the default text is sent: {failure}")
        return ""
    return plain(text, _TITLE) if name == "title" else legible(text).strip()
