"""Messages to several recipients at once: a retry goes only to those that have not got the message."""

from __future__ import annotations

import hashlib
from typing import Mapping, Optional, Sequence

__all__ = ["left_of", "receipt_of"]

_TAKEN = "taken"


def left_of(recipients: Sequence[str], previous: Optional[Mapping[str, str]]) -> Sequence[str]:
    """Those that have not got the message yet, by the receipt of an attempt before; all when none is left."""
    taken = (previous or {}).get(_TAKEN, "").split(",")
    return [one for one in recipients if _digest(one) not in taken] or recipients


def receipt_of(recipients: Sequence[str]) -> Mapping[str, str]:
    """The receipt when these have the message. It goes to the disk, so it names none of them."""
    return {_TAKEN: ",".join(map(_digest, recipients))}


def _digest(recipient: str) -> str:
    return hashlib.sha256(recipient.encode("utf-8", "replace")).hexdigest()[:16]
