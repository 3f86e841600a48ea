"""Several addresses in one text."""

from __future__ import annotations

import re
from typing import List

__all__ = ["split_urls"]

_BETWEEN = re.compile(r"[\s,;]+(?=[a-z0-9][a-z0-9+.-]*://)", re.IGNORECASE)


def split_urls(text: str) -> List[str]:
    """The URLs in ``text``, with spaces, commas or semicolons between them; as Apprise's own command reads a list.

    A comma inside of a URL separates nothing, unless another scheme follows.
    """
    return [url for url in (piece.strip(" \t\r\n,;") for piece in _BETWEEN.split(text)) if url]
