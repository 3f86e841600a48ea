"""Title, body and Markdown as an endpoint's own templates make them."""

from __future__ import annotations

import dataclasses
from typing import Any, List, Mapping, Optional

from prime_notify.config.message_options import DIGEST, Templates
from prime_notify.model.notification import Message, Notification
from prime_notify.templates import Budget, Mode, TemplateFailure, render_text
from prime_notify.templates.variables import values_of
from prime_notify.text.plain import legible, plain

__all__ = ["with_templates"]

_TITLE = 256
_MODES = {"title": Mode.TEXT, "body": Mode.TEXT, "desp": Mode.MARKDOWN}


def with_templates(message: Message, templates: Optional[Templates], *, traceback: bool) -> Message:
    """The message with the texts that the endpoint's templates make; the others stay as they were composed.

    The default text stays where a template fails, with a warning among the message's, and where it comes out empty.
    """
    if templates is None:
        return message
    subject = DIGEST if DIGEST in message.beside else message.payload.event.value
    sources = {name: source for name, source in ((name, templates.find(name, subject)) for name in _MODES) if source}
    if not sources:
        return message
    values, budget, warnings = values_of(message, traceback=traceback), Budget(), list(message.warnings)
    made = {
        name: _made(name, source, subject, values, budget, warnings, _MODES[name]) for name, source in sources.items()
    }
    new = {name: text for name, text in made.items() if text}
    markdown = new.get("desp")
    if markdown is None and "body" in new:  # once more, with everything that a player typed escaped
        markdown = _made("body", sources["body"], subject, values, budget, warnings, Mode.MARKDOWN) or None
    texts = message.texts._replace(**new)
    payload = message.payload.model_copy(update=new)
    return dataclasses.replace(
        message,
        notification=Notification(payload),
        texts=texts,
        custom_body=new.get("body", message.custom_body),
        custom_markdown=markdown,
        warnings=tuple(warnings),
    )


def _made(
    name: str,
    source: str,
    subject: str,
    values: Mapping[str, Any],
    budget: Budget,
    warnings: List[str],
    mode: Mode,
) -> str:
    try:
        text = render_text(source, values, budget, mode)
    except TemplateFailure as failure:
        warnings.append(f"templates.{name} failed on {subject}, the default text is sent: {failure}")
        return ""
    return plain(text, _TITLE) if name == "title" else legible(text).strip()
