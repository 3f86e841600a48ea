"""What people do about dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from prime_notify.clock import Clock
from prime_notify.delivery.lanes import Lanes
from prime_notify.outbox.folder import DataFolder

__all__ = ["DeadLetters"]


@dataclass(frozen=True)
class DeadLetters:
    """Raises :class:`prime_notify.outbox.errors.OutboxError`. ``catch_up``: returns when the events so far are
    notifications."""

    folder: DataFolder
    lanes: Lanes
    clock: Clock
    catch_up: Callable[[], None]

    def replay(self, notification_id: Optional[str] = None) -> Sequence[str]:
        """Send dead letters again, of one notification or all; the endpoints concerned, which are tried at once."""
        self.catch_up()
        names = self.folder.outbox.replay(notification_id, at=self.clock.steady())
        self.lanes.reset(names)
        return names

    def drop(self, notification_id: Optional[str] = None) -> int:
        """Give up dead letters, of one notification or all; how many."""
        self.catch_up()
        return self.folder.outbox.drop(notification_id, at=self.clock.steady())
