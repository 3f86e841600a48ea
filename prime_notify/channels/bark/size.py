"""Pushes cut to Apple's limit, plain and encrypted."""

from __future__ import annotations

import functools
import json
from typing import Any, Callable, Dict, Tuple

from prime_notify.channels.bark.encryption import BarkEncryption, encrypt, initialisation_vector, sealed_length
from prime_notify.text.cutting import cut
from prime_notify.text.json_text import to_json

__all__ = ["Size", "apns_size", "fit", "fits", "sealed", "sealed_size"]

_APNS_LIMIT = 4096  # bytes of the whole payload that the server hands to Apple
_RESERVE = 64  # room for fields that a newer server may add
_CUTTABLE = ("body", "markdown", "subtitle", "title", "copy")
_LONGEST = 8192  # characters; more never fits
_OUTSIDE = ("id", "delete")  # the server's own fields; the app takes all others from the cipher text
_EMPTY_BODY = "Empty Message"  # the server's text of a push without texts, shown until the app has decrypted it
_LONGEST_IV = "x" * 16

Size = Callable[[Dict[str, Any]], int]
"""The number of bytes that Apple gets for these fields."""


def fit(fields: Dict[str, Any], size: Size) -> Dict[str, Any]:
    """The fields, with their texts cut so that the payload keeps within Apple's 4 KiB."""
    fitted = dict(fields)

    def fits_with(name: str, text: str) -> bool:
        return fits({**fitted, name: text}, size)

    for name in _CUTTABLE:
        if name in fitted and not fits(fitted, size):
            fitted[name] = cut(fitted[name][:_LONGEST], functools.partial(fits_with, name))
    return fitted


def fits(fields: Dict[str, Any], size: Size) -> bool:
    """Whether these fields keep within Apple's 4 KiB."""
    return size(fields) <= _APNS_LIMIT - _RESERVE


def apns_size(fields: Dict[str, Any]) -> int:
    """Bytes of the payload that bark-server (apns/apns.go) makes of these fields, as Go writes JSON."""
    alert = {name: fields.get(name, "") for name in ("title", "subtitle", "body")}
    aps = {
        "alert": alert,
        "category": "myNotificationCategory",
        "mutable-content": 1,
        "sound": f"{fields.get('sound', '1107')}.caf",
        "thread-id": fields.get("group", ""),
    }
    others = {name.lower(): str(value) for name, value in fields.items() if name not in (*alert, "sound")}
    text = json.dumps({"aps": aps, **others}, ensure_ascii=False, separators=(",", ":"))
    escaped = 5 * sum(map(text.count, "<>&")) + 3 * sum(map(text.count, "\u2028\u2029")) + 4 * text.count("\\b")
    return len(text.encode("utf-8", "replace")) + escaped + 4 * text.count("\\f")


def sealed(encryption: BarkEncryption, fields: Dict[str, Any], moment: str) -> Dict[str, Any]:
    """The fields as they are sent when encrypted. ``moment`` names the notification and the attempt."""
    outside, text = _split(fields)
    iv = initialisation_vector(encryption, moment, text)
    return {**outside, "ciphertext": encrypt(encryption, iv, text), "iv": iv}


def sealed_size(encryption: BarkEncryption, fields: Dict[str, Any]) -> int:
    """Like :func:`apns_size`, for fields that :func:`sealed` is to encrypt."""
    outside, text = _split(fields)
    ciphertext = "x" * sealed_length(encryption, text)
    return apns_size({**outside, "body": _EMPTY_BODY, "ciphertext": ciphertext, "iv": _LONGEST_IV})


def _split(fields: Dict[str, Any]) -> Tuple[Dict[str, Any], bytes]:
    outside = {name: fields[name] for name in _OUTSIDE if name in fields}
    return outside, to_json({name: value for name, value in fields.items() if name not in _OUTSIDE})
