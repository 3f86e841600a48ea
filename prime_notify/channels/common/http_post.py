"""The HTTP requests that most channels make."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping
from urllib.parse import quote

from prime_notify.model.request import Request
from prime_notify.text.json_text import to_json

__all__ = ["fill", "json_post", "text_post"]


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


def _overridden(own: Mapping[str, str], given: Mapping[str, str]) -> Dict[str, str]:
    names = {name.lower() for name in given}
    return {**{name: content for name, content in own.items() if name.lower() not in names}, **given}
