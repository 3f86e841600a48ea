"""The exact request that would go out, for a person to read: secrets masked, nothing sent."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
from typing import Callable, List, Sequence

from prime_notify.model.request import (
    AnyRequest,
    AppriseRequest,
    CommandRequest,
    GameRequest,
    MailRequest,
    Request,
    Span,
)
from prime_notify.text.redaction import mask_url

__all__ = ["preview_of"]

_MASKED_HEADERS = ("authorization", "cookie", "x-gotify-key", "proxy-authorization")
_FORMAL = ("mime-version", "content-type")
_HIDDEN = "***"


def preview_of(request: AnyRequest, redact: Callable[[str], str], warnings: Sequence[str] = ()) -> Sequence[str]:
    """Lines of text, above them ``warnings`` and the request's own. ``redact`` masks the endpoint's secrets."""
    if isinstance(request, Request):
        return [*_warned((*warnings, *request.warnings), redact), *_http(request, redact)]
    if isinstance(request, GameRequest):
        lines = _game(request, redact)
    elif isinstance(request, MailRequest):
        lines = _mail(request, redact)
    else:
        lines = _command(request, redact) if isinstance(request, CommandRequest) else _apprise(request, redact)
    return [*_warned(warnings, redact), *lines]


def _warned(warnings: Sequence[str], redact: Callable[[str], str]) -> List[str]:
    return [f"⚠ {redact(warning)}" for warning in warnings]


def _http(request: Request, redact: Callable[[str], str]) -> List[str]:
    lines = [f"{request.method} {mask_url(request.url)}"]
    for name, value in request.headers.items():
        lines.append(f"{name}: {_HIDDEN if name.lower() in _MASKED_HEADERS else redact(value)}")
    shown = request.body or request.text.encode("utf-8", "replace")
    return [*lines, "", *_text(shown, redact)] if shown else lines


def _command(request: CommandRequest, redact: Callable[[str], str]) -> List[str]:
    lines = ["$ " + " ".join(redact(argument) for argument in request.argv)]
    lines += [f"{name}={redact(value)}" for name, value in sorted(request.environment.items())]
    return [*lines, "", *_text(request.stdin, redact)]


def _apprise(request: AppriseRequest, redact: Callable[[str], str]) -> List[str]:
    services = ", ".join(url.partition("://")[0] + "://" + _HIDDEN for url in request.urls)
    return [f"Apprise ({request.kind}) {services}", "", redact(request.title), *redact(request.body).splitlines()]


def _game(request: GameRequest, redact: Callable[[str], str]) -> List[str]:
    who = f"level >= {request.level}" if request.level is not None else ", ".join(request.players) or "@a"
    lines = [f"{', '.join(request.show)} -> {who}", "", redact(request.text.title.text)]
    return lines + [redact(_joined(line)) for line in (*request.text.lines, *request.text.hover)]


def _joined(line: Sequence[Span]) -> str:
    return "".join(span.text + (f" ({span.url})" if span.url else "") for span in line)


def _mail(request: MailRequest, redact: Callable[[str], str]) -> List[str]:
    """The server, the headers that people write, and the plain text of the mail."""
    mail = email.message_from_bytes(request.mail, policy=email.policy.default)
    lines = [f"SMTP {request.host}:{request.port} ({request.security})"]
    lines += [f"{name}: {redact(str(value))}" for name, value in mail.items() if name.lower() not in _FORMAL]
    part = mail.get_body(("plain",))
    return [*lines, "", *redact(part.get_content() if part is not None else "").splitlines()]


def _text(body: bytes, redact: Callable[[str], str]) -> List[str]:
    """JSON one value a line, anything else as it is."""
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return redact(text).splitlines()
