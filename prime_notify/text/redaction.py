"""Secrets, kept out of everything that a person or a log may see."""

from __future__ import annotations

import base64
import json
import re
from typing import Iterable, Iterator, Optional, Pattern
from urllib.parse import quote, quote_plus, unquote, urlsplit

__all__ = ["Redactor", "mask_url"]

_MASK = "***"
_ELLIPSIS = "…"
_MIN_LENGTH = 4  # hiding a "1" or a "no" would hide half of every sentence, and protect nothing


class Redactor:
    """Replaces every secret in a text by ``***``. A secret is found percent-encoded, JSON-escaped, quoted, and inside
    of Base64 (as user and password are in a header), too.

    The beginning of a secret that an ellipsis cuts off is replaced as well. Values of fewer than four characters are
    left alone.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret.strip()) if len(form) >= _MIN_LENGTH}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._forms = tuple(longest_first)
        self._pattern: Optional[Pattern[str]] = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        masked = self._pattern.sub(_MASK, text)
        if _ELLIPSIS not in masked:
            return masked
        pieces = masked.split(_ELLIPSIS)
        return _ELLIPSIS.join([*map(self._without_torn_end, pieces[:-1]), pieces[-1]])

    def _without_torn_end(self, piece: str) -> str:
        """The piece without the beginning of a secret at its end: services' answers are cut before they are
        redacted.
        """
        torn = max(
            (
                size
                for form in self._forms
                for size in range(_MIN_LENGTH, min(len(form), len(piece) + 1))
                if piece.endswith(form[:size])
            ),
            default=0,
        )
        return piece[:-torn] + _MASK if torn else piece

    def __repr__(self) -> str:
        return "Redactor(...)"


def mask_url(url: str) -> str:
    """``scheme://host[:port]/***``: the part of a URL that may be shown. Total: a text that is no URL becomes
    ``***``.
    """
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
        yield from _inside_base64(plain.encode("utf-8", "replace"))


def _inside_base64(secret: bytes) -> Iterator[str]:
    """The Base64 characters that encode ``secret`` alone, for each place where it may begin in a group of three
    bytes.
    """
    if len(secret) < _MIN_LENGTH:
        return
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret).decode("ascii")
        own = encoded[(8 * before + 5) // 6 : 8 * (before + len(secret)) // 6]
        yield own
        yield own.replace("+", "-").replace("/", "_")
