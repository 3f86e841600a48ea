"""Keeping secrets out of everything that a person or a log may see."""

from __future__ import annotations

import json
import re
from typing import Iterable, Iterator, Optional, Pattern
from urllib.parse import quote, quote_plus, unquote, urlsplit

__all__ = ["Redactor", "mask_url"]

_MASK = "***"
_MIN_LENGTH = 4  # hiding a "1" or a "no" would hide half of every sentence, and protect nothing


class Redactor:
    """Replaces every secret in a text by ``***``, also where it stands percent-encoded, JSON-escaped or quoted.

    Values of fewer than four characters are left alone.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret.strip()) if len(form) >= _MIN_LENGTH}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern: Optional[Pattern[str]] = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(_MASK, text) if self._pattern else text

    def __repr__(self) -> str:
        return "Redactor(...)"


def mask_url(url: str) -> str:
    """``scheme://host[:port]/***``: all of a URL that may be shown. Total: what is no URL becomes ``***``."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _MASK
    if not parts.scheme or not host:
        return _MASK
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{'' if port is None else f':{port}'}/{_MASK}"


def _forms(secret: str) -> Iterator[str]:
    for plain in {secret, unquote(secret)}:
        yield plain
        for encoded in (quote(plain, safe="/", errors="replace"), quote(plain, safe="", errors="replace")):
            yield encoded
            yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
        yield quote_plus(plain, errors="replace")
        yield json.dumps(plain)[1:-1]
        yield json.dumps(plain, ensure_ascii=False)[1:-1]
        yield repr(plain)[1:-1]
