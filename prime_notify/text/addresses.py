"""Addresses: several in one text, and those of this machine."""

from __future__ import annotations

import re
from typing import List

__all__ = ["is_loopback", "split_urls"]

_BETWEEN = re.compile(r"[\s,;]+(?=[a-z0-9][a-z0-9+.-]*://)", re.IGNORECASE)


def split_urls(text: str) -> List[str]:
    """The URLs in ``text``, with spaces, commas or semicolons between them; as Apprise's own command reads a list.

    A comma inside of a URL separates nothing, unless another scheme follows.
    """
    return [url for url in (piece.strip(" \t\r\n,;") for piece in _BETWEEN.split(text)) if url]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine (or the container), so that nothing goes over a network."""
    name = host.strip("[]").lower()
    return name in ("localhost", "::1") or name.startswith("127.") or name.endswith(".localhost")
