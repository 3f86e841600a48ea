"""The HTTP requests that most channels make."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Dict, Mapping, Optional
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from prime_notify.model.request import Request
from prime_notify.text.json_text import to_json

__all__ = ["fill", "json_post", "text_post", "with_query"]


def json_post(url: str, value: Any, headers: Mapping[str, str], defaults: Mapping[str, str]) -> Request:
    """A POST of ``value`` as JSON. The user's ``headers`` override ``defaults``, whatever their case."""
    own = {"Content-Type": "application/json; charset=utf-8", **defaults}
    return Request("POST", url, _overridden(own, headers), to_json(value))


def text_post(url: str, text: str, headers: Mapping[str, str], defaults: Mapping[str, str]) -> Request:
    """A POST of plain text. The user's ``headers`` override ``defaults``, whatever their case."""
    own = {"Content-Type": "text/plain; charset=utf-8", **defaults}
    return Request("POST", url, _overridden(own, headers), text.encode("utf-8", "replace"))


def fill(url: str, values: Mapping[str, str]) -> str:
    """Replaces each ``{name}`` in a URL by its percent-encoded value."""
    found = {f"{{{name}}}": quote(value, safe="") for name, value in values.items()}
    return re.sub(r"\{[a-z_]+\}", lambda match: found.get(match[0], match[0]), url)


def with_query(
    url: str,
    parameters: Mapping[str, Optional[str]],
    *,
    unless_there: Mapping[str, Optional[str]] = MappingProxyType({}),
    below: Optional[str] = None,
) -> str:
    """The URL with these parameters in its query; a parameter without a value is left out.

    ``unless_there``: parameters that are added only where the URL does not have them. ``below``: the end of the path.
    """
    parts = urlsplit(url)
    known = parse_qs(parts.query)
    added = {**{name: value for name, value in unless_there.items() if name not in known}, **parameters}
    query = [parts.query, *(f"{name}={quote(value, safe='')}" for name, value in added.items() if value)]
    path = parts.path if below is None else parts.path.rstrip("/") + below
    return urlunsplit(parts._replace(path=path, query="&".join(filter(None, query))))


def _overridden(own: Mapping[str, str], given: Mapping[str, str]) -> Dict[str, str]:
    names = {name.lower() for name in given}
    return {**{name: content for name, content in own.items() if name.lower() not in names}, **given}
