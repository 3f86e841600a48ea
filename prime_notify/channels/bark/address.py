"""The address of a Bark server, without what people copy along with it.

The app offers addresses such as ``https://api.day.app/<key>/<some text>``. The server lets the path and the query win
over the body (route_push.go), so every push would show that text.
"""

from __future__ import annotations

import re
from typing import Collection, List
from urllib.parse import parse_qs, urlsplit, urlunsplit

__all__ = ["PUBLIC_HOST", "without_text"]

PUBLIC_HOST = "api.day.app"
_PUSH = "push"
_KEY = re.compile("[0-9A-Za-z]{22}")  # shortuuid, as the server makes them
_TEXTS = re.compile("(title|body|markdown)=", re.IGNORECASE)
_WORDS = re.compile("%|[^!-~]")  # of a text: no key and no folder has these


def without_text(url: str, keys: Collection[str]) -> str:
    """The URL up to the key, or up to ``/push``. ``keys``: those that stand among the options.

    The server may be in a folder: ``https://example.com/bark/<key>``.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment] or [_PUSH]
    end = 1 if parts.hostname == PUBLIC_HOST else _end(segments, [*keys, *parse_qs(parts.query).get("device_key", ())])
    query = "&".join(one for one in parts.query.split("&") if one and not _TEXTS.match(one))
    return urlunsplit(parts._replace(path="/" + "/".join(segments[:end]), query=query))


def _end(segments: List[str], keys: Collection[str]) -> int:
    """How many segments lead to the key. A text may look like a key, so the first one that does is it."""
    for number, segment in enumerate(segments, 1):
        if _KEY.fullmatch(segment) or segment in keys:
            return number
    text = next((number for number, segment in enumerate(segments) if number and _WORDS.search(segment)), 0)
    if text:
        return text
    is_copied = segments[-1] == _PUSH and len(segments) > 1 and not keys
    return len(segments) - 1 if is_copied else len(segments)
