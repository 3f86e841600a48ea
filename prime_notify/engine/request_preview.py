"""The exact request that would go out, for a person to read: secrets masked, nothing sent."""

from __future__ import annotations

import contextlib
import json
from typing import Callable, List, Sequence

from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, GameRequest, Request, Span
from prime_notify.text.redaction import mask_url

__all__ = ["preview_of"]

_MASKED_HEADERS = ("authorization", "cookie", "x-gotify-key", "proxy-authorization")
_HIDDEN = "***"


def preview_of(request: AnyRequest, redact: Callable[[str], str], warnings: Sequence[str] = ()) -> Sequence[str]:
    """Lines of text, above them ``warnings`` and the request's own. ``redact`` masks the endpoint's secrets."""
    if isinstance(request, Request):
        return [*_warned((*warnings, *request.warnings), redact), *_http(request, redact)]
    if isinstance(request, GameRequest):
        lines = _game(request, redact)
    else:
        lines = _command(request, redact) if isinstance(request, CommandRequest) else _apprise(request, redact)
    return [*_warned(warnings, redact), *lines]


def _warned(warnings: Sequence[str], redact: Callable[[str], str]) -> List[str]:
    return [f"⚠ {redact(warning)}" for warning in warnings]


def _http(request: Request, redact: Callable[[str], str]) -> List[str]:
    lines = [f"{request.method} {mask_url(request.url)}"]
    for name, value in request.headers.items():
        lines.append(f"{name}: {_HIDDEN if name.lower() in _MASKED_HEADERS else redact(value)}")
    return [*lines, "", *_text(request.body, redact)] if request.body else lines


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


def _text(body: bytes, redact: Callable[[str], str]) -> List[str]:
    """JSON one value a line, anything else as it is."""
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return redact(text).splitlines()
