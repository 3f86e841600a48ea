"""The items of a message: usually one notification, sometimes with a remark, in a digest many."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Optional

from prime_notify.model.notification import Notification
from prime_notify.model.payload import Payload

__all__ = ["Item", "Remark"]


class Remark(str, enum.Enum):
    """A remark about ``count`` other notifications; its value is also the last part of the key of its texts.

    ``MORE``: the same failure happened ``count`` more times. ``BEFORE``: ``count`` failures came before this success.
    ``STILL``: the reminder of a failure, one of ``count`` so far. ``RECOVERED``: a success ends ``count`` failures.
    """

    MORE = "more"
    BEFORE = "before"
    STILL = "still"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Item:
    """A notification, and a remark about ``count`` others since ``since`` (unix seconds).

    ``again``: a number that gives a further message about the same notification an id of its own; 0 in the first.
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
        """The number of notifications that this item counts."""
        return 1 + self.count if self.remark is Remark.MORE else 1
