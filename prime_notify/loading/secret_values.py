"""Which strings of an endpoint are secret, found in its place of the document with the help of its model."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, Tuple
from urllib.parse import parse_qsl, unquote, urlsplit

from prime_notify.model.annotations import field_at, member

__all__ = ["SHOWN_FIELDS", "secrets_of"]

SHOWN_FIELDS = (
    "name", "type", "enabled", "timeout", "events", "filter", "language", "traceback", "lifecycle", "retry",
    "rate_limit", "expire", "fold_after", "verify", "cert", "digest", "quiet_hours", "dedupe", "repeat",
    "fallback", "group",
)  # fmt: skip
"""Fields of every endpoint that cannot hold a secret, so that an error may quote them."""

_SHORTEST = 4  # masking shorter strings would garble the text around them and hide nothing
_SHORTEST_OF_URL = 8  # parts of a URL: "push" and "hook" are no secrets
_PUBLIC_SEGMENTS = (
    "channels", "incoming", "integrations", "messages", "notifications", "open-apis", "projects", "receivers",
    "services", "webhooks", "workflows",
)  # fmt: skip
"""Words that stand in the documented addresses of services. In an address's end, where keys stand, they are masked."""
_HAS_HOST = re.compile(r"(https?|socks\w*)://", re.IGNORECASE)
_LARGEST_NUMBER = 10**100
_NAMED_SECRET = re.compile(r"token|secret|passw|api.?key|\bkey\b|auth", re.IGNORECASE)


def secrets_of(endpoint: Mapping[str, Any], model: Any) -> Tuple[str, ...]:
    """Every string of ``endpoint``, its references resolved, that nobody may see.

    These are the address beyond its host, the headers' values, and what stands in a field marked as secret or in one
    that ``model`` does not know.
    """
    found = [secret for key, value in endpoint.items() for secret in _secrets_in(key, value, model)]
    return tuple(dict.fromkeys(secret for secret in found if len(secret) >= _SHORTEST))


def _secrets_in(key: str, value: Any, model: Any) -> Iterator[str]:
    if key in SHOWN_FIELDS:
        return
    secret = key in ("url", "headers") or field_at(model, key) is None or _is_secret(model, key)
    for leaf in _leaves(value, member(model, key), secret):
        if key == "proxy" and "@" not in leaf:
            continue  # host and port alone are what people need to see when the proxy is down
        yield leaf
        if "://" in leaf:
            yield from _parts_of_url(leaf)
        if key == "headers":
            yield from leaf.split(None, 1)[1:]  # what follows "Bearer" or "Basic"


def _leaves(value: Any, annotation: Any, secret: bool) -> Iterator[str]:
    """The scalars in ``value``: all of them when it is ``secret`` itself, else those in fields that say so."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, member(annotation, key), secret or _is_secret(annotation, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, member(annotation, index), secret)
    elif secret and isinstance(value, str):
        yield value
    elif secret and isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER:
        yield str(value)


def _is_secret(annotation: Any, key: str) -> bool:
    """Whether the model says so; of keys that it leaves to the owner (a body of their own), whether the name does."""
    info = field_at(annotation, key)
    if info is None and _NAMED_SECRET.search(key):
        return True
    extra = info.json_schema_extra if info is not None else None
    return isinstance(extra, dict) and bool(extra.get("secret"))


def _parts_of_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        yield from filter(None, (parts.username, parts.password))
    except ValueError:  # no URL after all
        return
    yield parts.path
    yield f"{parts.path}?{parts.query}"
    *inner, end = parts.path.rstrip("/").split("/")
    segments = [*(segment for segment in inner if segment not in _PUBLIC_SEGMENTS), end]
    pieces = [*segments, *(value for _, value in parse_qsl(parts.query)), parts.query, parts.fragment]
    if not _HAS_HOST.match(url):  # Apprise's "pover://<user>@<token>"; a host mostly has dots
        host = parts.netloc.rpartition("@")[2].partition(":")[0]
        pieces += [host, host.lower()] if "." not in host and host != "localhost" else []
    pieces += [piece.rpartition(".")[0] for piece in pieces]  # the "<key>" of "<key>.send"
    for piece in pieces:
        if len(piece) >= _SHORTEST_OF_URL:
            yield piece
            yield unquote(piece)
