"""Content codings of answers (RFC 9110, 8.4.1): gzip and deflate are decoded, within a bound.

The transport asks for none, but some servers and proxies compress nevertheless.
"""

from __future__ import annotations

import zlib
from typing import Callable, Dict, Mapping

__all__ = ["decoded"]

_MOST_CODINGS = 3
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def decoded(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The content of a body, at most ``limit`` bytes of it: a small body can stand for any number of bytes.

    A body that was cut short gives the beginning of its content. A body with another coding, and one that is not what
    its header says, comes back as it is. Total.
    """
    value = headers.get("content-encoding")
    if value is None:  # as usual, since none was asked for
        return body
    codings = [name for name in (part.strip().lower() for part in value.split(",")) if name not in ("", "identity")]
    if not body or not codings or len(codings) > _MOST_CODINGS or any(name not in _DECODERS for name in codings):
        return body
    content = body
    try:
        for name in reversed(codings):  # the last one was applied last
            content = _DECODERS[name](content, limit)
    except zlib.error:
        return body
    return content


def _gunzip(body: bytes, limit: int) -> bytes:
    """The content of all members of a gzip file."""
    content = b""
    while body and len(content) < limit:
        decoder = zlib.decompressobj(_GZIP)
        try:
            content += decoder.decompress(body, limit - len(content))
        except zlib.error:
            if not content:
                raise
            break  # rubbish after the last member
        body = decoder.unused_data
    return content


def _inflate(body: bytes, limit: int) -> bytes:
    """The content of zlib's format, or of bare deflate, which some servers send under the same name."""
    try:
        return zlib.decompressobj(_ZLIB).decompress(body, limit)
    except zlib.error:
        decoder = zlib.decompressobj(_RAW)
        content = decoder.decompress(body, limit)
        if not decoder.eof and len(content) < limit:  # plain text often begins like bare deflate
            raise
        return content


_DECODERS: Dict[str, Callable[[bytes, int], bytes]] = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate}
