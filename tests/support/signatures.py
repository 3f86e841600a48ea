"""HMAC without the library."""

from __future__ import annotations

import hashlib

__all__ = ["hmac_sha256"]


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    """RFC 2104, by hand: the library's own is what is tested."""
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()
