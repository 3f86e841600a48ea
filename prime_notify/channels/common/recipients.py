"""Messages to several recipients at once: a retry goes only to those that have not got the message."""

from __future__ import annotations

import hashlib
from typing import Callable, Iterable, Mapping, Optional, Sequence

from prime_notify.channels.common.http_status import Refusal
from prime_notify.model.outcome import Permanent, Retry

__all__ = ["combined", "left_of", "receipt_of"]

_TAKEN = "taken"


def left_of(recipients: Sequence[str], previous: Optional[Mapping[str, str]]) -> Sequence[str]:
    """Those that have not got the message yet, by the receipt of an attempt before; all when none is left."""
    taken = (previous or {}).get(_TAKEN, "").split(",")
    return [one for one in recipients if _digest(one) not in taken] or recipients


def receipt_of(recipients: Sequence[str]) -> Mapping[str, str]:
    """The receipt when these have the message. It goes to the disk, so it names none of them."""
    return {_TAKEN: ",".join(map(_digest, recipients))}


def combined(
    refusals: Sequence[Refusal],
    reason: str,
    status: Optional[int] = None,
    *,
    throttled: Callable[[Iterable[bool]], bool],
    disable: bool = False,
    receipt: Optional[Mapping[str, str]] = None,
) -> Refusal:
    """One outcome for all recipients: a retry while any of them needs one, with the first remedy.

    ``throttled``: ``any`` where they share one service, ``all`` where each has its own.
    """
    hint = next((one.hint for one in refusals if one.hint), "")
    retries = [one.throttled for one in refusals if isinstance(one, Retry)]
    if retries:
        return Retry(reason, status, throttled=throttled(retries), hint=hint, receipt=receipt)
    return Permanent(reason, status, disable=disable, hint=hint, receipt=receipt)


def _digest(recipient: str) -> str:
    return hashlib.sha256(recipient.encode("utf-8", "replace")).hexdigest()[:16]
