"""What came of one attempt: a small closed set, judged by a channel, acted upon by a lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Optional, Union

__all__ = ["Delivered", "Outcome", "Permanent", "Retry"]


@dataclass(frozen=True)
class Delivered:
    """The service accepted the message.

    ``receipt`` is what a later message of the same task needs in order to reply to or update this one.
    """

    status: Optional[int] = None
    detail: str = ""
    receipt: Optional[Mapping[str, str]] = None


@dataclass(frozen=True)
class Retry:
    """It did not arrive, and may arrive later.

    ``after``: seconds that the service asked us to wait. ``throttled``: the service is slowing the whole endpoint
    down, not refusing this one message. ``separately``: what this message was to reply to or to update is gone, and
    it can be sent at once as one of its own, rendered without ``previous``. ``cut_off``: we ended the attempt
    ourselves, which says nothing of the endpoint.
    """

    reason: str
    status: Optional[int] = None
    after: Optional[float] = None
    throttled: bool = False
    hint: str = ""
    separately: bool = False
    cut_off: bool = False


@dataclass(frozen=True)
class Permanent:
    """It will never arrive as it is. ``disable``: nor will any other message to this endpoint (HTTP 410)."""

    reason: str
    status: Optional[int] = None
    disable: bool = False
    hint: str = ""


Outcome = Union[Delivered, Retry, Permanent]
