"""What one message tells: usually one notification, sometimes with a remark, sometimes many."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Optional

from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload

__all__ = ["Item", "Remark"]


class Remark(str, enum.Enum):
    """What there is to say beside a notification; also the last part of the key of its texts.

    ``MORE``: the same happened ``count`` more times. ``BEFORE``: before this success, it failed ``count`` more times.
    ``STILL``: it still fails, ``count`` times so far. ``RECOVERED``: it does no longer, after ``count`` times.
    """

    MORE = "more"
    BEFORE = "before"
    STILL = "still"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Item:
    """A notification, and a remark about ``count`` others since ``since`` (unix seconds).

    ``again``: tells, when it is not 0, one telling of the same notification from the others.
    """

    notification: Notification
    remark: Optional[Remark] = None
    count: int = 0
    since: float = 0.0
    again: int = 0

    @property
    def payload(self) -> Payload:
        return self.notification.payload

    @property
    def times(self) -> int:
        """How many notifications it stands for."""
        return 1 + self.count if self.remark is Remark.MORE else 1
